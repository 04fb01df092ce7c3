// What waits for a provider, without its element.
import type { OwnFacility, OwnOffer, Reservation } from '../../client.ts'

/** Those that can still be answered, the one that expires first on top. */
export const openRequests = (requests: Reservation[]): Reservation[] =>
  requests.filter(({ possible }) => possible.length > 0).toSorted((a, b) => a.held_until.localeCompare(b.held_until))

export type Places = { free_places: number; capacity: number; taken_share: number | null }
export type FacilityPlaces = Places & { id: string; name: string }

export const sumOf = (offers: Pick<OwnOffer, 'free_places' | 'capacity'>[]): Places => {
  const free_places = offers.reduce((sum, offer) => sum + offer.free_places, 0)
  const capacity = offers.reduce((sum, offer) => sum + offer.capacity, 0)
  return { free_places, capacity, taken_share: capacity === 0 ? null : (capacity - free_places) / capacity }
}

/** The places of each facility that has an offer. */
export const placesOf = (offers: OwnOffer[], facilities: Pick<OwnFacility, 'id' | 'name'>[]): FacilityPlaces[] =>
  facilities.flatMap(({ id, name }) => {
    const own = offers.filter(({ facility_id }) => facility_id === id)
    return own.length === 0 ? [] : [{ id, name, ...sumOf(own) }]
  })
