import { existsSync } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'

export type DataDirectory = { path: string; discard(): Promise<void> }

// step by step: the recursive mkdir of Node never ends where the kernel says ENOENT below a folder that is there (/proc)
const makeFolder = async (directory: string): Promise<string | undefined> => {
  if (existsSync(directory)) return undefined
  const first = await makeFolder(path.dirname(directory))
  await mkdir(directory)
  return first ?? directory
}

/**
 * Makes sure that the folder is there and can be written.
 * `discard` removes it if it was made by this call, for a start that came to nothing.
 */
export const claimDataDirectory = async (folder: string): Promise<DataDirectory> => {
  const directory = path.resolve(folder)
  const made = await makeFolder(directory)
  const probe = path.join(directory, `.probe-${process.pid}`)
  try {
    await writeFile(probe, '', { mode: 0o600 })
    await rm(probe)
  } catch (error) {
    if (made !== undefined) await rm(made, { recursive: true, force: true })
    throw error
  }
  return { path: directory, discard: async () => void (made !== undefined && (await rm(made, { recursive: true, force: true }))) }
}
