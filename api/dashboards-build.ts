import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'

const root = path.join(import.meta.dirname, '..')
export const dashboardsFolder = path.join(root, 'dist', 'dashboards')
const mark = path.join(root, 'dist', 'dashboards', '.inputs')

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

/** Builds the dashboards if they are not those of the sources as they are now. */
export const buildDashboards = async (progress: (text: string) => void): Promise<void> => {
  const wanted = await fingerprint()
  if (existsSync(mark) && (await readFile(mark, 'utf8')) === wanted) return
  progress('Die Oberfläche wird gebaut')
  const vite = path.join(root, 'node_modules', 'vite', 'bin', 'vite.js')
  const child = spawn(process.execPath, [vite, 'build', '--logLevel', 'warn'], { cwd: root, stdio: ['ignore', 'ignore', 'pipe'] })
  let complaint = ''
  child.stderr.on('data', (chunk: Buffer) => (complaint += chunk.toString()))
  const [code] = (await once(child, 'close')) as [number | null]
  if (code !== 0) throw new Error(`the dashboards do not build: ${complaint.trim()}`)
  await writeFile(mark, wanted)
}
