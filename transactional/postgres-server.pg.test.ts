import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import pg from 'pg'
import { pino } from 'pino'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { providePostgres } from './postgres.ts'
import { reachablePlace, placeName, unprivilegedAccount } from './postgres-binaries.ts'

const quiet = { log: pino({ enabled: false }), progress: () => undefined }
let folder: string
let holders: ChildProcess[]

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'sojus-server-'))
  await chmod(folder, 0o755)
  holders = []
})

afterEach(async () => {
  for (const holder of holders) {
    if (holder.exitCode !== null || holder.signalCode !== null) continue
    holder.kill('SIGTERM')
    await once(holder, 'exit')
  }
  await rm(folder, { recursive: true, force: true })
})

/** Another process with a server on the folder, and the line it says: its address or why it has none. */
const hold = async (data_dir: string, ...mode: string[]) => {
  const script = path.join(import.meta.dirname, 'postgres-holder.fixture.ts')
  const child = spawn(process.execPath, ['--import', 'tsx', script, data_dir, ...mode], { stdio: ['ignore', 'pipe', 'inherit'] })
  holders.push(child)
  const [chunk] = (await once(child.stdout, 'data')) as [Buffer]
  return { child, said: chunk.toString().trim() }
}

const query = async (url: string, text: string): Promise<Record<string, unknown>[]> => {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(text)).rows
  } finally {
    await client.end()
  }
}

test('the server listens on loopback only, with logical decoding, UTF-8 and a password kept from others', async () => {
  const postgres = await providePostgres({ data_dir: folder, ...quiet })
  try {
    const [settings] = await query(
      postgres.owner_url,
      `select current_setting('listen_addresses') as address, current_setting('wal_level') as wal, current_setting('max_slot_wal_keep_size') as kept,
              current_setting('server_encoding') as encoding, (select datlocale from pg_database where datname = current_database()) as locale`,
    )
    expect(settings).toEqual({ address: '127.0.0.1', wal: 'logical', kept: '4GB', encoding: 'UTF8', locale: 'C.UTF-8' })
    expect((await stat(path.join(folder, 'postgres.json'))).mode & 0o777).toBe(0o600)
    await expect(query(postgres.owner_url.replace(/:[^:@]+@/, ':wrong@'), 'select 1')).rejects.toThrow('password')
  } finally {
    await postgres.stop()
  }
})

test('what was committed is there again at the same address after the process and then the server itself were killed', async () => {
  const first = await hold(folder)
  await query(first.said, 'create table kept as select 42 as answer')
  first.child.kill('SIGKILL')
  await once(first.child, 'exit')
  const second = await hold(folder)
  expect(second.said).toBe(first.said)
  expect(await query(second.said, 'select answer from kept')).toEqual([{ answer: 42 }])

  second.child.kill('SIGKILL')
  await once(second.child, 'exit')
  const cluster = JSON.parse(
    JSON.stringify(await query(second.said.replace(/sojus_owner:[^@]*/, await superuser()), 'show data_directory')),
  )
  const pid = Number((await readFile(path.join(cluster[0].data_directory, 'postmaster.pid'), 'utf8')).split('\n')[0])
  process.kill(pid, 'SIGKILL')
  const third = await hold(folder)
  expect(await query(third.said, 'select answer from kept')).toEqual([{ answer: 42 }])
})

const superuser = async () => {
  const secrets = JSON.parse(await readFile(path.join(folder, 'postgres.json'), 'utf8')) as { passwords: { postgres: string } }
  return `postgres:${secrets.passwords.postgres}`
}

test('a lock file left behind whose number now belongs to another process does not keep the server from starting', async () => {
  const first = await providePostgres({ data_dir: folder, ...quiet })
  const [place] = await query(first.owner_url.replace(/sojus_owner:[^@]*/, await superuser()), 'show data_directory')
  await first.stop()
  await writeFile(path.join(String(place!.data_directory), 'postmaster.pid'), `${process.pid}\n${String(place!.data_directory)}\n1\n`)
  const second = await providePostgres({ data_dir: folder, ...quiet })
  expect(await query(second.owner_url, 'select 1 as one')).toEqual([{ one: 1 }])
  await second.stop()
})

test('a second process is refused in words, unless it means to share the server', async () => {
  const first = await hold(folder)
  const second = await hold(folder)
  expect(second.said).toBe(`StartProblem: Der Datenordner ${folder} wird schon von einem laufenden SoJuS benutzt.`)
  const guest = await hold(folder, 'share')
  expect(guest.said).toBe(first.said)
  guest.child.kill('SIGTERM')
  await once(guest.child, 'exit')
  expect(await query(first.said, 'select 1 as one')).toEqual([{ one: 1 }])
})

test('a port taken meanwhile is replaced by a free one', async () => {
  const first = await providePostgres({ data_dir: folder, ...quiet })
  await first.stop()
  const other = await mkdtemp(path.join(folder, 'other-'))
  await chmod(other, 0o755)
  const secrets = JSON.parse(await readFile(path.join(folder, 'postgres.json'), 'utf8')) as { port: number }
  const { createServer } = await import('node:net')
  const squatter = createServer().listen(secrets.port, '127.0.0.1')
  await once(squatter, 'listening')
  const second = await providePostgres({ data_dir: folder, ...quiet })
  expect(second.owner_url).not.toContain(`:${secrets.port}/`)
  expect(await query(second.owner_url, 'select 1 as one')).toEqual([{ one: 1 }])
  await second.stop()
  squatter.close()
})

test.runIf(process.getuid?.() === 0)('a data directory that only root may enter gets its server elsewhere', async () => {
  const closed = path.join(folder, 'closed')
  await mkdir(closed, { mode: 0o700 })
  const data_dir = path.join(closed, 'data')
  const postgres = await providePostgres({ data_dir, ...quiet })
  const place = await reachablePlace(unprivilegedAccount(), placeName(data_dir))
  try {
    expect(await query(postgres.owner_url, 'select 1 as one')).toEqual([{ one: 1 }])
    expect((await stat(path.join(place, 'cluster', 'PG_VERSION'))).isFile()).toBe(true)
  } finally {
    await postgres.stop()
    await rm(place, { recursive: true, force: true })
  }
})
