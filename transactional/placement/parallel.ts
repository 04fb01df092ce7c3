import { sql, type Transaction } from 'kysely'
import type { Database } from '../database.ts'
import { RuleViolation } from '../rule-violation.ts'
import { dayText } from './period.ts'

/** `except`: the help itself, where it is booked already. */
type Help = { case_key: string; service_kind: string; first_day: string; last_day: string; except?: string }
type Found = { label: string; facility_name: string | null; first_day: string; last_day: string }

/**
 * Refuses a residential help where the person already lives in another one that is booked for some of its days, in this case or another of the
 * authority; one may end on the day the next begins. Where it is right, as while somebody moves, whoever books says so.
 */
export const assertNotParallel = async (trx: Transaction<Database>, { case_key, service_kind, first_day, last_day, except }: Help) => {
  const { rows } = await sql<Found>`
    select kind.label, facility.name as facility_name, other.first_day, other.last_day
    from booking as other
    join service_kind as kind on kind.code = other.service_kind and kind.form = 'stationaer'
    join service_kind as own on own.code = ${service_kind} and own.form = 'stationaer'
    left join facility on facility.id = other.facility_id
    where (
        other.case_key = ${case_key}
        or other.case_key in (
          select person.case_key
          from case_link as own_link
          join "case" as own_case on own_case.id = own_link.case_id
          join "case" as another on another.client_id = own_case.client_id
          join case_link as person on person.case_id = another.id
          where own_link.case_key = ${case_key}
        )
      )
      and other.id is distinct from ${except ?? null}::uuid and not other.cancelled and other.first_day < ${last_day}::date and other.last_day > ${first_day}::date
    order by other.first_day
  `.execute(trx)
  if (rows.length === 0) return
  const named = rows.map(
    ({ label, facility_name, ...other }) =>
      `${label}, ${facility_name ?? 'außerhalb des Systems'}, ${dayText(other.first_day)} bis ${dayText(other.last_day)}`,
  )
  const message = `Gebucht ist schon: ${named.join('; ')}. Bitte bestätigen, dass beide nebeneinander laufen.`
  throw new RuleViolation('parallel_help', [{ field: 'parallel', message }])
}
