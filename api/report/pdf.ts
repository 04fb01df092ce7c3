import { instantText } from './format.ts'
import { type Block, colours, drawn, element, type Paper, paragraph, put, sheet, wrapped, writePdf } from './paper.ts'
import { curveBlocks } from './pdf-chart.ts'
import { drawingBlocks } from './pdf-drawing.ts'
import { tableBlocks } from './pdf-table.ts'
import { addressTerms, type Report, type ReportTable, type Term } from './report.ts'

/** A report to be laid before a committee: cover, drawing, tables, curves, definition; tagged, so that it can be read aloud. */
export const reportPdf = (report: Report): Promise<Uint8Array> => {
  const info = { title: report.title, footer: `Stand ${instantText(report.data_as_of)}`, date: new Date(report.data_as_of) }
  const { drawing } = report
  const drawn = drawing && 'draw' in drawing ? drawing : null
  return writePdf(info, async (paper) => [
    ...coverBlocks(paper, report),
    ...(drawn ? onNewPage(await drawingBlocks(paper, drawn)) : []),
    ...onNewPage(endingWith(tableBlocks(paper, report.table), signsBlock(paper, report.signs))),
    ...(drawn?.table ? tableBlocks(paper, drawn.table) : []),
    ...(report.curves ? curveBlocks(paper, report.curves) : []),
    ...(report.curves?.table ? tableBlocks(paper, report.curves.table) : []),
    ...(report.later ? onNewPage(laterBlocks(paper, report.later)) : []),
    ...onNewPage([paragraph(paper, 'Was die Zahlen bedeuten', { tag: 'H2', face: 'semibold', size: 12, below: 8 })]),
    ...report.definition.map((term) => termBlock(paper, term)),
  ])
}

const laterBlocks = (paper: Paper, later: ReportTable): Block[] => [
  paragraph(paper, later.caption, { tag: 'H2', face: 'semibold', size: 12, below: 6 }),
  ...(later.notes ?? []).map((note) => paragraph(paper, note, { size: 9.5, below: 3 })),
  ...(later.rows.length > 0 ? tableBlocks(paper, { ...later, caption: 'Geänderte Werte, die größten Wirkungen zuerst' }) : []),
]

const onNewPage = ([first, ...others]: Block[]): Block[] => [{ ...first!, needs: Infinity }, ...others]

/** No page holds what comes last alone: the row before goes there with it. */
const endingWith = (blocks: Block[], last: Block): Block[] => {
  const before = blocks.at(-1)!
  return [...blocks.slice(0, -1), { ...before, needs: Math.max(before.needs ?? 0, before.height + (last.above ?? 0) + last.height) }, last]
}

const coverBlocks = (paper: Paper, report: Report): Block[] => [
  { height: 48, draw: () => undefined },
  paragraph(paper, 'SoJuS · Soziales und Jugend Serviceportal', { size: 10, colour: colours.muted, above: 12, below: 12 }),
  ...(report.published_as
    ? [paragraph(paper, report.published_as, { face: 'semibold', size: 14, width: 620, colour: colours.accent, below: 8 })]
    : []),
  paragraph(paper, report.title, { tag: 'H1', face: 'semibold', size: 26, width: 620, below: 8 }),
  paragraph(paper, report.finding, { size: 14, width: 620, below: 32 }),
  ...[
    { term: 'Gebiet', text: report.area },
    { term: 'Zeitraum', text: report.period },
    { term: 'Stand', text: instantText(report.data_as_of) },
    ...(report.drawing ? [{ term: 'Grafik', text: drawingText(report.drawing) }] : []),
    { term: 'Wer es lesen darf', text: report.readers },
    ...addressTerms(report.address),
  ].map((term) => termBlock(paper, term)),
]

/** One that is not there is not passed over. */
const drawingText = (drawing: NonNullable<Report['drawing']>) =>
  'missing' in drawing ? `${drawing.kind}: ${drawing.missing}` : drawing.kind

const termWidth = 160
const termSize = 10
const termLine = 14

/** A term on the left, what it means on the right; an address can be followed. */
const termBlock = ({ doc, root }: Paper, { term, text }: Term): Block => {
  const names = wrapped(doc.font('semibold').fontSize(termSize), term, termWidth - 12)
  const lines = wrapped(doc.font('regular').fontSize(termSize), text, sheet.width - termWidth)
  const address = /^https?:/.test(text)
  const drawMeaning = (top: number) => {
    doc
      .font('regular')
      .fontSize(termSize)
      .fillColor(address ? colours.accent : colours.ink)
    const options = { lineBreak: false, ...(address && { link: text }) }
    lines.forEach((line, index) => doc.text(line, sheet.left + termWidth, top + index * termLine, options))
  }
  const drawName = (top: number) => {
    doc.font('semibold').fontSize(termSize).fillColor(colours.ink)
    names.forEach((line, index) => put(doc, line, sheet.left, top + index * termLine))
  }
  const draw = (top: number) => {
    const paragraph = element(doc, root, 'P')
    paragraph.add(() => drawName(top))
    drawn(doc, paragraph, address ? 'Link' : 'Span', () => drawMeaning(top))
    paragraph.end()
  }
  return { height: Math.max(names.length, lines.length) * termLine + 8, draw }
}

const signsBlock = (paper: Paper, signs: Term[]): Block =>
  paragraph(paper, `Zeichen: ${signs.map(({ term, text }) => `„${term}“ ${text}`).join(' · ')}`, {
    size: 8.5,
    colour: colours.muted,
    above: 10,
  })
