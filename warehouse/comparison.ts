import type { Suppression } from './suppression.ts'
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
  /** Read from the histogram over all rows where the figure is an order statistic: value and number per month; null for some rows of an area. */
  total_statistic: { value: ArrayLike<number>; n: ArrayLike<number> } | null
  /** For order statistics the number of values: none means no value. */
  n: ArrayLike<number>[] | null
  /** Inhabitants and inhabitants under 21 per row; NaN where unknown. */
  population: { total: number[]; under_21: number[] }
  suppression: Suppression
}

export type Columns = { current: Value; previous: Value; year_average: Value; previous_year_average: Value; change: Value }

/** Some rows of a grid; what of their Summe is hidden is known from elsewhere. */
export const someRows = (grid: Grid, rows: number[], total_hidden: ArrayLike<number>): Grid => {
  const ofRows = <Item>(items: Item[]): Item[] => rows.map((row) => items[row]!)
  return {
    ...grid,
    data_from: ofRows(grid.data_from),
    numerator: ofRows(grid.numerator),
    denominator: grid.denominator && ofRows(grid.denominator),
    total_statistic: null,
    n: grid.n && ofRows(grid.n),
    population: { total: ofRows(grid.population.total), under_21: ofRows(grid.population.under_21) },
    suppression: { hidden: ofRows(grid.suppression.hidden), total_hidden },
  }
}

/**
 * The rows of a comparison group. Their Summe is no cell of the protected lattice: it is shown only where every row is, so that it tells
 * nothing that the rows do not, and order statistics over all their bookings, which the rows do not tell, are not there (x).
 */
export const groupRows = (grid: Grid, rows: number[]): Grid => {
  const anyHidden = Uint8Array.from({ length: grid.months }, (_, at) => (rows.some((row) => grid.suppression.hidden[row]![at]) ? 1 : 0))
  return someRows(grid, rows, anyHidden)
}

/** The five columns of the table, of every row, of Summe and of the population-weighted average (domain.md 3). */
export const compare = (
  grid: Grid,
  figure: KeyFigure,
  month: Month,
  running: Month,
): { rows: Columns[]; total: Columns; weighted_average: Columns } => {
  const rows = grid.numerator.map((_, row) => columnsOf(grid, figure, row, month, running))
  const total = columnsOf(grid, figure, summe, month, running)
  const by = weights(grid, figure)
  const year_average = weightedAverage(rows, 'year_average', by)
  const previous_year_average = weightedAverage(rows, 'previous_year_average', by)
  const weighted_average = {
    current: weightedAverage(rows, 'current', by),
    previous: weightedAverage(rows, 'previous', by),
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
  const rows = grid.numerator.map((_, row) => months.map((month) => valueAt(grid, figure, row, month)))
  const by = weights(grid, figure)
  return {
    rows,
    total: months.map((month) => valueAt(grid, figure, summe, month)),
    weighted_average: months.map((_, i) => weightedAverage(rows, i, by)),
  }
}

export const weights = (grid: Grid, figure: KeyFigure): number[] =>
  figure.compute.from === 'density' ? grid.population.under_21 : grid.population.total

/** In place of a row's number: thousands of values make a table, and making functions for each costs more than computing it. */
export const summe = -1

const columnsOf = (grid: Grid, figure: KeyFigure, row: number, month: Month, running: Month): Columns => {
  const year_average = meanOf(grid, figure, row, januaryOf(month), month, running)
  const previous_year_average = meanOf(grid, figure, row, januaryOf(month) - 12, januaryOf(month) - 1, running)
  return {
    current: valueAt(grid, figure, row, month),
    previous: valueAt(grid, figure, row, month - 1),
    year_average,
    previous_year_average,
    change: changeOf(year_average, previous_year_average),
  }
}

/** A row's value of one month, or that of the Summe. */
const valueAt = (grid: Grid, figure: KeyFigure, row: number, month: Month): Value => {
  if (row === summe) return totalAt(grid, figure, month)
  const begins = beginOf(grid, row)
  if (month < begins) return '…'
  const hidden = grid.suppression.hidden[row]!
  for (let m = Math.max(begins, firstBehind(figure, month)); m <= month; m += 1) if (hidden[m - grid.first]) return '.'
  if (figure.compute.from === 'statistic') {
    const at = month - grid.first
    return grid.n![row]![at]! > 0 ? grid.numerator[row]![at]! : '–'
  }
  // most values of a table are such, and need no parts
  if (figure.compute.from === 'sum') return grid.numerator[row]![month - grid.first]! / (figure.compute.divided_by ?? 1)
  return quotientOf(grid, figure, row, row, month)
}

const totalAt = (grid: Grid, figure: KeyFigure, month: Month): Value => {
  if (!grid.data_from.some((from) => from !== null && from <= month)) return '…'
  const { total_hidden } = grid.suppression
  for (let m = firstBehind(figure, month); m <= month; m += 1) if (total_hidden[m - grid.first]) return '.'
  if (figure.compute.from === 'statistic') {
    if (!grid.total_statistic) return 'x'
    const at = month - grid.first
    return grid.total_statistic.n[at]! > 0 ? grid.total_statistic.value[at]! : '–'
  }
  return quotientOf(grid, figure, 0, grid.numerator.length - 1, month)
}

const quotientOf = (grid: Grid, figure: KeyFigure, firstRow: number, lastRow: number, month: Month): Value => {
  const parts = partsOf(grid, figure, firstRow, lastRow, month)
  return figure.compute.from === 'sum' ? parts.numerator / (figure.compute.divided_by ?? 1) : quotient(figure, parts)
}

export type Parts = { numerator: number; denominator: number }

const quotient = ({ compute }: KeyFigure, { numerator, denominator }: Parts): Value => {
  if (!(denominator > 0)) return '–'
  return compute.from === 'density' ? (numerator * 10_000) / denominator : numerator / denominator
}

/** Numerator and denominator of a row's open value of one month, or of that of the Summe; null for what is no quotient, or not shown. */
export const partsOfValue = (grid: Grid, figure: KeyFigure, row: number, month: Month): Parts | null => {
  const { compute } = figure
  if ((compute.from !== 'ratio' && compute.from !== 'density') || typeof valueAt(grid, figure, row, month) !== 'number') return null
  return row === summe ? partsOf(grid, figure, 0, grid.numerator.length - 1, month) : partsOf(grid, figure, row, row, month)
}

/** Sums over the rows that take part in the month, and from each only what is complete. */
const partsOf = (grid: Grid, figure: KeyFigure, firstRow: number, lastRow: number, month: Month): Parts => {
  const { compute } = figure
  const at = month - grid.first
  let numerator = 0
  let denominator = 0
  for (let row = firstRow; row <= lastRow; row += 1) {
    const begins = beginOf(grid, row)
    if (month < begins) continue
    for (let m = Math.max(begins, firstBehind(figure, month)); m <= month; m += 1) numerator += grid.numerator[row]![m - grid.first]!
    if (compute.from === 'ratio') denominator += grid.denominator![row]![at]!
    if (compute.from === 'density') denominator += grid.population.under_21[row]!
  }
  return { numerator, denominator }
}

/**
 * A row's value of several months, or that of the Summe: of flows the sum, of ratios numerators by denominators, of what cumulates the
 * last month, of all else the monthly mean. Secret as soon as one of the months is.
 */
export const periodValue = (grid: Grid, figure: KeyFigure, row: number, from: Month, to: Month): Value => {
  const { compute } = figure
  if (to < from) return '…'
  if (compute.from === 'ratio' && compute.cumulated) return valueAt(grid, figure, row, to)
  const adds = compute.from === 'ratio' || (compute.from === 'sum' && figure.flow)
  if (!adds) return meanOf(grid, figure, row, from, to, Infinity)
  const parts = periodParts(grid, figure, row, from, to)
  if (typeof parts === 'string') return parts
  return compute.from === 'sum' ? parts.numerator : quotient(figure, parts)
}

/**
 * A value of several service kinds together, which the lattice has no cell for: amounts are added, ratios are numerators by denominators,
 * order statistics make no sense. Secret as soon as one of them is.
 */
export const jointValue = (grids: Grid[], figure: KeyFigure, row: number, from: Month, to: Month): Value => {
  if (grids.length === 1) return periodValue(grids[0]!, figure, row, from, to)
  const { compute } = figure
  if (compute.from === 'statistic') return 'x'
  if (to < from) return '…'
  if (compute.from === 'ratio') {
    const parts = grids.map((grid) => periodParts(grid, figure, row, compute.cumulated ? to : from, to))
    for (const sign of ['.', '…'] as const) if (parts.includes(sign)) return sign
    const sums = (parts as Parts[]).reduce((sum, part) => ({
      numerator: sum.numerator + part.numerator,
      denominator: sum.denominator + part.denominator,
    }))
    return quotient(figure, sums)
  }
  const values = grids.map((grid) => periodValue(grid, figure, row, from, to))
  return values.reduce((sum, value) => {
    for (const sign of ['.', '…', '–'] as const) if (sum === sign || value === sign) return sign
    return (sum as number) + (value as number)
  })
}

/**
 * How many stand behind a row's value of several months: of a ratio those it tells a share of, of a density the monthly mean of those
 * counted. null for all else, and for what is not shown.
 */
export const periodBase = (grid: Grid, figure: KeyFigure, row: number, from: Month, to: Month): number | null => {
  if (figure.compute.from === 'density') {
    const value = periodValue(grid, figure, row, from, to)
    return typeof value === 'number' ? (value * grid.population.under_21[row]!) / 10_000 : null
  }
  if (figure.compute.from !== 'ratio' || figure.compute.cumulated || to < from) return null
  const parts = periodParts(grid, figure, row, from, to)
  return typeof parts === 'string' ? null : parts.denominator
}

const periodParts = (grid: Grid, figure: KeyFigure, row: number, from: Month, to: Month): Parts | '.' | '…' => {
  const parts = { numerator: 0, denominator: 0 }
  for (let month = from; month <= to; month += 1) {
    const value = valueAt(grid, figure, row, month)
    // what is not complete is no sum
    if (value === '.' || value === '…') return value
    const [first, last] = row === summe ? [0, grid.numerator.length - 1] : [row, row]
    const { numerator, denominator } = partsOf(grid, figure, first, last, month)
    parts.numerator += numerator
    parts.denominator += denominator
  }
  return parts
}

const beginOf = (grid: Grid, row: number): Month => grid.data_from[row] ?? Infinity

/** The first of the months that enter the value of one month: itself, or January where the figure cumulates. */
const firstBehind = ({ compute }: KeyFigure, month: Month): Month =>
  compute.from === 'ratio' && compute.cumulated ? januaryOf(month) : month

/** Mean of the monthly values that exist; secret as soon as one of them is. */
const meanOf = (grid: Grid, figure: KeyFigure, row: number, from: Month, to: Month, running: Month): Value => {
  let sum = 0
  let n = 0
  let nothing = false
  for (let month = from; month <= to; month += 1) {
    if (figure.flow && month >= running) continue
    const monthly = valueAt(grid, figure, row, month)
    if (monthly === '.' || monthly === 'x') return monthly
    if (monthly === '–') nothing = true
    if (typeof monthly === 'number') {
      sum += monthly
      n += 1
    }
  }
  return n > 0 ? sum / n : nothing ? '–' : '…'
}

/** The quotient of two values less one; signs of either go before. */
export const changeOf = (average: Value, before: Value): Value => {
  for (const sign of ['.', '…', '–'] as const) if (average === sign || before === sign) return sign
  if (typeof average !== 'number' || typeof before !== 'number' || before === 0) return 'x'
  return average / before - 1
}

/** How a value has changed: quotients by percentage points, everything else by its part. */
export const changeSince = ({ unit }: KeyFigure, value: Value, before: Value): Value =>
  unit === 'ratio' && typeof value === 'number' && typeof before === 'number' ? value - before : changeOf(value, before)

/** Over the rows that show a value in the column. */
export const weightedAverage = <Column extends string | number>(rows: Record<Column, Value>[], column: Column, by: number[]): Value => {
  let sum = 0
  let weight = 0
  rows.forEach((row, i) => {
    const value = row[column]
    if (typeof value !== 'number' || !(by[i]! > 0)) return
    sum += value * by[i]!
    weight += by[i]!
  })
  if (weight > 0) return sum / weight
  for (const sign of ['.', '–', 'x'] as const) if (rows.some((row) => row[column] === sign)) return sign
  return '…'
}

/** The months to read for values from `from` to `to`: a figure that cumulates needs its first year from January on. */
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
