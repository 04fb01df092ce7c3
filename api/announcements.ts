import { figuresTouchedBy } from '../warehouse/key-figures.ts'
import type { Warehouse } from '../warehouse/warehouse.ts'
import type { FiguresEvent } from './answers.ts'
import type { Stream } from './app.ts'

type Listener = (event: FiguresEvent, text: Uint8Array) => void
export type Announcements = { hear(listener: Listener): () => void }

const gatherMs = 100
const rankingTables = ['booking', 'invoice_line', 'rating']

/**
 * Tells all listeners which figures commits may have changed: the first commit at once, then all of a tenth of a second as one event,
 * made once for everybody.
 */
export const announce = (ingest: Pick<Stream, 'onApplied'>, warehouse: Pick<Warehouse, 'lineage'>): Announcements => {
  const lineage = warehouse.lineage()
  const listeners = new Set<Listener>()
  let waiting: { tables: Set<string>; data_lsn: string; data_as_of: string } | undefined
  let resting = false
  const figuresOf = (tables: Set<string>): string[] => {
    const ranked = rankingTables.some((table) => tables.has(table))
    return [...figuresTouchedBy([...tables], lineage), ...(ranked ? ['provider_ranking'] : [])]
  }
  const tell = () => {
    resting = waiting !== undefined
    if (!waiting) return
    const { tables, data_lsn, data_as_of } = waiting
    waiting = undefined
    const event = { data_as_of, data_lsn, figures: figuresOf(tables) }
    const text = textOf(event)
    for (const listener of listeners) listener(event, text)
    setTimeout(tell, gatherMs).unref()
  }
  ingest.onApplied(({ tables, data_lsn, data_as_of }) => {
    if (listeners.size === 0) return
    waiting = { tables: new Set([...(waiting?.tables ?? []), ...tables]), data_lsn, data_as_of }
    if (!resting) tell()
  })
  return {
    hear: (listener) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}

const encoder = new TextEncoder()
const textOf = (event: FiguresEvent): Uint8Array => encoder.encode(`event: figures\ndata: ${JSON.stringify(event)}\n\n`)
const opened = encoder.encode(': open\n\n')
const stillHere = encoder.encode(': still here\n\n')

const unread = 2

/** Both as one: of the later position. */
const together = (earlier: FiguresEvent | undefined, later: FiguresEvent): FiguresEvent => ({
  ...later,
  figures: [...new Set([...(earlier?.figures ?? []), ...later.figures])],
})

/** What one reader hears. Who reads slowly gets all that was told meanwhile as one event. `mayHear` is asked now and then. */
export const streamOf = (
  announcements: Announcements,
  { mayHear, everyMs }: { mayHear: () => Promise<boolean>; everyMs: number },
): ReadableStream<Uint8Array> => {
  let missed: FiguresEvent | undefined
  let end: () => void = () => undefined
  const start = (controller: ReadableStreamDefaultController<Uint8Array>) => {
    controller.enqueue(opened)
    const isRead = () => (controller.desiredSize ?? 0) > 0
    const stopHearing = announcements.hear((event, text) => {
      if (missed || !isRead()) missed = together(missed, event)
      else controller.enqueue(text)
    })
    const beat = async () => {
      const may = await mayHear()
      if (ended) return
      if (may) return isRead() ? controller.enqueue(stillHere) : undefined
      end()
      controller.close()
    }
    const heartbeat = setInterval(() => void beat(), everyMs).unref()
    let ended = false
    end = () => {
      ended = true
      stopHearing()
      clearInterval(heartbeat)
    }
  }
  const pull = (controller: ReadableStreamDefaultController<Uint8Array>) => {
    if (!missed) return
    controller.enqueue(textOf(missed))
    missed = undefined
  }
  return new ReadableStream({ start, pull, cancel: () => end() }, { highWaterMark: unread })
}
