// Within what a help lies that is only now looked for: dated parameters, refused at the field beyond them.
import { sql, type Kysely } from 'kysely'
import type { Database } from '../database.ts'
import { RuleViolation } from '../rule-violation.ts'
import { unitLabels, type Unit } from '../vocabulary.ts'
import { addDays, dayText } from './period.ts'

const parameterOn = async (db: Kysely<Database>, name: string, day: string): Promise<number> => {
  const { rows } = await sql<{ value: number }>`select parameter_on(${name}, ${day}) as value`.execute(db)
  return rows[0]!.value
}

/** The first day on which a help may begin. */
export const earliestBegin = (past_begin_days: number, today: string) => addDays(today, -past_begin_days)
export const earliestBeginOn = async (db: Kysely<Database>, today: string) =>
  earliestBegin(await parameterOn(db, 'past_begin_days', today), today)

export const assertBegin = (first_day: string, earliest: string) => {
  if (first_day < earliest)
    throw new RuleViolation('begin_past', [{ field: 'first_day', message: `Bitte einen Beginn ab dem ${dayText(earliest)} wählen.` }])
}

const money = new Intl.NumberFormat('de-DE', { style: 'currency', currency: 'EUR' })

/** The middle rate of the offers of a kind on a day, those of its unit; null where there are none. */
const medianRate = async (db: Kysely<Database>, { service_kind, unit }: { service_kind: string; unit: Unit }, day: string) => {
  const { rows } = await sql<{ median: number | null }>`
    select percentile_cont(0.5) within group (order by rate_cents) as median from offer_rate
    where service_kind = ${service_kind} and unit = ${unit} and ${day}::date between valid_from and coalesce(valid_to, 'infinity')
  `.execute(db)
  return rows[0]!.median
}

/** A rate written by hand that is many times those of all offers of its kind is a slip: a decimal sign, or an amount for the month. */
export const assertUsualRate = async (
  db: Kysely<Database>,
  written: { service_kind: string; unit: Unit; rate_cents: number },
  today: string,
) => {
  const median = await medianRate(db, written, today)
  if (median === null) return
  const times = await parameterOn(db, 'rate_times_median', today)
  if (written.rate_cents <= times * median) return
  const most = `${money.format((times * median) / 100)} je ${unitLabels[written.unit]}`
  const message = `Höchstens ${most}, das ${times.toLocaleString('de-DE')}-Fache des mittleren Entgelts dieser Hilfeart. Bitte den Betrag prüfen.`
  throw new RuleViolation('rate_unusual', [{ field: 'rate_cents', message }])
}
