import type { DuckDBConnection } from '@duckdb/node-api'
import { execute } from './statement.ts'

/** Thrown for a moment inside a gap of history: what was then is not known. */
export class GapInHistory extends Error {
  from_at: string
  until_at: string
  constructor(from_at: string, until_at: string) {
    super(`history has a gap from ${from_at} to ${until_at}`)
    this.from_at = from_at
    this.until_at = until_at
  }
}

/**
 * The rows of a published table as they stood at a moment (ISO), as JSON values: what sums to one over all that was committed until then.
 * @throws GapInHistory where the stream was lost between then and the next reconciliation
 */
export const stateAsOf = async (connection: DuckDBConnection, table: string, moment: string): Promise<Record<string, unknown>[]> => {
  const gaps = await execute(
    connection,
    `select from_at::varchar, until_at::varchar from history.gap where from_at < $1::timestamptz and $1::timestamptz < until_at`,
    [moment],
  )
  const [gap] = gaps.getRowsJson()
  if (gap) throw new GapInHistory(String(gap[0]), String(gap[1]))
  const reader = await execute(
    connection,
    `select * exclude (sign, commit_lsn, committed_at) from history.${identifier(table)} where committed_at <= $1::timestamptz group by all having sum(sign) > 0`,
    [moment],
  )
  return reader.getRowObjectsJson()
}

const identifier = (name: string): string => {
  if (!/^[a-z_]+$/.test(name)) throw new Error(`not a table: ${name}`)
  return name
}
