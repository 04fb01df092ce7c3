import type { Transaction } from 'kysely'
import { z } from 'zod'
import type { Reader } from '../access/reader.ts'
import type { Database } from '../database.ts'
import { Cents, Day, Id, text } from '../input.ts'
import { costOf } from '../placement/cost.ts'
import { inOrder } from '../placement/criteria.ts'
import { rowMissing, RuleViolation } from '../rule-violation.ts'

const Line = z
  .strictObject({
    booking_id: Id,
    period_from: Day,
    period_to: Day,
    units: z.number().min(0.01).max(100_000).multipleOf(0.01),
    rate_cents: Cents,
  })
  .refine((line) => inOrder({ first_day: line.period_from, last_day: line.period_to }), {
    path: ['period_to'],
    error: 'liegt vor dem Beginn.',
  })

/** An invoice has lines; the cancellation of one mirrors the lines of what it cancels. */
export const NewInvoice = z
  .strictObject({
    invoice_number: text(1, 60),
    issued_on: Day,
    lines: z.array(Line).min(1).max(500).optional(),
    cancels: Id.optional(),
  })
  .refine((request) => (request.lines === undefined) !== (request.cancels === undefined), {
    path: ['lines'],
    error: 'oder die zu stornierende Rechnung angeben, eins von beiden.',
  })
export type NewInvoice = z.infer<typeof NewInvoice>
type Document = Omit<NewInvoice, 'lines'>
type RequestedLine = z.infer<typeof Line>

const dimensions = ['case_key', 'youth_authority_id', 'provider_id', 'service_kind', 'specialisations'] as const

/** The bookings billed, as the reader may see them: what is not there for the reader cannot be billed. */
const billedBookings = async (trx: Transaction<Database>, lines: RequestedLine[]) => {
  const ids = [...new Set(lines.map((line) => line.booking_id))]
  const bookings = await trx
    .selectFrom('booking')
    .where('id', 'in', ids)
    .where('cancelled', '=', false)
    .select(['id', 'first_day', 'last_day', ...dimensions])
    .execute()
  const found = new Map(bookings.map((booking) => [booking.id, booking]))
  const missing = lines.flatMap(({ booking_id }, index) =>
    found.has(booking_id) ? [] : [{ field: `lines[${index}].booking_id`, message: 'gibt es hier nicht.' }],
  )
  if (missing.length > 0) throw new RuleViolation('booking_unknown', missing)
  return found
}

/** Lines carry what their bookings say; amount = units × rate, half up to cents. */
const linesOf = async (trx: Transaction<Database>, requested: RequestedLine[]) => {
  const bookings = await billedBookings(trx, requested)
  return requested.map((line, index) => {
    const { first_day, last_day, id: _, ...carried } = bookings.get(line.booking_id)!
    const { provider_id } = carried
    if (provider_id === null) throw new RuleViolation('invoice_without_provider')
    if (line.period_from < first_day || line.period_to > last_day) {
      throw new RuleViolation('invoice_line_outside_booking', [
        { field: `lines[${index}].period_to`, message: 'liegt nicht in der Buchung.' },
      ])
    }
    return { ...line, ...carried, provider_id, amount_cents: costOf(line.units, line.rate_cents) }
  })
}

type InvoiceLine = Awaited<ReturnType<typeof linesOf>>[number]

/** Total of a document by its lines. */
export const totalOf = (lines: { amount_cents: number }[]): number => lines.reduce((sum, line) => sum + line.amount_cents, 0)

const insertInvoice = async (trx: Transaction<Database>, reader: Reader, document: Document, lines: InvoiceLine[], now: Date) => {
  const [{ provider_id, youth_authority_id }] = lines as [InvoiceLine]
  if (lines.some((line) => line.provider_id !== provider_id || line.youth_authority_id !== youth_authority_id)) {
    throw new RuleViolation('invoice_one_authority')
  }
  if (totalOf(lines) === 0) throw new RuleViolation('invoice_empty')
  const { id } = await trx
    .insertInto('invoice')
    .values({ ...document, provider_id, youth_authority_id, submitted_at: now, submitted_by: reader.user_account_id })
    .returning('id')
    .executeTakeFirstOrThrow()
  await trx
    .insertInto('invoice_line')
    .values(lines.map((line) => ({ ...line, invoice_id: id })))
    .execute()
  return id
}

/** The lines of the document to be cancelled, with the opposite sign. */
const mirroredLines = async (trx: Transaction<Database>, invoice_id: string): Promise<InvoiceLine[]> => {
  const lines = await trx
    .selectFrom('invoice_line')
    .where('invoice_id', '=', invoice_id)
    .select(['booking_id', 'period_from', 'period_to', 'units', 'rate_cents', 'amount_cents', 'provider_id', ...dimensions])
    .orderBy('id')
    .execute()
  if (lines.length === 0) throw new RuleViolation('invoice_unknown', [{ field: 'cancels', message: 'gibt es hier nicht.' }])
  return lines.map((line) => ({ ...line, provider_id: line.provider_id!, units: -line.units, amount_cents: -line.amount_cents }))
}

/** Submits an invoice, or the cancellation of one; the data base says who may. */
export const submitInvoice = async (trx: Transaction<Database>, reader: Reader, request: NewInvoice, now: Date): Promise<string> => {
  const { lines: requested, ...document } = request
  const lines = document.cancels === undefined ? await linesOf(trx, requested!) : await mirroredLines(trx, document.cancels)
  return insertInvoice(trx, reader, document, lines, now)
}

/** Releases an invoice for payment: by finance of the paying authority, never by who submitted it. */
export const releaseInvoice = async (trx: Transaction<Database>, reader: Reader, id: string, now: Date, today: string): Promise<void> => {
  const invoice = await trx
    .selectFrom('invoice')
    .where('id', '=', id)
    .select(['released_at', 'submitted_by'])
    .forUpdate()
    .executeTakeFirstOrThrow(rowMissing)
  if (invoice.released_at !== null) throw new RuleViolation('invoice_released')
  await trx.updateTable('invoice').set({ released_at: now, released_by: reader.user_account_id }).where('id', '=', id).execute()
  await trx.updateTable('invoice_line').set({ released_on: today }).where('invoice_id', '=', id).execute()
}
