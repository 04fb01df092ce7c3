import { Hono } from 'hono'
import { sql, type Transaction } from 'kysely'
import { z } from 'zod'
import { answerOnce } from '../access/answer-once.ts'
import { asReader } from '../access/as-reader.ts'
import type { Reader } from '../access/reader.ts'
import type { Database } from '../database.ts'
import { Day, Id, text } from '../input.ts'
import { berlinDay } from '../placement/period.ts'
import { only, operation, pathId, validate, type Deps, type ServiceEnv } from '../route.ts'
import { rowMissing, RuleViolation } from '../rule-violation.ts'
import { splitPayment } from './payment.ts'

const largest = 1_000_000_000_00

const NewPayment = z.strictObject({
  invoice_id: Id,
  paid_on: Day,
  /** negative for a cancellation or a payment that came back */
  amount_cents: z
    .int()
    .min(-largest)
    .max(largest)
    .refine((cents) => cents !== 0, 'darf nicht 0 sein.'),
  reference: text(1, 140).nullable().default(null),
})
type NewPayment = z.infer<typeof NewPayment>

const Payment = z
  .object({
    id: z.uuid(),
    invoice_id: z.uuid().nullable(),
    paid_on: z.iso.date(),
    amount_cents: z.int(),
    reference: z.string().nullable(),
    lines: z.array(z.object({ id: z.uuid(), invoice_line_id: z.uuid().nullable(), booking_id: z.uuid(), amount_cents: z.int() })),
  })
  .meta({ id: 'Payment' })

/** The lines of an invoice with what is demanded and paid, the invoice held until the payment is recorded. */
const openLines = async (trx: Transaction<Database>, invoice_id: string) => {
  const invoice = await trx.selectFrom('invoice').where('id', '=', invoice_id).select('id').forNoKeyUpdate().executeTakeFirst()
  if (invoice === undefined) throw new RuleViolation('invoice_unknown')
  return trx
    .selectFrom('invoice_line as line')
    .where('line.invoice_id', '=', invoice_id)
    .select([
      'line.id as invoice_line_id',
      'line.booking_id',
      'line.case_key',
      'line.youth_authority_id',
      'line.provider_id',
      'line.service_kind',
      'line.amount_cents as demanded_cents',
    ])
    .select((eb) => [
      eb
        .selectFrom('payment_line')
        .whereRef('payment_line.invoice_line_id', '=', 'line.id')
        .select(({ fn }) => fn.coalesce(sql<number>`sum(payment_line.amount_cents)::bigint`, eb.val(0)).as('sum'))
        .$asScalar()
        .as('paid_cents'),
      // lines follow their booking, whose specialisations may have been corrected since the invoice
      eb
        .selectFrom('booking')
        .whereRef('booking.id', '=', 'line.booking_id')
        .select('specialisations')
        .$asScalar()
        .$notNull()
        .as('specialisations'),
    ])
    .orderBy('line.id')
    .execute()
}

const recordPayment = async (trx: Transaction<Database>, reader: Reader, request: NewPayment, now: Date): Promise<string> => {
  const lines = await openLines(trx, request.invoice_id)
  const shares = splitPayment(
    request.amount_cents,
    lines.map((line) => ({ demanded_cents: line.demanded_cents, paid_cents: line.paid_cents ?? 0 })),
  )
  const { id } = await trx
    .insertInto('payment')
    .values({ ...request, youth_authority_id: reader.youth_authority_id!, recorded_at: now, recorded_by: reader.user_account_id })
    .returning('id')
    .executeTakeFirstOrThrow()
  const paid = lines.flatMap((line, index) => {
    const { invoice_line_id, booking_id, case_key, youth_authority_id, provider_id, service_kind, specialisations } = line
    const carried = { invoice_line_id, booking_id, case_key, youth_authority_id, provider_id, service_kind, specialisations }
    const amount_cents = shares[index]!
    return amount_cents === 0 ? [] : [{ ...carried, payment_id: id, paid_on: request.paid_on, amount_cents }]
  })
  await trx.insertInto('payment_line').values(paid).execute()
  // the sums are checked now, while a refusal can still be told
  await sql`set constraints all immediate`.execute(trx)
  return id
}

const readPayment = async (trx: Transaction<Database>, id: string): Promise<z.infer<typeof Payment>> => {
  const payment = await trx
    .selectFrom('payment')
    .where('id', '=', id)
    .select(['id', 'invoice_id', 'paid_on', 'amount_cents', 'reference'])
    .executeTakeFirstOrThrow(rowMissing)
  const lines = await trx
    .selectFrom('payment_line')
    .where('payment_id', '=', id)
    .select(['id', 'invoice_line_id', 'booking_id', 'amount_cents'])
    .orderBy('id')
    .execute()
  return { ...payment, lines }
}

const tag = 'billing'

export const paymentRoutes = (deps: Deps) =>
  new Hono<ServiceEnv>()
    .post(
      '/payments',
      operation({
        summary: 'Record a payment of a released invoice; part payments fall on its lines by largest remainder',
        tag,
        roles: ['finance'],
        once: true,
        answers: { 201: { description: 'Recorded', schema: Payment, location: true } },
      }),
      only('finance'),
      validate('json', NewPayment),
      (c) =>
        answerOnce(c, deps, c.req.valid('json'), async (trx) => {
          const request = c.req.valid('json')
          if (request.paid_on > berlinDay(deps.now())) throw new RuleViolation('payment_in_future')
          const id = await recordPayment(trx, c.var.reader, request, deps.now())
          return { status: 201, location: `/service/payments/${id}`, body: await readPayment(trx, id) }
        }),
    )
    .get(
      '/payments/:id',
      operation({
        summary: 'One payment with its lines',
        tag,
        roles: ['finance', 'provider'],
        answers: { 200: { description: 'The payment', schema: Payment } },
      }),
      only('finance', 'provider'),
      pathId,
      async (c) => c.json(await asReader(deps.db, c.var.reader, (trx) => readPayment(trx, c.req.valid('param').id))),
    )
