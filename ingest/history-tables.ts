import type { DuckDBConnection } from '@duckdb/node-api'
import { addHistoryColumn, mirrorHistoryTable } from '../warehouse/marts.ts'
import { historyTable, quoted, type PublishedTable } from './history-schema.ts'

/** Names and DuckDB types of a history table's columns without sign, commit LSN and commit time; empty for an unknown table. */
export const historyColumns = async (connection: DuckDBConnection, table: string): Promise<Map<string, string>> => {
  const known = await connection.runAndReadAll(
    `select 1 from duckdb_tables() where database_name = current_database() and schema_name = 'history' and table_name = $1`,
    [table],
  )
  if (known.currentRowCount === 0) return new Map()
  // asked for the columns of one table, duckdb_columns() binds every view there is
  const columns = (await connection.runAndReadAll(`describe history.${quoted(table)}`)).getRowsJS().slice(3)
  return new Map(columns.map(([column, type]) => [String(column), String(type)]))
}

/**
 * Inside a write: gives history the columns a published table has by now; what is gone there stays here, as NULL in new rows.
 * Tells whether anything changed; then the indexes are gone until the marts are rebuilt.
 */
export const extendHistory = async (connection: DuckDBConnection, table: PublishedTable): Promise<boolean> => {
  const known = await historyColumns(connection, table.name)
  if (known.size === 0) {
    await connection.run(historyTable(table))
    await mirrorHistoryTable(connection, table.name)
    return true
  }
  const types = await canonicalTypes(connection, table)
  let changed = false
  for (const { name, duckdb_type } of table.columns) {
    const type = known.get(name)
    if (type === types.get(name)) continue
    changed = true
    if (type === undefined) await addHistoryColumn(connection, table.name, quoted(name), duckdb_type)
    else await changeColumnType(connection, table.name, name, duckdb_type)
  }
  return changed
}

/** For a load of many rows; building the marts anew brings the index back. */
export const dropHistoryIndex = async (connection: DuckDBConnection, table: string): Promise<void> => {
  await connection.run(`drop index if exists history.${quoted(`${table}_case`)}`)
}

/** Inside the write that leaves the marts behind history: should the process end before they are built anew, the next one builds them. */
export const outdateMarts = async (connection: DuckDBConnection): Promise<void> => {
  await connection.run('delete from marts.definition')
}

const changeColumnType = async (connection: DuckDBConnection, table: string, column: string, type: string): Promise<void> => {
  await dropHistoryIndex(connection, table)
  await connection.run(`alter table history.${quoted(table)} alter column ${quoted(column)} set data type ${type}`)
  await mirrorHistoryTable(connection, table)
}

/** The columns' types as DuckDB itself writes them. */
const canonicalTypes = async (connection: DuckDBConnection, { columns }: PublishedTable): Promise<Map<string, string>> => {
  const reader = await connection.runAndReadAll(`select ${columns.map(({ duckdb_type }) => `typeof(null::${duckdb_type})`).join(', ')}`)
  const types = reader.getRowsJS()[0] ?? []
  return new Map(columns.map(({ name }, at) => [name, String(types[at])]))
}
