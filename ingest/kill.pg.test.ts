import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { loadDemonstration } from '../transactional/demo/demonstration.ts'
import { testDatabase, type TestDatabase } from '../transactional/postgres.fixture.ts'
import { startCompaction } from '../warehouse/compaction.ts'
import { martsDifferingFromRebuild } from '../warehouse/rebuild.ts'
import { caughtUp, connected, differences, silent, startRunning, temporaryFolder, until } from './ingest.fixture.ts'

let database: TestDatabase
let owner: pg.Client
let folder: Awaited<ReturnType<typeof temporaryFolder>>
let writer: ChildProcess

const run = (file: string, ...parameters: string[]): ChildProcess =>
  spawn(process.execPath, ['--import', 'tsx', join(import.meta.dirname, file), ...parameters], { stdio: ['ignore', 'pipe', 'inherit'] })

beforeAll(async () => {
  database = await testDatabase()
  await loadDemonstration({ owner_url: database.owner_url, bookings: 800, today: '2026-06-30', log: silent, progress: () => undefined })
  owner = await connected(database.owner_url)
  folder = await temporaryFolder()
  writer = run('load.fixture.ts', database.owner_url)
})
afterAll(async () => {
  writer.kill('SIGKILL')
  await owner.end()
  await database.drop()
  await folder.remove()
})

type Moment = 'snapshot' | 'random' | 'committing' | 'committed'
const moments: Moment[] = [
  'snapshot',
  'snapshot',
  ...Array.from({ length: 5 }, () => ['random', 'committing', 'committed'] as const).flat(),
  'snapshot',
  'random',
  'snapshot',
]

/** Runs the ingest until it is killed at the moment given; the answer is whether it was killed. */
const killAt = async (moment: Moment): Promise<boolean> => {
  const child = run(
    'killed.fixture.ts',
    database.ingest_url,
    folder.path,
    moment === 'committing' || moment === 'committed' ? moment : 'never',
  )
  const ended = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>
  const [opened] = (await Promise.race([once(child.stdout!, 'data'), ended])) as [Buffer | null]
  if (!String(opened).startsWith('opened')) throw new Error('the ingest did not start')
  const soon = moment === 'snapshot' ? Math.random() * 600 : Math.random() * 1500
  if (moment === 'snapshot' || moment === 'random') await sleep(soon)
  else await Promise.race([ended, sleep(20_000)])
  child.kill('SIGKILL')
  const [, signal] = await ended
  return signal === 'SIGKILL'
}

test('killed at any moment under load, the warehouse ends equal to PostgreSQL and the marts equal to their rebuild', async () => {
  let killed = 0
  for (const [at, moment] of moments.entries()) {
    // a lost slot makes it reconcile with rows already there
    if (moment === 'snapshot' && at > 0) await loseSlot()
    if (await killAt(moment)) killed += 1
  }
  expect(killed).toBe(moments.length)
  expect(killed).toBeGreaterThanOrEqual(20)

  const running = await startRunning(database, folder.path)
  const compaction = startCompaction(running.warehouse, silent)
  await sleep(3000)
  writer.kill('SIGTERM')
  await once(writer, 'exit')
  await caughtUp(owner, running.ingest)
  await compaction.stop()
  expect(await differences(owner, running.warehouse)).toEqual([])
  expect(await running.warehouse.write(martsDifferingFromRebuild)).toEqual([])
  const [[commits]] = (await running.warehouse.read(async (connection) =>
    (await connection.runAndReadAll('select count(distinct commit_lsn)::integer from history.booking')).getRowsJson(),
  )) as [[number]]
  expect(commits).toBeGreaterThan(100)
  expect(await readdir(join(folder.path, 'snapshot'))).toEqual([])
  for (const name of await readdir(folder.path)) {
    const { mode } = await stat(join(folder.path, name))
    expect({ name, mode: (mode & 0o077).toString(8) }).toEqual({ name, mode: '0' })
  }
  await running.stop()
}, 400_000)

const loseSlot = (): Promise<void> =>
  until(async () => {
    const { rows } = await owner.query<{ lost: boolean }>(
      `select true as lost from pg_replication_slots where database = current_database() and active_pid is null`,
    )
    if (rows.length === 0) return true
    const ingest = await connected(database.ingest_url)
    await ingest
      .query(
        'select pg_drop_replication_slot(slot_name) from pg_replication_slots where database = current_database() and active_pid is null',
      )
      .catch(() => undefined)
    await ingest.end()
    return false
  }, 'the slot is gone')
