import type { DuckDBConnection, DuckDBPreparedStatement } from '@duckdb/node-api'
import { noteAppend } from '../warehouse/isolation.ts'
import { absorb, batchOf, fewRows, hasMarts, surelyFew, type Batch } from '../warehouse/marts.ts'
import { directoryTables } from '../warehouse/directory.ts'
import type { Announce, Warehouse } from '../warehouse/warehouse.ts'
import { quoted } from './history-schema.ts'
import { historyColumns } from './history-tables.ts'
import { largeBytes, type Inbox, type Parcel } from './inbox.ts'
import { castText } from './postgres-text.ts'
import { freshnessAt, storeProgress, type Progress } from './progress.ts'
import { distinctTexts, NULL_TEXT, ROW_END, SEPARATOR } from './signed-rows.ts'

export type Applied = { tables: string[]; progress: Progress }

/**
 * Moves what the inbox holds into the warehouse, until the stream fails: rows, their contributions to the marts and the progress
 * in one transaction. What comes meanwhile is moved together by the next.
 */
export const applyStream = async (o: {
  inbox: Inbox
  warehouse: Warehouse
  progress: Progress
  /** It is in the answers from memory, and about to be in the file. */
  onKnown: (applied: Applied) => void
  /** It is in the file. */
  onApplied: (applied: Applied) => void
  onPassed: (applied_lsn: bigint) => void
}): Promise<never> => {
  let { progress } = o
  const statements: Statements = new Map()
  for (;;) {
    await o.inbox.ready()
    if (!o.inbox.holdsRows) {
      o.onPassed(o.inbox.take().applied_lsn)
      continue
    }
    let isKnown = false
    const move = async (connection: DuckDBConnection, announce: Announce): Promise<Applied> => {
      const appliedBy = ({ tables, reached }: Moved): Applied => ({ tables, progress: { ...progress, ...reached } })
      const moved = await applyTransactions(connection, o, statements, (known) => {
        const applied = appliedBy(known)
        announce(freshnessAt(applied.progress))
        isKnown = true
        o.onKnown(applied)
      })
      const applied = appliedBy(moved)
      await storeProgress(connection, applied.progress)
      return applied
    }
    const applied = await o.warehouse.write(move, { large: o.inbox.deservesCores })
    progress = applied.progress
    if (!isKnown) o.onKnown(applied)
    o.onApplied(applied)
  }
}

type Table = Parcel['tables'][number]
type Statements = Map<string, DuckDBPreparedStatement>

type Moved = { tables: string[]; reached: Pick<Progress, 'applied_lsn'> & Partial<Progress> }

/**
 * One parcel, or as many as a large transaction needs; or, as long as the next is small and nobody waits for the file, one after the other:
 * a commit takes a third of the time of a small one, or more where the disk is busy. `known`: of each small one, as soon as all that it adds to cells is.
 */
const applyTransactions = async (
  connection: DuckDBConnection,
  { inbox, warehouse }: { inbox: Inbox; warehouse: Warehouse },
  statements: Statements,
  known: (moved: Moved) => void,
): Promise<Moved> => {
  const begun = performance.now()
  const tables = new Set<string>()
  let isWhole = true
  for (;;) {
    const parcel = inbox.take()
    for (const table of parcel.tables) tables.add(table.name)
    const moved = { tables: [...tables], reached: { ...parcel.commit, applied_lsn: parcel.applied_lsn } }
    isWhole &&= !parcel.open
    let isTold = false
    await applyParcel(connection, parcel, statements, () => {
      isTold = isWhole && parcel.tables.every(({ name }) => isOfFacts(name))
      if (isTold) known(moved)
    })
    const goesOn = () =>
      isTold && inbox.holdsFew(surelyFew, isOfFacts) && !warehouse.isAwaited() && performance.now() - begun < togetherMilliseconds
    if (parcel.open) await inbox.rest()
    else if (!goesOn()) return moved
    else tables.clear()
  }
}

const togetherMilliseconds = 50

/** Names and sizes beside the facts are read from the file. */
const isOfFacts = (table: string): boolean => !directoryTables.includes(table)

const applyParcel = async (
  connection: DuckDBConnection,
  { tables }: Parcel,
  statements: Statements,
  known: () => unknown,
): Promise<void> => {
  const batches: Batch[] = []
  const without: Table[] = []
  for (const table of tables) {
    const { name, columns, bytes, rows } = table
    if (hasMarts(connection, name)) await insert(connection, table, statements)
    else without.push(table)
    const column = columns.indexOf('case_key')
    // of few rows the cases are told here quicker than by a statement
    batches.push({ table: name, rows, ...(column >= 0 && rows <= fewRows ? { cases: distinctTexts(bytes, column) } : {}) })
  }
  await absorb(connection, batches, known)
  // nobody waits for these
  for (const table of without) await insert(connection, table, statements)
}

const insert = async (connection: DuckDBConnection, { name, columns, bytes }: Table, statements: Statements): Promise<void> => {
  const parts = bytes.length < largeBytes ? [bytes] : halves(bytes)
  const key = [parts.length, name, ...columns].join(' ')
  let statement = statements.get(key)
  if (statement === undefined) statements.set(key, (statement = await prepareCast(connection, name, columns, parts.length)))
  parts.forEach((part, at) => statement.bindBlob(at + 1, part))
  noteAppend(connection, batchOf(connection, name), (await statement.run()).rowsChanged)
  statement.clearBindings()
}

/** Cut between rows near the middle. */
const halves = (bytes: Buffer): Buffer[] => {
  const end = bytes.indexOf(ROW_END, Math.floor(bytes.length / 2)) + ROW_END.length
  return [bytes.subarray(0, end), bytes.subarray(end)]
}

/** Takes signed rows as texts (signed-rows.ts) and casts them to where absorb takes them from; each text by a core of its own. */
const prepareCast = async (
  connection: DuckDBConnection,
  table: string,
  columns: string[],
  parts: number,
): Promise<DuckDBPreparedStatement> => {
  const types = await historyColumns(connection, table)
  const names = columns.map(quoted)
  const texts = names.map((name, at) => `nullif(v[${at + 4}], ${literal(NULL_TEXT)}) as ${name}`)
  const values = columns.map((column) => castText(quoted(column), types.get(column)!))
  const rowsOf = (part: number) => `
    select sign, commit_lsn, committed_at, ${values.join(', ')}
    from (
      select v[1]::integer as sign, v[2]::ubigint as commit_lsn, make_timestamptz(v[3]::bigint) as committed_at, ${texts.join(', ')}
      from (
        select string_split(line, ${literal(SEPARATOR)}) as v
        from (select unnest(string_split(decode($${part}::blob), ${literal(ROW_END)})) as line)
        where line <> ''
      )
    )`
  const rows = Array.from({ length: parts }, (_, part) => rowsOf(part + 1)).join(' union all ')
  return connection.prepare(`insert into ${batchOf(connection, table)} (sign, commit_lsn, committed_at, ${names.join(', ')}) ${rows}`)
}

const literal = (text: string): string => [...text].map((letter) => (letter === '\0' ? 'chr(0)' : `'${letter}'`)).join(' || ')
