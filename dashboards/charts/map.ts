// The districts of a state or of Germany, in classes of one hue: only for values that do not depend on a district's size.
import * as Plot from '@observablehq/plot'
import { type FigureFormat, labelText, shownStep } from '../format.ts'
import type { Canvas } from './canvas.ts'
import { classColours, isDark, quantileClasses } from './classes.ts'
import { type DistrictShape, stateOf } from './districts.ts'
import { asImage } from './image.ts'
import { type Box, overlap, type Placed, textWidth, within } from './label-places.ts'
import { labelsAt, type LabelStyle } from './labels.ts'
import { contains, farInside, type Outline, outlineOf, type Point } from './outline.ts'
import { pickable } from './pickable.ts'
import { svgElement } from './svg.ts'

/** `uncertain`: rests on few cases, stands in brackets. */
export type MapRow = { id: string; ags: string; region: string; value: number | null; sign: string | null; uncertain: boolean }
export type MapOptions = Canvas & {
  highlighted: string
  format: FigureFormat
  title: string
  shapes: DistrictShape[]
}

const phoneWidth = 560
/** More districts than this are named only where the name has room. */
const mostNamed = 20
/** Of more than this the few names with room would be picked by size alone: only the highlighted has its name. */
const mostLabelled = 120
const font = 12
const line = 14
const legendHeight = 52
const hatching = 'sj-hatching'

type District = { id: string; ags: string; shape: DistrictShape; row: MapRow | undefined; fill: string }

/** Shapes without an authority of their own take the key as id, so that they can be chosen as well. */
const districtsOf = (shapes: DistrictShape[], rows: MapRow[], fillOf: (row: MapRow | undefined) => string): District[] => {
  const byAgs = new Map(rows.map((row) => [row.ags, row]))
  return shapes.map((shape) => {
    const { ags } = shape.properties
    const row = byAgs.get(ags)
    return { id: row?.id ?? ags, ags, shape, row, fill: fillOf(row) }
  })
}

/** Width by height of the shapes as projected, near enough to choose the height of the drawing. */
const aspectOf = (shapes: DistrictShape[]) => {
  const points = shapes.flatMap(({ geometry }) => (geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates)).flat(2)
  const extent = (at: 0 | 1) =>
    points.reduce(([low, high], point) => [Math.min(low!, point[at]!), Math.max(high!, point[at]!)], [180, -180])
  const [[west, east], [south, north]] = [extent(0) as [number, number], extent(1) as [number, number]]
  return ((east - west) * Math.cos((((south + north) / 2) * Math.PI) / 180)) / (north - south)
}

export const mapChart = (rows: MapRow[], { width, document, highlighted, format, title, shapes }: MapOptions): SVGSVGElement => {
  const phone = width < phoneWidth
  const open = rows.flatMap(({ value }) => (value === null ? [] : [value]))
  const classes = quantileClasses(open, shownStep(format))
  const colours = classColours(classes.edges.length - 1)
  const fillOf = (row: MapRow | undefined) => {
    if (row?.value !== null && row !== undefined) return colours[classes.classOf(row.value)]!
    return row?.sign === '.' ? `url(#${hatching})` : 'var(--sj-paper)'
  }
  const drawn = districtsOf(shapes, rows, fillOf)
  // names stand outside of small towns: room for them at the sides
  const many = drawn.length > mostNamed
  const [side, above] = many ? [4, 4] : [phone ? 40 : 72, 28]
  const tallest = phone ? 420 : many ? 800 : 620
  const mapHeight = Math.round(Math.min(tallest, (width - 2 * side) / aspectOf(shapes)) + 2 * above)
  const marked = drawn.filter(({ id }) => id === highlighted).map(({ shape }) => shape)
  const svg = Plot.plot({
    document,
    width,
    height: mapHeight + legendHeight,
    marginTop: above,
    marginBottom: legendHeight + above,
    marginLeft: side,
    marginRight: side,
    style: { fontSize: '12px', background: 'none' },
    projection: {
      type: 'conic-conformal',
      rotate: [-10.5, 0],
      parallels: [48.67, 53.67],
      domain: { type: 'FeatureCollection', features: shapes },
    },
    marks: [
      hatchingPattern,
      ...byState(drawn).flatMap((ofState) => [many ? border(ofState) : null, areas(ofState, many ? 0.5 : 1)]),
      Plot.geo(marked, { stroke: 'var(--sj-paper)', strokeWidth: 4 }),
      Plot.geo(marked, { stroke: 'var(--sj-ink)', strokeWidth: 2 }),
      districtLabels(drawn, { format, highlighted, bounds: { x: 0, y: 0, width, height: mapHeight } }),
      legend({
        edges: classes.edges,
        // one value needs no limits
        colours: colours.length > 1 ? colours : [],
        format,
        y: mapHeight,
        width,
        signs: new Set(drawn.map(({ row }) => (row ? row.sign : '–'))),
      }),
    ],
  })
  return asImage(svg as SVGSVGElement, title)
}

const byState = (drawn: District[]) =>
  [...new Set(drawn.map(({ ags }) => stateOf(ags)))].map((state) => drawn.filter(({ ags }) => stateOf(ags) === state))

/** Under the areas of its state and over those of the states before: what remains is the line between them. */
const border = (ofState: District[]) => {
  const polygons = ofState.flatMap(({ shape: { geometry } }) =>
    geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates,
  )
  return Plot.geo({ type: 'MultiPolygon', coordinates: polygons } as GeoJSON.MultiPolygon, {
    stroke: 'var(--sj-data-context-text)',
    strokeWidth: 2.5,
  })
}

const areas = (ofState: District[], strokeWidth: number) =>
  Plot.geo(ofState, {
    geometry: (district: District) => district.shape,
    fill: 'fill',
    stroke: (district: District) => (isOpen(district) ? 'var(--sj-paper)' : 'var(--sj-data-context)'),
    strokeWidth,
    ...pickable(ofState),
  })

const isOpen = ({ row }: District) => row !== undefined && row.value !== null

const hatchingPattern: Plot.RenderFunction = (_index, _scales, _values, _dimensions, { document }) => {
  const stripe = svgElement(document, 'path', { d: 'M0,0V6', stroke: 'var(--sj-data-context-text)', 'stroke-width': 1.5 })
  const size = { width: 5, height: 6, patternUnits: 'userSpaceOnUse', patternTransform: 'rotate(45)' }
  return svgElement(document, 'defs', {}, svgElement(document, 'pattern', { id: hatching, ...size }, stripe))
}

type Labelling = { format: FigureFormat; highlighted: string; bounds: Box }
type Worded = { district: District; outline: Outline; lines: string[]; box: { width: number; height: number } }

/** Name and value inside a district with room for them; else, where districts are few, beside the land with a line to it. */
const districtLabels =
  (drawn: District[], { format, highlighted, bounds }: Labelling): Plot.RenderFunction =>
  (index, scales, values, dimensions, context) => {
    const path = context.path()
    const few = drawn.length <= mostNamed
    const isLabelled = ({ id }: District) => drawn.length <= mostLabelled || id === highlighted
    const outlines = drawn.map((district) => (isLabelled(district) ? outlineOf(path(district.shape) ?? '') : undefined))
    const worded = drawn.flatMap((district, at): Worded[] => {
      const outline = outlines[at]
      if (!district.row || !outline) return []
      const { region, value, sign, uncertain } = district.row
      const text = value === null ? (sign ?? '–') : uncertain ? `(${labelText(value, format)})` : labelText(value, format)
      const shown = sign === '.' ? [] : [text]
      const lines = few ? [region, ...shown] : [region]
      return [
        {
          district,
          outline,
          lines,
          box: { width: Math.max(...lines.map((text) => textWidth(text, font))) + 4, height: lines.length * line },
        },
      ]
    })
    const taken: Box[] = []
    const labels: Placed[] = []
    const leaders: SVGElement[] = []
    const write = ({ district, lines, box }: Worded, [x, y]: [number, number]) => {
      taken.push({ x: x - box.width / 2, y: y - box.height / 2, ...box })
      lines.forEach((text, row) => {
        labels.push({ id: district.id, text, anchor: 'middle', x, y: y + (row - (lines.length - 1) / 2) * line })
      })
    }
    const small: Worded[] = []
    for (const word of worded) {
      const spot = farInside(word.outline, word.box)
      const box = spot && { x: spot[0] - word.box.width / 2, y: spot[1] - word.box.height / 2, ...word.box }
      if (box && !taken.some((other) => overlap(other, box))) write(word, spot)
      else small.push(word)
    }
    const inside = new Set(labels.map(({ id }) => id))
    if (few) {
      for (const word of small) {
        const from = word.outline.centre
        const spot = besideLand(from, word.box, {
          outlines: outlines.filter((outline) => outline !== undefined),
          taken,
          bounds,
        })
        if (!spot) continue
        leaders.push(leader(context.document, from, spot, word.box))
        write(word, spot)
      }
    }
    const first = new Set<string>()
    const style = ({ id }: Placed): LabelStyle => {
      const isName = !first.has(id)
      first.add(id)
      const district = drawn.find((candidate) => candidate.id === id)!
      const fill = inside.has(id) && isDark(district.fill) ? 'var(--sj-paper)' : 'var(--sj-ink)'
      const halo = inside.has(id) && isOpen(district) ? district.fill : 'var(--sj-paper)'
      return { fill, halo, fontWeight: isName ? 600 : 400 }
    }
    const texts = labelsAt(labels, style, font)(index, scales, values, dimensions, context) as SVGElement
    return svgElement(context.document, 'g', { 'pointer-events': 'none' }, ...leaders, texts)
  }

type Land = { outlines: Outline[]; taken: Box[]; bounds: Box }
const reach = { from: 18, to: 150, step: 6 }
const directions = Array.from({ length: 32 }, (_, index) => (index / 32) * 2 * Math.PI)

/** The nearest place from which a label touches neither land nor another label. */
const besideLand = ([x, y]: [number, number], box: { width: number; height: number }, { outlines, taken, bounds }: Land) => {
  for (let distance = reach.from; distance <= reach.to; distance += reach.step) {
    for (const direction of directions) {
      const spot: Point = [x + Math.cos(direction) * distance, y + Math.sin(direction) * distance]
      const place = { x: spot[0] - box.width / 2, y: spot[1] - box.height / 2, ...box }
      const corners = [0, 0.5, 1].flatMap((across) =>
        [0, 0.5, 1].map((down): Point => [place.x + across * box.width, place.y + down * box.height]),
      )
      const free = within(place, bounds) && !taken.some((other) => overlap(other, place))
      const line = [0.2, 0.4, 0.6, 0.8].map((share): Point => [x + (spot[0] - x) * share, y + (spot[1] - y) * share])
      const crosses = line.some((point) => taken.some((other) => overlap(other, { x: point[0] - 1, y: point[1] - 1, width: 2, height: 2 })))
      if (free && !crosses && corners.every((corner) => outlines.every((outline) => !contains(outline, corner)))) return spot
    }
  }
  return undefined
}

/** From the town to the edge of its label. */
const leader = (
  document: Document,
  [x, y]: [number, number],
  [toX, toY]: [number, number],
  { width, height }: { width: number; height: number },
) => {
  const [dx, dy] = [x - toX, y - toY]
  const share = Math.min(1, Math.min(width / 2 / Math.abs(dx || 1e-9), height / 2 / Math.abs(dy || 1e-9)))
  const round = (value: number) => Math.round(value * 10) / 10
  const d = `M${round(x)},${round(y)}L${round(toX + dx * share)},${round(toY + dy * share)}`
  return svgElement(document, 'path', { d, stroke: 'var(--sj-ink)', 'stroke-width': 0.75, fill: 'none' })
}

type Legend = { edges: number[]; colours: string[]; format: FigureFormat; y: number; width: number; signs: Set<string | null> }
const swatchHeight = 10

/** One bar with the limits under it, then what has no colour. */
const legend =
  ({ edges, colours, format, y, width, signs }: Legend): Plot.RenderFunction =>
  (index, scales, values, dimensions, context) => {
    const { document } = context
    const rest = [
      ...(signs.has('.') ? [{ text: 'geheim', fill: `url(#${hatching})` }] : []),
      ...([...signs].some((sign) => sign !== null && sign !== '.') ? [{ text: 'kein Wert', fill: 'var(--sj-paper)' }] : []),
    ]
    const cell = 60
    const start = 20
    const barWidth = Math.min(colours.length * 80, width - start * 2 - rest.length * (cell + 12))
    const step = colours.length === 0 ? 0 : barWidth / colours.length
    const top = y + 12
    const swatch = (x: number, size: number, fill: string, stroke: string) =>
      svgElement(document, 'rect', { x, y: top, width: size, height: swatchHeight, fill, stroke })
    const bar = colours.map((fill, at) => swatch(start + at * step, step, fill, 'none'))
    const restStart = start + (colours.length === 0 ? 0 : barWidth + 32)
    const others = rest.map(({ fill }, at) => swatch(restStart + at * (cell + 12), 32, fill, 'var(--sj-data-context)'))
    const texts: Placed[] = [
      ...(colours.length === 0 ? [] : edges.map((edge, at) => edgeLabel(edge, at))),
      ...rest.map(({ text }, at): Placed => ({
        id: text,
        text,
        anchor: 'start',
        x: restStart + at * (cell + 12),
        y: top + swatchHeight + 12,
      })),
    ]
    function edgeLabel(edge: number, at: number): Placed {
      return { id: `${at}`, text: labelText(edge, format), anchor: 'middle', x: start + at * step, y: top + swatchHeight + 12 }
    }
    const words = labelsAt(texts, () => ({ fill: 'var(--sj-muted)' }), font)(index, scales, values, dimensions, context) as SVGElement
    return svgElement(document, 'g', {}, ...bar, ...others, words)
  }
