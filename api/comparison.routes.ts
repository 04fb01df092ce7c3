import { Hono, type Context } from 'hono'
import { describeRoute, resolver } from 'hono-openapi'
import { z } from 'zod'
import { catalogue } from '../warehouse/catalogue.ts'
import { evaluation, type EvaluationQuery, wholePeriods } from '../warehouse/evaluation.ts'
import { januaryOf, monthAt, monthOf, type Month, monthText, yearOf } from '../warehouse/month.ts'
import { allClasses } from '../warehouse/structure.ts'
import { ComparisonAnswer, type EvaluationAnswer, SinceAnswer, TrendAnswer } from './answers.ts'
import type { ApiDeps } from './app.ts'
import { catalogueAnswer } from './catalogue.routes.ts'
import { comparisonOf, comparisonWithTrendOf, distributionOf, questionOf, trendOf, type Question } from './comparison-answer.ts'
import type { Cell, Columns } from './columns.ts'
import { computeOnce } from './compute-once.ts'
import { evaluationAnswer, mayEvaluate } from './evaluation-answer.ts'
import { answerAs, mediaTypes } from './export.ts'
import { assertBegun, asOf, currentSource, type Source } from './moment.ts'
import { publishedComparison, publishedTrend } from './published.ts'
import { eyesFor, type ApiEnv } from './reader.ts'
import { columnNames, comparisonReport, type ReportContext, trendReport } from './report/comparison.ts'
import { assertPast, comparable, comparisonSince } from './since.ts'
import { validate } from './validate.ts'
import { begunMonth, drawnQuery, viewQuery } from './view.ts'

/** The table of key figures by local authority, and the months behind it. */
export const comparisonRoutes = ({ warehouse, now, stamp, address, sourceOf, drawings }: ApiDeps) => {
  const running = () => monthAt(now())
  const ComparisonQuery = z.strictObject({
    ...viewQuery,
    month: begunMonth(running),
    as_of: asOf,
    ...drawnQuery,
  })
  const TrendQuery = z
    .strictObject({ ...viewQuery, from: begunMonth(running), to: begunMonth(running), as_of: asOf })
    .refine(({ from, to }) => from === undefined || from <= (to ?? running()), {
      path: ['from'],
      message: 'Der Zeitraum endet, bevor er beginnt.',
    })
    .refine(({ from, to }) => from === undefined || (to ?? running()) - from < 240, {
      path: ['from'],
      message: 'Der Zeitraum umfasst höchstens 240 Monate.',
    })

  const answerComparison = async (c: Context<ApiEnv>, source: Source, question: Question, month: Month): Promise<ComparisonAnswer> => {
    const kept = publishedComparison(source.published, question.view, month)
    if (kept) return { ...kept, as_of: source.as_of }
    const { answer, freshness } = await comparisonOf(source, question, month, eyesFor(c, source))
    return { ...answer, data_as_of: stamp(c, freshness, source) }
  }

  const answerTrend = async (c: Context<ApiEnv>, source: Source, question: Question, months: Months): Promise<TrendAnswer> => {
    const kept = publishedTrend(source.published, question.view, months)
    if (kept) return { ...kept, as_of: source.as_of }
    const { answer, freshness } = await trendOf(source, question, months, eyesFor(c, source))
    return { ...answer, data_as_of: stamp(c, freshness, source) }
  }

  /** The table and its months, read together. */
  const answerBoth = async (c: Context<ApiEnv>, source: Source, question: Question, month: Month) => {
    const { published, as_of } = source
    const kept = publishedComparison(published, question.view, month)
    const trendThen = published?.answer.trend
    if (kept && trendThen) return { comparison: { ...kept, as_of }, trend: { ...trendThen, as_of } }
    const { comparison, trend, freshness } = await comparisonWithTrendOf(source, question, month, eyesFor(c, source))
    const data_as_of = stamp(c, freshness, source)
    return { comparison: { ...comparison, data_as_of }, trend: { ...trend, data_as_of } }
  }

  /** What has changed since, and when today's data were read. */
  const sinceOf = async (c: Context<ApiEnv>, source: Source, question: Question, then: ComparisonAnswer) => {
    const today = await comparisonOf(currentSource({ warehouse, now }), question, monthOf(then.month), eyesFor(c, source))
    const { data_as_of } = today.freshness
    const moments = { as_of: assertPast(source), data_as_of_then: then.data_as_of, data_as_of }
    return { since: comparisonSince(then, { ...today.answer, data_as_of }, moments), freshness: today.freshness }
  }

  /** Ages and sexes of the year, as the page evaluates them. */
  const agesAndSexes = async (c: Context<ApiEnv>, source: Source, { view }: Question, month: Month): Promise<EvaluationAnswer> => {
    const query: EvaluationQuery = {
      figures: [view.figure],
      rows: ['age_group'],
      columns: 'sex',
      area: view.area,
      service_kinds: view.service_kind ? [view.service_kind] : [],
      specialisation: null,
      ...allClasses,
      ...wholePeriods(januaryOf(month), month, 'year'),
      grain: 'year',
      totals: true,
      against: null,
      running: source.running,
    }
    const table = await computeOnce(evaluation, await source.open(), query, eyesFor(c, source))
    return evaluationAnswer(query, table, { as_of: source.as_of, data_as_of: table.data_as_of })
  }

  const contextOf = async (c: Context<ApiEnv>, source: Source, address: string): Promise<ReportContext> => ({
    directory: (await catalogue(warehouse)).directory,
    address,
    own_row: eyesFor(c, source).own_authority,
  })

  return new Hono<ApiEnv>()
    .get(
      '/comparison',
      describeRoute({
        summary: 'Überörtlicher Vergleich einer Kennzahl',
        responses: {
          200: {
            description: 'Tabelle nach örtlichen Trägern mit Summe und EW-gewichtetem Durchschnitt',
            content: { 'application/json': { schema: resolver(ComparisonAnswer) }, ...mediaTypes },
          },
        },
      }),
      validate('query', ComparisonQuery),
      async (c) => {
        const asked = c.req.valid('query')
        const source = await sourceOf(c, asked.as_of)
        const question = questionOf(asked, c.get('reader').federal_state)
        const month = asked.month ?? source.last
        assertBegun(source, month, 'month')
        const answer = await answerComparison(c, source, question, month)
        return answerAs(c, answer, {
          name: `${answer.figure}_${answer.month}_${answer.area.toLowerCase()}`,
          columns: () => comparisonColumns(answer),
          report: async () => {
            const { as_of } = source
            const { chart, region = null } = asked
            const looked = { chart: c.req.query('chart') ?? null, region }
            const context = await contextOf(
              c,
              source,
              address(c, comparisonPage, { ...question.view, month: answer.month, as_of, ...looked }),
            )
            const { comparison, trend } = await answerBoth(c, source, question, month)
            const { data_as_of } = comparison
            const reader = c.get('reader')
            const drawing = await drawings.comparison({
              chart,
              region: region ?? reader.youth_authority_id,
              catalogue: { ...catalogueAnswer(await catalogue(warehouse), source), data_as_of, month_ends: [] },
              answer: comparison,
              trend,
              distribution: async () => ({ ...(await distributionOf(source, question, month, eyesFor(c, source))).answer, data_as_of }),
              ageSex: mayEvaluate(reader) ? () => agesAndSexes(c, source, question, month) : null,
            })
            const later = as_of === null ? null : await comparable(sinceOf(c, source, question, comparison))
            return comparisonReport(comparison, trend, drawing, context, later && later.since)
          },
        })
      },
    )
    .get(
      '/comparison/since',
      describeRoute({
        summary: 'Was sich im Vergleich einer Kennzahl seit einem Stand geändert hat',
        responses: { 200: { description: 'Änderungen', content: { 'application/json': { schema: resolver(SinceAnswer) } } } },
      }),
      validate('query', ComparisonQuery),
      async (c) => {
        const asked = c.req.valid('query')
        const source = await sourceOf(c, asked.as_of)
        assertPast(source)
        const question = questionOf(asked, c.get('reader').federal_state)
        const month = asked.month ?? source.last
        assertBegun(source, month, 'month')
        const then = await answerComparison(c, source, question, month)
        const { since, freshness } = await sinceOf(c, source, question, then)
        return c.json({ ...since, data_as_of: stamp(c, freshness) })
      },
    )
    .get(
      '/trend',
      describeRoute({
        summary: 'Monatswerte einer Kennzahl',
        responses: {
          200: {
            description: 'Monatswerte nach örtlichen Trägern',
            content: { 'application/json': { schema: resolver(TrendAnswer) }, ...mediaTypes },
          },
        },
      }),
      validate('query', TrendQuery),
      async (c) => {
        const asked = c.req.valid('query')
        const source = await sourceOf(c, asked.as_of)
        const question = questionOf(asked, c.get('reader').federal_state)
        const to = asked.to ?? source.last
        const from = asked.from ?? monthOfTrend(to)
        assertBegun(source, to, 'to')
        assertBegun(source, from, 'from')
        const answer = await answerTrend(c, source, question, { from, to })
        const period = { from: monthText(from), to: monthText(to), as_of: source.as_of }
        return answerAs(c, answer, {
          name: `${answer.figure}_${period.from}_${period.to}_${answer.area.toLowerCase()}`,
          columns: () => trendColumns(answer),
          report: async () => trendReport(answer, await contextOf(c, source, address(c, '/api/trend', { ...question.view, ...period }))),
        })
      },
    )
}

/** Where the table is seen, as dashboards/route.ts has it. */
export const comparisonPage = '/basics/schnellauswertung/ueberoertliche-kennzahlen'

/** A trend begins with the year before. */
const monthOfTrend = (to: Month): Month => (yearOf(to) - 1) * 12

type Months = { from: Month; to: Month }

const comparisonColumns = (answer: ComparisonAnswer): Columns => {
  const rows = [
    ...answer.rows.map((row) => ({ ...row, row_kind: 'region' })),
    { ...answer.total, region: null, ags: null, name: 'Summe', row_kind: 'total' },
    { ...answer.weighted_average, region: null, ags: null, name: 'EW-gewichteter Durchschnitt', row_kind: 'weighted_average', cases: null },
  ]
  const text = (values: Cell[]) => ({ type: 'text' as const, values })
  const columns: Columns = {
    row_kind: text(rows.map(({ row_kind }) => row_kind)),
    region: text(rows.map(({ region }) => region)),
    ags: text(rows.map(({ ags }) => ags)),
    name: text(rows.map(({ name }) => name)),
  }
  for (const name of columnNames) {
    columns[name] = { type: 'number', values: rows.map((row) => row[name]) }
    columns[`sign_${name}`] = text(rows.map(({ signs }) => signs[name] ?? null))
  }
  return {
    ...columns,
    cases: { type: 'number', values: rows.map((row) => row.cases) },
    figure: text(rows.map(() => answer.figure)),
    unit: text(rows.map(() => answer.unit)),
    month: text(rows.map(() => answer.month)),
    service_kind: text(rows.map(() => answer.service_kind)),
    specialisation: text(rows.map(() => answer.specialisation)),
    data_as_of: text(rows.map(() => answer.data_as_of)),
  }
}

const trendColumns = (answer: TrendAnswer): Columns => {
  const rows = [
    ...answer.rows.map((row) => ({ ...row, row_kind: 'region' })),
    { ...answer.total, region: null, ags: null, name: 'Summe', row_kind: 'total' },
    { ...answer.weighted_average, region: null, ags: null, name: 'EW-gewichteter Durchschnitt', row_kind: 'weighted_average' },
  ]
  const long = rows.flatMap((row) =>
    answer.months.map((month, i) => ({ ...row, month, value: row.values[i] ?? null, sign: row.signs[i] ?? null })),
  )
  const text = (values: Cell[]) => ({ type: 'text' as const, values })
  return {
    row_kind: text(long.map(({ row_kind }) => row_kind)),
    region: text(long.map(({ region }) => region)),
    ags: text(long.map(({ ags }) => ags)),
    name: text(long.map(({ name }) => name)),
    month: text(long.map(({ month }) => month)),
    value: { type: 'number', values: long.map((row) => row.value) },
    sign: text(long.map(({ sign }) => sign)),
    figure: text(long.map(() => answer.figure)),
    unit: text(long.map(() => answer.unit)),
    service_kind: text(long.map(() => answer.service_kind)),
    specialisation: text(long.map(() => answer.specialisation)),
    data_as_of: text(long.map(() => answer.data_as_of)),
  }
}
