import { afterAll, beforeAll, expect, test } from 'vitest'
import { deleteWhatIsOver } from '../file/deletion.ts'
import type { Problem } from '../problem.ts'
import { startService, type Service } from '../service.fixture.ts'
import type { Draft } from './draft.routes.ts'

let service: Service
beforeAll(async () => void (service = await startService()))
afterAll(() => service.stop())

const ask = (user: string, method: string, body?: unknown, form = 'selection') =>
  service.as(user)<Draft & Problem>(method, `/service/drafts/${form}`, body)
const keep = (user: string, content: unknown) => ask(user, 'PUT', { content })

test('a form is kept for its writer alone, as it was written last, for thirty days', async () => {
  expect((await ask('fall.vg', 'GET')).body).toEqual({ draft: null })
  await keep('fall.vg', { search: '?service_kind=s30', reason: '' })
  await keep('fall.vg', { search: '?service_kind=s34', reason: '<script>' })
  expect((await ask('fall.vg', 'GET')).body.draft).toMatchObject({ content: { search: '?service_kind=s34', reason: '<script>' } })
  expect((await ask('fall2.vg', 'GET')).body).toEqual({ draft: null })
  expect((await ask('fall2.vg', 'DELETE')).status).toBe(204)
  const began = service.clock.now
  service.clock.now = new Date(began.getTime() + 29 * 86_400_000)
  service.clearSessions()
  expect((await ask('fall.vg', 'GET')).body.draft).not.toBeNull()
  await deleteWhatIsOver(service.db, new Date(began.getTime() + 31 * 86_400_000))
  expect((await ask('fall.vg', 'GET')).body).toEqual({ draft: null })
  expect(await service.one('select count(*) from draft')).toEqual({ count: 0 })
  service.clock.now = began
  service.clearSessions()
})

test('only forms there are, and only what a form holds', async () => {
  expect((await ask('fall.vg', 'GET', undefined, 'fremd')).status).toBe(404)
  const much = Object.fromEntries(Array.from({ length: 8 }, (_, at) => [`${at}`, 'x'.repeat(8000)]))
  for (const content of [
    undefined,
    [],
    { deep: { er: { still: {} } } },
    { long: 'x'.repeat(8001) },
    { nul: 'a\0b' },
    { half: '\ud800' },
    much,
  ])
    expect([content, (await keep('fall.vg', content)).status]).toEqual([content, 400])
  await keep('fall.vg', { search: '?a=b' })
  expect((await ask('fall.vg', 'DELETE')).status).toBe(204)
  expect((await ask('fall.vg', 'GET')).body).toEqual({ draft: null })
})

type Kept = { items: { form: string; subject: string }[] }
const about = (user: string, method: string, subject: string, content?: unknown, form = 'step') =>
  service.as(user)<Draft & Problem>(method, `/service/drafts/${form}?subject=${subject}`, content && { content })
const listed = async (user: string) => (await service.as(user)<Kept>('GET', '/service/drafts')).body.items

test('what is written about a help is read by its writer only, and gone with the end of the case or of his account', async () => {
  const { case_id } = await service.openCase('fall.vg')
  const { id } = (await service.book('fall.vg', { case_id, offer_id: await service.offer() })).body
  const plan = { version: 1, goals: [{ goal: 'Zur Schule', reach_by: '' }], results: { a: { result: 'gut' } } }
  expect((await about('fall.vg', 'PUT', id, plan, 'care_plan')).status).toBe(200)
  expect((await about('fall.vg', 'PUT', case_id, { question: 'Was nun' }, 'consultation')).status).toBe(200)
  expect((await about('fall.vg', 'GET', id, undefined, 'care_plan')).body.draft!.content).toEqual(plan)
  expect((await about('fall.vg', 'GET', case_id, undefined, 'care_plan')).body).toEqual({ draft: null })
  expect((await about('fall2.vg', 'GET', id, undefined, 'care_plan')).body).toEqual({ draft: null })
  expect(await listed('fall2.vg')).toEqual([])
  // nobody keeps anything about a case of another authority, or about nothing
  for (const [user, subject] of [
    ['fall.hro', id],
    ['anbieter.1', case_id],
    ['politik', id],
    ['fall.vg', crypto.randomUUID()],
  ] as const)
    // prettier-ignore
    expect([user, (await about(user, 'PUT', subject, plan, 'care_plan')).status]).toEqual([user, 404])
  expect((await about('fall.vg', 'PUT', 'kein-schluessel', plan)).status).toBe(400)

  // a caseworker who goes to another authority does not take it along
  await service.owner.query('update user_account set youth_authority_id = $2 where id = $1', [service.ids['fall.vg'], '13003'])
  await service.owner.query('update user_account set youth_authority_id = $2 where id = $1', [service.ids['fall.vg'], '13075'])
  service.clearSessions()
  expect(await listed('fall.vg')).toEqual([])

  await about('fall.vg', 'PUT', id, { note: 'Ende' })
  await about('fall2.vg', 'PUT', id, { note: 'Auch' })
  await service.owner.query('update "case" set end_on = $2 where id = $1', [case_id, '2026-12-31'])
  expect(await service.one('select count(*) from draft where case_id = $1', [case_id])).toEqual({ count: 0 })
})

test('a lost right hides the draft at once, in the data base itself', async () => {
  const { case_id } = await service.openCase('fall2.vg')
  await about('fall2.vg', 'PUT', case_id, { note: 'Vertraulich' })
  expect(await listed('fall2.vg')).toHaveLength(1)
  const account = service.ids['fall2.vg']
  await service.owner.query(`update user_role set role = 'politics' where user_account_id = $1`, [account])
  service.clearSessions()
  expect(await listed('fall2.vg')).toEqual([])
  expect((await about('fall2.vg', 'GET', case_id)).body).toEqual({ draft: null })
  await service.owner.query(`update user_role set role = 'caseworker' where user_account_id = $1`, [account])
  service.clearSessions()
  expect(await listed('fall2.vg')).toHaveLength(1)
})

test('what is written about a change of authority is kept by both, in their rights, until it is answered', async () => {
  const { case_id } = await service.openCase('fall.vg')
  const wanted = { to_authority_id: '13003', change_on: '2026-07-01', reason: 'parents_moved' }
  const { id } = (await service.as('fall.vg')<{ id: string }>('POST', `/service/cases/${case_id}/authority-changes`, wanted)).body
  expect((await about('fall.hro', 'PUT', id, { note: 'Nur zu Besuch' })).status).toBe(200)
  expect((await about('fall.vg', 'PUT', id, { note: 'Doch nicht' })).status).toBe(200)
  for (const user of ['anbieter.1', 'politik', 'finanzen.vg']) expect([user, (await about(user, 'PUT', id, { note: 'Fremd' })).status]).toEqual([user, 404]) // prettier-ignore
  expect((await about('fall.hro', 'GET', id)).body.draft!.content).toEqual({ note: 'Nur zu Besuch' })
  expect((await about('fall2.vg', 'GET', id)).body).toEqual({ draft: null })
  const withdrawn = await service.as('fall.vg')('POST', `/service/authority-changes/${id}/withdraw`, {})
  expect(withdrawn.status).toBe(200)
  expect(await service.one('select count(*) from draft where authority_change_id = $1', [id])).toEqual({ count: 0 })
  expect((await about('fall.hro', 'PUT', id, { note: 'Zu spät' })).status).toBe(404)
})

test("a provider's answer is kept while the request waits for it, and gone with the answer", async () => {
  const { case_id } = await service.openCase('fall.vg')
  const wanted = { case_id, offer_id: await service.offer(), first_day: '2026-07-01', last_day: '2026-09-30' }
  const { id } = (await service.as('fall.vg')<{ id: string }>('POST', '/service/reservations', wanted)).body
  expect((await about('anbieter.1', 'PUT', id, { note: 'Noch nicht gefragt' })).status).toBe(404)
  await service.as('fall.vg')('POST', `/service/reservations/${id}/request-consent`, {})
  expect((await about('anbieter.1', 'PUT', id, { note: 'Leider kein Personal' })).status).toBe(200)
  expect((await about('anbieter.2', 'PUT', id, { note: 'Fremd' })).status).toBe(404)
  expect(await listed('anbieter.1')).toMatchObject([{ form: 'step', subject: id }])
  const declined = await service.as('anbieter.1')('POST', `/service/reservations/${id}/decline`, { decline_reason: 'staff' })
  expect(declined.status).toBe(200)
  expect(await service.one('select count(*) from draft where reservation_id = $1', [id])).toEqual({ count: 0 })
  expect((await about('anbieter.1', 'PUT', id, { note: 'Zu spät' })).status).toBe(404)
})
