import { Hono } from 'hono'
import { describeRoute, resolver } from 'hono-openapi'
import { z } from 'zod'
import { monthAt, monthText } from '../warehouse/month.ts'
import { unusual, watched } from '../warehouse/unusual.ts'
import { UnusualAnswer } from './answers.ts'
import type { ApiDeps } from './app.ts'
import { eyesOf, type ApiEnv } from './reader.ts'
import { computeOnce } from './compute-once.ts'
import { validate } from './validate.ts'
import { completeMonth, viewQuery } from './view.ts'

const mostTold = 5

/** What is unusual in a complete month, and why: rests on what `/trend` shows the same reader. */
export const unusualRoutes = ({ warehouse, now, stamp }: ApiDeps) => {
  const running = () => monthAt(now())
  return new Hono<ApiEnv>().get(
    '/unusual',
    describeRoute({
      summary: 'Auffällige Werte eines vollen Monats, die deutlichsten zuerst',
      responses: { 200: { description: 'Höchstens fünf Werte', content: { 'application/json': { schema: resolver(UnusualAnswer) } } } },
    }),
    validate('query', z.strictObject({ area: viewQuery.area, month: completeMonth(running) })),
    async (c) => {
      const { area = c.get('reader').federal_state, month = running() - 1 } = c.req.valid('query')
      const read = await computeOnce(unusual, warehouse, { area, month }, eyesOf(c))
      const answer: UnusualAnswer = {
        area,
        month: monthText(month),
        data_as_of: stamp(c, read),
        figures: watched.map(({ figure }) => figure),
        compared: read.compared,
        found: read.findings.length,
        months: read.months,
        rows: read.findings.slice(0, mostTold).map(({ figure, service_kind, region, value, values, usual, own_months, otherwise }) => ({
          figure: figure.name,
          service_kind,
          unit: figure.unit,
          digits: figure.digits,
          region: region.region,
          id: region.id,
          ags: region.ags,
          name: region.name,
          value,
          values,
          usual_from: usual.low,
          usual_to: usual.high,
          own_months,
          change: otherwise?.change ?? null,
          median_change: otherwise?.median_change ?? null,
          compared_with: otherwise && { group: otherwise.group, regions: otherwise.regions },
        })),
      }
      return c.json(answer)
    },
  )
}
