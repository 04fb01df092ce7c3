import { Hono } from 'hono'
import type { Transaction } from 'kysely'
import { z } from 'zod'
import { answerOnce } from '../access/answer-once.ts'
import { asReader } from '../access/as-reader.ts'
import type { Reader } from '../access/reader.ts'
import { after, page, PageQuery, pageOf } from '../cursor.ts'
import type { Database } from '../database.ts'
import { Cents, Code, Day, Id, UnitsPerWeek } from '../input.ts'
import { only, operation, pathId, validate, type Deps, type ServiceEnv } from '../route.ts'
import { rowMissing, RuleViolation } from '../rule-violation.ts'
import { endReasons, type CountingRule } from '../vocabulary.ts'
import { assertCancellable, endBooking, prolongBooking, prolongedFrom, type Plan, type Term } from './booking.ts'
import { Booking, bookings, BookingWithNames, readBookingWithNames, viewOf } from './booking-view.ts'
import { berlinDay } from './period.ts'
import { NewBooking, offerOn, placeBooking } from './place-booking.ts'

const BookingQuery = PageQuery.extend({ case_id: Id.optional(), service_kind: Code.optional() })
const BookingKey = z.tuple([z.iso.date(), z.uuid()])
const End = z.strictObject({ last_day: Day, end_reason: z.literal(endReasons) })
const Prolongation = z.strictObject({ last_day: Day, units_per_week: UnitsPerWeek.optional(), rate_cents: Cents.optional() })
const Nothing = z.strictObject({}).optional()

type Changeable = Term & { id: string; offer_id: string | null; away: boolean; cancelled: boolean; end_reason: number | null }

const lockBooking = async (trx: Transaction<Database>, id: string): Promise<Changeable> => {
  const booking = await trx
    .selectFrom('booking')
    .where('id', '=', id)
    .select([
      'id',
      'offer_id',
      'away',
      'first_day',
      'last_day',
      'counting_rule',
      'rate_from',
      'rate_cents',
      'units_per_week',
      'cancelled',
      'end_reason',
    ])
    .forUpdate()
    .executeTakeFirstOrThrow(rowMissing)
  return { ...booking, counting_rule: booking.counting_rule as CountingRule }
}

const readBooking = async (trx: Transaction<Database>, reader: Reader, id: string, today: string) => {
  const row = await bookings(trx, reader).where('booking.id', '=', id).executeTakeFirstOrThrow(rowMissing)
  return viewOf(row, today)
}

type Change = Plan & { end_reason?: number }
const change = (trx: Transaction<Database>, id: string, columns: Change | { cancelled: true }) =>
  trx.updateTable('booking').set(columns).where('id', '=', id).execute()

/** An offer's rate on the first day added, else (§ 78d SGB VIII: an expired rate continues) the last one; away as told. */
const addedRate = async (trx: Transaction<Database>, booking: Changeable, given: number | undefined): Promise<number> => {
  const latest = booking.rate_cents.at(-1)!
  if (booking.away) return given ?? latest
  if (given !== undefined) throw new RuleViolation('booking_rate_given')
  return (await offerOn(trx, booking.offer_id!, prolongedFrom(booking))).rate_cents ?? latest
}

const tag = 'placement'
const readers = ['caseworker', 'finance', 'provider'] as const
const changed = { 200: { description: 'The booking as it is now', schema: Booking } }
const transition = (summary: string) => operation({ summary, tag, roles: ['caseworker'], once: true, answers: changed })

export const bookingRoutes = (deps: Deps) => {
  const today = () => berlinDay(deps.now())
  return new Hono<ServiceEnv>()
    .get(
      '/bookings',
      operation({
        summary: 'Bookings the reader may see, latest begin first',
        tag,
        roles: readers,
        answers: { 200: { description: 'A page', schema: pageOf(Booking) } },
      }),
      only(...readers),
      validate('query', BookingQuery),
      async (c) => {
        const { limit, cursor, case_id, service_kind } = c.req.valid('query')
        const last = after(cursor, BookingKey)
        const rows = await asReader(deps.db, c.var.reader, (trx) =>
          bookings(trx, c.var.reader)
            .$if(case_id !== undefined, (query) => query.where('case_link.case_id', '=', case_id!))
            .$if(service_kind !== undefined, (query) => query.where('booking.service_kind', '=', service_kind!))
            .$if(last !== undefined, (query) =>
              query.where(({ eb, refTuple, tuple }) => eb(refTuple('booking.first_day', 'booking.id'), '<', tuple(last![0], last![1]))),
            )
            .orderBy('booking.first_day', 'desc')
            .orderBy('booking.id', 'desc')
            .limit(limit + 1)
            .execute(),
        )
        const { items, next_cursor } = page(rows, limit, (row) => [row.first_day, row.id])
        return c.json({ items: items.map((row) => viewOf(row, today())), next_cursor })
      },
    )
    .post(
      '/bookings',
      operation({
        summary: 'Book a place from an offer, or a help outside the system',
        tag,
        roles: ['caseworker'],
        once: true,
        answers: { 201: { description: 'Booked', schema: Booking, location: true } },
      }),
      only('caseworker'),
      validate('json', NewBooking),
      (c) =>
        answerOnce(c, deps, c.req.valid('json'), async (trx) => {
          const booking = viewOf(await placeBooking(trx, c.req.valid('json')), today())
          return { status: 201, location: `/service/bookings/${booking.id}`, body: booking }
        }),
    )
    .get(
      '/bookings/:id',
      operation({
        summary: 'One booking with the names of what it refers to',
        tag,
        roles: readers,
        answers: { 200: { description: 'The booking', schema: BookingWithNames } },
      }),
      only(...readers),
      pathId,
      async (c) => {
        const { reader } = c.var
        return c.json(await asReader(deps.db, reader, (trx) => readBookingWithNames(trx, reader, c.req.valid('param').id, today())))
      },
    )
    .post('/bookings/:id/end', transition('Record the end and its reason'), only('caseworker'), pathId, validate('json', End), (c) =>
      answerOnce(c, deps, c.req.valid('json'), async (trx) => {
        const { last_day, end_reason } = c.req.valid('json')
        const booking = await lockBooking(trx, c.req.valid('param').id)
        await change(trx, booking.id, { ...endBooking(booking, last_day), end_reason })
        return { status: 200, body: await readBooking(trx, c.var.reader, booking.id, today()) }
      }),
    )
    .post(
      '/bookings/:id/cancel',
      transition('Cancel what did not take place'),
      only('caseworker'),
      pathId,
      validate('json', Nothing),
      (c) =>
        answerOnce(c, deps, null, async (trx) => {
          const booking = await lockBooking(trx, c.req.valid('param').id)
          assertCancellable(booking)
          await change(trx, booking.id, { cancelled: true })
          return { status: 200, body: await readBooking(trx, c.var.reader, booking.id, today()) }
        }),
    )
    .post(
      '/bookings/:id/prolong',
      transition('Prolong at the rate then valid'),
      only('caseworker'),
      pathId,
      validate('json', Prolongation),
      (c) =>
        answerOnce(c, deps, c.req.valid('json'), async (trx) => {
          const { last_day, units_per_week, rate_cents } = c.req.valid('json')
          const booking = await lockBooking(trx, c.req.valid('param').id)
          const added = {
            rate_cents: await addedRate(trx, booking, rate_cents),
            units_per_week: units_per_week ?? booking.units_per_week.at(-1)!,
          }
          await change(trx, booking.id, prolongBooking(booking, last_day, added))
          return { status: 200, body: await readBooking(trx, c.var.reader, booking.id, today()) }
        }),
    )
}
