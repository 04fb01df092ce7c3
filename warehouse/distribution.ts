import type { Sign } from './comparison.ts'
import { parameterOn } from './directory.ts'
import type { KeyFigure } from './key-figures.ts'
import { firstDay, type Month } from './month.ts'
import { readHistograms, type Freshness, type Histogram } from './query.ts'
import { readSuppressed } from './suppression.ts'
import { openView, UnknownFilter, wantedOf, type Eyes, type Region, type ViewQuery } from './views.ts'
import type { Warehouse } from './warehouse.ts'

/** Rates at equal shares of the bookings, from the lowest (none cheaper) to the highest; or the sign in their place. */
export type Curve = { values: number[]; cases: number | null } | Sign

export type Distribution = Freshness & { figure: KeyFigure; regions: Region[]; rows: Curve[]; total: Curve }

/** Whether all that a figure's values are picked from may be told as a curve: rates of bookings and of offers. */
export const isDistributed = ({ compute }: KeyFigure): boolean => compute.from === 'statistic' && compute.per_unit

/** Twentieths, tenths, quarters, halves. A curve of halves is minimum, median and maximum, which are key figures of their own. */
const stepCounts = [20, 10, 4, 2]

/**
 * In how many steps a curve is told, so that no rate of a single child can be read off it: as finely as every step still rests on the
 * threshold's number of cases, in whatever step the cases with several bookings have them.
 */
export const stepsFor = (bookings: number, cases: number, threshold: number): number =>
  stepCounts.find((steps) => Math.floor(bookings / steps) - (bookings - cases) >= threshold) ?? stepCounts.at(-1)!

/** The values at equal shares of a histogram, exact by the rule of the median: between two values, their mean. */
export const quantilesOf = (histogram: Histogram, steps: number): number[] => {
  const sorted = histogram.toSorted((a, b) => a.value - b.value)
  const n = sorted.reduce((sum, { count }) => sum + count, 0)
  const quantiles: number[] = []
  let at = 0
  let upto = sorted[0]?.count ?? 0
  for (let step = 0; step <= steps; step += 1) {
    while (upto * steps < n * step) upto += sorted[++at]!.count
    const next = upto * steps === n * step && at + 1 < sorted.length ? at + 1 : at
    quantiles.push((sorted[at]!.value + sorted[next]!.value) / 2)
  }
  return quantiles
}

/**
 * How the rates behind minimum, median and maximum of a month lie. A curve is shown where these are open, decided together with them,
 * and in steps that rest on enough cases (`stepsFor`); the Summe's rest on enough cases that are not the reader's own. The own open row,
 * and rates that tell nothing about persons, are shown as finely as they are.
 */
export const distribution = async (warehouse: Warehouse, query: ViewQuery & { month: Month }, eyes: Eyes): Promise<Distribution> => {
  const view = await openView(warehouse, query)
  const { figure, directory, regions, data_from } = view
  if (!isDistributed(figure)) throw new UnknownFilter('figure')
  const wanted = wantedOf(view, [view.kind], eyes)
  const [behindIt] = wanted.measures
  const { cells, facts, suppressions } = await readSuppressed(warehouse, wanted, { first: query.month, months: 1 }, (connection) =>
    readHistograms(connection, view, query.month),
  )
  const { histograms, freshness } = facts
  const suppression = suppressions[0]!
  const threshold = parameterOn(directory, 'disclosure_threshold', firstDay(query.month))
  const behind = behindIt === undefined ? undefined : cells.get(view.kind)!.get(behindIt)
  const casesOf = (row: number): number => behind!.cases[row]![0]!
  const begun = (row: number): boolean => (data_from[row] ?? Infinity) <= query.month
  const ownRow = regions.findIndex(({ id }) => id === wanted.own)

  const rowCurve = (row: number): Curve => {
    if (!begun(row)) return '…'
    if (suppression.hidden[row]![0]) return '.'
    const histogram = histograms[row]!
    const bookings = countOf(histogram)
    if (bookings === 0) return '–'
    const open = behind === undefined || row === ownRow
    const steps = open ? stepsFor(bookings, bookings, 1) : stepsFor(bookings, casesOf(row), threshold)
    return { values: quantilesOf(histogram, steps), cases: behind ? casesOf(row) : null }
  }

  const totalCurve = (): Curve => {
    if (!regions.some((_, row) => begun(row))) return '…'
    if (suppression.total_hidden[0]) return '.'
    const histogram = histograms[regions.length]!
    const bookings = countOf(histogram)
    if (bookings === 0) return '–'
    if (behind === undefined) return { values: quantilesOf(histogram, stepsFor(bookings, bookings, 1)), cases: null }
    const cases = regions.reduce((sum, _, row) => sum + casesOf(row), 0)
    const [ownBookings, ownCases] = ownRow < 0 ? [0, 0] : [countOf(histograms[ownRow]!), casesOf(ownRow)]
    return { values: quantilesOf(histogram, stepsFor(bookings - ownBookings, cases - ownCases, threshold)), cases }
  }

  const shown = view.shown ?? regions.map((_, row) => row)
  // of a group nothing is told but what its members' rows tell
  const total = view.shown ? 'x' : totalCurve()
  return { ...freshness, figure, regions: shown.map((row) => regions[row]!), rows: shown.map(rowCurve), total }
}

const countOf = (histogram: Histogram): number => histogram.reduce((sum, { count }) => sum + count, 0)
