import { readFileSync, writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import pg from 'pg'

export const PUBLICATION = 'sojus_facts'
export const HISTORY_FILE = new URL('../warehouse/history.sql', import.meta.url)

export type PublishedColumn = { name: string; type_id: number; type_modifier: number; duckdb_type: string }
export type PublishedTable = { name: string; columns: PublishedColumn[] }

/** The DuckDB type that keeps every value of a PostgreSQL type as `format_type` writes it; throws for one that has no counterpart here. */
export const duckdbType = (pgType: string): string => {
  if (pgType.endsWith('[]')) return `${duckdbType(pgType.slice(0, -2))}[]`
  const numeric = /^numeric\((\d+),(\d+)\)$/.exec(pgType)
  if (numeric) return `DECIMAL(${numeric[1]}, ${numeric[2]})`
  if (/^character varying(\(\d+\))?$/.test(pgType)) return 'VARCHAR'
  const plain = plainTypes[pgType]
  if (plain === undefined) throw new Error(`no warehouse type for the published type ${pgType}`)
  return plain
}

const plainTypes: Record<string, string> = {
  uuid: 'UUID',
  text: 'VARCHAR',
  date: 'DATE',
  'timestamp with time zone': 'TIMESTAMPTZ',
  smallint: 'SMALLINT',
  integer: 'INTEGER',
  bigint: 'BIGINT',
  boolean: 'BOOLEAN',
  'double precision': 'DOUBLE',
}

/** The published tables by name, their columns in order, as the catalogue has them now. */
export const publishedTables = async (client: pg.Client): Promise<PublishedTable[]> => {
  const { rows } = await client.query<{ table_name: string; name: string; type_id: number; type_modifier: number; pg_type: string }>(
    `select published.tablename as table_name, attribute.attname as name, attribute.atttypid::integer as type_id,
       attribute.atttypmod as type_modifier, format_type(attribute.atttypid, attribute.atttypmod) as pg_type
     from pg_publication_tables published
     join pg_attribute attribute on attribute.attrelid = format('%I.%I', published.schemaname, published.tablename)::regclass
     where published.pubname = $1 and attribute.attname = any (published.attnames)
     order by published.tablename collate "C", attribute.attnum`,
    [PUBLICATION],
  )
  const tables = new Map<string, PublishedTable>()
  for (const { table_name, pg_type, ...column } of rows) {
    const table = tables.get(table_name) ?? { name: table_name, columns: [] }
    table.columns.push({ ...column, duckdb_type: duckdbType(pg_type) })
    tables.set(table_name, table)
  }
  return [...tables.values()]
}

/** Names and types of columns in one text: the same text means that rows of then and now fit together. */
export const columnsKey = (columns: { name: string; type_id: number; type_modifier: number }[]): string =>
  columns.map(({ name, type_id, type_modifier }) => `${name}:${type_id}:${type_modifier}`).join(' ')

export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`

/** One history table: the signed rows of one published table. Names are quoted only where they must be, so that the file reads well. */
export const historyTable = ({ name, columns }: PublishedTable): string =>
  [
    `create table if not exists history.${plainOrQuoted(name)} (`,
    '  sign INTEGER not null,',
    '  commit_lsn UBIGINT not null,',
    '  committed_at TIMESTAMPTZ not null,',
    columns.map((column) => `  ${plainOrQuoted(column.name)} ${column.duckdb_type}`).join(',\n'),
    ');',
  ].join('\n')

const plainOrQuoted = (name: string): string => (/^[a-z_][a-z0-9_]*$/.test(name) && !reserved.has(name) ? name : quoted(name))
const reserved = new Set(['case', 'order', 'group', 'table', 'user', 'end', 'from', 'to', 'limit', 'offset', 'default', 'check', 'column'])

/** `warehouse/history.sql` as it follows from the migrated database. */
export const historySchema = (tables: PublishedTable[]): string =>
  [
    '-- Generated from the published tables by `npm run generate`. Do not edit.',
    'create schema if not exists history;',
    ...tables.map(historyTable),
    bookkeeping.trim(),
    '',
  ].join('\n\n')

const bookkeeping = `
-- One row: how far the warehouse has come, stored in the transaction that stores the rows.
-- Every change whose commit record begins before applied_lsn is in history; commit_lsn and committed_at are those of the last commit applied.
create table if not exists history.progress (
  commit_lsn UBIGINT not null,
  committed_at TIMESTAMPTZ not null,
  applied_lsn UBIGINT not null,
  system_identifier VARCHAR not null,
  timeline INTEGER not null,
  slot_name VARCHAR not null
);

-- One row per published table: the snapshot it was last reconciled with and the columns it had then.
-- Commits before commit_lsn are in that snapshot and skipped when the stream brings them again.
create table if not exists history.reconciliation (
  table_name VARCHAR not null,
  columns VARCHAR not null,
  commit_lsn UBIGINT not null,
  committed_at TIMESTAMPTZ not null
);

-- One row per period whose single steps were lost (a lost slot, another server): only its net effect is known.
create table if not exists history.gap (
  from_at TIMESTAMPTZ not null,
  until_at TIMESTAMPTZ not null,
  reason VARCHAR not null
);
`

/** Writes the file if it is stale; tells whether it was. */
export const writeHistorySchema = async (ownerUrl: string): Promise<boolean> => {
  const client = new pg.Client({ connectionString: ownerUrl })
  await client.connect()
  try {
    const schema = historySchema(await publishedTables(client))
    if (readOrEmpty() === schema) return false
    writeFileSync(HISTORY_FILE, schema)
    return true
  } finally {
    await client.end()
  }
}

const readOrEmpty = (): string => {
  try {
    return readFileSync(HISTORY_FILE, 'utf8')
  } catch {
    return ''
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [, , ownerUrl] = process.argv
  if (ownerUrl === undefined) throw new Error('usage: tsx ingest/history-schema.ts postgres://…')
  await writeHistorySchema(ownerUrl)
}
