import type { DuckDBConnection } from '@duckdb/node-api'
import pg from 'pg'
import type { Logger } from 'pino'
import { absorb } from '../warehouse/marts.ts'
import type { Warehouse } from '../warehouse/warehouse.ts'
import { openChangeStream, valueFormats, type ServerIdentity } from './change-stream.ts'
import { copyInParts } from './copy.ts'
import { columnsKey, publishedTables, quoted, type PublishedTable } from './history-schema.ts'
import { dropHistoryIndex, extendHistory, historyColumns, outdateMarts } from './history-tables.ts'
import { castText } from './postgres-text.ts'
import { storeGap, storeProgress, storeReconciliation, type Progress } from './progress.ts'

export type Reconcile = {
  ingest_url: string
  server: ServerIdentity
  warehouse: Warehouse
  /** A private folder for the files of the copy. */
  folder: string
  log: Logger
  progress: (text: string) => void
}

type Snapshot = { client: pg.Client; lsn: bigint; at: bigint; tables: PublishedTable[] }

/** From this many rows on, building the marts anew is quicker than adding to them. */
const rebuildFrom = 200_000

/**
 * Makes history's current state what PostgreSQL holds now, by appending the difference at the snapshot's position and time.
 * All tables: creates the slot anew, so that the stream continues where the snapshot ends. Some tables (their columns changed): the
 * stream goes on from where it was and what it still brings of them from before the snapshot is skipped.
 */
export const reconcile = async (
  o: Reconcile,
  what: { tables: 'all' | string[]; slot_name: string; reason: string; before: Progress | undefined },
): Promise<Progress> => {
  const all = what.tables === 'all'
  const slot = all ? what.slot_name : `${what.slot_name}_${process.pid}`
  return withSnapshot(o, { slot, temporary: !all }, async (snapshot) => {
    const tables = snapshot.tables.filter(({ name }) => what.tables === 'all' || what.tables.includes(name))
    const at = what.before && what.before.committed_at > snapshot.at ? what.before.committed_at : snapshot.at
    const { lsn } = snapshot
    const start = { commit_lsn: lsn, committed_at: at, applied_lsn: lsn, slot_name: what.slot_name }
    const reached =
      all || !what.before ? { ...start, system_identifier: o.server.system_identifier, timeline: o.server.timeline } : what.before
    const rebuild = await o.warehouse.write(async (connection) => {
      let outdated = false
      for (const table of tables) {
        outdated = (await reconcileTable(connection, o, { ...snapshot, at }, table)) || outdated
        await storeReconciliation(connection, {
          table_name: table.name,
          columns: columnsKey(table.columns),
          commit_lsn: lsn,
          committed_at: at,
        })
      }
      if (what.before) await storeGap(connection, { from_at: what.before.committed_at, until_at: at, reason: what.reason })
      await storeProgress(connection, reached)
      if (outdated) await outdateMarts(connection)
      return outdated
    })
    o.log.info({ reason: what.reason, tables: tables.map(({ name }) => name) }, 'reconciled with a snapshot')
    if (rebuild) {
      o.progress('Kennzahlen werden aufgebaut')
      await o.warehouse.rebuildMarts()
    }
    return reached
  })
}

/** The published tables as they were at one position of the log. */
const withSnapshot = async <T>(
  o: Reconcile,
  of: { slot: string; temporary: boolean },
  work: (snapshot: Snapshot) => Promise<T>,
): Promise<T> => {
  const client = new pg.Client({ connectionString: o.ingest_url, options: valueFormats, application_name: 'sojus-ingest-snapshot' })
  client.on('error', () => undefined)
  await client.connect()
  // the session whose next command would end the snapshot
  const holder = await openChangeStream(o.ingest_url)
  try {
    const before = await publishedTables(client)
    const { lsn, snapshot_name } = await holder.createSlot(of.slot, of.temporary)
    await client.query('begin isolation level repeatable read read only')
    await client.query(`set transaction snapshot '${snapshot_name}'`)
    for (const { name } of before) await client.query(`lock table public.${quoted(name)} in access share mode`)
    const tables = await publishedTables(client)
    if (shape(tables) !== shape(before)) throw new Error('the published tables changed while the snapshot was taken')
    const { rows } = await client.query<{ at: string }>(`select (extract(epoch from clock_timestamp()) * 1000000)::bigint::text as at`)
    return await work({ client, lsn, at: BigInt(rows[0]!.at), tables })
  } finally {
    holder.destroy()
    await client.end().catch(() => undefined)
  }
}

const shape = (tables: PublishedTable[]): string => tables.map(({ name, columns }) => `${name} ${columnsKey(columns)}`).join('\n')

/** Inside a write. Tells whether the marts must be built anew. */
const reconcileTable = async (connection: DuckDBConnection, o: Reconcile, snapshot: Snapshot, table: PublishedTable): Promise<boolean> => {
  const extended = await extendHistory(connection, table)
  const empty = (await connection.runAndReadAll(`select 1 from history.${quoted(table.name)} limit 1`)).currentRowCount === 0
  if (empty) return (await load(connection, o, snapshot, table)) > 0 || extended
  const differing = await appendDifference(connection, o, snapshot, table)
  if (differing === 0) return extended
  if (differing < rebuildFrom) await absorb(connection, [table.name])
  else {
    await dropHistoryIndex(connection, table.name)
    await connection.run(`insert into history.${quoted(table.name)} by name from temp.main.${quoted(`batch_${table.name}`)}`)
    await connection.run(`delete from temp.main.${quoted(`batch_${table.name}`)}`)
  }
  return differing >= rebuildFrom || extended
}

/** The first load: every row of the snapshot is new. */
const load = async (connection: DuckDBConnection, o: Reconcile, { client, lsn, at }: Snapshot, table: PublishedTable): Promise<number> => {
  await dropHistoryIndex(connection, table.name)
  const head = `1 as sign, ${lsn}::ubigint as commit_lsn, make_timestamptz(${at}) as committed_at`
  return copyTable(connection, o, client, table, (rows) => `insert into history.${quoted(table.name)} by name select ${head}, ${rows}`)
}

/** Puts the difference of the snapshot to the current state (both ways, as often as it occurs) into the table's batch. */
const appendDifference = async (connection: DuckDBConnection, o: Reconcile, snapshot: Snapshot, table: PublishedTable): Promise<number> => {
  const { client, lsn, at } = snapshot
  const columns = [...(await historyColumns(connection, table.name)).keys()].map(quoted).join(', ')
  await connection.run(`create or replace temp table snapshot as select ${columns} from history.${quoted(table.name)} limit 0`)
  await copyTable(connection, o, client, table, (rows) => `insert into temp.main.snapshot by name select ${rows}`)
  const result = await connection.run(`
    insert into temp.main.${quoted(`batch_${table.name}`)} (sign, commit_lsn, committed_at, ${columns})
    select sum(sign)::integer, ${lsn}::ubigint, make_timestamptz(${at}), ${columns}
    from (
      select 1 as sign, ${columns} from temp.main.snapshot
      union all
      select -sign, ${columns} from history.${quoted(table.name)}
    )
    group by ${columns} having sum(sign) <> 0`)
  await connection.run('drop table temp.main.snapshot')
  return result.rowsChanged
}

/** Reads the snapshot of a table by `insert`, an INSERT to which a SELECT list with FROM is given. */
const copyTable = async (
  connection: DuckDBConnection,
  o: Reconcile,
  client: pg.Client,
  { name, columns }: PublishedTable,
  insert: (rows: string) => string,
): Promise<number> => {
  const names = columns.map((column) => quoted(column.name)).join(', ')
  const values = columns.map(
    (column) =>
      `${isReadByCsv(column) ? quoted(column.name) : castText(quoted(column.name), column.duckdb_type)} as ${quoted(column.name)}`,
  )
  const types = columns.map((column) => `${literal(column.name)}: ${literal(isReadByCsv(column) ? column.duckdb_type : 'VARCHAR')}`)
  let told = performance.now()
  let read = 0
  const rows = await copyInParts({
    client,
    sql: `copy public.${quoted(name)} (${names}) to stdout (format csv)`,
    folder: o.folder,
    read: async (file) => {
      const csv = `read_csv(${literal(file)}, auto_detect = false, header = false, delim = ',', quote = '"', escape = '"', nullstr = '',
        allow_quoted_nulls = false, max_line_size = 16777216, columns = {${types.join(', ')}})`
      read += (await connection.run(insert(`${values.join(', ')} from ${csv}`))).rowsChanged
      if (performance.now() - told < 2000) return
      told = performance.now()
      o.progress(`Übernahme in das Data Warehouse: ${name}, ${read.toLocaleString('de-DE')} Zeilen`)
    },
  })
  if (read !== rows) throw new Error(`${rows} rows of ${name} were copied, ${read} were read`)
  return rows
}

/** These types the CSV reader takes as PostgreSQL writes them; the others are cast from text. */
const isReadByCsv = ({ duckdb_type }: { duckdb_type: string }): boolean =>
  /^(UUID|BOOLEAN|SMALLINT|INTEGER|BIGINT|VARCHAR)$/.test(duckdb_type)

const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`
