import type { Parts } from '../warehouse/comparison.ts'
import { distribution, type Curve } from '../warehouse/distribution.ts'
import { keyFigureByName, type KeyFigure } from '../warehouse/key-figures.ts'
import { monthText, type Month } from '../warehouse/month.ts'
import type { Freshness } from '../warehouse/query.ts'
import { comparison, comparisonWithTrend, trend, type Comparison, type Eyes, type Region, type Trend } from '../warehouse/views.ts'
import type { ComparisonAnswer, DistributionAnswer, TrendAnswer } from './answers.ts'
import type { Source } from './moment.ts'
import { columnNames } from './report/comparison.ts'
import { computeOnce } from './compute-once.ts'
import { isMedianOfRates, medianInterval } from './uncertainty.ts'
import { numberOf, signOf } from './view.ts'

export type Asked = { figure: string; service_kind?: string | undefined; specialisation?: string | undefined; area?: string | undefined }
type View = { figure: string; service_kind: string | null; specialisation: string | null; area: string }
/** `refused`: the figure knows no specialisations and makes no sense for one. */
export type Question = { view: View; figure: KeyFigure; refused: boolean }

export const questionOf = ({ figure: name, service_kind, specialisation, area }: Asked, ownState: string): Question => {
  const figure = keyFigureByName.get(name)!
  const view = { figure: name, service_kind: service_kind ?? null, specialisation: specialisation ?? null, area: area ?? ownState }
  return { view, figure, refused: !figure.by_specialisation && view.specialisation !== null }
}

const toRead = ({ view, refused }: Question): View => (refused ? { ...view, specialisation: null } : view)

/** The table as of what was read; `freshness` tells when that was. */
export const comparisonOf = async (
  source: Source,
  question: Question,
  month: Month,
  eyes: Eyes,
): Promise<{ answer: Unstamped<ComparisonAnswer>; freshness: Freshness }> => {
  const { open, running } = source
  const table = await computeOnce(comparison, await open(), { ...toRead(question), month, running }, eyes)
  return { freshness: table, answer: tableAnswer(table, source, question, month) }
}

/** The monthly values as of what was read. */
export const trendOf = async (
  source: Source,
  question: Question,
  { from, to }: { from: Month; to: Month },
  eyes: Eyes,
): Promise<{ answer: Unstamped<TrendAnswer>; freshness: Freshness }> => {
  const values = await computeOnce(trend, await source.open(), { ...toRead(question), from, to }, eyes)
  return { freshness: values, answer: monthsAnswer(values, source, question, to) }
}

/** The table and the months behind it, of one moment. */
export const comparisonWithTrendOf = async (source: Source, question: Question, month: Month, eyes: Eyes) => {
  const { open, running } = source
  const read = await computeOnce(comparisonWithTrend, await open(), { ...toRead(question), month, running }, eyes)
  return {
    freshness: read.comparison,
    comparison: tableAnswer(read.comparison, source, question, month),
    trend: monthsAnswer(read.trend, source, question, month),
  }
}

/** How the rates of a month lie. */
export const distributionOf = async (
  source: Source,
  { view, figure }: Question,
  month: Month,
  eyes: Eyes,
): Promise<{ answer: Unstamped<DistributionAnswer>; freshness: Freshness }> => {
  const { regions, rows, total, ...freshness } = await computeOnce(distribution, await source.open(), { ...view, month }, eyes)
  const answer = {
    ...view,
    as_of: source.as_of,
    unit: figure.unit,
    digits: figure.digits,
    month: monthText(month),
    running: month === source.running,
    rows: regions.map(({ region, id, ags, name }, i) => ({ region, id, ags, name, ...curveOf(figure, rows[i]!) })),
    total: curveOf(figure, total),
  }
  return { freshness, answer }
}

const curveOf = (figure: KeyFigure, curve: Curve): DistributionAnswer['total'] => ({
  ...(typeof curve === 'string' ? { values: [], sign: curve, cases: null } : { ...curve, sign: null }),
  median_interval: isMedianOfRates(figure) ? medianInterval(curve) : null,
})

type Unstamped<Answer> = Omit<Answer, 'data_as_of'>

const tableAnswer = (
  table: Comparison,
  { running, as_of }: Source,
  { view, figure, refused }: Question,
  month: Month,
): Unstamped<ComparisonAnswer> => ({
  ...view,
  as_of,
  month: monthText(month),
  running: month === running,
  population_date: table.population_date,
  unit: figure.unit,
  digits: figure.digits,
  rows: table.regions.map((region, i) => rowOf(region, refused ? senseless : table.rows[i]!)),
  total: totalOf(refused ? senseless : table.total),
  weighted_average: splitColumns(refused ? senseless : table.weighted_average),
})

const monthsAnswer = (
  values: Trend,
  { running, as_of }: Source,
  { view, figure, refused }: Question,
  to: Month,
): Unstamped<TrendAnswer> => {
  const split = (row: Columned['current'][]) =>
    refused ? { values: row.map(() => null), signs: row.map(() => 'x' as const) } : { values: row.map(numberOf), signs: row.map(signOf) }
  return {
    ...view,
    as_of,
    unit: figure.unit,
    digits: figure.digits,
    months: values.months,
    running_month: to === running ? monthText(to) : null,
    rows: values.regions.map(({ id, ags, region, name }, i) => ({ region, id, ags, name, ...split(values.rows[i]!) })),
    total: split(values.total),
    weighted_average: split(values.weighted_average),
  }
}

type Columned = Record<(typeof columnNames)[number], number | '.' | '–' | 'x' | '…'>

type Counted = Columned & { cases: number | null; parts: Parts | null }

const senseless = {
  current: 'x',
  previous: 'x',
  year_average: 'x',
  previous_year_average: 'x',
  change: 'x',
  cases: null,
  parts: null,
} as const

// hundreds of rows make a table: each is copied once
const rowOf = ({ id, ags, region, name }: Region, row: Counted): ComparisonAnswer['rows'][number] => ({
  region,
  id,
  ags,
  name,
  ...splitColumns(row),
  cases: row.cases,
  parts: row.parts,
})

const totalOf = (row: Counted): ComparisonAnswer['total'] => ({ ...splitColumns(row), cases: row.cases, parts: row.parts })

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
