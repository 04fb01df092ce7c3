import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { InboxItem } from '../portal/inbox.routes.ts'
import { startService, type Service } from '../service.fixture.ts'

let service: Service
let offer_id: string
beforeAll(async () => {
  service = await startService()
  offer_id = await service.offer({ capacity: 50 })
})
beforeEach(async () => {
  // what one person hands over at one instant is one action
  service.clock.now = new Date(service.clock.now.getTime() + 60_000)
  await service.owner.query('delete from inbox_item')
})
afterAll(() => service.stop())

const tell = async () =>
  (await sql<{ told: number }>`select tell_of_handovers(${service.clock.now}, false, 90) as told`.execute(service.db)).rows[0]!.told
const inbox = async (user: string) => (await service.as(user)<{ items: InboxItem[] }>('GET', '/service/inbox')).body.items
const told = async (user: string) =>
  (await inbox(user)).map(({ title, handed_over }) => [title, handed_over.map(({ case_id }) => case_id)] as const)
const handOver = (case_id: string, { to, by }: { to: string; by: string }) =>
  service.as(by)('POST', `/service/cases/${case_id}/hand-over`, { to_id: service.ids[to], reason: 'Kim Muster zieht um' })

test('who is given a case hears of it once, without a name, and who gave it himself hears nothing', async () => {
  const { case_id } = await service.openCase('fall.vg')
  expect(await tell()).toBe(0)
  expect((await handOver(case_id, { to: 'fall2.vg', by: 'fall.vg' })).status).toBe(200)
  // any number of processes look at the same time
  expect((await Promise.all([tell(), tell(), tell()])).toSorted()).toEqual([0, 0, 1])
  expect(await told('fall2.vg')).toEqual([['Ein Fall ist an Sie übergeben', [case_id]]])
  expect(await told('fall.vg')).toEqual([])
  expect(JSON.stringify(await inbox('fall2.vg'))).not.toMatch(/Muster|fall\.vg/)
})

test('whose case a colleague takes, or gives to a third one, hears of it, and so does the third one', async () => {
  const { case_id } = await service.openCase('fall.vg')
  await handOver(case_id, { to: 'fall2.vg', by: 'fall2.vg' })
  expect(await tell()).toBe(1)
  expect(await told('fall.vg')).toEqual([['Ein Fall von Ihnen ist jetzt bei einer anderen Fachkraft', [case_id]]])
  expect(await told('fall2.vg')).toEqual([])

  const { id: third } = await service.insert('user_account', {
    federal_state: 'MV',
    user_name: 'fall3.vg',
    password_hash: 'none',
    display_name: 'fall3.vg',
    youth_authority_id: '13075', // prettier-ignore
  })
  await service.owner.query("insert into user_role (user_account_id, role) values ($1, 'caseworker')", [third])
  await service.owner.query('delete from inbox_item')
  await service.as('fall.vg')('POST', `/service/cases/${case_id}/hand-over`, { to_id: third, reason: 'Vertretung' })
  expect(await tell()).toBe(2)
  const heard = await service.owner.query('select user_account_id, title from inbox_item order by title')
  expect(heard.rows).toEqual([
    { user_account_id: third, title: 'Ein Fall ist an Sie übergeben' },
    { user_account_id: service.ids['fall2.vg'], title: 'Ein Fall von Ihnen ist jetzt bei einer anderen Fachkraft' },
  ])
})

test('one action over several cases is one notice that names them all, to those alone who may see them', async () => {
  const helps = await Promise.all(
    [1, 2, 3].map(async () => {
      const { case_id } = await service.openCase('fall.vg')
      const { body } = await service.book('fall.vg', { case_id, offer_id })
      return { case_id, help: { kind: 'booking', id: body.id } }
    }),
  )
  const chosen = { action: 'hand_over', helps: helps.map(({ help }) => help), to_id: service.ids['fall2.vg'], reason: 'Elternzeit' }
  expect((await service.as('fall.vg')('POST', '/service/case-manager/bulk', chosen)).status).toBe(200)
  expect(await tell()).toBe(1)
  const [[title, cases] = ['', []]] = await told('fall2.vg')
  expect([title, [...cases].toSorted()]).toEqual(['3 Fälle sind an Sie übergeben', helps.map(({ case_id }) => case_id).toSorted()])

  // rights on cases decide what it tells
  await service.owner.query("update user_role set role = 'controlling' where user_account_id = $1", [service.ids['fall2.vg']])
  service.clearSessions()
  expect((await told('fall2.vg'))[0]![1]).toEqual([])
  await service.owner.query("update user_role set role = 'caseworker' where user_account_id = $1", [service.ids['fall2.vg']])
  service.clearSessions()
})

test('what was handed over more than a week ago is news no more', async () => {
  const { case_id } = await service.openCase('fall.vg')
  await handOver(case_id, { to: 'fall2.vg', by: 'fall.vg' })
  await service.owner.query("update case_handover set handed_at = handed_at - interval '8 days' where case_id = $1", [case_id])
  expect([await tell(), await tell(), await told('fall2.vg')]).toEqual([0, 0, []])
})
