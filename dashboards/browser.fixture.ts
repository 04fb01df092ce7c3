import { spawnSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { chromium, type Browser } from 'playwright-core'

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome']
const places = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/snap/bin/chromium',
]

const isExecutable = (file: string) => {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

const installed = (): string | undefined => {
  const folders = (process.env.PATH ?? '').split(path.delimiter).filter((folder) => folder !== '')
  const candidates = [...folders.flatMap((folder) => names.map((name) => path.join(folder, name))), ...places]
  return [process.env.CHROMIUM_PATH, ...candidates].find((file) => file && isExecutable(file))
}

const installFromDebian = () => {
  if (process.getuid?.() !== 0 || !isExecutable('/usr/bin/apt-get')) return
  process.stdout.write('Chromium wird für die Tests der Oberfläche installiert (apt-get) …\n')
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const apt = (...args: string[]) => spawnSync('apt-get', ['-qq', '-o', 'DPkg::Lock::Timeout=300', ...args], { env, stdio: 'inherit' })
  apt('update')
  apt('install', '-y', '--no-install-recommends', 'chromium')
}

/** The browser of the tests: CHROMIUM_PATH, the system's, or Debian's package where it may be installed. */
export const provideChromium = (): string => {
  if (installed() === undefined) installFromDebian()
  const file = installed()
  if (file) return file
  throw new Error('Für die Tests der Oberfläche fehlt ein Chromium: bitte installieren oder CHROMIUM_PATH darauf zeigen lassen.')
}

const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-dev-shm-usage',
]

/** A headless browser that speaks to nobody but the page's server. */
export const launchBrowser = (): Promise<Browser> => chromium.launch({ executablePath: provideChromium(), args })

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  try {
    provideChromium()
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`)
    process.exitCode = 1
  }
}
