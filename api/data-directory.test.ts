import { existsSync } from 'node:fs'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { claimDataDirectory } from './data-directory.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'sojus-data-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

test('a new folder is made with its parents, and goes with them when the start comes to nothing', async () => {
  const claimed = await claimDataDirectory(path.join(folder, 'a', 'b'))
  expect(existsSync(claimed.path)).toBe(true)
  await claimed.discard()
  expect(await readdir(folder)).toEqual([])
})

test('a folder that was there stays', async () => {
  const claimed = await claimDataDirectory(folder)
  await claimed.discard()
  expect(existsSync(folder)).toBe(true)
})

test.runIf(existsSync('/proc/self'))('a place where nothing can be made is refused', async () => {
  await expect(claimDataDirectory('/proc/nowhere/data')).rejects.toThrow('ENOENT')
})

test('a path below a file is refused', async () => {
  await writeFile(path.join(folder, 'file'), '')
  await expect(claimDataDirectory(path.join(folder, 'file', 'data'))).rejects.toThrow('ENOTDIR')
})
