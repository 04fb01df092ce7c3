// When a value rests on few cases, and how far it or its change may lie from what is shown. Of values of several months and of medians
// the api tells it (api/uncertainty.ts).
import type { ComparisonRow, KeyFigure } from './client.ts'
import { type Column, isCount, type Unit } from './format.ts'

/** Fewer cases than this make a change, a ratio or a duration uncertain (official sign: brackets). */
export const fewCases = 20

const rests = (unit: Unit) => unit === 'ratio' || unit === 'days'

/** Hidden case numbers are small ones, or stand for small ones. */
const few = (cases: number | null, hidden: boolean) => (cases === null ? hidden : cases > 0 && cases < fewCases)

export const isUncertain = (row: Pick<ComparisonRow, Column | 'cases' | 'signs'>, column: Column, unit: Unit): boolean => {
  if (column === 'current') return rests(unit) && few(row.cases, false)
  if (column !== 'change') return false
  if (!isCount(unit)) return few(row.cases, row.signs.current === '.')
  const smaller = Math.min(row.year_average ?? 0, row.previous_year_average ?? 0)
  return smaller < fewCases
}

/**
 * 95 % interval of a change between two monthly averages of counts, each taken as one Poisson count: cautious for bookings
 * that run through several months, since these are counted once only. Undefined without a base.
 */
export const changeInterval = (year: number | null, previousYear: number | null): { from: number; to: number } | undefined => {
  if (!year || !previousYear) return undefined
  const spread = Math.exp(1.96 * Math.sqrt(1 / year + 1 / previousYear))
  const quotient = year / previousYear
  return { from: quotient / spread - 1, to: quotient * spread - 1 }
}

export type Interval = { from: number; to: number }

const z95 = 1.96
const z998 = 3.09
export type Confidence = 95 | 99.8
const zOf: Record<Confidence, number> = { 95: z95, 99.8: z998 }

/** A ratio whose numerator is part of the cases in its denominator; a share of money is none. */
export const isShareOfCases = ({ unit, group }: Pick<KeyFigure, 'unit' | 'group'>) => unit === 'ratio' && group !== 'Geld'

/** 95 % score interval of a share of `cases` (Wilson 1927). */
export const wilsonInterval = (share: number, cases: number): Interval => {
  const square = z95 ** 2 / cases
  const centre = share + square / 2
  const spread = z95 * Math.sqrt((share * (1 - share) + square / 4) / cases)
  return { from: Math.max(0, (centre - spread) / (1 + square)), to: Math.min(1, (centre + spread) / (1 + square)) }
}

/** 95 % interval of a count taken as Poisson, by Byar's approximation (Breslow and Day 1987, formula 2.13). */
export const poissonInterval = (count: number): Interval => {
  const bound = (n: number, z: number) => (n === 0 ? 0 : n * (1 - 1 / (9 * n) + z / (3 * Math.sqrt(n))) ** 3)
  return { from: bound(count, -z95), to: bound(count + 1, z95) }
}

/**
 * 95 % interval of a value of one month: shares by Wilson, counts and densities by the Poisson interval of the cases behind them.
 * Undefined where nothing is known of the scatter: money, durations; of rates, only their distribution tells it (`median_interval`).
 */
export const valueInterval = (
  { current, cases }: Pick<ComparisonRow, 'current' | 'cases'>,
  figure: Pick<KeyFigure, 'unit' | 'group'>,
): Interval | undefined => {
  if (current === null) return undefined
  if (figure.unit === 'searches') return poissonInterval(current)
  if (!cases) return isCount(figure.unit) && current === 0 ? poissonInterval(0) : undefined
  if (isShareOfCases(figure)) return wilsonInterval(current, cases)
  return isCount(figure.unit) || figure.unit === 'per_10000' ? proportionalInterval(current, cases) : undefined
}

/** 95 % interval of a value in proportion to the cases behind it, these taken as one Poisson count. */
const proportionalInterval = (value: number, cases: number): Interval => {
  const { from, to } = poissonInterval(cases)
  return { from: (value * from) / cases, to: (value * to) / cases }
}

/** Where the share of so many cases lies by chance alone, if all have the share `centre`; agrees with `wilsonInterval`. */
export const controlLimits = (centre: number, cases: number, confidence: Confidence): Interval => {
  const spread = zOf[confidence] * Math.sqrt((centre * (1 - centre)) / cases)
  return { from: Math.max(0, centre - spread), to: Math.min(1, centre + spread) }
}
