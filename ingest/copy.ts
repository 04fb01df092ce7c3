import { closeSync, openSync, unlinkSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type pg from 'pg'

const bufferBytes = 1024 * 1024
const partBytes = 32 * 1024 * 1024
const partsAhead = 2

/**
 * Runs a COPY … TO STDOUT into files of whole rows and hands each to `read` while the next is being written; the files are
 * removed once read. The server waits when `read` does not keep up. Returns the number of rows.
 */
export const copyInParts = async (o: {
  client: pg.Client
  sql: string
  folder: string
  read: (file: string) => Promise<void>
}): Promise<number> => {
  const { connection } = o.client as unknown as { connection: pg.Connection }
  const socket = connection.stream
  const buffer = Buffer.allocUnsafe(bufferBytes)
  let filled = 0
  let part: { file: string; descriptor: number; bytes: number } | undefined
  let rows = 0
  let parts = 0
  let waiting = 0
  let reading: Promise<void> = Promise.resolve()
  let failure: Error | undefined

  const write = (bytes: Buffer): void => {
    if (part === undefined) {
      const file = join(o.folder, `${process.pid}-${(parts += 1)}.csv`)
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
    waiting += 1
    reading = reading
      .then(() => (failure ? undefined : o.read(file)))
      .catch((error: Error) => {
        failure ??= error
        socket.destroy()
      })
      .finally(() => {
        unlinkSync(file)
        waiting -= 1
        if (waiting === partsAhead) socket.resume()
      })
    if (waiting > partsAhead) socket.pause()
  }
  // each of the protocol's messages is one row
  const take = ({ chunk }: { chunk: Buffer }): void => {
    rows += 1
    if (filled + chunk.length > bufferBytes) {
      write(buffer.subarray(0, filled))
      filled = 0
      if (part!.bytes >= partBytes) hand()
    }
    if (chunk.length > bufferBytes) write(chunk)
    else filled += chunk.copy(buffer, filled)
  }
  const guarded = (message: { chunk: Buffer }): void => {
    try {
      if (!failure) take(message)
    } catch (error) {
      failure ??= error as Error
      socket.destroy()
    }
  }

  connection.on('copyData', guarded)
  try {
    await o.client.query(o.sql)
    if (filled > 0) write(buffer.subarray(0, filled))
    hand()
  } catch (error) {
    failure ??= error as Error
    if (part !== undefined) closeSync(part.descriptor)
  } finally {
    connection.off('copyData', guarded)
    await reading
  }
  if (failure !== undefined) throw failure
  return rows
}
