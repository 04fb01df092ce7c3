import { sql, type Transaction } from 'kysely'
import { z } from 'zod'
import type { Database } from '../database.ts'
import { Cents, Code, Codes, CountingRuleInput, Day, Id, UnitsPerWeek } from '../input.ts'
import { RuleViolation } from '../rule-violation.ts'
import { awayReasons, type Unit } from '../vocabulary.ts'
import { planBooking } from './booking.ts'
import { assertBegin, assertUsualRate, assertYoung, latestByLaw } from './bounds.ts'
import { bookingColumns, type BookingRow } from './booking-view.ts'
import { hasDays, inOrder, knownKind, noDays, orderFault, unitsPerWeek } from './criteria.ts'
import { assertNotParallel } from './parallel.ts'
import { ageOn } from './period.ts'

export const termFields = {
  case_id: Id,
  first_day: Day,
  last_day: Day,
  counting_rule: CountingRuleInput,
  units_per_week: UnitsPerWeek.optional(),
  /** those required at the search */
  specialisations: Codes.default([]),
}

/** said where another residential help is booked for the same days */
export const parallel = z.boolean().default(false)

const FromOffer = z.strictObject({ ...termFields, parallel, away: z.literal(false).optional(), offer_id: Id })
/** outside the system: no offer, no facility, a rate as agreed elsewhere */
const Away = z.strictObject({
  ...termFields,
  parallel,
  away: z.literal(true),
  service_kind: Code,
  rate_cents: Cents,
  away_reason: z.enum(awayReasons).nullable().default(null),
})

export const NewBooking = z.discriminatedUnion('away', [FromOffer, Away]).refine(inOrder, orderFault).refine(hasDays, noDays)
export type NewBooking = z.infer<typeof NewBooking>

type Place = {
  service_kind: string
  provider_id: string | null
  facility_id: string | null
  offer_id: string | null
  facility_authority_id: string | null
  unit: Unit
  rate_cents: number
}
type Person = { case_key: string; youth_authority_id: string; birth_date: string; sex: string }

const personOf = async (trx: Transaction<Database>, case_id: string): Promise<Person> => {
  const person = await trx
    .selectFrom('case')
    .innerJoin('case_link', 'case_link.case_id', 'case.id')
    .leftJoin('client', 'client.id', 'case.client_id')
    .where('case.id', '=', case_id)
    .select(['case_link.case_key', 'case.youth_authority_id', 'client.birth_date', 'client.sex'])
    .executeTakeFirst()
  if (person === undefined) throw new RuleViolation('case_unknown')
  const { birth_date, sex, ...file } = person
  if (birth_date === null || sex === null) throw new RuleViolation('case_without_client')
  return { ...file, birth_date, sex }
}

/** The offer at the rate that holds on a day. */
export const offerOn = async (trx: Transaction<Database>, offer_id: string, day: string) => {
  const offer = await trx
    .selectFrom('offer')
    .innerJoin('facility', 'facility.id', 'offer.facility_id')
    .leftJoin('offer_rate', (join) =>
      join
        .onRef('offer_rate.offer_id', '=', 'offer.id')
        .on(sql<boolean>`daterange(offer_rate.valid_from, offer_rate.valid_to, '[]') @> ${day}::date`),
    )
    .where('offer.id', '=', offer_id)
    .select([
      'offer.id as offer_id',
      'offer.service_kind',
      'offer.provider_id',
      'offer.facility_id',
      'facility.youth_authority_id as facility_authority_id',
    ])
    .select(['offer_rate.unit', 'offer_rate.rate_cents'])
    .executeTakeFirst()
  if (offer === undefined) throw new RuleViolation('offer_unknown')
  return offer
}

/** The place of an offer, at its rate of the first day. */
export const placeOfOffer = async (trx: Transaction<Database>, request: { offer_id: string; first_day: string }) => {
  const { unit, rate_cents, ...offer } = await offerOn(trx, request.offer_id, request.first_day)
  if (unit === null || rate_cents === null) throw new RuleViolation('offer_without_rate')
  return { ...offer, unit: unit as Unit, rate_cents }
}

const placeOf = async (trx: Transaction<Database>, request: NewBooking, today: string): Promise<Place> => {
  if (!request.away) return placeOfOffer(trx, request)
  const { code: service_kind, unit } = await knownKind(trx, request)
  await assertUsualRate(trx, { ...request, unit }, today)
  const nowhere = { provider_id: null, facility_id: null, offer_id: null, facility_authority_id: null }
  return { ...nowhere, service_kind, unit, rate_cents: request.rate_cents }
}

const ageAtBegin = (birthDate: string, firstDay: string): number => {
  const age = ageOn(birthDate, firstDay)
  if (firstDay < birthDate || age > 27) throw new RuleViolation('client_age')
  return age
}

type Terms = Pick<NewBooking, 'case_id' | 'first_day' | 'last_day' | 'counting_rule' | 'units_per_week' | 'specialisations'>

/** Case, place and person of a help as they are at its beginning; `rate_cents` and `units_per_week` are those it is agreed at. */
export const termsOf = async <Found extends Place>(trx: Transaction<Database>, request: Terms, findPlace: () => Promise<Found>) => {
  const { case_key, youth_authority_id, birth_date, sex } = await personOf(trx, request.case_id)
  const { rate_cents, ...place } = await findPlace()
  const units_per_week = unitsPerWeek(place.unit, request.units_per_week)
  if (units_per_week === undefined) throw new RuleViolation('units_missing')
  const { first_day, last_day, counting_rule, specialisations } = request
  const age_at_begin = ageAtBegin(birth_date, first_day)
  assertYoung(last_day, latestByLaw(birth_date, place.service_kind, counting_rule))
  const period = { first_day, last_day, counting_rule }
  const fact = { ...place, case_key, youth_authority_id, specialisations, ...period, age_at_begin, sex }
  return { fact, rate_cents, units_per_week, plan: planBooking({ ...period, units_per_week, rate_cents }) }
}

/**
 * Books a place, or a help outside the system. The fact carries what was true at its beginning; the schema guards that it lies
 * within its case and that the place is free.
 */
export const placeBooking = async (trx: Transaction<Database>, request: NewBooking, today: string): Promise<BookingRow> => {
  await assertBegin(trx, request.first_day, today)
  const { fact, plan } = await termsOf(trx, request, () => placeOf(trx, request, today))
  if (!request.parallel) await assertNotParallel(trx, fact)
  const booked = await trx
    .insertInto('booking')
    .values({ ...fact, ...plan, away: request.away === true })
    .returning(bookingColumns)
    .executeTakeFirstOrThrow()
  return { ...booked, case_id: request.case_id }
}
