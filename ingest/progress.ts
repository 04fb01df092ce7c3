import type { DuckDBConnection, DuckDBTimestampTZValue, DuckDBValue } from '@duckdb/node-api'
import { perform } from '../warehouse/statement.ts'
import type { Freshness } from '../warehouse/query.ts'
import { formatLsn } from './lsn.ts'

/** How far the warehouse has come: everything that committed before `applied_lsn` is in it. Times in microseconds since 1970. */
export type Progress = {
  commit_lsn: bigint
  committed_at: bigint
  applied_lsn: bigint
  system_identifier: string
  timeline: number
  slot_name: string
}

/** As answers tell it. */
export const freshnessAt = ({ applied_lsn, committed_at }: Progress): Freshness => ({
  data_lsn: formatLsn(applied_lsn),
  data_as_of: new Date(Number(committed_at / 1000n)).toISOString(),
})

/** The snapshot a table was last reconciled with: commits before `commit_lsn` are in it. */
export type Reconciliation = { table_name: string; columns: string; commit_lsn: bigint; committed_at: bigint }

export type Gap = { from_at: bigint; until_at: bigint; reason: string }

export const readProgress = async (connection: DuckDBConnection): Promise<Progress | undefined> => {
  const [row] = await rowsOf(connection, 'select * from history.progress')
  if (row === undefined) return undefined
  return { ...(row as Progress), committed_at: microseconds(row.committed_at) }
}

/** Inside the write that stores the rows. The one row is updated in place, as it changes with every flush. */
export const storeProgress = async (connection: DuckDBConnection, progress: Progress): Promise<void> => {
  const reached = [progress.commit_lsn, progress.committed_at, progress.applied_lsn]
  const server = [progress.system_identifier, progress.timeline, progress.slot_name]
  const updated = await perform(
    connection,
    `update history.progress set commit_lsn = $1, committed_at = make_timestamptz($2::bigint), applied_lsn = $3
     where system_identifier = $4 and timeline = $5 and slot_name = $6`,
    [...reached, ...server],
  )
  if (updated > 0) return
  await connection.run('delete from history.progress')
  await connection.run(
    `insert into history.progress (commit_lsn, committed_at, applied_lsn, system_identifier, timeline, slot_name)
     values ($1, make_timestamptz($2::bigint), $3, $4, $5, $6)`,
    [...reached, ...server],
  )
}

/** Nothing was to store up to this position; never moves it back. */
export const storePassed = async (connection: DuckDBConnection, appliedLsn: bigint): Promise<void> => {
  await connection.run('update history.progress set applied_lsn = $1 where applied_lsn < $1', [appliedLsn])
}

export const readReconciliations = async (connection: DuckDBConnection): Promise<Map<string, Reconciliation>> => {
  const rows = await rowsOf(connection, 'select * from history.reconciliation')
  return new Map(
    rows.map((row) => [row.table_name as string, { ...(row as Reconciliation), committed_at: microseconds(row.committed_at) }]),
  )
}

export const storeReconciliation = async (connection: DuckDBConnection, made: Reconciliation): Promise<void> => {
  await connection.run('delete from history.reconciliation where table_name = $1', [made.table_name])
  await connection.run(
    `insert into history.reconciliation (table_name, columns, commit_lsn, committed_at) values ($1, $2, $3, make_timestamptz($4::bigint))`,
    [made.table_name, made.columns, made.commit_lsn, made.committed_at],
  )
}

export const storeGap = async (connection: DuckDBConnection, { from_at, until_at, reason }: Gap): Promise<void> => {
  await connection.run(
    `insert into history.gap (from_at, until_at, reason) values (make_timestamptz($1::bigint), make_timestamptz($2::bigint), $3)`,
    [from_at, until_at, reason],
  )
}

const microseconds = (value: DuckDBValue | undefined): bigint => (value as DuckDBTimestampTZValue).micros

const rowsOf = async (connection: DuckDBConnection, sql: string): Promise<Record<string, DuckDBValue>[]> =>
  (await connection.runAndReadAll(sql)).getRowObjects()
