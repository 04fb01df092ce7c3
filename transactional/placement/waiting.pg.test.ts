import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { sql } from 'kysely'
import type { CaseCourse } from '../case/course.ts'
import type { InboxItem } from '../portal/inbox.routes.ts'
import type { Problem } from '../problem.ts'
import { startService, type Service } from '../service.fixture.ts'
import { startWatchedExpiry } from './expiry.fixture.ts'
import type { WaitingEntry } from './waiting.routes.ts'

let service: Service
beforeAll(async () => {
  service = await startService()
})
beforeEach(async () => {
  service.clock.now = new Date('2026-03-10T09:00:00Z')
  service.clearSessions()
  await service.owner.query('delete from waiting_entry')
})
afterAll(() => service.stop())

type Answer = WaitingEntry & Problem
const period = { first_day: '2026-04-01', last_day: '2026-09-30' }
const wait = (user: string, case_id: string, offer_id: string, given: Record<string, unknown> = {}) =>
  service.as(user)<Answer>('POST', '/service/waiting-entries', { case_id, offer_id, ...period, ...given })
const reserve = (user: string, case_id: string, offer_id: string) =>
  service.as(user)<{ id: string }>('POST', '/service/reservations', { case_id, offer_id, ...period })
const release = (user: string, id: string) => service.as(user)('POST', `/service/reservations/${id}/release`, {})
const told = async () =>
  (await sql<{ told: number }>`select tell_waiting(${service.clock.now}, false, 90) as told`.execute(service.db)).rows[0]!.told
const inbox = async (user: string) => (await service.as(user)<{ items: InboxItem[] }>('GET', '/service/inbox')).body.items
const line = async (user: string, case_id: string) =>
  (await service.as(user)<{ items: WaitingEntry[] }>('GET', `/service/waiting-entries?case_id=${case_id}`)).body.items

/** A full offer, and whose reservation takes its place. */
const full = async () => {
  const offer_id = await service.offer({ capacity: 1 })
  const holder = await service.openCase('fall2.vg')
  return { offer_id, reservation_id: (await reserve('fall2.vg', holder.case_id, offer_id)).body.id }
}

test('the first in line hears once that a place is free, the next when the first lets it pass, and again when it was gone meanwhile', async () => {
  const { offer_id, reservation_id } = await full()
  const [first, second] = [await service.openCase('fall.hro'), await service.openCase('fall.vg')]
  expect((await wait('fall.hro', first.case_id, offer_id)).status).toBe(201)
  service.clock.now = new Date('2026-03-10T09:10:00Z')
  expect((await wait('fall.vg', second.case_id, offer_id)).body).toMatchObject({ position: 2, free_places: 0, state: 'waiting' })
  expect(await told()).toBe(0)

  await release('fall2.vg', reservation_id)
  // any number of processes look at the same time
  expect((await Promise.all([told(), told(), told()])).reduce((sum, each) => sum + each)).toBe(1)
  expect(await told()).toBe(0)
  const [notice] = await inbox('fall.hro')
  expect(notice).toMatchObject({
    title: 'Platz frei ab 01.04.2026: Haus am See 1',
    file_name: null,
    read_at: null,
    mail: 'none',
    waiting: { case_id: first.case_id, service_kind: 's34', ...period },
  })
  expect((await service.as('fall.hro')('GET', `/service/inbox/${notice!.id}/file`)).status).toBe(404)
  expect(await inbox('fall.vg')).toEqual([])

  service.clock.now = new Date('2026-03-13T10:00:00Z')
  service.clearSessions()
  expect(await told()).toBe(1)
  expect(await inbox('fall.vg')).toHaveLength(1)
  const again = await reserve('fall.vg', second.case_id, offer_id)
  expect(again.status).toBe(201)
  expect(await line('fall.vg', second.case_id)).toEqual([])
  expect(await told()).toBe(0)
  // a place that is gone, or was taken, is news no more
  expect([await inbox('fall.hro'), await inbox('fall.vg')]).toEqual([[], []])
  expect(await line('fall.hro', first.case_id)).toMatchObject([{ position: 1, free_places: 0 }])
  // the case tells that it waited, also once it does no more
  const { events } = (await service.as('fall.vg')<CaseCourse>('GET', `/service/cases/${second.case_id}/course`)).body
  expect(events.map(({ what, at }) => [what, at.slice(0, 16)])).toEqual([
    ['reservation', '2026-03-13T10:00'],
    ['waiting', '2026-03-10T09:10'],
    ['opened', '2026-03-10T09:00'],
  ])
  expect(events[1]!.note).toMatch(/^Haus am See/)
  await release('fall.vg', again.body.id)
  expect(await told()).toBe(1)
  expect(await inbox('fall.hro')).toHaveLength(1)
})

test('the place of a reservation that expires is told by what looks every minute', async () => {
  const { offer_id } = await full()
  const { case_id } = await service.openCase('fall.vg')
  await wait('fall.vg', case_id, offer_id)
  const before = (await inbox('fall.vg')).length
  service.clock.now = new Date('2026-03-17T09:00:01Z')
  service.clearSessions()
  const expiry = startWatchedExpiry(service)
  await expiry.lookedAgain()
  expect(await inbox('fall.vg')).toHaveLength(before + 1)
  await expiry.lookedAgain()
  await expiry.stop()
  expect(await inbox('fall.vg')).toHaveLength(before + 1)
})

test('nobody waits for a free place, twice, for another authority or for what is over; who leaves hears nothing', async () => {
  const free = await service.offer({ capacity: 1 })
  const { offer_id, reservation_id } = await full()
  const { case_id } = await service.openCase('fall.vg')
  expect((await wait('fall.vg', case_id, free)).body).toMatchObject({ status: 409, code: 'waiting_place_free' })
  expect((await wait('fall.hro', case_id, offer_id)).body).toMatchObject({ status: 404, code: 'case_unknown' })
  expect((await wait('finanzen.vg', case_id, offer_id)).status).toBe(404)
  expect((await wait('fall.vg', case_id, offer_id, { last_day: '2026-03-01' })).body).toMatchObject({
    status: 400,
    details: [{ field: 'last_day' }],
  })
  expect((await wait('fall.vg', case_id, offer_id, { first_day: '2026-01-01', last_day: '2026-03-01' })).body.code).toBe('waiting_past')
  expect((await wait('fall.vg', case_id, '018f0000-0000-7000-8000-000000000000')).body.code).toBe('offer_unknown')
  const entry = await wait('fall.vg', case_id, offer_id)
  expect((await wait('fall.vg', case_id, offer_id)).body).toMatchObject({ status: 409, code: 'waiting_once' })
  expect(await line('fall.hro', case_id)).toEqual([])
  const leave = (user: string) => service.as(user)<Answer>('POST', `/service/waiting-entries/${entry.body.id}/leave`, {})
  expect((await leave('fall.hro')).status).toBe(404)
  expect((await leave('fall.vg')).body).toMatchObject({ state: 'left', position: null })
  expect((await leave('fall.vg')).body).toMatchObject({ status: 409, code: 'waiting_over' })
  await release('fall2.vg', reservation_id)
  expect(await told()).toBe(0)
})

test('after its period an entry is over', async () => {
  const { offer_id } = await full()
  const { case_id } = await service.openCase('fall.vg')
  await wait('fall.vg', case_id, offer_id)
  service.clock.now = new Date('2026-10-01T09:00:00Z')
  service.clearSessions()
  await told()
  expect(await line('fall.vg', case_id)).toEqual([])
  expect(await service.one('select state from waiting_entry')).toEqual({ state: 'over' })
})
