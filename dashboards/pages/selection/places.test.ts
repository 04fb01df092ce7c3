import { expect, test } from 'vitest'
import type { DistrictShape } from '../../charts/districts.ts'
import { districtPlaces, facilityPlaces, knownPoint, placeText, readPlace } from './places.ts'

const places = [
  { name: 'Rostock', latitude: 54.1499, longitude: 12.1001 },
  { name: 'Landkreis Rostock', latitude: 53.9, longitude: 12.2 },
]

test('a place is read from numbers or a name, never more closely than a kilometre', () => {
  expect(readPlace('54,0917 12,1347', places)).toBe('54.09_12.13')
  expect(readPlace('54.09° N, 12.13° O'.replace(',', ' '), places)).toBe('54.09_12.13')
  expect(readPlace(' rostock', places)).toBe('54.15_12.10')
  expect(readPlace('Landkreis R', places)).toBe('53.90_12.20')
  expect([readPlace('48,85 2,35', places), readPlace('R', places), readPlace('Nirgendwo', places)]).toEqual([
    undefined,
    undefined,
    undefined,
  ])
  expect([knownPoint('54.09_12.13'), knownPoint('54.0917_12.13'), knownPoint(undefined)]).toEqual(['54.09_12.13', undefined, undefined])
})

test('facilities are named with their town, and only where they are known to stand', () => {
  const at = (facility_name: string, town: string | null, latitude: number | null) => ({ facility_name, town, latitude, longitude: 13.5 })
  const facilities = [at('Haus A', 'Anklam', 53.85), at('Haus C', null, 54), at('Haus D', 'Wolgast', null)]
  expect(facilityPlaces(facilities).map(({ name, latitude }) => [name, latitude])).toEqual([
    ['Haus A, Anklam', 53.85],
    ['Haus C', 54],
  ])
})

test('a postcode is found with or without its town', () => {
  const known = [{ name: '17489 Greifswald', latitude: 54.1, longitude: 13.38 }]
  expect(['17489', '17489 Greifswald', '17490'].map((text) => readPlace(text, known))).toEqual(['54.10_13.38', '54.10_13.38', undefined])
})

test('a place reads as it was chosen', () => {
  expect(placeText('54.15_12.10', places)).toBe('Rostock')
  expect(placeText('54.00_12.00', places)).toBe('54,00° N, 12,00° O')
})

test('a district is at the middle of its largest part', () => {
  const square = (x: number, y: number, size: number) => [
    [
      [x, y],
      [x + size, y],
      [x + size, y + size],
      [x, y + size],
      [x, y],
    ],
  ]
  const geometry = { type: 'MultiPolygon', coordinates: [square(8, 50, 0.1), square(10, 52, 2)] }
  const [middle] = districtPlaces([{ geometry, properties: { ags: '13075', name: 'Kreis' } } as unknown as DistrictShape])
  expect(middle).toMatchObject({ name: 'Kreis' })
  expect([middle!.latitude, middle!.longitude].map((degree) => Math.round(degree * 100) / 100)).toEqual([53, 11])
})
