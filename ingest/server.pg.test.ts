import { execFile } from 'node:child_process'
import { copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { loadDemonstration } from '../transactional/demo/demonstration.ts'
import { migrateToLatest } from '../transactional/migrate.ts'
import { provideRoles } from '../transactional/postgres.ts'
import { grantToOwner } from '../transactional/postgres-roles.ts'
import { serverUrl, startServer, type Server } from '../transactional/postgres-server.ts'
import { testDatabase } from '../transactional/postgres.fixture.ts'
import { loadReference } from '../transactional/reference/reference.ts'
import { martsDifferingFromRebuild } from '../warehouse/rebuild.ts'
import { caughtUp, connected, differences, silent, startRunning, temporaryFolder, until, type Running } from './ingest.fixture.ts'
import { commitSomething } from './load.fixture.ts'

const execute = promisify(execFile)

let folder: Awaited<ReturnType<typeof temporaryFolder>>
let server: Server
let running: Running
let owner: pg.Client
let superuser: pg.Client
const urls = () => ({
  owner_url: serverUrl(server.secrets, 'sojus_owner', 'sojus'),
  ingest_url: serverUrl(server.secrets, 'sojus_ingest', 'sojus'),
})

const startPostgres = async (settings: Record<string, string> = {}): Promise<void> => {
  server = await startServer({ data_dir: join(folder.path, 'server'), log: silent, progress: () => undefined, settings })
}
const connect = async (): Promise<void> => {
  owner = await connected(urls().owner_url)
  superuser = await connected(serverUrl(server.secrets, 'postgres', 'sojus'))
}
const disconnect = async (): Promise<void> => {
  await owner.end()
  await superuser.end()
}
const startIngesting = async (): Promise<void> => {
  running = await startRunning(urls(), join(folder.path, 'warehouse'))
}
const change = async (commits = 20): Promise<void> => {
  for (let i = 0; i < commits; i += 1) await commitSomething(owner)
}
const inStep = async (): Promise<void> => {
  await caughtUp(owner, running.ingest)
  expect(await differences(owner, running.warehouse)).toEqual([])
  expect(await running.warehouse.write(martsDifferingFromRebuild)).toEqual([])
}
const gaps = (): Promise<string[]> =>
  running.warehouse.read(async (connection) => {
    const reader = await connection.runAndReadAll('select reason from history.gap where from_at <= until_at order by until_at')
    return reader.getRowsJson().map(([reason]) => String(reason))
  })

beforeAll(async () => {
  folder = await temporaryFolder()
  await startPostgres()
  await provideRoles(server.secrets)
  const administrator = await connected(serverUrl(server.secrets, 'postgres', 'postgres'))
  await administrator.query('create database sojus')
  await administrator.end()
  superuser = await connected(serverUrl(server.secrets, 'postgres', 'sojus'))
  await grantToOwner(superuser)
  await superuser.end()
  const { owner_url } = urls()
  await migrateToLatest(owner_url)
  await loadReference(owner_url)
  await loadDemonstration({ owner_url, bookings: 300, today: '2026-06-30', log: silent, progress: () => undefined })
  await connect()
  await startIngesting()
})
afterAll(async () => {
  await running.stop()
  await disconnect()
  await server.stop('immediate')
  await execute('rm', ['-rf', server.home])
  await folder.remove()
})

test('PostgreSQL restarting costs nothing but the pause', async () => {
  await change()
  for (const how of ['fast', 'immediate'] as const) {
    await disconnect()
    const begun = performance.now()
    await server.stop(how)
    expect(performance.now() - begun).toBeLessThan(15_000)
    await until(() => running.ingest.status().state === 'reconnecting', 'the loss is noticed')
    await startPostgres()
    await connect()
    await change()
    await inStep()
    expect(running.ingest.status().state).toBe('streaming')
  }
  expect(await gaps()).toEqual([])
})

test('a terminated session is made anew', async () => {
  await superuser.query(`select pg_terminate_backend(pid) from pg_stat_activity where usename = 'sojus_ingest'`)
  await change()
  await inStep()
  expect(await gaps()).toEqual([])
})

test('a warehouse stopped for long catches up from its slot', async () => {
  await running.stop()
  await change(300)
  await startIngesting()
  await inStep()
  expect(await gaps()).toEqual([])
})

test('a dropped slot is replaced and the difference appended', async () => {
  await running.stop()
  await change()
  await superuser.query('select pg_drop_replication_slot(slot_name) from pg_replication_slots')
  await change()
  await startIngesting()
  await change()
  await inStep()
  expect(await gaps()).toEqual(['the slot was lost'])
})

test('a slot invalidated by too much log is replaced', async () => {
  await running.stop()
  await disconnect()
  await server.stop()
  await startPostgres({ max_slot_wal_keep_size: '16MB', max_wal_size: '32MB', min_wal_size: '32MB' })
  await connect()
  await change()
  await superuser.query('create table padding (t text)')
  for (let i = 0; i < 8; i += 1) {
    await superuser.query(`insert into padding select repeat('x', 1000) from generate_series(1, 20000)`)
    await superuser.query('select pg_switch_wal(); checkpoint')
  }
  const { rows } = await superuser.query('select wal_status from pg_replication_slots')
  expect(rows).toEqual([{ wal_status: 'lost' }])
  await startIngesting()
  await inStep()
  expect(await gaps()).toEqual(['the slot was lost', 'the slot was lost'])
})

test('a slot lost while it streams is replaced without a restart', async () => {
  await superuser.query(`select pg_terminate_backend(active_pid) from pg_replication_slots`)
  await until(
    () =>
      superuser.query('select pg_drop_replication_slot(slot_name) from pg_replication_slots').then(
        ({ rowCount }) => rowCount === 1,
        () => false,
      ),
    'the slot is dropped before it is used again',
  )
  await change()
  await until(() => running.ingest.status().state === 'streaming', 'it streams again')
  await inStep()
  expect((await gaps()).length).toBe(3)
})

test('a server restored from an older copy takes the warehouse back with it', async () => {
  const { rows } = await superuser.query<{ data_directory: string }>('show data_directory')
  const cluster = rows[0]!.data_directory
  await change()
  await disconnect()
  await server.stop()
  await execute('cp', ['-a', cluster, `${cluster}.copy`])
  await startPostgres()
  await connect()
  await change(60)
  await inStep()
  await disconnect()
  await server.stop()
  await execute('rm', ['-rf', cluster])
  await execute('mv', [`${cluster}.copy`, cluster])
  await startPostgres()
  await connect()
  await until(() => running.ingest.status().state === 'streaming', 'it streams again')
  await change()
  await inStep()
  expect((await gaps()).at(-1)).toBe('the server was set back')
})

test('a warehouse put back to an older copy finds what it missed', async () => {
  const file = join(folder.path, 'warehouse', 'warehouse.duckdb')
  await running.stop()
  await copyFile(file, `${file}.copy`)
  await startIngesting()
  await change()
  await inStep()
  await until(async () => {
    const { rows } = await superuser.query<{ behind: boolean }>(
      'select confirmed_flush_lsn < pg_current_wal_lsn() as behind from pg_replication_slots',
    )
    return !rows[0]!.behind
  }, 'all is confirmed')
  await running.stop()
  await copyFile(`${file}.copy`, file)
  await startIngesting()
  await inStep()
  expect((await gaps()).at(-1)).toBe('the slot is ahead of the warehouse')
})

test('another server with other data is taken over as a difference', async () => {
  const other = await testDatabase()
  await running.stop()
  const theirs = await startRunning(other, join(folder.path, 'warehouse'))
  const client = await connected(other.owner_url)
  await client.query(`insert into provider (name) values ('anderswo')`)
  await caughtUp(client, theirs.ingest)
  expect(await differences(client, theirs.warehouse)).toEqual([])
  await theirs.stop()
  await client.end()
  await other.drop()
  await startIngesting()
  await inStep()
  expect((await gaps()).slice(-2)).toEqual(['another server', 'another server'])
})
