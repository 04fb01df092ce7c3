import { afterAll, beforeAll, expect, test } from 'vitest'
import { sql } from 'kysely'
import type { Problem } from '../problem.ts'
import { startService, type Service } from '../service.fixture.ts'
import type { BulkResult } from './bulk.ts'
import type { ManagedPage } from './case-manager.routes.ts'

let service: Service
beforeAll(async () => {
  service = await startService()
  // helps that began long ago are recorded only now
  await service.owner.query(`update parameter set value = 400 where name = 'past_begin_days'`)
})
afterAll(() => service.stop())

const manager = async (question: object = {}, user = 'fall.vg') =>
  (await service.as(user)<ManagedPage & Problem>('POST', '/service/case-manager', question)).body
const reserve = (case_id: string, offer_id: string, first_day = '2026-04-01') =>
  service.as('fall.vg')<{ id: string }>('POST', '/service/reservations', { case_id, offer_id, first_day, last_day: '2026-12-31' })

test('every help under way by what is due first, each where it stands', async () => {
  const offer_id = await service.offer({ capacity: 50 })
  const [a, b, c, d] = await Promise.all(Array.from({ length: 4 }, () => service.openCase('fall.vg')))
  const reserved = await reserve(a!.case_id, offer_id)
  const requested = await reserve(b!.case_id, offer_id)
  await service.as('fall.vg')('POST', `/service/reservations/${requested.body.id}/request-consent`, {})
  // overdue, ending within 60 days, running, beginning
  await service.book('fall.vg', { case_id: c!.case_id, offer_id, first_day: '2025-06-01', last_day: '2026-03-01' })
  await service.book('fall.vg', { case_id: c!.case_id, offer_id, first_day: '2025-06-01', last_day: '2026-04-30' })
  await service.book('fall.vg', { case_id: d!.case_id, offer_id, first_day: '2026-01-01', last_day: '2026-12-31' })
  await service.book('fall.vg', { case_id: d!.case_id, offer_id, first_day: '2026-05-01', last_day: '2026-12-31' })
  const all = await manager()
  expect(all.items.map(({ stage, due_on }) => [stage, due_on])).toEqual([
    ['overdue', '2026-03-01'],
    ['reserved', '2026-03-17'],
    ['requested', '2026-03-17'],
    ['ending', '2026-04-30'],
    ['booked', '2026-05-01'],
    ['running', '2026-07-01'],
  ])
  expect([all.today, all.counts, all.due, all.listed_due]).toEqual([
    '2026-03-10',
    { overdue: 1, reserved: 1, requested: 1, ending: 1, booked: 1, running: 1 },
    { past: 1, week: 2, later: 3 },
    all.due,
  ])
  expect(all.items[1]).toMatchObject({ id: reserved.body.id, reserved_on: '2026-03-10', booked_on: null, planned_cents: 274 * 7600 })
  // 364 days under last_day_free, at one rate
  expect(all.items[5]).toMatchObject({ case_id: d!.case_id, planned_cents: 364 * 7600, provider_name: 'Träger 1', caseworker: 'fall.vg' })
})

test('what waits for a place and what rests stand there too, each with the day by which something is to be done', async () => {
  const offer_id = await service.offer({ capacity: 1 })
  const [holder, waiting, resting, ending] = await Promise.all(Array.from({ length: 4 }, () => service.openCase('fall.vg')))
  const held = await reserve(holder!.case_id, offer_id)
  const period = { first_day: '2026-04-01', last_day: '2026-12-31' }
  const entry = { case_id: waiting!.case_id, offer_id, ...period }
  const { id } = (await service.as('fall.vg')<{ id: string }>('POST', '/service/waiting-entries', entry)).body
  const roomy = await service.offer({ capacity: 5 })
  const rest = async (case_id: string, last_day: string, until: string) => {
    const booked = await service.book('fall.vg', { case_id, offer_id: roomy, first_day: '2026-01-01', last_day })
    await service.as('fall.vg')('POST', `/service/bookings/${booked.body.id}/interrupt`, { first_day: '2026-03-09', last_day: until, reason: 'clinic', paid: true }) // prettier-ignore
  }
  await rest(resting!.case_id, '2026-12-31', '2026-03-20')
  await rest(ending!.case_id, '2026-04-10', '2026-04-09')
  const stand = async () =>
    (await manager({ stages: ['waiting', 'place_free', 'interrupted'] })).items.map(({ kind, stage, due_on, resumes_on, planned_cents }) => [kind, stage, due_on, resumes_on, planned_cents]) // prettier-ignore
  expect(await stand()).toEqual([
    ['booking', 'interrupted', '2026-03-21', '2026-03-21', 364 * 7600],
    ['waiting', 'waiting', '2026-04-01', null, null],
    ['booking', 'interrupted', '2026-04-10', '2026-04-10', 99 * 7600],
  ])
  await service.as('fall.vg')('POST', `/service/reservations/${held.body.id}/release`, {})
  await sql`select tell_waiting(${service.clock.now}, false, 90)`.execute(service.db)
  // for three days the next in line hears nothing of the place
  expect((await stand())[0]).toEqual(['waiting', 'place_free', '2026-03-13', null, null])
  expect(await stand()).toHaveLength(3)
  const bulk = (action: object) =>
    service.as('fall.vg')<BulkResult>('POST', '/service/case-manager/bulk', { ...action, helps: [{ kind: 'waiting', id }] })
  expect((await bulk({ action: 'release' })).body.items).toMatchObject([
    { done: false, refusal: { title: 'Das ist nur bei Reservierungen möglich.' } },
  ])
  expect((await bulk({ action: 'hand_over', to_id: service.ids['fall2.vg'], reason: 'Vertretung' })).body.items).toMatchObject([
    { done: true },
  ])
  expect((await manager({ mine: true }, 'fall2.vg')).items.map((help) => help.id)).toEqual([id])
  // who has the case hears of the next place
  expect(await service.one('select user_account_id from waiting_entry where id = $1', [id])).toEqual({
    user_account_id: service.ids['fall2.vg'],
  })
  await service.as('fall.vg')('POST', `/service/waiting-entries/${id}/leave`, {})
  await service.owner.query('delete from booking_interruption')
  await service.owner.query(`update booking set cancelled = true where offer_id = $1`, [roomy])
})

test('is narrowed by stage, by words and to one’s own, and goes on where the page ended', async () => {
  expect((await manager({ stages: ['reserved', 'overdue'] })).items.map(({ stage }) => stage)).toEqual(['overdue', 'reserved'])
  const narrowed = await manager({ stages: ['reserved'] })
  expect([narrowed.counts, narrowed.due, narrowed.listed_due]).toEqual([(await manager()).counts, (await manager()).due, { week: 1 }])
  const [first] = (await manager()).items
  expect((await manager({ text: first!.case_number })).items.map(({ case_id }) => case_id)).toContain(first!.case_id)
  expect((await manager({ text: 'haus am see' })).items.length).toBe(6)
  const named = (await manager({ text: `muster, kim ${first!.case_number}` })).items
  expect(named.map(({ case_id, family_name }) => [case_id, family_name])).toContainEqual([first!.case_id, 'Muster'])
  expect((await manager({ text: `nemo ${first!.case_number}` })).items).toEqual([])
  expect((await manager({ text: '%' })).items).toEqual([])
  expect((await manager({ mine: true }, 'fall2.vg')).items).toEqual([])
  const page = await manager({ limit: 4 })
  const rest = await manager({ limit: 4, cursor: page.next_cursor! })
  expect([...page.items, ...rest.items]).toEqual((await manager()).items)
})

test('belongs to the caseworkers of the authority alone', async () => {
  expect((await manager({}, 'fall.hro')).items).toEqual([])
  for (const user of ['finanzen.vg', 'anbieter.1', 'politik']) expect([user, (await manager({}, user)).status]).toEqual([user, 404])
})

test('planned cost is what the booking itself tells, whatever its steps', async () => {
  const { case_id } = await service.openCase('fall.vg')
  const offer_id = await service.offer({ service_kind: 's30', unit: 'hour', rates: [['2020-01-01', '2026-06-30', 5533], ['2026-07-01', null, 6177]] }) // prettier-ignore
  const booked = await service.book('fall.vg', { case_id, offer_id, first_day: '2026-02-03', last_day: '2026-06-30', units_per_week: 3.25 })
  await service.as('fall.vg')('POST', `/service/bookings/${booked.body.id}/prolong`, {
    note: 'wie besprochen',
    last_day: '2026-11-19',
    units_per_week: 2.75,
  })
  const { body } = await service.as('fall.vg')<{ planned_cents: number }>('GET', `/service/bookings/${booked.body.id}`)
  expect((await manager()).items.find(({ id }) => id === booked.body.id)!.planned_cents).toBe(body.planned_cents)
})

test('persons are found by words of their names or numbers, with their cases', async () => {
  const { case_id } = await service.openCase('fall.vg')
  const found = await service.as('fall.vg')<{ items: { family_name: string; cases: { id: string; case_number: string }[] }[] }>(
    'POST',
    '/service/clients/find',
    { text: 'muster,  KIM' },
  )
  expect(found.body.items.flatMap(({ cases }) => cases.map(({ id }) => id))).toContain(case_id)
  const { case_number } = found.body.items.flatMap(({ cases }) => cases).find(({ id }) => id === case_id)!
  const byNumber = await service.as('fall.vg')<{ items: { cases: { id: string }[] }[] }>('POST', '/service/clients/find', {
    text: case_number,
  })
  expect(byNumber.body.items.flatMap(({ cases }) => cases.map(({ id }) => id))).toContain(case_id)
  expect((await service.as('fall.hro')<{ items: unknown[] }>('POST', '/service/clients/find', { text: 'muster' })).body.items).toEqual([])
  expect((await service.as('finanzen.vg')('POST', '/service/clients/find', { text: 'muster' })).status).toBe(404)
})
