import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startService, VG, type Service } from '../service.fixture.ts'

let service: Service
beforeAll(async () => void (service = await startService()))
afterAll(() => service.stop())

const client = { given_name: 'Kim', family_name: 'Muster', birth_date: '2012-05-04', sex: 'w' }

describe('a client', () => {
  test('is recorded with what is known and found again', async () => {
    const { status, headers, body } = await service.as('fall.vg')('POST', '/service/clients', {
      ...client,
      unaccompanied_minor: true,
      external_reference: 'PKZ 4711',
    })
    expect(status).toBe(201)
    expect(headers.get('location')).toBe(`/service/clients/${body['id']}`)
    expect(body).toEqual({ id: body['id'], ...client, unaccompanied_minor: true, external_reference: 'PKZ 4711' })
    expect((await service.as('finanzen.vg')('GET', `/service/clients/${body['id']}`)).body).toEqual(body)
  })

  test('is not born tomorrow', async () => {
    const born = (birth_date: string) => service.as('fall.vg')('POST', '/service/clients', { ...client, birth_date })
    expect((await born('2026-03-10')).status).toBe(201)
    expect(await born('2026-03-11')).toMatchObject({ status: 422, body: { code: 'client_birth_date', details: [{ field: 'birth_date' }] } })
  })

  test('stands in the list by name, page by page', async () => {
    type Page = { items: { family_name: string; given_name: string }[]; next_cursor: string | null }
    const names = ['Ahorn', 'Birke', 'Eiche', 'Linde', 'Linde']
    for (const family_name of names.toReversed()) await service.as('fall.hro')('POST', '/service/clients', { ...client, family_name })
    const page = async (cursor: string | null): Promise<string[]> => {
      const { items, next_cursor } = (
        await service.as('fall.hro')<Page>('GET', `/service/clients?limit=2${cursor ? `&cursor=${cursor}` : ''}`)
      ).body
      return [...items.map((row) => row.family_name), ...(next_cursor === null ? [] : await page(next_cursor))]
    }
    expect(await page(null)).toEqual(names)
  })
})

describe('a case', () => {
  test('is opened with a random key among the facts that tells nothing', async () => {
    const { client_id } = await service.openCase()
    const { status, headers, body } = await service.as('fall.vg')('POST', '/service/cases', {
      client_id,
      case_number: 'A 1/26',
      begin_on: '2026-01-01',
    })
    expect(status).toBe(201)
    expect(headers.get('location')).toBe(`/service/cases/${body['id']}`)
    expect(body).toEqual({
      id: body['id'],
      client_id,
      case_number: 'A 1/26',
      begin_on: '2026-01-01',
      end_on: null,
      caseworker_id: service.ids['fall.vg'],
    })
    const link = await service.one<{ case_key: string }>('select case_key from case_link where case_id = $1', [body['id']])
    expect(link.case_key).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4/)
    expect(JSON.stringify(body)).not.toContain(link.case_key)
    expect((await service.as('fall2.vg')('GET', `/service/cases/${body['id']}`)).body).toEqual(body)
  })

  test('is opened with somebody new, both or neither, and a namesake only when that is said', async () => {
    type Answer = { id: string; client_id: string; code: string; details: { field: string }[] }
    const open = (wanted: object) => service.as('fall.vg')<Answer>('POST', '/service/cases', { begin_on: '2026-01-01', ...wanted })
    const person = { ...client, given_name: 'Toni', family_name: 'Neumann' }
    const counted = async () =>
      Number((await service.one<{ count: string }>(`select count(*) from client where family_name ilike 'neumann'`)).count)
    const first = await open({ client: person, case_number: 'N 1/26' })
    expect(first.status).toBe(201)
    const taken = await open({ client: { ...person, given_name: 'Kim' }, case_number: 'N 1/26' })
    expect([taken.status, taken.body.code, await counted()]).toEqual([409, 'case_number_taken', 1])
    const known = await open({ client: { ...person, family_name: 'NEUMANN' }, case_number: 'N 2/26' })
    expect([known.status, known.body.code, known.body.details[0]!.field]).toEqual([409, 'client_known', 'namesake'])
    const namesake = await open({ client: person, namesake: true, case_number: 'N 2/26' })
    expect([namesake.status, await counted()]).toEqual([201, 2])
    expect(namesake.body.client_id).not.toBe(first.body.client_id)
    for (const both of [{}, { client: person, client_id: first.body.client_id }])
      expect((await open({ ...both, case_number: 'N 3/26' })).body.details[0]!.field).toBe('client_id')
  })

  test('has a number of its own in its authority', async () => {
    const open = async (user: string, case_number: string) => {
      const { client_id } = await service.openCase(user)
      return service.as(user)('POST', '/service/cases', { client_id, case_number, begin_on: '2026-01-01' })
    }
    expect((await open('fall.vg', 'doppelt')).status).toBe(201)
    expect(await open('fall.vg', 'doppelt')).toMatchObject({
      status: 409,
      body: { code: 'case_number_taken', details: [{ field: 'case_number' }] },
    })
    expect((await open('fall.hro', 'doppelt')).status).toBe(201)
  })

  test('belongs to a client of the authority and has its end after its begin', async () => {
    const { client_id } = await service.openCase('fall.hro')
    const foreign = { client_id, case_number: 'fremd', begin_on: '2026-01-01' }
    expect(await service.as('fall.vg')('POST', '/service/cases', foreign)).toMatchObject({ status: 404, body: { code: 'client_unknown' } })
    const reversed = { ...foreign, end_on: '2025-12-31' }
    expect(await service.as('fall.hro')('POST', '/service/cases', reversed)).toMatchObject({
      status: 400,
      body: { details: [{ field: 'end_on' }] },
    })
    const { case_id } = await service.openCase('fall.hro')
    expect(await service.as('fall.hro')('PATCH', `/service/cases/${case_id}`, { end_on: '2024-12-31' })).toMatchObject({
      status: 422,
      body: { code: 'case_period' },
    })
    expect((await service.as('fall.hro')('PATCH', `/service/cases/${case_id}`, {})).body).toMatchObject({ id: case_id, end_on: null })
  })

  test('imported without its person takes no booking', async () => {
    const file = await service.insert('case', { youth_authority_id: VG, case_number: 'übernommen', begin_on: '2025-01-01' })
    await service.owner.query('insert into case_link (case_id) values ($1)', [file.id])
    const offer_id = await service.offer()
    expect(await service.book('fall.vg', { case_id: file.id, offer_id })).toMatchObject({
      status: 422,
      body: { code: 'case_without_client' },
    })
  })

  test('leaves its facts behind when its file is deleted, unlinkable, and takes no new ones', async () => {
    const { case_id } = await service.openCase()
    const offer_id = await service.offer()
    const { body } = await service.book('fall.vg', { case_id, offer_id })
    await service.as('fall.vg')('POST', '/service/ratings', {
      case_id,
      booking_id: body.id,
      reviewed_on: '2026-02-01',
      service_structure: 2,
    })
    await service.as('fall.vg')('POST', '/service/searches', {
      case_id,
      service_kind: 's34',
      first_day: '2026-01-01',
      last_day: '2026-02-01',
    })
    const { case_key } = await service.one<{ case_key: string }>('select case_key from booking where id = $1', [body.id])
    await service.owner.query('delete from "case" where id = $1', [case_id])
    expect((await service.as('fall.vg')('GET', `/service/bookings/${body.id}`)).body).toMatchObject({ id: body.id, case_id: null })
    expect(await service.one('select count(*) from rating where case_key = $1', [case_key])).toEqual({ count: 1 })
    expect(await service.one('select count(*) from case_link where case_key = $1', [case_key])).toEqual({ count: 0 })
    expect(await service.one('select count(*) from care_plan_review where case_id = $1', [case_id])).toEqual({ count: 0 })
    expect(
      (await service.as('fall.vg')('POST', `/service/bookings/${body.id}/end`, { last_day: '2026-02-01', end_reason: 50 })).status,
    ).toBe(200)
    const again = `insert into booking select (jsonb_populate_record(null::booking, to_jsonb(booking) || jsonb_build_object('id', uuidv7()))).* from booking where id = $1`
    await expect(service.owner.query(again, [body.id])).rejects.toMatchObject({ constraint: 'booking_case_unknown' })
  })
})
