import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startService, VG, type Service } from '../service.fixture.ts'

type Invoice = {
  id: string
  code: string
  total_cents: number
  paid_cents: number
  released_at: string | null
  lines: { id: string; amount_cents: number }[]
}
type Payment = { id: string; code: string; lines: { invoice_line_id: string; amount_cents: number }[] }

let service: Service
let booking_id: string
let numbers = 0
beforeAll(async () => {
  service = await startService()
  booking_id = await newBooking()
})
afterAll(() => service.stop())

const newBooking = async (user = 'fall.vg') => {
  const { case_id } = await service.openCase(user)
  const booked = await service.book(user, {
    case_id,
    offer_id: await service.offer({ specialisations: ['suchtmittel'] }),
    specialisations: ['suchtmittel'],
  })
  return booked.body.id
}
const january = (more: object = {}) => ({
  booking_id,
  period_from: '2026-01-01',
  period_to: '2026-01-31',
  units: 31,
  rate_cents: 7600,
  ...more,
})
const submit = (lines: object[], user = 'anbieter.1', more: object = {}) =>
  service.as(user)<Invoice>('POST', '/service/invoices', { invoice_number: `R-${++numbers}`, issued_on: '2026-02-02', lines, ...more })
const cancel = (cancels: string, user = 'anbieter.1') =>
  service.as(user)<Invoice>('POST', '/service/invoices', { invoice_number: `S-${++numbers}`, issued_on: '2026-02-20', cancels })
const release = (id: string, user = 'finanzen.vg') => service.as(user)<Invoice>('POST', `/service/invoices/${id}/release`)
const pay = (invoice_id: string, amount_cents: number, more: object = {}, user = 'finanzen.vg') =>
  service.as(user)<Payment>('POST', '/service/payments', { invoice_id, amount_cents, paid_on: '2026-03-01', ...more })
const released = async (lines: object[]) => (await release((await submit(lines)).body.id)).body

describe('an invoice', () => {
  test('is submitted by the provider, carries what its bookings say, and amounts are exact', async () => {
    const { status, headers, body } = await submit([january(), january({ units: 0.5, rate_cents: 4525 })])
    expect(status).toBe(201)
    expect(headers.get('location')).toBe(`/service/invoices/${body.id}`)
    expect(body).toMatchObject({ youth_authority_id: VG, total_cents: 31 * 7600 + 2263, paid_cents: 0, released_at: null })
    const line = await service.one('select * from invoice_line where id = $1', [body.lines[0]!.id])
    expect(line).toMatchObject({ booking_id, service_kind: 's34', specialisations: ['suchtmittel'], released_on: null })
    expect((await service.as('finanzen.vg')('GET', `/service/invoices/${body.id}`)).body).toEqual(body)
    expect((await service.as('finanzen.vg')<{ items: Invoice[] }>('GET', '/service/invoices')).body.items[0]).toMatchObject({ id: body.id })
    expect((await service.as('anbieter.2')<{ items: Invoice[] }>('GET', '/service/invoices')).body.items).toEqual([])
  })

  test('is refused with another’s, cancelled or outside bookings, in one German sentence that names the field', async () => {
    const foreign = await newBooking('fall.hro')
    const cancelled = await newBooking()
    await service.as('fall.vg')('POST', `/service/bookings/${cancelled}/cancel`, { note: 'wie besprochen' })
    const unknown = { status: 404, body: { code: 'booking_unknown', details: [{ field: 'lines[1].booking_id' }] } }
    expect(await submit([january(), january({ booking_id: foreign })], 'finanzen.vg')).toMatchObject(unknown)
    expect(await submit([january(), january({ booking_id: cancelled })])).toMatchObject(unknown)
    expect(await submit([january(), january({ booking_id: '00000000-0000-4000-8000-000000000000' })])).toMatchObject(unknown)
    expect(await submit([january()], 'anbieter.2')).toMatchObject({ status: 404, body: { code: 'booking_unknown' } })
    expect(await submit([january(), january({ booking_id: foreign })])).toMatchObject({
      status: 422,
      body: { code: 'invoice_one_authority' },
    })
    expect(await submit([january({ period_to: '2026-07-02' })])).toMatchObject({
      status: 422,
      body: { code: 'invoice_line_outside_booking' },
    })
    expect(await submit([january({ rate_cents: 0 })])).toMatchObject({ status: 422, body: { code: 'invoice_empty' } })
    expect(await submit([])).toMatchObject({ status: 400, body: { details: [{ field: 'lines' }] } })
    expect(await submit([january({ units: -1 })])).toMatchObject({ status: 400, body: { details: [{ field: 'lines[0].units' }] } })
    expect(await submit([january({ amount_cents: 1 })])).toMatchObject({ status: 400 })
    await submit([january()], 'anbieter.1', { invoice_number: 'doppelt' })
    expect(await submit([january()], 'anbieter.1', { invoice_number: 'doppelt' })).toMatchObject({
      status: 409,
      body: { code: 'invoice_number_taken', details: [{ field: 'invoice_number' }] },
    })
  })

  test('is released once, by a second person in finance of the paying authority', async () => {
    const own = await submit([january()], 'finanzen.vg')
    expect(await release(own.body.id)).toMatchObject({ status: 409, body: { code: 'invoice_four_eyes' } })
    for (const user of ['finanzen.hro', 'anbieter.1', 'fall.vg', 'politik']) expect((await release(own.body.id, user)).status).toBe(404)
    const done = await release(own.body.id, 'finanzen2.vg')
    expect(done).toMatchObject({ status: 200, body: { lines: [{ released_on: '2026-03-10' }] } })
    expect(Date.parse(done.body.released_at!)).toBe(service.clock.now.getTime())
    expect(await release(own.body.id)).toMatchObject({ status: 409, body: { code: 'invoice_released' } })
  })

  test('is never changed, not even by SQL; nor does a released one take more lines', async () => {
    const { id, lines } = await released([january()])
    const refused = { constraint: 'invoice_unchangeable' }
    await expect(service.owner.query(`update invoice set issued_on = issued_on + 1 where id = $1`, [id])).rejects.toMatchObject(refused)
    await expect(
      service.owner.query(`update invoice set released_at = null, released_by = null where id = $1`, [id]),
    ).rejects.toMatchObject(refused)
    await expect(service.owner.query(`update invoice_line set amount_cents = 1 where invoice_id = $1`, [id])).rejects.toMatchObject(refused)
    const again = `insert into invoice_line (invoice_id, booking_id, case_key, youth_authority_id, provider_id, service_kind, specialisations, period_from, period_to, units, rate_cents, amount_cents)
      select invoice_id, booking_id, case_key, youth_authority_id, provider_id, service_kind, specialisations, period_from, period_to, units, rate_cents, amount_cents from invoice_line where id = $1`
    await expect(service.owner.query(again, [lines[0]!.id])).rejects.toMatchObject(refused)
  })

  test('takes no line of another booking’s authority or provider, not even by SQL', async () => {
    const { body } = await submit([january()])
    const foreign = await newBooking('fall.hro')
    const smuggle = `insert into invoice_line (invoice_id, booking_id, case_key, youth_authority_id, provider_id, service_kind, specialisations, period_from, period_to, units, rate_cents, amount_cents)
      select $1, id, case_key, youth_authority_id, provider_id, service_kind, specialisations, first_day, first_day, 1, 1, $3 from booking where id = $2`
    await expect(service.owner.query(smuggle, [body.id, foreign, 1])).rejects.toMatchObject({ constraint: 'invoice_line_of_invoice' })
    await expect(service.owner.query(smuggle, [body.id, booking_id, -1])).rejects.toMatchObject({ constraint: 'invoice_line_sign' })
  })

  test('is cancelled by a document of its own that mirrors it, once', async () => {
    const original = await released([january(), january({ units: 2.5, rate_cents: 333 })])
    const mirror = await cancel(original.id)
    expect(mirror).toMatchObject({ status: 201, body: { cancels: original.id, total_cents: -original.total_cents } })
    expect(mirror.body.lines.map((line) => line.amount_cents)).toEqual(original.lines.map((line) => -line.amount_cents))
    expect(await cancel(original.id)).toMatchObject({ status: 409, body: { code: 'invoice_cancelled' } })
    expect(await cancel(mirror.body.id)).toMatchObject({ status: 422, body: { code: 'invoice_cancels_original' } })
    expect(await cancel(original.id, 'anbieter.2')).toMatchObject({
      status: 404,
      body: { code: 'invoice_unknown', details: [{ field: 'cancels' }] },
    })
  })

  test('keeps its booking from being cancelled', async () => {
    const billed = await newBooking()
    await submit([january({ booking_id: billed })])
    expect(await service.as('fall.vg')('POST', `/service/bookings/${billed}/cancel`, { note: 'wie besprochen' })).toMatchObject({
      status: 409,
      body: { code: 'booking_in_use' },
    })
  })
})

describe('a payment', () => {
  test('falls on the lines by largest remainder, and the last part settles each exactly', async () => {
    const invoice = await released([
      january({ units: 1, rate_cents: 1000 }),
      january({ units: 1, rate_cents: 1000 }),
      january({ units: 1, rate_cents: 1000 }),
    ])
    const first = await pay(invoice.id, 100, { reference: 'K-1' })
    expect(first.status).toBe(201)
    expect(first.headers.get('location')).toBe(`/service/payments/${first.body.id}`)
    expect(first.body.lines.map((line) => line.amount_cents)).toEqual([34, 33, 33])
    const rest = await pay(invoice.id, 2900)
    expect(rest.body.lines.map((line) => line.amount_cents)).toEqual([966, 967, 967])
    expect((await service.as('anbieter.1')<Invoice>('GET', `/service/invoices/${invoice.id}`)).body.paid_cents).toBe(3000)
    expect((await service.as('anbieter.1')('GET', `/service/payments/${first.body.id}`)).status).toBe(200)
    expect((await service.as('anbieter.2')('GET', `/service/payments/${first.body.id}`)).status).toBe(404)
    const line = await service.one(`select * from payment_line where payment_id = $1 order by id limit 1`, [first.body.id])
    expect(line).toMatchObject({
      booking_id,
      paid_on: '2026-03-01',
      service_kind: 's34',
      specialisations: ['suchtmittel'],
      amount_cents: 34,
    })
  })

  test('needs a released invoice of the own authority, a day that has come and an amount that is open', async () => {
    const open = (await submit([january()])).body
    expect(await pay(open.id, 1)).toMatchObject({ status: 409, body: { code: 'payment_needs_release' } })
    await release(open.id)
    expect(await pay(open.id, 1, {}, 'finanzen.hro')).toMatchObject({ status: 404, body: { code: 'invoice_unknown' } })
    expect(await pay(open.id, 1, {}, 'anbieter.1')).toMatchObject({ status: 404, body: { code: 'not_found' } })
    expect(await pay(open.id, 1, { paid_on: '2026-03-11' })).toMatchObject({ status: 422, body: { code: 'payment_in_future' } })
    expect(await pay(open.id, 31 * 7600 + 1)).toMatchObject({ status: 409, body: { code: 'payment_exceeds_invoice' } })
    expect(await pay(open.id, -1)).toMatchObject({ status: 409, body: { code: 'payment_exceeds_invoice' } })
    expect(await pay(open.id, 0)).toMatchObject({ status: 400, body: { details: [{ field: 'amount_cents' }] } })
    expect(await pay(open.id, 10.5)).toMatchObject({ status: 400, body: { details: [{ field: 'amount_cents' }] } })
    expect((await pay(open.id, 1, { reference: 'K-2' })).status).toBe(201)
    expect(await pay(open.id, 1, { reference: 'K-2' })).toMatchObject({
      status: 409,
      body: { code: 'payment_reference', details: [{ field: 'reference' }] },
    })
  })

  test('never exceeds the invoice, though twenty are recorded at once', async () => {
    const invoice = await released([january({ units: 1, rate_cents: 1000 }), january({ units: 1, rate_cents: 333 })])
    const replies = await Promise.all(Array.from({ length: 20 }, () => pay(invoice.id, 200)))
    expect(replies.filter((reply) => reply.status === 201)).toHaveLength(6)
    expect(replies.filter((reply) => reply.status === 409)).toHaveLength(14)
    const { paid } = await service.one(
      'select sum(payment_line.amount_cents) as paid from payment_line join payment on payment.id = payment_id where invoice_id = $1',
      [invoice.id],
    )
    expect(paid).toBe(1200)
  })

  test('comes back negative, after a cancellation at most what was paid', async () => {
    const invoice = await released([january({ units: 1, rate_cents: 1000 }), january({ units: 1, rate_cents: 500 })])
    await pay(invoice.id, 900)
    const mirror = (await cancel(invoice.id)).body
    expect(await pay(invoice.id, 1)).toMatchObject({ status: 409, body: { code: 'payment_of_cancelled_invoice' } })
    expect(await pay(mirror.id, -900)).toMatchObject({ status: 409, body: { code: 'payment_needs_release' } })
    await release(mirror.id)
    expect(await pay(mirror.id, -901)).toMatchObject({ status: 409, body: { code: 'payment_exceeds_invoice' } })
    const refund = await pay(mirror.id, -900)
    expect(refund.body.lines.map((line) => line.amount_cents)).toEqual([-600, -300])
    expect(await pay(invoice.id, -1)).toMatchObject({ status: 409, body: { code: 'payment_exceeds_invoice' } })
  })

  test('is never changed, adds up and stays with its invoice, also by SQL', async () => {
    const invoice = await released([january()])
    const { body } = await pay(invoice.id, 100)
    await expect(service.owner.query('update payment set amount_cents = 1 where id = $1', [body.id])).rejects.toMatchObject({
      constraint: 'payment_unchangeable',
    })
    await expect(service.owner.query('update payment_line set amount_cents = 1 where payment_id = $1', [body.id])).rejects.toMatchObject({
      constraint: 'payment_unchangeable',
    })
    await expect(service.owner.query('delete from payment_line where payment_id = $1', [body.id])).rejects.toMatchObject({
      constraint: 'payment_sum',
    })
    await expect(
      service.owner.query(`insert into payment (youth_authority_id, invoice_id, paid_on, amount_cents) values ($1, $2, '2026-03-01', 5)`, [
        VG,
        invoice.id,
      ]),
    ).rejects.toMatchObject({ constraint: 'payment_sum' })
  })
})
