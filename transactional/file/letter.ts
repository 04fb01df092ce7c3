import { colours, loadFonts, openPaper, type Face } from '../paper.ts'

/** A part of a letter's text, in reading order. */
export type Part =
  | { part: 'subject' | 'heading' | 'text'; text: string }
  | { part: 'facts'; facts: { term: string; text: string }[] }
  | { part: 'signature'; lines: string[] }

export type Letter = {
  title: string
  /** of the office it comes from */
  head: { name: string; office: string; street: string; town: string }
  addressee: string[]
  /** beside the address: reference, day, who answers */
  information: { term: string; text: string }[]
  parts: Part[]
  /** at the foot of each page, before its number */
  reference: string
  /** across each page of what is none yet */
  mark?: string
  at: Date
}

/** Millimetres in points. */
const mm = (length: number) => (length * 72) / 25.4

// DIN 5008, form B
const left = mm(25)
const right = mm(190)
const address = { top: mm(45), height: mm(45), width: mm(80) }
const information = { left: mm(125), top: mm(50), term: mm(24) }
const firstTop = mm(103.46)
const nextTop = mm(27)
const bottom = mm(267)
const folds = [mm(105), mm(148.5), mm(210)]
const width = right - left
const size = 10.5
const leading = 14.5
const { ink, muted } = colours

/** Signs of a text that the letter's font does not have; PDF/A has no room for missing glyphs. */
export const unprintable = async (text: string): Promise<string[]> => {
  const { regular, semibold } = await loadFonts()
  const has = (sign: string) => [regular, semibold].every((font) => font.hasGlyphForCodePoint(sign.codePointAt(0)!))
  return [...new Set(text.replaceAll('\n', ''))].filter((sign) => !has(sign))
}

type Doc = PDFKit.PDFDocument
type Structure = PDFKit.PDFStructureElement
/** A line to be drawn, and what it belongs to. */
type Line = { height: number; draw: (top: number) => void; with_next?: boolean; text?: string }

const element = (doc: Doc, parent: Structure, tag: string) => {
  const made = doc.struct(tag)
  parent.add(made)
  return made
}
const span = (doc: Doc, parent: Structure, draw: () => void) => void element(doc, parent, 'Span').add(draw).end()
const aside = (doc: Doc, type: 'Layout' | 'Pagination', draw: () => void) => {
  doc.markContent('Artifact', { type })
  draw()
  doc.endMarkedContent()
}
const write = (doc: Doc, text: string, x: number, y: number, { face = 'regular' as Face, points = size, colour = ink } = {}) =>
  doc.font(face).fontSize(points).fillColor(colour).text(text, x, y, { lineBreak: false })

const noBreakSpace = '\u00a0'
/** A § and its numbers stay on one line. */
const bound = (text: string) =>
  text.replaceAll(/(?<=§|Absatz|Abs\.|Satz|Nr\.) (?=\d)|(?<=§.{1,20}\d[a-z]?) (?=Absatz|Abs\.|Satz|Nr\.)/g, noBreakSpace)

/** Words on as few lines as they fit; what is longer than a line is cut. */
const wrapped = (doc: Doc, text: string, face: Face, points: number, room: number): string[] => {
  doc.font(face).fontSize(points)
  const fits = (line: string) => doc.widthOfString(line.trimEnd()) <= room
  const lines = ['']
  for (const word of text.split(/(?<=[ /-])/)) {
    if (fits(lines.at(-1)! + word)) lines[lines.length - 1] += word
    else {
      if (lines.at(-1) !== '') lines.push('')
      for (const sign of word) {
        if (!fits(lines.at(-1)! + sign)) lines.push('')
        lines[lines.length - 1] += sign
      }
    }
  }
  return lines.map((line) => line.trimEnd())
}

/** The lines of one paragraph: each keeps its first two and its last two together. */
const paragraphLines = (
  doc: Doc,
  made: Structure,
  text: string,
  { face = 'regular' as Face, points = size, x = left, room = width, after = leading * 0.6, with_next = false } = {},
): Line[] => {
  const lines = wrapped(doc, bound(text), face, points, room)
  return lines.map((line, index) => ({
    text: line.replaceAll(noBreakSpace, ' '),
    height: points * 1.38 + (index === lines.length - 1 ? after : 0),
    with_next: index === 0 || index === lines.length - 2 ? index < lines.length - 1 || with_next : index === lines.length - 1 && with_next,
    draw: (top) => {
      span(doc, made, () => write(doc, line, x, top, { face, points }))
      if (index === lines.length - 1) made.end()
    },
  }))
}

const factLines = (doc: Doc, root: Structure, facts: { term: string; text: string }[]): Line[] => {
  const term = mm(34)
  const list = element(doc, root, 'L')
  const rows = facts.flatMap(({ term: name, text }, row) => {
    const item = element(doc, list, 'LI')
    const body = wrapped(doc, text, 'regular', size, width - term)
    const label = element(doc, item, 'Lbl')
    const meaning = element(doc, item, 'LBody')
    return body.map((line, index): Line => ({
      text: index === 0 ? `${name}: ${line}` : line,
      height: leading + (index === body.length - 1 ? 3 : 0),
      with_next: index < body.length - 1,
      draw: (top) => {
        if (index === 0) label.add(() => write(doc, name, left, top, { colour: muted })).end()
        span(doc, meaning, () => write(doc, line, left + term, top, { face: 'semibold' }))
        if (index < body.length - 1) return
        meaning.end()
        item.end()
        if (row === facts.length - 1) list.end()
      },
    }))
  })
  return [...rows, { height: leading * 0.5, draw: () => undefined }]
}

/** What is signed stays with its signature, at least by its last two lines. */
const linesOf = (doc: Doc, root: Structure, part: Part, isSigned: boolean): Line[] => {
  switch (part.part) {
    case 'subject':
      return paragraphLines(doc, element(doc, root, 'H1'), part.text, { face: 'semibold', points: 13, after: leading, with_next: true })
    case 'heading':
      return [
        { height: leading * 0.5, draw: () => undefined, with_next: true },
        ...paragraphLines(doc, element(doc, root, 'H2'), part.text, { face: 'semibold', after: 3, with_next: true }),
      ]
    case 'text':
      return part.text
        .split('\n')
        .filter((text) => text.trim() !== '')
        .flatMap((text, index, { length }) =>
          paragraphLines(doc, element(doc, root, 'P'), text.trim(), { with_next: isSigned && index === length - 1 }),
        )
    case 'facts':
      return factLines(doc, root, part.facts)
    case 'signature':
      return part.lines.flatMap((line, index) => {
        const last = index === part.lines.length - 1
        return paragraphLines(doc, element(doc, root, 'P'), line, { after: index === part.lines.length - 2 ? mm(14) : 2, with_next: !last })
      })
  }
}

/** The metadata of a PDF are XML, which pdfkit does not escape. */
const plain = (text: string) => text.replaceAll(/[<>&]/g, ' ')

/** Lines on pages; what belongs together is not parted. */
const pagesOf = (lines: Line[]): { line: Line; top: number }[][] => {
  const pages: { line: Line; top: number }[][] = [[]]
  let top = firstTop
  for (let at = 0; at < lines.length;) {
    let end = at + 1
    while (lines[end - 1]!.with_next && end < lines.length) end++
    const group = lines.slice(at, end)
    const height = group.reduce((sum, line) => sum + line.height, 0)
    if (top + height > bottom && pages.at(-1)!.length > 0) {
      pages.push([])
      top = nextTop
    }
    for (const line of group) {
      pages.at(-1)!.push({ line, top })
      top += line.height
    }
    at = end
  }
  return pages
}

const drawHead = (doc: Doc, root: Structure, { head, addressee, information: told }: Letter) => {
  const sender = element(doc, root, 'P')
  sender.add(() => {
    write(doc, head.name, left, mm(18), { face: 'semibold', points: 15 })
    write(doc, head.office, left, mm(25), { points: 11, colour: muted })
  })
  sender.end()
  aside(doc, 'Layout', () => {
    const back = `${head.name}, ${head.office} · ${head.street} · ${head.town}`
    const points = 6.5
    doc.font('regular').fontSize(points)
    const fitted = Math.min(points, (points * address.width) / doc.widthOfString(back))
    write(doc, back, left, address.top + mm(13.5), { points: fitted, colour: muted })
    doc
      .moveTo(left, address.top + mm(17))
      .lineTo(left + address.width, address.top + mm(17))
      .lineWidth(0.4)
      .strokeColor(muted)
      .stroke()
    for (const fold of folds)
      doc
        .moveTo(mm(5), fold)
        .lineTo(mm(fold === folds[1] ? 11 : 9), fold)
        .lineWidth(0.4)
        .strokeColor(muted)
        .stroke()
  })
  const to = element(doc, root, 'P')
  addressee
    .flatMap((line) => wrapped(doc, line, 'regular', size, address.width))
    .slice(0, 6)
    .forEach((line, index) => span(doc, to, () => write(doc, line, left, address.top + mm(18.5) + index * 13.2)))
  to.end()
  let top = information.top
  for (const { term, text } of told) {
    const block = element(doc, root, 'P')
    const lines = wrapped(doc, text, 'regular', 9, right - information.left - information.term)
    span(doc, block, () => write(doc, term, information.left, top, { points: 9, colour: muted }))
    lines.forEach((line, index) =>
      span(doc, block, () => write(doc, line, information.left + information.term, top + index * 12.5, { points: 9 })),
    )
    block.end()
    top += lines.length * 12.5 + 2
  }
}

const drawFoot = (doc: Doc, { head, reference, mark }: Letter, page: number, pages: number) =>
  aside(doc, 'Pagination', () => {
    const y = mm(280)
    const number = `Seite ${page} von ${pages}`
    write(doc, `${head.name} · ${reference}`, left, y, { points: 8, colour: muted })
    write(doc, number, right - doc.font('regular').fontSize(8).widthOfString(number), y, { points: 8, colour: muted })
    if (mark !== undefined) write(doc, mark, left, mm(page === 1 ? 36 : 15), { face: 'semibold', points: 11, colour: '#a3172b' })
  })

/**
 * A letter on A4 as DIN 5008 (form B) has it, as PDF/A-2a (ISO 19005-2): fonts and colour profile within, tagged, in German, so that it can
 * be read in a hundred years, and aloud. `pages`: the text of each.
 */
export const letterPdf = async (letter: Letter): Promise<{ content: Buffer; pages: string[] }> => {
  const info = { title: plain(letter.title), author: plain(letter.head.name), at: letter.at }
  const { doc, root, close } = await openPaper(info, { subset: 'PDF/A-2a', margin: 0, autoFirstPage: false })
  doc.addPage()
  drawHead(doc, root, letter)
  const pages = pagesOf(letter.parts.flatMap((part, index) => linesOf(doc, root, part, letter.parts[index + 1]?.part === 'signature')))
  for (const [index, page] of pages.entries()) {
    if (index > 0) doc.addPage()
    for (const { line, top } of page) line.draw(top)
    drawFoot(doc, letter, index + 1, pages.length)
  }
  return { content: await close(), pages: pages.map((page) => page.map(({ line }) => line.text ?? '').join('\n')) }
}
