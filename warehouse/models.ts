import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { DuckDBConnection } from '@duckdb/node-api'

/** A model is one SELECT; its file name is the relation, its folder the layer. */
export type Model = { layer: 'staging' | 'marts'; name: string; sql: string; reads: string[] }

const folder = import.meta.dirname

/** The models of both layers in build order: each after everything it reads, by DuckDB's own parse tree. */
export const loadModels = async (connection: DuckDBConnection): Promise<Model[]> => {
  const models: Model[] = []
  for (const layer of ['staging', 'marts'] as const) {
    for (const file of (await readdir(join(folder, layer))).sort()) {
      if (!file.endsWith('.sql') || file === 'tables.sql') continue
      const name = file.slice(0, -'.sql'.length)
      const sql = await modelSql(layer, name)
      models.push({ layer, name, sql, reads: await relationsRead(connection, sql) })
    }
  }
  return inBuildOrder(models)
}

const texts = new Map<string, Promise<string>>()
/** The SELECT of one model, for who runs it over rows of his own. */
export const modelSql = (layer: Model['layer'], name: string): Promise<string> => {
  const file = join(folder, layer, `${name}.sql`)
  const text = texts.get(file) ?? readFile(file, 'utf8')
  texts.set(file, text)
  return text
}

/** Schema-qualified relations a SELECT reads, e.g. `history.booking`. */
export const relationsRead = async (connection: DuckDBConnection, sql: string): Promise<string[]> => {
  const found = new Set<string>()
  visit(await parseTree(connection, sql), ({ type, schema_name, table_name }) => {
    if (type === 'BASE_TABLE' && schema_name) found.add(`${schema_name}.${table_name}`)
  })
  return [...found].sort()
}

/** The columns that some columns of a simple SELECT, and its conditions, are made of. */
export const columnsBehind = async (connection: DuckDBConnection, sql: string, columns: string[]): Promise<string[]> => {
  const { node } = ((await parseTree(connection, sql)) as { statements: { node: SelectNode }[] }).statements[0]!
  const found = new Set<string>()
  const collect = (part: unknown) =>
    visit(part, ({ type, column_names }) => {
      if (type === 'COLUMN_REF') found.add((column_names as string[]).at(-1)!)
    })
  collect(node.where_clause)
  for (const item of node.select_list) if (columns.includes(item.alias || (item.column_names?.at(-1) ?? ''))) collect(item)
  return [...found].sort()
}

type SelectNode = { select_list: { alias: string; column_names?: string[] }[]; where_clause: unknown }

const parseTree = async (connection: DuckDBConnection, sql: string): Promise<unknown> => {
  const reader = await connection.runAndReadAll('select json_serialize_sql($1::varchar)::varchar', [sql])
  const tree = JSON.parse(String(reader.value(0, 0)))
  if (tree.error) throw new Error(`a model does not parse: ${tree.error_message}`)
  return tree
}

const visit = (node: unknown, see: (node: Record<string, unknown>) => void): void => {
  if (Array.isArray(node)) return node.forEach((each) => visit(each, see))
  if (node === null || typeof node !== 'object') return
  see(node as Record<string, unknown>)
  for (const part of Object.values(node)) visit(part, see)
}

const inBuildOrder = (models: Model[]): Model[] => {
  const byName = new Map(models.map((model) => [`${model.layer}.${model.name}`, model]))
  const ordered = new Set<Model>()
  const place = (model: Model, path: Model[]): void => {
    if (ordered.has(model)) return
    if (path.includes(model)) throw new Error(`models read each other in a circle: ${path.map((m) => m.name).join(', ')}`)
    for (const read of model.reads) {
      const source = byName.get(read)
      if (source) place(source, [...path, model])
      else if (!read.startsWith('history.')) throw new Error(`${model.name} reads ${read}, which is neither history nor a model`)
    }
    ordered.add(model)
  }
  for (const model of models) place(model, [])
  return [...ordered]
}
