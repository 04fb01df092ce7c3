import type { Cell, CellStyle, CellValue, WriteSheet } from 'hucre'
import { writeXlsx } from 'hucre/xlsx'
import { instantText } from './format.ts'
import type { Report, ReportCell, ReportTable } from './report.ts'

const ink = { rgb: '131525' }
const muted = { rgb: '454B6B' }
const rule = { style: 'thin', color: { rgb: '1D2034' } } as const
const hairline = { style: 'hair', color: { rgb: 'C0C3D5' } } as const
const font = { name: 'Calibri', size: 11, color: ink }

const plain: CellStyle = { font }
const title: CellStyle = { font: { ...font, size: 16, bold: true } }
const meta: CellStyle = { font: { ...font, color: muted } }
const bold: CellStyle = { font: { ...font, bold: true } }
const text: CellStyle = { font, alignment: { vertical: 'top', wrapText: true } }
const link: CellStyle = { font: { ...font, color: { rgb: '2044AA' }, underline: true }, alignment: { vertical: 'top', wrapText: true } }
const term: CellStyle = { font: { ...font, bold: true }, alignment: { vertical: 'top' } }

/** A workbook to be laid before a committee: the table, its definition, and the sheets behind it. */
export const reportXlsx = (report: Report): Promise<Uint8Array> =>
  writeXlsx({
    sheets: [
      tableSheet(report, report.table),
      ...(report.later ? [tableSheet(report, report.later)] : []),
      definitionSheet(report),
      ...report.sheets.map((table) => tableSheet(report, table)),
    ],
    properties: {
      title: report.title,
      creator: 'SoJuS',
      description: `${report.area}, ${report.period}`,
      created: new Date(report.data_as_of),
    },
    defaultFont: font,
  })

/** Rows of cells with their styles; texts are written as texts, so that a name beginning with = is no formula. */
const sheetOf = (lines: [CellValue, CellStyle][][]): Pick<WriteSheet, 'rows' | 'cells'> => ({
  rows: lines.map((line) => line.map(([value]) => value)),
  cells: new Map(
    lines.flatMap((line, row) =>
      line.map(([value, style], column): [string, Partial<Cell>] => [
        `${row},${column}`,
        { style, ...(style === link && { hyperlink: { target: String(value) } }) },
      ]),
    ),
  ),
})

const tableSheet = (report: Report, table: ReportTable): WriteSheet => {
  const above: [CellValue, CellStyle][][] = [
    [[report.title, title]],
    [[`${report.area} · ${report.period} · Stand ${instantText(report.data_as_of)}`, meta]],
    [[report.readers, meta]],
    [[table.caption, bold]],
    ...(table.notes ?? []).map((note): [CellValue, CellStyle][] => [[note, meta]]),
  ]
  const styles = stylesOfCells()
  const rows = table.rows.map(({ names, cells, total = false }, index) => {
    const first = total && !table.rows[index - 1]?.total
    return [
      ...names.map((name): [CellValue, CellStyle] => [name, styles('', { total, first })]),
      ...cells.map((cell): [CellValue, CellStyle] => [
        valueOf(cell),
        styles(typeof cell === 'string' ? '@' : numberFormat(cell), { total, first }),
      ]),
    ]
  })
  const below: [CellValue, CellStyle][][] = [
    [],
    ...report.signs.map((sign): [CellValue, CellStyle][] => [[`${sign.term}   ${sign.text}`, meta]]),
  ]
  const heads = above.length + 1
  return {
    name: table.name,
    ...sheetOf([...above, headLine(table, 'text'), headLine(table, 'period'), ...rows, ...below]),
    columns: [
      ...table.stub.map((head, column) => ({ width: Math.min(60, 2 + longest([head, ...table.rows.map(({ names }) => names[column]!)])) })),
      ...table.heads.map(({ text, period }, column) => ({
        width: Math.max(11, 3 + longest([period, ...text.split(/[ \u00a0]/), ...table.rows.map(({ cells }) => widest(cells[column]!))])),
      })),
    ],
    rowDefs: new Map([
      [0, { height: 24 }],
      [heads - 1, { height: table.heads.some(({ text }) => text.length > 14) ? 32 : 18 }],
    ]),
    freezePane: { rows: heads + 1, columns: table.stub.length },
    pageSetup: {
      paperSize: 'a4',
      orientation: 'landscape',
      // many months go on to further pages, with the names repeated, rather than become too small to read
      ...(table.heads.length <= 24
        ? { fitToPage: true, fitToWidth: 1, fitToHeight: 0 }
        : { printTitlesColumn: `$A:$${String.fromCodePoint(64 + table.stub.length)}` }),
      margins: { left: 0.5, right: 0.5, top: 0.6, bottom: 0.7, header: 0.3, footer: 0.3 },
      printTitlesRow: `$${heads}:$${heads + 1}`,
    },
    headerFooter: footer(report),
    view: { showGridLines: false },
    a11y: { summary: `${report.title}, ${report.area}. ${table.caption}`, headerRow: heads - 1 },
  }
}

const headLine = ({ stub, heads }: ReportTable, line: 'text' | 'period'): [CellValue, CellStyle][] => {
  const border = line === 'text' ? { top: rule } : { bottom: rule }
  const style = (horizontal: 'left' | 'right'): CellStyle => ({
    font: line === 'text' ? { ...font, bold: true } : { ...font, size: 10, color: muted },
    alignment: { horizontal, vertical: 'bottom', wrapText: true },
    border,
  })
  return [
    ...stub.map((head): [CellValue, CellStyle] => [line === 'text' ? head : '', style('left')]),
    ...heads.map((head): [CellValue, CellStyle] => [head[line], style('right')]),
  ]
}

const longest = (texts: string[]) => texts.reduce((most, { length }) => Math.max(most, length), 0)

/** The number as Excel shows it, near enough to give its column room. */
const widest = (cell: ReportCell): string => {
  if (typeof cell === 'string') return cell
  const whole = String(Math.trunc(Math.abs(cell.value) / (cell.format.scale === 'cents' ? 100 : 1)))
  return `${whole}${'.'.repeat(whole.length / 3)}${'0'.repeat(cell.format.digits)}${cell.format.scale === 'plain' ? '' : ' €()'}`
}

const valueOf = (cell: ReportCell): CellValue => {
  if (typeof cell === 'string') return cell
  return cell.format.scale === 'cents' ? cell.value / 100 : cell.value
}

/** Excel shows separators by the reader's language; brackets mark what rests on few cases. */
const numberFormat = ({ format, uncertain = false }: Exclude<ReportCell, string>): string => {
  const digits = format.digits === 0 ? '' : `.${'0'.repeat(format.digits)}`
  const unit = { plain: '', cents: ' "€"', ratio: '%' }[format.scale]
  const number = `${format.scale === 'ratio' ? '0' : '#,##0'}${digits}${unit}`
  const literal = (text: string) => (text === '' ? '' : `"${text}"`)
  const shown = (sign: string) => `${literal(`${uncertain ? '(' : ''}${sign}`)}${number}${literal(uncertain ? ')' : '')}`
  return `${shown(format.signed ? '+' : '')};${shown('\u2212')};${shown('')}`
}

/** One object per style, since thousands of cells share few. */
const stylesOfCells = () => {
  const known = new Map<string, CellStyle>()
  return (numFmt: string, { total, first }: { total: boolean; first: boolean }): CellStyle => {
    const key = `${numFmt} ${total} ${first}`
    let style = known.get(key)
    if (!style) {
      style = {
        font: total ? { ...font, bold: true } : font,
        border: { bottom: hairline, ...(first && { top: rule }) },
        ...(numFmt !== '' && { numFmt, alignment: { horizontal: 'right' } }),
      }
      known.set(key, style)
    }
    return style
  }
}

const definitionSheet = (report: Report): WriteSheet => {
  const lines: [CellValue, CellStyle][][] = [
    [[report.title, title]],
    [],
    ...(report.published_as
      ? [
          [
            ['Festgehalten als', term],
            [report.published_as, text],
          ] as [CellValue, CellStyle][],
        ]
      : []),
    ...report.definition.map(({ term: name, text: meaning }): [CellValue, CellStyle][] => [
      [name, term],
      [meaning, /^https?:/.test(meaning) ? link : text],
    ]),
    [
      ['Wer es lesen darf', term],
      [report.readers, text],
    ],
    [],
    [['Zeichen', bold]],
    ...report.signs.map((sign): [CellValue, CellStyle][] => [
      [sign.term, plain],
      [sign.text, plain],
    ]),
  ]
  return {
    name: 'Definition',
    ...sheetOf(lines),
    columns: [{ width: 30 }, { width: 100 }],
    rowDefs: new Map(
      lines.flatMap((line, row) => (line.length < 2 ? [] : [[row, { height: 15 * Math.ceil(String(line[1]![0]).length / 95) }]])),
    ),
    pageSetup: { paperSize: 'a4', orientation: 'landscape', fitToPage: true, fitToWidth: 1, fitToHeight: 0 },
    headerFooter: footer(report),
    view: { showGridLines: false },
    a11y: { summary: `Was ${report.title} bedeutet` },
  }
}

/** & begins a code in the footers of Excel. */
const footer = ({ title: name, data_as_of }: Report) => ({
  oddFooter: `&L${name.replaceAll('&', '&&')}&CStand ${instantText(data_as_of)}&RSeite &P von &N`,
})
