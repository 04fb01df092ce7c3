import sharp from 'sharp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Problem } from '../problem.ts'
import { startService, type Service } from '../service.fixture.ts'
import type { FacilityFile } from './facility-file.routes.ts'
import type { OwnFacility } from './own-facility.routes.ts'

let service: Service
let facility: string
beforeAll(async () => {
  service = await startService()
  facility = service.providers[0]!.facilities[0]!
})
afterAll(() => service.stop())

const papers = {
  operating_licence_on: '2019-05-01',
  service_description_on: null,
  agreement_on: '2025-07-01',
  operating_days_week: 5,
  operating_days_year: 230,
}
const keep = (user: string, wanted: object) =>
  service.as(user)<OwnFacility & Problem>('PUT', `/service/facilities/${facility}/dossier`, wanted)

test('a provider says of its own facilities when their papers are of', async () => {
  expect((await keep('anbieter.1', papers)).body).toMatchObject(papers)
  expect((await keep('anbieter.1', { ...papers, operating_days_week: 7 })).body.operating_days_week).toBe(7)
  const { items } = (await service.as('anbieter.1')<{ items: OwnFacility[] }>('GET', '/service/own-facilities')).body
  expect(items.map(({ name }) => name)).toEqual(['Haus am See 1', 'Haus am Wald 1'])
  expect(items[0]).toMatchObject({ agreement_on: '2025-07-01' })
  expect((await keep('anbieter.2', papers)).status).toBe(404)
  expect((await keep('fall.vg', papers)).status).toBe(404)
  expect((await keep('anbieter.1', { ...papers, agreement_on: '2026-03-11', operating_days_year: 400 })).body.details).toMatchObject([
    { field: 'operating_days_year' },
  ])
  expect((await keep('anbieter.1', { ...papers, agreement_on: '2026-03-11' })).body.details).toEqual([
    { field: 'agreement_on', message: 'liegt in der Zukunft.' },
  ])
})

const png = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==', 'base64')
let keys = 0
const upload = async (user: string, content: Uint8Array, { kind = 'photo', title = 'Garten' } = {}) => {
  const body = new FormData()
  body.set('title', title)
  body.set('kind', kind)
  body.set('file', new File([new Uint8Array(content)], 'garten.png', { type: 'image/png' }))
  const headers = { cookie: await service.cookieOf(user), 'idempotency-key': `facility-${++keys}` }
  const response = await service.app.request(`/service/facilities/${facility}/files`, { method: 'POST', headers, body })
  return { status: response.status, body: (await response.json()) as FacilityFile & Problem }
}
const list = async (user: string) =>
  (await service.as(user)<{ items: FacilityFile[] }>('GET', `/service/facilities/${facility}/files`)).body.items

test('photos and documents of a facility are what their bytes say, seen by caseworkers, changed by its provider alone', async () => {
  const taken = await sharp({ create: { width: 2400, height: 1200, channels: 3, background: '#7a9' } })
    .withExif({ IFD0: { Artist: 'Alex Muster' }, IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '54/1 5/1 0/1' } })
    .withMetadata({ orientation: 6 })
    .jpeg()
    .toBuffer()
  expect(taken.includes('Alex Muster')).toBe(true)
  const added = await upload('anbieter.1', taken, { title: '<b>Garten</b>' })
  expect(added).toMatchObject({ status: 201, body: { kind: 'photo', title: '<b>Garten</b>', media_type: 'image/jpeg' } })
  expect(await list('fall.hro')).toEqual([added.body])
  const { content } = await service.one<{ content: Buffer }>('select content from facility_file_content')
  const made = await sharp(content).metadata()
  expect([made.width, made.height, made.orientation, made.exif, content.length]).toEqual([
    1000,
    2000,
    undefined,
    undefined,
    added.body.bytes,
  ])
  const shown = await service.as('fall.vg')('GET', `/service/facility-files/${added.body.id}`)
  expect([
    shown.headers.get('content-type'),
    shown.headers.get('content-disposition'),
    shown.headers.get('x-content-type-options'),
  ]).toEqual(['image/jpeg', expect.stringMatching(/^inline; filename="foto-/), 'nosniff'])
  expect((await upload('anbieter.1', taken)).body).toMatchObject({ status: 409, code: 'facility_file_twice' })
  expect((await upload('anbieter.1', Buffer.from('<svg onload=alert(1)>'))).body).toMatchObject({ status: 422, code: 'document_type' })
  expect((await upload('anbieter.1', png.subarray(0, 40))).body).toMatchObject({ status: 422, code: 'picture_damaged' })
  expect((await upload('anbieter.1', Buffer.from('%PDF-1.4\n%%EOF'))).body).toMatchObject({ status: 422, code: 'facility_file_type' })
  expect((await upload('anbieter.1', Buffer.alloc(10 * 1024 * 1024 + 1))).body).toMatchObject({ status: 413, code: 'document_too_large' })
  expect((await upload('anbieter.2', Buffer.concat([png, Buffer.from('b')]))).status).toBe(404)
  expect((await upload('fall.vg', png)).status).toBe(404)
  const remove = (user: string) => service.as(user)('DELETE', `/service/facility-files/${added.body.id}`)
  expect((await remove('anbieter.2')).status).toBe(404)
  expect((await remove('anbieter.1')).status).toBe(204)
  expect(await list('fall.vg')).toEqual([])
  expect(await service.one('select count(*) from facility_file_content')).toEqual({ count: 0 })
})
