import type { DuckDBConnection, DuckDBPreparedStatement, DuckDBValue } from '@duckdb/node-api'

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
