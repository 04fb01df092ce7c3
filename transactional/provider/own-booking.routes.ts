import { Hono } from 'hono'
import { sql } from 'kysely'
import { z } from 'zod'
import { asReader } from '../access/as-reader.ts'
import { after, page, pageOf } from '../cursor.ts'
import { anywhere, Id, text, wordsIn } from '../input.ts'
import { berlinDay } from '../placement/period.ts'
import { only, operation, validate, type Deps, type ServiceEnv } from '../route.ts'
import { goalStates, units } from '../vocabulary.ts'

const Goal = z.object({
  goal: z.string(),
  indicator: z.string().nullable(),
  reach_by: z.iso.date().nullable(),
  state: z.enum(goalStates),
})
/** What `taken_in` tells of a booking. */
const TakenIn = z.object({
  /** the last day on which this is told */
  known_until: z.iso.date(),
  given_name: z.string(),
  family_name: z.string(),
  birth_date: z.iso.date(),
  /** who is responsible for the case now */
  caseworker: z.string().nullable(),
  authority_name: z.string(),
  /** null, as all below: the authority has no letterhead yet */
  office: z.string().nullable(),
  street: z.string().nullable(),
  town: z.string().nullable(),
  telephone: z.string().nullable(),
  email: z.string().nullable(),
  /** null: none are released */
  goals: z.array(Goal).nullable(),
})
type TakenIn = z.infer<typeof TakenIn>
const OwnBooking = TakenIn.extend({
  id: z.uuid(),
  legal_basis: z.string(),
  service_kind_label: z.string(),
  /** null: outside the system */
  facility_name: z.string().nullable(),
  first_day: z.iso.date(),
  last_day: z.iso.date(),
  /** the end is recorded */
  ended: z.boolean(),
  unit: z.enum(units),
  /** of today; before the help begins and after its end, of its first or last days */
  units_per_week: z.number(),
}).meta({ id: 'OwnBooking' })
export type OwnBooking = z.infer<typeof OwnBooking>
/** Names are asked for in a body: they stay out of addresses. */
const Question = z.strictObject({
  facility_id: Id.optional(),
  text: text(1, 80).optional(),
  limit: z.int().min(1).max(200).default(50),
  cursor: z.string().max(500).optional(),
})
const OwnBookingKey = z.tuple([z.iso.date(), z.uuid()])

/** The young people a provider takes in, for as long as it may know who they are (§§ 64, 65 SGB VIII). */
export const ownBookingRoutes = (deps: Deps) =>
  new Hono<ServiceEnv>().post(
    '/own-bookings/find',
    operation({
      summary: 'Helps booked with the own facilities, with whom they are for and whom to ask, by words of names, latest begin first',
      tag: 'provider',
      roles: ['provider'],
      answers: { 200: { description: 'A page', schema: pageOf(OwnBooking) } },
    }),
    only('provider'),
    validate('json', Question),
    async (c) => {
      const { limit, cursor, facility_id, text: words } = c.req.valid('json')
      const last = after(cursor, OwnBookingKey)
      const today = berlinDay(deps.now())
      const rows = await asReader(deps.db, c.var.reader, (trx) =>
        trx
          .selectFrom('booking')
          .innerJoin(sql<TakenIn & { booking_id: string }>`taken_in(${today}::date)`.as('person'), 'person.booking_id', 'booking.id')
          .innerJoin('service_kind', 'service_kind.code', 'booking.service_kind')
          .leftJoin('facility', 'facility.id', 'booking.facility_id')
          .$if(facility_id !== undefined, (query) => query.where('booking.facility_id', '=', facility_id!))
          .$if(words !== undefined, (query) =>
            query.where(sql<boolean>`concat_ws(' ', given_name, family_name) ilike all (${wordsIn(words!).map(anywhere)}::text[])`),
          )
          .$if(last !== undefined, (query) =>
            query.where(({ eb, refTuple, tuple }) => eb(refTuple('booking.first_day', 'booking.id'), '<', tuple(last![0], last![1]))),
          )
          .selectAll('person')
          .select(['booking.id', 'legal_basis', 'service_kind.label as service_kind_label', 'facility.name as facility_name'])
          .select(['booking.first_day', 'booking.last_day', 'booking.unit'])
          .select(sql<boolean>`end_reason is not null`.as('ended'))
          .select(
            sql<number>`units_per_week[greatest(1, (select count(*) from unnest(rate_from) as step where step <= ${today}::date))::integer]`.as(
              'units_per_week',
            ),
          )
          .orderBy('booking.first_day', 'desc')
          .orderBy('booking.id', 'desc')
          .limit(limit + 1)
          .execute(),
      )
      const { items, next_cursor } = page(rows, limit, (row) => [row.first_day, row.id])
      return c.json({ items: items.map((row) => OwnBooking.parse(row)), next_cursor })
    },
  )
