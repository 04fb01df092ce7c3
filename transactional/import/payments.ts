import type pg from 'pg'
import { findReferences, newIds, readRows, type Context } from './context.ts'
import type { Columns, Table } from './csv.ts'
import { plus, write, type Item, type Written } from './write.ts'

export const paymentColumns: Columns = {
  reference: { names: ['referenz', 'reference'], required: true },
  youth_authority: { names: ['jugendamt', 'youth_authority'], required: true },
  booking: { names: ['buchung', 'booking'], required: true },
  paid_on: { names: ['gezahlt_am', 'paid_on'], required: true },
  amount: { names: ['betrag', 'amount'], required: true },
}

type PaymentRow = { line: number; reference: string; youth_authority_id: string; booking: string; paid_on: string; amount_cents: number }
type Payment = { id: string; youth_authority_id: string; reference: string; paid_on: string; rows: PaymentRow[] }
type Booking = {
  id: string
  case_key: string
  youth_authority_id: string
  provider_id: string | null
  service_kind: string
  specialisations: string[]
}

const LARGEST = 100_000_000_00

const readPayments = (context: Context, table: Table): PaymentRow[] =>
  readRows(context, table, (cells) => {
    const amount_cents = cells.cents('amount', -LARGEST)
    if (amount_cents === 0) cells.fault('amount', 'Eine Zahlung ist nicht 0.')
    return {
      reference: cells.text('reference', 140)!,
      youth_authority_id: cells.word('youth_authority', context.authorities)!,
      booking: cells.text('booking', 80)!,
      paid_on: cells.day('paid_on')!,
      amount_cents: amount_cents!,
    }
  })

/** Rows of one reference are one payment for several bookings. */
const group = async ({ client, faults }: Context, table: Table, rows: readonly PaymentRow[]): Promise<Payment[]> => {
  const payments = new Map<string, Payment>()
  const ids = await newIds(client, rows.length)
  for (const row of rows) {
    const { youth_authority_id, reference, paid_on } = row
    const key = `${youth_authority_id}/${reference}`
    const payment = payments.get(key) ?? { id: ids.pop()!, youth_authority_id, reference, paid_on, rows: [] }
    payments.set(key, payment)
    payment.rows.push(row)
    const fault = (column: string, reason: string) => void faults.push({ line: row.line, column: table.headers[column]!, reason })
    if (paid_on !== payment.paid_on) fault('paid_on', `Die Zahlung „${reference}“ hat in Zeile ${payment.rows[0]!.line} einen anderen Tag.`)
    if (payment.rows.some((other) => other !== row && other.booking === row.booking))
      fault('booking', 'Die Buchung steht in dieser Zahlung schon.')
  }
  for (const { rows: of } of payments.values()) {
    if (total(of) === 0)
      faults.push({ line: of[0]!.line, column: table.headers['amount']!, reason: 'Die Beträge dieser Zahlung heben sich auf.' })
  }
  return [...payments.values()]
}

const total = (rows: readonly { amount_cents: number }[]): number => rows.reduce((sum, row) => sum + row.amount_cents, 0)

const findBookings = async ({ client, faults }: Context, table: Table, rows: readonly PaymentRow[]): Promise<Map<number, Booking>> => {
  const references = await findReferences(
    client,
    'booking',
    rows.map(({ booking }) => booking),
  )
  const { rows: bookings } = await client.query<Booking & { cancelled: boolean }>(
    'select id, case_key, youth_authority_id, provider_id, service_kind, specialisations, cancelled from booking where id = any($1)',
    [[...references.values()]],
  )
  const byId = new Map(bookings.map((booking) => [booking.id, booking]))
  const found = new Map<number, Booking>()
  for (const { line, youth_authority_id, booking: reference } of rows) {
    const known = byId.get(references.get(`${youth_authority_id}/${reference}`) ?? '')
    const fault = (reason: string) => void faults.push({ line, column: table.headers['booking']!, reason })
    if (!known) fault(`Die Buchung „${reference}“ gibt es bei diesem Jugendamt nicht; zuerst die Buchungen importieren.`)
    else if (known.cancelled) fault(`Die Buchung „${reference}“ ist storniert.`)
    else found.set(line, known)
  }
  return found
}

type StoredLine = { youth_authority_id: string; reference: string; paid_on: string; booking_id: string; amount_cents: number }

const storedLines = async (client: pg.Client, payments: readonly Payment[]): Promise<Map<string, StoredLine[]>> => {
  const { rows } = await client.query<StoredLine>(
    `select payment.youth_authority_id, payment.reference, payment.paid_on, line.booking_id, line.amount_cents
     from payment join payment_line as line on line.payment_id = payment.id where payment.reference = any($1)`,
    [payments.map(({ reference }) => reference)],
  )
  const lines = new Map<string, StoredLine[]>()
  for (const row of rows) {
    const key = `${row.youth_authority_id}/${row.reference}`
    lines.set(key, [...(lines.get(key) ?? []), row])
  }
  return lines
}

const same = (payment: Payment, stored: readonly StoredLine[], bookings: ReadonlyMap<number, Booking>): boolean => {
  const before = new Map(stored.map((line) => [line.booking_id, line.amount_cents]))
  return (
    stored[0]!.paid_on === payment.paid_on &&
    before.size === payment.rows.length &&
    payment.rows.every((row) => before.get(bookings.get(row.line)!.id) === row.amount_cents)
  )
}

export const importPayments = async (context: Context, table: Table): Promise<Written> => {
  const { client, faults } = context
  const rows = readPayments(context, table)
  const bookings = await findBookings(context, table, rows)
  const payments = await group(context, table, rows)
  if (faults.length > 0) return plus()
  const known = await storedLines(client, payments)
  const fresh = payments.filter((payment) => {
    const stored = known.get(`${payment.youth_authority_id}/${payment.reference}`)
    if (stored && !same(payment, stored, bookings)) {
      const reason = `Die Zahlung „${payment.reference}“ ist schon anders gespeichert; sie wird durch eine negative Zahlung zurückgenommen, nie geändert.`
      faults.push({ line: payment.rows[0]!.line, column: table.headers['reference']!, reason })
    }
    return !stored
  })
  if (faults.length > 0) return plus()
  const items = fresh.map(({ id, youth_authority_id, reference, paid_on, rows }): Item => ({
    line: rows[0]!.line,
    values: { id, youth_authority_id, reference, paid_on, amount_cents: total(rows) },
  }))
  const lineIds = await newIds(client, rows.length)
  const lines = fresh.flatMap(({ id: payment_id, paid_on, rows }) =>
    rows.map(({ line, amount_cents }): Item => {
      const { id: booking_id, ...carried } = bookings.get(line)!
      const { case_key, youth_authority_id, provider_id, service_kind, specialisations } = carried
      return {
        line,
        values: {
          id: lineIds.pop(),
          payment_id,
          booking_id,
          case_key,
          youth_authority_id,
          provider_id,
          service_kind,
          specialisations,
          paid_on,
          amount_cents,
        },
      }
    }),
  )
  const written = await write(client, faults, 'payment', { key: ['id'], changeable: [] }, items)
  await write(client, faults, 'payment_line', { key: ['id'], changeable: [] }, lines)
  return written
}
