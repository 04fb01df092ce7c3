// What a map of facilities covers, and back from a pixel to a place.
import type { DistrictShape } from './districts.ts'

export type Place = readonly [latitude: number, longitude: number]

/** Degrees become pixels evenly: over a state or two nobody sees that the earth is round. */
export type Frame = { width: number; height: number; west: number; north: number; across: number; down: number }

const tallest = 460
const margin = 12

type Extent = { west: number; east: number; south: number; north: number }
export const extentOf = (points: readonly (readonly number[])[]): Extent => ({
  west: Math.min(...points.map(([x]) => x!)),
  east: Math.max(...points.map(([x]) => x!)),
  south: Math.min(...points.map(([, y]) => y!)),
  north: Math.max(...points.map(([, y]) => y!)),
})
export const pointsOf = ({ geometry }: DistrictShape) =>
  (geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates).flat(2) as [number, number][]

/** A drawing of this width in which all of the focus has room. */
export const frameOf = (focus: DistrictShape[], width: number): Frame => {
  const extents = focus.map((shape) => extentOf(pointsOf(shape)))
  const [west, east] = [Math.min(...extents.map(({ west }) => west)), Math.max(...extents.map(({ east }) => east))]
  const [south, north] = [Math.min(...extents.map(({ south }) => south)), Math.max(...extents.map(({ north }) => north))]
  const narrowing = Math.cos((((south + north) / 2) * Math.PI) / 180)
  const down = Math.min((width - 2 * margin) / ((east - west) * narrowing), (tallest - 2 * margin) / (north - south))
  const across = down * narrowing
  const aside = (width - (east - west) * across) / 2
  return {
    width,
    height: Math.round((north - south) * down + 2 * margin),
    west: west - aside / across,
    north: north + margin / down,
    across,
    down,
  }
}

export const pixelOf = ({ west, north, across, down }: Frame, longitude: number, latitude: number): [number, number] => [
  (longitude - west) * across,
  (north - latitude) * down,
]

/** The place a pixel of the drawing stands for. */
export const placeAt = ({ west, north, across, down }: Frame, x: number, y: number): Place => [north - y / down, west + x / across]
