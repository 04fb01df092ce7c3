import { afterAll, beforeAll, expect, test } from 'vitest'
import { startService, type Service } from '../service.fixture.ts'
import { remind } from './reminder.ts'
import type { Reminder } from './reminder.routes.ts'

let service: Service
let offer_id: string
beforeAll(async () => {
  service = await startService()
  // helps that began long ago are recorded only now
  await service.owner.query(`update parameter set value = 400 where name = 'past_begin_days'`)
  offer_id = await service.offer({ capacity: 50 })
})
afterAll(() => service.stop())

const run = () => remind({ db: service.db, now: () => service.clock.now })
const at = (instant: string) => {
  service.clock.now = new Date(instant)
  service.clearSessions()
}
const told = async (user = 'fall.vg') =>
  (await service.as(user)<{ items: Reminder[] }>('GET', '/service/reminders')).body.items.map(({ kind, due_on }) => `${kind} ${due_on}`)
const unread = async (user = 'fall.vg') => (await service.as(user)<{ unread: number }>('GET', '/api/session')).body.unread

test('what is due is told some days before, each once, however often and by however many it is looked for', async () => {
  const [ending, running, held, asked] = await Promise.all(Array.from({ length: 4 }, () => service.openCase('fall.vg')))
  await service.book('fall.vg', { case_id: ending!.case_id, offer_id, first_day: '2025-06-01', last_day: '2026-04-01' })
  await service.book('fall.vg', { case_id: running!.case_id, offer_id, first_day: '2025-10-01', last_day: '2026-12-31' })
  const reserve = (case_id: string) =>
    service.as('fall.vg')<{ id: string }>('POST', '/service/reservations', { case_id, offer_id, first_day: '2026-04-01', last_day: '2026-12-31' }) // prettier-ignore
  await reserve(held!.case_id)
  const request = await reserve(asked!.case_id)
  await service.as('fall.vg')('POST', `/service/reservations/${request.body.id}/request-consent`, {})
  await run()
  expect([await told(), await unread()]).toEqual([[], 0])

  at('2026-03-15T09:00:00Z')
  await Promise.all([run(), run(), run()])
  await run()
  // holds run out after 7 days; the review is due half a year after the begin
  expect([await told(), await unread()]).toEqual([['answer 2026-03-17', 'hold 2026-03-17'], 2])
  // what rests has its days all the same
  await service.owner.query(`insert into booking_interruption (booking_id, first_day, last_day, reason, paid)
    select id, '2026-03-10', '2026-03-30', 'clinic', true from booking`)
  at('2026-03-19T09:00:00Z')
  await service.owner.query('select expire_reservations($1)', [service.clock.now])
  await Promise.all([run(), run()])
  expect(await told()).toEqual(['end 2026-04-01', 'review 2026-04-01'])
  expect(await service.one('select count(*) from reminder')).toEqual({ count: 4 })
})

test('what is seen stays seen, what is done is no longer told, and a new day is told anew', async () => {
  const { items } = (await service.as('fall.vg')<{ items: Reminder[] }>('GET', '/service/reminders')).body
  const [end, review] = items as [Reminder, Reminder]
  expect((await service.as('fall.hro')('PUT', `/service/reminders/${end.id}/read`)).status).toBe(404)
  expect((await service.as('fall2.vg')('PUT', `/service/reminders/${end.id}/read`)).status).toBe(404)
  expect((await service.as('fall.vg')('PUT', `/service/reminders/${end.id}/read`)).status).toBe(204)
  await service.as('fall.vg')('POST', `/service/bookings/${review.booking_id}/reviews`, { reviewed_on: '2026-03-18', summary: 'Läuft gut' })
  await run()
  expect([await told(), await unread()]).toEqual([[], 0])
  at('2026-09-10T09:00:00Z')
  await run()
  expect(await told()).toEqual(['review 2026-09-18'])
})

test('reminders belong to whoever is responsible for the case', async () => {
  expect([await told('fall2.vg'), await told('fall.hro')]).toEqual([[], []])
  for (const user of ['finanzen.vg', 'anbieter.1', 'politik']) {
    expect([user, (await service.as(user)('GET', '/service/reminders')).status]).toEqual([user, 404])
  }
})
