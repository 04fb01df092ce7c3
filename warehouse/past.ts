import { mkdir, readdir, rename, rm, stat, utimes } from 'node:fs/promises'
import { totalmem } from 'node:os'
import path from 'node:path'
import type { DuckDBConnection } from '@duckdb/node-api'
import type { Logger } from 'pino'
import { absorb, batchOf, hasMarts } from './marts.ts'
import { firstDay, monthAt, monthText, type Month } from './month.ts'
import { execute } from './statement.ts'
import { openWarehouse, type Warehouse } from './warehouse.ts'

/** A past state of the data: everything committed until a position of the stream. */
export type Moment = { name: string; data_lsn: bigint; committed_at: string }

export type Past = {
  /** The ends of months (Berlin) whose data are known, newest first. */
  monthEnds(now: Date): Promise<Month[]>
  /** The moment at which a month had ended; undefined where history does not tell what was then. */
  endOf(month: Month): Promise<Moment | undefined>
  /** A warehouse that knows what was known then, built from history when first asked for. */
  at(moment: Moment): Promise<Warehouse>
  close(): Promise<void>
}

/** `most`: rows that are taken back rather than made anew. */
type PastOptions = { warehouse: Warehouse; log: Logger; most?: number }

const keptFiles = 6
/** Beside the warehouse itself, which may take half of the memory. */
const memory_limit = `${Math.floor(totalmem() / 8 / 1024 ** 2)}MiB`

/**
 * Past states in files of their own beside the warehouse: history is copied up to the moment, and the same models make the same figures
 * of it. Each is built once and kept until others were used later.
 */
export const openPast = async ({ warehouse, log, most = mostTakenBack }: PastOptions): Promise<Past> => {
  const folder = path.join(path.dirname(warehouse.path), 'past')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  for (const file of await readdir(folder)) if (file.includes('.part')) await rm(path.join(folder, file))
  const opened = new Map<string, Promise<Warehouse>>()
  let building: Promise<unknown> = Promise.resolve()
  let lastEnds: { of: string; ends: Month[] } | undefined

  const open = async (moment: Moment): Promise<Warehouse> => {
    const file = path.join(folder, `${moment.name}.duckdb`)
    const exists = await stat(file).catch(() => undefined)
    if (exists) await utimes(file, new Date(), new Date())
    else {
      await build(warehouse, moment, `${file}.part`, { log, most })
      await rename(`${file}.part`, file)
    }
    return openWarehouse({ path: file, log, memory_limit, readers: 2 })
  }

  const forgetOldest = async (): Promise<void> => {
    while (opened.size > keptFiles) {
      const [name, past] = opened.entries().next().value!
      opened.delete(name)
      await past.then((each) => each.close()).catch(() => undefined)
    }
    const files = (await readdir(folder)).filter((file) => file.endsWith('.duckdb'))
    const aged = await Promise.all(files.map(async (file) => ({ file, used: (await stat(path.join(folder, file))).mtimeMs })))
    const unused = aged.sort((a, b) => b.used - a.used).slice(keptFiles)
    for (const { file } of unused) if (!opened.has(path.basename(file, '.duckdb'))) await rm(path.join(folder, file))
  }

  return {
    monthEnds: async (now) => {
      const running = monthAt(now)
      const of = `${running} ${await warehouse.ask(lastGap)}`
      if (lastEnds?.of !== of) lastEnds = { of, ends: await warehouse.ask((connection) => endsBefore(connection, running)) }
      return lastEnds.ends
    },
    endOf: async (month) => {
      const known = await warehouse.ask(knownTime)
      const end = await warehouse.ask((connection) => endOfMonth(connection, month))
      if (!known || !end || isInGap(known.gaps, end.until)) return undefined
      return { name: monthText(month), data_lsn: end.data_lsn, committed_at: end.committed_at }
    },
    at: (moment) => {
      const known = opened.get(moment.name)
      if (known) {
        opened.delete(moment.name)
        opened.set(moment.name, known)
        return known
      }
      // one after the other: each takes a share of memory and all cores
      const past = building.catch(() => undefined).then(() => open(moment))
      building = past
      opened.set(moment.name, past)
      past.then(forgetOldest).catch((error: unknown) => {
        opened.delete(moment.name)
        log.error({ err: error, moment: moment.name }, 'a past state could not be built')
      })
      return past
    },
    close: async () => {
      await building.catch(() => undefined)
      for (const past of opened.values()) await past.then((each) => each.close()).catch(() => undefined)
    },
  }
}

/** Since a moment so many rows came at most that are taken back; where it were more, all is made anew. */
const mostTakenBack = 10_000

/**
 * Copies history up to the moment into a file and makes the marts of it. Where little came since, they are copied with all of history and
 * what came is taken back: marts are linear in signed rows, so that each with its opposite is as if it had not come.
 */
const build = async (warehouse: Warehouse, moment: Moment, file: string, { log, most }: { log: Logger; most: number }): Promise<void> => {
  await rm(file, { force: true })
  const later = await warehouse.ask(async (connection) => {
    await connection.run(`attach '${file.replaceAll(`'`, `''`)}' as past`)
    try {
      // commits in between would be in some tables only
      await connection.run('begin')
      const copied = await copyInto(connection, moment, most)
      await connection.run('commit')
      return copied
    } catch (error) {
      await connection.run('rollback').catch(() => undefined)
      throw error
    } finally {
      await connection.run('detach past')
    }
  })
  // a file without marts gets them when it is opened
  const filled = await openWarehouse({ path: file, log, memory_limit, readers: 1 })
  try {
    if (later.length > 0) await filled.write((connection) => takeBack(connection, later, moment))
  } finally {
    await filled.close()
  }
}

const until = ({ data_lsn, committed_at }: Moment): string => `commit_lsn <= ${data_lsn} and committed_at <= '${committed_at}'::timestamptz`

/** Tells the tables of which later rows were copied, to be taken back. */
const copyInto = async (connection: DuckDBConnection, moment: Moment, most: number): Promise<string[]> => {
  const tables = await signedTables(connection)
  const counts = tables.map((table) => `(select count(*)::integer from history.${table} where not (${until(moment)}))`)
  const rows = (await connection.runAndReadAll(`select ${counts.join(', ')}`)).getRowsJS()[0] as number[]
  const withMarts = rows.reduce((sum, count) => sum + count) <= most
  await connection.run('create schema past.history')
  for (const table of tables)
    await connection.run(`create table past.history.${table} as from history.${table} ${withMarts ? '' : `where ${until(moment)}`}`)
  const [lsn, at] = [`${moment.data_lsn}::ubigint`, `'${moment.committed_at}'::timestamptz`]
  await connection.run(
    `create table past.history.progress as
     select * replace (${lsn} as commit_lsn, ${at} as committed_at, ${lsn} as applied_lsn) from history.progress`,
  )
  if (!withMarts) return []
  await connection.run('create schema past.marts')
  for (const table of await tablesIn(connection, 'marts')) await connection.run(`create table past.marts.${table} as from marts.${table}`)
  return tables.filter((_, at) => rows[at]! > 0)
}

const takeBack = async (connection: DuckDBConnection, tables: string[], moment: Moment): Promise<void> => {
  const counted = tables.filter((table) => hasMarts(connection, table))
  for (const table of counted) {
    const opposite = `select * replace (-sign as sign) from history.${table} where not (${until(moment)})`
    await connection.run(`insert into ${batchOf(connection, table)} by name ${opposite}`)
  }
  await absorb(
    connection,
    counted.map((table) => ({ table })),
  )
  for (const table of tables) await connection.run(`delete from history.${table} where not (${until(moment)})`)
}

const tablesIn = async (connection: DuckDBConnection, schema: string): Promise<string[]> => {
  const reader = await execute(
    connection,
    `select table_name from duckdb_tables() where schema_name = '${schema}' and database_name = current_database() and not temporary`,
  )
  return reader.getRowsJson().map(([name]) => String(name))
}

const signedTables = async (connection: DuckDBConnection): Promise<string[]> => {
  const reader = await execute(
    connection,
    `select table_name from duckdb_columns() where schema_name = 'history' and column_name = 'sign' and database_name = current_database()`,
  )
  return reader.getRowsJson().map(([name]) => String(name))
}

type Gap = { from_at: string; until_at: string }

/** Since when history tells what was, and between which moments it does not. */
const knownTime = async (connection: DuckDBConnection): Promise<{ first_at: string; gaps: Gap[] } | undefined> => {
  const first = await execute(connection, `select ${iso('min(committed_at)')} from history.youth_authority`)
  const [first_at] = first.getRowsJson()[0]!
  if (first_at === null) return undefined
  const gaps = await execute(connection, `select ${iso('from_at')} as from_at, ${iso('until_at')} as until_at from history.gap`)
  return { first_at: String(first_at), gaps: gaps.getRowObjectsJson() as Gap[] }
}

const isInGap = (gaps: Gap[], moment: string): boolean => gaps.some(({ from_at, until_at }) => from_at < moment && moment < until_at)

const iso = (column: string): string => `strftime(${column}, '%Y-%m-%dT%H:%M:%S.%fZ')`
/** The instant at which a month is over in Berlin, as SQL. */
const over = (month: Month): string => `timezone('Europe/Berlin', timestamp '${firstDay(month + 1)}')`

/** Grows with every gap, and when history begins. */
const lastGap = async (connection: DuckDBConnection): Promise<string> => {
  const reader = await execute(
    connection,
    `select (select ${iso('min(committed_at)')} from history.youth_authority), (select count(*)::integer from history.gap)`,
  )
  return reader.getRowsJson()[0]!.join(' ')
}

const endsBefore = async (connection: DuckDBConnection, running: Month): Promise<Month[]> => {
  const known = await knownTime(connection)
  if (!known) return []
  const months = Array.from({ length: Math.max(0, running - monthAt(new Date(known.first_at))) }, (_, i) => running - 1 - i)
  const ends = await instantsAfter(connection, months)
  return months.filter((_, i) => !isInGap(known.gaps, ends[i]!))
}

const instantsAfter = async (connection: DuckDBConnection, months: Month[]): Promise<string[]> =>
  months.length === 0
    ? []
    : (await connection.runAndReadAll(`select ${months.map((month) => iso(over(month))).join(', ')}`)).getRowsJson()[0]!.map(String)

/** The last commit before a month ended in Berlin; undefined where there was none. */
const endOfMonth = async (
  connection: DuckDBConnection,
  month: Month,
): Promise<{ until: string; data_lsn: bigint; committed_at: string } | undefined> => {
  const lasts = (await signedTables(connection)).map(
    (table) => `select max(commit_lsn) as lsn, max(committed_at) as last_at from history.${table} where committed_at < ${over(month)}`,
  )
  const reader = await connection.runAndReadAll(
    `select max(lsn)::varchar, ${iso('max(last_at)')}, ${iso(over(month))} from (${lasts.join(' union all ')})`,
  )
  const [lsn, at, until] = reader.getRowsJson()[0]!
  return lsn === null ? undefined : { data_lsn: BigInt(String(lsn)), committed_at: String(at), until: String(until) }
}
