import { sql, type Transaction } from 'kysely'
import { z } from 'zod'
import type { Database } from '../database.ts'
import { Code, Codes, CountingRuleInput, Day, UnitsPerWeek } from '../input.ts'
import { RuleViolation } from '../rule-violation.ts'
import { Area, areaOf } from './area.ts'
import { mostUnitsPerWeek, sexes, type CountingRule, type Form, type Unit } from '../vocabulary.ts'

/** Default the own state. */
export const AreaInput = Area.optional()

/** What a help is looked for by; persons are described, never named. */
const fields = {
  service_kind: Code,
  first_day: Day,
  last_day: Day,
  counting_rule: CountingRuleInput,
  units_per_week: UnitsPerWeek.optional(),
  specialisations: Codes.default([]),
  area: AreaInput,
  sex: z.enum(sexes).optional(),
  age: z.int().min(0).max(27).optional(),
}

type Period = { first_day: string; last_day: string }
export const inOrder = (period: Period) => period.last_day >= period.first_day
export const orderFault = { path: ['last_day'], error: 'liegt vor dem ersten Tag.' }
/** A help of a single day that is not counted has none. */
export const hasDays = ({ first_day, last_day, counting_rule }: Period & { counting_rule: CountingRule }) =>
  first_day !== last_day || counting_rule === 'calendar_days'
export const noDays = { path: ['last_day'], error: 'ist der erste und zählt nicht mit. Bitte einen späteren Tag wählen.' }

export const SearchCriteria = z.strictObject(fields).refine(inOrder, orderFault).refine(hasDays, noDays)
export type SearchCriteria = z.infer<typeof SearchCriteria>

/** A number in a query string. */
export const number = <T extends z.ZodType<number, number>>(schema: T) => z.coerce.number().pipe(schema)
const list = z
  .string()
  .max(1000)
  .transform((codes) => codes.split(',').filter((code) => code !== ''))

/** The same in a query string, lists separated by commas. */
export const criteriaQuery = {
  ...fields,
  units_per_week: number(UnitsPerWeek).optional(),
  specialisations: list.pipe(Codes).default([]),
  age: number(z.int().min(0).max(27)).optional(),
}

export type ServiceKind = { code: string; form: Form; unit: Unit }

/** The service kind asked for; refuses codes and areas nobody knows. */
export const knownKind = async (
  trx: Transaction<Database>,
  criteria: { service_kind: string; specialisations: string[]; area?: string | undefined },
): Promise<ServiceKind> => {
  const { state, authority } = areaOf(criteria.area ?? 'de')
  const { rows } = await sql<{ code: string | null; form: Form; unit: Unit; specialisations: number; area: boolean }>`
    select kind.code, kind.form, kind.unit,
      (select count(*) from specialisation where code = any (${criteria.specialisations}::text[])) as specialisations,
      (${state ?? null}::text is null or exists (select from federal_state where code = ${state ?? null}))
        and (${authority ?? null}::text is null or exists (select from youth_authority where id = ${authority ?? null})) as area
    from (values (1)) as one left join service_kind as kind on kind.code = ${criteria.service_kind}
  `.execute(trx)
  const { code, form, unit, ...known } = rows[0]!
  if (code === null) throw new RuleViolation('service_kind_unknown')
  if (known.specialisations < criteria.specialisations.length) throw new RuleViolation('specialisation_unknown')
  if (!known.area) throw new RuleViolation('area_unknown')
  return { code, form, unit }
}

/** A week of care has seven days unless said otherwise; hours and flat rates must be said. Refuses more than a week has. */
export const unitsPerWeek = (unit: Unit, given: number | undefined): number | undefined => {
  if (given !== undefined && given > mostUnitsPerWeek[unit]) throw new RuleViolation('units_beyond_week')
  return given ?? (unit === 'day' ? 7 : undefined)
}
