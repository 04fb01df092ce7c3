import type { DuckDBConnection } from '@duckdb/node-api'
import { charactersBefore, refused } from './refusal.ts'

/** Table functions that only count or unfold. All others read files, settings or the engine, or run SQL from texts. */
const openFunctions = new Set(['range', 'generate_series', 'unnest'])

type Tree = { error: boolean; error_type?: string; error_message?: string; position?: string; statements?: { node: unknown }[] }

/** Throws unless the text is a single statement that reads, by DuckDB's own parse tree: it has one for such statements alone. */
export const mustOnlyRead = async (connection: DuckDBConnection, sql: string): Promise<void> => {
  const reader = await connection.runAndReadAll('select json_serialize_sql($1::varchar)::varchar', [sql])
  const tree = JSON.parse(String(reader.value(0, 0))) as Tree
  if (tree.error) {
    if (tree.error_type === 'not implemented') throw refused('not_reading')
    const at = tree.position === undefined ? null : charactersBefore(sql, Number(tree.position))
    throw refused('syntax', tree.error_message ?? '', at)
  }
  const { statements = [] } = tree
  if (statements.length === 0) throw refused('empty')
  if (statements.length > 1) throw refused('several_statements')
  mustCallOpenFunctions(statements, sql)
}

const mustCallOpenFunctions = (node: unknown, sql: string): void => {
  if (node === null || typeof node !== 'object') return
  const { type, function: called, query_location } = node as TableFunction
  if (type === 'TABLE_FUNCTION' && !openFunctions.has(called.function_name.toLowerCase()))
    throw refused('function_closed', called.function_name, charactersBefore(sql, query_location))
  for (const part of Object.values(node)) mustCallOpenFunctions(part, sql)
}

type TableFunction = { type?: unknown; function: { function_name: string }; query_location: number }
