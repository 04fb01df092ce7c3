import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Problem } from '../problem.ts'
import { startService, type Service } from '../service.fixture.ts'
import type { BulkResult } from './bulk.ts'
import type { ManagedPage } from './case-manager.routes.ts'
import type { CaseCourse } from './course.ts'

let service: Service
let offer_id: string
beforeAll(async () => {
  service = await startService()
  // helps that began long ago are recorded only now
  await service.owner.query(`update parameter set value = 400 where name = 'past_begin_days'`)
  offer_id = await service.offer({ capacity: 50 })
})
afterAll(() => service.stop())

const reserve = async (user = 'fall.vg') => {
  const { case_id } = await service.openCase(user)
  const { body } = await service.as(user)<{ id: string }>('POST', '/service/reservations', { case_id, offer_id, first_day: '2026-04-01', last_day: '2026-12-31' }) // prettier-ignore
  return { case_id, kind: 'reservation', id: body.id }
}
const ask = (id: string) => service.as('fall.vg')('POST', `/service/reservations/${id}/request-consent`, {})
const bulk = (body: object, key?: string, user = 'fall.vg') =>
  service.as(user)<BulkResult & Problem>('POST', '/service/case-manager/bulk', body, key === undefined ? {} : { 'idempotency-key': key })
const only = ({ kind, id }: { kind: string; id: string }) => ({ kind, id })
const stateOf = async (id: string) => (await service.one<{ state: string }>('select state from reservation where id = $1', [id])).state

test('one action over several helps does what may be done and tells of each other why not, all in one request', async () => {
  const [asked, reserved, foreign] = [await reserve(), await reserve(), await reserve('fall.hro')]
  await ask(asked.id)
  const booked = await service.book('fall.vg', { case_id: asked.case_id, offer_id, last_day: '2026-12-31' })
  const booking = { kind: 'booking', id: booked.body.id }
  const helps = [asked, reserved, foreign, booking].map(only)
  const done = await bulk({ action: 'remind', helps }, 'remind-all')
  expect(done.body.items).toEqual([
    { ...helps[0], done: true, refusal: null },
    {
      ...helps[1],
      done: false,
      refusal: { title: 'Bei keinem Anbieter wartet dazu eine Anfrage.', hint: 'Bitte zuerst die Zustimmung anfragen.' },
    },
    { ...helps[2], done: false, refusal: { title: 'Das gibt es hier nicht.', hint: null } },
    {
      ...helps[3],
      done: false,
      refusal: { title: 'Das ist nur bei Reservierungen möglich.', hint: 'Eine gebuchte Hilfe bitte einzeln öffnen.' },
    },
  ])
  // the same once more is the same; another reminder on the same day is not
  expect((await bulk({ action: 'remind', helps }, 'remind-all')).body).toEqual(done.body)
  expect((await bulk({ action: 'remind', helps: [only(asked)] })).body.items[0]!.refusal).toEqual({
    title: 'Der Anbieter wurde heute schon erinnert.',
    hint: 'Bitte morgen noch einmal erinnern oder anrufen.',
  })
  const seen = await service.as('anbieter.1')<{ reminded_at: string; held_until: string }>('GET', `/service/reservations/${asked.id}`)
  expect(seen.body).toMatchObject({ reminded_at: '2026-03-10T09:00:00Z', held_until: '2026-03-17T09:00:00Z' })

  const released = await bulk({ action: 'release', helps, note: 'Die Familie zieht um' })
  expect(released.body.items.map((item) => item.done)).toEqual([true, true, false, false])
  expect([await stateOf(asked.id), await stateOf(reserved.id), await stateOf(foreign.id)]).toEqual(['released', 'released', 'reserved'])
})

test('a case goes to a colleague of the authority, who did it and why is kept, and its reminders go with it', async () => {
  const help = await reserve()
  const give = (to: string, user = 'fall.vg') =>
    service.as(user)<Problem>('POST', `/service/cases/${help.case_id}/hand-over`, { to_id: service.ids[to], reason: 'Elternzeit' })
  for (const to of ['fall.hro', 'finanzen.vg', 'anbieter.1']) {
    expect([to, await give(to)]).toMatchObject([
      to,
      { status: 422, body: { code: 'handover_colleague_unknown', details: [{ field: 'to_id' }] } },
    ])
  }
  expect(await give('fall.vg')).toMatchObject({ status: 409, body: { code: 'handover_to_same' } })
  expect((await give('fall2.vg', 'fall.hro')).status).toBe(404)
  expect((await give('fall2.vg')).status).toBe(200)
  const kept = await service.one('select from_id, to_id, handed_by, reason from case_handover where case_id = $1', [help.case_id])
  expect(kept).toEqual({
    from_id: service.ids['fall.vg'],
    to_id: service.ids['fall2.vg'],
    handed_by: service.ids['fall.vg'],
    reason: 'Elternzeit',
  })
  const mine = async (user: string) =>
    (await service.as(user)<ManagedPage>('POST', '/service/case-manager', { mine: true })).body.items.map(({ id }) => id)
  expect([(await mine('fall.vg')).includes(help.id), (await mine('fall2.vg')).includes(help.id)]).toEqual([false, true])

  // two helps of one case, and one that is with the colleague already
  const other = await reserve()
  const booked = await service.book('fall.vg', { case_id: other.case_id, offer_id, last_day: '2026-12-31' })
  const helps = [help, other, { kind: 'booking', id: booked.body.id }].map(only)
  const handed = await bulk({ action: 'hand_over', helps, to_id: service.ids['fall2.vg'], reason: 'Vertretung' })
  expect(handed.body.items.map(({ done, refusal }) => [done, refusal])).toEqual([
    [false, { title: 'Der Fall ist schon bei dieser Person.', hint: 'Bitte eine andere Person auswählen.' }],
    [true, null],
    [true, null],
  ])
  expect(await service.one('select count(*) from case_handover where case_id = $1', [other.case_id])).toEqual({ count: 1 })
})

test('the Fallmanager is narrowed by kind, provider, caseworker and day, and tells what there is to choose from', async () => {
  const away = await service.openCase('fall.vg')
  await service.as('fall.vg')('POST', '/service/bookings', { case_id: away.case_id, away: true, service_kind: 's30', rate_cents: 5000, first_day: '2026-01-01', last_day: '2026-03-01', units_per_week: 3 }) // prettier-ignore
  const manage = async (question: object) => (await service.as('fall.vg')<ManagedPage>('POST', '/service/case-manager', question)).body
  const all = await manage({})
  expect(all.choices).toMatchObject({
    service_kinds: [{ code: 's30' }, { code: 's34' }],
    providers: [{ id: service.providers[0]!.id, name: 'Träger 1' }],
    caseworkers: [{ name: 'fall.vg' }, { name: 'fall2.vg' }],
  })
  expect(all.listed).toBe(all.items.length)
  const kinds = await manage({ service_kind: 's30' })
  expect([kinds.items.length, kinds.counts, kinds.choices]).toEqual([1, { overdue: 1 }, all.choices])
  const ofProvider = await manage({ provider_id: service.providers[0]!.id })
  expect(ofProvider.listed).toBe(all.listed - 1)
  const colleague = await manage({ caseworker_id: service.ids['fall2.vg'] })
  expect(new Set(colleague.items.map(({ caseworker }) => caseworker))).toEqual(new Set(['fall2.vg']))
  const late = await manage({ due: ['past'] })
  expect([late.items.map(({ service_kind }) => service_kind), late.listed, late.listed_due, late.due]).toEqual([
    ['s30'],
    1,
    { past: 1 },
    all.due,
  ])
})

test('the course of a case tells its helps, who did what, and what it cost, to its authority alone', async () => {
  const help = await reserve()
  await ask(help.id)
  await service.as('anbieter.1')('POST', `/service/reservations/${help.id}/consent`, {})
  await service.as('fall.vg')('POST', `/service/reservations/${help.id}/book`, {})
  const running = await service.book('fall.vg', { case_id: help.case_id, offer_id, last_day: '2026-12-31' })
  const lines = [{ booking_id: running.body.id, period_from: '2026-01-01', period_to: '2026-01-31', units: 31, rate_cents: 7600 }]
  const invoice = await service.as('anbieter.1')<{ id: string }>('POST', '/service/invoices', { invoice_number: 'R-1', issued_on: '2026-02-01', lines }) // prettier-ignore
  await service.as('finanzen.vg')('POST', `/service/invoices/${invoice.body.id}/release`)
  await service.as('finanzen.vg')('POST', '/service/payments', { invoice_id: invoice.body.id, paid_on: '2026-03-01', amount_cents: 1000 })
  await service.as('fall.vg')('POST', `/service/bookings/${running.body.id}/reviews`, { reviewed_on: '2026-02-01', summary: 'Läuft gut' })
  await service.as('fall.vg')('POST', `/service/cases/${help.case_id}/hand-over`, { to_id: service.ids['fall2.vg'], reason: 'Elternzeit' })
  const course = (user: string) => service.as(user)<CaseCourse>('GET', `/service/cases/${help.case_id}/course`)
  const { body } = await course('fall2.vg')
  expect(body).toMatchObject({ caseworker: 'fall2.vg', released_cents: 31 * 7600, paid_cents: 1000 })
  expect(body.planned_cents).toBe(body.helps.reduce((sum, { planned_cents }) => sum + planned_cents!, 0))
  expect(body.helps.map(({ kind, first_day }) => [kind, first_day])).toEqual([
    ['booking', '2026-04-01'],
    ['booking', '2026-01-01'],
  ])
  const told = body.events.map(({ what, step, by, to, note }) => [what, step, by, to, note])
  expect(told.at(-1)).toEqual(['review', null, 'fall.vg', null, 'Läuft gut'])
  expect(told).toContainEqual(['handover', null, 'fall.vg', 'fall2.vg', 'Elternzeit'])
  expect(told).toContainEqual(['reservation', 'consented', 'Träger 1', null, null])
  expect(told.filter(([, step]) => step === 'booked')).toHaveLength(2)
  for (const user of ['fall.hro', 'finanzen.vg', 'anbieter.1', 'politik']) expect([user, (await course(user)).status]).toEqual([user, 404])
})

test('the course of a case begins with who opened it, even after it was handed over, and tells the days of a rest and of an end', async () => {
  const { case_id } = await service.openCase('fall.vg')
  const hand = { to_id: service.ids['fall2.vg'], reason: 'Elternzeit' }
  await service.as('fall.vg')('POST', `/service/cases/${case_id}/hand-over`, hand)
  const { body: booked } = await service.book('fall2.vg', { case_id, offer_id, last_day: '2026-12-31' })
  const rest = { first_day: '2026-02-09', last_day: '2026-02-20' }
  await service.as('fall2.vg')('POST', `/service/bookings/${booked.id}/interrupt`, { ...rest, reason: 'clinic', paid: true })
  await service.as('fall2.vg')('POST', `/service/bookings/${booked.id}/end`, { last_day: '2026-03-05', end_reason: 10 })
  const away = { case_id, away: true, service_kind: 's34', rate_cents: 9000, first_day: '2026-03-05', last_day: '2026-06-05', away_reason: 'nearness' } // prettier-ignore
  await service.as('fall2.vg')('POST', '/service/bookings', away)
  const held = { case_id, offer_id, first_day: '2026-04-01', last_day: '2026-09-30', parallel: true }
  const { body: asked } = await service.as('fall2.vg')<{ id: string }>('POST', '/service/reservations', held)
  await ask(asked.id)
  await service.as('anbieter.1')('POST', `/service/reservations/${asked.id}/decline`, { decline_reason: 'staff' })
  const { events } = (await service.as('fall2.vg')<CaseCourse>('GET', `/service/cases/${case_id}/course`)).body
  expect(events.flatMap(({ step, decline_reason }) => (decline_reason ? [[step, decline_reason]] : []))).toEqual([['declined', 'staff']])
  const told = events.map(({ what, step, by, first_day, last_day, away_reason }) => [what, step, by, first_day, last_day, away_reason])
  expect(told.at(-1)).toEqual(['opened', null, 'fall.vg', null, null, null])
  expect(told).toContainEqual(['booking', 'interrupted', 'fall2.vg', rest.first_day, rest.last_day, null])
  expect(told).toContainEqual(['booking', 'ended', 'fall2.vg', null, '2026-03-05', null])
  expect(told).toContainEqual(['booking', 'booked', 'fall2.vg', null, null, 'nearness'])
  expect(events.every(({ at }) => at.length > 10)).toBe(true)

  // an end that came with its booking is known by its day
  await service.owner.query('delete from booking_step where booking_id = $1', [booked.id])
  const { events: bare } = (await service.as('fall2.vg')<CaseCourse>('GET', `/service/cases/${case_id}/course`)).body
  expect(bare.filter(({ what }) => what === 'ended').map(({ at, by, help_id }) => [at, by, help_id])).toEqual([
    ['2026-03-05', null, booked.id],
  ])
})

test('the course of a case tells what is waited for and what rests as the Fallmanager does', async () => {
  const full = await service.offer({ capacity: 1 })
  const period = { first_day: '2026-04-01', last_day: '2026-09-30' }
  const holder = await service.openCase('fall.vg')
  await service.as('fall.vg')('POST', '/service/reservations', { case_id: holder.case_id, offer_id: full, ...period })
  const { case_id } = await service.openCase('fall.vg')
  const { body: booked } = await service.book('fall.vg', { case_id, offer_id, last_day: '2026-12-31' })
  const rest = { first_day: '2026-03-09', last_day: '2026-03-20', reason: 'clinic', paid: true }
  await service.as('fall.vg')('POST', `/service/bookings/${booked.id}/interrupt`, rest)
  const { body: entry } = await service.as('fall.vg')<{ id: string }>('POST', '/service/waiting-entries', { case_id, offer_id: full, ...period }) // prettier-ignore
  const over = await service.book('fall.vg', { case_id, offer_id, first_day: '2025-06-01', last_day: '2025-12-31' })
  await service.as('fall.vg')('POST', `/service/bookings/${over.body.id}/end`, { last_day: '2025-12-31', end_reason: 10 })

  const { body: course } = await service.as('fall.vg')<CaseCourse>('GET', `/service/cases/${case_id}/course`)
  expect(course.helps.map(({ id, kind, stage, due_on, resumes_on }) => [id, kind, stage, due_on, resumes_on])).toEqual([
    [entry.id, 'waiting', 'waiting', '2026-04-01', null],
    [booked.id, 'booking', 'interrupted', '2026-03-21', '2026-03-21'],
    [over.body.id, 'booking', null, null, null],
  ])
  expect(course.today).toBe('2026-03-10')
  const stands = (help: { id: string; stage: unknown; due_on: unknown; planned_cents: unknown }) => [help.id, help.stage, help.due_on, help.planned_cents] // prettier-ignore
  const listed = (await service.as('fall.vg')<ManagedPage>('POST', '/service/case-manager', { limit: 200 })).body.items
  expect(course.helps.filter(({ stage }) => stage !== null).map(stands)).toEqual(
    [entry.id, booked.id].map((id) => stands(listed.find((help) => help.id === id)!)),
  )
})
