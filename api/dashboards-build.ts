import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'

const root = path.join(import.meta.dirname, '..')
export const dashboardsFolder = path.join(root, 'dist', 'dashboards')
const mark = '.inputs'

const inputs = async (): Promise<string[]> => {
  const entries = await readdir(path.join(root, 'dashboards'), { recursive: true, withFileTypes: true })
  const sources = entries
    .filter((entry) => entry.isFile() && !/\.(test|fixture)\./.test(entry.name))
    .map((entry) => path.join(entry.parentPath, entry.name))
  return [...sources, path.join(root, 'vite.config.ts'), path.join(root, 'package-lock.json')].toSorted()
}

// by content: a clone gives every file a new time
const fingerprint = async (): Promise<string> => {
  const hash = createHash('sha256')
  for (const file of await inputs())
    hash
      .update(path.relative(root, file))
      .update('\0')
      .update(await readFile(file))
      .update('\0')
  return hash.digest('hex')
}

const isBuilt = (wanted: string): boolean => {
  const file = path.join(dashboardsFolder, mark)
  return existsSync(file) && readFileSync(file, 'utf8') === wanted
}

const viteBuild = async (folder: string) => {
  const vite = path.join(root, 'node_modules', 'vite', 'bin', 'vite.js')
  const child = spawn(process.execPath, [vite, 'build', '--logLevel', 'warn', '--outDir', folder, '--emptyOutDir'], {
    cwd: root,
    // whoever builds first, tests too, builds what is served
    env: { ...process.env, NODE_ENV: 'production' },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let complaint = ''
  child.stderr.on('data', (chunk: Buffer) => (complaint += chunk.toString()))
  const [code] = (await once(child, 'close')) as [number | null]
  if (code !== 0) throw new Error(`the dashboards do not build: ${complaint.trim()}`)
}

/** Builds the dashboards if they are not those of the sources as they are now; appears as a whole, also beside another build. */
export const buildDashboards = async (progress: (text: string) => void): Promise<void> => {
  const wanted = await fingerprint()
  if (isBuilt(wanted)) return
  progress('Die Oberfläche wird gebaut')
  const draft = `${dashboardsFolder}.${process.pid}`
  try {
    await viteBuild(draft)
    await writeFile(path.join(draft, mark), wanted)
    // whoever built the same meanwhile may be reading it
    if (isBuilt(wanted)) return
    await rm(dashboardsFolder, { recursive: true, force: true })
    await rename(draft, dashboardsFolder)
  } catch (error) {
    if (!isBuilt(wanted)) throw error
  } finally {
    await rm(draft, { recursive: true, force: true })
  }
}
