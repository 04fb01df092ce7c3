import pg from 'pg'
import { expect, test } from 'vitest'
import { openDatabase } from './connection.ts'
import { testDatabase } from './postgres.fixture.ts'

test('a test database is migrated and speaks as the three roles', async () => {
  const database = await testDatabase()
  try {
    for (const url of [database.owner_url, database.app_url, database.ingest_url]) {
      const client = new pg.Client({ connectionString: url })
      await client.connect()
      const { rows } = await client.query<{ name: string; bypass: boolean }>(
        'select current_user as name, rolsuper or rolbypassrls as bypass from pg_roles where rolname = current_user',
      )
      await client.end()
      expect(rows[0]).toEqual({ name: new URL(url).username, bypass: false })
    }
  } finally {
    await database.drop()
  }
})

test('a test database goes with its replication slots', async () => {
  const database = await testDatabase()
  const client = new pg.Client({ connectionString: database.ingest_url })
  await client.connect()
  await client.query(`select pg_create_logical_replication_slot('slot_of_a_test', 'pgoutput')`)
  await client.end()
  await database.drop()
  const other = await testDatabase()
  const rest = new pg.Client({ connectionString: other.owner_url })
  await rest.connect()
  const { rows } = await rest.query(`select from pg_replication_slots where slot_name = 'slot_of_a_test'`)
  await rest.end()
  await other.drop()
  expect(rows).toEqual([])
})

test('columns arrive as declared: bigint and numeric as numbers, days and instants as ISO text', async () => {
  const database = await testDatabase()
  const db = openDatabase(database.owner_url, 1)
  try {
    const pool = new pg.Pool({ connectionString: database.owner_url, max: 1 })
    await pool.end()
    await db
      .insertInto('sign_in')
      .values({ attempted_at: '2026-03-29T01:02:03.123456Z', federal_state: 'MV', user_name: 'x', client_address: '::1' })
      .execute()
    const signIn = await db.selectFrom('sign_in').select(['id', 'attempted_at']).executeTakeFirstOrThrow()
    expect(signIn).toEqual({ id: 1, attempted_at: '2026-03-29T01:02:03.123456Z' })
    const parameter = await db.selectFrom('parameter').selectAll().where('name', '=', 'disclosure_threshold').executeTakeFirstOrThrow()
    expect(parameter).toEqual({ name: 'disclosure_threshold', valid_from: '2000-01-01', value: 3 })
  } finally {
    await db.destroy()
    await database.drop()
  }
})
