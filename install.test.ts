import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'

type Entry = { version: string; optionalDependencies?: Record<string, string>; hasInstallScript?: boolean }

const read = async (file: string) => JSON.parse(await readFile(new URL(file, import.meta.url), 'utf8')) as Record<string, unknown>
const { packages } = (await read('./package-lock.json')) as { packages: Record<string, Entry> }
const { dependencies, devDependencies, allowScripts } = (await read('./package.json')) as Record<string, Record<string, string>>
const nameOf = (path: string) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)

test('the lock file holds the packages of every platform, without which npm ci refuses', () => {
  const locked = new Set(Object.keys(packages).map(nameOf))
  const wanted = Object.values(packages).flatMap((entry) => Object.keys(entry.optionalDependencies ?? {}))
  expect(wanted.filter((name) => !locked.has(name))).toEqual([])
})

test('install scripts are approved for exactly the packages that have one', () => {
  const scripted = Object.entries(packages).filter(([, entry]) => entry.hasInstallScript)
  expect(Object.keys(allowScripts!).toSorted()).toEqual([...new Set(scripted.map(([path]) => nameOf(path)))].toSorted())
})

test('every dependency is pinned to one version', () => {
  const loose = Object.entries({ ...dependencies, ...devDependencies }).filter(([, version]) => !/^\d+\.\d+\.\d+/.test(version))
  expect(loose).toEqual([])
})
