import { numberText } from './format.ts'
import {
  aside,
  type Block,
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
type Part = { table: ReportTable; stub: number[]; from: number; to: number; columnWidth: number; width: number }

const spanText = ({ table: { heads, together = 1 }, from, to }: Part, by: 'text' | 'period') => {
  const [first, last] = [heads[from]![by], heads[to - together]![by]]
  return first === last ? first : `${first} bis ${last}`
}

const partsOf = (doc: PDFKit.PDFDocument, table: ReportTable): Part[] => {
  const widest = (face: Face, texts: string[]) => {
    doc.font(face).fontSize(size)
    return Math.max(0, ...texts.map((text) => textWidth(doc, text)))
  }
  const needed = table.stub.map((head, column) => {
    const named = (totals: boolean) => table.rows.flatMap(({ names, total = false }) => (total === totals ? [names[column]!] : []))
    return gap + Math.max(widest('regular', named(false)), widest('semibold', [head, ...named(true)]))
  })
  // many columns leave less room for names, which then take more lines
  const all = needed.reduce((sum, width) => sum + width, 0)
  const share = Math.min(1, (table.heads.length > 6 ? 225 : 400) / all)
  const room = sheet.width - share * all
  // digits are of one width, so that the longest text is the widest
  let longest = ''
  for (const { cells } of table.rows) {
    for (const cell of cells) {
      const text = cellText(cell)
      if (text.length > longest.length) longest = text
    }
  }
  const words = table.heads.flatMap(({ text, period }) => [...text.split(' '), period])
  const narrowest = gap + widest('semibold', [longest, ...words])
  const { together = 1 } = table
  const fitting = Math.max(1, Math.floor(room / narrowest))
  const count =
    table.heads.length <= fitting
      ? table.heads.length
      : ([12, 6, 4, 3, 2].find((columns) => columns <= fitting && columns % together === 0) ?? together)
  const columnWidth = Math.min(room / count, Math.max(narrowest, 110))
  // what columns leave over goes to the names
  const stub = needed.map((width, column) => share * width + (column === needed.length - 1 ? room - count * columnWidth : 0))
  return Array.from({ length: Math.ceil(table.heads.length / count) }, (_, part) => {
    const from = part * count
    const to = Math.min(from + count, table.heads.length)
    return { table, stub, from, to, columnWidth, width: sheet.width - (count - to + from) * columnWidth }
  })
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

const headTexts = (doc: PDFKit.PDFDocument, { table, from, to, columnWidth }: Part) => {
  doc.font('semibold').fontSize(size)
  // "im Jahr" stays together
  return table.heads.slice(from, to).map(({ text }) => wrapped(doc, text.replaceAll(' im ', ' im\u00a0'), columnWidth - gap))
}
/** The lines of the longest head, and one for the periods where there are any. */
const headHeight = (texts: string[][], { table, from, to }: Part) => {
  const periods = table.heads.slice(from, to).some(({ period }) => period !== '')
  return (Math.max(...texts.map(({ length }) => length)) + (periods ? 1 : 0)) * lineHeight + 8
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
  const { table, stub, from, columnWidth } = part
  const texts = headTexts(doc, part)
  const height = headHeight(texts, part)
  let x = sheet.left
  table.stub.forEach((text, column) => {
    const left = x
    inCell(() => put(doc.font('semibold').fontSize(size).fillColor(colours.ink), text, left, top + 4))
    x += stub[column]!
  })
  texts.forEach((lines, column) => {
    const right = x + (column + 1) * columnWidth
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
  const { stub, from, to, columnWidth, width } = part
  const face = total ? 'semibold' : 'regular'
  doc.font(face).fontSize(size)
  // long names go on in a second line
  const lines = names.map((name, column) => wrapped(doc, name, stub[column]! - gap))
  const height = rowHeight + (Math.max(...lines.map(({ length }) => length)) - 1) * 11
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
    cells
      .slice(from, to)
      .forEach((cell, column) => drawn(doc, row, 'TD', () => putRight(doc, cellText(cell), x + (column + 1) * columnWidth, top + 4)))
    aside(doc, 'Layout', () => rule(doc, top + height, { colour: colours.hairline, thickness: 0.5, width }))
    row.end()
  }
  return { height, draw }
}
