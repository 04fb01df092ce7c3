import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { InboxItem } from '../portal/inbox.routes.ts'
import { startService, type Service } from '../service.fixture.ts'

let service: Service
beforeAll(async () => {
  service = await startService()
})
/** Sessions end meanwhile. */
const later = (at: string) => {
  service.clock.now = new Date(at)
  service.clearSessions()
}
beforeEach(async () => {
  later('2026-03-10T09:00:00Z')
  await service.owner.query('delete from inbox_item')
})
afterAll(() => service.stop())

const period = { first_day: '2026-04-01', last_day: '2026-09-30' }
const step = (user: string, id: string, name: string, body: object = {}) =>
  service.as(user)('POST', `/service/reservations/${id}/${name}`, body)
const tell = async () =>
  (await sql<{ told: number }>`select tell_of_reservations(${service.clock.now}, false, 90) as told`.execute(service.db)).rows[0]!.told
const inbox = async (user: string) => (await service.as(user)<{ items: InboxItem[] }>('GET', '/service/inbox')).body.items
const titles = async (user: string) => (await inbox(user)).map(({ title }) => title.replace(/:.*/, ''))

const reserved = async () => {
  const { case_id } = await service.openCase('fall.vg')
  const offer_id = await service.offer({ capacity: 1 })
  return (await service.as('fall.vg')<{ id: string }>('POST', '/service/reservations', { case_id, offer_id, ...period })).body.id
}

test('a provider hears once of a request and of each reminder, and no more once it is answered; the caseworker hears of the answer', async () => {
  const id = await reserved()
  expect(await tell()).toBe(0)
  await step('fall.vg', id, 'request-consent')
  // any number of processes look at the same time
  expect((await Promise.all([tell(), tell()])).toSorted()).toEqual([0, 1])
  expect(await inbox('anbieter.1')).toEqual([
    expect.objectContaining({
      reservation_id: id,
      file_name: null,
      title: expect.stringMatching(/^Anfrage, Antwort bis 17\.03\.2026: .* ab 01\.04\.2026$/),
    }),
  ])
  expect(await titles('fall.vg')).toEqual([])

  later('2026-03-12T09:00:00Z')
  await step('fall.vg', id, 'remind')
  expect(await tell()).toBe(1)
  expect(await titles('anbieter.1')).toEqual(['Erinnerung, Antwort bis 17.03.2026'])

  expect((await step('anbieter.1', id, 'consent')).status).toBe(200)
  expect(await tell()).toBe(1)
  expect([await titles('anbieter.1'), await titles('fall.vg')]).toEqual([[], ['Zugesagt, buchen bis 26.03.2026']])
  await step('fall.vg', id, 'book')
  expect([await tell(), await titles('fall.vg')]).toEqual([0, []])
})

test('a withdrawn request is heard of no more, and who records an answer himself is not told of it', async () => {
  const id = await reserved()
  await step('fall.vg', id, 'request-consent')
  await tell()
  await step('fall.vg', id, 'withdraw-request')
  expect([await tell(), await titles('anbieter.1')]).toEqual([0, []])
  await step('fall.vg', id, 'request-consent')
  await step('fall.vg', id, 'decline', { decline_reason: 'no_place' })
  expect([await tell(), await titles('anbieter.1'), await titles('fall.vg')]).toEqual([0, [], []])
})

test('the caseworker hears when a place is held no longer', async () => {
  const id = await reserved()
  later('2026-03-17T09:00:01Z')
  await sql`select expire_reservations(${service.clock.now})`.execute(service.db)
  expect(await tell()).toBe(1)
  expect(await inbox('fall.vg')).toEqual([
    expect.objectContaining({ reservation_id: id, title: expect.stringMatching(/^Reservierung abgelaufen: .* ab 01\.04\.2026$/) }),
  ])
})

test('an answer taken back is news for the other side: a consent for the caseworker, a recorded decline for the provider', async () => {
  const id = await reserved()
  await step('fall.vg', id, 'request-consent')
  await step('anbieter.1', id, 'consent')
  await tell()
  await step('anbieter.1', id, 'withdraw-consent', { note: 'Falsche Anfrage' })
  expect(await tell()).toBe(1)
  expect([await titles('anbieter.1'), await titles('fall.vg')]).toEqual([[], ['Zusage zurückgenommen']])
  await step('fall.vg', id, 'decline', { decline_reason: 'no_place' })
  expect([await tell(), await titles('fall.vg')]).toEqual([0, []])
  await step('fall.vg', id, 'undo-decline', { note: 'Falscher Fall' })
  expect(await tell()).toBe(1)
  expect([await titles('anbieter.1'), await titles('fall.vg')]).toEqual([['Anfrage, Antwort bis 17.03.2026'], []])
})
