import { expect, test } from 'vitest'
import type { OwnOffer, Reservation } from '../../client.ts'
import { openRequests, placesOf } from './provider-matters-lines.ts'

test('requests that can be answered stand by their expiry, the first on top', () => {
  const requests = [
    { id: 'later', held_until: '2026-03-19T09:00:00Z', possible: ['consented', 'declined'] },
    { id: 'over', held_until: '2026-03-01T09:00:00Z', possible: [] },
    { id: 'sooner', held_until: '2026-03-12T09:00:00Z', possible: ['consented', 'declined'] },
  ] as unknown as Reservation[]
  expect(openRequests(requests).map(({ id }) => id)).toEqual(['sooner', 'later'])
})

test('places are summed by facility, with the share that is taken; without an offer a facility has no line', () => {
  const offer = (facility_id: string, capacity: number, free_places: number) => ({ facility_id, capacity, free_places }) as OwnOffer
  const facilities = [
    { id: 'a', name: 'Haus am See' },
    { id: 'b', name: 'Haus am Wald' },
    { id: 'c', name: 'Haus im Bau' },
    { id: 'd', name: 'Verwaltung' },
  ]
  expect(placesOf([offer('b', 8, 2), offer('a', 4, 1), offer('c', 0, 0), offer('a', 12, 3)], facilities)).toEqual([
    { id: 'a', name: 'Haus am See', capacity: 16, free_places: 4, taken_share: 0.75 },
    { id: 'b', name: 'Haus am Wald', capacity: 8, free_places: 2, taken_share: 0.75 },
    { id: 'c', name: 'Haus im Bau', capacity: 0, free_places: 0, taken_share: null },
  ])
})
