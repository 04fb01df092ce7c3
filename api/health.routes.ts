import { Hono } from 'hono'
import { describeRoute, resolver } from 'hono-openapi'
import { HealthAnswer } from './answers.ts'
import type { ApiDeps } from './app.ts'
import type { ApiEnv } from './reader.ts'

const behindAfterMs = 60_000

/** Whether the figures keep up with the bookings; open to monitoring without sign-in. */
export const healthRoutes = ({ ingest }: ApiDeps) =>
  new Hono<ApiEnv>().get(
    '/health',
    describeRoute({
      summary: 'Zustand und Rückstand der Kennzahlen',
      responses: { 200: { description: 'Zustand', content: { 'application/json': { schema: resolver(HealthAnswer) } } } },
    }),
    (c) => {
      const { data_as_of, lag_ms } = ingest.status()
      const answer: HealthAnswer = { status: lag_ms > behindAfterMs ? 'behind' : 'ok', data_as_of, lag_ms }
      return c.json(answer)
    },
  )
