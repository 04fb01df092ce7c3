// Where facilities stand: the shapes of the districts around them, a dot each, and the place distances are told from.
import * as Plot from '@observablehq/plot'
import type { DistrictShape } from './districts.ts'
import { extentOf, type Frame, pixelOf, type Place, pointsOf } from './facility-frame.ts'
import { asImage } from './image.ts'
import { pickable } from './pickable.ts'

export type FacilityDot = { id: string; latitude: number; longitude: number; free: boolean }
export type FacilityMapOptions = {
  frame: Frame
  shapes: DistrictShape[]
  chosen: string | undefined
  point: Place | undefined
  /** Around the point; undefined: no circle. */
  kilometres: number | undefined
  title: string
}

const kilometresPerDegree = 111.2

/** As d3 wants it: lines and points pass through, moved. */
const projectionOf = (frame: Frame) => ({
  stream: (sink: Record<string, (...args: number[]) => void>) => ({
    point: (longitude: number, latitude: number) => sink['point']!(...pixelOf(frame, longitude, latitude)),
    lineStart: () => sink['lineStart']!(),
    lineEnd: () => sink['lineEnd']!(),
    polygonStart: () => sink['polygonStart']!(),
    polygonEnd: () => sink['polygonEnd']!(),
    sphere: () => undefined,
  }),
})

const step = 9
/** Those at the same place stand around it, so that each can be pointed at. */
const spread = (dots: FacilityDot[], { across, down }: Frame): FacilityDot[] => {
  const before = new Map<string, number>()
  return dots.map((dot) => {
    const key = `${dot.latitude} ${dot.longitude}`
    const at = before.get(key) ?? 0
    before.set(key, at + 1)
    const [angle, far] = [at * 2.4, step * Math.sqrt(at)]
    return {
      ...dot,
      longitude: dot.longitude + (Math.cos(angle) * far) / across,
      latitude: dot.latitude + (Math.sin(angle) * far) / down,
    }
  })
}

const circleAround = ([latitude, longitude]: Place, kilometres: number) => {
  const [down, across] = [kilometres / kilometresPerDegree, kilometres / kilometresPerDegree / Math.cos((latitude * Math.PI) / 180)]
  const ring = Array.from({ length: 73 }, (_, at) => {
    const angle = (at / 72) * 2 * Math.PI
    return [longitude + across * Math.cos(angle), latitude + down * Math.sin(angle)]
  })
  return { type: 'LineString', coordinates: ring } as GeoJSON.LineString
}

const inFrame = ({ width, height, west, north, across, down }: Frame) => {
  const [east, south] = [west + width / across, north - height / down]
  return (shape: DistrictShape) => {
    const extent = extentOf(pointsOf(shape))
    return extent.west < east && extent.east > west && extent.south < north && extent.north > south
  }
}

export const facilityMap = (
  dots: FacilityDot[],
  { frame, shapes, chosen, point, kilometres, title }: FacilityMapOptions,
): SVGSVGElement => {
  // what is chosen is drawn over all others
  const drawn = spread(dots, frame).toSorted((a, b) => Number(a.id === chosen) - Number(b.id === chosen))
  const place = point && { latitude: point[0], longitude: point[1] }
  const dot = (rows: FacilityDot[], marked: boolean) =>
    Plot.dot(rows, {
      x: 'longitude',
      y: 'latitude',
      r: marked ? 7 : 5,
      fill: (row: FacilityDot) => (row.free ? 'var(--sj-data-focus)' : 'var(--sj-paper)'),
      stroke: (row: FacilityDot) => (marked ? 'var(--sj-ink)' : row.free ? 'var(--sj-paper)' : 'var(--sj-data-focus)'),
      strokeWidth: marked ? 2.5 : 1.5,
      ...pickable(rows),
    })
  const svg = Plot.plot({
    width: frame.width,
    height: frame.height,
    margin: 0,
    // districts beside the frame reach beyond it
    style: { fontSize: '12px', background: 'none', overflow: 'hidden' },
    projection: projectionOf(frame) as unknown as Plot.ProjectionFactory,
    marks: [
      Plot.geo(shapes.filter(inFrame(frame)), { fill: 'var(--sj-data-band)', stroke: 'var(--sj-paper)', strokeWidth: 1.5 }),
      place && kilometres !== undefined
        ? Plot.geo(circleAround(point, kilometres), { stroke: 'var(--sj-ink)', strokeWidth: 1.25, strokeDasharray: '5 4' })
        : null,
      dot(
        drawn.filter(({ id }) => id !== chosen),
        false,
      ),
      dot(
        drawn.filter(({ id }) => id === chosen),
        true,
      ),
      place ? Plot.dot([place], { x: 'longitude', y: 'latitude', symbol: 'times', r: 7, stroke: 'var(--sj-ink)', strokeWidth: 3 }) : null,
    ],
  })
  return asImage(svg as SVGSVGElement, title)
}
