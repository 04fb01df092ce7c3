import { Hono } from 'hono'
import { describeRoute, resolver } from 'hono-openapi'
import { z } from 'zod'
import { monthAt } from '../warehouse/month.ts'
import { behind } from '../warehouse/views.ts'
import { ExplanationAnswer } from './answers.ts'
import type { ApiDeps } from './app.ts'
import { questionOf } from './comparison-answer.ts'
import { answerAs, tableMediaTypes } from './export.ts'
import { assertBegun, asOf } from './moment.ts'
import { problem } from './problem.ts'
import { eyesFor, type ApiEnv } from './reader.ts'
import { computeOnce } from './compute-once.ts'
import { validate } from './validate.ts'
import { begunMonth, numberOf, signOf, viewQuery } from './view.ts'

/** What one value of the comparison is computed from. */
export const explanationRoutes = ({ now, stamp, sourceOf }: ApiDeps) => {
  const running = () => monthAt(now())
  const row = z.string().regex(/^(total|\d{5}|\d{8})$/, 'Die Zeile ist der Schlüssel eines örtlichen Trägers oder „total“ für die Summe.')
  const ExplanationQuery = z
    .strictObject({
      ...viewQuery,
      row,
      month: begunMonth(running),
      from: begunMonth(running),
      to: begunMonth(running),
      as_of: asOf,
    })
    .transform(({ month = running(), to = month, from = to, ...rest }) => ({ ...rest, month, from, to }))
    .refine(({ from, to }) => from <= to && to - from < 24, { path: ['from'], message: 'Der Zeitraum umfasst einen bis 24 Monate.' })
    .refine(({ to, month }) => to <= month, { path: ['to'], message: 'Der Zeitraum endet nach dem Monat der Ansicht.' })
  return new Hono<ApiEnv>().get(
    '/explanation',
    describeRoute({
      summary: 'Die Zellen hinter einem Wert, Monat für Monat',
      responses: {
        200: {
          description: 'Werte mit Zähler, Nenner und Fällen',
          content: { 'application/json': { schema: resolver(ExplanationAnswer) }, ...tableMediaTypes },
        },
      },
    }),
    validate('query', ExplanationQuery),
    async (c) => {
      const asked = c.req.valid('query')
      const source = await sourceOf(c, asked.as_of)
      const { view, figure, refused } = questionOf(asked, c.get('reader').federal_state)
      const { month, from, to } = asked
      assertBegun(source, month, 'month')
      const question = { ...view, row: asked.row === 'total' ? null : asked.row, month, from, to }
      if (refused) return problem(c, 400, 'invalid_input', 'Die Anfrage ist so nicht möglich.', [senseless])
      const found = await computeOnce(behind, await source.open(), question, eyesFor(c, source))
      if (!found) return problem(c, 400, 'invalid_input', 'Die Anfrage ist so nicht möglich.', [unknownRow])
      const answer: ExplanationAnswer = {
        ...view,
        as_of: source.as_of,
        data_as_of: stamp(c, found, source),
        unit: figure.unit,
        digits: figure.digits,
        row: asked.row,
        months: found.months.map(({ month, value, cases, parts }) => ({
          month,
          value: numberOf(value),
          sign: signOf(value),
          numerator: parts?.numerator ?? null,
          denominator: parts?.denominator ?? null,
          cases,
        })),
      }
      const { months } = answer
      const numbers = ['value', 'numerator', 'denominator', 'cases'] as const
      return answerAs(c, answer, {
        name: `zellen_${answer.figure}_${answer.row}_${months.at(-1)!.month}`,
        columns: () => ({
          month: { type: 'text', values: months.map(({ month }) => month) },
          sign: { type: 'text', values: months.map(({ sign }) => sign) },
          ...Object.fromEntries(numbers.map((name) => [name, { type: 'number' as const, values: months.map((each) => each[name]) }])),
        }),
      })
    },
  )
}

const senseless = {
  field: 'specialisation',
  message: 'Diese Kennzahl gibt es nicht je Spezialisierung. Bitte ohne Spezialisierung fragen.',
}
const unknownRow = { field: 'row', message: 'Diesen örtlichen Träger gibt es in diesem Gebiet nicht.' }
