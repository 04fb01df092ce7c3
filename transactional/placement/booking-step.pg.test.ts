import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { asReader } from '../access/as-reader.ts'
import type { Problem } from '../problem.ts'
import { startService, VG, type Service } from '../service.fixture.ts'
import type { Role } from '../vocabulary.ts'
import type { BookingWithNames } from './booking-view.ts'

let service: Service
beforeAll(async () => void (service = await startService()))
beforeEach(() => at('2026-03-10T09:00:00Z'))
afterAll(() => service.stop())

const at = (instant: string) => {
  service.clock.now = new Date(instant)
  service.clearSessions()
}
type Answer = BookingWithNames & Problem

/** A booking from January to July of an offer that costs 76.00 €, from April on 80.00 €. */
const prepare = async (given: Record<string, unknown> = {}) => {
  const rates: [string, string | null, number][] = [
    ['2025-01-01', '2026-03-31', 7600],
    ['2026-04-01', null, 8000],
  ]
  const offer_id = await service.offer({ rates, capacity: 1, service_kind: 's34' })
  const { case_id } = await service.openCase()
  const { body } = await service.book('fall.vg', { case_id, offer_id, ...given })
  const path = `/service/bookings/${body.id}`
  const step = (name: string, request: object = {}, user = 'fall.vg') => service.as(user)<Answer>('POST', `${path}/${name}`, request)
  const read = async (user = 'fall.vg') => (await service.as(user)<Answer>('GET', path)).body
  return { id: body.id, case_id, offer_id, path, step, read }
}

const beyondWeek = { status: 422, code: 'units_beyond_week', details: [{ field: 'units_per_week' }] }

test('days added beside another home of the person are confirmed, the day of a move is not', async () => {
  const { case_id, step } = await prepare()
  const next = { case_id, offer_id: await service.offer({ facility: 1 }), first_day: '2026-07-10', last_day: '2026-12-01', parallel: false }
  const { body: home } = await service.book('fall.vg', next)
  const prolonged = { last_day: '2026-07-10', note: 'bis zum Umzug' }
  expect((await step('prolong', prolonged)).body.last_day).toBe('2026-07-10')
  const further = { ...prolonged, last_day: '2026-08-01' }
  expect((await step('prolong', further)).body).toMatchObject({ code: 'parallel_help', details: [{ field: 'parallel' }] })
  expect((await step('prolong', { ...further, parallel: true })).body.last_day).toBe('2026-08-01')

  // what was planned before counts again once its end is taken back
  await step('end', { last_day: '2026-03-01', end_reason: 10 })
  const other = { case_id, service_kind: 's33', first_day: '2026-06-01', last_day: '2026-12-31', away: true, rate_cents: 3000 }
  expect((await service.as('fall.vg')('POST', '/service/bookings', { ...other, parallel: true })).status).toBe(201)
  await service.as('fall.vg')('POST', `/service/bookings/${home.id}/cancel`, { note: 'kommt nicht' })
  expect((await step('undo-end')).body.code).toBe('parallel_help')
  expect((await step('undo-end', { parallel: true })).body.last_day).toBe('2026-08-01')
  const undone = await service.as('fall.vg')('POST', `/service/bookings/${home.id}/undo-cancellation`, {})
  expect(undone.body.code).toBe('parallel_help')
})

test('everything that happens to a booking is written down with who, when and why, and the provider reads none of it', async () => {
  const { step, read } = await prepare()
  await step('prolong', { last_day: '2026-08-01', note: 'Schuljahr' })
  at('2026-03-11T09:00:00Z')
  await step('end', { last_day: '2026-03-01', end_reason: 20, note: 'Umzug' }, 'fall2.vg')
  const { steps, possible } = await read()
  expect(steps.map(({ step, at, by, last_day, note }) => [step, at, by, last_day, note])).toEqual([
    ['booked', '2026-03-10T09:00:00Z', 'fall.vg', null, null],
    ['prolonged', '2026-03-10T09:00:00Z', 'fall.vg', '2026-08-01', 'Schuljahr'],
    ['ended', '2026-03-11T09:00:00Z', 'fall2.vg', '2026-03-01', 'Umzug'],
  ])
  expect(possible).toEqual(['end_undone'])
  expect(await read('finanzen.vg')).toMatchObject({ steps: [{}, {}, {}], possible: [], follow_up: [] })
  expect(await read('anbieter.1')).toMatchObject({ steps: [], interruptions: [], possible: [] })
  for (const user of ['fall.hro', 'anbieter.1', 'politik']) expect((await step('undo-end', {}, user)).status).toBe(404)
})

test('a booking from before anything was written down tells its beginning and end itself', async () => {
  const { id, read } = await prepare()
  await service.owner.query('delete from booking_step where booking_id = $1', [id])
  await service.owner.query(`update booking set end_reason = 10 where id = $1`, [id])
  const { steps, possible } = await read()
  expect(steps).toMatchObject([
    { step: 'booked', by: null, id: null },
    { step: 'ended', at: null, last_day: '2026-07-01' },
  ])
  expect(possible).toEqual([])
})

test('who acts on what somebody else has changed is told who it was, and nothing changes', async () => {
  const { step, read } = await prepare()
  const { steps } = await read()
  const after_step = steps.at(-1)!.id
  expect((await step('prolong', { note: 'wie besprochen', last_day: '2026-08-01', after_step }, 'fall2.vg')).status).toBe(200)
  const late = await step('end', { last_day: '2026-03-01', end_reason: 10, after_step })
  expect(late).toMatchObject({ status: 409, body: { code: 'booking_moved' } })
  expect(late.body.details).toEqual([
    { field: 'after_step', message: 'Zuletzt fall2.vg, 10.03.2026, 10:00 Uhr.' },
    { field: '', message: 'Bitte prüfen und noch einmal absenden.' },
  ])
  const seen = (await read()).steps.at(-1)!.id
  const both = await Promise.all([
    step('end', { last_day: '2026-03-01', end_reason: 10, after_step: seen }),
    step('cancel', { note: 'wie besprochen', after_step: seen }),
  ])
  expect(both.map(({ status }) => status).sort()).toEqual([200, 409])
})

describe('new terms', () => {
  test('at the rate the offer has that day, foretold before they are set', async () => {
    const { step, path } = await prepare()
    const query = '?first_day=2026-05-01&rate=offer&units_per_week=5'
    const preview = await service.as('fall.vg')('GET', `${path}/change${query}`)
    // 120 days at 76.00 €, then 61 × 5 ÷ 7 = 43.57 at 80.00 €
    expect(preview.body).toMatchObject({
      offer_rate_cents: 8000,
      before: { planned_cents: 181 * 7600 },
      after: { planned_units: 163.57, planned_cents: 120 * 7600 + 348_560 },
    })
    expect((await service.as('fall.hro')('GET', `${path}/change${query}`)).status).toBe(404)
    const changed = await step('change', { note: 'wie besprochen', first_day: '2026-05-01', rate: 'offer', units_per_week: 5 })
    expect(changed.body).toMatchObject({ rate_from: ['2026-01-01', '2026-05-01'], rate_cents: [7600, 8000], planned_cents: 1_260_560 })
  })

  test('at another rate need a reason, and an amount', async () => {
    const { step } = await prepare()
    const change = { first_day: '2026-05-01', rate: 'other' }
    expect((await step('change', { ...change, note: 'wie besprochen' })).body).toMatchObject({
      code: 'booking_rate_missing',
      details: [{ field: 'rate_cents' }],
    })
    expect((await step('change', { ...change, rate_cents: 9000 })).body).toMatchObject({
      code: 'reason_missing',
      details: [{ field: 'note' }],
    })
    expect((await step('change', { ...change, rate_cents: 9000, note: 'Einzelvereinbarung' })).body.rate_cents).toEqual([7600, 9000])
    expect((await step('change', { note: 'wie besprochen', first_day: '2025-05-01', units_per_week: 5 })).body).toMatchObject({
      code: 'booking_change_outside',
      details: [{ field: 'first_day' }],
    })
    const note = 'wie besprochen'
    expect((await step('change', { note, first_day: '2026-05-01', units_per_week: 200 })).status).toBe(400)
    expect((await step('change', { note, first_day: '2026-05-01', units_per_week: 8 })).body).toMatchObject(beyondWeek)
    expect((await step('prolong', { note, last_day: '2026-09-01', units_per_week: 8 })).body).toMatchObject(beyondWeek)
    expect((await step('change', { ...change, rate_cents: 0, note: 'Einzelvereinbarung' })).body).toMatchObject({
      status: 422,
      code: 'rate_zero',
      details: [{ field: 'rate_cents' }],
    })
  })
})

test('a help rests and goes on; nothing is planned for these days, and the place stays taken', async () => {
  const { step, read, offer_id, case_id } = await prepare()
  const days = { first_day: '2026-03-05', last_day: '2026-03-20' }
  const rested = await step('interrupt', { ...days, reason: 'clinic', paid: false })
  expect(rested.body).toMatchObject({ units_per_week: [7, 0, 7], planned_cents: 165 * 7600 })
  expect(await step('interrupt', { ...days, reason: 'other', paid: true })).toMatchObject({
    status: 409,
    body: { code: 'booking_interruption_no_overlap' },
  })
  expect((await service.book('fall.vg', { case_id, offer_id, ...days })).body).toMatchObject({ code: 'booking_offer_full' })
  expect(await read()).toMatchObject({ interruptions: [{ ...days, reason: 'clinic', paid: false }], case_id })
  expect((await read()).possible).toContain('resumed')
  expect((await step('resume', { first_day: '2026-03-15' })).body).toMatchObject({ planned_cents: 171 * 7600 })
  expect((await read()).interruptions).toMatchObject([{ last_day: '2026-03-14' }])
  await step('resume', { first_day: '2026-03-05' })
  expect(await read()).toMatchObject({ interruptions: [], rate_from: ['2026-01-01'], planned_units: 181 })
  expect((await step('interrupt', { ...days, last_day: '2026-03-01', reason: 'clinic', paid: true })).status).toBe(400)
})

describe('an end', () => {
  test('is taken back with the plan it cut short', async () => {
    const { step, read } = await prepare()
    await step('change', { note: 'wie besprochen', first_day: '2026-05-01', units_per_week: 5 })
    const before = await read()
    await step('end', { last_day: '2026-03-01', end_reason: 21 })
    at('2026-03-24T09:00:00Z')
    expect((await step('undo-end', { note: 'Irrtum' })).body).toMatchObject({
      last_day: before.last_day,
      end_reason: null,
      rate_from: before.rate_from,
      units_per_week: before.units_per_week,
      planned_cents: before.planned_cents,
    })
    expect((await step('undo-end')).body).toMatchObject({ status: 409, code: 'booking_running' })
    await step('end', { last_day: '2026-03-01', end_reason: 21 })
    at('2026-04-08T09:00:00Z')
    expect((await read()).possible).toEqual([])
    expect(await step('undo-end')).toMatchObject({ status: 409, body: { code: 'booking_end_stands' } })
  })

  test('stands where another booking follows, the place is given away, or its last days are billed and released', async () => {
    const followed = await prepare()
    await followed.step('end', { last_day: '2026-03-01', end_reason: 10 })
    const next = await service.book('fall.vg', { case_id: followed.case_id, offer_id: await service.offer(), first_day: '2026-03-05' })
    expect(next.status).toBe(201)
    expect((await followed.step('undo-end')).body).toMatchObject({ status: 409, code: 'booking_followed' })

    const given = await prepare()
    await given.step('end', { last_day: '2026-03-01', end_reason: 10 })
    const { case_id } = await service.openCase()
    await service.book('fall.vg', { case_id, offer_id: given.offer_id, first_day: '2026-03-05' })
    expect((await given.step('undo-end')).body).toMatchObject({ status: 409, code: 'booking_offer_full' })

    const billed = await prepare()
    await billed.step('end', { last_day: '2026-03-01', end_reason: 10 })
    const line = { booking_id: billed.id, period_from: '2026-02-01', period_to: '2026-02-28', units: 28, rate_cents: 7600 }
    const invoice = { invoice_number: 'R-28', issued_on: '2026-03-02', lines: [line] }
    const { body } = await service.as('anbieter.1')<{ id: string }>('POST', '/service/invoices', invoice)
    expect((await billed.read()).follow_up).toEqual([
      { task: 'notice', done: false, until: null, next_booking_id: null },
      { task: 'last_invoice', done: true, until: '2026-02-28', next_booking_id: null },
      { task: 'rating', done: false, until: null, next_booking_id: null },
    ])
    expect((await billed.step('undo-end')).status).toBe(200)
    await billed.step('end', { last_day: '2026-03-01', end_reason: 10 })
    expect((await service.as('finanzen.vg')('POST', `/service/invoices/${body.id}/release`)).status).toBe(200)
    expect((await billed.step('undo-end')).body).toMatchObject({ status: 409, code: 'booking_end_billed' })
  })
})

describe('a prolongation', () => {
  const why = { note: 'Falscher Fall' }
  test('and new terms are taken back one after the other, with who, when and why', async () => {
    const { step, read } = await prepare()
    const plain = await read()
    await step('prolong', { last_day: '2026-12-01', units_per_week: 5, note: 'Schuljahr' })
    const longer = await read()
    await step('change', { first_day: '2026-05-01', rate: 'offer', note: 'Neue Vereinbarung' })
    expect((await step('undo-prolongation', why)).body).toMatchObject({ status: 409, code: 'booking_prolongation_stands' })
    expect((await step('undo-change')).body).toMatchObject({ status: 422, code: 'reason_missing', details: [{ field: 'note' }] })
    const plan = ({ last_day, rate_from, rate_cents, units_per_week, planned_cents }: Answer | BookingWithNames) => ({
      last_day,
      rate_from,
      rate_cents,
      units_per_week,
      planned_cents,
    })
    at('2026-03-24T09:00:00Z')
    expect(plan((await step('undo-change', why)).body)).toEqual(plan(longer))
    const both = await Promise.all([step('undo-prolongation', why), step('undo-prolongation', why, 'fall2.vg')])
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409])
    const { steps, possible, ...rest } = await read()
    expect(plan(rest as unknown as BookingWithNames)).toEqual(plan(plain))
    expect(steps.slice(-2)).toMatchObject([
      { step: 'change_undone', first_day: '2026-05-01', by: 'fall.vg', note: 'Falscher Fall' },
      { step: 'prolongation_undone', last_day: '2026-07-01', note: 'Falscher Fall' },
    ])
    expect(possible).not.toContain('prolongation_undone')
  })

  test('stands after some days, where the help rested since, or where its days are billed', async () => {
    const old = await prepare()
    await old.step('prolong', { last_day: '2026-12-01', note: 'Schuljahr' })
    at('2026-03-25T09:00:00Z')
    expect((await old.step('undo-prolongation', why)).body).toMatchObject({ status: 409, code: 'booking_prolongation_stands' })

    const rested = await prepare()
    await rested.step('prolong', { last_day: '2026-12-01', note: 'Schuljahr' })
    await rested.step('interrupt', { first_day: '2026-08-01', last_day: '2026-08-09', reason: 'clinic', paid: false })
    expect((await rested.step('undo-prolongation', why)).body).toMatchObject({ status: 409, code: 'booking_prolongation_stands' })

    const billed = await prepare({ last_day: '2026-02-01' })
    await billed.step('prolong', { last_day: '2026-12-01', note: 'Schuljahr' })
    const bill = (month: string, days: number) =>
      service.as('anbieter.1')('POST', '/service/invoices', {
        invoice_number: `V-${month}`,
        issued_on: '2026-03-20',
        lines: [
          { booking_id: billed.id, period_from: `2026-${month}-01`, period_to: `2026-${month}-${days}`, units: days, rate_cents: 7600 },
        ],
      })
    expect((await bill('01', 31)).status).toBe(201)
    expect((await billed.read()).possible).toContain('prolongation_undone')
    expect((await bill('02', 28)).status).toBe(201)
    expect((await billed.step('undo-prolongation', why)).body).toMatchObject({ status: 409, code: 'booking_prolongation_billed' })
  })
})

test('a cancellation is taken back before the first day, where the place is still free', async () => {
  const { step, offer_id } = await prepare({ first_day: '2026-04-01', last_day: '2026-09-30' })
  await step('cancel', { note: 'wie besprochen' })
  expect((await step('undo-cancellation')).body).toMatchObject({ cancelled: false })
  await step('cancel', { note: 'wie besprochen' })
  const { case_id } = await service.openCase()
  const other = await service.book('fall.vg', { case_id, offer_id, first_day: '2026-05-01', last_day: '2026-06-01' })
  expect((await step('undo-cancellation')).body).toMatchObject({ status: 409, code: 'booking_offer_full' })
  await service.as('fall.vg')('POST', `/service/bookings/${other.body.id}/cancel`, { note: 'wie besprochen' })
  at('2026-04-01T09:00:00Z')
  expect((await step('undo-cancellation')).body).toMatchObject({ status: 409, code: 'booking_cancellation_stands' })
})

test('the schema itself keeps what is over and who wrote what, and forgets the words with the file', async () => {
  const { id, step, read, case_id } = await prepare()
  await step('interrupt', { first_day: '2026-02-01', last_day: '2026-02-02', reason: 'absconded', paid: true, note: 'war bei der Oma' })
  await step('end', { last_day: '2026-03-01', end_reason: 10 })
  const names = { user_name: 'fall.vg', display_name: 'fall.vg', federal_state: 'MV' }
  const reader = {
    ...names,
    user_account_id: service.ids['fall.vg']!,
    roles: ['caseworker'] as Role[],
    youth_authority_id: VG,
    provider_id: null,
  }
  const asCaseworker = (text: string) => asReader(service.db, reader, (trx) => sql.raw(text).execute(trx))
  await expect(asCaseworker(`update booking set units_per_week = '{5}' where id = '${id}'`)).rejects.toThrow('not changed')
  await expect(asCaseworker(`update booking set cancelled = true, end_reason = null where id = '${id}'`)).rejects.toThrow()
  await expect(
    asCaseworker(
      `insert into booking_step (booking_id, step, at, user_account_id) values ('${id}', 'resumed', now(), '${service.ids['fall2.vg']}')`,
    ),
  ).rejects.toThrow('row-level security')
  await expect(asCaseworker(`delete from booking_step where booking_id = '${id}'`)).rejects.toThrow('permission denied')
  expect((await read()).steps.some(({ note }) => note === 'war bei der Oma')).toBe(true)
  await service.owner.query('delete from case_link where case_id = $1', [case_id])
  const { left } = await service.one<{ left: number }>(
    `select (select count(*) from booking_step where booking_id = $1) + (select count(*) from booking_interruption where booking_id = $1) as left`,
    [id],
  )
  expect(left).toBe(0)
})

test('a prolongation ends with the 27th birthday, and beyond the ages of the facility only where that is said to be right', async () => {
  await service.owner.query('update facility set age_to = 20 where id = $1', [service.providers[0]!.facilities[0]])
  // 21 on 15 August 2026
  const { case_id } = await service.openCase('fall.vg', { birth_date: '2005-08-15' })
  const { body } = await service.book('fall.vg', { case_id, offer_id: await service.offer() })
  const path = `/service/bookings/${body.id}`
  const prolong = (last_day: string, more: object = {}) =>
    service.as('fall.vg')<Answer>('POST', `${path}/prolong`, { note: 'Schulabschluss', last_day, ...more })
  expect((await service.as('fall.vg')<Answer>('GET', path)).body.latest_days).toEqual({
    law: '2032-08-15',
    facility: { last_day: '2026-08-15', age_to: 20 },
  })
  expect((await service.as('anbieter.1')<Answer>('GET', path)).body.latest_days).toEqual({ law: null, facility: null })
  expect((await prolong('2026-08-15')).status).toBe(200)
  expect((await prolong('2026-08-16')).body).toMatchObject({
    status: 409,
    code: 'facility_age',
    details: [{ field: 'older', message: expect.stringContaining('bis 20 Jahre auf, das ist bis zum 15.08.2026') as string }],
  })
  expect((await prolong('2026-08-16', { older: true })).status).toBe(200)
  expect((await prolong('2032-08-16', { older: true })).body).toMatchObject({ status: 422, code: 'help_beyond_age' })
  await service.owner.query('update facility set age_to = 26 where id = $1', [service.providers[0]!.facilities[0]])
})
