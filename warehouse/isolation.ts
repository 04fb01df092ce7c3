import type { DuckDBConnection } from '@duckdb/node-api'

/**
 * Appended rows from which on a write must call `hideUntilCommit` for the table: DuckDB then adds whole row groups
 * (of 122,880 rows) to the table before the commit is done, and for some milliseconds others see them, or see them and then no more
 * (seen with 1.5.5).
 */
export const ROWS_SEEN_EARLY = 50_000

/**
 * Inside a write that appended many rows to a table others read: makes DuckDB add them row by row under the commit's version, which it
 * does when the transaction also removed a row it had appended. `mark` is a value no row has in `column`.
 */
export const hideUntilCommit = async (connection: DuckDBConnection, table: string, column: string, mark: string): Promise<void> => {
  await connection.run(`insert into ${table} select * replace (${mark} as ${column}) from ${table} limit 1`)
  await connection.run(`delete from ${table} where ${column} = ${mark}`)
}

/** The same for every mart's table, whose first column is text. */
export const hideMartsUntilCommit = async (connection: DuckDBConnection): Promise<void> => {
  const reader = await connection.runAndReadAll(
    `select 'marts.' || table_name, column_name from duckdb_columns()
     where database_name = current_database() and schema_name = 'marts' and column_index = 1 and column_name in ('measure', 'series')`,
  )
  for (const [table, column] of reader.getRowsJS()) await hideUntilCommit(connection, String(table), String(column), `''`)
}
