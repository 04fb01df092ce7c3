import { Hono } from 'hono'
import { sql, type Kysely, type RawBuilder } from 'kysely'
import { z } from 'zod'
import { asReader } from '../access/as-reader.ts'
import type { Reader } from '../access/reader.ts'
import { after, page, PageQuery, pageOf } from '../cursor.ts'
import type { Database } from '../database.ts'
import { Code } from '../input.ts'
import { only, operation, validate, type Deps, type ServiceEnv } from '../route.ts'
import { units } from '../vocabulary.ts'

type Days = { first: string; last: string }

const lasts = ({ first, last }: Days) => sql<boolean>`booking.first_day <= ${last} and booking.last_day >= ${first}`
const begins = ({ first, last }: Days) => sql<boolean>`booking.first_day between ${first} and ${last}`
const ends = ({ first, last }: Days) => sql<boolean>`booking.last_day between ${first} and ${last}`

/**
 * Which bookings count in a month, by the measure of the warehouse they make up (domain.md 3): what `warehouse/marts/booking_cells.sql`
 * says of signed rows, said of the table. A test holds both to the same numbers.
 */
const counted = {
  case_count: lasts,
  case_stock: ({ last }) => sql`booking.first_day <= ${last} and booking.last_day >= ${last}`,
  cases_begun: begins,
  cases_ended: (days) => sql`${ends(days)} and booking.end_reason <> 0`,
  ended_without_handover: (days) => sql`${ends(days)} and booking.end_reason not in (0, 40)`,
  dropouts: (days) => sql`${ends(days)} and booking.end_reason in (20, 21, 22)`,
  away_bookings: (days) => sql`${lasts(days)} and (booking.away or booking.facility_authority_id <> booking.youth_authority_id)`,
  // by the day, unless the service kind chosen is hourly
  rated: (days, service_kind) =>
    sql`${lasts(days)} and booking.unit = coalesce((select case unit when 'hour' then unit else 'day' end from service_kind where code = ${service_kind ?? null}), 'day')`,
} satisfies Record<string, (days: Days, service_kind: string | undefined) => RawBuilder<boolean>>

const BookingLineQuery = PageQuery.extend({
  counted: z.enum(Object.keys(counted) as [keyof typeof counted]),
  month: z.string().regex(/^20[0-3]\d-(0[1-9]|1[0-2])$/, 'Der Monat steht in der Form JJJJ-MM, zum Beispiel 2026-10.'),
  service_kind: Code.optional(),
  specialisation: Code.optional(),
})

const BookingLine = z
  .object({
    id: z.uuid(),
    service_kind: z.string(),
    first_day: z.iso.date(),
    last_day: z.iso.date(),
    end_reason: z.int().nullable(),
    away: z.boolean(),
    unit: z.enum(units),
    /** on the last active day of the month */
    rate_cents: z.int(),
    provider_name: z.string().nullable(),
    /** null for whom cases are none of their business, and once the file is deleted */
    case_number: z.string().nullable(),
    client_name: z.string().nullable(),
  })
  .meta({ id: 'BookingLine' })
export type BookingLine = z.infer<typeof BookingLine>

const BookingLines = pageOf(BookingLine).extend({ count: z.int() })
export type BookingLines = z.infer<typeof BookingLines>
const LineKey = z.tuple([z.iso.date(), z.uuid()])

const daysOf = (month: string): Days => {
  const [year, number] = month.split('-').map(Number) as [number, number]
  return { first: `${month}-01`, last: new Date(Date.UTC(year, number, 0)).toISOString().slice(0, 10) }
}

type Lines = Omit<z.infer<typeof BookingLineQuery>, 'limit' | 'cursor'>

const linesOf = (db: Kysely<Database>, reader: Reader, { counted: measure, month, service_kind, specialisation }: Lines) =>
  db
    .selectFrom('booking')
    .where('booking.youth_authority_id', '=', reader.youth_authority_id)
    .where('booking.cancelled', '=', false)
    .where(counted[measure](daysOf(month), service_kind))
    .$if(service_kind !== undefined, (query) => query.where('booking.service_kind', '=', service_kind!))
    .$if(specialisation !== undefined, (query) => query.where(sql<boolean>`${specialisation} = any (booking.specialisations)`))

const readers = ['controlling', 'caseworker', 'finance'] as const

export const bookingLineRoutes = (deps: Deps) =>
  new Hono<ServiceEnv>().get(
    '/booking-lines',
    operation({
      summary: 'The bookings of the own authority that count in a figure of a month, latest begin first, and how many they are',
      tag: 'placement',
      roles: readers,
      answers: { 200: { description: 'A page', schema: BookingLines } },
    }),
    only(...readers),
    validate('query', BookingLineQuery),
    async (c) => {
      const { limit, cursor, ...wanted } = c.req.valid('query')
      const key = after(cursor, LineKey)
      const { last } = daysOf(wanted.month)
      const [count, rows] = await asReader(deps.db, c.var.reader, async (trx) => [
        await linesOf(trx, c.var.reader, wanted)
          .select(({ fn }) => fn.countAll<number>().as('count'))
          .executeTakeFirstOrThrow(),
        await linesOf(trx, c.var.reader, wanted)
          .$if(key !== undefined, (query) =>
            query.where(({ eb, refTuple, tuple }) => eb(refTuple('booking.first_day', 'booking.id'), '<', tuple(key![0], key![1]))),
          )
          .leftJoin('provider', 'provider.id', 'booking.provider_id')
          // policies decide what of these is there
          .leftJoin('case_link', 'case_link.case_key', 'booking.case_key')
          .leftJoin('case', 'case.id', 'case_link.case_id')
          .leftJoin('client', 'client.id', 'case.client_id')
          .select([
            'booking.id',
            'booking.service_kind',
            'booking.first_day',
            'booking.last_day',
            'booking.end_reason',
            'booking.away',
            'booking.unit',
            'provider.name as provider_name',
            'case.case_number',
            sql<number>`booking.rate_cents[(select count(*) from unnest(booking.rate_from) step where step <= least(booking.last_day, ${last}::date))]`.as(
              'rate_cents',
            ),
            sql<string | null>`client.given_name || ' ' || client.family_name`.as('client_name'),
          ])
          .orderBy('booking.first_day', 'desc')
          .orderBy('booking.id', 'desc')
          .limit(limit + 1)
          .execute(),
      ])
      const { items, next_cursor } = page(rows, limit, (row) => [row.first_day, row.id])
      return c.json({ count: Number(count.count), items: items.map((row) => BookingLine.parse(row)), next_cursor })
    },
  )
