import { chmod, mkdir, readFile } from 'node:fs/promises'
import { totalmem } from 'node:os'
import { dirname, join } from 'node:path'
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api'
import type { Logger } from 'pino'
import { directoryTables } from './directory.ts'
import { forgetAppends, hideLargeAppends } from './isolation.ts'
import { changeLog, type ChangeLog } from './cell-changes.ts'
import { addHistoryColumn, createMarts, indexHistory, lineage, martsOutdated, takeChangedTables, takeCellChanges } from './marts.ts'
import { loadModels } from './models.ts'
import { freshness, positionFrom, type Freshness } from './query.ts'
import { rebuild } from './rebuild.ts'
import { usualThreads, withAllCores } from './threads.ts'

/** `background` does not count as use of the warehouse; a `large` write gets every core. */
export type WriteOptions = { background?: boolean; large?: boolean }

/**
 * Within a write that has told of all it changes (`absorb`): from now on cells in memory are answered with it, as of where it takes the
 * warehouse, and whoever reads the file waits until it is committed. What the source has committed need not wait for the disk here.
 * A write may go on and announce again; all it changes has to be announced then.
 */
export type Announce = (now: Freshness) => void

export type Warehouse = {
  path: string
  /** One transaction on the one writer connection, after all writes before it; rolled back when `work` throws. */
  write<T>(work: (connection: DuckDBConnection, announce: Announce) => Promise<T>, options?: WriteOptions): Promise<T>
  /** One consistent read transaction on a pooled connection. */
  read<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T>
  /** Grows with every write committed or announced: while it stays the same, so do all answers. */
  writes(): number
  /** Where these have taken the warehouse. */
  freshness(): Freshness
  /** Somebody waits for the commit of what was announced. */
  isAwaited(): boolean
  /** Grows with every committed change to the directory's tables. */
  directoryVersion(): number
  /** Mart models with the history table each reads and the measures it gives. */
  lineage(): { mart: string; table: string; measures: string[] }[]
  /** Where committed writes changed cells. */
  changes: ChangeLog
  /** Milliseconds since the last write that was not background work. */
  idleMs(): number
  /** A pooled connection without a transaction around: for what reads by one statement. */
  ask<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T>
  /** Builds the marts anew from history, and the index that later flushes look cases up by. */
  rebuildMarts(): Promise<void>
  /** Moves the write-ahead log into the file; waits its turn among the writes. */
  checkpoint(): Promise<void>
  close(): Promise<void>
}

export type WarehouseOptions = { path: string; log: Logger; memory_limit?: string; readers?: number }

/** PostgreSQL and Node live on the same machine; beyond its half DuckDB writes to its temporary files. */
const halfOfMemory = `${Math.floor(totalmem() / 2 / 1024 ** 2)}MiB`

/** Opens or creates the warehouse file (mode 600). One instance per file and process: DuckDB does not lock a second one out. */
export const openWarehouse = async ({ path, log, memory_limit = halfOfMemory, readers = 4 }: WarehouseOptions): Promise<Warehouse> => {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  // DuckDB makes its log and its temporary files with whatever mask the process has
  process.umask(0o077)
  const instance = await attachCatalogue(path, memory_limit)
  const writer = await instance.connect()
  await chmod(path, 0o600)
  const sql = (file: string) => readFile(join(import.meta.dirname, file), 'utf8')
  const extended = await makeHistory(writer, await sql('history.sql'))
  await createMarts(writer, await loadModels(writer), await sql('marts/tables.sql'))
  if (extended) await indexHistory(writer)
  // what a killed process left in the log was read just now; in the file it need not be read again
  await writer.run('checkpoint')

  let queue: Promise<unknown> = Promise.resolve()
  let lastWrite = performance.now()
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = queue.then(work)
    queue = turn.catch(() => undefined)
    return turn
  }
  const changes = changeLog()
  let directoryVersion = 0
  let writes = 0
  let reached = await freshness(writer)
  /** Done when what was announced is committed, or undone. */
  let announced: Promise<unknown> | undefined
  let awaiting = 0
  const writing = <T>(work: (connection: DuckDBConnection, announce: Announce) => Promise<T>): Promise<T> => {
    takeChangedTables(writer)
    takeCellChanges(writer)
    forgetAppends(writer)
    const before = reached
    let told: number | undefined
    const tell = (now: Freshness) => {
      const changed = takeCellChanges(writer)
      if (changed !== undefined) changes.add((told = positionFrom(now.data_lsn)), changed)
    }
    let isAnnounced = false
    const announce = (now: Freshness) => {
      tell(now)
      isAnnounced = true
      announced = done
      reached = now
      writes += 1
    }
    const transaction = inTransaction(writer, 'begin', async (connection) => {
      const result = await work(connection, announce)
      await hideLargeAppends(connection)
      if (isAnnounced) return { result, now: reached }
      const now = await freshness(connection)
      tell(now)
      return { result, now }
    })
    const committed = async () => {
      const { result, now } = await transaction.catch((error: unknown) => {
        // what was told has not come about
        if (told !== undefined) changes.add(told, null)
        changes.ended()
        if (isAnnounced) writes += 1
        reached = before
        throw error
      })
      if (!isAnnounced) writes += 1
      reached = now
      changes.ended()
      if (takeChangedTables(writer).some((table) => directoryTables.includes(table))) directoryVersion += 1
      return result
    }
    const done = committed().finally(() => (announced = undefined))
    done.catch(() => undefined)
    return done
  }
  const idle: DuckDBConnection[] = []
  const waiting: ((connection: DuckDBConnection) => void)[] = []
  for (let i = 0; i < readers; i += 1) idle.push(await instance.connect())
  const lend = async (): Promise<DuckDBConnection> => idle.pop() ?? new Promise((resolve) => waiting.push(resolve))
  const giveBack = (connection: DuckDBConnection): void => {
    const next = waiting.shift()
    if (next) next(connection)
    else idle.push(connection)
  }

  const borrowing = async <T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T> => {
    awaiting += 1
    await announced?.catch(() => undefined)
    awaiting -= 1
    const connection = await lend()
    try {
      return await work(connection)
    } finally {
      giveBack(connection)
    }
  }

  const warehouse: Warehouse = {
    path,
    write: async (work, options) => {
      const noteUse = () => (options?.background ? undefined : (lastWrite = performance.now()))
      noteUse()
      return inTurn(() => (options?.large ? withAllCores(writer, () => writing(work)) : writing(work))).finally(noteUse)
    },
    read: (work) => borrowing((connection) => inTransaction(connection, 'begin transaction read only', work)),
    ask: borrowing,
    writes: () => writes,
    freshness: () => reached,
    isAwaited: () => awaiting > 0,
    directoryVersion: () => directoryVersion,
    lineage: () => lineage(writer),
    changes,
    idleMs: () => performance.now() - lastWrite,
    rebuildMarts: () =>
      inTurn(async () => {
        await withAllCores(writer, () => writing(rebuild))
        await indexHistory(writer)
        // what was loaded and built by then is read quicker from the file than from the log, at the next start as well
        await writer.run('checkpoint').catch((error: unknown) => log.info({ err: error }, 'no checkpoint while others read'))
      }),
    checkpoint: () => inTurn(async () => void (await writer.run('checkpoint'))),
    close: async () => {
      await queue
      for (const connection of [...idle, writer]) connection.closeSync()
      instance.closeSync()
    },
  }
  if (await martsOutdated(writer)) {
    log.info('the models changed: rebuilding the marts from history')
    await warehouse.rebuildMarts()
  }
  return warehouse
}

/**
 * Makes the tables of history, and adds columns that a warehouse of an earlier version lacks, because the models may read them already;
 * ingest fills them when it sees that PostgreSQL has them. Tells whether there were any.
 */
const makeHistory = async (writer: DuckDBConnection, definitions: string): Promise<boolean> => {
  await writer.run(definitions)
  const name = (await writer.runAndReadAll('select current_database()')).value(0, 0)
  await writer.run(`attach ':memory:' as latest`)
  await writer.run('use latest')
  await writer.run(definitions)
  await writer.run(`use "${name}"`)
  const missing = await writer.runAndReadAll(
    `select table_name, column_name, data_type from duckdb_columns() where database_name = 'latest' and schema_name = 'history'
     and (table_name, column_name) not in (select table_name, column_name from duckdb_columns() where database_name = current_database() and schema_name = 'history')`,
  )
  await writer.run('detach latest')
  for (const [table, column, type] of missing.getRowsJS()) await addHistoryColumn(writer, String(table), `"${column}"`, String(type))
  return missing.currentRowCount > 0
}

/** The one place that says where the catalogue lies: a local DuckDB file today, a DuckLake catalogue tomorrow. */
const attachCatalogue = async (path: string, memoryLimit: string): Promise<DuckDBInstance> => {
  const instance = await DuckDBInstance.create(path, {
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    checkpoint_threshold: '512MB',
    preserve_insertion_order: 'false',
    // a prepared plan keeps what statistics told when it was made and silently loses later rows (duckdb/duckdb#23704, #24182)
    disabled_optimizers: 'statistics_propagation',
    threads: String(usualThreads),
    memory_limit: memoryLimit,
  })
  const connection = await instance.connect()
  await connection.run(`set global TimeZone = 'UTC'`)
  connection.closeSync()
  return instance
}

const inTransaction = async <T>(
  connection: DuckDBConnection,
  begin: string,
  work: (connection: DuckDBConnection) => Promise<T>,
): Promise<T> => {
  await connection.run(begin)
  try {
    const result = await work(connection)
    await connection.run('commit')
    return result
  } catch (error) {
    await connection.run('rollback').catch(() => undefined)
    throw error
  }
}
