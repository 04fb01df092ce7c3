import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startService, HRO, VG, type Service } from '../service.fixture.ts'

let service: Service
let file: { case_id: string }
beforeAll(async () => {
  service = await startService()
  file = await service.openCase()
})
afterAll(() => service.stop())

type Offers = {
  offers_matching: number
  offers_available: number
  items: {
    offer_id: string
    free_places: number
    shown_euros: number
    difference_euros: number
    bestprice: boolean
    planned_cents: number
  }[]
  next_cursor: string | null
}
const period = { service_kind: 's33', first_day: '2017-06-01', last_day: '2017-11-30' }
const query = (parameters: object) =>
  `/service/offers?${new URLSearchParams(Object.entries(parameters).map(([name, value]) => [name, String(value)]))}`
const list = async (parameters: object) => (await service.as('fall.vg')<Offers>('GET', query(parameters))).body

describe('the list of offers', () => {
  // domain.md 4.3: 182 days
  const gold = [
    [7600, 13_832, 0],
    [9042, 16_457, 2_625],
    [9239, 16_815, 2_983],
    [9817, 17_867, 4_035],
    [10_172, 18_514, 4_682],
    [11_210, 20_403, 6_571],
  ]

  test('goes by cost, shows full euros and the difference to the best price, and pages', async () => {
    for (const [rate_cents] of gold.toReversed())
      await service.offer({ service_kind: 's33', rates: [['2017-01-01', '2017-12-31', rate_cents!]] })
    const whole = await list(period)
    expect(whole).toMatchObject({ offers_matching: 6, offers_available: 6, next_cursor: null })
    expect(whole.items.map((row) => [row.planned_cents / 182, row.shown_euros, row.difference_euros])).toEqual(gold)
    expect(whole.items.map((row) => row.bestprice)).toEqual([true, false, false, false, false, false])
    const first = await list({ ...period, limit: 4 })
    const second = await list({ ...period, limit: 4, cursor: first.next_cursor })
    expect([...first.items, ...second.items]).toEqual(whole.items)
    expect(second).toMatchObject({ offers_matching: 6, next_cursor: null })
  })

  test('refuses more than a week has', async () => {
    const asked = (given: object) => service.as('fall.vg')('GET', query({ ...period, ...given }))
    expect(await asked({ units_per_week: 40 })).toMatchObject({ status: 422, body: { code: 'units_beyond_week' } })
    expect((await asked({ units_per_week: 7 })).status).toBe(200)
    expect((await asked({ service_kind: 's30', units_per_week: 40 })).status).toBe(200)
  })

  test('knows the places free on every day of the period, whoever took the others', async () => {
    const offer_id = await service.offer({ service_kind: 's35', capacity: 2 })
    const wanted = { service_kind: 's35', first_day: '2026-03-01', last_day: '2026-04-01' }
    const foreign = await service.openCase('fall.hro')
    await service.book('fall.hro', { case_id: foreign.case_id, offer_id, first_day: '2026-01-01', last_day: '2026-03-02' })
    expect((await list(wanted)).items).toMatchObject([{ offer_id, free_places: 1 }])
    await service.book('fall.hro', { case_id: foreign.case_id, offer_id, first_day: '2026-03-31', last_day: '2026-05-02' })
    expect((await list(wanted)).items[0]!.free_places).toBe(1)
    await service.book('fall.vg', { case_id: file.case_id, offer_id, first_day: '2026-03-01', last_day: '2026-03-31' })
    expect(await list(wanted)).toMatchObject({ offers_matching: 1, offers_available: 0, items: [{ free_places: 0 }] })
    expect(await list({ ...wanted, available: true })).toMatchObject({ offers_matching: 1, offers_available: 0, items: [] })
    expect((await list({ ...wanted, first_day: '2026-05-02', last_day: '2026-06-01' })).items[0]!.free_places).toBe(2)
  })

  test('is narrowed by area, specialisations, sex and age', async () => {
    const here = await service.offer({ service_kind: 's32', specialisations: ['autismus_spektrum', 'traumapaedagogik'] })
    const there = await service.offer({ service_kind: 's32', provider: 1, facility: 1 })
    await service.one(`update facility set sex_admitted = 'w', age_from = 6, age_to = 12 where id = $1 returning id`, [
      service.providers[1]!.facilities[1],
    ])
    const wanted = { ...period, service_kind: 's32', first_day: '2026-01-01', last_day: '2026-02-01' }
    const found = async (more: object) => (await list({ ...wanted, ...more })).items.map((row) => row.offer_id).sort()
    expect(await found({})).toEqual([here, there].sort())
    expect(await found({ area: VG })).toEqual([here])
    expect(await found({ area: HRO })).toEqual([there])
    expect(await found({ area: 'MV' })).toEqual([here, there].sort())
    expect(await found({ area: 'BE' })).toEqual([])
    expect(await found({ specialisations: 'traumapaedagogik' })).toEqual([here])
    expect(await found({ specialisations: 'traumapaedagogik,suchtmittel' })).toEqual([])
    expect(await found({ sex: 'm' })).toEqual([here])
    expect(await found({ sex: 'd', age: 13 })).toEqual([here])
    expect(await found({ sex: 'w', age: 12 })).toEqual([here, there].sort())
  })

  test('in the neighbourhood, around a place, and how far it is', async () => {
    const here = await service.offer({ service_kind: 's35a_stationaer', facility: 1 })
    const there = await service.offer({ service_kind: 's35a_stationaer', provider: 1 })
    const place = (id: string, latitude: number, longitude: number) =>
      service.one('update facility set latitude = $2, longitude = $3 where id = $1 returning id', [id, latitude, longitude])
    // Greifswald and Rostock: 82 km
    await place(service.providers[0]!.facilities[1]!, 54.096, 13.382)
    await place(service.providers[1]!.facilities[0]!, 54.089, 12.13)
    const wanted = { ...period, service_kind: 's35a_stationaer', first_day: '2026-01-01', last_day: '2026-02-01' }
    const found = async (more: object) => (await list({ ...wanted, ...more })).items.map((row) => row.offer_id).sort()
    expect(await found({ area: '13075_neighbours' })).toEqual([here])
    expect(await found({ area: '13072_neighbours' })).toEqual([there])
    expect(await found({ area: '12073_neighbours' })).toEqual([here])
    expect(await found({ area: 'around_54.09_12.13_30' })).toEqual([there])
    expect(await found({ area: 'around_54.09_12.13_81' })).toEqual([there])
    expect(await found({ area: 'around_54.09_12.13_83' })).toEqual([here, there].sort())
    type Far = { items: { offer_id: string; distance_km: number | null; latitude: number }[] }
    const far = (await service.as('fall.vg')<Far>('GET', query({ ...wanted, point: '54.09_12.13' }))).body.items
    expect(far.map(({ offer_id, distance_km }) => [offer_id, Math.round(distance_km!)])).toEqual(
      far.map(({ offer_id }) => [offer_id, offer_id === here ? 82 : 0]),
    )
    expect((await service.as('fall.vg')<Far>('GET', query(wanted))).body.items.every(({ distance_km }) => distance_km === null)).toBe(true)
  })

  test('tells what is wrong with a question', async () => {
    const ask = (more: object) => service.as('fall.vg')('GET', query({ ...period, ...more }))
    expect(await ask({ service_kind: 's99' })).toMatchObject({ status: 422, body: { code: 'service_kind_unknown' } })
    expect(await ask({ service_kind: 'all' })).toMatchObject({ status: 422, body: { code: 'service_kind_unknown' } })
    expect(await ask({ specialisations: 'unbekannt' })).toMatchObject({ status: 422, body: { code: 'specialisation_unknown' } })
    expect(await ask({ area: 'XX' })).toMatchObject({ status: 422, body: { code: 'area_unknown' } })
    expect(await ask({ area: '99999_neighbours' })).toMatchObject({ status: 422, body: { code: 'area_unknown' } })
    expect(await ask({ area: 'around_54.0912_12.1345_30' })).toMatchObject({ status: 400, body: { details: [{ field: 'area' }] } })
    expect(await ask({ last_day: '2017-05-31' })).toMatchObject({
      status: 400,
      body: { details: [{ field: 'last_day', message: 'liegt vor dem ersten Tag.' }] },
    })
    expect(await ask({ last_day: '2017-02-30' })).toMatchObject({ status: 400, body: { details: [{ field: 'last_day' }] } })
    expect(await ask({ age: 'acht' })).toMatchObject({ status: 400, body: { details: [{ field: 'age' }] } })
    expect(await ask({ nonsense: 1 })).toMatchObject({
      status: 400,
      body: { details: [{ field: 'nonsense', message: 'ist hier nicht vorgesehen.' }] },
    })
  })
})

describe('a recorded search', () => {
  const criteria = { service_kind: 's34', first_day: '2026-06-01', last_day: '2026-11-30', specialisations: ['suchtmittel'] }
  const search = (more: object = {}, user = 'fall.vg') =>
    service.as(user)('POST', '/service/searches', { ...criteria, case_id: file.case_id, ...more })
  const stored = () => service.one<{ count: number }>('select count(*) from search')

  test('counts what the data base finds, and once a day for the same user, case and criteria', async () => {
    const none = await search()
    expect(none).toMatchObject({
      status: 201,
      body: { offers_matching: 0, offers_available: 0, searched_on: '2026-03-10', specialisations: ['suchtmittel'] },
    })
    expect(none.headers.get('location')).toBe(`/service/searches/${none.body['id']}`)
    await service.offer({ specialisations: ['suchtmittel'] })
    await service.offer({ specialisations: ['suchtmittel'], capacity: 0 })
    const again = await search()
    expect(again).toMatchObject({ status: 200, body: { id: none.body['id'], offers_matching: 2, offers_available: 1 } })
    expect(await stored()).toEqual({ count: 1 })
    expect((await service.as('fall.vg')('GET', `/service/searches/${none.body['id']}`)).body).toEqual(again.body)
  })

  test('is another one for other criteria, another case, user or Berlin day', async () => {
    const { count } = await stored()
    const other = await service.openCase()
    expect((await search({ specialisations: [] })).status).toBe(201)
    expect((await search({ last_day: '2026-12-01' })).status).toBe(201)
    expect((await search({ case_id: other.case_id })).status).toBe(201)
    expect((await search({ case_id: undefined })).status).toBe(201)
    expect((await search({ case_id: undefined })).status).toBe(200)
    expect((await search({}, 'fall2.vg')).status).toBe(201)
    const before = service.clock.now
    service.clock.now = new Date('2026-03-10T22:59:00Z')
    service.clearSessions()
    expect((await search()).status).toBe(200)
    service.clock.now = new Date('2026-03-10T23:01:00Z')
    expect(await search()).toMatchObject({ status: 201, body: { searched_on: '2026-03-11' } })
    service.clock.now = before
    service.clearSessions()
    expect((await stored()).count).toBe(count + 6)
  })

  test('without a case becomes that of the case it is taken up for on the same day', async () => {
    const { count } = await stored()
    const wanted = { service_kind: 's33', last_day: '2026-09-30' }
    const first = await search({ ...wanted, case_id: undefined }, 'fall2.vg')
    expect(first.status).toBe(201)
    const described = { ...wanted, sex: 'w', age: 14 }
    expect(await search(described, 'fall2.vg')).toMatchObject({ status: 200, body: { id: first.body['id'] } })
    expect(await search(described, 'fall2.vg')).toMatchObject({ status: 200, body: { id: first.body['id'] } })
    // a colleague's is his own, and the next one for nobody is another
    expect((await search(described)).status).toBe(201)
    const next = await search({ ...wanted, case_id: undefined }, 'fall2.vg')
    expect(next.status).toBe(201)
    expect(await search(described, 'fall2.vg')).toMatchObject({ status: 200, body: { id: first.body['id'] } })
    expect((await stored()).count).toBe(count + 3)
  })

  test('stays one though the same search is sent twenty times at once', async () => {
    const { count } = await stored()
    const replies = await Promise.all(Array.from({ length: 20 }, () => search({ age: 7, last_day: '2026-10-15' })))
    expect(replies.map((reply) => reply.status).sort()).toEqual([...Array.from({ length: 19 }, () => 200), 201])
    expect(new Set(replies.map((reply) => reply.body['id'])).size).toBe(1)
    expect((await stored()).count).toBe(count + 1)
  })

  test('leaves no trace when it is refused', async () => {
    const { count } = await stored()
    const foreign = await service.openCase('fall.hro')
    expect(await search({ case_id: foreign.case_id })).toMatchObject({ status: 404, body: { code: 'case_unknown' } })
    expect(await search({ service_kind: 's99' })).toMatchObject({ status: 422 })
    expect(await search({ units_per_week: 40 })).toMatchObject({ status: 422, body: { code: 'units_beyond_week' } })
    expect(await search({ last_day: period.first_day, first_day: period.first_day })).toMatchObject({
      status: 400,
      body: { details: [{ field: 'last_day' }] },
    })
    expect(await search({ specialisations: ["autismus'; drop table search; --"] })).toMatchObject({
      status: 400,
      body: { details: [{ field: 'specialisations[0]' }] },
    })
    expect((await stored()).count).toBe(count)
  })
})
