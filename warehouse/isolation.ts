import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api'
import { perform } from './statement.ts'

/**
 * Rows appended to a table in one transaction from which on they must be hidden until its commit: DuckDB adds whole row groups
 * (of 122,880 rows) to the table before the commit is done, and for some milliseconds others see them, or see them and then no more
 * (seen with 1.5.5).
 */
const rowsSeenEarly = 50_000

const appended = new WeakMap<DuckDBConnection, Map<string, number>>()

/** Inside a write: inserts into a table others read. The write sees to it that they see all of it or nothing. */
export const append = async (connection: DuckDBConnection, table: string, rows: string, values: DuckDBValue[] = []): Promise<void> => {
  noteAppend(connection, table, await perform(connection, `insert into ${table} ${rows}`, values))
}

/** Inside a write: tells of rows inserted otherwise than by `append`. */
export const noteAppend = (connection: DuckDBConnection, table: string, rows: number): void => {
  const counts = appended.get(connection) ?? new Map<string, number>()
  appended.set(connection, counts.set(table, (counts.get(table) ?? 0) + rows))
}

/** The last thing inside a write: hides what `append` appended in large numbers; small numbers DuckDB itself hides. */
export const hideLargeAppends = async (connection: DuckDBConnection): Promise<void> => {
  const counts = [...(appended.get(connection) ?? [])]
  forgetAppends(connection)
  for (const [table, rows] of counts) if (rows >= rowsSeenEarly && !table.startsWith('temp.')) await hideUntilCommit(connection, table)
}

/** For a write that is rolled back. */
export const forgetAppends = (connection: DuckDBConnection): void => void appended.delete(connection)

/**
 * Makes DuckDB add a transaction's rows one by one under the commit's version, which it does when the transaction also removed a row
 * it had appended.
 */
const hideUntilCommit = async (connection: DuckDBConnection, table: string): Promise<void> => {
  const [column, mark] = table.startsWith('history.') ? ['commit_lsn', 0] : ['place', -1]
  await connection.run(`insert into ${table} select * replace (${mark} as ${column}) from ${table} limit 1`)
  await connection.run(`delete from ${table} where ${column} = ${mark}`)
}
