import { changeOf, periodBase, periodValue, summe, weightedAverage, weights, type Grid, type Value } from './comparison.ts'
import type { KeyFigure } from './key-figures.ts'
import { januaryOf, type Month } from './month.ts'
import type { Freshness } from './query.ts'
import { openView, readGrid, type Eyes, type Region, type ViewQuery } from './views.ts'
import type { Warehouse } from './warehouse.ts'

/** A month, a quarter or a year. */
export type Period = { first: Month; last: Month }

/**
 * What values are held against: the period before, the same one a year before, the year's months so far against the same of the year
 * before, the median of all authorities, or their population-weighted average.
 */
export type Against = 'previous' | 'previous_year' | 'year_to_date' | 'median' | 'average'

export type Held = { value: Value; reference: Value; change: Value }

export type FigureColumn = {
  figure: KeyFigure
  /** The months counted, without those that have not begun or, of flows, are not over; null where none is left. */
  counted: Period | null
  compared: Period | null
  /** `base`: of how many a ratio tells a share. `rank` among the open values, the largest first. */
  rows: (Held & { base: number | null; rank: number | null })[]
  total: Held
  weighted_average: Held
  /** Over the open values; `variation`: standard deviation by mean. */
  spread: { lowest: number; median: number; highest: number; variation: number | null; count: number } | null
}

export type SideBySide = Freshness & { regions: Region[]; columns: FigureColumn[] }

export type SideBySideQuery = Omit<ViewQuery, 'figure'> & { figures: string[]; period: Period; against: Against; running: Month }

/** Several key figures of a period beside each other, each with what it is held against. */
export const sideBySide = async (warehouse: Warehouse, query: SideBySideQuery, eyes: Eyes): Promise<SideBySide> => {
  const read = await Promise.all(
    query.figures.map(async (name) => {
      const view = await openView(warehouse, { ...query, figure: name })
      const { figure, regions } = view
      const { counted, compared } = monthsOf(figure, query)
      const first = Math.min(counted?.first ?? query.period.first, compared?.first ?? Infinity)
      const from = figure.compute.from === 'ratio' && figure.compute.cumulated ? januaryOf(first) : first
      const last = Math.max(from, counted?.last ?? query.period.first)
      const { grid, freshness } = await readGrid(warehouse, view, { first: from, months: last - from + 1, month: last }, eyes)
      return { regions, freshness, column: columnOf(grid, figure, query.against, { counted, compared }) }
    }),
  )
  const earliest = read.map(({ freshness }) => freshness).sort((a, b) => a.data_as_of.localeCompare(b.data_as_of))[0]!
  return { ...earliest, regions: read[0]!.regions, columns: read.map(({ column }) => column) }
}

type Months = { counted: Period | null; compared: Period | null }

/** Like is compared with like: of the other period as many months as of this one. */
const monthsOf = (figure: KeyFigure, { period, against, running }: SideBySideQuery): Months => {
  const last = Math.min(period.last, figure.flow ? running - 1 : running)
  const counted = against === 'year_to_date' ? { first: januaryOf(period.first), last } : { first: period.first, last }
  if (counted.last < counted.first) return { counted: null, compared: null }
  if (against === 'median' || against === 'average') return { counted, compared: null }
  const shift = against === 'previous' ? period.last - period.first + 1 : 12
  return { counted, compared: { first: counted.first - shift, last: counted.last - shift } }
}

const columnOf = (grid: Grid, figure: KeyFigure, against: Against, { counted, compared }: Months): FigureColumn => {
  const valueOf = (row: number, period: Period | null): Value => (period ? periodValue(grid, figure, row, period.first, period.last) : '…')
  const by = weights(grid, figure)
  const averageOf = (values: Value[]): Value =>
    weightedAverage(
      values.map((value) => ({ value })),
      'value',
      by,
    )
  const values = grid.numerator.map((_, row) => valueOf(row, counted))
  const average = averageOf(values)
  const spread = spreadOf(values)
  const among: Value = against === 'median' ? (spread?.median ?? '…') : average
  const before = compared ? grid.numerator.map((_, row) => valueOf(row, compared)) : values.map(() => among)
  const held = (value: Value, reference: Value): Held => ({ value, reference, change: changeOf(value, reference) })
  const open = values.filter((value) => typeof value === 'number')
  return {
    figure,
    counted,
    compared,
    rows: values.map((value, row) => ({
      ...held(value, before[row]!),
      base: counted ? periodBase(grid, figure, row, counted.first, counted.last) : null,
      rank: typeof value === 'number' ? 1 + open.filter((other) => other > value).length : null,
    })),
    // a sum of all is not held against one of them
    total: held(valueOf(summe, counted), compared ? valueOf(summe, compared) : adds(figure) ? 'x' : among),
    weighted_average: held(average, compared ? averageOf(before) : among),
    spread,
  }
}

const adds = ({ compute }: KeyFigure): boolean => compute.from === 'sum'

const spreadOf = (values: Value[]): FigureColumn['spread'] => {
  const open = values.filter((value) => typeof value === 'number').sort((a, b) => a - b)
  const count = open.length
  if (count === 0) return null
  const mean = open.reduce((sum, value) => sum + value, 0) / count
  const deviation = Math.sqrt(open.reduce((sum, value) => sum + (value - mean) ** 2, 0) / count)
  return {
    lowest: open[0]!,
    median: (open[(count - 1) >> 1]! + open[count >> 1]!) / 2,
    highest: open.at(-1)!,
    variation: mean === 0 ? null : deviation / mean,
    count,
  }
}
