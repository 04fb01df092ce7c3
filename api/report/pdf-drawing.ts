// Drawings of the pages as they stand on paper: the shapes of an SVG as vectors and texts, with words for those who do not see them.
import { setImmediate } from 'node:timers/promises'
import { type Block, colours, element, type Face, type Paper, paragraph, sheet, textWidth } from './paper.ts'
import type { Drawing } from './report.ts'

/** Points a pixel. */
const scale = 0.75
/** Others get their turn between the shapes of a map. */
const paintedAtOnce = 50
/** In pixels; a drawing higher than its page is drawn narrower. */
const [widest, narrowest] = [994, 400]

/** The tokens of the pages (dashboards/theme.css) in their colours. */
export const tokens: Record<string, string> = {
  ink: colours.ink,
  muted: colours.muted,
  paper: '#ffffff',
  rule: colours.rule,
  line: colours.line,
  hairline: colours.hairline,
  'data-focus': colours.accent,
  'data-context': '#8187a7',
  'data-context-text': '#5b6185',
  'data-reference': colours.rule,
  'data-band': '#cfd2e0',
  'seq-1': '#e5ebf7',
  'seq-2': '#b2c4e9',
  'seq-3': '#85a0da',
  'seq-4': '#4468bf',
  'seq-5': '#1537a1',
}

/** On one page with its words; one of many rows goes on from page to page between them. */
export const drawingBlocks = async (paper: Paper, drawing: Drawing): Promise<Block[]> => {
  const { title, subtitle, notes, source } = drawing
  const above = [
    paragraph(paper, title, { tag: 'H2', face: 'semibold', size: 14, below: 2 }),
    paragraph(paper, subtitle, { size: 10, colour: colours.muted, below: 12 }),
  ]
  const below = [
    ...notes.map((note) => paragraph(paper, note, { size: 10, above: 6 })),
    paragraph(paper, source, { size: 8.5, colour: colours.muted, above: 6 }),
  ]
  const heightOf = (blocks: Block[]) => blocks.reduce((sum, { height, above: room = 0 }) => sum + height + room, 0)
  const page = sheet.bottom - sheet.top
  const pixels = (points: number) => Math.floor(points / scale)
  const room = { whole: pixels(page - heightOf([...above, ...below])), first: pixels(page - heightOf(above)), next: pixels(page) }
  const svg = await fitting(drawing, room.whole)
  return [...above, ...pieceBlocks(paper, svg, room, sentences([`${drawing.kind}: ${title}`, subtitle, ...notes])), ...below]
}

const sentences = (texts: string[]) => texts.map((text) => (text.endsWith('.') ? text : `${text}.`)).join(' ')

const fitting = async ({ draw }: Pick<Drawing, 'draw'>, room: number, width = widest): Promise<SVGSVGElement> => {
  const svg = await draw(width)
  const share = room / sizeOf(svg).height
  if (share >= 1 || width === narrowest || rowsOf(shapesOf(svg)).length > 0) return svg
  // a map of all districts takes a second
  return fitting({ draw }, room, Math.max(narrowest, Math.floor(width * Math.min(share, 0.9))))
}

type Colour = PDFKit.Mixins.ColorValue

const numberOf = (element: Element, name: string) => Number(element.getAttribute(name) ?? 0)
const sizeOf = (svg: Element) => ({ width: numberOf(svg, 'width'), height: numberOf(svg, 'height') })

/** How high a drawing may be: with its words, or its first piece below its title, or the next ones. */
type Room = { whole: number; first: number; next: number }

const pieceBlocks = (paper: Paper, svg: SVGSVGElement, room: Room, alt: string): Block[] => {
  const { doc, root } = paper
  const { width, height } = sizeOf(svg)
  const shapes = shapesOf(svg)
  const rows = rowsOf(shapes)
  // what can neither be drawn lower nor cut is made smaller
  const points = scale * (rows.length > 0 ? 1 : Math.min(1, room.whole / height))
  return cutsOf(rows, height, room).map(({ from, to }, index): Block => {
    const within = shapes.filter((shape) => {
      const { top, bottom } = spanOf(shape)
      return bottom >= from && top <= to
    })
    const draw = async (top: number) => {
      const bbox = [sheet.left, top, sheet.left + width * points, top + (to - from) * points]
      const paint = (some: Shape[]) => {
        doc
          .save()
          .translate(sheet.left, top)
          .scale(points)
          .translate(0, -from)
          .rect(0, from, width, to - from)
          .clip()
        for (const shape of some) paintShape(paper, shape)
        doc.restore()
      }
      const figure = element(doc, root, 'Figure', { alt: index === 0 ? alt : `Fortsetzung: ${alt}`, bbox, placement: 'Block' })
      for (let at = 0; at < within.length; at += paintedAtOnce) {
        figure.add(() => paint(within.slice(at, at + paintedAtOnce)))
        await setImmediate()
      }
      figure.end()
    }
    return { height: (to - from) * points, draw }
  })
}

type Span = { top: number; bottom: number }
/** What belongs together from top to bottom: the rows and panels one can point at. */
const rowsOf = (shapes: Shape[]): Span[] =>
  shapes.filter(({ element }) => element.localName === 'rect' && element.hasAttribute('data-id')).map(spanOf)

/** As few pieces as there may be, cut between rows. */
const cutsOf = (rows: Span[], height: number, { whole, first, next }: Room): { from: number; to: number }[] => {
  if (rows.length === 0 || height <= whole) return [{ from: 0, to: height }]
  const pieces: { from: number; to: number }[] = []
  for (let from = 0; from < height;) {
    const end = from + (from === 0 ? first : next)
    const crossed = rows.filter(({ top, bottom }) => top < end && bottom > end && top > from)
    const to = end >= height ? height : Math.min(end, ...crossed.map(({ top }) => top))
    pieces.push({ from, to })
    from = to
  }
  return pieces
}

const inherited = [
  'fill',
  'stroke',
  'stroke-width',
  'stroke-dasharray',
  'stroke-linecap',
  'stroke-linejoin',
  'font-size',
  'font-weight',
  'text-anchor',
] as const
type Style = Partial<Record<(typeof inherited)[number], string>>
type Box = { x: number; y: number; width: number; height: number }
/** An element without children of its own, and where its coordinates begin. */
type Shape = { element: Element; x: number; y: number; style: Style; clip: Box | null }
type Around = Omit<Shape, 'element'>

const shapesOf = (svg: SVGSVGElement): Shape[] => {
  const boxes = new Map<string, Box>(
    [...svg.querySelectorAll('clipPath')].map((path) => [`url(#${path.id})`, boxOf(path.firstElementChild!, 0, 0)] as const),
  )
  const within = (element: Element, around: Around): Shape[] => {
    if (['defs', 'clipPath', 'style', 'title'].includes(element.localName)) return []
    const [x, y] = offsetOf(element)
    const here = {
      x: around.x + x,
      y: around.y + y,
      style: { ...around.style, ...styleOf(element) },
      clip: boxes.get(element.getAttribute('clip-path') ?? '') ?? around.clip,
    }
    if (element.localName !== 'g' && element.localName !== 'svg') return [{ element, ...here }]
    return [...element.children].flatMap((child) => within(child, here))
  }
  return within(svg, { x: 0, y: 0, style: {}, clip: null })
}

const offsetOf = (element: Element): [number, number] => {
  const transform = element.getAttribute('transform')
  if (!transform) return [0, 0]
  const [, x, y = '0'] = /^translate\(([-\d.e]+)(?:,([-\d.e]+))?\)$/.exec(transform) ?? []
  if (x === undefined) throw new Error(`a drawing is moved as paper does not know: ${transform}`)
  return [Number(x), Number(y)]
}

const styleOf = (element: Element): Style => {
  const style: Style = {}
  for (const name of inherited) {
    const value = element.getAttribute(name)
    if (value !== null) style[name] = value
  }
  const [, size] = /font-size: ?([\d.]+)px/.exec(element.getAttribute('style') ?? '') ?? []
  return size === undefined ? style : { ...style, 'font-size': size }
}

const boxOf = (rect: Element, x: number, y: number): Box => ({
  x: x + numberOf(rect, 'x'),
  y: y + numberOf(rect, 'y'),
  width: numberOf(rect, 'width'),
  height: numberOf(rect, 'height'),
})

/** From where to where it reaches down, near enough to leave out what is on another page. */
const spanOf = ({ element, x, y }: Shape): Span => {
  const all = { top: -Infinity, bottom: Infinity }
  if (element.localName === 'rect') {
    const box = boxOf(element, x, y)
    return { top: box.y, bottom: box.y + box.height }
  }
  if (element.localName === 'text') {
    const top = y + (Number.parseFloat(element.getAttribute('y') ?? '') || 0)
    return { top, bottom: top }
  }
  if (element.localName === 'circle') return { top: y + numberOf(element, 'cy'), bottom: y + numberOf(element, 'cy') }
  if (element.localName === 'line') {
    const ends = [y + numberOf(element, 'y1'), y + numberOf(element, 'y2')]
    return { top: Math.min(...ends), bottom: Math.max(...ends) }
  }
  const path = element.getAttribute('d') ?? ''
  if (!/^[MLZ\d.,e-]*$/.test(path)) return all
  let span = { top: Infinity, bottom: -Infinity }
  for (const [, at] of path.matchAll(/,([-\d.e]+)/g))
    span = { top: Math.min(span.top, y + Number(at)), bottom: Math.max(span.bottom, y + Number(at)) }
  return span
}

const paintShape = (paper: Paper, shape: Shape) => {
  const { doc } = paper
  const { element, x, y, style, clip } = shape
  const isText = element.localName === 'text'
  const fill = element.localName === 'line' ? null : paintOf(doc, style.fill ?? 'currentColor')
  const stroke = paintOf(doc, style.stroke ?? 'none')
  if (!fill && (isText || !stroke)) return
  doc.save()
  if (clip) doc.rect(clip.x, clip.y, clip.width, clip.height).clip()
  doc.translate(x, y)
  if (isText) writeText(paper, shape, fill!, stroke)
  else {
    outline(doc, element)
    if (stroke) setLine(doc, style)
    if (fill && stroke) doc.fillAndStroke(fill, stroke)
    else if (fill) doc.fill(fill)
    else doc.stroke(stroke!)
  }
  doc.restore()
}

const outline = (doc: PDFKit.PDFDocument, element: Element) => {
  const at = (name: string) => numberOf(element, name)
  if (element.localName === 'path') doc.path(element.getAttribute('d') ?? '')
  else if (element.localName === 'line') doc.moveTo(at('x1'), at('y1')).lineTo(at('x2'), at('y2'))
  else if (element.localName === 'rect') doc.rect(at('x'), at('y'), at('width'), at('height'))
  else if (element.localName === 'circle') doc.circle(at('cx'), at('cy'), at('r'))
  else throw new Error(`a drawing holds what paper does not know: ${element.localName}`)
}

const setLine = (doc: PDFKit.PDFDocument, style: Style) => {
  doc.lineWidth(Number(style['stroke-width'] ?? 1))
  doc.lineJoin((style['stroke-linejoin'] ?? 'miter') as 'miter' | 'round')
  doc.lineCap((style['stroke-linecap'] ?? 'butt') as 'butt' | 'round')
  const dashes = style['stroke-dasharray']?.split(/[ ,]+/).map(Number) ?? []
  if (dashes.length > 1) doc.dash(dashes[0]!, { space: dashes[1]! })
}

/** null: none. Stripes stand for what is secret. */
const paintOf = (doc: PDFKit.PDFDocument, value: string): Colour | null => {
  if (value === 'none' || value === 'transparent') return null
  if (value === 'currentColor') return colours.ink
  if (value.startsWith('url(')) return [stripesOf(doc), tokens['data-context-text']!]
  const [, token] = /^var\(--sj-([a-z0-9-]+)\)$/.exec(value) ?? []
  const colour = token === undefined ? value : tokens[token]
  if (colour === undefined) throw new Error(`a drawing has a colour paper does not know: ${value}`)
  return colour
}

const stripes = new WeakMap<PDFKit.PDFDocument, PDFKit.PDFTilingPattern>()
const stripesOf = (doc: PDFKit.PDFDocument) => {
  let known = stripes.get(doc)
  // one stripe from corner to corner, and the ends of its neighbours
  if (!known) stripes.set(doc, (known = doc.pattern([0, 0, 5, 5], 5, 5, '1 w -1 -1 m 6 6 l -1 4 m 1 6 l 4 -1 m 6 1 l S')))
  return known
}

/** `halo`: around the letters. */
const writeText = (paper: Paper, { element, style }: Shape, fill: Colour, halo: Colour | null) => {
  const { doc } = paper
  const size = Number.parseFloat(style['font-size'] ?? '10')
  const face: Face = Number(style['font-weight'] ?? 400) >= 600 ? 'semibold' : 'regular'
  const length = (from: Element, name: string) => {
    const text = from.getAttribute(name) ?? '0'
    return Number.parseFloat(text) * (text.endsWith('em') ? size : 1)
  }
  doc.font(face).fontSize(size)
  let below = length(element, 'dy')
  const lines = element.children.length > 0 ? [...element.children] : [element]
  for (const line of lines) {
    const text = line.textContent ?? ''
    if (line !== element) below += length(line, 'dy')
    const width = textWidth(doc, text)
    const anchor = { start: 0, middle: width / 2, end: width }[style['text-anchor'] ?? 'start'] ?? 0
    const left = length(line, 'x') - anchor
    const base = below + length(line === element ? element : lines[0]!, 'y')
    if (halo) surround(paper, text, { face, size, x: left, y: base, colour: halo, thickness: Number(style['stroke-width'] ?? 1) })
    doc.font(face).fontSize(size).fillColor(fill).text(text, left, base, { lineBreak: false, baseline: 'alphabetic' })
  }
}

type Halo = { face: Face; size: number; x: number; y: number; colour: Colour; thickness: number }
/** Paper around the letters, drawn by their outlines: as a text it would be read twice. */
const surround = ({ doc, faces }: Paper, text: string, { face, size, x, y, colour, thickness }: Halo) => {
  const font = faces[face]
  const unit = size / font.unitsPerEm
  const { glyphs, positions } = font.layout(text)
  doc
    .save()
    .translate(x, y)
    .scale(unit, -unit)
    .lineWidth(thickness / unit)
    .lineJoin('round')
  glyphs.forEach((glyph, index) => {
    const { xAdvance } = positions[index]!
    doc.path(glyph.path.toSVG()).stroke(colour)
    doc.translate(xAdvance, 0)
  })
  doc.restore()
}
