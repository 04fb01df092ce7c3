import { monthText, numberText, shortMonthText } from './format.ts'
import { type Block, colours, drawn, type Paper, paragraph, put, putRight, sheet, textWidth } from './paper.ts'
import type { Curve, Report } from './report.ts'

const height = 150
const between = 40

/** Curves side by side, each on its own scale from zero; secret months are gaps. */
export const curveBlocks = (paper: Paper, { title, panels }: NonNullable<Report['curves']>): Block[] => {
  const { doc, root } = paper
  const width = (sheet.width - between * (panels.length - 1)) / panels.length
  const draw = (top: number) =>
    panels.forEach((curve, index) => {
      const left = sheet.left + index * (width + between)
      const bbox = [left, top, left + width, top + height]
      drawn(doc, root, 'Figure', () => drawCurve(doc, curve, { left, top, width }), { alt: curveText(curve), bbox, placement: 'Block' })
    })
  const heading = paragraph(paper, title, { tag: 'H2', face: 'semibold', size: 12, below: 8 })
  return [
    { ...heading, needs: Infinity },
    { height: height + 20, draw },
  ]
}

/** The curve in words, for those who do not see it. */
export const curveText = ({ name, months, values, format }: Curve): string => {
  const open = values.flatMap((value, i) => (value === null ? [] : [{ value, month: months[i]! }]))
  const [first, last] = [open[0], open.at(-1)]
  if (!first || !last) return `${name}: keine offenen Werte`
  const at = ({ value, month }: { value: number; month: string }) => `${numberText(value, format)} im ${monthText(month)}`
  const low = open.reduce((least, each) => (each.value < least.value ? each : least))
  const high = open.reduce((most, each) => (each.value > most.value ? each : most))
  return `${name}: von ${at(first)} auf ${at(last)}; niedrigster Wert ${at(low)}, höchster ${at(high)}`
}

const drawCurve = (doc: PDFKit.PDFDocument, curve: Curve, { left, top, width }: { left: number; top: number; width: number }) => {
  const { name, months, values, format } = curve
  const scale = { plain: 1, cents: 0.01, ratio: 100 }[format.scale]
  const read = values.map((value) => (value === null ? null : value * scale))
  const open = read.filter((value) => value !== null)
  doc.font('semibold').fontSize(10).fillColor(colours.ink)
  put(doc, name, left, top)
  const ticks = ticksTo(Math.max(0, ...open), Math.min(0, ...open))
  const labels = ticks.map((tick) => tickText(tick, ticks))
  doc.font('regular').fontSize(8).fillColor(colours.muted)
  const axis = left + Math.max(...labels.map((label) => textWidth(doc, label))) + 6
  const right = left + width - 24
  const [above, base] = [top + 24, top + height - 18]
  const [low, high] = [ticks[0]!, ticks.at(-1)!]
  const y = (value: number) => base - ((value - low) / (high - low)) * (base - above)
  const x = (index: number) => axis + (index / Math.max(1, months.length - 1)) * (right - axis)
  ticks.forEach((tick, index) => {
    doc
      .moveTo(axis, y(tick))
      .lineTo(right, y(tick))
      .lineWidth(0.5)
      .strokeColor(tick === 0 ? colours.rule : colours.hairline)
      .stroke()
    putRight(doc, labels[index]!, axis - 6, y(tick) - 5)
  })
  const step = [3, 6, 12, 24, 60].find((count) => (count / Math.max(1, months.length - 1)) * (right - axis) >= 44) ?? 120
  months.forEach((month, index) => {
    if ((Number(month.slice(0, 4)) * 12 + Number(month.slice(5)) - 1) % step !== 0) return
    doc
      .moveTo(x(index), base)
      .lineTo(x(index), base + 3)
      .lineWidth(0.5)
      .strokeColor(colours.rule)
      .stroke()
    const label = step < 12 ? shortMonthText(month) : month.slice(0, 4)
    put(doc, label, x(index) - textWidth(doc, label) / 2, base + 6)
  })
  drawLine(doc, read, x, y)
  const last = read.findLastIndex((value) => value !== null)
  if (last < 0) return
  doc.font('semibold').fontSize(8.5).fillColor(colours.accent)
  const label = numberText(values[last]!, format)
  const beginning = Math.min(x(last) - textWidth(doc, label) / 2, left + width - textWidth(doc, label))
  // above the line where it falls to its last value, too
  const beside = read.filter((value, index) => value !== null && x(index + 1) >= beginning) as number[]
  put(doc, label, beginning, y(Math.max(...beside)) - 15)
}

const drawLine = (doc: PDFKit.PDFDocument, values: (number | null)[], x: (index: number) => number, y: (value: number) => number) => {
  doc.lineWidth(1.6).lineJoin('round').strokeColor(colours.accent).fillColor(colours.accent)
  let drawing = false
  values.forEach((value, index) => {
    const before = values[index - 1] ?? null
    const after = values[index + 1] ?? null
    if (value === null) return
    if (before === null) doc.moveTo(x(index), y(value))
    else doc.lineTo(x(index), y(value))
    drawing ||= before !== null
    if (after !== null) return
    if (drawing) doc.stroke()
    drawing = false
    // a value between two gaps, and the last one
    if (before === null || index === values.length - 1) doc.circle(x(index), y(value), before === null ? 1.6 : 2.4).fill()
  })
}

/** From zero, or below it, to above the largest value, in about four steps of 1, 2 or 5. */
const ticksTo = (high: number, low: number): number[] => {
  const rough = (high - low || 1) / 4
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = power * ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10)
  const first = Math.floor(low / step)
  return Array.from({ length: Math.max(2, Math.ceil(high / step) - first + 1) }, (_, i) => (first + i) * step)
}

const tickText = (tick: number, ticks: number[]): string => {
  const step = Math.abs((ticks[1] ?? 1) - (ticks[0] ?? 0))
  const [size, unit] = Math.abs(ticks.at(-1)!) >= 1_000_000 ? [1_000_000, '\u00a0Mio.'] : [1, '']
  const digits = Math.max(0, Math.ceil(-Math.log10(step / size) - 1e-9))
  return tick === 0 ? '0' : `${numberText(tick / size, { scale: 'plain', digits })}${unit}`
}
