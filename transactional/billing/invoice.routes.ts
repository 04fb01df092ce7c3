import { Hono } from 'hono'
import { sql, type Transaction } from 'kysely'
import { z } from 'zod'
import { answerOnce } from '../access/answer-once.ts'
import { asReader } from '../access/as-reader.ts'
import type { Reader } from '../access/reader.ts'
import { after, page, PageQuery, pageOf } from '../cursor.ts'
import type { Database } from '../database.ts'
import { berlinDay } from '../placement/period.ts'
import { only, operation, pathId, validate, type Deps, type ServiceEnv } from '../route.ts'
import { rowMissing } from '../rule-violation.ts'
import { NewInvoice, releaseInvoice, submitInvoice } from './invoice.ts'

const Invoice = z
  .object({
    id: z.uuid(),
    provider_id: z.uuid(),
    youth_authority_id: z.string(),
    invoice_number: z.string(),
    issued_on: z.iso.date(),
    submitted_at: z.string(),
    released_at: z.string().nullable(),
    cancels: z.uuid().nullable(),
    total_cents: z.int(),
    paid_cents: z.int(),
  })
  .meta({ id: 'Invoice' })
const InvoiceLine = z.object({
  id: z.uuid(),
  booking_id: z.uuid(),
  service_kind: z.string(),
  period_from: z.iso.date(),
  period_to: z.iso.date(),
  units: z.number(),
  rate_cents: z.int(),
  amount_cents: z.int(),
  released_on: z.iso.date().nullable(),
})
const InvoiceWithLines = Invoice.extend({ lines: z.array(InvoiceLine) }).meta({ id: 'InvoiceWithLines' })
// the instant to the microsecond: it is compared with the column
const InvoiceKey = z.tuple([z.iso.datetime(), z.uuid()])
const Nothing = z.strictObject({}).optional()

/** The invoices the reader may see: policies decide, the explicit condition lets the list walk along one index. */
const invoices = (trx: Transaction<Database>, reader: Reader) =>
  trx
    .selectFrom('invoice')
    .where((eb) =>
      reader.youth_authority_id !== null
        ? eb('invoice.youth_authority_id', '=', reader.youth_authority_id)
        : eb('invoice.provider_id', '=', sql<string>`${reader.provider_id}::uuid`),
    )
    .select(['id', 'provider_id', 'youth_authority_id', 'invoice_number', 'issued_on', 'submitted_at', 'released_at', 'cancels'])
    .select((eb) => [
      eb
        .selectFrom('invoice_line')
        .whereRef('invoice_line.invoice_id', '=', 'invoice.id')
        .select(({ fn }) => fn.coalesce(sql<number>`sum(amount_cents)::bigint`, eb.val(0)).as('sum'))
        .$asScalar()
        .as('total_cents'),
      eb
        .selectFrom('payment')
        .whereRef('payment.invoice_id', '=', 'invoice.id')
        .select(({ fn }) => fn.coalesce(sql<number>`sum(amount_cents)::bigint`, eb.val(0)).as('sum'))
        .$asScalar()
        .as('paid_cents'),
    ])

const readInvoice = async (trx: Transaction<Database>, reader: Reader, id: string): Promise<z.infer<typeof InvoiceWithLines>> => {
  const invoice = await invoices(trx, reader).where('id', '=', id).executeTakeFirstOrThrow(rowMissing)
  const lines = await trx
    .selectFrom('invoice_line')
    .where('invoice_id', '=', id)
    .select(['id', 'booking_id', 'service_kind', 'period_from', 'period_to', 'units', 'rate_cents', 'amount_cents', 'released_on'])
    .orderBy('id')
    .execute()
  return InvoiceWithLines.parse({ ...invoice, lines })
}

const tag = 'billing'
const readers = ['finance', 'provider'] as const

export const invoiceRoutes = (deps: Deps) =>
  new Hono<ServiceEnv>()
    .get(
      '/invoices',
      operation({
        summary: 'Invoices of the own authority or the own provider, newest first',
        tag,
        roles: readers,
        answers: { 200: { description: 'A page', schema: pageOf(Invoice) } },
      }),
      only(...readers),
      validate('query', PageQuery),
      async (c) => {
        const { limit, cursor } = c.req.valid('query')
        const last = after(cursor, InvoiceKey)
        const rows = await asReader(deps.db, c.var.reader, (trx) =>
          invoices(trx, c.var.reader)
            .$if(last !== undefined, (query) =>
              query.where(({ eb, refTuple, tuple }) => eb(refTuple('submitted_at', 'id'), '<', tuple(last![0], last![1]))),
            )
            .orderBy('submitted_at', 'desc')
            .orderBy('id', 'desc')
            .limit(limit + 1)
            .execute(),
        )
        return c.json(page(rows, limit, (row) => [row.submitted_at, row.id]))
      },
    )
    .post(
      '/invoices',
      operation({
        summary: 'Submit an invoice with its lines, or the cancellation of one',
        tag,
        roles: readers,
        once: true,
        answers: { 201: { description: 'Submitted', schema: InvoiceWithLines, location: true } },
      }),
      only(...readers),
      validate('json', NewInvoice),
      (c) =>
        answerOnce(c, deps, c.req.valid('json'), async (trx) => {
          const id = await submitInvoice(trx, c.var.reader, c.req.valid('json'), deps.now())
          return { status: 201, location: `/service/invoices/${id}`, body: await readInvoice(trx, c.var.reader, id) }
        }),
    )
    .get(
      '/invoices/:id',
      operation({
        summary: 'One invoice with its lines',
        tag,
        roles: readers,
        answers: { 200: { description: 'The invoice', schema: InvoiceWithLines } },
      }),
      only(...readers),
      pathId,
      async (c) => c.json(await asReader(deps.db, c.var.reader, (trx) => readInvoice(trx, c.var.reader, c.req.valid('param').id))),
    )
    .post(
      '/invoices/:id/release',
      operation({
        summary: 'Release for payment, by a second person in finance of the paying authority',
        tag,
        roles: ['finance'],
        once: true,
        answers: { 200: { description: 'The invoice as it is now', schema: InvoiceWithLines } },
      }),
      only('finance'),
      pathId,
      validate('json', Nothing),
      (c) =>
        answerOnce(c, deps, null, async (trx) => {
          const { id } = c.req.valid('param')
          await releaseInvoice(trx, c.var.reader, id, deps.now(), berlinDay(deps.now()))
          return { status: 200, body: await readInvoice(trx, c.var.reader, id) }
        }),
    )
