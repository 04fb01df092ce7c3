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
import { waitingStates, type WaitingState } from '../vocabulary.ts'

const ended = ({ first, last }: Days) => sql<boolean>`wait.ended_on between ${first} and ${last}`

/** Which waits count in a month, by the measure of `warehouse/marts/wait_cells.sql`; a test holds both to the same numbers. */
const counted = {
  waiting_stock: ({ last }) => sql`wait.entered_on <= ${last} and coalesce(wait.ended_on, wait.last_day + 1) > ${last}`,
  waits_ended: ended,
  waits_with_place: (days) => sql`${ended(days)} and wait.state = 'reserved'`,
} satisfies Record<string, (days: Days) => RawBuilder<boolean>>

const orders = {
  entered_on: { key: sql`wait.entered_on`, type: 'date' },
  ended_on: { key: sql`coalesce(wait.ended_on, 'infinity')`, type: 'date' },
  provider: { key: sql`provider.name`, type: 'text' },
} satisfies Record<string, Order>

const WaitLineQuery = LinesQuery.extend({
  counted: z.enum(Object.keys(counted) as [keyof typeof counted]),
  sort: sortOf(orders, '-entered_on'),
})

const LaterWaitQuery = LaterQuery.extend({ counted: WaitLineQuery.shape.counted })

const WaitLine = z
  .object({
    id: z.uuid(),
    entered_on: z.iso.date(),
    ended_on: z.iso.date().nullable(),
    /** from the entry to its end */
    days: z.int().nullable(),
    state: z.enum(waitingStates),
    service_kind: z.string(),
    provider_name: z.string(),
    first_day: z.iso.date(),
    last_day: z.iso.date(),
    case_number: z.string().nullable(),
    client_name: z.string().nullable(),
  })
  .meta({ id: 'WaitLine' })
export type WaitLine = z.infer<typeof WaitLine>

const LaterWaits = laterFacts(WaitLine)
export type LaterWaits = z.infer<typeof LaterWaits>

const WaitLines = pageOf(WaitLine).extend({ count: z.int(), data_as_of: z.iso.datetime({ offset: true }) })
export type WaitLines = z.infer<typeof WaitLines>

type Lines = Pick<z.infer<typeof WaitLineQuery>, 'counted' | 'month' | 'service_kind' | 'specialisation'>

const linesOf = (db: Kysely<Database>, reader: Reader, wanted: Lines) =>
  db
    .selectFrom('wait')
    .where(ownOnes('wait', reader, wanted))
    .where(counted[wanted.counted](daysOf(wanted.month)))

const allOf = (db: Kysely<Database>, reader: Reader) => db.selectFrom('wait').where(ownOnes('wait', reader, {}))

/** Waits with the names that policies let the reader see. */
const described = (query: ReturnType<typeof allOf>) =>
  query
    .innerJoin('service_kind', 'service_kind.code', 'wait.service_kind')
    .innerJoin('provider', 'provider.id', 'wait.provider_id')
    // policies decide what of these is there
    .leftJoin('case_link', 'case_link.case_key', 'wait.case_key')
    .leftJoin('case', 'case.id', 'case_link.case_id')
    .leftJoin('client', 'client.id', 'case.client_id')
    .select([
      'wait.id',
      'wait.entered_on',
      'wait.ended_on',
      sql<number | null>`wait.ended_on - wait.entered_on`.as('days'),
      sql<WaitingState>`wait.state`.as('state'),
      'wait.service_kind',
      kindLabel,
      'provider.name as provider_name',
      'wait.first_day',
      'wait.last_day',
      'case.case_number',
      clientName,
    ])

/** What a wait adds beside being counted. */
const amounts: Partial<Record<keyof typeof counted, RawBuilder<number>>> = {
  waits_ended: sql`(wait.state <> 'reserved')::int`,
  waits_with_place: sql`(wait.ended_on - wait.entered_on)`,
}

const stateWords: Record<WaitingState, string> = {
  waiting: 'wartet',
  reserved: 'Platz reserviert',
  left: 'Liste verlassen',
  over: 'Zeitraum vorbei',
}
const lineColumns: LineColumn<WaitLine & { service_kind_label: string }>[] = [
  { name: 'entered_on', head: 'Wartet seit', type: 'day', of: ({ entered_on }) => entered_on },
  { name: 'ended_on', head: 'Bis', type: 'day', of: ({ ended_on }) => ended_on },
  { name: 'days', head: 'Tage', type: 'number', of: ({ days }) => days },
  { name: 'state', head: 'Stand', type: 'text', of: ({ state }) => stateWords[state] },
  { name: 'service_kind', head: 'Hilfeart', type: 'text', of: ({ service_kind_label }) => service_kind_label },
  { name: 'provider_name', head: 'Anbieter', type: 'text', of: ({ provider_name }) => provider_name },
  { name: 'first_day', head: 'Gewünscht von', type: 'day', of: ({ first_day }) => first_day },
  { name: 'last_day', head: 'Gewünscht bis', type: 'day', of: ({ last_day }) => last_day },
  { name: 'case_number', head: 'Fall', type: 'text', of: ({ case_number }) => case_number },
  { name: 'client_name', head: 'Name', type: 'text', of: ({ client_name }) => client_name },
]

// the same as of reservations
const readers = ['caseworker', 'finance'] as const

export const waitLineRoutes = (deps: LinesDeps) =>
  new Hono<ServiceEnv>()
    .get(
      '/wait-lines',
      operation({
        summary: 'The waits of the own authority that count in a figure of a month, and how many they are; as a file all of them',
        tag: 'placement',
        roles: readers,
        answers: { 200: { description: 'A page', schema: WaitLines, files: Object.keys(lineFiles) } },
      }),
      only(...readers),
      validate('query', WaitLineQuery),
      async (c) => {
        const { limit, cursor, sort, ...wanted } = c.req.valid('query')
        const form = fileAsked(c, deps)
        const { reader } = c.var
        const facts = await factsAt(c, deps, { ...wanted, fact: 'wait', days: daysOf(wanted.month) })
        const by = pageBy(orders, sql`wait.id`, { sort, limit, cursor })
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
            name: `wartelisten_${wanted.counted}_${wanted.month}_${reader.youth_authority_id}`,
            title: 'Wartelisten hinter der Zahl',
            about: aboutText(wanted),
            data_as_of,
            sheets: [sheetOf('Wartelisten', rows, lineColumns)],
          })
        const { items, next_cursor } = by.page(rows)
        return c.json({ count: Number(count.count), items: items.map((row) => WaitLine.parse(row)), next_cursor, data_as_of })
      },
    )
    .get(
      '/wait-lines/since',
      operation({
        summary: 'The waits of the own authority by which a figure reads differently now than at a past moment',
        tag: 'placement',
        roles: readers,
        answers: { 200: { description: 'Waits as they were and as they are', schema: LaterWaits } },
      }),
      only(...readers),
      validate('query', LaterWaitQuery),
      async (c) => {
        const wanted = c.req.valid('query')
        const { reader } = c.var
        const amount = (wanted.by === 'amount' ? amounts[wanted.counted] : undefined) ?? sql<number>`0`
        const later = await laterOf(c, deps, wanted, {
          fact: 'wait',
          days: daysOf,
          counted: (db, month) =>
            linesOf(db, reader, { ...wanted, month })
              .select(['wait.id', amount.as('amount')])
              .execute(),
          told: (db, ids) => described(allOf(db, reader).where('wait.id', 'in', ids)).execute(),
        })
        return c.json(LaterWaits.parse(later))
      },
    )
