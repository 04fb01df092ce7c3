import { Hono } from 'hono'
import { describeRoute, resolver } from 'hono-openapi'
import { z } from 'zod'
import { catalogue } from '../warehouse/catalogue.ts'
import { monthAt, monthText } from '../warehouse/month.ts'
import { providerRanking } from '../warehouse/rankings.ts'
import { ProviderRankingAnswer } from './answers.ts'
import type { ApiDeps } from './app.ts'
import type { Columns } from './columns.ts'
import { answerAs, mediaTypes } from './export.ts'
import { assertBegun, asOf } from './moment.ts'
import type { ApiEnv } from './reader.ts'
import { rankingReport } from './report/ranking.ts'
import { computeOnce } from './compute-once.ts'
import { validate } from './validate.ts'
import { begunMonth, serviceKindCode } from './view.ts'

/** Providers of a service kind by quality, duration and costs (domain.md 7.6). */
export const rankingRoutes = ({ now, stamp, address, sourceOf }: ApiDeps) => {
  const running = () => monthAt(now())
  return new Hono<ApiEnv>().get(
    '/rankings/providers',
    describeRoute({
      summary: 'Trägerranking einer Hilfeart',
      responses: {
        200: {
          description: 'Rangfolge mit ihren Bestandteilen',
          content: { 'application/json': { schema: resolver(ProviderRankingAnswer) }, ...mediaTypes },
        },
      },
    }),
    validate('query', z.strictObject({ service_kind: serviceKindCode, month: begunMonth(running), as_of: asOf })),
    async (c) => {
      const asked = c.req.valid('query')
      const source = await sourceOf(c, asked.as_of)
      const { service_kind, month = source.last } = asked
      assertBegun(source, month, 'month')
      const then = await source.open()
      const ranking = await computeOnce(providerRanking, then, { service_kind, month }, { own_authority: null })
      const answer: ProviderRankingAnswer = {
        as_of: source.as_of,
        data_as_of: stamp(c, ranking, source),
        service_kind,
        month: monthText(month),
        window_from: monthText(ranking.window_from),
        weights: ranking.weights,
        minimum_cases: ranking.minimum_cases,
        rows: ranking.rows,
      }
      return answerAs(c, answer, {
        name: `traegerranking_${service_kind}_${answer.month}`,
        columns: () => rankingColumns(answer),
        report: async () =>
          rankingReport(answer, {
            directory: (await catalogue(then)).directory,
            address: address(c, rankingPage, { service_kind, month: answer.month, as_of: source.as_of }),
          }),
      })
    },
  )
}

/** Where the ranking is seen, as dashboards/route.ts has it. */
export const rankingPage = '/basics/schnellauswertung/traegerranking'

const numbers = [
  'rank', 'score', 'structure', 'process', 'duration_ratio', 'duration_grade', 'costs_ratio', 'costs_grade', 'rated_cases', 'ended_cases',
] as const // prettier-ignore

const rankingColumns = ({ rows, service_kind, month, data_as_of }: ProviderRankingAnswer): Columns => ({
  provider_id: { type: 'text', values: rows.map((row) => row.provider_id) },
  name: { type: 'text', values: rows.map((row) => row.name) },
  ...Object.fromEntries(numbers.map((column) => [column, { type: 'number' as const, values: rows.map((row) => row[column]) }])),
  reason: { type: 'text', values: rows.map((row) => row.reason) },
  service_kind: { type: 'text', values: rows.map(() => service_kind) },
  month: { type: 'text', values: rows.map(() => month) },
  data_as_of: { type: 'text', values: rows.map(() => data_as_of) },
})
