import { numberText } from './format.ts'
import {
  aside,
  type Block,
  breakable,
  colours,
  drawn,
  element,
  type Face,
  type Paper,
  paragraph,
  put,
  putRight,
  rule,
  sheet,
  textWidth,
  wrapped,
} from './paper.ts'
import type { ReportCell, ReportRow, ReportTable } from './report.ts'

const size = 8.5
const lineHeight = 13
const rowHeight = 17
const gap = 10

export const cellText = (cell: ReportCell): string => {
  if (typeof cell === 'string') return cell
  const text = numberText(cell.value, cell.format)
  return cell.uncertain ? `(${text})` : text
}

/** A table with its caption, heads repeated on every page; what is too wide goes on in further parts. */
export const tableBlocks = (paper: Paper, table: ReportTable): Block[] => {
  const parts = partsOf(paper.doc, table)
  // parts with the same heads differ by their periods
  const by = new Set(parts.map((part) => spanText(part, 'text'))).size === parts.length ? 'text' : 'period'
  return parts.flatMap((part) => partBlocks(paper, part, parts.length === 1 ? table.caption : `${table.caption}; ${spanText(part, by)}`))
}

/** Columns that stand side by side. */
type Span = { from: number; to: number }
/** `widths`: of these columns; `stub`: of the names before them. */
type Part = Span & { table: ReportTable; stub: number[]; widths: number[]; width: number }

const spanText = ({ table: { heads, together = 1 }, from, to }: Part, by: 'text' | 'period') => {
  // what stands together is named by the first of it
  const nameAt = (column: number) => heads[column - (column % together)]![by]
  const [first, last] = [nameAt(from), nameAt(to - 1)]
  return first === last ? first : `${first} bis ${last}`
}

const sum = (numbers: number[]) => numbers.reduce((total, each) => total + each, 0)

const partsOf = (doc: PDFKit.PDFDocument, table: ReportTable): Part[] => {
  const names = stubWidths(doc, table)
  const kinds = columnWidths(doc, table)
  const widthsOf = ({ from, to }: Span) => table.heads.slice(from, to).map((_, at) => kinds[(from + at) % kinds.length]!)
  const [least, most] = [sum(names.map(({ narrowest }) => narrowest)), sum(names.map(({ whole }) => whole))]
  const neededBy = (spans: Span[]) => Math.max(...spans.map((span) => sum(widthsOf(span))))
  const choices = spanChoices(table)
  // for many columns names take more lines, but no less than their longest word
  const roomFor = (width: number) => sheet.width - Math.min(most, Math.max(least, width))
  const spans = choices.find((each) => neededBy(each) <= roomFor(table.heads.length > 6 ? 225 : 400)) ?? choices.at(-1)!
  // what is over goes to the names, then to the columns up to a comfortable width
  const needed = neededBy(spans)
  const named = Math.min(most, sheet.width - needed)
  const comfort = 110 * Math.max(...spans.map(({ from, to }) => to - from))
  const share = Math.max(1, Math.min(sheet.width - named, comfort) / needed)
  const stretch = most > least ? Math.max(0, (named - least) / (most - least)) : 0
  const stub = names.map(({ narrowest, whole }) => narrowest * Math.min(1, named / least) + stretch * (whole - narrowest))
  stub[stub.length - 1]! += Math.max(0, sheet.width - named - share * needed)
  return spans.map((span) => {
    const widths = widthsOf(span).map((width) => share * width)
    return { table, stub, ...span, widths, width: sum(stub) + sum(widths) }
  })
}

/** In what parts a table may be told, the fewest first: whole, or by parts of a year; what stands together is parted last of all. */
const spanChoices = ({ heads: { length }, together = 1 }: ReportTable): Span[][] => {
  const cut = (from: number, to: number, count: number): Span[] =>
    Array.from({ length: Math.ceil((to - from) / count) }, (_, at) => ({
      from: from + at * count,
      to: Math.min(from + (at + 1) * count, to),
    }))
  const evenly = (count: number) => Array.from({ length: count }, (_, at) => Math.ceil(count / (at + 1)))
  const counts = together === 1 ? [length, 12, 6, 4, 3, 2, 1] : evenly(length / together).map((groups) => groups * together)
  return [
    ...counts.map((count) => cut(0, length, count)),
    ...evenly(together).map((count) => cut(0, length, together).flatMap(({ from, to }) => cut(from, to, count))),
  ]
}

const widest = (doc: PDFKit.PDFDocument, face: Face, texts: Iterable<string>) => {
  doc.font(face).fontSize(size)
  let most = 0
  for (const text of texts) most = Math.max(most, textWidth(doc, text))
  return most
}
const wordsOf = (texts: Iterable<string>) => new Set([...texts].flatMap((text) => breakable(text).map((word) => word.trimEnd())))
/** "im Jahr" stays together. */
const headText = (text: string) => text.replaceAll(' im ', ' im\u00a0')

/** Of each column of names: what its longest name takes, and what its longest word does. */
const stubWidths = (doc: PDFKit.PDFDocument, { stub, rows }: ReportTable) =>
  stub.map((head, column) => {
    const named = (totals: boolean) => new Set(rows.flatMap(({ names, total = false }) => (total === totals ? [names[column]!] : [])))
    const [plain, strong] = [named(false), named(true).add(head)]
    return {
      whole: gap + Math.max(widest(doc, 'regular', plain), widest(doc, 'semibold', strong)),
      narrowest: gap + Math.max(widest(doc, 'regular', wordsOf(plain)), widest(doc, 'semibold', wordsOf(strong))),
    }
  })

/** What the columns take that stand together, one beside the other: the same ones in every part. */
const columnWidths = (doc: PDFKit.PDFDocument, { heads, rows, together = 1 }: ReportTable): number[] => {
  const kinds = Array.from({ length: together }, () => ({ words: new Set<string>(), longest: '' }))
  heads.forEach(({ text, period }, at) => {
    for (const word of [...wordsOf([headText(text)]), period]) kinds[at % together]!.words.add(word)
  })
  for (const { cells } of rows) {
    cells.forEach((cell, at) => {
      const kind = kinds[at % together]!
      const text = cellText(cell)
      // digits are of one width, so that the longest number is the widest
      if (typeof cell === 'string') kind.words.add(text)
      else if (text.length > kind.longest.length) kind.longest = text
    })
  }
  return kinds.map(({ words, longest }) => gap + widest(doc, 'semibold', [...words, longest]))
}

const partBlocks = (paper: Paper, part: Part, caption: string): Block[] => {
  const { doc, root } = paper
  const { rows } = part.table
  const title = paragraph(paper, caption, { tag: 'H2', face: 'semibold', size: 12, above: 20, below: 6 })
  let table: PDFKit.PDFStructureElement | undefined
  const inTable = () => (table ??= element(doc, root, 'Table'))
  const head = headBlock(doc, part, inTable)
  const drawAgain = (top: number) => {
    drawHead(doc, part, top, (draw) => draw())
    ruleHead(doc, part, top)
  }
  const again: Block = { ...head, draw: (top) => aside(doc, 'Pagination', () => drawAgain(top)) }
  const all = rows.map((row, index) => ({
    ...rowBlock(doc, row, { part, inTable, first: Boolean(row.total) && !rows[index - 1]?.total }),
    head: again,
  }))
  const last = all.at(-1)!
  const close = (top: number) => {
    last.draw(top)
    table?.end()
    aside(doc, 'Layout', () => rule(doc, top + last.height, { colour: colours.rule, thickness: 1, width: part.width }))
  }
  const whole = title.height + head.height + all.reduce((sum, { height }) => sum + height, 0)
  return [{ ...title, needs: Math.min(whole, sheet.bottom - sheet.top) }, head, ...all.slice(0, -1), { ...last, draw: close }]
}

/** How a cell gets into the structure of its table, or is left out where a head is only repeated. */
type InCell = (draw: () => void) => void

const headTexts = (doc: PDFKit.PDFDocument, { table, stub, from, to, widths }: Part) => {
  doc.font('semibold').fontSize(size)
  return {
    stubs: table.stub.map((text, column) => wrapped(doc, text, stub[column]! - gap)),
    columns: table.heads.slice(from, to).map(({ text }, column) => wrapped(doc, headText(text), widths[column]! - gap)),
  }
}
const longest = (texts: string[][]) => Math.max(...texts.map(({ length }) => length))
/** The lines of the longest head, and one for the periods where there are any. */
const headHeight = ({ stubs, columns }: ReturnType<typeof headTexts>, { table, from, to }: Part) => {
  const periods = table.heads.slice(from, to).some(({ period }) => period !== '')
  return Math.max(longest(stubs), longest(columns) + (periods ? 1 : 0)) * lineHeight + 8
}

const headBlock = (doc: PDFKit.PDFDocument, part: Part, inTable: () => PDFKit.PDFStructureElement): Block => ({
  height: headHeight(headTexts(doc, part), part),
  draw: (top) => {
    const row = element(doc, inTable(), 'TR')
    drawHead(doc, part, top, (draw) => drawn(doc, row, 'TH', draw, { scope: 'Column' }))
    aside(doc, 'Layout', () => ruleHead(doc, part, top))
    row.end()
  },
})

const drawHead = (doc: PDFKit.PDFDocument, part: Part, top: number, inCell: InCell) => {
  const { table, stub, from, widths } = part
  const texts = headTexts(doc, part)
  const height = headHeight(texts, part)
  let x = sheet.left
  texts.stubs.forEach((lines, column) => {
    const left = x
    inCell(() => {
      doc.font('semibold').fontSize(size).fillColor(colours.ink)
      lines.forEach((text, line) => put(doc, text, left, top + 4 + line * lineHeight))
    })
    x += stub[column]!
  })
  texts.columns.forEach((lines, column) => {
    const right = (x += widths[column]!)
    inCell(() => {
      doc.font('semibold').fontSize(size).fillColor(colours.ink)
      lines.forEach((text, line) => putRight(doc, text, right, top + 4 + line * lineHeight))
      doc.font('regular').fontSize(8).fillColor(colours.muted)
      putRight(doc, table.heads[from + column]!.period, right, top + height - lineHeight - 3)
    })
  })
}

const ruleHead = (doc: PDFKit.PDFDocument, part: Part, top: number) => {
  const { width } = part
  rule(doc, top, { colour: colours.rule, thickness: 1, width })
  rule(doc, top + headHeight(headTexts(doc, part), part), { colour: colours.rule, thickness: 0.5, width })
}

type RowOptions = { part: Part; inTable: () => PDFKit.PDFStructureElement; first: boolean }

const rowBlock = (doc: PDFKit.PDFDocument, { names, cells, total = false }: ReportRow, { part, inTable, first }: RowOptions): Block => {
  const { stub, from, to, widths, width } = part
  const face = total ? 'semibold' : 'regular'
  doc.font(face).fontSize(size)
  // long names go on in a second line
  const lines = names.map((name, column) => wrapped(doc, name, stub[column]! - gap))
  const height = rowHeight + (longest(lines) - 1) * 11
  const draw = (top: number) => {
    const row = element(doc, inTable(), 'TR')
    if (first) aside(doc, 'Layout', () => rule(doc, top, { colour: colours.rule, thickness: 1, width }))
    doc.font(face).fontSize(size).fillColor(colours.ink)
    let x = sheet.left
    lines.forEach((texts, column) => {
      const left = x
      drawn(doc, row, 'TH', () => texts.forEach((text, line) => put(doc, text, left, top + 4 + line * 11)), { scope: 'Row' })
      x += stub[column]!
    })
    cells.slice(from, to).forEach((cell, column) => {
      const right = (x += widths[column]!)
      drawn(doc, row, 'TD', () => putRight(doc, cellText(cell), right, top + 4))
    })
    aside(doc, 'Layout', () => rule(doc, top + height, { colour: colours.hairline, thickness: 0.5, width }))
    row.end()
  }
  return { height, draw }
}
