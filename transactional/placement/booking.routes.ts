import { Hono } from 'hono'
import { z } from 'zod'
import { answerOnce } from '../access/answer-once.ts'
import { asReader } from '../access/as-reader.ts'
import { after, page, PageQuery, pageOf } from '../cursor.ts'
import { Code, Id } from '../input.ts'
import { only, operation, pathId, validate, type Deps, type ServiceEnv } from '../route.ts'
import { tellStep } from './booking-log.ts'
import { Booking, bookings, BookingWithNames, readBookingWithNames, viewOf } from './booking-view.ts'
import { berlinDay } from './period.ts'
import { NewBooking, placeBooking } from './place-booking.ts'

const BookingQuery = PageQuery.extend({ case_id: Id.optional(), service_kind: Code.optional() })
const BookingKey = z.tuple([z.iso.date(), z.uuid()])
const tag = 'placement'
const readers = ['caseworker', 'finance', 'provider'] as const

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
          const request = c.req.valid('json')
          const booking = viewOf(await placeBooking(trx, request, today()), today())
          const away_reason = request.away ? request.away_reason : null
          await tellStep(trx, c.var.reader, { booking_id: booking.id, step: 'booked', at: deps.now(), away_reason })
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
}
