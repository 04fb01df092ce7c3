import type pg from 'pg'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { loadDemonstration } from '../transactional/demo/demonstration.ts'
import { testDatabase, type TestDatabase } from '../transactional/postgres.fixture.ts'
import { martsDifferingFromRebuild } from '../warehouse/rebuild.ts'
import { caughtUp, connected, differences, silent, startRunning, temporaryFolder, until, type Running } from './ingest.fixture.ts'
import { commitSomething } from './load.fixture.ts'

let database: TestDatabase
let owner: pg.Client
let folder: Awaited<ReturnType<typeof temporaryFolder>>
let running: Running

beforeAll(async () => {
  database = await testDatabase()
  await loadDemonstration({ owner_url: database.owner_url, bookings: 300, today: '2026-06-30', log: silent, progress: () => undefined })
  owner = await connected(database.owner_url)
  folder = await temporaryFolder()
  running = await startRunning(database, folder.path)
})
afterAll(async () => {
  await running.stop()
  await owner.end()
  await database.drop()
  await folder.remove()
})
beforeEach(() => until(() => running.ingest.status().state === 'streaming', 'it streams again'))

const inStep = async (): Promise<void> => {
  await caughtUp(owner, running.ingest)
  await until(() => running.ingest.status().state === 'streaming', 'it streams')
  expect(await differences(owner, running.warehouse)).toEqual([])
  expect(await running.warehouse.write(martsDifferingFromRebuild)).toEqual([])
}
const values = async (sql: string): Promise<unknown[][]> =>
  running.warehouse.read(async (connection) => (await connection.runAndReadAll(sql)).getRowsJson())

test('a column added the recommended way arrives with its values', async () => {
  await owner.query('alter table provider add column legal_form text')
  await owner.query(`update provider set legal_form = 'e. V.' where id in (select id from provider limit 5)`)
  await owner.query(`alter table provider alter column legal_form set default 'gGmbH'`)
  await owner.query(`insert into provider (name) values ('mit Rechtsform')`)
  await inStep()
  expect(
    await values(`select legal_form, sum(sign)::integer from history.provider where legal_form is not null group by 1 order by 1`),
  ).toEqual([
    ['e. V.', 5],
    ['gGmbH', 1],
  ])
})

test('a column with a default is filled in although PostgreSQL sends nothing', async () => {
  await owner.query(`alter table booking add column origin text not null default 'portal'`)
  await owner.query(`update booking set origin = 'fax' where id in (select id from booking limit 3)`)
  await inStep()
  expect(
    await values(
      `select origin, sum(sign) = (select sum(sign) from history.booking) from history.booking group by 1 having sum(sign) <> 0 order by 1`,
    ),
  ).toEqual([
    ['fax', false],
    ['portal', false],
  ])
})

test('a wider type is taken over', async () => {
  await owner.query('alter table search drop constraint search_counts, alter column offers_matching type bigint')
  await owner.query('update search set offers_matching = 5000000000 where id in (select id from search limit 2)')
  await inStep()
  expect(
    await values('select typeof(offers_matching), sum(sign)::integer from history.search where offers_matching > 4e9 group by 1'),
  ).toEqual([['BIGINT', 2]])
})

test('a column that is gone is NULL from then on', async () => {
  await owner.query('alter table provider drop column legal_form')
  await owner.query(`update provider set name = name || '!' where name = 'mit Rechtsform'`)
  await inStep()
  expect(await values('select legal_form, sum(sign) > 0 from history.provider group by 1 having sum(sign) <> 0')).toEqual([[null, true]])
})

test('columns may change under load, and within a transaction', async () => {
  for (let round = 0; round < 3; round += 1) {
    for (let i = 0; i < 15; i += 1) await commitSomething(owner)
    await owner.query(`begin; insert into rating (review_key, case_key, booking_id, youth_authority_id, provider_id, service_kind, reviewed_on, aspect, rated_by, grade)
        select gen_random_uuid(), case_key, id, youth_authority_id, provider_id, service_kind, first_day, 'goal_attainment', 'guardian', 2
        from booking where provider_id is not null and not cancelled limit 3;
      alter table rating add column note_${round} smallint not null default ${round};
      update rating set note_${round} = 9 where id in (select id from rating order by id desc limit 3); commit`)
  }
  for (let i = 0; i < 15; i += 1) await commitSomething(owner)
  await inStep()
})

test('what changed while it was stopped is found at the start, a new published table too', async () => {
  await running.stop()
  await owner.query(
    `alter table budget add column version smallint not null default 1; update budget set version = 2 where amount_cents % 2 = 0`,
  )
  await owner.query(`create table closing_day (id uuid primary key default uuidv7(), day date not null, reasons text[] not null)`)
  await owner.query(`insert into closing_day (day, reasons) values ('2026-12-24', '{"Heiligabend, halb",Ruhe}')`)
  await owner.query(
    'alter table closing_day replica identity full; grant select on closing_day to sojus_ingest; alter publication sojus_facts add table closing_day',
  )
  running = await startRunning(database, folder.path)
  await owner.query(`update closing_day set day = '2026-12-31'; insert into closing_day (day, reasons) values ('2027-01-01', '{}')`)
  await inStep()
  expect(await values('select count(*)::integer, sum(sign)::integer from history.closing_day')).toEqual([[4, 2]])
})

test('a table published while it runs is loaded with its first change', async () => {
  await owner.query(`create table opening_day (day date primary key); insert into opening_day values ('2026-01-01'), ('2026-01-02')`)
  await owner.query(
    'alter table opening_day replica identity full; grant select on opening_day to sojus_ingest; alter publication sojus_facts add table opening_day',
  )
  await owner.query(`insert into opening_day values ('2026-01-03')`)
  await inStep()
})

test('each such break is recorded as a gap', async () => {
  const gaps = await values(
    "select count(*)::integer, count_if(until_at < from_at), bool_and(reason like 'the columns of %') from history.gap",
  )
  expect(gaps[0]).toEqual([expect.any(Number), '0', true])
  expect(gaps[0]![0]).toBeGreaterThanOrEqual(5)
})
