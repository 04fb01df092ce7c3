import type pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { testDatabase, type TestDatabase } from '../transactional/postgres.fixture.ts'
import { caughtUp, connected, differences, startRunning, temporaryFolder, type Running } from './ingest.fixture.ts'

let database: TestDatabase
let owner: pg.Client
let folder: Awaited<ReturnType<typeof temporaryFolder>>
let running: Running

beforeAll(async () => {
  database = await testDatabase()
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

test('the first load is what PostgreSQL holds', async () => {
  expect(await differences(owner, running.warehouse)).toEqual([])
})

test('an insert, an update and a delete arrive', async () => {
  await owner.query(`insert into provider (name, umbrella_association) values ('Träger "Nord", a;b', ''), ('Süd
und West', null)`)
  await owner.query(`update provider set umbrella_association = E'a\\\\b\\tc' where name like 'Süd%'`)
  await owner.query(`delete from provider where name like 'Träger%'`)
  await caughtUp(owner, running.ingest)
  expect(await differences(owner, running.warehouse)).toEqual([])
})
