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
})
