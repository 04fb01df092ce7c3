import type pg from 'pg'
import { FAULTS_TOLD, refusalOf, type Fault } from './fault.ts'

export type Item = { line: number; values: Record<string, unknown> }
export type Written = { inserted: number; updated: number }

const CHUNK = 500

const insertText = (table: string, columns: readonly string[], key: readonly string[], changeable: readonly string[]): string => {
  const list = columns.map((column) => `"${column}"`).join(', ')
  const tuple = (of: string) => `(${changeable.map((column) => `${of}."${column}"`).join(', ')})`
  const update =
    changeable.length === 0
      ? 'do nothing'
      : `do update set ${changeable.map((column) => `"${column}" = excluded."${column}"`).join(', ')}
         where row${tuple('old')} is distinct from row${tuple('excluded')}`
  return `insert into "${table}" as old (${list}) select ${list} from jsonb_populate_recordset(null::"${table}", $1)
    on conflict (${key.join(', ')}) ${update} returning (xmax = 0) as inserted`
}

/** All or nothing for one step; false where the data base refused it for a reason that can be told. */
const attempt = async (client: pg.Client, step: () => Promise<void>, refused: (reason: string) => void): Promise<boolean> => {
  await client.query('savepoint step')
  try {
    await step()
    await client.query('release savepoint step')
    return true
  } catch (error) {
    const reason = refusalOf(error)
    if (reason === null) throw error
    await client.query('rollback to savepoint step')
    refused(reason)
    return false
  }
}

/**
 * Inserts or, where `changeable` columns differ, updates; rows that are already there unchanged are not touched. What the data base
 * refuses becomes a fault of its line. All items have the same columns.
 */
export const write = async (
  client: pg.Client,
  faults: Fault[],
  table: string,
  { key, changeable }: { key: readonly string[]; changeable?: readonly string[] },
  items: readonly Item[],
): Promise<Written> => {
  const written: Written = { inserted: 0, updated: 0 }
  const columns = Object.keys(items[0]?.values ?? {})
  const text = insertText(table, columns, key, changeable ?? columns.filter((column) => !key.includes(column)))
  const send = async (chunk: readonly Item[]) => {
    const { rows } = await client.query<{ inserted: boolean }>(text, [JSON.stringify(chunk.map(({ values }) => values))])
    for (const { inserted } of rows) written[inserted ? 'inserted' : 'updated']++
  }
  for (let at = 0; at < items.length && faults.length < FAULTS_TOLD; at += CHUNK) {
    const chunk = items.slice(at, at + CHUNK)
    const before = { ...written }
    if (
      await attempt(
        client,
        () => send(chunk),
        () => undefined,
      )
    )
      continue
    Object.assign(written, before)
    // one by one, to tell which lines it were
    for (const item of chunk) {
      await attempt(
        client,
        () => send([item]),
        (reason) => void faults.push({ line: item.line, column: null, reason }),
      )
    }
  }
  return written
}

export const plus = (...all: readonly Written[]): Written => ({
  inserted: all.reduce((sum, { inserted }) => sum + inserted, 0),
  updated: all.reduce((sum, { updated }) => sum + updated, 0),
})
