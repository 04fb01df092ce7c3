import { changeOf, periodBase, periodValue, summe, weightedAverage, weights, type Grid, type Value } from './comparison.ts'
import { directoryOf } from './directory.ts'
import type { KeyFigure } from './key-figures.ts'
import { januaryOf, type Month } from './month.ts'
import type { Freshness } from './query.ts'
import { openView, readGrid, UnknownFilter, type Eyes, type Region, type ViewQuery } from './views.ts'
import type { Warehouse } from './warehouse.ts'

/** A month, a quarter or a year. */
export type Period = { first: Month; last: Month }

/**
 * What values are held against: the period before, the same one a year before, the year's months so far against the same of the year
 * before, the median of all authorities, their population-weighted average, or those of a comparison group.
 */
export type Against = 'previous' | 'previous_year' | 'year_to_date' | 'median' | 'average' | 'group_median' | 'group_average'

export type Held = { value: Value; reference: Value; change: Value }

export type FigureColumn = {
  figure: KeyFigure
  /** The months counted, without those that have not begun or, of flows, are not over; null where none is left. */
  counted: Period | null
  compared: Period | null
  /** `base`: how many stand behind a ratio or density (`periodBase`). `rank` among the open values, the largest first. */
  rows: (Held & { base: number | null; rank: number | null })[]
  total: Held
  weighted_average: Held
  /** Over the open values; `variation`: standard deviation by mean. */
  spread: { lowest: number; median: number; highest: number; variation: number | null; count: number } | null
}

export type SideBySide = Freshness & { regions: Region[]; columns: FigureColumn[] }

export type SideBySideQuery = Omit<ViewQuery, 'figure'> & {
  figures: string[]
  period: Period
  against: Against
  /** The comparison group whose median or average is meant. */
  group?: string | null
  running: Month
}

/** Several key figures of a period beside each other, each with what it is held against. */
export const sideBySide = async (warehouse: Warehouse, query: SideBySideQuery, eyes: Eyes): Promise<SideBySide> => {
  const read = await Promise.all(
    query.figures.map(async (name) => {
      const view = await openView(warehouse, { ...query, figure: name })
      const { figure } = view
      const { counted, compared } = monthsOf(figure, query)
      const first = Math.min(counted?.first ?? query.period.first, compared?.first ?? Infinity)
      const from = figure.compute.from === 'ratio' && figure.compute.cumulated ? januaryOf(first) : first
      const last = Math.max(from, counted?.last ?? query.period.first)
      const span = { first: from, months: last - from + 1, month: last }
      const { grid, regions, freshness } = await readGrid(warehouse, view, span, eyes)
      const others = ofGroup(query) ? await readGrid(warehouse, await openGroup(warehouse, query, name), span, eyes) : undefined
      const column = columnOf(grid, figure, { against: query.against, counted, compared, others: others?.grid ?? grid })
      return { regions, freshness: [freshness, ...(others ? [others.freshness] : [])], column }
    }),
  )
  const earliest = read.flatMap(({ freshness }) => freshness).sort((a, b) => a.data_as_of.localeCompare(b.data_as_of))[0]!
  return { ...earliest, regions: read[0]!.regions, columns: read.map(({ column }) => column) }
}

const ofGroup = ({ against }: SideBySideQuery): boolean => against === 'group_median' || against === 'group_average'

const openGroup = async (warehouse: Warehouse, { service_kind, specialisation, group }: SideBySideQuery, figure: string) => {
  const { groups } = await directoryOf(warehouse)
  // the median of a single authority would be its own value
  if (!groups.some(({ code, members }) => code === group && members.size > 1)) throw new UnknownFilter('group')
  return openView(warehouse, { figure, service_kind, specialisation, area: group! })
}

type Months = { counted: Period | null; compared: Period | null }

/** How long before a period lies what it is compared with. */
export const monthsBefore = ({ first, last }: Period, against: Against): number => (against === 'previous' ? last - first + 1 : 12)

/** Like is compared with like: of the other period as many months as of this one. */
export const monthsOf = (
  figure: KeyFigure,
  { period, against, running }: Pick<SideBySideQuery, 'period' | 'against' | 'running'>,
): Months => {
  const last = Math.min(period.last, figure.flow ? running - 1 : running)
  const counted = against === 'year_to_date' ? { first: januaryOf(period.first), last } : { first: period.first, last }
  if (counted.last < counted.first) return { counted: null, compared: null }
  if (against !== 'previous' && against !== 'previous_year' && against !== 'year_to_date') return { counted, compared: null }
  const shift = monthsBefore(period, against)
  return { counted, compared: { first: counted.first - shift, last: counted.last - shift } }
}

/** `others`: whose median or average the values are held against, where they are. */
type Compared = Months & { against: Against; others: Grid }

const columnOf = (grid: Grid, figure: KeyFigure, { against, counted, compared, others }: Compared): FigureColumn => {
  const valuesOf = (of: Grid, period: Period | null): Value[] => of.numerator.map((_, row) => valueIn(of, figure, row, period))
  const averageOf = (of: Grid, values: Value[]): Value =>
    weightedAverage(
      values.map((value) => ({ value })),
      'value',
      weights(of, figure),
    )
  const values = valuesOf(grid, counted)
  const average = averageOf(grid, values)
  const theirs = others === grid ? values : valuesOf(others, counted)
  const byMedian = against === 'median' || against === 'group_median'
  const among: Value = byMedian ? (spreadOf(theirs)?.median ?? averageOf(others, theirs)) : averageOf(others, theirs)
  const before = compared ? valuesOf(grid, compared) : values.map(() => among)
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
    total: held(valueIn(grid, figure, summe, counted), compared ? valueIn(grid, figure, summe, compared) : adds(figure) ? 'x' : among),
    weighted_average: held(average, compared ? averageOf(grid, before) : among),
    spread: spreadOf(values),
  }
}

const valueIn = (grid: Grid, figure: KeyFigure, row: number, period: Period | null): Value =>
  period ? periodValue(grid, figure, row, period.first, period.last) : '…'

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
