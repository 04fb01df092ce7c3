import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startService, VG, type Service } from '../service.fixture.ts'

let service: Service
let rated: { case_id: string; booking_id: string }
const newBooking = async (user = 'fall.vg') => {
  const { case_id } = await service.openCase(user)
  const { body } = await service.book(user, { case_id, offer_id: await service.offer() })
  return { case_id, booking_id: body.id }
}
beforeAll(async () => {
  service = await startService()
  rated = await newBooking()
})
afterAll(() => service.stop())

const goals = [
  { rated_by: 'young_person', grade: 2 },
  { rated_by: 'guardian', person: 1, grade: 3 },
  { rated_by: 'guardian', person: 2, grade: 5 },
  { rated_by: 'provider', grade: 1 },
]
const review = (more: object = {}, user = 'fall.vg') =>
  service.as(user)('POST', '/service/ratings', {
    ...rated,
    reviewed_on: '2026-02-01',
    facility_structure: 1,
    service_structure: 2,
    goal_attainment: goals,
    ...more,
  })

describe('the rating of a care plan review', () => {
  test('makes one fact of each grade, under a key that leads to no file', async () => {
    const { status, headers, body } = await review()
    expect(status).toBe(201)
    expect(headers.get('location')).toBe(`/service/ratings/${body['id']}`)
    expect(body['ratings']).toHaveLength(6)
    expect((await service.as('fall2.vg')('GET', `/service/ratings/${body['id']}`)).body).toMatchObject({
      ...rated,
      reviewed_on: '2026-02-01',
    })
    const { rows } = await service.owner.query('select * from rating where booking_id = $1 order by aspect, rated_by, person', [
      rated.booking_id,
    ])
    expect(rows.map((row) => [row.aspect, row.rated_by, row.person, row.grade])).toEqual([
      ['facility_structure', 'authority', 1, 1],
      ['goal_attainment', 'guardian', 1, 3],
      ['goal_attainment', 'guardian', 2, 5],
      ['goal_attainment', 'provider', 1, 1],
      ['goal_attainment', 'young_person', 1, 2],
      ['service_structure', 'authority', 1, 2],
    ])
    expect(new Set(rows.map((row) => row.review_key)).size).toBe(1)
    expect(rows[0]).toMatchObject({ youth_authority_id: VG, provider_id: service.providers[0]!.id, service_kind: 's34' })
    expect(rows[0].review_key).not.toBe(body['id'])
  })

  test('happens once a day for a booking, of the case it belongs to, from its first day until today', async () => {
    expect(await review()).toMatchObject({ status: 409, body: { code: 'one_review_a_day', details: [{ field: 'reviewed_on' }] } })
    expect(await review({ reviewed_on: '2025-12-31' })).toMatchObject({ status: 422, body: { code: 'rating_of_booking' } })
    expect(await review({ reviewed_on: '2026-03-11' })).toMatchObject({ status: 422, body: { code: 'review_in_future' } })
    const other = await newBooking()
    const mixed = { status: 404, body: { code: 'booking_unknown', details: [{ field: 'booking_id' }] } }
    expect(await review({ case_id: other.case_id, reviewed_on: '2026-02-02' })).toMatchObject(mixed)
    expect(await review({ reviewed_on: '2026-02-02' }, 'fall.hro')).toMatchObject(mixed)
    expect((await review({ reviewed_on: '2026-02-02' }, 'finanzen.vg')).status).toBe(404)
    const { case_id } = await service.openCase()
    const away = { case_id, away: true, service_kind: 's34', rate_cents: 1, first_day: '2026-01-01', last_day: '2026-04-01' }
    const elsewhere = await service.as('fall.vg')('POST', '/service/bookings', away)
    expect(await review({ case_id, booking_id: elsewhere.body['id'] })).toMatchObject({ status: 422, body: { code: 'rating_of_booking' } })
  })

  test('takes grades from 1 to 5, at least one, and each person once', async () => {
    const on = { reviewed_on: '2026-02-03' }
    const invalid = (field: string) => ({ status: 400, body: { details: [{ field }] } })
    expect(await review({ ...on, facility_structure: 0 })).toMatchObject(invalid('facility_structure'))
    expect(await review({ ...on, service_structure: 6 })).toMatchObject(invalid('service_structure'))
    expect(await review({ ...on, goal_attainment: [{ rated_by: 'provider', grade: 2.5 }] })).toMatchObject(
      invalid('goal_attainment[0].grade'),
    )
    expect(await review({ ...on, goal_attainment: [{ rated_by: 'minister', grade: 2 }] })).toMatchObject(
      invalid('goal_attainment[0].rated_by'),
    )
    expect(await review({ ...on, goal_attainment: [...goals, { rated_by: 'provider', grade: 2 }] })).toMatchObject(
      invalid('goal_attainment'),
    )
    expect(await review({ ...on, facility_structure: null, service_structure: null, goal_attainment: [] })).toMatchObject(
      invalid('goal_attainment'),
    )
    expect((await review({ ...on, facility_structure: null, service_structure: null, goal_attainment: goals.slice(0, 1) })).status).toBe(
      201,
    )
  })

  test('keeps its booking from being cancelled', async () => {
    expect(await service.as('fall.vg')('POST', `/service/bookings/${rated.booking_id}/cancel`, { note: 'wie besprochen' })).toMatchObject({
      status: 409,
      body: { code: 'booking_in_use' },
    })
  })
})
