import { RuleViolation } from '../rule-violation.ts'
import type { CountingRule } from '../vocabulary.ts'
import { costOf, sumOfUnits, unitsOf } from './cost.ts'
import { countedDays, daysBetween, endOf } from './period.ts'

/** Dated steps: step i holds from `rate_from[i]` to the day before the next one, the last to the end of the booking. */
export type Steps = { rate_from: string[]; rate_cents: number[]; units_per_week: number[] }
export type Term = Steps & { first_day: string; last_day: string; counting_rule: CountingRule }
export type Plan = Steps & { last_day: string; planned_units: number }

type Step = { from: string; rate_cents: number; units_per_week: number }

const stepsOf = (term: Steps): Step[] =>
  term.rate_from.map((from, step) => ({ from, rate_cents: term.rate_cents[step]!, units_per_week: term.units_per_week[step]! }))

const columnsOf = (steps: Step[]): Steps => ({
  rate_from: steps.map((step) => step.from),
  rate_cents: steps.map((step) => step.rate_cents),
  units_per_week: steps.map((step) => step.units_per_week),
})

/** What each step of a booking plans: counted days, units, cents. */
const shares = (term: Term) => {
  const steps = stepsOf(term)
  const end = endOf(term.last_day, term.counting_rule)
  return steps.map((step, index) => {
    const units = unitsOf(Math.max(0, daysBetween(step.from, steps[index + 1]?.from ?? end)), step.units_per_week)
    return { units, cents: costOf(units, step.rate_cents) }
  })
}

/** Units are rounded once per step, so that the sum of what is shown is the total. */
export const plannedUnits = (term: Term): number => sumOfUnits(shares(term).map((share) => share.units))
export const plannedCents = (term: Term): number => shares(term).reduce((sum, share) => sum + share.cents, 0)

/** A new booking at one rate; what is agreed now stays (case budget, domain.md 7.2). */
export const planBooking = (request: {
  first_day: string
  last_day: string
  counting_rule: CountingRule
  units_per_week: number
  rate_cents: number
}) => {
  const steps = columnsOf([{ from: request.first_day, rate_cents: request.rate_cents, units_per_week: request.units_per_week }])
  const term = { ...request, ...steps }
  return {
    ...steps,
    planned_units: plannedUnits(term),
    agreed_days: countedDays(request.first_day, request.last_day, request.counting_rule),
    agreed_cents: plannedCents(term),
  }
}

type State = { cancelled: boolean; end_reason: number | null }
const assertRunning = (booking: State) => {
  if (booking.cancelled) throw new RuleViolation('booking_cancelled')
  if (booking.end_reason !== null) throw new RuleViolation('booking_ended')
}
export const assertCancellable = assertRunning

const replan = (term: Term): Plan => ({ ...columnsOf(stepsOf(term)), last_day: term.last_day, planned_units: plannedUnits(term) })

/** The recorded end may come early, never late: who stays longer is prolonged first, so that the rate of those days is known. */
export const endBooking = (booking: Term & State, lastDay: string): Plan => {
  assertRunning(booking)
  if (lastDay < booking.first_day) throw new RuleViolation('booking_period', [{ field: 'last_day', message: 'liegt vor dem ersten Tag.' }])
  if (lastDay > booking.last_day) throw new RuleViolation('booking_end_after_plan')
  const end = endOf(lastDay, booking.counting_rule)
  const reached = stepsOf(booking).filter((step, index) => index === 0 || step.from < end)
  return replan({ ...booking, ...columnsOf(reached), last_day: lastDay })
}

/** The day from which a prolongation counts. */
export const prolongedFrom = (booking: Pick<Term, 'last_day' | 'counting_rule'>): string => endOf(booking.last_day, booking.counting_rule)

/** The days added follow the rate and units given; a step is added only where one of them changes. */
export const prolongBooking = (booking: Term & State, lastDay: string, added: { rate_cents: number; units_per_week: number }): Plan => {
  assertRunning(booking)
  if (lastDay <= booking.last_day) throw new RuleViolation('booking_prolonged_back')
  const steps = stepsOf(booking)
  const latest = steps.at(-1)!
  const same = latest.rate_cents === added.rate_cents && latest.units_per_week === added.units_per_week
  const next: Step = { from: prolongedFrom(booking), ...added }
  // a booking of a single free day has counted nothing yet: its step gives way
  const kept = latest.from === next.from ? steps.slice(0, -1) : steps
  return replan({ ...booking, ...columnsOf(same ? steps : [...kept, next]), last_day: lastDay })
}
