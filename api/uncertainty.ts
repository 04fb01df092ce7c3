// How far values may lie from what is shown by chance, and the ranks these may have. For values of one month pages have
// dashboards/uncertainty.ts, and a test holds both to the same intervals.
import { isCount } from './report/format.ts'
import type { Curve } from '../warehouse/distribution.ts'
import type { KeyFigure } from '../warehouse/key-figures.ts'

export type Interval = { from: number; to: number }

const z95 = 1.96

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

/** The median of the rates paid: how they lie tells how far it may lie by chance. Offers are counted one and all. */
export const isMedianOfRates = ({ name }: Pick<KeyFigure, 'name'>) => name === 'rate_median'

/**
 * 95 % interval of a median: the order statistics around it (Conover 1999, section 3.2), or the next value outside of them where only
 * values at equal shares are told. Of cases, not of their bookings: cautious. Fewer than six tell nothing of the kind.
 */
export const medianInterval = (curve: Curve): Interval | null => {
  if (typeof curve === 'string') return null
  const { values, cases } = curve
  if (cases === null || cases < 6) return null
  const steps = values.length - 1
  const spread = z95 / (2 * Math.sqrt(cases))
  const [from, to] = [0.5 - spread, 0.5 + spread + 1 / cases]
  return { from: values[Math.floor(from * steps)]!, to: values[Math.min(steps, Math.ceil(to * steps))]! }
}

/**
 * 95 % interval of the mean of medians of several months: the mean of their bounds, since most bookings run on from month to month and
 * scatter does not cancel out. null where one of the months tells none.
 */
export const meanMedianInterval = (curves: Curve[]): Interval | null => {
  const intervals = curves.filter((curve) => curve !== '–' && curve !== '…').map(medianInterval)
  if (intervals.length === 0 || intervals.includes(null)) return null
  const mean = (bound: keyof Interval) => intervals.reduce((sum, each) => sum + each![bound], 0) / intervals.length
  return { from: mean('from'), to: mean('to') }
}

/**
 * 95 % interval of a value of several months: shares of `base` cases by Wilson; counts, and densities with `base` cases behind them, as
 * one Poisson count, also where they are monthly means: cautious for what runs through several months. null for all else.
 */
export const periodInterval = (
  { value, base }: { value: number; base: number | null },
  { unit, group }: Pick<KeyFigure, 'unit' | 'group'>,
): Interval | null => {
  if (unit === 'ratio') return base && group !== 'Geld' ? wilsonInterval(value, base) : null
  if (unit === 'per_10000') {
    if (!base) return null
    const { from, to } = poissonInterval(base)
    return { from: (value * from) / base, to: (value * to) / base }
  }
  return isCount(unit) ? poissonInterval(value) : null
}

/** Fewer values have no order and no spread that say anything of all. */
export const fewestValues = 3

/** The ranks values may have, the largest first, when each may lie anywhere in its interval. `null`: no value, or too few of them. */
export const ranksOf = (intervals: (Interval | null)[]): ({ best: number; worst: number } | null)[] => {
  const known = intervals.filter((interval) => interval !== null)
  return intervals.map((interval) =>
    interval === null || known.length < fewestValues
      ? null
      : {
          best: 1 + known.filter(({ from }) => from > interval.to).length,
          worst: known.length - known.filter(({ to }) => to < interval.from).length,
        },
  )
}
