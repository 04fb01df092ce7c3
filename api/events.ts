import { Hono } from 'hono'
import { describeRoute } from 'hono-openapi'
import { announce, streamOf } from './announcements.ts'
import type { ApiDeps } from './app.ts'
import type { ApiEnv } from './reader.ts'

const heartbeatMs = 15_000

/** Tells open pages which figures a commit may have changed. */
export const eventRoutes = ({ warehouse, ingest, reader }: ApiDeps) => {
  const announcements = announce(ingest, warehouse)
  return new Hono<ApiEnv>().get(
    '/events',
    describeRoute({
      summary: 'Ereignisstrom: welche Kennzahlen sich geändert haben',
      responses: { 200: { description: 'Ereignisse „figures“', content: { 'text/event-stream': {} } } },
    }),
    (c) => {
      // a session or token that ended ends its stream, as does one that cannot be looked up
      const mayHear = async () => typeof (await reader(c).catch(() => 'not_signed_in')) !== 'string'
      return c.body(streamOf(announcements, { mayHear, everyMs: heartbeatMs }), 200, {
        'Content-Type': 'text/event-stream',
        'Cache-Control': 'no-cache',
        'X-Accel-Buffering': 'no',
      })
    },
  )
}
