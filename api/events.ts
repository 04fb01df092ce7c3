import { Hono } from 'hono'
import { streamSSE } from 'hono/streaming'
import { describeRoute } from 'hono-openapi'
import { figuresTouchedBy } from '../warehouse/key-figures.ts'
import type { FiguresEvent } from './answers.ts'
import type { ApiDeps } from './app.ts'
import type { ApiEnv } from './reader.ts'

const heartbeatMs = 15_000
const gatherMs = 200
const rankingTables = ['booking', 'invoice_line', 'rating']

/** Tells open pages which figures a commit may have changed: at once, then at most every 200 ms. */
export const eventRoutes = ({ warehouse, ingest, reader }: ApiDeps) => {
  const lineage = warehouse.lineage()
  return new Hono<ApiEnv>().get(
    '/events',
    describeRoute({
      summary: 'Ereignisstrom: welche Kennzahlen sich geändert haben',
      responses: { 200: { description: 'Ereignisse „figures“', content: { 'text/event-stream': {} } } },
    }),
    (c) => {
      c.header('X-Accel-Buffering', 'no')
      return streamSSE(c, async (stream) => {
        let waiting: { tables: Set<string>; data_lsn: string; data_as_of: string } | undefined
        let wake: () => void = () => undefined
        const stopListening = ingest.onApplied(({ tables, data_lsn, data_as_of }) => {
          waiting = { tables: new Set([...(waiting?.tables ?? []), ...tables]), data_lsn, data_as_of }
          wake()
        })
        stream.onAbort(() => {
          stopListening()
          wake()
        })
        await stream.write(': open\n\n')
        while (!stream.aborted) {
          if (!waiting) {
            await Promise.race([new Promise<void>((resolve) => (wake = resolve)), stream.sleep(heartbeatMs)])
          }
          if (stream.aborted) break
          if (!waiting) {
            // a session or token that ended ends its stream
            if (typeof (await reader(c)) === 'string') break
            await stream.write(': still here\n\n')
            continue
          }
          const { tables, data_lsn, data_as_of } = waiting
          waiting = undefined
          const figures = figuresTouchedBy([...tables], lineage)
          if (rankingTables.some((table) => tables.has(table))) figures.push('provider_ranking')
          const data: FiguresEvent = { data_as_of, data_lsn, figures }
          await stream.writeSSE({ event: 'figures', data: JSON.stringify(data) })
          await stream.sleep(gatherMs)
        }
        stopListening()
      })
    },
  )
}
