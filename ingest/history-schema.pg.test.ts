import { readFile } from 'node:fs/promises'
import pg from 'pg'
import { expect, test } from 'vitest'
import { testDatabase } from '../transactional/postgres.fixture.ts'
import { duckdbType, HISTORY_FILE, historySchema, publishedTables } from './history-schema.ts'

test('history.sql is what the published tables generate', async () => {
  const database = await testDatabase()
  const client = new pg.Client({ connectionString: database.owner_url })
  await client.connect()
  const schema = historySchema(await publishedTables(client))
  await client.end()
  await database.drop()
  expect(await readFile(HISTORY_FILE, 'utf8')).toBe(schema)
})

test('each published type has its counterpart, an unknown one is refused', () => {
  expect(['uuid', 'text[]', 'numeric(6,2)[]', 'character varying(20)', 'timestamp with time zone'].map(duckdbType)).toEqual([
    'UUID',
    'VARCHAR[]',
    'DECIMAL(6, 2)[]',
    'VARCHAR',
    'TIMESTAMPTZ',
  ])
  expect(() => duckdbType('point')).toThrow('no warehouse type for the published type point')
})
