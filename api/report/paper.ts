import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import path from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { create, type Font, type Glyph, type GlyphRun } from 'fontkit'
import PdfDocument from 'pdfkit'
import decompress from 'woff2-encoder/decompress'

export const colours = { ink: '#131525', muted: '#454b6b', rule: '#1d2034', line: '#c0c3d5', hairline: '#dfe1ea', accent: '#2044aa' }

/** A4 landscape, in points. */
export const sheet = { left: 48, right: 793.89, top: 48, bottom: 541, width: 745.89 }

/** A tagged PDF being written; `root` takes what belongs to its text, in reading order. */
export type Paper = { doc: PDFKit.PDFDocument; root: PDFKit.PDFStructureElement; faces: Record<Face, Font> }
/** Something of known height, so that pages can be planned before any is drawn. */
export type Block = {
  height: number
  draw: (top: number) => void | Promise<void>
  /** Room left above it, unless a page begins with it. */
  above?: number
  /** Drawn above it where a page begins with it. */
  head?: Block
  /** Begins a page, unless this much fits below what stands there already. */
  needs?: number
}
export type Face = 'regular' | 'semibold'

const folder = path.join(path.dirname(createRequire(import.meta.url).resolve('@kern-ux/native/package.json')), 'dist/fonts/fira-sans')
let fonts: Promise<Record<Face, Font>> | undefined

/** The font of the pages, unpacked once: PDF knows no WOFF2. */
const loadFonts = async (): Promise<Record<Face, Font>> => ({ regular: await openFont('Regular'), semibold: await openFont('SemiBold') })

const openFont = async (name: string): Promise<Font> => {
  const file = await decompress(await readFile(path.join(folder, `FiraSans-${name}.woff2`)))
  const font = create(Buffer.from(file)) as Font
  // a glyph is made once for all files: first met as a part of another, as O of Ö, it would not know its letter and be read aloud wrong
  for (const character of font.characterSet) font.glyphForCodePoint(character)
  font.layout = withTabularNumbers(font)
  return font
}

/** Digits of one width. Numbers are put together from glyphs laid out once: a long table holds a hundred thousand of them. */
const withTabularNumbers = (font: Font): Font['layout'] => {
  const layout = font.layout.bind(font)
  const known = new Map<string, Glyph>()
  const glyphOf = (character: string) => {
    let glyph = known.get(character)
    if (!glyph) known.set(character, (glyph = layout(character, ['tnum', 'lnum']).glyphs[0]!))
    return glyph
  }
  return (text, ...options) => {
    if (!/^[\d.,()%+\u2212\u2013\u2026\u00a0 -]+$/.test(text)) return layout(text, ...options)
    const glyphs = Array.from(text, glyphOf)
    const positions = glyphs.map(({ advanceWidth: xAdvance }) => ({ xAdvance, yAdvance: 0, xOffset: 0, yOffset: 0 }))
    return {
      glyphs,
      positions,
      // the writer of the PDF scales the positions afterwards
      get advanceWidth() {
        return positions.reduce((sum, { xAdvance }) => sum + xAdvance, 0)
      },
    } as GlyphRun
  }
}

type ElementOptions = PDFKit.Mixins.StructureElementOptions & { scope?: 'Row' | 'Column'; bbox?: number[]; placement?: 'Block' }
/** A part of the document's structure, such as a table, and what is drawn for it. */
export const element = (doc: PDFKit.PDFDocument, parent: PDFKit.PDFStructureElement, tag: string, options: ElementOptions = {}) => {
  const made = doc.struct(tag, options)
  parent.add(made)
  return made
}
/** The same, ended at once. */
export const drawn = (
  doc: PDFKit.PDFDocument,
  parent: PDFKit.PDFStructureElement,
  tag: string,
  draw: () => void,
  options?: ElementOptions,
) => void element(doc, parent, tag, options).add(draw).end()

/** Writes blocks one below the other, page by page, with a footer on each. */
export const writePdf = async (
  info: { title: string; footer: string; date: Date },
  blocksOf: (paper: Paper) => Promise<Block[]>,
): Promise<Uint8Array> => {
  const faces = await (fonts ??= loadFonts())
  const { regular, semibold } = faces
  const options = {
    size: 'A4',
    layout: 'landscape',
    margin: 0,
    autoFirstPage: false,
    pdfVersion: '1.7',
    subset: 'PDF/UA',
    tagged: true,
    lang: 'de-DE',
    displayTitle: true,
    info: { Title: info.title, Author: 'SoJuS', CreationDate: info.date },
    font: regular,
  }
  // PDF/UA and opened fonts are newer than the types
  const doc = new PdfDocument(options as unknown as PDFKit.PDFDocumentOptions)
  const parts: Buffer[] = []
  doc.on('data', (part: Buffer) => parts.push(part))
  const ended = once(doc, 'end')
  doc.registerFont('regular', regular as unknown as Buffer)
  doc.registerFont('semibold', semibold as unknown as Buffer)
  const root = doc.struct('Document')
  doc.addStructure(root)
  const pages = pagesOf(await blocksOf({ doc, root, faces }))
  for (const [index, page] of pages.entries()) {
    doc.addPage()
    for (const { block, top } of page) await block.draw(top)
    drawFooter(doc, info, `Seite ${index + 1} von ${pages.length}`)
    // others get their turn between the pages of a long report
    await setImmediate()
  }
  root.end()
  doc.end()
  await ended
  return Buffer.concat(parts)
}

type Placed = { block: Block; top: number }

const pagesOf = (blocks: Block[]): Placed[][] => {
  const pages: Placed[][] = []
  let bottom = Infinity
  for (const block of blocks) {
    bottom += block.above ?? 0
    if (bottom + Math.max(block.height, block.needs ?? 0) > sheet.bottom) {
      pages.push([])
      bottom = sheet.top
      if (block.head) {
        pages.at(-1)!.push({ block: block.head, top: bottom })
        bottom += block.head.height
      }
    }
    pages.at(-1)!.push({ block, top: bottom })
    bottom += block.height
  }
  return pages
}

const drawFooter = (doc: PDFKit.PDFDocument, { title, footer }: { title: string; footer: string }, page: string) =>
  aside(doc, 'Pagination', () => {
    const y = sheet.bottom + 16
    rule(doc, y - 6, { colour: colours.line, thickness: 0.5 })
    doc.font('regular').fontSize(8).fillColor(colours.muted)
    const width = textWidth(doc, page)
    const footerWidth = textWidth(doc, footer)
    put(doc, fitted(doc, `SoJuS · ${title}`, sheet.width - footerWidth - width - 48), sheet.left, y)
    put(doc, footer, sheet.right - width - 24 - footerWidth, y)
    put(doc, page, sheet.right - width, y)
  })

/** A long title gives way in the footer; it stands in full on the cover. */
const fitted = (doc: PDFKit.PDFDocument, text: string, width: number): string => {
  if (textWidth(doc, text) <= width) return text
  let end = text.length
  while (end > 0 && textWidth(doc, `${text.slice(0, end)}…`) > width) end -= 1
  return `${text.slice(0, end).trimEnd()}…`
}

export const textWidth = (doc: PDFKit.PDFDocument, text: string) => doc.widthOfString(text)
/** One line, from its upper left corner. */
export const put = (doc: PDFKit.PDFDocument, text: string, x: number, y: number) => doc.text(text, x, y, { lineBreak: false })
export const putRight = (doc: PDFKit.PDFDocument, text: string, right: number, y: number) => put(doc, text, right - textWidth(doc, text), y)

/** What is not part of the text: rules, repeated heads, footers. */
export const aside = (doc: PDFKit.PDFDocument, type: 'Layout' | 'Pagination', draw: () => void) => {
  doc.markContent('Artifact', { type })
  draw()
  doc.endMarkedContent()
}

export const rule = (
  doc: PDFKit.PDFDocument,
  y: number,
  { colour, thickness, width = sheet.width }: { colour: string; thickness: number; width?: number },
) =>
  doc
    .moveTo(sheet.left, y)
    .lineTo(sheet.left + width, y)
    .lineWidth(thickness)
    .strokeColor(colour)
    .stroke()

/** Where a text may go on in the next line: after words, addresses after their parts. */
export const breakable = (text: string): string[] => text.split(/(?<=[ /?&])/)

/** Words on as few lines as they fit; one wider than a line goes on in the next. In the font set last. */
export const wrapped = (doc: PDFKit.PDFDocument, text: string, width: number): string[] => {
  const lines = ['']
  const fits = (line: string) => textWidth(doc, line.trimEnd()) <= width
  for (const word of breakable(text)) {
    const parts = fits(word) ? [word] : [...word]
    for (const part of parts) {
      const longer = lines.at(-1)! + part
      if (lines.at(-1) === '' || fits(longer)) lines[lines.length - 1] = longer
      else lines.push(part)
    }
  }
  return lines.map((line) => line.trimEnd())
}

type Style = { tag?: string; face?: Face; size: number; colour?: string; width?: number; above?: number; below?: number }
/** A text of its own, as wide as the sheet unless told. */
export const paragraph = (
  { doc, root }: Paper,
  text: string,
  { tag = 'P', face = 'regular', size, colour = colours.ink, width = sheet.width, above = 0, below = 0 }: Style,
): Block => {
  const lines = wrapped(doc.font(face).fontSize(size), text, width)
  const draw = (top: number) => {
    doc.font(face).fontSize(size).fillColor(colour)
    lines.forEach((line, index) => put(doc, line, sheet.left, top + index * size * 1.35))
  }
  return { above, height: lines.length * size * 1.35 + below, draw: (top) => drawn(doc, root, tag, () => draw(top)) }
}
