import { join } from 'node:path'
import type pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { testDatabase, type TestDatabase } from '../transactional/postgres.fixture.ts'
import { openWarehouse, type Warehouse } from '../warehouse/warehouse.ts'
import { caughtUp, connected, silent, temporaryFolder } from './ingest.fixture.ts'
import { startIngest, type Ingest } from './ingest.ts'

const megabytes = 1024 * 1024

let database: TestDatabase
let owner: pg.Client
let folder: Awaited<ReturnType<typeof temporaryFolder>>
let warehouse: Warehouse
let ingest: Ingest

beforeAll(async () => {
  database = await testDatabase()
  owner = await connected(database.owner_url)
  folder = await temporaryFolder()
  warehouse = await openWarehouse({ path: join(folder.path, 'warehouse.duckdb'), log: silent, memory_limit: '512MB' })
  ingest = await startIngest({ ingest_url: database.ingest_url, warehouse, data_dir: folder.path, log: silent })
})
afterAll(async () => {
  await ingest.stop()
  await warehouse.close()
  await owner.end()
  await database.drop()
  await folder.remove()
})

/** Runs `work` and tells how much memory it took at its peak: our own (JavaScript's and buffers') and the process's. */
const peak = async (work: () => Promise<void>): Promise<{ own: number; process: number }> => {
  const measure = () => {
    const { heapUsed, external, rss } = process.memoryUsage()
    return { own: heapUsed + external, process: rss }
  }
  const before = measure()
  const highest = { ...before }
  const timer = setInterval(() => {
    const now = measure()
    highest.own = Math.max(highest.own, now.own)
    highest.process = Math.max(highest.process, now.process)
  }, 5)
  await work()
  clearInterval(timer)
  return { own: (highest.own - before.own) / megabytes, process: (highest.process - before.process) / megabytes }
}
const counts = () =>
  warehouse.read(async (connection) => {
    const reader = await connection.runAndReadAll(
      `select count(*)::integer, sum(sign)::integer, sum(sign * value)::varchar, count(distinct commit_lsn)::integer from history.parameter where name like 'large%'`,
    )
    return reader.getRowsJson()[0]
  })

test('a transaction of a million rows takes little memory and is seen whole', async () => {
  const seen = new Set<unknown>()
  let ended = false
  const watching = (async () => {
    while (!ended) seen.add((await counts())![1])
  })()
  const memory = await peak(async () => {
    await owner.query(`insert into parameter select 'large_' || i, '2026-01-01', i % 1000 from generate_series(1, 1000000) as i`)
    await caughtUp(owner, ingest)
  })
  ended = true
  await watching
  expect(await counts()).toEqual([1_000_000, 1_000_000, '499500000.0000', 1])
  expect([...seen].filter((sum) => sum !== null && sum !== 1_000_000)).toEqual([])
  expect(memory.own).toBeLessThan(160)
  expect(memory.process).toBeLessThan(800)
})

test('an update and a removal of a third of them, as many changes, likewise', async () => {
  const chosen = `name similar to 'large_[123]%'`
  const memory = await peak(async () => {
    await owner.query(`begin; update parameter set value = value + 1 where ${chosen}; delete from parameter where ${chosen}; commit`)
    await caughtUp(owner, ingest)
  })
  const { rows } = await owner.query<{ sum: string }>(
    `select sum(value)::numeric(20, 4)::text as sum from parameter where name like 'large%'`,
  )
  expect(await counts()).toEqual([2_000_002, 666_666, rows[0]!.sum, 2])
  expect(memory.own).toBeLessThan(160)
  expect(memory.process).toBeLessThan(800)
})

test('after it, a small commit is there at once', async () => {
  const begun = performance.now()
  await owner.query(`insert into provider (name) values ('danach')`)
  await caughtUp(owner, ingest)
  expect(performance.now() - begun).toBeLessThan(2000)
})
