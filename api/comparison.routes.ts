import { Hono, type Context } from 'hono'
import { describeRoute, resolver } from 'hono-openapi'
import { z } from 'zod'
import { catalogue } from '../warehouse/catalogue.ts'
import { keyFigureByName, type KeyFigure } from '../warehouse/key-figures.ts'
import { monthAt, type Month, monthText, yearOf } from '../warehouse/month.ts'
import { comparison, trend, type Region } from '../warehouse/views.ts'
import { ComparisonAnswer, TrendAnswer } from './answers.ts'
import type { ApiDeps } from './app.ts'
import type { Cell, Columns } from './columns.ts'
import { answerAs, mediaTypes } from './export.ts'
import { eyesOf, type ApiEnv } from './reader.ts'
import { columnNames, comparisonReport, type ReportContext, trendReport } from './report/comparison.ts'
import { validate } from './validate.ts'
import { begunMonth, numberOf, signOf, viewQuery } from './view.ts'

type Columned = Record<(typeof columnNames)[number], number | '.' | '–' | 'x' | '…'>

/** The table of key figures by local authority, and the months behind it. */
export const comparisonRoutes = ({ warehouse, now, stamp, address }: ApiDeps) => {
  const running = () => monthAt(now())
  const ComparisonQuery = z.strictObject({ ...viewQuery, month: begunMonth(running) })
  const TrendQuery = z
    .strictObject({ ...viewQuery, from: begunMonth(running), to: begunMonth(running) })
    .refine(({ from, to }) => from === undefined || from <= (to ?? running()), {
      path: ['from'],
      message: 'Der Zeitraum endet, bevor er beginnt.',
    })
    .refine(({ from, to }) => from === undefined || (to ?? running()) - from < 240, {
      path: ['from'],
      message: 'Der Zeitraum umfasst höchstens 240 Monate.',
    })

  type Question = { view: ReturnType<typeof withDefaults>; figure: KeyFigure; refused: boolean }
  const questionOf = (c: Context<ApiEnv>, asked: Asked): Question => {
    const view = withDefaults(asked, c.get('reader').federal_state)
    const figure = keyFigureByName.get(view.figure)!
    return { view, figure, refused: refusesSpecialisation(figure.by_specialisation, view.specialisation) }
  }

  const answerComparison = async (c: Context<ApiEnv>, { view, figure, refused }: Question, month: Month): Promise<ComparisonAnswer> => {
    const table = await comparison(
      warehouse,
      { ...view, specialisation: refused ? null : view.specialisation, month, running: running() },
      eyesOf(c),
    )
    return {
      ...view,
      month: monthText(month),
      running: month === running(),
      population_date: table.population_date,
      unit: figure.unit,
      digits: figure.digits,
      data_as_of: stamp(c, table),
      rows: table.regions.map((region, i) => rowOf(region, refused ? senseless : table.rows[i]!)),
      total: { ...splitColumns(refused ? senseless : table.total), cases: refused ? null : table.total.cases },
      weighted_average: splitColumns(refused ? senseless : table.weighted_average),
    }
  }

  const answerTrend = async (c: Context<ApiEnv>, { view, figure, refused }: Question, from: Month, to: Month): Promise<TrendAnswer> => {
    const values = await trend(warehouse, { ...view, specialisation: refused ? null : view.specialisation, from, to }, eyesOf(c))
    const split = (row: Columned['current'][]) =>
      refused ? { values: row.map(() => null), signs: row.map(() => 'x' as const) } : { values: row.map(numberOf), signs: row.map(signOf) }
    return {
      ...view,
      unit: figure.unit,
      digits: figure.digits,
      data_as_of: stamp(c, values),
      months: values.months,
      running_month: to === running() ? monthText(to) : null,
      rows: values.regions.map(({ id, ags, region, name }, i) => ({ region, id, ags, name, ...split(values.rows[i]!) })),
      total: split(values.total),
      weighted_average: split(values.weighted_average),
    }
  }

  const contextOf = async (c: Context<ApiEnv>, address: string): Promise<ReportContext> => ({
    directory: (await catalogue(warehouse)).directory,
    address,
    own_row: eyesOf(c).own_authority,
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
        const question = questionOf(c, asked)
        const month = asked.month ?? running()
        const answer = await answerComparison(c, question, month)
        return answerAs(c, answer, {
          name: `${answer.figure}_${answer.month}_${answer.area.toLowerCase()}`,
          columns: () => comparisonColumns(answer),
          report: async () => {
            const context = await contextOf(c, address(c, comparisonPage, { ...question.view, month: answer.month }))
            return comparisonReport(answer, await answerTrend(c, question, monthOfTrend(month), month), context)
          },
        })
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
        const question = questionOf(c, asked)
        const to = asked.to ?? running()
        const from = asked.from ?? monthOfTrend(to)
        const answer = await answerTrend(c, question, from, to)
        const period = { from: monthText(from), to: monthText(to) }
        return answerAs(c, answer, {
          name: `${answer.figure}_${period.from}_${period.to}_${answer.area.toLowerCase()}`,
          columns: () => trendColumns(answer),
          report: async () => trendReport(answer, await contextOf(c, address(c, '/api/trend', { ...question.view, ...period }))),
        })
      },
    )
}

/** Where the table is seen, as dashboards/route.ts has it. */
export const comparisonPage = '/basics/schnellauswertung/ueberoertliche-kennzahlen'

/** A trend begins with the year before. */
const monthOfTrend = (to: Month): Month => (yearOf(to) - 1) * 12

type Asked = { figure: string; service_kind?: string | undefined; specialisation?: string | undefined; area?: string | undefined }

const withDefaults = ({ figure, service_kind, specialisation, area }: Asked, ownState: string) => ({
  figure,
  service_kind: service_kind ?? null,
  specialisation: specialisation ?? null,
  area: area ?? ownState,
})

/** A figure that knows no specialisations makes no sense for one. */
const refusesSpecialisation = (bySpecialisation: boolean, specialisation: string | null): boolean =>
  !bySpecialisation && specialisation !== null

const senseless = { current: 'x', previous: 'x', year_average: 'x', previous_year_average: 'x', change: 'x', cases: null } as const

const rowOf = ({ id, ags, region, name }: Region, row: Columned & { cases: number | null }): ComparisonAnswer['rows'][number] => ({
  region,
  id,
  ags,
  name,
  ...splitColumns(row),
  cases: row.cases,
})

const splitColumns = (row: Columned) => ({
  current: numberOf(row.current),
  previous: numberOf(row.previous),
  year_average: numberOf(row.year_average),
  previous_year_average: numberOf(row.previous_year_average),
  change: numberOf(row.change),
  signs: signsOf(row),
})

const signsOf = (row: Columned): ComparisonAnswer['total']['signs'] => {
  const signs: ComparisonAnswer['total']['signs'] = {}
  for (const name of columnNames) {
    const value = row[name]
    if (typeof value !== 'number') signs[name] = value
  }
  return signs
}

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
