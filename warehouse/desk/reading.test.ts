import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { mustOnlyRead } from './reading.ts'
import { DeskRefusal } from './refusal.ts'

let connection: DuckDBConnection
beforeAll(async () => {
  connection = await (await DuckDBInstance.create(':memory:')).connect()
})
afterAll(() => connection.closeSync())

const codeOf = async (sql: string) => {
  const answer = await mustOnlyRead(connection, sql).catch((error: unknown) => error)
  return answer instanceof DeskRefusal ? answer.code : answer
}

test.each([
  'select 1',
  'from cell',
  'values (1, 2)',
  'describe cell',
  'summarize cell',
  'with recursive t as (select 1 as n union all select n + 1 from t where n < 9) select * from t -- mit Ende',
  'select * from range(3), generate_series(1, 3), unnest([1, 2])',
  `from (pivot cell on measure in ('case_count') using sum(value))`,
])('%s only reads', async (sql) => {
  expect(await codeOf(sql)).toBe(undefined)
})

test.each([
  ['', 'empty'],
  ['-- nur ein Kommentar', 'empty'],
  ['select 1; select 2', 'several_statements'],
  ['selec 1', 'syntax'],
  [`select 1${'+ 1'.repeat(6000)}`, 'syntax'],
  [`from read_csv('/etc/passwd')`, 'function_closed'],
  [`select (select count(*) from (with a as (from READ_BLOB('/etc/passwd')) from a))`, 'function_closed'],
  [`from glob('/*')`, 'function_closed'],
  [`from sniff_csv('/etc/passwd')`, 'function_closed'],
  [`from query('select 1')`, 'function_closed'],
  ['from duckdb_settings()', 'function_closed'],
  [`from pragma_table_info('cell')`, 'function_closed'],
  ['pragma database_list', 'not_reading'],
  ['pragma show_tables', 'not_reading'],
  ['set threads = 8', 'not_reading'],
  ['reset lock_configuration', 'not_reading'],
  [`copy cell to '/tmp/cell.csv'`, 'not_reading'],
  [`copy cell from '/etc/passwd'`, 'not_reading'],
  [`export database '/tmp/cell'`, 'not_reading'],
  [`attach '/tmp/cell.duckdb'`, 'not_reading'],
  ['install httpfs', 'not_reading'],
  ['load httpfs', 'not_reading'],
  ['create table mine as from cell', 'not_reading'],
  ['drop table cell', 'not_reading'],
  ['delete from cell', 'not_reading'],
  [`call pragma_version()`, 'not_reading'],
])('%.70s is refused', async (sql, code) => {
  expect(await codeOf(sql)).toBe(code)
})
