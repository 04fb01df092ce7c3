import { sql, type Kysely } from 'kysely'
import { z } from 'zod'
import type { Database } from '../database.ts'
import { rowMissing } from '../rule-violation.ts'
import { awayReasons, bookingSteps, declineReasons, reservationStates, reservationSteps } from '../vocabulary.ts'
import { helps, plannedCents, stages, type ManagedRow } from './case-manager.ts'
import { overwritten } from './take-over.ts'

const Help = z.object({
  id: z.uuid(),
  kind: z.enum(['waiting', 'reservation', 'booking']),
  /** as in the Fallmanager, with the day by which something is to be done; null: it is over */
  stage: z.enum(stages).nullable(),
  due_on: z.iso.date().nullable(),
  /** the first day after the interruption of today */
  resumes_on: z.iso.date().nullable(),
  service_kind: z.string(),
  legal_basis: z.string(),
  service_kind_label: z.string(),
  /** null: outside the system */
  provider_name: z.string().nullable(),
  facility_name: z.string().nullable(),
  first_day: z.iso.date(),
  last_day: z.iso.date(),
  /** null: what is waited for has no price yet */
  planned_cents: z.int().nullable(),
  /** of a reservation */
  state: z.enum(reservationStates).nullable(),
  end_reason: z.int().nullable(),
  cancelled: z.boolean(),
})

const ChangedValue = z.union([z.string(), z.boolean()]).nullable()

const Event = z.object({
  /** an instant, or a day where the hour is not known */
  at: z.string(),
  what: z.enum([
    'opened',
    'opened_from_file',
    'client_overwritten',
    'waiting',
    'reservation',
    'booking',
    'ended',
    'plan',
    'goals_released',
    'goals_withdrawn',
    'review',
    'handover',
    'consultation',
    'notice_grant',
    'notice_change',
    'notice_refusal',
    'notice_end',
    'change_announced',
    'change_accepted',
    'change_declined',
    'change_withdrawn',
    'change_taken_over',
  ]),
  /** of a reservation or booking */
  step: z.enum([...reservationSteps, ...bookingSteps]).nullable(),
  /** of a step of a booking: the days it is about, and why it was booked outside the system */
  first_day: z.iso.date().nullable(),
  last_day: z.iso.date().nullable(),
  away_reason: z.enum(awayReasons).nullable(),
  /** of a reservation that was declined */
  decline_reason: z.enum(declineReasons).nullable(),
  /** the help it is about; null: the case as a whole */
  help_id: z.uuid().nullable(),
  by: z.string().nullable(),
  /** who got the case */
  to: z.string().nullable(),
  note: z.string().nullable(),
  /** of a person that a file has overwritten */
  changes: z.array(z.object({ field: z.enum(overwritten), before: ChangedValue, after: ChangedValue })).nullable(),
})

export const CaseCourse = z
  .object({
    id: z.uuid(),
    case_number: z.string(),
    begin_on: z.iso.date(),
    end_on: z.iso.date().nullable(),
    caseworker_id: z.uuid().nullable(),
    caseworker: z.string().nullable(),
    today: z.iso.date(),
    /** of all helps that are not cancelled, live reservations included */
    planned_cents: z.int(),
    released_cents: z.int(),
    paid_cents: z.int(),
    /** latest begin first; what was booked stands there as booking alone */
    helps: z.array(Help),
    /** newest first */
    events: z.array(Event),
  })
  .meta({ id: 'CaseCourse' })
export type CaseCourse = z.infer<typeof CaseCourse>

const mostEvents = 500

const helpsOf = (case_key: string) => sql`
  select help.*, service_kind.legal_basis, service_kind.label as service_kind_label, provider.name as provider_name, facility.name as facility_name
  from (
    select id, 'booking' as kind, service_kind, provider_id, facility_id, first_day, last_day, ${plannedCents} as planned_cents, null as state,
      end_reason, cancelled
    from booking where case_key = ${case_key}
    union all
    select id, 'reservation', service_kind, provider_id, facility_id, first_day, last_day, planned_cents, state, null, false
    from reservation where case_key = ${case_key} and state <> 'booked'
  ) as help
  join service_kind on service_kind.code = help.service_kind
  left join provider on provider.id = help.provider_id
  left join facility on facility.id = help.facility_id`

/** Who acts for the provider stays with the provider. */
const nameOf = (account: string) => sql`(
  select coalesce(provider.name, account.display_name) from user_account as account left join provider on provider.id = account.provider_id
  where account.id = ${sql.ref(account)})`

const eventsOf = (case_id: string, case_key: string, today: string) => sql`
  select step.at, 'reservation' as what, step.step, coalesce(reservation.booking_id, reservation.id) as help_id, step.user_account_id as by_id,
    null::uuid as to_id, step.note, null::uuid as told_by
  from reservation_step as step join reservation on reservation.id = step.reservation_id where case_key = ${case_key}
  union all
  -- what another authority handed over is told as that
  select opened_at, case when from_file then 'opened_from_file' else 'opened' end, null, null, opened_by, null, null, null
  from "case" where id = ${case_id} and not exists (select from authority_change where new_case_id = ${case_id})
  union all
  select changed_at, 'client_overwritten', null, null, changed_by, null, null, client_change.id
  from client_change join "case" using (client_id) where "case".id = ${case_id}
  union all
  select step.at, 'booking', step.step, booking_id, step.user_account_id, null, step.note, step.id
  from booking_step as step join booking on booking.id = step.booking_id where case_key = ${case_key}
    -- told by the reservation already
    and not (step.step = 'booked' and exists (select from reservation where reservation.booking_id = booking.id))
  union all
  select created_at, 'booking', 'booked', id, null, null, null, null from booking where case_key = ${case_key}
    and not exists (select from booking_step where booking_step.booking_id = booking.id and step = 'booked')
    and not exists (select from reservation where reservation.booking_id = booking.id)
  union all
  -- an end that nobody recorded here is known by its day; noon stands for a day
  select (last_day + time '12:00') at time zone 'Europe/Berlin', 'ended', null, id, null, null, null, null from booking where case_key = ${case_key}
    and end_reason is not null and last_day <= ${today}::date
    and not exists (select from booking_step where booking_step.booking_id = booking.id and step = 'ended')
  union all
  -- who waits for it goes with the case, and is not who put it there
  select waiting_since, 'waiting', null, waiting_entry.id, null, null, facility.name, null
  from waiting_entry join offer on offer.id = offer_id join facility on facility.id = facility_id where case_id = ${case_id}
  union all
  select written_at, 'plan', null, booking_id, written_by, null, null, null from care_plan where case_id = ${case_id}
  union all
  select released_at, 'goals_released', null, booking_id, released_by, null, null, null
  from care_plan_release join care_plan using (booking_id, version) where case_id = ${case_id}
  union all
  select withdrawn_at, 'goals_withdrawn', null, booking_id, withdrawn_by, null, null, null
  from care_plan_release join care_plan using (booking_id, version) where case_id = ${case_id} and withdrawn_at is not null
  union all
  select (reviewed_on + time '12:00') at time zone 'Europe/Berlin', 'review', null, booking_id, recorded_by, null, summary, null
  from care_plan_review where case_id = ${case_id}
  union all
  select handed_at, 'handover', null, null, handed_by, to_id, reason, null from case_handover where case_id = ${case_id}
  union all
  select coalesce(decided_at, opened_at), 'consultation', null, null, coalesce(decided_by, opened_by), null, coalesce(decision_reason, question), null
  from consultation where case_id = ${case_id}
  union all
  -- what is issued changes no more
  select changed_at, 'notice_' || kind, null, booking_id, issued_by, null, null, null from notice where case_id = ${case_id} and state = 'issued'
  union all
  select announced_at, 'change_announced', null, null, announced_by, null, concat_ws(': ', next.name, note), null
  from authority_change join youth_authority as next on next.id = to_authority_id where case_id = ${case_id}
  union all
  select answered_at, 'change_' || state, null, null, answered_by, null, concat_ws(': ', next.name, answer_note), null
  from authority_change join youth_authority as next on next.id = to_authority_id where case_id = ${case_id} and answered_at is not null
  union all
  select answered_at, 'change_taken_over', null, null, answered_by, null, concat_ws(': ', former.name, answer_note), null
  from authority_change join youth_authority as former on former.id = authority_change.youth_authority_id where new_case_id = ${case_id}`

/** What is waited for, what was reserved or booked, and where each stands. */
const readHelps = async (db: Kysely<Database>, whose: { today: string; youth_authority_id: string; case_key: string }) => {
  const taken = await sql<z.infer<typeof Help>>`${helpsOf(whose.case_key)}`.execute(db)
  const { rows: underWay } = await sql<ManagedRow>`${helps(whose)}`.execute(db)
  const waiting = underWay
    .filter(({ kind }) => kind === 'waiting')
    .map((row) => ({ ...row, state: null, end_reason: null, cancelled: false }))
  const over = { stage: null, due_on: null, resumes_on: null }
  return [...waiting, ...taken.rows.map((help) => ({ ...help, ...(underWay.find(({ id }) => id === help.id) ?? over) }))].toSorted(
    (a, b) => b.first_day.localeCompare(a.first_day) || a.id.localeCompare(b.id),
  )
}

/** All that happened in a case: its helps, what was done when by whom, and what it has cost. */
export const readCourse = async (db: Kysely<Database>, case_id: string, today: string): Promise<CaseCourse> => {
  const file = await db
    .selectFrom('case')
    .innerJoin('case_link', 'case_link.case_id', 'case.id')
    .leftJoin('user_account', 'user_account.id', 'case.caseworker_id')
    .where('case.id', '=', case_id)
    .select(['case.id', 'case_number', 'begin_on', 'end_on', 'caseworker_id', 'user_account.display_name as caseworker', 'case_key'])
    .select('case.youth_authority_id')
    .executeTakeFirstOrThrow(rowMissing)
  const { case_key, youth_authority_id, ...told } = file
  const all = await readHelps(db, { today, youth_authority_id, case_key })
  const events = await sql<CaseCourse['events'][number]>`
    select case when what in ('review', 'ended') then (event.at at time zone 'Europe/Berlin')::date::text else to_json(event.at) #>> '{}' end as at,
      what, event.step, help_id, event.note, told.first_day, told.last_day, told.away_reason, client_change.changes,
      case event.step when 'declined' then (select decline_reason from reservation where reservation.id = help_id) end as decline_reason,
      ${nameOf('event.by_id')} as by, ${nameOf('event.to_id')} as to
    from (${eventsOf(case_id, case_key, today)}) as event 
      left join booking_step as told on told.id = told_by left join client_change on client_change.id = told_by
    order by event.at desc, what in ('opened', 'opened_from_file') limit ${mostEvents}
  `.execute(db)
  const costs = await sql<Pick<CaseCourse, 'released_cents' | 'paid_cents'>>`select * from case_costs(${case_id})`.execute(db)
  const live = new Set(['reserved', 'requested', 'consented'])
  const planned = all.filter(({ cancelled, state }) => !cancelled && (state === null || live.has(state)))
  const planned_cents = planned.reduce((sum, help) => sum + (help.planned_cents ?? 0), 0)
  return CaseCourse.parse({ ...told, today, planned_cents, ...costs.rows[0], helps: all, events: events.rows })
}
