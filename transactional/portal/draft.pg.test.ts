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
})

test('only forms there are, and only what a form holds', async () => {
  expect((await ask('fall.vg', 'GET', undefined, 'fremd')).status).toBe(404)
  for (const content of [undefined, [], { nested: {} }, { long: 'x'.repeat(8001) }])
    expect([content, (await keep('fall.vg', content)).status]).toEqual([content, 400])
  await keep('fall.vg', { search: '?a=b' })
  expect((await ask('fall.vg', 'DELETE')).status).toBe(204)
  expect((await ask('fall.vg', 'GET')).body).toEqual({ draft: null })
})
