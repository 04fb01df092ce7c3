// Places distances are told from: read as typed, or by the name of a district, town or facility. No place is told more closely than a
// kilometre, so that no address enters an address line.
import type { DistrictShape } from '../../charts/districts.ts'
import { numberText } from '../../format.ts'

export type NamedPlace = { name: string; latitude: number; longitude: number }

/** As requests and addresses write it: `54.09_12.13`. */
export const pointOf = (latitude: number, longitude: number): string => `${latitude.toFixed(2)}_${longitude.toFixed(2)}`
const isPoint = (text: string) => /^(4[7-9]|5[0-5])\.\d\d_([5-9]|1[0-5])\.\d\d$/.test(text)
export const knownPoint = (text: string | undefined): string | undefined => (text !== undefined && isPoint(text) ? text : undefined)
export const placeOf = (point: string): [latitude: number, longitude: number] => point.split('_').map(Number) as [number, number]

type Ring = [number, number][]
const centroid = (ring: Ring): { area: number; x: number; y: number } => {
  let [area, x, y] = [0, 0, 0]
  for (const [at, [x1, y1]] of ring.entries()) {
    const [x2, y2] = ring[(at + 1) % ring.length]!
    const cross = x1 * y2 - x2 * y1
    area += cross
    x += (x1 + x2) * cross
    y += (y1 + y2) * cross
  }
  return { area: Math.abs(area), x: x / (3 * area), y: y / (3 * area) }
}

/** Districts by name, each at the middle of its largest part. */
export const districtPlaces = (shapes: DistrictShape[]): NamedPlace[] =>
  shapes.map(({ geometry, properties: { name } }) => {
    const parts = (geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates).map(([outer]) => centroid(outer as Ring))
    const { x, y } = parts.toSorted((a, b) => b.area - a.area)[0]!
    return { name, latitude: y, longitude: x }
  })

type Placed = { facility_name: string; town: string | null; latitude: number | null; longitude: number | null }

/** Facilities by name; their towns are known from all facilities of the portal. */
export const facilityPlaces = (facilities: Placed[]): NamedPlace[] =>
  facilities.flatMap(({ facility_name, town, latitude, longitude }) =>
    latitude === null || longitude === null
      ? []
      : [{ name: town === null ? facility_name : `${facility_name}, ${town}`, latitude, longitude }],
  )

const plain = (text: string) => text.trim().toLocaleLowerCase('de')

/** Two numbers, north first (`54,09 12,13`), or a name; undefined for what is neither. */
export const readPlace = (text: string, places: NamedPlace[]): string | undefined => {
  const numbers = /^(\d{2}(?:[.,]\d+)?)°?\s*N?[\s;/]+(\d{1,2}(?:[.,]\d+)?)°?\s*O?$/i.exec(text.trim())
  if (numbers) return knownPoint(pointOf(Number(numbers[1]!.replace(',', '.')), Number(numbers[2]!.replace(',', '.'))))
  const sought = plain(text)
  if (sought.length < 2) return undefined
  const found = places.find(({ name }) => plain(name) === sought) ?? places.find(({ name }) => plain(name).startsWith(sought))
  return found && knownPoint(pointOf(found.latitude, found.longitude))
}

/** The name of a place that was chosen by it, else the point itself. */
export const placeText = (point: string, places: NamedPlace[]): string => {
  const named = places.find(({ latitude, longitude }) => pointOf(latitude, longitude) === point)
  const [latitude, longitude] = placeOf(point)
  return named?.name ?? `${numberText(latitude, 2)}° N, ${numberText(longitude, 2)}° O`
}
