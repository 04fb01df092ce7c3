// When a value rests on few cases, and how far its change may lie from what is shown.
import type { ComparisonRow } from './client.ts'
import type { Column, Unit } from './format.ts'

/** Fewer cases than this make a change, a ratio or a duration uncertain (official sign: brackets). */
export const fewCases = 20

const isCount = (unit: Unit) => unit === 'cases' || unit === 'searches'
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
