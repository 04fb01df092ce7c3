import { Hono } from 'hono'
import { z } from 'zod'
import { asReader } from '../access/as-reader.ts'
import { Cents, Code, CountingRuleInput, Day, UnitsPerWeek } from '../input.ts'
import { only, operation, validate, type Deps, type ServiceEnv } from '../route.ts'
import { plannedCents, plannedUnits } from './booking.ts'
import { hasDays, inOrder, knownKind, noDays, number, orderFault, unitsPerWeek } from './criteria.ts'
import { remainingBudget } from './remaining-budget.ts'
import { RuleViolation } from '../rule-violation.ts'

const Help = z
  .strictObject({
    service_kind: Code,
    first_day: Day,
    last_day: Day,
    counting_rule: CountingRuleInput,
    units_per_week: number(UnitsPerWeek).optional(),
    rate_cents: number(Cents),
  })
  .refine(inOrder, orderFault)
  .refine(hasDays, noDays)

const Part = z.object({ budget_cents: z.int().nullable(), planned_cents: z.int(), added_cents: z.int() })
const RemainingBudget = z
  .object({
    month: Part,
    year: Part,
    /** of the whole help asked about */
    planned_units: z.number(),
    planned_cents: z.int(),
  })
  .meta({ id: 'RemainingBudget' })
export type RemainingBudget = z.infer<typeof RemainingBudget>

export const remainingBudgetRoutes = ({ db }: Deps) =>
  new Hono<ServiceEnv>().get(
    '/remaining-budget',
    operation({
      summary: 'What a help is planned to cost; budget, plans and what it would add, in the month and the year in which it begins',
      tag: 'placement',
      roles: ['caseworker', 'finance'],
      answers: { 200: { description: 'Of the own authority', schema: RemainingBudget } },
    }),
    only('caseworker', 'finance'),
    validate('query', Help),
    async (c) => {
      const { service_kind, units_per_week, rate_cents, ...period } = c.req.valid('query')
      const { reader } = c.var
      const remaining = await asReader(db, reader, async (trx) => {
        const { unit } = await knownKind(trx, { service_kind, specialisations: [] })
        const weekly = unitsPerWeek(unit, units_per_week)
        if (weekly === undefined) throw new RuleViolation('units_missing')
        const help = { ...period, rate_from: [period.first_day], rate_cents: [rate_cents], units_per_week: [weekly] }
        const remaining = await remainingBudget(trx, reader.youth_authority_id!, service_kind, help)
        return { ...remaining, planned_units: plannedUnits(help), planned_cents: plannedCents(help) }
      })
      return c.json(RemainingBudget.parse(remaining))
    },
  )
