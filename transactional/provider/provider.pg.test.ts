import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startService, VG, type Service } from '../service.fixture.ts'

let service: Service
beforeAll(async () => void (service = await startService()))
afterAll(() => service.stop())

type Dossier = {
  contact: object | null
  facilities: { name: string; latitude: number | null; offers: { id: string; rate_cents: number | null }[] }[]
}

describe('a provider', () => {
  test('is shown with contact, facilities, offers and the rates of today to everybody signed in', async () => {
    const { id, facilities } = service.providers[0]!
    await service.owner.query(`insert into provider_contact (provider_id, town, postcode) values ($1, 'Greifswald', '17489')`, [id])
    await service.owner.query('update facility set latitude = 54.09311, longitude = 13.38786 where id = $1', [facilities[0]])
    const offer_id = await service.offer({
      rates: [
        ['2025-01-01', '2025-12-31', 7000],
        ['2026-01-01', null, 7600],
      ],
    })
    const later = await service.offer({ rates: [['2026-03-11', null, 9900]] })
    const { status, body } = await service.as('politik')<Dossier>('GET', `/service/providers/${id}`)
    expect(status).toBe(200)
    expect(body).toMatchObject({
      id,
      name: 'Träger 1',
      contact: { town: 'Greifswald', postcode: '17489', email: null },
      facilities: [
        { name: 'Haus am See 1', youth_authority_id: VG, latitude: 54.09311, licensed_places: 100 },
        { name: 'Haus am Wald 1', offers: [] },
      ],
    })
    const offers = Object.fromEntries(body.facilities[0]!.offers.map((offer) => [offer.id, offer.rate_cents]))
    expect(offers).toEqual({ [offer_id]: 7600, [later]: null })
  })

  test('stands in the list by name', async () => {
    type Page = { items: { name: string }[]; next_cursor: string | null }
    const first = (await service.as('politik')<Page>('GET', '/service/providers?limit=1')).body
    expect(first.items.map((row) => row.name)).toEqual(['Träger 1'])
    const second = (await service.as('politik')<Page>('GET', `/service/providers?limit=1&cursor=${first.next_cursor}`)).body
    expect(second).toMatchObject({ items: [{ name: 'Träger 2' }], next_cursor: null })
  })

  test('that is none is not found', async () => {
    expect((await service.as('politik')('GET', '/service/providers/00000000-0000-4000-8000-000000000000')).status).toBe(404)
  })

  test('keeps places back, and nobody books them until it gives them back', async () => {
    const offer_id = await service.offer({ facility: 1, capacity: 2 })
    const { case_id } = await service.openCase('fall.vg')
    const asProvider = service.as('anbieter.1')
    type Offers = { items: { id: string; capacity: number; free_places: number; blocks: { id: string; places: number }[] }[] }
    const own = async () => (await asProvider<Offers>('GET', '/service/own-offers')).body.items.find(({ id }) => id === offer_id)!
    expect(await own()).toMatchObject({ capacity: 2, free_places: 2, blocks: [] })
    const block = { offer_id, places: 1, reason: 'blocked', first_day: '2026-03-10', last_day: null }
    const faulty: [object, string][] = [
      [{ ...block, places: 3 }, 'places'],
      [{ ...block, places: 0 }, 'places'],
      [{ ...block, reason: 'because' }, 'reason'],
      [{ ...block, first_day: '2026-03-09' }, 'first_day'],
      [{ ...block, last_day: '2026-03-01' }, 'last_day'],
    ]
    for (const [given, field] of faulty) {
      const refused = await asProvider<{ details: { field: string }[] }>('POST', '/service/place-blocks', given)
      expect([refused.status, refused.body.details.map((detail) => detail.field)]).toEqual([400, [field]])
    }
    expect((await service.as('anbieter.2')('POST', '/service/place-blocks', block)).status).toBe(404)
    expect((await service.as('fall.vg')('POST', '/service/place-blocks', block)).status).toBe(404)
    expect(await own()).toMatchObject({ free_places: 2, blocks: [] })

    expect((await asProvider('POST', '/service/place-blocks', block)).status).toBe(200)
    const [kept] = (await own()).blocks
    expect(await own()).toMatchObject({
      free_places: 1,
      blocks: [{ places: 1, reason: 'blocked', first_day: '2026-03-10', last_day: null }],
    })
    expect((await service.book('fall.vg', { case_id, offer_id })).status).toBe(201)
    expect(await service.book('fall.vg', { case_id, offer_id })).toMatchObject({ status: 409, body: { code: 'booking_offer_full' } })
    expect((await service.as('anbieter.2')('DELETE', `/service/place-blocks/${kept!.id}`)).status).toBe(404)
    expect((await asProvider('DELETE', `/service/place-blocks/${kept!.id}`)).status).toBe(204)
    expect((await service.book('fall.vg', { case_id, offer_id })).status).toBe(201)
    expect(await own()).toMatchObject({ blocks: [] })
  })

  test('its capacity is told to the figures from its first rate on, and anew from the day it changes', async () => {
    const offer_id = await service.offer({ capacity: 4, rates: [['2025-05-01', null, 7000]] })
    const told = async () =>
      (
        await service.owner.query(
          `select places, valid_from::text, valid_to::text, youth_authority_id from offer_capacity where offer_id = $1 order by valid_from`,
          [offer_id],
        )
      ).rows
    expect(await told()).toEqual([{ places: 4, valid_from: '2025-05-01', valid_to: null, youth_authority_id: VG }])
    await service.owner.query(
      `insert into offer_rate (offer_id, youth_authority_id, service_kind, unit, rate_cents, valid_from, valid_to)
       select offer_id, youth_authority_id, service_kind, unit, 6000, '2024-01-01', '2025-04-30' from offer_rate where offer_id = $1`,
      [offer_id],
    )
    const [{ today, yesterday }] = (
      await service.owner.query(`select current_day::text as today, (current_day - 1)::text as yesterday
        from (select (now() at time zone 'Europe/Berlin')::date as current_day)`)
    ).rows as [{ today: string; yesterday: string }]
    for (const places of [6, 5]) await service.owner.query('update offer set capacity = $2 where id = $1', [offer_id, places])
    expect(await told()).toEqual([
      { places: 4, valid_from: '2024-01-01', valid_to: yesterday, youth_authority_id: VG },
      { places: 5, valid_from: today, valid_to: null, youth_authority_id: VG },
    ])
  })
})
