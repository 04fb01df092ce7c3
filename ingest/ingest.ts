import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { Warehouse } from '../warehouse/warehouse.ts'
import { Freshness } from './freshness.ts'
import { RelationChanged } from './inbox.ts'
import { formatLsn } from './lsn.ts'
import { runSession } from './session.ts'
import { OBJECT_IN_USE } from './slot.ts'
import type { AskRecorded } from './snapshot.ts'

export type IngestState = 'streaming' | 'reconnecting' | 'loading'
export type IngestEvent = { tables: string[]; data_lsn: string; data_as_of: string }
export type Ingest = {
  status(): { state: IngestState; lag_ms: number; data_lsn: string; data_as_of: string }
  /** The listener hears of each write; the answer ends that. */
  onApplied(listener: (event: IngestEvent) => void): () => void
  stop(): Promise<void>
}
export type IngestOptions = {
  ingest_url: string
  warehouse: Warehouse
  data_dir: string
  log: Logger
  progress?: (text: string) => void
  /** left out: what the first load finds was recorded when it was found */
  recorded?: AskRecorded | undefined
}

const longestPause = 5000

/**
 * Keeps the warehouse equal to what is committed in PostgreSQL, from the first load on and across restarts of both.
 * Resolves once the warehouse is loaded and follows the stream; rejects when the first attempt fails.
 */
export const startIngest = async ({
  ingest_url,
  warehouse,
  data_dir,
  log,
  progress = () => undefined,
  recorded,
}: IngestOptions): Promise<Ingest> => {
  const folder = join(data_dir, 'snapshot')
  // a killed process leaves its files behind
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true, mode: 0o700 })

  const freshness = new Freshness()
  const listeners = new Set<(event: IngestEvent) => void>()
  const stopping = new AbortController()
  let state: IngestState = 'loading'
  let begin: () => void = () => undefined
  const begun = new Promise<void>((resolve) => (begin = resolve))
  let everStreamed = false
  let pause = 0

  const tell = (listener: (event: IngestEvent) => void, event: IngestEvent): void => {
    try {
      listener(event)
    } catch (error) {
      log.error({ err: error }, 'a listener of the stream failed')
    }
  }
  const session = () =>
    runSession({
      ingest_url,
      warehouse,
      folder,
      log,
      progress,
      recorded,
      freshness,
      signal: stopping.signal,
      onLoading: () => (state = 'loading'),
      onStreaming: () => {
        state = 'streaming'
        everStreamed = true
        pause = 0
        begin()
      },
      onApplied: (tables) => {
        const event = { tables, data_lsn: formatLsn(freshness.appliedLsn), data_as_of: freshness.asOf }
        for (const listener of listeners) tell(listener, event)
      },
    })
  const run = async (): Promise<void> => {
    for (;;) {
      const error = await session().catch((error: Error & { code?: string }) => error)
      if (stopping.signal.aborted) return
      // a slot may still be held by a session of a process that was killed
      if (!everStreamed && error.code !== OBJECT_IN_USE && !(error instanceof RelationChanged)) throw error
      log.warn({ err: error }, 'the stream broke off: connecting again')
      state = 'reconnecting'
      if (!(error instanceof RelationChanged)) pause = Math.min(longestPause, Math.max(100, pause * 2))
      await sleep(Math.max(pause, 50), undefined, { signal: stopping.signal }).catch(() => undefined)
    }
  }
  const running = run()
  await Promise.race([begun, running])
  return {
    status: () => ({
      state,
      lag_ms: freshness.lagMs(performance.now()),
      data_lsn: formatLsn(freshness.appliedLsn),
      data_as_of: freshness.asOf,
    }),
    onApplied: (listener) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    stop: async () => {
      stopping.abort(new Error('ingest was stopped'))
      await running
      await rm(folder, { recursive: true, force: true })
    },
  }
}
