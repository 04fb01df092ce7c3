import { hostname } from 'node:os'
import pg from 'pg'
import type { Logger } from 'pino'
import type { Warehouse } from '../warehouse/warehouse.ts'
import { applyStream } from './apply.ts'
import { openChangeStream, valueFormats, type ChangeStream } from './change-stream.ts'
import type { Freshness } from './freshness.ts'
import { columnsKey, publishedTables } from './history-schema.ts'
import { Inbox } from './inbox.ts'
import { parseLsn } from './lsn.ts'
import { readProgress, readReconciliations, storePassed, type Progress } from './progress.ts'
import { dropSlot, readSlot, reasonToReconcile, slotName } from './slot.ts'
import { reconcile, type AskRecorded } from './snapshot.ts'

export type SessionOptions = {
  ingest_url: string
  warehouse: Warehouse
  folder: string
  log: Logger
  progress: (text: string) => void
  recorded: AskRecorded | undefined
  freshness: Freshness
  signal: AbortSignal
  onLoading: () => void
  onStreaming: () => void
  onApplied: (tables: string[]) => void
}

const confirmEvery = 2000
const probeEvery = 1000
const silenceLimit = 60_000

/** Connects, brings the warehouse to a point from which the stream can go on, and follows the stream until it breaks off. */
export const runSession = async (o: SessionOptions): Promise<never> => {
  o.signal.throwIfAborted()
  const catalogue = new pg.Client({ connectionString: o.ingest_url, options: valueFormats, application_name: 'sojus-ingest-catalogue' })
  catalogue.on('error', () => undefined)
  await catalogue.connect()
  let stream: ChangeStream | undefined
  try {
    stream = await openChangeStream(o.ingest_url)
    const progress = await bringUpToDate(o, stream, catalogue)
    o.freshness.restart(progress.applied_lsn, progress.committed_at)
    return await follow(o, stream, catalogue, progress)
  } finally {
    stream?.destroy()
    await catalogue.end().catch(() => undefined)
  }
}

/** Reconciles what the stream alone would not bring; the answer is where it continues. */
const bringUpToDate = async (o: SessionOptions, stream: ChangeStream, catalogue: pg.Client): Promise<Progress> => {
  const server = await stream.identify()
  const before = await o.warehouse.read(readProgress)
  const slot_name = before?.slot_name ?? slotName(hostname(), o.warehouse.path, await databaseName(catalogue))
  const reason = reasonToReconcile(before, server, await readSlot(catalogue, slot_name))
  if (reason !== undefined) {
    o.onLoading()
    o.log.info({ reason }, 'the warehouse is loaded from a snapshot')
    await dropSlot(catalogue, slot_name, o.signal)
    return reconcile({ ...o, server }, { tables: 'all', slot_name, reason, before })
  }
  const known = await o.warehouse.read(readReconciliations)
  const tables = (await publishedTables(catalogue)).filter(({ name, columns }) => known.get(name)?.columns !== columnsKey(columns))
  if (tables.length === 0) return before!
  o.onLoading()
  const names = tables.map(({ name }) => name)
  return reconcile({ ...o, server }, { tables: names, slot_name, reason: `the columns of ${names.join(', ')} changed`, before })
}

const databaseName = async (client: pg.Client): Promise<string> =>
  (await client.query<{ name: string }>('select current_database() as name')).rows[0]!.name

const follow = async (o: SessionOptions, stream: ChangeStream, catalogue: pg.Client, progress: Progress): Promise<never> => {
  const inbox = new Inbox(progress, await o.warehouse.read(readReconciliations), stream)
  const fail = (error: Error): void => inbox.fail(error)
  const stop = (): void => fail(o.signal.reason as Error)
  /** In the file, and so told to the server by `confirm`; what is only known may still fail. */
  let applied = progress.applied_lsn
  let stored = applied
  const confirm = async (): Promise<void> => {
    stream.confirm(stored)
    const passed = applied
    if (passed <= stored) return
    await o.warehouse.write((connection) => storePassed(connection, passed))
    if (passed > stored) stored = passed
    stream.confirm(stored)
  }
  const askPosition = async (): Promise<void> => {
    const asked = performance.now()
    const { rows } = await catalogue.query<{ lsn: string; at: string }>(
      'select pg_current_wal_flush_lsn()::text as lsn, (extract(epoch from clock_timestamp()) * 1000000)::bigint::text as at',
    )
    const lsn = parseLsn(rows[0]!.lsn)
    o.freshness.probe({ lsn, at: BigInt(rows[0]!.at), asked })
    inbox.serverReached(lsn)
  }
  const probe = async (): Promise<void> => {
    await askPosition()
    if (stream.silence() > silenceLimit) throw new Error('the server is silent')
  }
  await askPosition()
  const repetitions = [repeat(confirm, confirmEvery, fail), repeat(probe, probeEvery, fail)]
  o.signal.addEventListener('abort', stop)
  try {
    const streaming = stream.start(progress.slot_name, progress.applied_lsn, {
      started: o.onStreaming,
      message: (data) => inbox.message(data),
      heartbeat: (lsn, replyWanted) => {
        inbox.heartbeat(lsn)
        // a server that shuts down waits for this
        if (replyWanted) confirm().catch(fail)
      },
    })
    streaming.catch(fail)
    return await applyStream({
      inbox,
      warehouse: o.warehouse,
      progress,
      onKnown: ({ tables, progress: reached }) => {
        o.freshness.applied(reached.applied_lsn, reached.committed_at)
        o.onApplied(tables)
      },
      onApplied: ({ progress: reached }) => (applied = stored = reached.applied_lsn),
      onPassed: (lsn) => {
        applied = lsn
        o.freshness.applied(lsn)
      },
    })
  } finally {
    o.signal.removeEventListener('abort', stop)
    for (const end of repetitions) await end()
    stream.confirm(stored)
  }
}

/** Runs `work` again and again, never twice at a time; the answer ends it. */
const repeat = (work: () => Promise<void>, every: number, fail: (error: Error) => void): (() => Promise<void>) => {
  let running: Promise<void> | undefined
  const timer = setInterval(() => {
    running ??= work()
      .catch(fail)
      .finally(() => (running = undefined))
  }, every)
  return async () => {
    clearInterval(timer)
    await running
  }
}
