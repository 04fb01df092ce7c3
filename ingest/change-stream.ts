import pg from 'pg'
import { PUBLICATION, quoted } from './history-schema.ts'
import { formatLsn, parseLsn } from './lsn.ts'

export type ServerIdentity = { system_identifier: string; timeline: number; lsn: bigint }
export type SlotSnapshot = { lsn: bigint; snapshot_name: string }
export type StreamListener = {
  started(): void
  /** One pgoutput message; the buffer is valid during the call only. */
  message(data: Buffer): void
  /** Everything up to `lsn` has been sent; in order with the messages. */
  heartbeat(lsn: bigint, replyWanted: boolean): void
}

/** A PostgreSQL session in replication mode: identity, slots with their snapshot, then the stream. */
export type ChangeStream = {
  identify(): Promise<ServerIdentity>
  /** The snapshot lives until the next command on this session; a temporary slot until the session ends. */
  createSlot(name: string, temporary: boolean): Promise<SlotSnapshot>
  dropSlot(name: string): Promise<void>
  /** Settles when the stream ends, which it does by an error only. */
  start(slot: string, from: bigint, listener: StreamListener): Promise<never>
  /** Everything before `lsn` is stored here: the server may forget it. Asks for an answer, so that silence means a dead connection. */
  confirm(lsn: bigint): void
  /** Back pressure: the server waits while the reader does. */
  pause(): void
  resume(): void
  /** Under load small packets are read together instead of one by one, which costs a fifth. */
  readTogether(together: boolean): void
  /** Milliseconds since the server was heard last; 0 while the stream is paused. */
  silence(): number
  destroy(): void
}

/** How every session of ingest reads values, so that a snapshot and the stream write them alike. */
export const valueFormats = '-c TimeZone=UTC -c DateStyle=ISO -c extra_float_digits=1 -c bytea_output=hex'

const togetherMilliseconds = 2
const socketRead = 65_536

export const openChangeStream = async (url: string): Promise<ChangeStream> => {
  const config = {
    connectionString: url,
    options: valueFormats,
    replication: 'database',
    keepAlive: true,
    application_name: 'sojus-ingest',
  }
  const client = new pg.Client(config as pg.ClientConfig)
  let failure: Error | undefined
  client.on('error', (error) => (failure ??= error))
  await client.connect()
  const { connection } = client as unknown as { connection: pg.Connection }
  const socket = connection.stream
  const flow = controlFlow(socket)
  let heard = performance.now()

  return {
    identify: async () => {
      const { rows } = await client.query<{ systemid: string; timeline: number; xlogpos: string }>('IDENTIFY_SYSTEM')
      const [row] = rows
      if (!row) throw new Error('the server does not identify itself')
      return { system_identifier: row.systemid, timeline: Number(row.timeline), lsn: parseLsn(row.xlogpos) }
    },
    createSlot: async (name, temporary) => {
      const { rows } = await client.query<{ consistent_point: string; snapshot_name: string }>(
        `CREATE_REPLICATION_SLOT ${quoted(name)} ${temporary ? 'TEMPORARY ' : ''}LOGICAL pgoutput (SNAPSHOT 'export')`,
      )
      const [row] = rows
      if (!row) throw new Error(`the slot ${name} was not created`)
      return { lsn: parseLsn(row.consistent_point), snapshot_name: row.snapshot_name }
    },
    dropSlot: async (name) => void (await client.query(`DROP_REPLICATION_SLOT ${quoted(name)} WAIT`)),
    start: async (slot, from, listener) => {
      connection.on('copyData', ({ chunk }: { chunk: Buffer }) => {
        // what is left in the buffers of a stream that failed is not for us
        if (failure !== undefined) return
        heard = performance.now()
        try {
          if (chunk[0] === LOG_DATA) listener.message(chunk.subarray(25))
          else if (chunk[0] === HEARTBEAT) listener.heartbeat(chunk.readBigUInt64BE(1), chunk[17] === 1)
        } catch (error) {
          failure ??= error as Error
          socket.destroy()
        }
      })
      connection.once('replicationStart', () => listener.started())
      socket.on('data', flow.afterRead)
      const options = `proto_version '1', publication_names '${PUBLICATION}'`
      const streaming = client.query(`START_REPLICATION SLOT ${quoted(slot)} LOGICAL ${formatLsn(from)} (${options})`)
      await streaming.catch((error: Error) => {
        throw failure ?? error
      })
      throw failure ?? new Error('the server ended the stream')
    },
    confirm: (lsn) => {
      if (socket.writable) socket.write(statusUpdate(lsn))
    },
    pause: flow.pause,
    resume: flow.resume,
    readTogether: flow.readTogether,
    silence: () => (flow.held() ? 0 : performance.now() - heard),
    destroy: () => {
      flow.stop()
      // what was confirmed last still goes out
      socket.end(() => socket.destroy())
      setTimeout(() => socket.destroy(), 1000).unref()
    },
  }
}

const [LOG_DATA, HEARTBEAT] = [0x77, 0x6b]

const controlFlow = (socket: pg.Connection['stream']) => {
  let held = false
  let together = false
  let timer: NodeJS.Timeout | undefined
  const afterRead = (chunk: Buffer): void => {
    if (held || !together || timer || chunk.length >= socketRead) return
    socket.pause()
    timer = setTimeout(() => {
      timer = undefined
      if (!held) socket.resume()
    }, togetherMilliseconds)
  }
  return {
    afterRead,
    held: () => held,
    pause: () => {
      held = true
      socket.pause()
    },
    resume: () => {
      held = false
      if (!timer) socket.resume()
    },
    readTogether: (wanted: boolean) => {
      together = wanted
    },
    stop: () => clearTimeout(timer),
  }
}

/** "Standby status update": written, flushed and applied are one position here; the last byte asks for an answer. */
const statusUpdate = (lsn: bigint): Buffer => {
  const message = Buffer.alloc(39)
  message[0] = 0x64
  message.writeUInt32BE(38, 1)
  message[5] = 0x72
  for (const offset of [6, 14, 22]) message.writeBigUInt64BE(lsn, offset)
  message.writeBigInt64BE(BigInt(Date.now() - 946_684_800_000) * 1000n, 30)
  message[38] = 1
  return message
}
