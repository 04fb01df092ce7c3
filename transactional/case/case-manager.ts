import { sql, type Kysely, type RawBuilder } from 'kysely'
import type { Database } from '../database.ts'
import { anywhere, wordsIn } from '../input.ts'

/** Where a help stands, in the order in which it comes about. */
export const stages = [
  'waiting',
  'place_free',
  'reserved',
  'requested',
  'consented',
  'declined',
  'expired',
  'booked',
  'running',
  'interrupted',
  'ending',
  'overdue',
] as const
export type Stage = (typeof stages)[number]

/** How near the day is by which something is to be done: past, within 7 days, within 30, later. */
export const dues = ['past', 'week', 'month', 'later'] as const
export type Due = (typeof dues)[number]

/** One line per help under way: what is waited for, reserved or asked for, and what is booked and not yet ended. */
export type ManagedRow = {
  id: string
  /** of an entry of a waiting list, of a reservation, or of a booking */
  kind: 'waiting' | 'reservation' | 'booking'
  stage: Stage
  /** the day by which something is to be done */
  due_on: string
  due: Due
  /** the first day after the interruption of today */
  resumes_on: string | null
  /** what is due but the end of an interruption, and when; null: nothing to be reminded of */
  to_do: 'answer' | 'hold' | 'review' | 'end' | null
  to_do_on: string | null
  case_id: string
  case_number: string
  /** null: imported without the person */
  family_name: string | null
  given_name: string | null
  caseworker_id: string | null
  caseworker: string | null
  service_kind: string
  legal_basis: string
  service_kind_label: string
  provider_id: string | null
  provider_name: string | null
  facility_name: string | null
  reserved_on: string | null
  consented_on: string | null
  booked_on: string | null
  first_day: string
  last_day: string
  /** null: what is waited for has no price yet */
  planned_cents: number | null
}

/** Ends within so many days are near. */
const nearDays = 60
/** What came to nothing is shown for so long, so that something else is chosen. */
const rememberedDays = 30

type Whose = {
  today: string
  youth_authority_id: string
  /** of one case alone */
  case_key?: string
}
export type Asked = Whose & {
  stages: readonly Stage[]
  due: readonly Due[]
  service_kind: string | undefined
  provider_id: string | undefined
  caseworker_id: string | undefined
  /** words, each in a case number or in the name of a person, provider or facility */
  text: string | undefined
}

/** Planned cents: steps of dated rates and units, days × units per week ÷ 7 × rate, each rounded half up as cost.ts does. */
export const plannedCents = sql<number>`(
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

const own = ({ youth_authority_id, case_key }: Whose) =>
  case_key === undefined
    ? sql`youth_authority_id = ${youth_authority_id}`
    : sql`youth_authority_id = ${youth_authority_id} and case_key = ${case_key}`

const waiting = (whose: Whose) => sql`
  select waiting_entry.id, 'waiting' as kind, case when told_at is null then 'waiting' else 'place_free' end as stage,
    case when told_at is null then first_day else least(first_day, ((told_at + ${patience}) at time zone 'Europe/Berlin')::date) end as due_on,
    null::date as resumes_on, null as to_do, null::date as to_do_on,
    case_key, service_kind, offer.provider_id, facility_id, null::date as reserved_on, null::date as consented_on, null::date as booked_on,
    first_day, last_day, null::bigint as planned_cents
  from waiting_entry
  join case_link using (case_id)
  join offer on offer.id = offer_id
  where ${own(whose)} and state = 'waiting'`
/** So long is who was told of a free place left in peace before the next in line hears of it. */
const patience = sql`make_interval(days => (select value from parameter where name = 'waiting_days'
  and valid_from <= (told_at at time zone 'Europe/Berlin')::date order by valid_from desc limit 1)::integer)`

const reserved = (whose: Whose) => sql`
  select reservation.id, 'reservation' as kind, reservation.state as stage,
    case when reservation.state in ('declined', 'expired') then coalesce(declined_on, expired_on) else held_to end as due_on,
    null::date as resumes_on, case reservation.state when 'requested' then 'answer' when 'reserved' then 'hold' when 'consented' then 'hold' end as to_do,
    held_to as to_do_on,
    case_key, service_kind, provider_id, facility_id, reserved_on, consented_on, null::date as booked_on, first_day, last_day, planned_cents
  from reservation
  cross join lateral (select (held_until at time zone 'Europe/Berlin')::date as held_to) as hold
  where ${own(whose)} and (
    state in ('reserved', 'requested', 'consented')
    or state in ('declined', 'expired') and coalesce(declined_on, expired_on) > ${whose.today}::date - ${rememberedDays}::integer
      and not exists (select from reservation as later where later.case_key = reservation.case_key and later.id > reservation.id)
  )`

const booked = (whose: Whose) => sql`
  select id, 'booking' as kind,
    case when last_day < ${whose.today}::date then 'overdue' when first_day > ${whose.today}::date then 'booked' when resumes_on is not null then 'interrupted'
      when to_do = 'end' then 'ending' else 'running' end as stage,
    least(to_do_on, resumes_on) as due_on, resumes_on, to_do, to_do_on,
    case_key, service_kind, provider_id, facility_id, reserved_on, consented_on, booked_on, first_day, last_day, planned_cents
  from (
    select booking.*, origin.reserved_on, origin.consented_on,
      coalesce(origin.booked_on, (created_at at time zone 'Europe/Berlin')::date) as booked_on, ${plannedCents} as planned_cents,
      resumes_on,
      case when booking.first_day > ${whose.today}::date then null when booking.last_day <= ${whose.today}::date + ${nearDays}::integer then 'end' else 'review' end as to_do,
      case when booking.first_day > ${whose.today}::date then booking.first_day
        when booking.last_day <= ${whose.today}::date + ${nearDays}::integer then booking.last_day
        else least(booking.last_day, ${nextReviewOn(whose.today)})
      end as to_do_on
    from booking
    left join lateral (select reserved_on, consented_on, booked_on from reservation where booking_id = booking.id) as origin on true
    left join lateral (
      select last_day + 1 as resumes_on from booking_interruption where booking_id = booking.id and ${whose.today}::date between first_day and last_day
    ) as pause on true
    where ${own(whose)} and not cancelled and end_reason is null
  ) as booking`

/** Every help under way, of an authority or of one of its cases. */
export const helps = (whose: Whose): RawBuilder<Omit<ManagedRow, 'due'>> => sql`
  select help.id, kind, stage, due_on, resumes_on, to_do, to_do_on, file.id as case_id, file.case_number, file.caseworker_id,
    client.family_name, client.given_name, account.display_name as caseworker,
    help.service_kind, service_kind.legal_basis, service_kind.label as service_kind_label, help.provider_id, provider.name as provider_name,
    facility.name as facility_name, reserved_on, consented_on, booked_on, first_day, last_day, planned_cents
  from (${waiting(whose)} union all ${reserved(whose)} union all ${booked(whose)}) as help
  join case_link using (case_key)
  join "case" as file on file.id = case_link.case_id
  join service_kind on service_kind.code = help.service_kind
  left join client on client.id = file.client_id
  left join user_account as account on account.id = file.caseworker_id
  left join provider on provider.id = help.provider_id
  left join facility on facility.id = help.facility_id`

const narrowed = ({ service_kind, provider_id, caseworker_id, text }: Asked) => {
  const conditions = [
    service_kind === undefined ? undefined : sql`service_kind = ${service_kind}`,
    provider_id === undefined ? undefined : sql`provider_id = ${provider_id}`,
    caseworker_id === undefined ? undefined : sql`caseworker_id = ${caseworker_id}`,
    text === undefined
      ? undefined
      : sql`concat_ws(' ', case_number, given_name, family_name, provider_name, facility_name) ilike all (${wordsIn(text).map(anywhere)}::text[])`,
  ].filter((condition) => condition !== undefined)
  return conditions.length === 0 ? sql`true` : sql.join(conditions, sql` and `)
}

export type Listing = { limit: number; after: readonly [due_on: string, id: string] | undefined }
type Counted<Key extends string> = Partial<Record<Key, number>>
type Choices = {
  service_kinds: { code: string; legal_basis: string; label: string }[]
  providers: { id: string; name: string }[]
  caseworkers: { id: string; name: string }[]
}
export type Managed = {
  counts: Counted<Stage>
  due: Counted<Due>
  listed: number
  listed_due: Counted<Due>
  choices: Choices
  rows: ManagedRow[]
}

const dueIn = (today: string) => sql`
  case when due_on < ${today}::date then 'past' when due_on <= ${today}::date + 7 then 'week' when due_on <= ${today}::date + 30 then 'month' else 'later' end`

const listOf = (columns: RawBuilder<unknown>, where: RawBuilder<unknown>) =>
  sql`(select coalesce(json_agg(choice), '[]') from (select distinct ${columns} from under_way where ${where} order by 2, 1) as choice)`

/**
 * The helps under way by what is due first, one row more than the page holds. `choices` are over all of them, `counts` and `due` over those
 * of the kind, provider, caseworker and words asked for, `listed` and `listed_due` over those of the stages and days asked for as well.
 */
export const manageCases = async (db: Kysely<Database>, asked: Asked, { limit, after }: Listing): Promise<Managed> => {
  const start = after === undefined ? sql`true` : sql`(due_on, id) > (${after[0]}::date, ${after[1]}::uuid)`
  const ofStage = asked.stages.length === 0 ? sql`true` : sql`stage = any (${asked.stages}::text[])`
  const listed = asked.due.length === 0 ? ofStage : sql`${ofStage} and due = any (${asked.due}::text[])`
  const counted = (key: RawBuilder<unknown>, where: RawBuilder<unknown>) =>
    sql`(select coalesce(json_object_agg(key, number), '{}') from (select ${key} as key, count(*) as number from help where ${where} group by 1) as counted)`
  const { rows } = await sql<Omit<Managed, 'rows'> & { helps: ManagedRow[] | null }>`
    with under_way as materialized (select help.*, ${dueIn(asked.today)} as due from (${helps(asked)}) as help),
    help as materialized (select * from under_way where ${narrowed(asked)}),
    page as (select * from help where ${listed} and ${start} order by due_on, id limit ${limit + 1})
    select ${counted(sql`stage`, sql`true`)} as counts, ${counted(sql`due`, sql`true`)} as due, ${counted(sql`due`, listed)} as listed_due,
      (select count(*)::integer from help where ${listed}) as listed,
      json_build_object(
        'service_kinds', ${listOf(sql`service_kind as code, legal_basis, service_kind_label as label`, sql`true`)},
        'providers', ${listOf(sql`provider_id as id, provider_name as name`, sql`provider_id is not null`)},
        'caseworkers', ${listOf(sql`caseworker_id as id, caseworker as name`, sql`caseworker_id is not null`)}
      ) as choices,
      (select json_agg(page order by due_on, id) from page) as helps
  `.execute(db)
  const { helps: found, ...told } = rows[0]!
  return { ...told, rows: found ?? [] }
}
