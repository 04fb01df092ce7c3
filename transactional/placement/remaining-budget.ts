import type { Kysely } from 'kysely'
import type { Database } from '../database.ts'
import type { CountingRule } from '../vocabulary.ts'
import type { Term } from './booking.ts'
import { costOf, unitsOf } from './cost.ts'
import { daysBetween, endOf } from './period.ts'

/** Planned cents of the days from one day to before another: days × units per week ÷ 7 × rate of each step, each rounded once. */
export const plannedWithin = (term: Term, from: string, before: string): number => {
  const end = endOf(term.last_day, term.counting_rule)
  return term.rate_from.reduce((sum, step, at) => {
    const [first, last] = [later(step, from), earlier(term.rate_from[at + 1] ?? end, before)]
    const units = unitsOf(Math.max(0, daysBetween(first, earlier(last, end))), term.units_per_week[at]!)
    return sum + costOf(units, term.rate_cents[at]!)
  }, 0)
}

const later = (one: string, other: string) => (one > other ? one : other)
const earlier = (one: string, other: string) => (one < other ? one : other)

export type Remaining = {
  /** null: no budget is recorded */
  budget_cents: number | null
  /** of bookings and live reservations of the service kind */
  planned_cents: number
  /** what the help asked about adds */
  added_cents: number
}

const monthOf = (day: string) => {
  const [year, month] = day.split('-').map(Number) as [number, number]
  const next = month === 12 ? [year + 1, 1] : [year, month + 1]
  return { from: `${day.slice(0, 7)}-01`, before: `${next[0]}-${String(next[1]).padStart(2, '0')}-01` }
}
const yearOf = (day: string) => ({ from: `${day.slice(0, 4)}-01-01`, before: `${Number(day.slice(0, 4)) + 1}-01-01` })

/** Everything of a service kind that is planned for an authority in some days, as dated steps. */
const plansOf = async (
  db: Kysely<Database>,
  youth_authority_id: string,
  service_kind: string,
  { from, before }: { from: string; before: string },
) => {
  const bookings = await db
    .selectFrom('booking')
    .where('youth_authority_id', '=', youth_authority_id)
    .where('service_kind', '=', service_kind)
    .where('cancelled', '=', false)
    .where('first_day', '<', before)
    .where('last_day', '>=', from)
    .select(['first_day', 'last_day', 'counting_rule', 'rate_from', 'rate_cents', 'units_per_week'])
    .execute()
  const reservations = await db
    .selectFrom('reservation')
    .where('youth_authority_id', '=', youth_authority_id)
    .where('service_kind', '=', service_kind)
    .where('state', 'in', ['reserved', 'requested', 'consented'])
    .where('first_day', '<', before)
    .where('last_day', '>=', from)
    .select(['first_day', 'last_day', 'counting_rule', 'rate_cents', 'units_per_week'])
    .execute()
  const held = reservations.map((row) => ({
    ...row,
    rate_from: [row.first_day],
    rate_cents: [row.rate_cents],
    units_per_week: [row.units_per_week],
  }))
  return [...bookings, ...held].map((row): Term => ({ ...row, counting_rule: row.counting_rule as CountingRule }))
}

/** What is left of the budget of a service kind in the month and in the year in which a help begins (domain.md 4.4: a month has a twelfth). */
export const remainingBudget = async (
  db: Kysely<Database>,
  youth_authority_id: string,
  service_kind: string,
  help: Term,
): Promise<{ month: Remaining; year: Remaining }> => {
  const [month, year] = [monthOf(help.first_day), yearOf(help.first_day)]
  const budget = await db
    .selectFrom('budget')
    .where('youth_authority_id', '=', youth_authority_id)
    .where('service_kind', '=', service_kind)
    .where('year', '=', Number(help.first_day.slice(0, 4)))
    .select('amount_cents')
    .executeTakeFirst()
  const plans = await plansOf(db, youth_authority_id, service_kind, year)
  const within = ({ from, before }: { from: string; before: string }, share: number): Remaining => ({
    budget_cents: budget === undefined ? null : Math.floor(budget.amount_cents / share),
    planned_cents: plans.reduce((sum, plan) => sum + plannedWithin(plan, from, before), 0),
    added_cents: plannedWithin(help, from, before),
  })
  return { month: within(month, 12), year: within(year, 1) }
}
