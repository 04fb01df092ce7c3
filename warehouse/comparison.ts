import type { Suppression } from './disclosure.ts'
import type { KeyFigure } from './key-figures.ts'
import { januaryOf, yearOf, type Month } from './month.ts'

/** "." secret, "–" nothing there, "x" makes no sense, "…" comes later. */
export type Sign = '.' | '–' | 'x' | '…'

/** A number, or the sign that stands in its place. */
export type Value = number | Sign

/** What is behind the rows of a view in consecutive months from `first` on. Arrays are [row][month]. */
export type Grid = {
  first: Month
  months: number
  /** Month of the row's first data; null: takes no part yet. */
  data_from: (Month | null)[]
  numerator: ArrayLike<number>[]
  denominator: ArrayLike<number>[] | null
  /** Read from the histogram over all rows where the figure is an order statistic: value and number per month. */
  total_statistic: { value: ArrayLike<number>; n: ArrayLike<number> } | null
  /** For order statistics the number of values: none means no value. */
  n: ArrayLike<number>[] | null
  /** Inhabitants and inhabitants under 21 per row; NaN where unknown. */
  population: { total: number[]; under_21: number[] }
  suppression: Suppression
}

export type Columns = { current: Value; previous: Value; year_average: Value; previous_year_average: Value; change: Value }

type MonthlyValue = (month: Month) => Value

/** The five columns of the table, of every row, of Summe and of the population-weighted average (domain.md 3). */
export const compare = (
  grid: Grid,
  figure: KeyFigure,
  month: Month,
  running: Month,
): { rows: Columns[]; total: Columns; weighted_average: Columns } => {
  const columnsOf = (value: MonthlyValue): Columns => {
    const average = meanOf(value, figure, januaryOf(month), month, running)
    const before = meanOf(value, figure, januaryOf(month) - 12, januaryOf(month) - 1, running)
    return {
      current: value(month),
      previous: value(month - 1),
      year_average: average,
      previous_year_average: before,
      change: changeOf(average, before),
    }
  }
  const rows = grid.numerator.map((_, row) => columnsOf(rowValue(grid, figure, row)))
  const total = columnsOf(totalValue(grid, figure))
  const weighted = (column: keyof Columns): Value =>
    weightedAverage(
      rows.map((row) => row[column]),
      weights(grid, figure),
    )
  const year_average = weighted('year_average')
  const previous_year_average = weighted('previous_year_average')
  const weighted_average = {
    current: weighted('current'),
    previous: weighted('previous'),
    year_average,
    previous_year_average,
    change: changeOf(year_average, previous_year_average),
  }
  return { rows, total, weighted_average }
}

/** The monthly values from `from` to `to`, of every row, of Summe and of the population-weighted average. */
export const trendOf = (
  grid: Grid,
  figure: KeyFigure,
  from: Month,
  to: Month,
): { rows: Value[][]; total: Value[]; weighted_average: Value[] } => {
  const months = Array.from({ length: to - from + 1 }, (_, i) => from + i)
  const rows = grid.numerator.map((_, row) => months.map(rowValue(grid, figure, row)))
  return {
    rows,
    total: months.map(totalValue(grid, figure)),
    weighted_average: months.map((_, i) =>
      weightedAverage(
        rows.map((values) => values[i]!),
        weights(grid, figure),
      ),
    ),
  }
}

const weights = (grid: Grid, figure: KeyFigure): number[] =>
  figure.compute.from === 'density' ? grid.population.under_21 : grid.population.total

const rowValue = (grid: Grid, figure: KeyFigure, row: number): MonthlyValue => {
  const begins = grid.data_from[row] ?? Infinity
  return (month) => {
    if (month < begins) return '…'
    const hidden = grid.suppression.hidden[row]!
    for (let m = Math.max(begins, firstBehind(figure, month)); m <= month; m += 1) if (hidden[m - grid.first]) return '.'
    return valueOf(grid, figure, month, [row], begins)
  }
}

const totalValue = (grid: Grid, figure: KeyFigure): MonthlyValue => {
  const all = grid.numerator.map((_, row) => row)
  return (month) => {
    const rows = all.filter((row) => month >= (grid.data_from[row] ?? Infinity))
    if (rows.length === 0) return '…'
    for (let m = firstBehind(figure, month); m <= month; m += 1) if (grid.suppression.total_hidden[m - grid.first]) return '.'
    if (grid.total_statistic)
      return statisticValue(grid.total_statistic.value[month - grid.first]!, grid.total_statistic.n[month - grid.first]!)
    return valueOf(grid, figure, month, rows, -Infinity)
  }
}

/** The first of the months that enter the value of one month: itself, or January where the figure cumulates. */
const firstBehind = ({ compute }: KeyFigure, month: Month): Month =>
  compute.from === 'ratio' && compute.cumulated ? januaryOf(month) : month

const valueOf = (grid: Grid, figure: KeyFigure, month: Month, rows: number[], begins: Month): Value => {
  const { compute } = figure
  const at = month - grid.first
  const sum = (values: ArrayLike<number>[], index: number): number => rows.reduce((sum, row) => sum + values[row]![index]!, 0)
  if (compute.from === 'statistic') return statisticValue(sum(grid.numerator, at), sum(grid.n!, at))
  if (compute.from === 'sum') return sum(grid.numerator, at) / (compute.divided_by ?? 1)
  if (compute.from === 'density') {
    const inhabitants = rows.reduce((sum, row) => sum + grid.population.under_21[row]!, 0)
    return inhabitants > 0 ? (sum(grid.numerator, at) * 10_000) / inhabitants : '–'
  }
  let numerator = 0
  for (let m = Math.max(begins, firstBehind(figure, month)); m <= month; m += 1) numerator += sum(grid.numerator, m - grid.first)
  const denominator = sum(grid.denominator!, at)
  return denominator > 0 ? numerator / denominator : '–'
}

const statisticValue = (value: number, n: number): Value => (n > 0 ? value : '–')

/** Mean of the monthly values that exist; secret as soon as one of them is. */
const meanOf = (value: MonthlyValue, figure: KeyFigure, from: Month, to: Month, running: Month): Value => {
  let sum = 0
  let n = 0
  let nothing = false
  for (let month = from; month <= to; month += 1) {
    if (figure.flow && month >= running) continue
    const monthly = value(month)
    if (monthly === '.') return '.'
    if (monthly === '–') nothing = true
    if (typeof monthly === 'number') {
      sum += monthly
      n += 1
    }
  }
  return n > 0 ? sum / n : nothing ? '–' : '…'
}

const changeOf = (average: Value, before: Value): Value => {
  for (const sign of ['.', '…', '–'] as const) if (average === sign || before === sign) return sign
  if (typeof average !== 'number' || typeof before !== 'number' || before === 0) return 'x'
  return average / before - 1
}

const weightedAverage = (values: Value[], weights: number[]): Value => {
  let sum = 0
  let weight = 0
  values.forEach((value, row) => {
    if (typeof value !== 'number' || !(weights[row]! > 0)) return
    sum += value * weights[row]!
    weight += weights[row]!
  })
  if (weight > 0) return sum / weight
  for (const sign of ['.', '–', 'x'] as const) if (values.includes(sign)) return sign
  return '…'
}

/** The months a view must read: from January of the year before the first one on. */
export const monthsToRead = (figure: KeyFigure, from: Month, to: Month): { first: Month; months: number } => {
  const first = figure.compute.from === 'ratio' && figure.compute.cumulated ? januaryOf(from) : from
  return { first, months: to - first + 1 }
}

/** The date of the population a view weights by: 31 December of the year before the month, else the latest earlier one. */
export const populationDate = (month: Month, dates: string[]): string | null =>
  dates
    .filter((date) => date <= `${yearOf(month) - 1}-12-31`)
    .sort()
    .at(-1) ?? null
