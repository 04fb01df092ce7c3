import { sql, type Kysely, type RawBuilder } from 'kysely'
import type { Database } from '../database.ts'
import { anywhere } from '../input.ts'

/** Where a help stands, in the order in which it comes about. */
export const stages = ['reserved', 'requested', 'consented', 'declined', 'expired', 'booked', 'running', 'ending', 'overdue'] as const
export type Stage = (typeof stages)[number]

/** How near the day is by which something is to be done: past, within 7 days, within 30, later. */
export const dues = ['past', 'week', 'month', 'later'] as const
export type Due = (typeof dues)[number]

/** One line per help under way: what is reserved or asked for, and what is booked and not yet ended. */
export type ManagedRow = {
  id: string
  /** of a reservation, or of a booking */
  kind: 'reservation' | 'booking'
  stage: Stage
  /** the day by which something is to be done */
  due_on: string
  due: Due
  case_id: string
  case_number: string
  caseworker: string | null
  service_kind: string
  legal_basis: string
  service_kind_label: string
  provider_name: string | null
  facility_name: string | null
  reserved_on: string | null
  consented_on: string | null
  booked_on: string | null
  first_day: string
  last_day: string
  planned_cents: number
}

/** Ends within so many days are near. */
const nearDays = 60
/** What came to nothing is shown for so long, so that something else is chosen. */
const rememberedDays = 30

export type Asked = {
  today: string
  youth_authority_id: string
  mine: string | undefined
  stages: readonly Stage[]
  /** in a case number, or in the name of a provider or facility */
  text: string | undefined
}

/** Planned cents: steps of dated rates and units, days × units per week ÷ 7 × rate, each rounded half up as cost.ts does. */
const plannedCents = sql`(
  select sum(round(round(greatest(0, coalesce(lead_from, ends) - step_from) * weekly / 7, 2) * cents))::bigint
  from (
    select step_from, weekly, cents, lead(step_from) over (order by step_from) as lead_from,
      last_day + case counting_rule when 'last_day_free' then 0 else 1 end as ends
    from unnest(rate_from, units_per_week, rate_cents) as step (step_from, weekly, cents)
  ) as steps
)`

/** When the plan of a booking is to be reviewed next: as agreed, else by the parameter of the day. */
export const nextReviewOn = (today: string) => sql<string>`coalesce(
  (select coalesce(next_review_on, (reviewed_on + ${reviewInterval(today)})::date) from care_plan_review
    where booking_id = booking.id order by reviewed_on desc limit 1),
  (booking.first_day + ${reviewInterval(today)})::date)`
const reviewInterval = (today: string) => sql`make_interval(months => ${reviewMonths(today)}::integer)`
export const reviewMonths = (today: string) =>
  sql<number>`(select value from parameter where name = 'review_months' and valid_from <= ${today} order by valid_from desc limit 1)`

const reserved = ({ today, youth_authority_id }: Omit<Asked, 'stages'>) => sql`
  select reservation.id, 'reservation' as kind, reservation.state as stage,
    case when reservation.state in ('declined', 'expired') then coalesce(declined_on, expired_on)
      else (held_until at time zone 'Europe/Berlin')::date end as due_on,
    case_key, service_kind, provider_id, facility_id, reserved_on, consented_on, null::date as booked_on, first_day, last_day, planned_cents
  from reservation
  where youth_authority_id = ${youth_authority_id} and (
    state in ('reserved', 'requested', 'consented')
    or state in ('declined', 'expired') and coalesce(declined_on, expired_on) > ${today}::date - ${rememberedDays}::integer
      and not exists (select from reservation as later where later.case_key = reservation.case_key and later.id > reservation.id)
  )`

const booked = ({ today, youth_authority_id }: Omit<Asked, 'stages'>) => sql`
  select booking.id, 'booking' as kind,
    case when last_day < ${today}::date then 'overdue' when first_day > ${today}::date then 'booked'
      when last_day <= ${today}::date + ${nearDays}::integer then 'ending' else 'running' end as stage,
    case when first_day > ${today}::date then first_day
      when last_day <= ${today}::date + ${nearDays}::integer then last_day
      else least(last_day, ${nextReviewOn(today)})
    end as due_on,
    case_key, service_kind, provider_id, facility_id, origin.reserved_on, origin.consented_on,
    coalesce(origin.booked_on, (created_at at time zone 'Europe/Berlin')::date) as booked_on, first_day, last_day, ${plannedCents} as planned_cents
  from booking
  left join lateral (select reserved_on, consented_on, booked_on from reservation where booking_id = booking.id) as origin on true
  where youth_authority_id = ${youth_authority_id} and not cancelled and end_reason is null`

/** Every help under way that is asked for. */
export const helps = (asked: Omit<Asked, 'stages'>): RawBuilder<Omit<ManagedRow, 'due'>> => sql`
  select help.id, kind, stage, due_on, file.id as case_id, file.case_number, account.display_name as caseworker, help.service_kind,
    service_kind.legal_basis, service_kind.label as service_kind_label, provider.name as provider_name, facility.name as facility_name,
    reserved_on, consented_on, booked_on, first_day, last_day, planned_cents
  from (${reserved(asked)} union all ${booked(asked)}) as help
  join case_link using (case_key)
  join "case" as file on file.id = case_link.case_id
  join service_kind on service_kind.code = help.service_kind
  left join user_account as account on account.id = file.caseworker_id
  left join provider on provider.id = help.provider_id
  left join facility on facility.id = help.facility_id
  where ${asked.mine === undefined ? sql`true` : sql`file.caseworker_id = ${asked.mine}`}
    and ${asked.text === undefined ? sql`true` : sql`concat_ws(' ', file.case_number, provider.name, facility.name) ilike ${anywhere(asked.text)}`}`

export type Listing = { limit: number; after: readonly [due_on: string, id: string] | undefined }
type Counted<Key extends string> = Partial<Record<Key, number>>
export type Managed = { counts: Counted<Stage>; due: Counted<Due>; listed_due: Counted<Due>; rows: ManagedRow[] }

const dueIn = (today: string) => sql`
  case when due_on < ${today}::date then 'past' when due_on <= ${today}::date + 7 then 'week' when due_on <= ${today}::date + 30 then 'month' else 'later' end`

/**
 * The helps under way by what is due first, one row more than the page holds. `counts` and `due` are over all of them, `listed_due` over
 * those of the stages asked for.
 */
export const manageCases = async (db: Kysely<Database>, asked: Asked, { limit, after }: Listing): Promise<Managed> => {
  const start = after === undefined ? sql`true` : sql`(due_on, id) > (${after[0]}::date, ${after[1]}::uuid)`
  const chosen = asked.stages.length === 0 ? sql`true` : sql`stage = any (${asked.stages}::text[])`
  const counted = (key: RawBuilder<unknown>, where: RawBuilder<unknown>) =>
    sql`(select coalesce(json_object_agg(key, number), '{}') from (select ${key} as key, count(*) as number from help where ${where} group by 1) as counted)`
  const { rows } = await sql<Omit<Managed, 'rows'> & { helps: ManagedRow[] | null }>`
    with help as materialized (select help.*, ${dueIn(asked.today)} as due from (${helps(asked)}) as help),
    page as (select * from help where ${chosen} and ${start} order by due_on, id limit ${limit + 1})
    select ${counted(sql`stage`, sql`true`)} as counts, ${counted(sql`due`, sql`true`)} as due, ${counted(sql`due`, chosen)} as listed_due,
      (select json_agg(page order by due_on, id) from page) as helps
  `.execute(db)
  const { helps: found, ...told } = rows[0]!
  return { ...told, rows: found ?? [] }
}
