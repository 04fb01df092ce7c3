import fc from 'fast-check'
import type pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startService, HRO, VG, type Service } from '../service.fixture.ts'
import { addDays, endOf } from './period.ts'

let service: Service
let own: { case_id: string }
let foreign: { case_id: string }
beforeAll(async () => {
  service = await startService()
  own = await service.openCase('fall.vg')
  foreign = await service.openCase('fall.hro')
})
afterAll(() => service.stop())

const statuses = (replies: { status: number }[]) => {
  const count = (status: number) => replies.filter((reply) => reply.status === status).length
  return { booked: count(201), full: count(409), other: replies.length - count(201) - count(409) }
}

/** Most places taken on one day, counted day by day. */
const fullestDay = async (condition: string) => {
  const { most } = await service.one<{ most: number }>(
    `select coalesce(max(taken), 0)::int as most from (
       select day, count(*) as taken from booking, generate_series(first_day, greatest(last_day - 1, first_day), interval '1 day') as day
       where not cancelled and counting_rule = 'last_day_free' and ${condition} group by day) as days`,
  )
  return most
}

describe('a place is never sold twice', () => {
  test('though fifty try at once for three places, from two authorities', async () => {
    const offer_id = await service.offer({ capacity: 3 })
    const attempts = Array.from({ length: 50 }, (_, index) => {
      const [user, file] = index % 2 === 0 ? (['fall.vg', own] as const) : (['fall.hro', foreign] as const)
      return service.book(user, {
        case_id: file.case_id,
        offer_id,
        first_day: addDays('2026-01-01', index % 7),
        last_day: '2026-07-01',
      })
    })
    expect(statuses(await Promise.all(attempts))).toEqual({ booked: 3, full: 47, other: 0 })
    expect(await fullestDay(`offer_id = '${offer_id}'`)).toBe(3)
  })

  test('nor more than the facility is licensed for, over all its residential offers', async () => {
    await service.one('update facility set licensed_places = 4 where id = $1 returning id', [service.providers[0]!.facilities[1]])
    const offers = await Promise.all([1, 2, 3].map(() => service.offer({ facility: 1, capacity: 3 })))
    const ambulant = await service.offer({ facility: 1, capacity: 3, service_kind: 's31', unit: 'hour' })
    const attempts = Array.from({ length: 30 }, (_, index) =>
      service.book('fall.vg', { case_id: own.case_id, offer_id: offers[index % 3]!, first_day: addDays('2026-01-01', index % 5) }),
    )
    expect(statuses(await Promise.all(attempts))).toEqual({ booked: 4, full: 26, other: 0 })
    const untouched = await service.offer({ facility: 1, capacity: 3 })
    const refused = await service.book('fall.hro', { case_id: foreign.case_id, offer_id: untouched, first_day: '2026-02-01' })
    expect(refused).toMatchObject({ status: 409, body: { code: 'booking_facility_full' } })
    expect((await service.book('fall.vg', { case_id: own.case_id, offer_id: ambulant, units_per_week: 5 })).status).toBe(201)
  })

  test('and the last one goes to exactly one, again and again', async () => {
    for (let round = 0; round < 10; round++) {
      const offer_id = await service.offer({ capacity: 1 })
      const attempts = [
        service.book('fall.vg', { case_id: own.case_id, offer_id }),
        service.book('fall.hro', { case_id: foreign.case_id, offer_id }),
      ]
      expect(statuses(await Promise.all(attempts))).toEqual({ booked: 1, full: 1, other: 0 })
    }
  })

  test('when the next one begins on a free last day, but not on a calendar day', async () => {
    const offer_id = await service.offer({ capacity: 1 })
    const from = (first_day: string, last_day: string, counting_rule: string) =>
      service.book('fall.vg', { case_id: own.case_id, offer_id, first_day, last_day, counting_rule })
    expect((await from('2026-01-01', '2026-02-01', 'last_day_free')).status).toBe(201)
    expect((await from('2026-02-01', '2026-03-01', 'calendar_days')).status).toBe(201)
    expect(await from('2026-03-01', '2026-04-01', 'last_day_free')).toMatchObject({ status: 409, body: { code: 'booking_offer_full' } })
    expect((await from('2026-03-02', '2026-03-03', 'last_day_free')).status).toBe(201)
    expect((await from('2026-03-02', '2026-03-05', 'last_day_free')).status).toBe(409)
    expect((await from('2026-03-03', '2026-03-05', 'last_day_free')).status).toBe(201)
  })

  test('by a prolongation into somebody else’s stay', async () => {
    const offer_id = await service.offer({ capacity: 1 })
    const first = await service.book('fall.vg', { case_id: own.case_id, offer_id, first_day: '2026-01-01', last_day: '2026-02-01' })
    await service.book('fall.hro', { case_id: foreign.case_id, offer_id, first_day: '2026-02-10', last_day: '2026-03-01' })
    const prolong = (last_day: string) =>
      service.as('fall.vg')('POST', `/service/bookings/${first.body.id}/prolong`, { note: 'wie besprochen', last_day, parallel: true })
    expect(await prolong('2026-02-11')).toMatchObject({ status: 409, body: { code: 'booking_offer_full' } })
    expect((await prolong('2026-02-10')).status).toBe(200)
    const changed = `update booking set counting_rule = 'calendar_days' where id = $1`
    await expect(service.owner.query(changed, [first.body.id])).rejects.toMatchObject({ constraint: 'booking_offer_full' })
  })

  test('by prolongations, new bookings and taken-back cancellations at once', async () => {
    const offer_id = await service.offer({ capacity: 2 })
    const stays = await Promise.all(
      ['2026-01-01', '2026-01-01'].map((first_day) =>
        service.book('fall.vg', { case_id: own.case_id, offer_id, first_day, last_day: '2026-02-01' }),
      ),
    )
    const cancelled = await service.book('fall.vg', { case_id: own.case_id, offer_id, first_day: '2026-02-01', last_day: '2026-06-01' })
    await service.as('fall.vg')('POST', `/service/bookings/${cancelled.body.id}/cancel`, { note: 'wie besprochen' })
    const work = [
      ...stays.map(({ body }) =>
        service.as('fall.vg')('POST', `/service/bookings/${body.id}/prolong`, { note: 'wie besprochen', last_day: '2026-05-01' }),
      ),
      ...Array.from({ length: 6 }, () =>
        service.book('fall.hro', { case_id: foreign.case_id, offer_id, first_day: '2026-02-01', last_day: '2026-04-01' }),
      ),
      service.owner.query('update booking set cancelled = false where id = $1', [cancelled.body.id]).then(
        () => ({ status: 201 }),
        (error: pg.DatabaseError) => ({ status: error.constraint === 'booking_offer_full' ? 409 : 500 }),
      ),
    ]
    const replies = await Promise.all(work)
    expect(replies.filter(({ status }) => status < 300)).toHaveLength(2)
    expect(replies.filter(({ status }) => status >= 500)).toEqual([])
    expect(await fullestDay(`offer_id = '${offer_id}'`)).toBe(2)
  })

  test('because a cancellation or an early end frees the place at once', async () => {
    const offer_id = await service.offer({ capacity: 1 })
    const book = () => service.book('fall.hro', { case_id: foreign.case_id, offer_id, first_day: '2026-03-01', last_day: '2026-04-01' })
    const first = await service.book('fall.vg', { case_id: own.case_id, offer_id, first_day: '2026-01-01', last_day: '2026-07-01' })
    expect((await book()).status).toBe(409)
    await service.as('fall.vg')('POST', `/service/bookings/${first.body.id}/end`, { last_day: '2026-03-01', end_reason: 10 })
    const second = await book()
    expect(second.status).toBe(201)
    await service.as('fall.hro')('POST', `/service/bookings/${second.body.id}/cancel`, { note: 'wie besprochen' })
    expect((await book()).status).toBe(201)
  })

  test('by taking places away that are booked', async () => {
    const offer_id = await service.offer({ capacity: 3 })
    const far = { first_day: '2028-01-01', last_day: '2029-01-01' }
    const late = await service.openCase('fall.vg', { birth_date: '2015-01-01' })
    for (let place = 0; place < 2; place++) await service.book('fall.vg', { case_id: late.case_id, offer_id, ...far })
    const shrink = (capacity: number) => service.owner.query('update offer set capacity = $2 where id = $1', [offer_id, capacity])
    await expect(shrink(1)).rejects.toMatchObject({ constraint: 'offer_capacity_taken' })
    await shrink(2)
    const facility = service.providers[0]!.facilities[0]
    await expect(service.owner.query('update facility set licensed_places = 1 where id = $1', [facility])).rejects.toMatchObject({
      constraint: 'licensed_places_taken',
    })
  })

  test('under a snapshot that cannot see the others', async () => {
    const offer_id = await service.offer({ capacity: 1 })
    const { body } = await service.book('fall.vg', { case_id: own.case_id, offer_id, first_day: '2026-01-01', last_day: '2026-02-01' })
    const client = await service.owner.connect()
    try {
      await client.query('begin isolation level repeatable read')
      await expect(client.query(`update booking set last_day = '2026-03-01' where id = $1`, [body.id])).rejects.toThrow(/repeatable read/)
    } finally {
      await client.query('rollback')
      client.release()
    }
  })
})

describe('the number of places taken', () => {
  test('is the fullest day of the period, for any stays under both counting rules', async () => {
    const stay = fc.record({
      from: fc.nat(40),
      days: fc.nat(15),
      rule: fc.constantFrom('last_day_free' as const, 'calendar_days' as const),
    })
    const day = (number: number) => addDays('2027-01-01', number)
    const occupied = ({ from, days, rule }: { from: number; days: number; rule: 'last_day_free' | 'calendar_days' }) => {
      const end = endOf(day(from + days), rule)
      return { from: day(from), end: end > day(from) ? end : day(from + 1) }
    }
    const client = await service.owner.connect()
    try {
      await fc.assert(
        fc.asyncProperty(fc.array(stay, { maxLength: 12 }), stay, async (stays, asked) => {
          const offer_id = await service.offer({ capacity: 1000 })
          await client.query('begin')
          for (const { from, days, rule } of stays) {
            await client.query(
              `insert into booking (case_key, youth_authority_id, service_kind, provider_id, facility_id, offer_id, facility_authority_id, counting_rule,
                 first_day, last_day, unit, rate_from, rate_cents, units_per_week, planned_units, agreed_days, agreed_cents, age_at_begin, sex)
               select case_key, $1, 's34', $2, $3, $4, $1, $5, $6, $7, 'day', array[$6::date], array[1], array[7], 1, 1, 1, 1, 'w' from case_link where case_id = $8`,
              [VG, service.providers[0]!.id, service.providers[0]!.facilities[0], offer_id, rule, day(from), day(from + days), own.case_id],
            )
          }
          const period = occupied(asked)
          const { rows } = await client.query('select offer_occupancy($1, daterange($2::date, $3::date)) as taken', [
            offer_id,
            period.from,
            period.end,
          ])
          await client.query('rollback')
          let most = 0
          for (let at = period.from; at < period.end; at = addDays(at, 1)) {
            most = Math.max(most, stays.map(occupied).filter((other) => other.from <= at && at < other.end).length)
          }
          expect(rows[0].taken).toBe(most)
        }),
        { numRuns: 40 },
      )
    } finally {
      client.release()
    }
  })
})

describe('rates', () => {
  test('of an offer cannot overlap, though written at once', async () => {
    const offer_id = await service.offer({ rates: [['2026-01-01', '2026-12-31', 7600]] })
    const add = (from: string, to: string | null, authority = VG) =>
      service.owner.query(
        `insert into offer_rate (offer_id, youth_authority_id, service_kind, unit, rate_cents, valid_from, valid_to) values ($1, $2, 's34', 'day', 8000, $3, $4)`,
        [offer_id, authority, from, to],
      )
    await expect(add('2026-12-31', null)).rejects.toMatchObject({ constraint: 'offer_rate_no_overlap' })
    await expect(add('2025-01-01', '2026-01-01')).rejects.toMatchObject({ constraint: 'offer_rate_no_overlap' })
    const outcomes = await Promise.allSettled([add('2027-01-01', null), add('2027-01-01', '2027-06-30'), add('2027-02-01', null)])
    expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(1)
    await expect(add('2028-01-01', '2027-01-01')).rejects.toMatchObject({ constraint: 'offer_rate_period' })
    await expect(add('2024-01-01', '2024-12-31', HRO)).rejects.toMatchObject({ constraint: 'rate_of_offer' })
  })
})
