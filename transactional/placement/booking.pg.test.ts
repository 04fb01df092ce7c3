import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startService, VG, type Service } from '../service.fixture.ts'

let service: Service
beforeAll(async () => void (service = await startService()))
afterAll(() => service.stop())

describe('booking', () => {
  test('is made from an offer and carries what is true at its beginning', async () => {
    const { as, offer, openCase, book } = service
    const offer_id = await offer({ specialisations: ['autismus_spektrum'] })
    const { case_id } = await openCase()
    const booked = await book('fall.vg', {
      case_id,
      offer_id,
      first_day: '2026-06-01',
      last_day: '2026-11-30',
      specialisations: ['autismus_spektrum'],
    })
    expect(booked.status).toBe(201)
    expect(booked.headers.get('location')).toBe(`/service/bookings/${booked.body.id}`)
    expect(booked.body).toMatchObject({
      case_id,
      offer_id,
      youth_authority_id: VG,
      facility_authority_id: VG,
      provider_id: service.providers[0]!.id,
      service_kind: 's34',
      specialisations: ['autismus_spektrum'],
      away: false,
      unit: 'day',
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
    expect((await as('fall.vg')('GET', `/service/bookings/${booked.body.id}`)).body).toEqual(booked.body)
  })
})
