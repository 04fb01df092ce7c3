import type { DuckDBConnection } from '@duckdb/node-api'
import pg from 'pg'
import type { Logger } from 'pino'
import { noteAppend } from '../warehouse/isolation.ts'
import { absorb, batchOf, moveToHistory } from '../warehouse/marts.ts'
import type { Warehouse } from '../warehouse/warehouse.ts'
import { openChangeStream, valueFormats, type ServerIdentity } from './change-stream.ts'
import { copyTable, withPartQueue } from './copy.ts'
import { columnsKey, publishedTables, quoted, type PublishedTable } from './history-schema.ts'
import { dropHistoryIndex, extendHistory, historyColumns, outdateMarts } from './history-tables.ts'
import { storeGap, storeProgress, storeReconciliation, type Progress } from './progress.ts'

export type Reconcile = {
  ingest_url: string
  server: ServerIdentity
  warehouse: Warehouse
  /** A private folder for the files of the copy. */
  folder: string
  log: Logger
  progress: (text: string) => void
  recorded?: AskRecorded | undefined
}

/**
 * `by`: the column of a table that tells on which day, or when, a row was recorded; rows of all other tables were there `since` a day.
 * Only of rows that stayed as they were is it the truth: it is for made-up data.
 */
export type Recorded = { since: string; by: Record<string, string> }
/** Asked by the first load alone. */
export type AskRecorded = () => Promise<Recorded | undefined>

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
      const outdated = await reconcileTables(connection, o, { ...snapshot, tables, at })
      for (const { name, columns } of tables) {
        await storeReconciliation(connection, { table_name: name, columns: columnsKey(columns), commit_lsn: lsn, committed_at: at })
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
const reconcileTables = async (connection: DuckDBConnection, o: Reconcile, snapshot: Snapshot): Promise<boolean> => {
  let outdated = false
  const known: PublishedTable[] = []
  const empty: PublishedTable[] = []
  for (const table of snapshot.tables) {
    if (await extendHistory(connection, table)) outdated = true
    const reader = await connection.runAndReadAll(`select 1 from history.${quoted(table.name)} limit 1`)
    ;(reader.currentRowCount === 0 ? empty : known).push(table)
  }
  if ((await load(connection, o, { ...snapshot, tables: empty }, known.length === 0 ? await o.recorded?.() : undefined)) > 0)
    outdated = true
  for (const table of known) if (await reconcileTable(connection, o, snapshot, table)) outdated = true
  return outdated
}

/** The first load: every row of the snapshot is new. While DuckDB reads one table, PostgreSQL sends the next. */
const load = async (
  connection: DuckDBConnection,
  o: Reconcile,
  { client, lsn, at, tables }: Snapshot,
  recorded: Recorded | undefined,
): Promise<number> => {
  for (const { name } of tables) await dropHistoryIndex(connection, name)
  return withPartQueue(o.folder, async (queue) => {
    let rows = 0
    for (const table of tables) {
      const then = recorded && recordedAt(recorded, table.name)
      const committed_at = `least(make_timestamptz(${at}), ${then ?? 'null'})`
      const head = `1 as sign, ${lsn}::ubigint as commit_lsn, ${committed_at} as committed_at`
      const into = (values: string) => `insert into history.${quoted(table.name)} by name select ${head}, * from (select ${values})`
      rows += await copyTable({ connection, client, table, into, queue, progress: o.progress })
    }
    return rows
  })
}

/** Null where nothing was recorded yet. */
const recordedAt = ({ since, by }: Recorded, table: string): string =>
  by[table] === undefined ? `'${since}'::timestamptz` : `${quoted(by[table])}::timestamptz`

/** Appends the difference to the current state; tells whether it was so large that the marts must be built anew. */
const reconcileTable = async (connection: DuckDBConnection, o: Reconcile, snapshot: Snapshot, table: PublishedTable): Promise<boolean> => {
  const differing = await batchDifference(connection, o, snapshot, table)
  if (differing === 0) return false
  const large = differing >= rebuildFrom
  if (!large) await absorb(connection, [{ table: table.name }])
  else {
    await dropHistoryIndex(connection, table.name)
    await moveToHistory(connection, table.name)
  }
  return large
}

/** Puts the difference of the snapshot to the current state (both ways, as often as it occurs) into the table's batch. */
const batchDifference = async (connection: DuckDBConnection, o: Reconcile, snapshot: Snapshot, table: PublishedTable): Promise<number> => {
  const { client, lsn, at } = snapshot
  const columns = [...(await historyColumns(connection, table.name)).keys()].map(quoted).join(', ')
  await connection.run(`create or replace temp table snapshot as select ${columns} from history.${quoted(table.name)} limit 0`)
  const into = (values: string) => `insert into temp.main.snapshot by name select ${values}`
  await withPartQueue(o.folder, (queue) => copyTable({ connection, client, table, into, queue, progress: o.progress }))
  const batch = batchOf(connection, table.name)
  const { rowsChanged } = await connection.run(`
    insert into ${batch} (sign, commit_lsn, committed_at, ${columns})
    select sum(sign)::integer, ${lsn}::ubigint, make_timestamptz(${at}), ${columns}
    from (
      select 1 as sign, ${columns} from temp.main.snapshot
      union all
      select -sign, ${columns} from history.${quoted(table.name)}
    )
    group by ${columns} having sum(sign) <> 0`)
  await connection.run('drop table temp.main.snapshot')
  noteAppend(connection, batch, rowsChanged)
  return rowsChanged
}
