// Where offers are looked for, as a request writes it: `de`, a federal state (`MV`), an authority (`13075`), an authority and its neighbours
// (`13075_neighbours`), or so many kilometres around a point (`around_54.09_12.13_30`).
import { z } from 'zod'

/** Latitude and longitude of a place in Germany to two decimals, about a kilometre: no address can be told from it. */
const point = String.raw`(?:4[7-9]|5[0-5])\.\d\d_(?:[5-9]|1[0-5])\.\d\d`
const shape = new RegExp(String.raw`^(?:[A-Z]{2}|de|\d{5}(?:\d{3})?(?:_neighbours)?|around_${point}_[1-9]\d{0,2})$`)

export const Area = z.string().regex(shape, 'ist kein Gebiet.')
export const PointInput = z.string().regex(new RegExp(`^${point}$`), 'ist kein Ort in Deutschland.')

export type Point = readonly [latitude: number, longitude: number]
export const pointOf = (text: string): Point => text.split('_').map(Number) as [number, number]

export type AreaParts = { state?: string; authority?: string; neighbours?: boolean; around?: { point: Point; kilometres: number } }

/** Nothing of it: all of Germany. */
export const areaOf = (area: string): AreaParts => {
  if (area === 'de') return {}
  const [first, latitude, longitude, kilometres] = area.split('_')
  if (first === 'around') return { around: { point: [Number(latitude), Number(longitude)], kilometres: Number(kilometres) } }
  if (/^\d/.test(area)) return { authority: first!, neighbours: area.endsWith('_neighbours') }
  return { state: area }
}
