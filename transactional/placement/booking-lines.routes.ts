import { Hono } from 'hono'
import { sql, type Kysely, type RawBuilder } from 'kysely'
import { z } from 'zod'
import { asReader } from '../access/as-reader.ts'
import type { Reader } from '../access/reader.ts'
import { pageOf } from '../cursor.ts'
import type { Database } from '../database.ts'
import { LaterQuery, laterFacts, laterOf } from '../later-lines.ts'
import {
  aboutText,
  clientName,
  daysOf,
  factsAt,
  fileAsked,
  kindLabel,
  LinesQuery,
  lineFiles,
  outside,
  ownOnes,
  pageBy,
  sendFile,
  sheetOf,
  sortOf,
  type Days,
  type LinesDeps,
  type LineColumn,
  type Order,
} from '../lines-behind.ts'
import { only, operation, validate, type ServiceEnv } from '../route.ts'
import { unitLabels, units, type Unit } from '../vocabulary.ts'

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

/** The rate on the last active day of the month. */
const rateIn = (month: string) =>
  sql<number>`booking.rate_cents[(select count(*) from unnest(booking.rate_from) step where step <= least(booking.last_day, ${daysOf(month).last}::date))]`
const unit = sql<Unit>`booking.unit`.as('unit')
const days = sql<number>`(booking.last_day - booking.first_day)`

const orders = (month: string) =>
  ({
    first_day: { key: sql`booking.first_day`, type: 'date' },
    last_day: { key: sql`booking.last_day`, type: 'date' },
    days: { key: days, type: 'bigint' },
    provider: { key: sql`coalesce(provider.name, '')`, type: 'text' },
    rate: { key: rateIn(month), type: 'bigint' },
  }) satisfies Record<string, Order>

const Asked = LinesQuery.extend({ counted: z.enum(Object.keys(counted) as [keyof typeof counted]) })
const BookingLineQuery = Asked.extend({ sort: sortOf(orders('2000-01'), '-first_day') })
const SummaryQuery = Asked.omit({ limit: true, cursor: true })
const LaterBookingQuery = LaterQuery.extend(Asked.pick({ counted: true }).shape)

const BookingLine = z
  .object({
    id: z.uuid(),
    service_kind: z.string(),
    first_day: z.iso.date(),
    last_day: z.iso.date(),
    /** from the first to the last, as durations count them */
    days: z.int(),
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

const LaterBooking = BookingLine.extend({ cancelled: z.boolean() }).meta({ id: 'LaterBooking' })
export type LaterBooking = z.infer<typeof LaterBooking>
const LaterBookings = laterFacts(LaterBooking)
export type LaterBookings = z.infer<typeof LaterBookings>

const BookingLines = pageOf(BookingLine).extend({ count: z.int(), data_as_of: z.iso.datetime({ offset: true }) })
export type BookingLines = z.infer<typeof BookingLines>

const BookingSummary = z
  .object({
    /** rates of different units are never mixed */
    providers: z.array(
      z.object({
        provider_name: z.string().nullable(),
        unit: z.enum(units),
        count: z.int(),
        mean_rate_cents: z.int(),
        mean_days: z.number(),
      }),
    ),
    rates: z.array(z.object({ unit: z.enum(units), value: z.int(), count: z.int() })),
    days: z.array(z.object({ value: z.int(), count: z.int() })),
  })
  .meta({ id: 'BookingSummary' })
export type BookingSummary = z.infer<typeof BookingSummary>

type Lines = Pick<z.infer<typeof SummaryQuery>, 'counted' | 'month' | 'service_kind' | 'specialisation'>

const linesOf = (db: Kysely<Database>, reader: Reader, wanted: Lines) =>
  db
    .selectFrom('booking')
    .where(ownOnes('booking', reader, wanted))
    .where('booking.cancelled', '=', false)
    .where(counted[wanted.counted](daysOf(wanted.month), wanted.service_kind))

const providersOf = (db: Kysely<Database>, reader: Reader, wanted: Lines) =>
  linesOf(db, reader, wanted)
    .leftJoin('provider', 'provider.id', 'booking.provider_id')
    .groupBy(['provider.id', 'provider.name', 'booking.unit'])
    .select([
      'provider.name as provider_name',
      unit,
      sql<number>`count(*)::int`.as('count'),
      sql<number>`round(avg(${rateIn(wanted.month)}))::bigint`.as('mean_rate_cents'),
      sql<number>`round(avg(${days}), 1)::float8`.as('mean_days'),
    ])
    .orderBy('count', 'desc')
    .orderBy('provider.name')
    .orderBy('booking.unit')
    .execute()

/** Facts with the names that policies let the reader see. */
const described = (query: ReturnType<typeof allOf>, month: string) =>
  query
    .leftJoin('provider', 'provider.id', 'booking.provider_id')
    // policies decide what of these is there
    .innerJoin('service_kind', 'service_kind.code', 'booking.service_kind')
    .leftJoin('case_link', 'case_link.case_key', 'booking.case_key')
    .leftJoin('case', 'case.id', 'case_link.case_id')
    .leftJoin('client', 'client.id', 'case.client_id')
    .select([
      'booking.id',
      'booking.service_kind',
      kindLabel,
      'booking.first_day',
      'booking.last_day',
      days.as('days'),
      'booking.end_reason',
      'booking.away',
      'booking.cancelled',
      unit,
      'provider.name as provider_name',
      'case.case_number',
      rateIn(month).as('rate_cents'),
      clientName,
    ])

const allOf = (db: Kysely<Database>, reader: Reader) => db.selectFrom('booking').where(ownOnes('booking', reader, {}))

/** What a booking adds beside being counted. */
const amountIn: Partial<Record<keyof typeof counted, (month: string) => RawBuilder<number>>> = {
  cases_ended: () => days,
  ended_without_handover: () => sql`(booking.end_reason in (20, 21, 22))::int`,
  rated: rateIn,
}

/** Measures of ends, whose reasons are told. */
const ended = new Set<keyof typeof counted>(['cases_ended', 'ended_without_handover', 'dropouts'])

const lineColumns: LineColumn<BookingLine & { service_kind_label: string }>[] = [
  { name: 'first_day', head: 'Beginn', type: 'day', of: ({ first_day }) => first_day },
  { name: 'last_day', head: 'Ende', type: 'day', of: ({ last_day }) => last_day },
  { name: 'days', head: 'Tage', type: 'number', of: ({ days }) => days },
  { name: 'end_reason', head: 'Grund des Endes (Schlüssel)', type: 'number', of: ({ end_reason }) => end_reason },
  { name: 'service_kind', head: 'Hilfeart', type: 'text', of: ({ service_kind_label }) => service_kind_label },
  { name: 'provider_name', head: 'Anbieter', type: 'text', of: ({ provider_name }) => provider_name ?? outside },
  { name: 'case_number', head: 'Fall', type: 'text', of: ({ case_number }) => case_number },
  { name: 'client_name', head: 'Name', type: 'text', of: ({ client_name }) => client_name },
  { name: 'rate_cents', head: 'Entgelt', type: 'cents', of: ({ rate_cents }) => rate_cents },
  { name: 'unit', head: 'Einheit', type: 'text', of: ({ unit }) => unitLabels[unit] },
]
const providerColumns: LineColumn<BookingSummary['providers'][number]>[] = [
  { name: 'provider_name', head: 'Anbieter', type: 'text', of: ({ provider_name }) => provider_name ?? outside },
  { name: 'unit', head: 'Einheit', type: 'text', of: ({ unit }) => unitLabels[unit] },
  { name: 'count', head: 'Buchungen', type: 'number', of: ({ count }) => count },
  { name: 'mean_days', head: 'Mittlere Tage', type: 'number', of: ({ mean_days }) => mean_days },
  { name: 'mean_rate_cents', head: 'Mittleres Entgelt', type: 'cents', of: ({ mean_rate_cents }) => mean_rate_cents },
]

const readers = ['controlling', 'caseworker', 'finance'] as const

export const bookingLineRoutes = (deps: LinesDeps) =>
  new Hono<ServiceEnv>()
    .get(
      '/booking-lines',
      operation({
        summary: 'The bookings of the own authority that count in a figure of a month, and how many they are; as a file all of them',
        tag: 'placement',
        roles: readers,
        answers: { 200: { description: 'A page', schema: BookingLines, files: Object.keys(lineFiles) } },
      }),
      only(...readers),
      validate('query', BookingLineQuery),
      async (c) => {
        const { limit, cursor, sort, ...wanted } = c.req.valid('query')
        const form = fileAsked(c, deps)
        const { reader } = c.var
        const facts = await factsAt(c, deps, { ...wanted, fact: 'booking', days: daysOf(wanted.month) })
        const by = pageBy(orders(wanted.month), sql`booking.id`, { sort, limit, cursor })
        const [count, rows, providers] = await asReader(deps.db, reader, async (trx) => {
          const db = facts.of(trx)
          return [
            await linesOf(db, reader, wanted)
              .select(({ fn }) => fn.countAll<number>().as('count'))
              .executeTakeFirstOrThrow(),
            await described(linesOf(db, reader, wanted), wanted.month)
              .$call(by.of(form))
              .execute(),
            form && (await providersOf(db, reader, wanted)),
          ]
        })
        if (form)
          return sendFile(c, deps, form, {
            name: `buchungen_${wanted.counted}_${wanted.month}_${reader.youth_authority_id}`,
            title: 'Buchungen hinter der Zahl',
            about: aboutText(wanted),
            data_as_of: facts.data_as_of,
            sheets: [
              sheetOf(
                'Buchungen',
                rows,
                lineColumns.filter(({ name }) => name !== 'end_reason' || ended.has(wanted.counted)),
              ),
              sheetOf('Anbieter', providers!, providerColumns),
            ],
          })
        const { items, next_cursor } = by.page(rows)
        const { data_as_of } = facts
        return c.json({ count: Number(count.count), items: items.map((row) => BookingLine.parse(row)), next_cursor, data_as_of })
      },
    )
    .get(
      '/booking-lines/summary',
      operation({
        summary: 'The same bookings by provider, and how many have which rate and which duration',
        tag: 'placement',
        roles: readers,
        answers: { 200: { description: 'Sums', schema: BookingSummary } },
      }),
      only(...readers),
      validate('query', SummaryQuery),
      async (c) => {
        const wanted = c.req.valid('query')
        const { reader } = c.var
        const facts = await factsAt(c, deps, { ...wanted, fact: 'booking', days: daysOf(wanted.month) })
        const summary = await asReader(deps.db, reader, async (trx) => {
          const lines = () => linesOf(facts.of(trx), reader, wanted)
          const count = sql<number>`count(*)::int`.as('count')
          return {
            providers: await providersOf(facts.of(trx), reader, wanted),
            rates: await lines()
              .select(['booking.unit', rateIn(wanted.month).as('value'), count])
              .groupBy(['booking.unit', 'value'])
              .orderBy('booking.unit')
              .orderBy('value')
              .execute(),
            days: await lines()
              .select([days.as('value'), count])
              .groupBy('value')
              .orderBy('value')
              .execute(),
          }
        })
        return c.json(BookingSummary.parse(summary))
      },
    )
    .get(
      '/booking-lines/since',
      operation({
        summary: 'The bookings of the own authority by which a figure reads differently now than at a past moment, largest effects first',
        tag: 'placement',
        roles: readers,
        answers: { 200: { description: 'Bookings as they were and as they are', schema: LaterBookings } },
      }),
      only(...readers),
      validate('query', LaterBookingQuery),
      async (c) => {
        const wanted = c.req.valid('query')
        const { reader } = c.var
        const amount = wanted.by === 'amount' ? amountIn[wanted.counted] : undefined
        const later = await laterOf(c, deps, wanted, {
          fact: 'booking',
          days: daysOf,
          counted: (db, month) =>
            linesOf(db, reader, { ...wanted, month })
              .select(['booking.id', (amount?.(month) ?? sql<number>`0`).as('amount')])
              .execute(),
          told: (db, ids) => described(allOf(db, reader).where('booking.id', 'in', ids), wanted.month).execute(),
        })
        return c.json(LaterBookings.parse(later))
      },
    )
