import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api'
import { beforeAll, expect, test } from 'vitest'
import { castText } from './postgres-text.ts'

let connection: DuckDBConnection
beforeAll(async () => {
  connection = await (await DuckDBInstance.create(':memory:')).connect()
  await connection.run(`set TimeZone = 'UTC'`)
})

const cast = async (text: string | null, type: string): Promise<unknown> => {
  const sql = `select ${castText('given', type)} from (select $1::varchar as given)`
  return (await connection.runAndReadAll(sql, [text])).getRowsJson()[0]![0]
}

test.each([
  ['t', 'BOOLEAN', true],
  ['f', 'BOOLEAN', false],
  ['-32768', 'SMALLINT', -32768],
  ['9223372036854775807', 'BIGINT', '9223372036854775807'],
  ['-99999999.9999', 'DECIMAL(12,4)', '-99999999.9999'],
  ['2026-02-28', 'DATE', '2026-02-28'],
  ['infinity', 'DATE', '5881580-07-11'],
  ['2026-03-29 01:30:00.123456+00', 'TIMESTAMPTZ', '2026-03-29 01:30:00.123456+00'],
  ['018f2f6e-0000-7000-8000-000000000000', 'UUID', '018f2f6e-0000-7000-8000-000000000000'],
  ['NaN', 'DECIMAL(12,4)', null],
  ['', 'VARCHAR', ''],
])('%s as %s', async (text, type, value) => {
  expect(await cast(text, type)).toEqual(value)
  expect(await cast(null, type)).toBeNull()
})

test.each([
  ['{}', 'VARCHAR[]', []],
  ['{a,b}', 'VARCHAR[]', ['a', 'b']],
  ["{a'b,(x,[k],ä}", 'VARCHAR[]', ["a'b", '(x', '[k]', 'ä']],
  ['{"b c",NULL,"NULL","","x\\"y","q\\\\z","b,c","{d}"}', 'VARCHAR[]', ['b c', null, 'NULL', '', 'x"y', 'q\\z', 'b,c', '{d}']],
  ['{"a\nb","a\\\\\nb"}', 'VARCHAR[]', ['a\nb', 'a\\\nb']],
  ['{1,NULL,-3}', 'BIGINT[]', ['1', null, '-3']],
  ['{7.00,NaN}', 'DECIMAL(6,2)[]', ['7.00', null]],
  ['{2025-01-01,2026-12-31}', 'DATE[]', ['2025-01-01', '2026-12-31']],
  ['{"2026-01-01 00:00:00+00"}', 'TIMESTAMPTZ[]', ['2026-01-01 00:00:00+00']],
])('the array %s as %s', async (text, type, value) => {
  expect(await cast(text, type)).toEqual(value)
  expect(await cast(null, type)).toBeNull()
})
