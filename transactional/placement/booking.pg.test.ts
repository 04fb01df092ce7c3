import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startService, HRO, VG, type Service } from '../service.fixture.ts'
import type { BookingWithNames } from './booking-view.ts'

let service: Service
beforeAll(async () => void (service = await startService()))
afterAll(() => service.stop())

type Listed = { items: { id: string; first_day: string }[]; next_cursor: string | null }

describe('a booking from an offer', () => {
  test('carries what is true at its beginning', async () => {
    const { as, offer, openCase, book } = service
    const offer_id = await offer({ specialisations: ['autismus_spektrum'] })
    const { case_id } = await openCase()
    const period = { first_day: '2026-06-01', last_day: '2026-11-30' }
    const booked = await book('fall.vg', {
      case_id,
      offer_id,
      ...period,
      specialisations: ['suchtmittel', 'autismus_spektrum', 'suchtmittel'],
    })
    expect(booked.status).toBe(201)
    expect(booked.headers.get('location')).toBe(`/service/bookings/${booked.body.id}`)
    expect(booked.body).toMatchObject({
      case_id,
      offer_id,
      ...period,
      youth_authority_id: VG,
      facility_authority_id: VG,
      facility_id: service.providers[0]!.facilities[0],
      provider_id: service.providers[0]!.id,
      service_kind: 's34',
      specialisations: ['autismus_spektrum', 'suchtmittel'],
      away: false,
      unit: 'day',
      counting_rule: 'last_day_free',
      rate_from: ['2026-06-01'],
      rate_cents: [7600],
      units_per_week: [7],
      planned_units: 182,
      planned_cents: 1_383_200,
      agreed_days: 182,
      agreed_cents: 1_383_200,
      age_at_begin: 14,
      sex: 'w',
      end_reason: null,
      cancelled: false,
      overdue: false,
    })
    expect(booked.body).not.toHaveProperty('case_key')
    expect((await as('fall.vg')('GET', `/service/bookings/${booked.body.id}`)).body).toMatchObject(booked.body)
  })

  test('takes the rate of its first day, and needs one', async () => {
    const { offer, openCase, book } = service
    const offer_id = await offer({
      rates: [
        ['2025-01-01', '2025-12-31', 7000],
        ['2026-01-01', '2026-05-31', 8000],
      ],
    })
    const { case_id } = await openCase()
    const first = await book('fall.vg', { case_id, offer_id, first_day: '2025-12-31', last_day: '2026-02-01' })
    expect(first.body['rate_cents']).toEqual([7000])
    const second = await book('fall.vg', { case_id, offer_id, first_day: '2026-01-01', last_day: '2026-02-01' })
    expect(second.body['rate_cents']).toEqual([8000])
    const none = await book('fall.vg', { case_id, offer_id, first_day: '2026-06-01', last_day: '2026-06-02' })
    expect(none).toMatchObject({ status: 422, body: { code: 'offer_without_rate', details: [{ field: 'first_day' }] } })
  })

  test('of hours needs hours per week', async () => {
    const { offer, openCase, book } = service
    const offer_id = await offer({ service_kind: 's31', unit: 'hour', rate_cents: 5825 })
    const { case_id } = await openCase()
    const period = { first_day: '2026-06-01', last_day: '2026-11-30' }
    expect(await book('fall.vg', { case_id, offer_id, ...period })).toMatchObject({ status: 422, body: { code: 'units_missing' } })
    const booked = await book('fall.vg', { case_id, offer_id, ...period, units_per_week: 5 })
    expect(booked.body).toMatchObject({ planned_units: 130, agreed_cents: 130 * 5825, agreed_days: 182, unit: 'hour' })
  })

  test('opens an authority that took no part yet', async () => {
    const { offer, openCase, book, one } = service
    expect(await one(`select data_from from youth_authority where id = $1`, [HRO])).toEqual({ data_from: null })
    const { case_id } = await openCase('fall.hro')
    await book('fall.hro', { case_id, offer_id: await offer(), first_day: '2026-02-15', last_day: '2026-03-01' })
    expect(await one(`select data_from from youth_authority where id = $1`, [HRO])).toEqual({ data_from: '2026-02-01' })
  })

  test('lies within its case, also when the case is moved', async () => {
    const { as, offer, openCase, book } = service
    const offer_id = await offer()
    const { case_id } = await openCase('fall.vg', { begin_on: '2026-02-01', end_on: '2026-06-30' })
    const outside = { status: 422, body: { code: 'booking_within_case', details: [{ field: 'last_day' }] } }
    expect(await book('fall.vg', { case_id, offer_id, first_day: '2026-01-31', last_day: '2026-05-31' })).toMatchObject(outside)
    expect(await book('fall.vg', { case_id, offer_id, first_day: '2026-02-01', last_day: '2026-07-01' })).toMatchObject(outside)
    const { body } = await book('fall.vg', { case_id, offer_id, first_day: '2026-02-01', last_day: '2026-06-30' })
    const move = (period: object) => as('fall.vg')('PATCH', `/service/cases/${case_id}`, period)
    expect(await move({ end_on: '2026-06-29' })).toMatchObject(outside)
    expect(await move({ begin_on: '2026-02-02' })).toMatchObject(outside)
    expect((await move({ end_on: null })).body).toMatchObject({ begin_on: '2026-02-01', end_on: null })
    expect((await move({ end_on: '2026-06-30' })).status).toBe(200)
    expect(
      await as('fall.vg')('POST', `/service/bookings/${body.id}/prolong`, { note: 'wie besprochen', last_day: '2026-07-01' }),
    ).toMatchObject(outside)
    // cancelled, it binds the case no longer, until it is wanted back
    await as('fall.vg')('POST', `/service/bookings/${body.id}/cancel`, { note: 'wie besprochen' })
    expect((await move({ end_on: '2026-03-01' })).status).toBe(200)
  })

  test('knows the age at its begin, between birth and 27', async () => {
    const { offer, openCase, book } = service
    const offer_id = await offer()
    const { case_id } = await openCase('fall.vg', { birth_date: '2026-03-01' })
    const refused = { status: 422, body: { code: 'client_age', details: [{ field: 'first_day' }] } }
    expect(await book('fall.vg', { case_id, offer_id, first_day: '2026-02-28', last_day: '2026-04-01' })).toMatchObject(refused)
    expect((await book('fall.vg', { case_id, offer_id, first_day: '2026-03-01', last_day: '2026-04-01' })).body['age_at_begin']).toBe(0)
    const grown = await openCase('fall.vg', { birth_date: '1997-12-31' })
    expect(await book('fall.vg', { case_id: grown.case_id, offer_id })).toMatchObject(refused)
  })
})

describe('a booking outside the system', () => {
  test('has a rate of its own and no place', async () => {
    const { openCase, as } = service
    const { case_id } = await openCase()
    const away = { case_id, away: true, service_kind: 's34', rate_cents: 21_050, first_day: '2026-01-01', last_day: '2026-01-31' }
    const booked = await as('fall.vg')('POST', '/service/bookings', away)
    expect(booked).toMatchObject({
      status: 201,
      body: { away: true, offer_id: null, facility_id: null, provider_id: null, facility_authority_id: null, agreed_cents: 30 * 21_050 },
    })
    const longer = await as('fall.vg')('POST', `/service/bookings/${booked.body['id']}/prolong`, {
      note: 'wie besprochen',
      last_day: '2026-02-10',
      rate_cents: 22_000,
    })
    expect(longer.body).toMatchObject({ rate_from: ['2026-01-01', '2026-01-31'], rate_cents: [21_050, 22_000], agreed_cents: 30 * 21_050 })
    expect(await as('fall.vg')('POST', '/service/bookings', { ...away, service_kind: 's99' })).toMatchObject({
      status: 422,
      body: { code: 'service_kind_unknown', details: [{ field: 'service_kind' }] },
    })
  })

  test('begins no earlier than a reserved one, and its reason is kept where somebody gave one', async () => {
    const { openCase, as } = service
    const { case_id } = await openCase()
    const away = {
      case_id,
      away: true,
      service_kind: 's34',
      rate_cents: 21_050,
      first_day: '2025-12-08',
      last_day: '2026-02-01',
      parallel: true,
    }
    const tooLongAgo = {
      code: 'begin_past',
      details: [{ field: 'first_day', message: 'Bitte einen Beginn ab dem 08.12.2025 wählen.' }],
    }
    expect((await as('fall.vg')('POST', '/service/bookings', { ...away, first_day: '2025-12-07' })).body).toMatchObject(tooLongAgo)
    const place = { case_id, offer_id: await service.offer() }
    expect((await service.book('fall.vg', { ...place, first_day: '2025-12-07' })).body).toMatchObject(tooLongAgo)
    expect((await service.book('fall.vg', { ...place, first_day: '2028-04-01', last_day: '2028-09-30' })).body.code).toBe('begin_far')
    expect((await as('fall.vg')('POST', '/service/bookings', { ...away, away_reason: 'Laune' })).status).toBe(400)
    const reasonOf = async (given: object) => {
      const { body } = await as('fall.vg')('POST', '/service/bookings', { ...away, ...given })
      return (await as('fall.vg')<BookingWithNames>('GET', `/service/bookings/${body['id']}`)).body.steps.map(({ step, away_reason }) => [
        step,
        away_reason,
      ])
    }
    expect(await reasonOf({})).toEqual([['booked', null]])
    expect(await reasonOf({ away_reason: 'no_offer' })).toEqual([['booked', 'no_offer']])
    const { body: booked } = await service.book('fall.vg', { case_id, offer_id: await service.offer() })
    await expect(
      service.owner.query(`update booking_step set step = 'cancelled', away_reason = 'other' where booking_id = $1`, [booked.id]),
    ).rejects.toThrow('booking_step_away_reason')
  })

  test('has a rate that is not many times those of its kind, however it comes to it', async () => {
    const { openCase, as, owner } = service
    const { case_id } = await openCase()
    // the middle of 60, 80, 100 and 400 € an hour: a rate of 90 €
    for (const rate_cents of [6000, 8000, 10_000, 40_000]) await service.offer({ service_kind: 's30', unit: 'hour', rate_cents })
    const away = { case_id, away: true, service_kind: 's30', rate_cents: 90_000, first_day: '2026-01-01', last_day: '2026-06-01', units_per_week: 2 } // prettier-ignore
    const refused = {
      status: 422,
      body: {
        code: 'rate_unusual',
        details: [
          {
            field: 'rate_cents',
            message:
              'Höchstens 900,00\u00a0€ je Fachleistungsstunde, das 10-Fache des mittleren Entgelts dieser Hilfeart. Bitte den Betrag prüfen.',
          },
        ],
      },
    }
    expect(await as('fall.vg')('POST', '/service/bookings', { ...away, rate_cents: 90_001 })).toMatchObject(refused)
    expect((await as('fall.vg')('POST', '/service/bookings', { ...away, rate_cents: 0 })).body).toMatchObject({
      status: 422,
      code: 'rate_zero',
    })
    const booked = await as('fall.vg')('POST', '/service/bookings', away)
    expect(booked.status).toBe(201)
    const step = (name: string, given: object) => as('fall.vg')('POST', `/service/bookings/${booked.body['id']}/${name}`, given)
    expect(await step('change', { note: 'wie besprochen', first_day: '2026-03-01', rate: 'other', rate_cents: 95_000 })).toMatchObject(
      refused,
    )
    expect(await step('prolong', { note: 'wie besprochen', last_day: '2026-08-01', rate_cents: 95_000 })).toMatchObject(refused)
    // the bound is a dated parameter
    await owner.query(`insert into parameter values ('rate_times_median', '2026-03-10', 20)`)
    expect((await step('change', { note: 'wie besprochen', first_day: '2026-03-01', rate: 'other', rate_cents: 95_000 })).status).toBe(200)
    await owner.query(`delete from parameter where name = 'rate_times_median' and valid_from = '2026-03-10'`)
    // of a kind without offers nothing is known
    expect((await as('fall.vg')('POST', '/service/bookings', { ...away, service_kind: 's35a_ambulant', rate_cents: 95_000 })).status).toBe(
      201,
    )
  })
})

describe('the course of a booking', () => {
  const prepare = async () => {
    const offer_id = await service.offer({
      rates: [
        ['2025-01-01', '2026-06-30', 7600],
        ['2026-07-01', null, 8000],
      ],
    })
    const { case_id } = await service.openCase()
    const { body } = await service.book('fall.vg', { case_id, offer_id })
    const step = (name: string, request?: object) => service.as('fall.vg')('POST', `/service/bookings/${body.id}/${name}`, request)
    return { id: body.id, case_id, offer_id, step }
  }

  test('ends it with a reason, on its plan or before', async () => {
    const { step } = await prepare()
    expect(await step('end', { last_day: '2026-07-02', end_reason: 10 })).toMatchObject({
      status: 422,
      body: { code: 'booking_end_after_plan' },
    })
    expect(await step('end', { last_day: '2025-12-31', end_reason: 10 })).toMatchObject({ status: 422, body: { code: 'booking_period' } })
    expect(await step('end', { last_day: '2026-03-01', end_reason: 23 })).toMatchObject({
      status: 400,
      body: { details: [{ field: 'end_reason' }] },
    })
    expect(await step('end', { last_day: '2026-03-01', end_reason: 20 })).toMatchObject({
      status: 200,
      body: { last_day: '2026-03-01', end_reason: 20, planned_units: 59, agreed_days: 181, agreed_cents: 181 * 7600 },
    })
    expect(await step('end', { last_day: '2026-03-01', end_reason: 20 })).toMatchObject({ status: 409, body: { code: 'booking_ended' } })
    expect(await step('prolong', { note: 'wie besprochen', last_day: '2026-09-01' })).toMatchObject({
      status: 409,
      body: { code: 'booking_ended' },
    })
    expect(await step('cancel', { note: 'wie besprochen' })).toMatchObject({ status: 409, body: { code: 'booking_ended' } })
  })

  test('prolongs it at the rate then valid, as a dated step', async () => {
    const { step } = await prepare()
    expect(await step('prolong', { note: 'wie besprochen', last_day: '2026-07-01' })).toMatchObject({
      status: 422,
      body: { code: 'booking_prolonged_back' },
    })
    expect(await step('prolong', { note: 'wie besprochen', last_day: '2026-08-01', rate_cents: 1 })).toMatchObject({
      status: 422,
      body: { code: 'booking_rate_given' },
    })
    expect(await step('prolong', { note: 'wie besprochen', last_day: '2026-08-01' })).toMatchObject({
      status: 200,
      body: {
        last_day: '2026-08-01',
        rate_from: ['2026-01-01', '2026-07-01'],
        rate_cents: [7600, 8000],
        units_per_week: [7, 7],
        planned_units: 212,
        planned_cents: 181 * 7600 + 31 * 8000,
        agreed_days: 181,
      },
    })
    expect((await step('prolong', { note: 'wie besprochen', last_day: '2026-08-15', units_per_week: 5 })).body).toMatchObject({
      units_per_week: [7, 7, 5],
      planned_units: 222,
    })
  })

  test('keeps an expired rate when none follows (§ 78d SGB VIII)', async () => {
    const offer_id = await service.offer({ rates: [['2025-01-01', '2026-06-30', 7600]] })
    const { case_id } = await service.openCase()
    const { body } = await service.book('fall.vg', { case_id, offer_id })
    const longer = await service.as('fall.vg')('POST', `/service/bookings/${body.id}/prolong`, {
      note: 'wie besprochen',
      last_day: '2026-08-01',
    })
    expect(longer.body).toMatchObject({ rate_from: ['2026-01-01'], rate_cents: [7600], planned_units: 212 })
  })

  test('cancels what did not take place, once', async () => {
    const { step } = await prepare()
    expect(await step('cancel', { note: 'wie besprochen' })).toMatchObject({ status: 200, body: { cancelled: true, end_reason: null } })
    expect(await step('cancel', { note: 'wie besprochen' })).toMatchObject({ status: 409, body: { code: 'booking_cancelled' } })
    expect(await step('end', { last_day: '2026-03-01', end_reason: 10 })).toMatchObject({
      status: 409,
      body: { code: 'booking_cancelled' },
    })
  })

  test('shows a planned end passed without a record as overdue', async () => {
    const { id } = await prepare()
    const before = service.clock.now
    service.clock.now = new Date('2026-07-01T21:59:00Z')
    expect((await service.as('fall2.vg')('GET', `/service/bookings/${id}`)).body['overdue']).toBe(false)
    service.clock.now = new Date('2026-07-01T22:00:00Z')
    service.clearSessions()
    expect((await service.as('fall2.vg')('GET', `/service/bookings/${id}`)).body['overdue']).toBe(true)
    service.clock.now = before
    service.clearSessions()
  })

  test('never changes what it began with, not even by SQL', async () => {
    const { id } = await prepare()
    for (const change of [
      `first_day = first_day + 1, rate_from = array[first_day + 1]`,
      `case_key = gen_random_uuid()`,
      `youth_authority_id = '${HRO}'`,
      `facility_id = null, offer_id = null, facility_authority_id = null, away = true`,
      `agreed_cents = 1`,
      `service_kind = 's31'`,
    ]) {
      await expect(service.owner.query(`update booking set ${change} where id = $1`, [id])).rejects.toThrow(/stay/)
    }
  })
})

describe('the list of bookings', () => {
  test('pages through every booking once, latest begin first', async () => {
    const { as, offer, openCase, book } = service
    const offer_id = await offer({ capacity: 50 })
    const { case_id } = await openCase()
    const days = ['2026-01-05', '2026-01-05', '2026-01-07', '2026-01-01', '2026-01-09']
    const made = await Promise.all(days.map((first_day) => book('fall.vg', { case_id, offer_id, first_day, last_day: '2026-02-01' })))
    const seen: Listed['items'] = []
    const next = async (cursor: string | null): Promise<void> => {
      const path = `/service/bookings?case_id=${case_id}&limit=2${cursor === null ? '' : `&cursor=${cursor}`}`
      const { items, next_cursor } = (await as('fall.vg')<Listed>('GET', path)).body
      expect(items.length).toBeLessThanOrEqual(2)
      seen.push(...items)
      if (next_cursor !== null) await next(next_cursor)
    }
    await next(null)
    expect(seen.map((row) => row.first_day)).toEqual([...days].sort().reverse())
    expect(new Set(seen.map((row) => row.id))).toEqual(new Set(made.map(({ body }) => body.id)))
  })

  test('refuses a cursor that is none', async () => {
    for (const cursor of [
      'x',
      Buffer.from('["2026-01-01"]').toString('base64url'),
      Buffer.from('["1; drop table booking","x"]').toString('base64url'),
    ]) {
      expect(await service.as('fall.vg')('GET', `/service/bookings?cursor=${cursor}`)).toMatchObject({
        status: 400,
        body: { code: 'cursor_invalid' },
      })
    }
  })
})

describe('a repeated request', () => {
  const key = { 'idempotency-key': 'b7e2c1d0-booking' }

  test('with the same key answers as the first time and books once', async () => {
    const { as, offer, openCase, one } = service
    const offer_id = await offer({ capacity: 20 })
    const { case_id } = await openCase()
    const request = { case_id, offer_id, first_day: '2026-01-01', last_day: '2026-02-01' }
    const replies = await Promise.all(Array.from({ length: 8 }, () => as('fall.vg')('POST', '/service/bookings', request, key)))
    expect(new Set(replies.map((reply) => reply.status))).toEqual(new Set([201]))
    expect(new Set(replies.map((reply) => reply.headers.get('location'))).size).toBe(1)
    for (const { body } of replies) expect(body).toEqual(replies[0]!.body)
    expect(await one('select count(*) from booking where offer_id = $1', [offer_id])).toEqual({ count: 1 })
    const other = await as('fall.vg')('POST', '/service/bookings', { ...request, last_day: '2026-02-02' }, key)
    expect(other).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused', details: [{ field: 'Idempotency-Key' }] } })
    // keys belong to who used them
    const { case_id: own } = await openCase('fall.hro')
    expect((await as('fall.hro')('POST', '/service/bookings', { ...request, case_id: own }, key)).status).toBe(201)
  })

  test('after a refusal may be tried again with the same key', async () => {
    const { as, offer, openCase, one } = service
    const offer_id = await offer({ capacity: 0 })
    const { case_id } = await openCase()
    const attempt = () =>
      as('fall.vg')(
        'POST',
        '/service/bookings',
        { case_id, offer_id, first_day: '2026-01-01', last_day: '2026-02-01' },
        { 'idempotency-key': 'try-again-1' },
      )
    expect(await attempt()).toMatchObject({ status: 409, body: { code: 'booking_offer_full' } })
    await one('update offer set capacity = 1 where id = $1 returning id', [offer_id])
    expect((await attempt()).status).toBe(201)
  })

  test('is refused with a key that is none', async () => {
    expect(await service.as('fall.vg')('POST', '/service/clients', {}, { 'idempotency-key': 'short' })).toMatchObject({ status: 400 })
    const client = { given_name: 'A', family_name: 'B', birth_date: '2015-01-01', sex: 'd' }
    expect(await service.as('fall.vg')('POST', '/service/clients', client, { 'idempotency-key': 'short' })).toMatchObject({
      status: 400,
      body: { code: 'idempotency_key_invalid' },
    })
  })
})
