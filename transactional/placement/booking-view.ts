import { sql, type Kysely } from 'kysely'
import { z } from 'zod'
import type { Reader } from '../access/reader.ts'
import type { Database } from '../database.ts'
import { rowMissing } from '../rule-violation.ts'
import { bookingSteps, countingRules, sexes, units, type CountingRule } from '../vocabulary.ts'
import { plannedCents, type Steps } from './booking.ts'
import { billedUntil, lastStanding, readInterruptions, readSteps, ToldBookingStep, ToldInterruption, undoDaysOn } from './booking-log.ts'
import { possibleSteps } from './booking-step.ts'
import { latestByLaw, latestInFacility } from './bounds.ts'
import { PocketMoney, shownPocketMoney } from './expected-pocket-money.ts'
import { followUp, FollowUp } from './follow-up.ts'

/** A booking as its authority and its provider see it. The key under which the warehouse knows its case is told to nobody. */
export const Booking = z
  .object({
    id: z.uuid(),
    /** null for the provider, and once the file is deleted */
    case_id: z.uuid().nullable(),
    youth_authority_id: z.string(),
    service_kind: z.string(),
    specialisations: z.array(z.string()),
    provider_id: z.uuid().nullable(),
    facility_id: z.uuid().nullable(),
    offer_id: z.uuid().nullable(),
    facility_authority_id: z.string().nullable(),
    away: z.boolean(),
    counting_rule: z.enum(countingRules),
    first_day: z.iso.date(),
    last_day: z.iso.date(),
    end_reason: z.int().nullable(),
    cancelled: z.boolean(),
    /** planned end passed and no end recorded */
    overdue: z.boolean(),
    unit: z.enum(units),
    rate_from: z.array(z.iso.date()),
    rate_cents: z.array(z.int()),
    units_per_week: z.array(z.number()),
    planned_units: z.number(),
    planned_cents: z.int(),
    agreed_days: z.int(),
    agreed_cents: z.int(),
    age_at_begin: z.int(),
    sex: z.enum(sexes),
    created_at: z.string(),
  })
  .meta({ id: 'Booking' })
export type Booking = z.infer<typeof Booking>

const LatestDays = z.object({
  /** by law; null: none, or the birth date is not known */
  law: z.iso.date().nullable(),
  /** while the person is as young as the facility takes */
  facility: z.object({ last_day: z.iso.date(), age_to: z.int() }).nullable(),
})
type LatestDays = z.infer<typeof LatestDays>
const anyDay: LatestDays = { law: null, facility: null }

/** One booking with the names of what it refers to. */
export const BookingWithNames = Booking.extend({
  /** null for the provider, and once the file is deleted */
  case_number: z.string().nullable(),
  authority_name: z.string(),
  legal_basis: z.string(),
  service_kind_label: z.string(),
  /** null: outside the system */
  provider_name: z.string().nullable(),
  facility_name: z.string().nullable(),
  /** what it was reserved by */
  reservation_id: z.uuid().nullable(),
  /** told to the authority only, as all below; as it was shown at the reservation */
  pocket_money: PocketMoney.nullable(),
  steps: z.array(ToldBookingStep),
  interruptions: z.array(ToldInterruption),
  /** what the reader may do now */
  possible: z.array(z.enum(bookingSteps)),
  /** the latest last days a prolongation may have */
  latest_days: LatestDays,
  /** what is to be done after an end */
  follow_up: z.array(FollowUp),
}).meta({ id: 'BookingWithNames' })
export type BookingWithNames = z.infer<typeof BookingWithNames>

export const bookingColumns = [
  'booking.id',
  'booking.youth_authority_id',
  'booking.service_kind',
  'booking.specialisations',
  'booking.provider_id',
  'booking.facility_id',
  'booking.offer_id',
  'booking.facility_authority_id',
  'booking.away',
  'booking.counting_rule',
  'booking.first_day',
  'booking.last_day',
  'booking.end_reason',
  'booking.cancelled',
  'booking.unit',
  'booking.rate_from',
  'booking.rate_cents',
  'booking.units_per_week',
  'booking.planned_units',
  'booking.agreed_days',
  'booking.agreed_cents',
  'booking.age_at_begin',
  'booking.sex',
  'booking.created_at',
] as const

export type BookingRow = Omit<Booking, 'counting_rule' | 'unit' | 'sex' | 'overdue' | 'planned_cents'> & {
  counting_rule: string
  unit: string
  sex: string
}

export const viewOf = (row: BookingRow, today: string): Booking => {
  const term = row as BookingRow & Steps & { counting_rule: CountingRule }
  const overdue = row.end_reason === null && !row.cancelled && row.last_day < today
  return Booking.parse({ ...row, planned_cents: plannedCents(term), overdue })
}

/** The bookings the reader may see: policies decide, the explicit condition lets the list walk along one index. */
export const bookings = (db: Kysely<Database>, reader: Reader) =>
  db
    .selectFrom('booking')
    .leftJoin('case_link', 'case_link.case_key', 'booking.case_key')
    .where((eb) =>
      reader.youth_authority_id !== null
        ? eb('booking.youth_authority_id', '=', reader.youth_authority_id)
        : eb('booking.provider_id', '=', sql<string>`${reader.provider_id}::uuid`),
    )
    .select([...bookingColumns, 'case_link.case_id'])

export const readBookingWithNames = async (db: Kysely<Database>, reader: Reader, id: string, today: string): Promise<BookingWithNames> => {
  const { case_number, authority_name, legal_basis, service_kind_label, provider_name, facility_name, reservation_id, ...row } =
    await bookings(db, reader)
      .innerJoin('youth_authority', 'youth_authority.id', 'booking.youth_authority_id')
      .innerJoin('service_kind', 'service_kind.code', 'booking.service_kind')
      .leftJoin('case', 'case.id', 'case_link.case_id')
      .leftJoin('provider', 'provider.id', 'booking.provider_id')
      .leftJoin('facility', 'facility.id', 'booking.facility_id')
      .leftJoin('reservation', 'reservation.booking_id', 'booking.id')
      .where('booking.id', '=', id)
      .select([
        'case.case_number',
        'youth_authority.name as authority_name',
        'service_kind.legal_basis',
        'service_kind.label as service_kind_label',
        'provider.name as provider_name',
        'facility.name as facility_name',
        'reservation.id as reservation_id',
      ])
      .executeTakeFirstOrThrow(rowMissing)
  const names = { case_number, authority_name, legal_basis, service_kind_label, provider_name, facility_name, reservation_id }
  const booking = { ...viewOf(row, today), ...names }
  const pocket_money = reservation_id === null ? null : await shownPocketMoney(db, reservation_id)
  return { ...booking, pocket_money, ...(await readCourse(db, reader, booking, today)) }
}

type Lasting = { id: string; service_kind: string; counting_rule: CountingRule }
/** Until when a help may go on, by the age of the person. */
export const readLatestDays = async (db: Kysely<Database>, { id, service_kind, counting_rule }: Lasting): Promise<LatestDays> => {
  const of = await db
    .selectFrom('booking')
    .innerJoin('case_link', 'case_link.case_key', 'booking.case_key')
    .innerJoin('case', 'case.id', 'case_link.case_id')
    .innerJoin('client', 'client.id', 'case.client_id')
    .leftJoin('facility', 'facility.id', 'booking.facility_id')
    .where('booking.id', '=', id)
    .select(['client.birth_date', 'facility.age_to'])
    .executeTakeFirst()
  if (of === undefined) return anyDay
  const { birth_date, age_to } = of
  return {
    law: latestByLaw(birth_date, service_kind, counting_rule),
    facility: age_to === null ? null : { age_to, last_day: latestInFacility(birth_date, age_to, counting_rule) },
  }
}

type Named = Booking & { reservation_id: string | null }

/** What happened to a booking and what may or must follow; nothing of it for the provider. */
const readCourse = async (db: Kysely<Database>, reader: Reader, booking: Named, today: string) => {
  if (reader.youth_authority_id === null) return { steps: [], interruptions: [], possible: [], latest_days: anyDay, follow_up: [] }
  const [steps, interruptions] = [await readSteps(db, booking), await readInterruptions(db, booking.id)]
  const last = await lastStanding(db, booking.id)
  const undoing = { first_day: booking.first_day, last, undo_days: await undoDaysOn(db, today), today }
  if (!reader.roles.includes('caseworker')) return { steps, interruptions, possible: [], latest_days: anyDay, follow_up: [] }
  const follow_up = await readFollowUp(db, booking)
  // what another authority continues does not come back
  const handed = follow_up.some(({ task, done }) => task === 'handover' && done)
  const possible = handed ? [] : possibleSteps(booking, undoing, interruptions)
  return { steps, interruptions, possible, latest_days: await readLatestDays(db, booking), follow_up }
}

const readFollowUp = async (db: Kysely<Database>, booking: Named) => {
  const { id, case_id, last_day, end_reason } = booking
  if (end_reason === null || case_id === null) return []
  const { reviewed_on, noticed_on, next_booking_id, handed_on } = await db
    .selectNoFrom((eb) => [
      eb
        .selectFrom('care_plan_review')
        .where('booking_id', '=', id)
        .select(({ fn }) => fn.max('reviewed_on').as('day'))
        .as('reviewed_on'),
      eb
        .selectFrom('notice')
        .where('booking_id', '=', id)
        .where('kind', '=', 'end')
        .where('state', '=', 'issued')
        .select(({ fn }) => fn.max('issued_on').as('day'))
        .as('noticed_on'),
      eb
        .selectFrom('booking as next')
        .innerJoin('case_link', 'case_link.case_key', 'next.case_key')
        .where('case_link.case_id', '=', case_id)
        .where('next.id', '<>', id)
        .where('next.cancelled', '=', false)
        .where('next.first_day', '>=', last_day)
        .orderBy('next.first_day')
        .limit(1)
        .select('next.id')
        .as('next_booking_id'),
      eb
        .selectFrom('authority_change')
        .where('authority_change.case_id', '=', case_id)
        .where('authority_change.state', '=', 'accepted')
        .select('continued_on')
        .as('handed_on'),
    ])
    .executeTakeFirstOrThrow()
  return followUp({ ...booking, end_reason, billed_until: await billedUntil(db, id), reviewed_on, noticed_on, next_booking_id, handed_on })
}
