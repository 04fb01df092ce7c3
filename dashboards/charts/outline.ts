// A drawn shape as rings of points, to find room for a label inside it.

export type Point = [number, number]
export type Ring = Point[]
export type Outline = {
  rings: Ring[]
  /** Of the largest ring. */
  extent: { x: number; y: number; width: number; height: number }
  /** The point of the largest ring's middle, moved inside where the middle is not. */
  centre: Point
}

const areaOf = (ring: Ring) =>
  Math.abs(
    ring.reduce((sum, [x, y], at) => {
      const [nextX, nextY] = ring[(at + 1) % ring.length]!
      return sum + x * nextY - nextX * y
    }, 0),
  ) / 2

const extentOf = (ring: Ring) => {
  const [xs, ys] = [ring.map(([x]) => x), ring.map(([, y]) => y)]
  const [x, y] = [Math.min(...xs), Math.min(...ys)]
  return { x, y, width: Math.max(...xs) - x, height: Math.max(...ys) - y }
}

/** By the even-odd rule, so that holes are outside. */
export const contains = ({ rings }: Pick<Outline, 'rings'>, [x, y]: Point): boolean => {
  let inside = false
  for (const ring of rings) {
    for (let at = 0, before = ring.length - 1; at < ring.length; before = at++) {
      const [[x1, y1], [x2, y2]] = [ring[at]!, ring[before]!]
      if (y1 > y !== y2 > y && x < ((x2 - x1) * (y - y1)) / (y2 - y1) + x1) inside = !inside
    }
  }
  return inside
}

const cells = 16
const samples = ({ x, y, width, height }: Outline['extent']): Point[] =>
  Array.from({ length: cells * cells }, (_, index): Point => [
    x + ((index % cells) + 0.5) * (width / cells),
    y + (Math.floor(index / cells) + 0.5) * (height / cells),
  ])

const distance = ([x, y]: Point, to: Point) => Math.hypot(x - to[0], y - to[1])

/** Of a path as a projection writes it: M, L and Z with absolute points. Undefined without an area. */
export const outlineOf = (path: string): Outline | undefined => {
  const rings = path
    .split('Z')
    .map((part) => [...part.matchAll(/[ML](-?[\d.e-]+),(-?[\d.e-]+)/g)].map(([, x, y]): Point => [Number(x), Number(y)]))
    .filter((ring) => ring.length > 2)
  const largest = rings.toSorted((a, b) => areaOf(b) - areaOf(a))[0]
  if (!largest) return undefined
  const extent = extentOf(largest)
  const middle: Point = [extent.x + extent.width / 2, extent.y + extent.height / 2]
  const inside = [middle, ...samples(extent)].filter((point) => contains({ rings }, point))
  const centre = inside.toSorted((a, b) => distance(a, middle) - distance(b, middle))[0] ?? middle
  return { rings, extent, centre }
}

/** A point around which a box lies wholly inside, the farther from the edge the better. */
export const farInside = ({ rings, extent }: Outline, box: { width: number; height: number }): Point | undefined => {
  if (extent.width < box.width || extent.height < box.height) return undefined
  const edge = (at: Point) => Math.min(...rings.flatMap((ring) => ring.map((point) => distance(at, point))))
  const around = ([x, y]: Point): Point[] =>
    [-0.5, 0, 0.5].flatMap((across) => [-0.5, 0, 0.5].map((down): Point => [x + across * box.width, y + down * box.height]))
  const fitting = samples(extent).filter((point) => around(point).every((corner) => contains({ rings }, corner)))
  return fitting.map((point) => ({ point, room: edge(point) })).toSorted((a, b) => b.room - a.room)[0]?.point
}
