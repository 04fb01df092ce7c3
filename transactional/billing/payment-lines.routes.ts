import { Hono } from 'hono'
import { sql, type Kysely } from 'kysely'
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
  daysToDate,
  factsAt,
  fileAsked,
  kindLabel,
  lineFiles,
  LinesQuery,
  outside,
  ownOnes,
  pageBy,
  sendFile,
  sheetOf,
  sortOf,
  type LineColumn,
  type LinesDeps,
  type Order,
} from '../lines-behind.ts'
import { only, operation, validate, type ServiceEnv } from '../route.ts'

/** The days whose payments count in a figure of a month: what `warehouse/marts/payment_cells.sql` says of months. */
const counted = { payments: daysOf, payments_to_date: daysToDate }

const orders = {
  paid_on: { key: sql`payment_line.paid_on`, type: 'date' },
  provider: { key: sql`coalesce(provider.name, '')`, type: 'text' },
  amount: { key: sql`payment_line.amount_cents`, type: 'bigint' },
} satisfies Record<string, Order>

const Asked = LinesQuery.extend({ counted: z.enum(Object.keys(counted) as [keyof typeof counted]) })
const PaymentLineQuery = Asked.extend({ sort: sortOf(orders, '-paid_on') })
const SummaryQuery = Asked.omit({ limit: true, cursor: true })
const LaterPaymentQuery = LaterQuery.extend(Asked.pick({ counted: true }).shape)

const PaymentLine = z
  .object({
    id: z.uuid(),
    paid_on: z.iso.date(),
    /** negative where a payment was taken back */
    amount_cents: z.int(),
    service_kind: z.string(),
    provider_name: z.string().nullable(),
    /** of the booking that was paid */
    first_day: z.iso.date().nullable(),
    last_day: z.iso.date().nullable(),
    /** of the invoice line; null for what was taken over from the authority's own bookkeeping */
    period_from: z.iso.date().nullable(),
    period_to: z.iso.date().nullable(),
    units: z.number().nullable(),
    /** null for whom invoices and cases are none of their business */
    invoice_number: z.string().nullable(),
    case_number: z.string().nullable(),
    client_name: z.string().nullable(),
  })
  .meta({ id: 'PaymentLine' })
export type PaymentLine = z.infer<typeof PaymentLine>

const LaterPayments = laterFacts(PaymentLine)
export type LaterPayments = z.infer<typeof LaterPayments>

const PaymentLines = pageOf(PaymentLine).extend({ count: z.int(), sum_cents: z.int(), data_as_of: z.iso.datetime({ offset: true }) })
export type PaymentLines = z.infer<typeof PaymentLines>

const PaymentSummary = z
  .object({ providers: z.array(z.object({ provider_name: z.string().nullable(), count: z.int(), sum_cents: z.int() })) })
  .meta({ id: 'PaymentSummary' })
export type PaymentSummary = z.infer<typeof PaymentSummary>

type Lines = Pick<z.infer<typeof SummaryQuery>, 'counted' | 'month' | 'service_kind' | 'specialisation'>

const linesOf = (db: Kysely<Database>, reader: Reader, wanted: Lines) => {
  const { first, last } = counted[wanted.counted](wanted.month)
  return db
    .selectFrom('payment_line')
    .where(ownOnes('payment_line', reader, wanted))
    .where('payment_line.paid_on', '>=', first)
    .where('payment_line.paid_on', '<=', last)
}

const allOf = (db: Kysely<Database>, reader: Reader) => db.selectFrom('payment_line').where(ownOnes('payment_line', reader, {}))

/** Payments with the names that policies let the reader see. */
const described = (query: ReturnType<typeof allOf>) =>
  query
    .innerJoin('service_kind', 'service_kind.code', 'payment_line.service_kind')
    .leftJoin('provider', 'provider.id', 'payment_line.provider_id')
    // policies decide what of these is there
    .leftJoin('booking', 'booking.id', 'payment_line.booking_id')
    .leftJoin('invoice_line', 'invoice_line.id', 'payment_line.invoice_line_id')
    .leftJoin('invoice', 'invoice.id', 'invoice_line.invoice_id')
    .leftJoin('case_link', 'case_link.case_key', 'payment_line.case_key')
    .leftJoin('case', 'case.id', 'case_link.case_id')
    .leftJoin('client', 'client.id', 'case.client_id')
    .select([
      'payment_line.id',
      'payment_line.paid_on',
      'payment_line.amount_cents',
      'payment_line.service_kind',
      kindLabel,
      'provider.name as provider_name',
      'booking.first_day',
      'booking.last_day',
      'invoice_line.period_from',
      'invoice_line.period_to',
      'invoice_line.units',
      'invoice.invoice_number',
      'case.case_number',
      clientName,
    ])

const sums = [
  sql<number>`count(*)::int`.as('count'),
  sql<number>`coalesce(sum(payment_line.amount_cents), 0)::bigint`.as('sum_cents'),
] as const

const providersOf = (db: Kysely<Database>, reader: Reader, wanted: Lines) =>
  linesOf(db, reader, wanted)
    .leftJoin('provider', 'provider.id', 'payment_line.provider_id')
    .groupBy(['provider.id', 'provider.name'])
    .select(['provider.name as provider_name', ...sums])
    .orderBy('sum_cents', 'desc')
    .orderBy('provider.name')
    .execute()

const lineColumns: LineColumn<PaymentLine & { service_kind_label: string }>[] = [
  { name: 'paid_on', head: 'Gezahlt am', type: 'day', of: ({ paid_on }) => paid_on },
  { name: 'service_kind', head: 'Hilfeart', type: 'text', of: ({ service_kind_label }) => service_kind_label },
  { name: 'provider_name', head: 'Anbieter', type: 'text', of: ({ provider_name }) => provider_name ?? outside },
  { name: 'first_day', head: 'Buchung von', type: 'day', of: ({ first_day }) => first_day },
  { name: 'last_day', head: 'Buchung bis', type: 'day', of: ({ last_day }) => last_day },
  { name: 'period_from', head: 'Abgerechnet von', type: 'day', of: ({ period_from }) => period_from },
  { name: 'period_to', head: 'Abgerechnet bis', type: 'day', of: ({ period_to }) => period_to },
  { name: 'units', head: 'Einheiten', type: 'number', of: ({ units }) => units },
  { name: 'invoice_number', head: 'Rechnung', type: 'text', of: ({ invoice_number }) => invoice_number },
  { name: 'case_number', head: 'Fall', type: 'text', of: ({ case_number }) => case_number },
  { name: 'client_name', head: 'Name', type: 'text', of: ({ client_name }) => client_name },
  { name: 'amount_cents', head: 'Betrag', type: 'cents', of: ({ amount_cents }) => amount_cents },
]
const providerColumns: LineColumn<PaymentSummary['providers'][number]>[] = [
  { name: 'provider_name', head: 'Anbieter', type: 'text', of: ({ provider_name }) => provider_name ?? outside },
  { name: 'count', head: 'Zahlungen', type: 'number', of: ({ count }) => count },
  { name: 'sum_cents', head: 'Summe', type: 'cents', of: ({ sum_cents }) => sum_cents },
]

const readers = ['controlling', 'finance'] as const

export const paymentLineRoutes = (deps: LinesDeps) =>
  new Hono<ServiceEnv>()
    .get(
      '/payment-lines',
      operation({
        summary:
          'The payments of the own authority that count in a figure of a month, by invoice line, and their sum; as a file all of them',
        tag: 'billing',
        roles: readers,
        answers: { 200: { description: 'A page', schema: PaymentLines, files: Object.keys(lineFiles) } },
      }),
      only(...readers),
      validate('query', PaymentLineQuery),
      async (c) => {
        const { limit, cursor, sort, ...wanted } = c.req.valid('query')
        const form = fileAsked(c, deps)
        const { reader } = c.var
        const facts = await factsAt(c, deps, { ...wanted, fact: 'payment_line', days: counted[wanted.counted](wanted.month) })
        const by = pageBy(orders, sql`payment_line.id`, { sort, limit, cursor })
        const [all, rows, providers] = await asReader(deps.db, reader, async (trx) => {
          const db = facts.of(trx)
          return [
            await linesOf(db, reader, wanted).select(sums).executeTakeFirstOrThrow(),
            await described(linesOf(db, reader, wanted))
              .$call(by.of(form))
              .execute(),
            form && (await providersOf(db, reader, wanted)),
          ]
        })
        const { data_as_of } = facts
        if (form)
          return sendFile(c, deps, form, {
            name: `auszahlungen_${wanted.counted}_${wanted.month}_${reader.youth_authority_id}`,
            title: 'Zahlungen hinter der Zahl',
            about: aboutText(wanted),
            data_as_of,
            sheets: [sheetOf('Zahlungen', rows, lineColumns), sheetOf('Anbieter', providers!, providerColumns)],
          })
        const { items, next_cursor } = by.page(rows)
        return c.json({ ...all, items: items.map((row) => PaymentLine.parse(row)), next_cursor, data_as_of })
      },
    )
    .get(
      '/payment-lines/summary',
      operation({
        summary: 'The same payments by provider',
        tag: 'billing',
        roles: readers,
        answers: { 200: { description: 'Sums', schema: PaymentSummary } },
      }),
      only(...readers),
      validate('query', SummaryQuery),
      async (c) => {
        const wanted = c.req.valid('query')
        const facts = await factsAt(c, deps, { ...wanted, fact: 'payment_line', days: counted[wanted.counted](wanted.month) })
        const providers = await asReader(deps.db, c.var.reader, (trx) => providersOf(facts.of(trx), c.var.reader, wanted))
        return c.json(PaymentSummary.parse({ providers }))
      },
    )
    .get(
      '/payment-lines/since',
      operation({
        summary: 'The payments of the own authority by which a figure reads differently now than at a past moment, largest first',
        tag: 'billing',
        roles: readers,
        answers: { 200: { description: 'Payments as they were and as they are', schema: LaterPayments } },
      }),
      only(...readers),
      validate('query', LaterPaymentQuery),
      async (c) => {
        const wanted = c.req.valid('query')
        const { reader } = c.var
        const later = await laterOf(c, deps, wanted, {
          fact: 'payment_line',
          days: counted[wanted.counted],
          counted: (db, month) =>
            linesOf(db, reader, { ...wanted, month })
              .select(['payment_line.id', 'payment_line.amount_cents as amount'])
              .execute(),
          told: (db, ids) => described(allOf(db, reader).where('payment_line.id', 'in', ids)).execute(),
        })
        return c.json(LaterPayments.parse(later))
      },
    )
