import type pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { testDatabase, type TestDatabase } from '../transactional/postgres.fixture.ts'
import { martsDifferingFromRebuild } from '../warehouse/rebuild.ts'
import { caughtUp, connected, differences, startRunning, temporaryFolder, until, type Running } from './ingest.fixture.ts'

let database: TestDatabase
let owner: pg.Client
let folder: Awaited<ReturnType<typeof temporaryFolder>>
let running: Running

beforeAll(async () => {
  database = await testDatabase()
  owner = await connected(database.owner_url)
  folder = await temporaryFolder()
  await owner.query(
    `insert into provider (name, umbrella_association) values ('schon da', ''), ('ohne Verband', null), (E'mit\nUmbruch, "Zitat"; \\\\ und \x01\x1f', E'\t')`,
  )
  running = await startRunning(database, folder.path)
})
afterAll(async () => {
  await running.stop()
  await owner.end()
  await database.drop()
  await folder.remove()
})

const inStep = async (): Promise<void> => {
  await caughtUp(owner, running.ingest)
  expect(await differences(owner, running.warehouse)).toEqual([])
}
const history = async (sql: string): Promise<unknown[][]> =>
  running.warehouse.read(async (connection) => (await connection.runAndReadAll(sql)).getRowsJson())

test('the first load is what PostgreSQL holds', async () => {
  expect(await differences(owner, running.warehouse)).toEqual([])
  expect(await history(`select count(*), min(sign), count(distinct commit_lsn) from history.federal_state`)).toEqual([['16', 1, '1']])
})

test('inserts, updates and deletes arrive with their old and new rows', async () => {
  await owner.query(`insert into provider (name) values ('Träger Nord'), ('Träger Süd')`)
  await owner.query(`update provider set umbrella_association = 'Verband' where name = 'Träger Süd'`)
  await owner.query(`delete from provider where name = 'Träger Nord'`)
  await inStep()
  expect(
    await history(
      `select name, sign, umbrella_association from history.provider where name like 'Träger%' order by commit_lsn, sign, name`,
    ),
  ).toEqual([
    ['Träger Nord', 1, null],
    ['Träger Süd', 1, null],
    ['Träger Süd', -1, null],
    ['Träger Süd', 1, 'Verband'],
    ['Träger Nord', -1, null],
  ])
})

test('every text comes as it is', async () => {
  const texts = [
    '',
    ' ',
    'NULL',
    '\\N',
    '\\',
    `'`,
    '"',
    '{a,b}',
    '[a]',
    'a,b;c',
    '\n',
    '\r\n',
    '\t',
    '\x01',
    '\x1e\x1f',
    'ä€😀',
    'x'.repeat(3000),
    '\u{10ffff}',
  ]
  for (const text of texts) await owner.query(`insert into provider (name, umbrella_association) values ('Text', $1)`, [text])
  await owner.query(`update provider set name = 'Text!' where name = 'Text'`)
  await inStep()
})

test('values of every type come as they are', async () => {
  await owner.query(
    `insert into parameter values ('smallest', '0001-01-01', -99999999.9999), ('largest', '9999-12-31', 99999999.9999), ('zero', 'infinity', 0)`,
  )
  await owner.query(`insert into search (youth_authority_id, service_kind, specialisations, searched_on, offers_matching, offers_available)
    select '13075', (select code from service_kind limit 1), specialisations, '2026-02-28', 2147483647, 0
    from (values ('{}'::text[]), ((select array_agg(code order by code) from specialisation))) as t (specialisations)`)
  await owner.query(`update budget set amount_cents = 999999999999`)
  await owner.query(
    `insert into budget select id, 2039, (select code from service_kind limit 1), 1000000000000 from youth_authority limit 3`,
  )
  await inStep()
})

test('NaN, which has no counterpart, becomes NULL and goes away with its row', async () => {
  await owner.query(`insert into parameter values ('not_a_number', '2026-01-01', 'NaN')`)
  await caughtUp(owner, running.ingest)
  expect(await history(`select value from history.parameter where name = 'not_a_number'`)).toEqual([[null]])
  await owner.query(`delete from parameter where name = 'not_a_number'`)
  await inStep()
})

test('a large value that an update leaves alone stays', async () => {
  const large = `(select string_agg(md5(random()::text || i), '') from generate_series(1, 20000) as i)`
  await owner.query(`insert into provider (name, umbrella_association) values ('groß', ${large})`)
  await owner.query(`update provider set name = 'noch da' where name = 'groß'`)
  await inStep()
  expect(
    await history(
      `select sign, length(umbrella_association) from history.provider where name in ('groß', 'noch da') order by commit_lsn, sign`,
    ),
  ).toEqual([
    [1, '640000'],
    [-1, '640000'],
    [1, '640000'],
  ])
})

test('a changed primary key takes the old row away', async () => {
  await owner.query(`insert into parameter values ('moving', '2026-01-01', 1)`)
  await owner.query(`update parameter set name = 'moved', valid_from = '2026-02-01' where name = 'moving'`)
  await inStep()
  expect(
    await history(`select name, sum(sign)::integer from history.parameter where name like 'mov%' group by name order by name`),
  ).toEqual([
    ['moved', 1],
    ['moving', 0],
  ])
})

test('what is rolled back never arrives, not even a part', async () => {
  await owner.query(`begin; insert into provider (name) values ('zurückgerollt'); rollback`)
  await owner.query(`begin; insert into provider (name) values ('bleibt'); savepoint s; insert into provider (name) values ('zurückgerollt');
    rollback to s; insert into provider (name) values ('bleibt auch'); commit`)
  await inStep()
  expect(
    await history(`select distinct name from history.provider where name like 'bleibt%' or name = 'zurückgerollt' order by 1`),
  ).toEqual([['bleibt'], ['bleibt auch']])
})

test('a transaction over several tables is seen whole', async () => {
  let torn = 0
  let ended = false
  const watching = (async () => {
    while (!ended) {
      const [[names, values]] = (await history(
        `select (select sum(sign) from history.provider where name = 'ganz')::integer, (select sum(sign) from history.parameter where name = 'whole')::integer`,
      )) as [[number | null, number | null]]
      if ((names ?? 0) !== (values ?? 0)) torn += 1
    }
  })()
  for (let day = 1; day <= 28; day += 1) {
    await owner.query(
      `begin; insert into provider (name) values ('ganz'); insert into parameter values ('whole', '2026-03-${day}', 1); commit`,
    )
  }
  await inStep()
  ended = true
  await watching
  expect(torn).toBe(0)
})

test('commits keep their order, and commit times never run back', async () => {
  const clients = await Promise.all(Array.from({ length: 6 }, () => connected(database.owner_url)))
  await Promise.all(
    clients.map(async (client, writer) => {
      for (let step = 0; step < 40; step += 1) await client.query(`insert into provider (name) values ($1)`, [`Reihe ${writer}-${step}`])
      await client.end()
    }),
  )
  await inStep()
  expect(
    await history(`select count(*)::integer from (
      select committed_at < lag(committed_at) over (order by commit_lsn) as back from (select distinct commit_lsn, committed_at from history.provider)
    ) where back`),
  ).toEqual([[0]])
})

test('the status tells position and time, and each write is told', async () => {
  const heard: string[][] = []
  const end = running.ingest.onApplied(({ tables }) => heard.push(tables))
  await owner.query(`insert into provider (name) values ('gemeldet')`)
  await caughtUp(owner, running.ingest)
  end()
  await owner.query(`insert into provider (name) values ('nicht gemeldet')`)
  await caughtUp(owner, running.ingest)
  expect(heard).toEqual([['provider']])
  const status = running.ingest.status()
  expect(status).toMatchObject({ state: 'streaming', lag_ms: expect.any(Number) })
  expect(status.data_lsn).toMatch(/^[0-9A-F]+\/[0-9A-F]+$/)
  const { rows } = await owner.query<{ now: Date }>('select clock_timestamp() as now')
  await until(() => new Date(running.ingest.status().data_as_of) >= rows[0]!.now, 'the data time passes an idle moment')
  await expect.poll(() => running.ingest.status().lag_ms).toBeLessThan(1000)
})

test('an idle source holds no log: unpublished changes are confirmed and survive a restart', async () => {
  const slot = async () =>
    (
      await owner.query(`select confirmed_flush_lsn::text as lsn, pg_current_wal_lsn() - confirmed_flush_lsn as behind,
      pg_current_wal_lsn() - restart_lsn as held from pg_replication_slots where database = current_database()`)
    ).rows[0] as { lsn: string; behind: string; held: string }
  await owner.query(`create table unpublished (t text)`)
  for (let i = 0; i < 20; i += 1) await owner.query(`insert into unpublished select repeat('x', 1000) from generate_series(1, 2000)`)
  await until(async () => Number((await slot()).behind) < 1_000_000, 'the position is confirmed', 20_000)
  await until(
    async () => {
      await owner.query('select pg_log_standby_snapshot()').catch(() => owner.query('insert into unpublished values (1)'))
      return Number((await slot()).held) < 5_000_000
    },
    'the log is released',
    60_000,
  )
  await running.stop()
  running = await startRunning(database, folder.path)
  expect(await history('select count(*)::integer from history.gap')).toEqual([[0]])
  await inStep()
})

test('the marts are what a rebuild gives', async () => {
  expect(await running.warehouse.write(martsDifferingFromRebuild)).toEqual([])
})

test('of a demonstration, the first load knows when each row was recorded; what comes later has its own moment', async () => {
  const [kind, begun] = [`(select min(code) from service_kind)`, new Date()]
  const search = (day: string) =>
    owner.query(
      `insert into search (youth_authority_id, service_kind, specialisations, searched_on, offers_matching, offers_available)
       values ('13075', ${kind}, '{}', '${day}', 1, 1)`,
    )
  for (const day of ['2023-03-05', '2025-10-31', '2999-01-01']) await search(day)
  const elsewhere = await temporaryFolder()
  const demonstration = await startRunning(database, elsewhere.path, async () => ({ since: '2023-11-01', by: { search: 'searched_on' } }))
  try {
    await search('2025-10-30')
    await caughtUp(owner, demonstration.ingest)
    expect(await differences(owner, demonstration.warehouse)).toEqual([])
    const told = await demonstration.warehouse.read(async (connection) => {
      const reader = await connection.runAndReadAll(
        `select searched_on::varchar, committed_at < '${begun.toISOString()}', committed_at::date::varchar from history.search
         where searched_on in ('2023-03-05', '2025-10-30', '2025-10-31', '2999-01-01') order by 1`,
      )
      const authorities = await connection.runAndReadAll(`select distinct committed_at::date::varchar from history.youth_authority`)
      return { searches: reader.getRowsJson(), authorities: authorities.getRowsJson() }
    })
    const today = begun.toISOString().slice(0, 10)
    expect(told).toEqual({
      searches: [
        ['2023-03-05', true, '2023-03-05'],
        ['2025-10-30', false, today],
        ['2025-10-31', true, '2025-10-31'],
        ['2999-01-01', false, today],
      ],
      authorities: [['2023-11-01']],
    })
  } finally {
    await demonstration.stop()
    await elsewhere.remove()
  }
})
