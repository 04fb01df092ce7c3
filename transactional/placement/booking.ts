import { RuleViolation } from '../rule-violation.ts'
import type { CountingRule } from '../vocabulary.ts'
import { assertStep, type State } from './booking-step.ts'
import { costOf, sumOfUnits, unitsOf } from './cost.ts'
import { addDays, countedDays, daysBetween, dayText, endOf } from './period.ts'

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

/** Days on which a help rests, the last one included; `paid`: the place is kept free at its rate, else no units are planned. */
export type Interruption = { first_day: string; last_day: string; paid: boolean }

const merged = (steps: Step[]): Step[] =>
  steps.filter(
    ({ rate_cents, units_per_week }, index) =>
      index === 0 || rate_cents !== steps[index - 1]!.rate_cents || units_per_week !== steps[index - 1]!.units_per_week,
  )

/** The steps as if nothing were interrupted: within an unpaid interruption the units before it go on. */
const lifted = (steps: Step[], interruptions: readonly Interruption[]): Step[] => {
  const rests = (day: string) => interruptions.some(({ first_day, last_day, paid }) => !paid && first_day <= day && day <= last_day)
  const going: Step[] = []
  for (const step of steps) going.push(rests(step.from) ? { ...step, units_per_week: going.at(-1)!.units_per_week } : step)
  return merged(going)
}

/** The steps with no units while the help rests unpaid; its rate goes on. */
const laid = (steps: Step[], interruptions: readonly Interruption[], end: string): Step[] =>
  interruptions
    .filter(({ paid, first_day }) => !paid && first_day < end)
    .reduce((before, { first_day, last_day }) => {
      const on = (day: string) => before.findLast((step) => step.from <= day)!
      const back = addDays(last_day, 1)
      return merged([
        ...before.filter((step) => step.from < first_day),
        { ...on(first_day), from: first_day, units_per_week: 0 },
        ...before.filter((step) => step.from > first_day && step.from < back).map((step) => ({ ...step, units_per_week: 0 })),
        ...(back < end ? [{ ...on(back), from: back }] : []),
        ...before.filter((step) => step.from > back),
      ])
    }, steps)

const replan = (term: Term, steps: Step[]): Plan => {
  const { last_day } = term
  const columns = columnsOf(steps)
  return { ...columns, last_day, planned_units: plannedUnits({ ...term, ...columns }) }
}

/** The recorded end may come early, never late: who stays longer is prolonged first, so that the rate of those days is known. */
export const endBooking = (booking: Term & State, lastDay: string): Plan => {
  assertStep(booking, 'ended')
  if (lastDay < booking.first_day) throw new RuleViolation('booking_period', [{ field: 'last_day', message: 'liegt vor dem ersten Tag.' }])
  if (lastDay > booking.last_day) throw new RuleViolation('booking_end_after_plan')
  const end = endOf(lastDay, booking.counting_rule)
  const reached = stepsOf(booking).filter((step, index) => index === 0 || step.from < end)
  return replan({ ...booking, last_day: lastDay }, reached)
}

/** The plan as it was before a prolongation, a change or an end. */
export const formerPlan = (
  booking: Term & State,
  step: 'prolongation_undone' | 'change_undone' | 'end_undone',
  former: Steps & { last_day: string },
): Plan => {
  assertStep(booking, step)
  return replan({ ...booking, last_day: former.last_day }, stepsOf(former))
}

/** The day from which a prolongation counts. */
export const prolongedFrom = (booking: Pick<Term, 'last_day' | 'counting_rule'>): string => endOf(booking.last_day, booking.counting_rule)

/** Units a week that go on when nothing else is said. */
export const latestUnits = (booking: Steps, interruptions: readonly Interruption[]): number =>
  lifted(stepsOf(booking), interruptions).at(-1)!.units_per_week

/** The days added follow the rate and units given; a step is added only where one of them changes. */
export const prolongBooking = (
  booking: Term & State,
  lastDay: string,
  added: { rate_cents: number; units_per_week: number },
  interruptions: readonly Interruption[] = [],
): Plan => {
  assertStep(booking, 'prolonged')
  if (lastDay <= booking.last_day) throw new RuleViolation('booking_prolonged_back')
  const steps = lifted(stepsOf(booking), interruptions)
  const next: Step = { from: prolongedFrom(booking), ...added }
  // a booking of a single free day has counted nothing yet: its step gives way
  const kept = steps.at(-1)!.from === next.from ? steps.slice(0, -1) : steps
  const longer = { ...booking, last_day: lastDay }
  return replan(longer, laid(merged([...kept, next]), interruptions, prolongedFrom(longer)))
}

/** What is given holds from a day on to the end, whatever was agreed for later; what is not given stays. */
export const changeTerms = (
  booking: Term & State,
  from: string,
  given: { rate_cents?: number | undefined; units_per_week?: number | undefined },
  interruptions: readonly Interruption[] = [],
): Plan => {
  assertStep(booking, 'changed')
  const end = prolongedFrom(booking)
  if (from < booking.first_day || from >= end) throw new RuleViolation('booking_change_outside')
  const steps = lifted(stepsOf(booking), interruptions)
  const changed = (step: Step): Step => ({
    from: step.from,
    rate_cents: given.rate_cents ?? step.rate_cents,
    units_per_week: given.units_per_week ?? step.units_per_week,
  })
  const next = merged([
    ...steps.filter((step) => step.from < from),
    changed({ ...steps.findLast((step) => step.from <= from)!, from }),
    ...steps.filter((step) => step.from > from).map(changed),
  ])
  if (JSON.stringify(next) === JSON.stringify(steps)) throw new RuleViolation('booking_change_nothing')
  return replan(booking, laid(next, interruptions, end))
}

/**
 * A help that another authority continues from a day on. `ended` is what it comes to until then, with the day before as a whole last day, since
 * the young person stays; undefined where it had not begun. `continued` is what is left at the same rates and units.
 */
export const splitBooking = (booking: Term, day: string) => {
  const steps = stepsOf(booking)
  const first_day = day > booking.first_day ? day : booking.first_day
  const left = [{ ...steps.findLast((step) => step.from <= first_day)!, from: first_day }, ...steps.filter((step) => step.from > first_day)]
  const { last_day, counting_rule } = booking
  const continued = { first_day, last_day, counting_rule, ...columnsOf(left) }
  const until = { first_day: booking.first_day, last_day: addDays(day, -1), counting_rule: 'calendar_days' as const }
  return {
    ended:
      until.last_day < until.first_day
        ? undefined
        : replan(
            { ...booking, ...until },
            steps.filter((step) => step.from < day),
          ),
    continued: {
      ...continued,
      planned_units: plannedUnits(continued),
      agreed_days: countedDays(first_day, last_day, counting_rule),
      agreed_cents: plannedCents(continued),
    },
  }
}

const outside = (field: string, message: string) => new RuleViolation('booking_interruption_outside', [{ field, message }])

/** A help rests after its first day at the earliest; what did not begin is cancelled. */
export const interruptBooking = (booking: Term & State, added: Interruption, interruptions: readonly Interruption[] = []): Plan => {
  assertStep(booking, 'interrupted')
  const end = prolongedFrom(booking)
  const [earliest, latest] = [addDays(booking.first_day, 1), addDays(end, -1)]
  if (added.first_day < earliest) throw outside('first_day', `ist frühestens der zweite Tag der Hilfe, der ${dayText(earliest)}.`)
  if (added.first_day > latest) throw outside('first_day', `ist spätestens der letzte Tag, der zählt: der ${dayText(latest)}.`)
  if (added.last_day > booking.last_day) throw outside('last_day', `liegt nach dem Ende der Hilfe am ${dayText(booking.last_day)}.`)
  if (interruptions.some(({ first_day, last_day }) => first_day <= added.last_day && added.first_day <= last_day))
    throw new RuleViolation('booking_interruption_no_overlap')
  return replan(booking, laid(lifted(stepsOf(booking), interruptions), [...interruptions, added], end))
}

/** The help goes on from a day within an interruption; of that, what lies before the day is left, if anything. */
export const resumeBooking = <Known extends Interruption>(booking: Term & State, day: string, interruptions: readonly Known[]) => {
  assertStep(booking, 'resumed')
  const interruption = interruptions.find(({ first_day, last_day }) => first_day <= day && day <= last_day)
  if (interruption === undefined) throw new RuleViolation('booking_not_interrupted')
  const left = day === interruption.first_day ? undefined : { ...interruption, last_day: addDays(day, -1) }
  const others = interruptions.filter((each) => each !== interruption)
  const steps = laid(lifted(stepsOf(booking), interruptions), left ? [...others, left] : others, prolongedFrom(booking))
  return { plan: replan(booking, steps), interruption, left }
}
