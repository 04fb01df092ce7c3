import type { DuckDBConnection, DuckDBPreparedStatement, DuckDBResultReader, DuckDBValue } from '@duckdb/node-api'

const prepared = new WeakMap<DuckDBConnection, Map<string, DuckDBPreparedStatement>>()

/** Runs a statement prepared once per connection; for statements whose text repeats. */
export const execute = async (connection: DuckDBConnection, sql: string, values: DuckDBValue[] | Record<string, DuckDBValue> = []) => {
  let statements = prepared.get(connection)
  if (!statements) prepared.set(connection, (statements = new Map()))
  let statement = statements.get(sql)
  if (!statement) statements.set(sql, (statement = await connection.prepare(sql)))
  if (statement.parameterCount > 0) statement.bind(values)
  return statement.runAndReadAll()
}

/** The columns of a result as arrays; empty ones, not none, where it has no rows. */
export const columnsRead = <Columns extends unknown[][]>(reader: DuckDBResultReader): Columns =>
  (reader.currentRowCount > 0 ? reader.getColumnsJS() : reader.columnNames().map(() => [])) as Columns
