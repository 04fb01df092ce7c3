import { sql, type Transaction } from 'kysely'
import { z } from 'zod'
import type { Reader } from '../access/reader.ts'
import type { Database } from '../database.ts'
import { Id, text } from '../input.ts'
import { rowMissing, RuleViolation } from '../rule-violation.ts'
import { dearerReasons, type CountingRule, type DearerReason, type ReservationState, type Sex } from '../vocabulary.ts'
import { planBooking } from './booking.ts'
import { assertBegin } from './bounds.ts'
import { AreaInput, hasDays, inOrder, knownKind, noDays, orderFault } from './criteria.ts'
import { cheapestAvailable } from './offer.ts'
import { expectedPocketMoney } from './expected-pocket-money.ts'
import { assertNotParallel } from './parallel.ts'
import { parallel, placeOfOffer, termFields, termsOf } from './place-booking.ts'
import { hasPocketMoney } from './pocket-money.ts'
import { assertReason, heldUntil, takeStep, type HoldDays, type Moment, type Side, type Step } from './reservation.ts'

export const NewReservation = z
  .strictObject({
    ...termFields,
    parallel,
    offer_id: Id,
    /** where it was searched: what the cheapest offer is depends on it */
    area: AreaInput,
    search_id: Id.optional(),
    dearer_reason: z.enum(dearerReasons).nullable().default(null),
    note: text(1, 1000).optional(),
  })
  .refine(inOrder, orderFault)
  .refine(hasDays, noDays)
export type NewReservation = z.infer<typeof NewReservation>

type ReservationDays = HoldDays & { undo_days: number }
const dayParameters = ['reservation_days', 'consent_days', 'booking_days', 'longest_hold_days', 'undo_days'] as const

/** The parameters of a day. */
export const reservationDaysOn = async (trx: Transaction<Database>, day: string): Promise<ReservationDays> => {
  const rows = await trx
    .selectFrom('parameter')
    .where('name', 'in', dayParameters)
    .where('valid_from', '<=', day)
    .distinctOn('name')
    .orderBy('name')
    .orderBy('valid_from', 'desc')
    .select(['name', 'value'])
    .execute()
  return Object.fromEntries(rows.map(({ name, value }) => [name, value])) as ReservationDays
}

/** Places whose time is over are free before anybody asks for one there. */
const endOverdue = (trx: Transaction<Database>, now: Date, facility_id: string) =>
  sql`select expire_reservations(${now}, ${facility_id})`.execute(trx)

const tell = (
  trx: Transaction<Database>,
  reader: Reader,
  told: { reservation_id: string; step: string; at: Date; note?: string | undefined },
) =>
  trx
    .insertInto('reservation_step')
    .values({ ...told, note: told.note ?? null, user_account_id: reader.user_account_id })
    .execute()

const daySearched = async (trx: Transaction<Database>, search_id: string | undefined): Promise<string | null> => {
  if (search_id === undefined) return null
  const search = await trx.selectFrom('search').where('id', '=', search_id).select('searched_on').executeTakeFirst()
  return search?.searched_on ?? null
}

export const assertAdmitted = async (trx: Transaction<Database>, facility_id: string, person: { age_at_begin: number; sex: string }) => {
  const { age_from, age_to, sex_admitted } = await trx
    .selectFrom('facility')
    .where('id', '=', facility_id)
    .select(['age_from', 'age_to', 'sex_admitted'])
    .executeTakeFirstOrThrow()
  const sexFits = sex_admitted === 'all' || person.sex === 'd' || person.sex === sex_admitted
  if (!sexFits || person.age_at_begin < age_from || person.age_at_begin > age_to) throw new RuleViolation('offer_not_for_client')
}

/** Holds a place for a case. The schema guards that it is free and lies within the case. Returns the reservation's id. */
export const reserve = async (
  trx: Transaction<Database>,
  reader: Reader,
  request: NewReservation,
  { now, today }: Pick<Moment, 'now' | 'today'>,
) => {
  const days = await reservationDaysOn(trx, today)
  await assertBegin(trx, request.first_day, today)
  const place = await placeOfOffer(trx, request)
  await endOverdue(trx, now, place.facility_id)
  const { fact, rate_cents, units_per_week, plan } = await termsOf(trx, request, async () => place)
  await assertAdmitted(trx, place.facility_id, fact)
  if (!request.parallel) await assertNotParallel(trx, fact)
  const wanted = {
    ...request,
    service_kind: fact.service_kind,
    area: request.area ?? reader.federal_state,
    sex: fact.sex as Sex,
    age: fact.age_at_begin,
  }
  await knownKind(trx, wanted)
  const cheapest = (await cheapestAvailable(trx, wanted)) ?? rate_cents
  const cheapestPlan = planBooking({ ...request, units_per_week, rate_cents: Math.min(cheapest, rate_cents) })
  const dearer_cents = plan.agreed_cents - cheapestPlan.agreed_cents
  const { id } = await trx
    .insertInto('reservation')
    .values({
      ...fact,
      rate_cents,
      units_per_week,
      planned_units: plan.planned_units,
      planned_cents: plan.agreed_cents,
      dearer_cents,
      dearer_reason: dearer_cents > 0 ? request.dearer_reason : null,
      searched_on: await daySearched(trx, request.search_id),
      reserved_on: today,
      held_until: heldUntil('reserved', now, days),
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  await tell(trx, reader, { reservation_id: id, step: 'reserved', at: now, note: request.note })
  await keepPocketMoney(trx, id, request)
  await stopWaiting(trx, request, today)
  return id
}

/** What the dossier shows now stays with the reservation. */
const keepPocketMoney = async (trx: Transaction<Database>, reservation_id: string, request: NewReservation) => {
  const { code, form, federal_state } = await trx
    .selectFrom('offer')
    .innerJoin('service_kind', 'service_kind.code', 'offer.service_kind')
    .innerJoin('facility', 'facility.id', 'offer.facility_id')
    .innerJoin('youth_authority', 'youth_authority.id', 'facility.youth_authority_id')
    .where('offer.id', '=', request.offer_id)
    .select(['service_kind.code', 'service_kind.form', 'youth_authority.federal_state'])
    .executeTakeFirstOrThrow()
  if (!hasPocketMoney({ code, form })) return
  const { birth_date } = await trx
    .selectFrom('case')
    .innerJoin('client', 'client.id', 'case.client_id')
    .where('case.id', '=', request.case_id)
    .select('client.birth_date')
    .executeTakeFirstOrThrow()
  const { first_day, last_day, counting_rule } = request
  const shown = await expectedPocketMoney(trx, federal_state, { birth_date, first_day, last_day, counting_rule })
  if (shown === null) return
  await trx
    .insertInto('reservation_pocket_money')
    .values({ reservation_id, ...shown })
    .execute()
}

/** Whoever waited for the offer has a place there now. */
const stopWaiting = (trx: Transaction<Database>, { case_id, offer_id }: NewReservation, today: string) =>
  trx
    .updateTable('waiting_entry')
    .set({ state: 'reserved', ended_on: today })
    .where('case_id', '=', case_id)
    .where('offer_id', '=', offer_id)
    .where('state', '=', 'waiting')
    .execute()

/** Once a day is enough. */
const assertNotReminded = async (trx: Transaction<Database>, reservation_id: string, today: string) => {
  const reminded = await trx
    .selectFrom('reservation_step')
    .where('reservation_id', '=', reservation_id)
    .where('step', '=', 'reminded')
    .where(sql<boolean>`(at at time zone 'Europe/Berlin')::date = ${today}::date`)
    .select('id')
    .executeTakeFirst()
  if (reminded) throw new RuleViolation('reservation_reminded')
}

const lockReservation = async (trx: Transaction<Database>, id: string) => {
  const found = trx.selectFrom('reservation').where('id', '=', id).selectAll().select(answeredBy.as('answered_by'))
  // what a provider no longer answers he still sees, but cannot lock
  return (await found.forUpdate().executeTakeFirst()) ?? (await found.executeTakeFirstOrThrow(rowMissing))
}
type Reservation = Awaited<ReturnType<typeof lockReservation>>

export const sideOf = (reader: Reader): Side => (reader.roles.includes('provider') ? 'provider' : 'caseworker')

/** Whose account recorded the last answer. */
export const answeredBy = sql<Side | null>`(
  select case when account.provider_id is null then 'caseworker' else 'provider' end
  from reservation_step as step join user_account as account on account.id = step.user_account_id
  where step.reservation_id = reservation.id and step.step in ('consented', 'declined') and reservation.state in ('consented', 'declined')
  order by step.at desc, step.id desc limit 1)`

const freshId = async (trx: Transaction<Database>): Promise<string> =>
  (await sql<{ id: string }>`select uuidv7() as id`.execute(trx)).rows[0]!.id

/** The booking at the terms that were reserved. */
const book = (trx: Transaction<Database>, id: string, reservation: Reservation) => {
  const { case_key, youth_authority_id, service_kind, specialisations, provider_id, facility_id, offer_id, facility_authority_id } =
    reservation
  const { first_day, last_day, unit, rate_cents, units_per_week, age_at_begin, sex } = reservation
  const counting_rule = reservation.counting_rule as CountingRule
  const place = { service_kind, specialisations, provider_id, facility_id, offer_id, facility_authority_id, unit }
  const plan = planBooking({ first_day, last_day, counting_rule, units_per_week, rate_cents })
  return trx
    .insertInto('booking')
    .values({ id, case_key, youth_authority_id, ...place, counting_rule, first_day, last_day, ...plan, age_at_begin, sex, away: false })
    .execute()
}

export type Taken = {
  note?: string | undefined
  decline_reason?: Change['decline_reason']
  dearer_reason?: DearerReason
  parallel?: boolean | undefined
}
type Change = ReturnType<typeof takeStep>

/** Takes a step under a lock; the place is never free in between. */
export const advance = async (
  trx: Transaction<Database>,
  reader: Reader,
  { id, step, taken, now, today }: { id: string; step: Step; taken: Taken } & Pick<Moment, 'now' | 'today'>,
): Promise<void> => {
  const reservation = await lockReservation(trx, id)
  const days = await reservationDaysOn(trx, today)
  const standing = {
    ...reservation,
    state: reservation.state as ReservationState,
    dearer_reason: reservation.dearer_reason as DearerReason,
  }
  const change = takeStep(standing, step, { now, today, days, by: sideOf(reader), undo_days: days.undo_days })
  assertReason(step, taken.note)
  if (step === 'reminded') await assertNotReminded(trx, id, today)
  const booking_id = step === 'booked' ? await freshId(trx) : undefined
  const { decline_reason, dearer_reason } = taken
  await trx
    .updateTable('reservation')
    .set({
      ...change,
      ...(step === 'declined' && { decline_reason: decline_reason! }),
      ...(step === 'explained' && { dearer_reason: dearer_reason! }),
      ...(booking_id && { booking_id }),
    })
    .where('id', '=', id)
    .execute()
  if (booking_id && !taken.parallel) await assertNotParallel(trx, reservation)
  if (booking_id) await book(trx, booking_id, reservation)
  await tell(trx, reader, { reservation_id: id, step, at: now, note: taken.note })
}
