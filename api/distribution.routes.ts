import { Hono } from 'hono'
import { describeRoute, resolver } from 'hono-openapi'
import { z } from 'zod'
import { catalogue } from '../warehouse/catalogue.ts'
import { isDistributed } from '../warehouse/distribution.ts'
import { keyFigures } from '../warehouse/key-figures.ts'
import { monthAt } from '../warehouse/month.ts'
import { DistributionAnswer } from './answers.ts'
import type { ApiDeps } from './app.ts'
import type { Columns } from './columns.ts'
import { distributionOf, questionOf } from './comparison-answer.ts'
import { comparisonPage } from './comparison.routes.ts'
import { answerAs, mediaTypes } from './export.ts'
import { assertBegun, asOf } from './moment.ts'
import { eyesFor, type ApiEnv } from './reader.ts'
import { distributionReport } from './report/distribution.ts'
import { validate } from './validate.ts'
import { begunMonth, viewQuery } from './view.ts'

const distributed = keyFigures.filter(isDistributed).map(({ name }) => name)
const figure = z.enum(distributed as [string, ...string[]], {
  error: `Eine Verteilung gibt es nur für Entgelte: ${distributed.join(', ')}.`,
})

/** How the rates behind minimum, median and maximum lie. */
export const distributionRoutes = ({ now, stamp, address, sourceOf }: ApiDeps) => {
  const running = () => monthAt(now())
  const DistributionQuery = z.strictObject({ ...viewQuery, figure, month: begunMonth(running), as_of: asOf })
  return new Hono<ApiEnv>().get(
    '/distribution',
    describeRoute({
      summary: 'Verteilung der Entgelte',
      responses: {
        200: {
          description: 'Entgelte an gleichen Anteilen der Buchungen nach örtlichen Trägern',
          content: { 'application/json': { schema: resolver(DistributionAnswer) }, ...mediaTypes },
        },
      },
    }),
    validate('query', DistributionQuery),
    async (c) => {
      const asked = c.req.valid('query')
      const source = await sourceOf(c, asked.as_of)
      const question = questionOf(asked, c.get('reader').federal_state)
      const month = asked.month ?? source.last
      assertBegun(source, month, 'month')
      const eyes = eyesFor(c, source)
      const read = await distributionOf(source, question, month, eyes)
      const answer: DistributionAnswer = { ...read.answer, data_as_of: stamp(c, read.freshness, source) }
      return answerAs(c, answer, {
        name: `verteilung_${answer.figure}_${answer.month}_${answer.area.toLowerCase()}`,
        columns: () => distributionColumns(answer),
        report: async () =>
          distributionReport(answer, {
            directory: (await catalogue(await source.open())).directory,
            address: address(c, comparisonPage, { ...question.view, month: answer.month, chart: 'distribution', as_of: source.as_of }),
            own_row: eyes.own_authority,
          }),
      })
    },
  )
}

/** One row per curve and share; one without a share for a curve that is not shown. */
const distributionColumns = (answer: DistributionAnswer): Columns => {
  const curves = [
    ...answer.rows.map((row) => ({ ...row, row_kind: 'region' })),
    { ...answer.total, region: null, ags: null, name: 'Summe', row_kind: 'total' },
  ]
  const long = curves.flatMap((curve) => {
    const values: (number | null)[] = curve.values.length > 0 ? curve.values : [null]
    return values.map((value, step) => ({ ...curve, share: value === null ? null : step / (values.length - 1), value }))
  })
  const text = (of: (row: (typeof long)[number]) => string | null) => ({ type: 'text' as const, values: long.map(of) })
  const number = (of: (row: (typeof long)[number]) => number | null) => ({ type: 'number' as const, values: long.map(of) })
  return {
    row_kind: text(({ row_kind }) => row_kind),
    region: text(({ region }) => region),
    ags: text(({ ags }) => ags),
    name: text(({ name }) => name),
    share: number(({ share }) => share),
    value: number(({ value }) => value),
    sign: text(({ sign }) => sign),
    cases: number(({ cases }) => cases),
    figure: text(() => answer.figure),
    unit: text(() => answer.unit),
    month: text(() => answer.month),
    service_kind: text(() => answer.service_kind),
    specialisation: text(() => answer.specialisation),
    data_as_of: text(() => answer.data_as_of),
  }
}
