import { afterAll, beforeAll, expect, test } from 'vitest'
import { startService, type Service } from '../service.fixture.ts'
import type { OfferDossier } from './dossier.routes.ts'
import type { ReservationWithSteps } from './reservation.routes.ts'

let service: Service
beforeAll(async () => {
  service = await startService()
})
afterAll(() => service.stop())

const period = { first_day: '2026-04-01', last_day: '2026-07-01' }
const ask = (offer_id: string, more: Record<string, string> = {}, user = 'fall.vg') =>
  service.as(user)<OfferDossier>('GET', `/service/offers/${offer_id}/dossier?${new URLSearchParams({ ...period, ...more })}`)

test('facility, provider, papers and the pocket money of the young person, by the table of the state', async () => {
  const offer_id = await service.offer()
  const { facilities, id } = service.providers[0]!
  await service.insert('facility_contact', { facility_id: facilities[0], telephone: '030 23125 001', town: 'Anklam' })
  await service.insert('facility_dossier', { facility_id: facilities[0], operating_licence_on: '2019-05-01', operating_days_week: 5 })
  const { case_id } = await service.openCase('fall.vg', { birth_date: '2012-05-04' })
  const without = (await ask(offer_id, { case_id })).body
  expect(without).toMatchObject({
    provider: { id, name: 'Träger 1', contact: null },
    facility: {
      name: 'Haus am See 1',
      contact: { telephone: '030 23125 001', town: 'Anklam', email: null },
      operating_licence_on: '2019-05-01',
      agreement_on: null,
      operating_days_week: 5,
      operating_days_year: 365,
    },
    has_pocket_money: true,
    pocket_money: null,
  })
  await service.insert('pocket_money', {
    federal_state: 'MV',
    valid_from: '2026-01-01',
    age_from: 12,
    age_to: 13,
    amount_cents: 4900,
    source: 'Erlass',
  })
  await service.insert('pocket_money', {
    federal_state: 'MV',
    valid_from: '2026-01-01',
    age_from: 14,
    age_to: 15,
    amount_cents: 7100,
    source: 'Erlass',
  })
  // fourteen from 4 May on: April and May at 49 €, June at 71 €
  expect((await ask(offer_id, { case_id })).body.pocket_money).toEqual({
    monthly_cents: 4900,
    total_cents: 2 * 4900 + 7100,
    valid_from: '2026-01-01',
    source: 'Erlass',
  })
  // what was shown stays with the reservation and the booking, whatever the table says later; the provider reads none of it
  const reserved = await service.as('fall.vg')<ReservationWithSteps>('POST', '/service/reservations', { case_id, offer_id, ...period })
  await service.owner.query('update pocket_money set amount_cents = 1')
  const shown = { monthly_cents: 4900, total_cents: 2 * 4900 + 7100, valid_from: '2026-01-01', source: 'Erlass' }
  const step = (user: string, name: string) => service.as(user)<ReservationWithSteps>('POST', `/service/reservations/${reserved.body.id}/${name}`, {}) // prettier-ignore
  await step('fall.vg', 'request-consent')
  expect((await step('anbieter.1', 'consent')).body.pocket_money).toBeNull()
  const { body } = await step('fall.vg', 'book')
  expect(body.pocket_money).toEqual(shown)
  const booked = await service.as('fall.vg')<{ pocket_money: object }>('GET', `/service/bookings/${body.booking_id}`)
  expect(booked.body.pocket_money).toEqual(shown)
  expect((await ask(offer_id)).body.pocket_money).toBeNull()
  // a foreign case tells nothing of its person
  const foreign = await service.openCase('fall.hro')
  expect((await ask(offer_id, { case_id: foreign.case_id })).body.pocket_money).toBeNull()
  expect((await ask(await service.offer({ service_kind: 's33' }), { case_id })).body).toMatchObject({
    has_pocket_money: false,
    pocket_money: null,
  })
})

test('what is not there, or none of the reader’s business', async () => {
  const offer_id = await service.offer()
  expect((await ask('018f0000-0000-7000-8000-000000000000')).status).toBe(404)
  expect((await ask(offer_id, {}, 'politik')).status).toBe(404)
  expect((await ask(offer_id, { last_day: '2026-03-01' })).body).toMatchObject({ details: [{ field: 'last_day' }] })
  const dossier = { facility_id: service.providers[0]!.facilities[1] }
  await expect(
    service.insert('pocket_money', {
      federal_state: 'MV',
      valid_from: '2025-01-01',
      age_from: 14,
      age_to: 12,
      amount_cents: 1,
      source: 'Erlass',
    }),
  ).rejects.toThrow('pocket_money_ages')
  await expect(service.insert('facility_dossier', { ...dossier, operating_days_week: 8 })).rejects.toThrow('operating_days_week')
})

test('an administrator sets the pocket money of the own state from a day on', async () => {
  const table = { valid_from: '2027-01-01', source: 'Erlass vom 01.12.2026', steps: [{ age_from: 4, age_to: 5, amount_cents: 950 }] }
  const set = (user: string, wanted: object) => service.as(user)('PUT', '/service/pocket-money', wanted)
  expect((await set('admin', table)).status).toBe(200)
  expect((await set('admin', { ...table, source: 'Erlass, berichtigt' })).status).toBe(200)
  const { items } = (await service.as('fall.vg')<{ items: object[] }>('GET', '/service/pocket-money')).body
  expect(items[0]).toEqual({ ...table, source: 'Erlass, berichtigt' })
  expect((await set('fall.vg', table)).status).toBe(404)
  const overlapping = { ...table, steps: [...table.steps, { age_from: 5, age_to: 6, amount_cents: 1 }] }
  expect((await set('admin', overlapping)).body).toMatchObject({ status: 400, details: [{ field: 'steps[1].age_from' }] })
})
