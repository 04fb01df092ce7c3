// Within what a help lies that is only now looked for: dated parameters, refused at the field beyond them.
import { sql, type Kysely } from 'kysely'
import type { Database } from '../database.ts'
import { RuleViolation } from '../rule-violation.ts'
import { unitLabels, type CountingRule, type Unit } from '../vocabulary.ts'
import { addDays, dayOfAge, dayText, lastDayBefore } from './period.ts'

const parameterOn = async (db: Kysely<Database>, name: string, day: string): Promise<number> => {
  const { rows } = await sql<{ value: number }>`select parameter_on(${name}, ${day}) as value`.execute(db)
  return rows[0]!.value
}

/** The first and the last day on which a help may begin that is reserved or booked now. */
export const beginBoundsOn = async (db: Kysely<Database>, today: string) => ({
  earliest: addDays(today, -(await parameterOn(db, 'past_begin_days', today))),
  latest: addDays(today, await parameterOn(db, 'ahead_begin_days', today)),
})

export const assertBegin = async (db: Kysely<Database>, first_day: string, today: string) => {
  const { earliest, latest } = await beginBoundsOn(db, today)
  if (first_day < earliest)
    throw new RuleViolation('begin_past', [{ field: 'first_day', message: `Bitte einen Beginn ab dem ${dayText(earliest)} wählen.` }])
  if (first_day > latest)
    throw new RuleViolation('begin_far', [{ field: 'first_day', message: `Bitte einen Beginn bis zum ${dayText(latest)} wählen.` }])
}

/** A young person is younger than this (§ 7(1) no. 4 SGB VIII); helps of § 19 are for parents as well. */
const youngUntil = 27
/** The latest last day of a help by law; null: none. */
export const latestByLaw = (birth_date: string, service_kind: string, rule: CountingRule): string | null =>
  service_kind === 's19' ? null : lastDayBefore(dayOfAge(birth_date, youngUntil), rule)
/** The latest last day on which somebody is as young as a facility takes. */
export const latestInFacility = (birth_date: string, age_to: number, rule: CountingRule): string =>
  lastDayBefore(dayOfAge(birth_date, age_to + 1), rule)

export const assertYoung = (last_day: string, latest: string | null) => {
  if (latest !== null && last_day > latest)
    throw new RuleViolation('help_beyond_age', [{ field: 'last_day', message: `Bitte ein Ende bis zum ${dayText(latest)} wählen.` }])
}

/** On how many days ahead a team consultation is planned at most. */
export const latestConsultationOn = async (db: Kysely<Database>, today: string) =>
  addDays(today, await parameterOn(db, 'ahead_consultation_days', today))

const money = new Intl.NumberFormat('de-DE', { style: 'currency', currency: 'EUR' })

/** The middle rate of the offers of a kind on a day, those of its unit; null where there are none. */
const medianRate = async (db: Kysely<Database>, { service_kind, unit }: { service_kind: string; unit: Unit }, day: string) => {
  const { rows } = await sql<{ median: number | null }>`
    select percentile_cont(0.5) within group (order by rate_cents) as median from offer_rate
    where service_kind = ${service_kind} and unit = ${unit} and ${day}::date between valid_from and coalesce(valid_to, 'infinity')
  `.execute(db)
  return rows[0]!.median
}

/** A rate written by hand is more than nothing; one that is many times those of all offers of its kind is a slip: a decimal sign, or an amount for the month. */
export const assertUsualRate = async (
  db: Kysely<Database>,
  written: { service_kind: string; unit: Unit; rate_cents: number },
  today: string,
) => {
  if (written.rate_cents === 0) throw new RuleViolation('rate_zero')
  const median = await medianRate(db, written, today)
  if (median === null) return
  const times = await parameterOn(db, 'rate_times_median', today)
  if (written.rate_cents <= times * median) return
  const most = `${money.format((times * median) / 100)} je ${unitLabels[written.unit]}`
  const message = `Höchstens ${most}, das ${times.toLocaleString('de-DE')}-Fache des mittleren Entgelts dieser Hilfeart. Bitte den Betrag prüfen.`
  throw new RuleViolation('rate_unusual', [{ field: 'rate_cents', message }])
}
