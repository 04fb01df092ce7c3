import type { DuckDBConnection, DuckDBDataChunk, DuckDBPreparedStatement, DuckDBValue } from '@duckdb/node-api'

const prepared = new WeakMap<DuckDBConnection, Map<string, DuckDBPreparedStatement>>()

/** Runs a statement prepared once per connection; for statements whose text repeats. */
export const execute = async (connection: DuckDBConnection, sql: string, values: Values = []) =>
  (await bound(connection, sql, values)).runAndReadAll()

/** The same for a statement that changes rows; tells how many. */
export const perform = async (connection: DuckDBConnection, sql: string, values: Values = []): Promise<number> =>
  (await (await bound(connection, sql, values)).run()).rowsChanged

/** The same, with the rows in DuckDB's own form: for thousands of rows. */
export const executeForChunks = async (connection: DuckDBConnection, sql: string, values: Values = []): Promise<DuckDBDataChunk[]> => {
  const result = await (await bound(connection, sql, values)).run()
  return Array.from({ length: result.chunkCount }, (_, chunk) => result.getChunk(chunk))
}

/** The columns of a chunk in which all values are doubles and none is missing. */
export const numberColumns = (chunk: DuckDBDataChunk, columns: number): Float64Array[] =>
  // asked for one by one through the vector, thousands of values take several times as long
  Array.from({ length: columns }, (_, column) => (chunk.getColumnVector(column) as unknown as { items: Float64Array }).items)

type Values = DuckDBValue[] | Record<string, DuckDBValue>

const bound = async (connection: DuckDBConnection, sql: string, values: Values): Promise<DuckDBPreparedStatement> => {
  let statements = prepared.get(connection)
  if (!statements) prepared.set(connection, (statements = new Map()))
  let statement = statements.get(sql)
  if (!statement) statements.set(sql, (statement = await connection.prepare(sql)))
  if (statement.parameterCount > 0) statement.bind(values)
  return statement
}
