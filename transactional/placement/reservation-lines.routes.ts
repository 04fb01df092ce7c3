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
  lineFiles,
  LinesQuery,
  ownOnes,
  pageBy,
  sendFile,
  sheetOf,
  sortOf,
  type Days,
  type LineColumn,
  type LinesDeps,
  type Order,
} from '../lines-behind.ts'
import { only, operation, validate, type ServiceEnv } from '../route.ts'
import { reservationStates, type ReservationState } from '../vocabulary.ts'

const reserved = ({ first, last }: Days) => sql<boolean>`reservation.reserved_on between ${first} and ${last}`

/** Which reservations count in a month, by the measure of `warehouse/marts/reservation_cells.sql`; a test holds both to the same numbers. */
const counted = {
  reservations: reserved,
  dearer_choices: (days) => sql`${reserved(days)} and reservation.dearer_cents > 0`,
  answered_requests: ({ first, last }) => sql`coalesce(reservation.consented_on, reservation.declined_on) between ${first} and ${last}`,
  declined_requests: ({ first, last }) => sql`reservation.declined_on between ${first} and ${last}`,
  reservations_expired: ({ first, last }) => sql`reservation.expired_on between ${first} and ${last}`,
  booked_after_search: ({ first, last }) => sql`reservation.booked_on between ${first} and ${last} and reservation.searched_on is not null`,
} satisfies Record<string, (days: Days) => RawBuilder<boolean>>

const orders = {
  reserved_on: { key: sql`reservation.reserved_on`, type: 'date' },
  provider: { key: sql`provider.name`, type: 'text' },
  rate: { key: sql`reservation.rate_cents`, type: 'bigint' },
} satisfies Record<string, Order>

const ReservationLineQuery = LinesQuery.extend({
  counted: z.enum(Object.keys(counted) as [keyof typeof counted]),
  sort: sortOf(orders, '-reserved_on'),
})

const LaterReservationQuery = LaterQuery.extend({ counted: ReservationLineQuery.shape.counted })

const day = z.iso.date().nullable()
const ReservationLine = z
  .object({
    id: z.uuid(),
    searched_on: day,
    reserved_on: z.iso.date(),
    /** consented or declined */
    answered_on: day,
    booked_on: day,
    expired_on: day,
    state: z.enum(reservationStates),
    service_kind: z.string(),
    provider_name: z.string(),
    first_day: z.iso.date(),
    last_day: z.iso.date(),
    unit: z.enum(['day', 'hour', 'flat']),
    rate_cents: z.int(),
    case_number: z.string().nullable(),
    client_name: z.string().nullable(),
  })
  .meta({ id: 'ReservationLine' })
export type ReservationLine = z.infer<typeof ReservationLine>

const LaterReservations = laterFacts(ReservationLine)
export type LaterReservations = z.infer<typeof LaterReservations>

const ReservationLines = pageOf(ReservationLine).extend({ count: z.int(), data_as_of: z.iso.datetime({ offset: true }) })
export type ReservationLines = z.infer<typeof ReservationLines>

type Lines = Pick<z.infer<typeof ReservationLineQuery>, 'counted' | 'month' | 'service_kind' | 'specialisation'>

const linesOf = (db: Kysely<Database>, reader: Reader, wanted: Lines) =>
  db
    .selectFrom('reservation')
    .where(ownOnes('reservation', reader, wanted))
    .where(counted[wanted.counted](daysOf(wanted.month)))

const allOf = (db: Kysely<Database>, reader: Reader) => db.selectFrom('reservation').where(ownOnes('reservation', reader, {}))

/** Reservations with the names that policies let the reader see. */
const described = (query: ReturnType<typeof allOf>) =>
  query
    .innerJoin('service_kind', 'service_kind.code', 'reservation.service_kind')
    .innerJoin('provider', 'provider.id', 'reservation.provider_id')
    // policies decide what of these is there
    .leftJoin('case_link', 'case_link.case_key', 'reservation.case_key')
    .leftJoin('case', 'case.id', 'case_link.case_id')
    .leftJoin('client', 'client.id', 'case.client_id')
    .select([
      'reservation.id',
      'reservation.searched_on',
      'reservation.reserved_on',
      sql<string | null>`coalesce(reservation.consented_on, reservation.declined_on)`.as('answered_on'),
      'reservation.booked_on',
      'reservation.expired_on',
      sql<ReservationState>`reservation.state`.as('state'),
      'reservation.service_kind',
      kindLabel,
      'provider.name as provider_name',
      'reservation.first_day',
      'reservation.last_day',
      sql<ReservationLine['unit']>`reservation.unit`.as('unit'),
      'reservation.rate_cents',
      'case.case_number',
      clientName,
    ])

/** What a reservation adds beside being counted. */
const amounts: Partial<Record<keyof typeof counted, RawBuilder<number>>> = {
  answered_requests: sql`(reservation.declined_on is not null)::int`,
  booked_after_search: sql`(reservation.booked_on - reservation.searched_on)`,
}

const stateWords: Record<ReservationState, string> = {
  reserved: 'reserviert',
  requested: 'angefragt',
  consented: 'zugestimmt',
  declined: 'abgelehnt',
  booked: 'gebucht',
  released: 'aufgegeben',
  expired: 'abgelaufen',
}
const lineColumns: LineColumn<ReservationLine & { service_kind_label: string }>[] = [
  { name: 'searched_on', head: 'Gesucht am', type: 'day', of: ({ searched_on }) => searched_on },
  { name: 'reserved_on', head: 'Reserviert am', type: 'day', of: ({ reserved_on }) => reserved_on },
  { name: 'answered_on', head: 'Beantwortet am', type: 'day', of: ({ answered_on }) => answered_on },
  { name: 'booked_on', head: 'Gebucht am', type: 'day', of: ({ booked_on }) => booked_on },
  { name: 'expired_on', head: 'Abgelaufen am', type: 'day', of: ({ expired_on }) => expired_on },
  { name: 'state', head: 'Stand', type: 'text', of: ({ state }) => stateWords[state] },
  { name: 'service_kind', head: 'Hilfeart', type: 'text', of: ({ service_kind_label }) => service_kind_label },
  { name: 'provider_name', head: 'Anbieter', type: 'text', of: ({ provider_name }) => provider_name },
  { name: 'first_day', head: 'Von', type: 'day', of: ({ first_day }) => first_day },
  { name: 'last_day', head: 'Bis', type: 'day', of: ({ last_day }) => last_day },
  { name: 'case_number', head: 'Fall', type: 'text', of: ({ case_number }) => case_number },
  { name: 'client_name', head: 'Name', type: 'text', of: ({ client_name }) => client_name },
  { name: 'rate_cents', head: 'Entgelt', type: 'cents', of: ({ rate_cents }) => rate_cents },
]

// words about persons lie in the steps of reservations: whoever reads these reads those, so controllers do not
const readers = ['caseworker', 'finance'] as const

export const reservationLineRoutes = (deps: LinesDeps) =>
  new Hono<ServiceEnv>()
    .get(
      '/reservation-lines',
      operation({
        summary: 'The reservations of the own authority that count in a figure of a month, and how many they are; as a file all of them',
        tag: 'placement',
        roles: readers,
        answers: { 200: { description: 'A page', schema: ReservationLines, files: Object.keys(lineFiles) } },
      }),
      only(...readers),
      validate('query', ReservationLineQuery),
      async (c) => {
        const { limit, cursor, sort, ...wanted } = c.req.valid('query')
        const form = fileAsked(c, deps)
        const { reader } = c.var
        const facts = await factsAt(c, deps, { ...wanted, fact: 'reservation', days: daysOf(wanted.month) })
        const by = pageBy(orders, sql`reservation.id`, { sort, limit, cursor })
        const [count, rows] = await asReader(deps.db, reader, async (trx) => [
          await linesOf(facts.of(trx), reader, wanted)
            .select(({ fn }) => fn.countAll<number>().as('count'))
            .executeTakeFirstOrThrow(),
          await described(linesOf(facts.of(trx), reader, wanted))
            .$call(by.of(form))
            .execute(),
        ])
        const { data_as_of } = facts
        if (form)
          return sendFile(c, deps, form, {
            name: `reservierungen_${wanted.counted}_${wanted.month}_${reader.youth_authority_id}`,
            title: 'Reservierungen hinter der Zahl',
            about: aboutText(wanted),
            data_as_of,
            sheets: [sheetOf('Reservierungen', rows, lineColumns)],
          })
        const { items, next_cursor } = by.page(rows)
        return c.json({ count: Number(count.count), items: items.map((row) => ReservationLine.parse(row)), next_cursor, data_as_of })
      },
    )
    .get(
      '/reservation-lines/since',
      operation({
        summary: 'The reservations of the own authority by which a figure reads differently now than at a past moment',
        tag: 'placement',
        roles: readers,
        answers: { 200: { description: 'Reservations as they were and as they are', schema: LaterReservations } },
      }),
      only(...readers),
      validate('query', LaterReservationQuery),
      async (c) => {
        const wanted = c.req.valid('query')
        const { reader } = c.var
        const amount = (wanted.by === 'amount' ? amounts[wanted.counted] : undefined) ?? sql<number>`0`
        const later = await laterOf(c, deps, wanted, {
          fact: 'reservation',
          days: daysOf,
          counted: (db, month) =>
            linesOf(db, reader, { ...wanted, month })
              .select(['reservation.id', amount.as('amount')])
              .execute(),
          told: (db, ids) => described(allOf(db, reader).where('reservation.id', 'in', ids)).execute(),
        })
        return c.json(LaterReservations.parse(later))
      },
    )
