import type { Cell, CellStyle, CellValue, WriteSheet } from 'hucre'
import type { Columns } from '../columns.ts'
import { csvOf } from '../export.ts'
import { instantText } from './format.ts'

type Column = { name: string; head: string; type: 'text' | 'day' | 'cents' | 'number'; values: (string | number | null)[] }
/** Single facts, as a list to be taken away. */
export type Lines = { title: string; about: string; data_as_of: string; sheets: { name: string; columns: Column[] }[] }

/** As a workbook of all sheets, or the first one as CSV with names and codes for programs. */
export const linesFile = async (form: 'csv' | 'xlsx', lines: Lines): Promise<Uint8Array | string> => {
  if (form === 'csv') return csvOf(columnsOf(lines.sheets[0]!.columns))
  const { writeXlsx } = await import('hucre/xlsx')
  return writeXlsx({ sheets: lines.sheets.map((sheet) => sheetOf(lines, sheet)) })
}

const columnsOf = (columns: Column[]): Columns =>
  Object.fromEntries(
    columns.map(({ name, type, values }) => [name, { type: type === 'cents' || type === 'number' ? 'number' : 'text', values }]),
  )

const bold: CellStyle = { font: { bold: true } }
const formats: Record<Column['type'], CellStyle> = {
  text: {},
  day: { numFmt: 'dd.mm.yyyy' },
  cents: { numFmt: '#,##0.00 "€"' },
  number: {},
}
/** Texts are written as texts, so that a name beginning with = is no formula. */
const valueOf = ({ type }: Column, value: string | number | null): CellValue => {
  if (value === null) return null
  if (type === 'cents') return Number(value) / 100
  return type === 'day' ? new Date(`${value}T00:00:00Z`) : value
}

const sheetOf = ({ title, about, data_as_of }: Lines, { name, columns }: Lines['sheets'][number]): WriteSheet => {
  const above: CellValue[][] = [[title], [`${about} · Stand ${instantText(data_as_of)}`], []]
  const length = columns[0]?.values.length ?? 0
  const rows = Array.from({ length }, (_, row) => columns.map((column) => valueOf(column, column.values[row] ?? null)))
  const styles: [string, Partial<Cell>][] = [
    ['0,0', { style: bold }],
    ...columns.map((_, column): [string, Partial<Cell>] => [`${above.length},${column}`, { style: bold }]),
    ...rows.flatMap((cells, row) =>
      cells.map((_, column): [string, Partial<Cell>] => [`${row + above.length + 1},${column}`, { style: formats[columns[column]!.type] }]),
    ),
  ]
  return {
    name,
    rows: [...above, columns.map(({ head }) => head), ...rows],
    cells: new Map(styles),
    columns: columns.map(({ type, head, values }) => ({
      width: type === 'text' ? Math.min(60, 2 + Math.max(head.length, ...values.map((value) => String(value ?? '').length))) : 16,
    })),
    freezePane: { rows: above.length + 1, columns: 0 },
    pageSetup: { paperSize: 'a4', orientation: 'landscape', fitToPage: true, fitToWidth: 1, fitToHeight: 0 },
    a11y: { summary: `${title}: ${name}`, headerRow: above.length },
  }
}
