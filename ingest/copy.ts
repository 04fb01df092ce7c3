import { closeSync, openSync, unlinkSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { DuckDBConnection } from '@duckdb/node-api'
import type pg from 'pg'
import { quoted, type PublishedTable } from './history-schema.ts'
import { castText } from './postgres-text.ts'

const bufferBytes = 1024 * 1024
const partBytes = 32 * 1024 * 1024
const partsAhead = 3

/** Files to be read one after the other, each removed once read, while the next ones are being written. */
class PartQueue {
  readonly folder: string
  #reading: Promise<void> = Promise.resolve()
  #waiting = 0
  #parts = 0
  #failure: Error | undefined
  #onRoom: () => void = () => undefined

  constructor(folder: string) {
    this.folder = folder
  }

  nextFile(): string {
    this.#parts += 1
    return join(this.folder, `${process.pid}-${this.#parts}.csv`)
  }

  get full(): boolean {
    return this.#waiting > partsAhead
  }

  add(file: string, read: (file: string) => Promise<void>): void {
    this.#waiting += 1
    this.#reading = this.#reading
      .then(() => (this.#failure === undefined ? read(file) : undefined))
      .catch((error: Error) => void (this.#failure ??= error))
      .finally(() => {
        unlinkSync(file)
        this.#waiting -= 1
        this.#onRoom()
      })
  }

  /** `listener` is called whenever a file was read, or could not be. */
  onRoom(listener: (failure: Error | undefined) => void): void {
    this.#onRoom = () => listener(this.#failure)
  }

  /** All files are read; throws what went wrong with one. */
  async done(): Promise<void> {
    await this.#reading
    if (this.#failure !== undefined) throw this.#failure
  }
}

/**
 * Runs a COPY … TO STDOUT into files of whole rows and hands each to `read` by way of the queue; some may still wait there at the end.
 * The server waits when reading does not keep up. Returns the number of rows.
 */
const copyInParts = async (o: {
  client: pg.Client
  sql: string
  queue: PartQueue
  read: (file: string, rows: number) => Promise<void>
}): Promise<number> => {
  const { connection } = o.client as unknown as { connection: pg.Connection }
  const socket = connection.stream
  const buffer = Buffer.allocUnsafe(bufferBytes)
  let filled = 0
  let part: { file: string; descriptor: number; bytes: number } | undefined
  let handed = 0
  let rows = 0
  let failure: Error | undefined
  const fail = (error: Error): void => {
    failure ??= error
    socket.destroy()
  }

  const write = (bytes: Buffer): void => {
    if (part === undefined) {
      const file = o.queue.nextFile()
      part = { file, descriptor: openSync(file, 'wx', 0o600), bytes: 0 }
    }
    writeSync(part.descriptor, bytes)
    part.bytes += bytes.length
  }
  const hand = (): void => {
    if (part === undefined) return
    const { file, descriptor } = part
    part = undefined
    closeSync(descriptor)
    const held = rows - handed
    handed = rows
    o.queue.add(file, (file) => o.read(file, held))
    if (o.queue.full) socket.pause()
  }
  // each of the protocol's messages is one row
  const take = ({ chunk }: { chunk: Buffer }): void => {
    if (failure !== undefined) return
    try {
      if (filled + chunk.length > bufferBytes) {
        write(buffer.subarray(0, filled))
        filled = 0
        if (part!.bytes >= partBytes) hand()
      }
      if (chunk.length > bufferBytes) write(chunk)
      else filled += chunk.copy(buffer, filled)
      rows += 1
    } catch (error) {
      fail(error as Error)
    }
  }

  o.queue.onRoom((broken) => {
    if (broken !== undefined) fail(broken)
    else if (!o.queue.full) socket.resume()
  })
  connection.on('copyData', take)
  try {
    await o.client.query(o.sql)
    if (filled > 0) write(buffer.subarray(0, filled))
    hand()
  } catch (error) {
    failure ??= error as Error
    if (part !== undefined) closeSync(part.descriptor)
  } finally {
    connection.off('copyData', take)
  }
  if (failure !== undefined) throw failure
  return rows
}

/**
 * Reads a table as its snapshot shows it by the INSERT that `into` makes of a SELECT list with FROM; the last parts may still wait in the
 * queue. Returns the number of rows.
 */
export const copyTable = async (o: {
  connection: DuckDBConnection
  client: pg.Client
  table: PublishedTable
  into: (values: string) => string
  queue: PartQueue
  progress: (text: string) => void
}): Promise<number> => {
  const { name, columns } = o.table
  const values = columns.map((column) => {
    const value = quoted(column.name)
    return `${isReadByCsv(column) ? value : castText(value, column.duckdb_type)} as ${value}`
  })
  const types = columns.map((column) => `${literal(column.name)}: ${literal(isReadByCsv(column) ? column.duckdb_type : 'VARCHAR')}`)
  let told = performance.now()
  let read = 0
  return copyInParts({
    client: o.client,
    sql: `copy public.${quoted(name)} (${columns.map((column) => quoted(column.name)).join(', ')}) to stdout (format csv)`,
    queue: o.queue,
    read: async (file, rows) => {
      const csv = `read_csv(${literal(file)}, auto_detect = false, header = false, delim = ',', quote = '"', escape = '"', nullstr = '',
        allow_quoted_nulls = false, max_line_size = 16777216, columns = {${types.join(', ')}})`
      const { rowsChanged } = await o.connection.run(o.into(`${values.join(', ')} from ${csv}`))
      if (rowsChanged !== rows) throw new Error(`${rows} rows of ${name} were copied, ${rowsChanged} were read`)
      read += rows
      if (performance.now() - told < 2000) return
      told = performance.now()
      o.progress(`Übernahme in das Data Warehouse: ${name}, ${read.toLocaleString('de-DE')} Zeilen`)
    },
  })
}

/** Gives `work` a queue, and ends once all files in it are read; throws what went wrong with one. */
export const withPartQueue = async <T>(folder: string, work: (queue: PartQueue) => Promise<T>): Promise<T> => {
  const queue = new PartQueue(folder)
  try {
    return await work(queue)
  } finally {
    await queue.done()
  }
}

/** These types the CSV reader takes as PostgreSQL writes them; the others are cast from text. */
const isReadByCsv = ({ duckdb_type }: { duckdb_type: string }): boolean =>
  /^(UUID|BOOLEAN|SMALLINT|INTEGER|BIGINT|VARCHAR)$/.test(duckdb_type)

const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`
