// The comparison table without its drawing: rows with their texts, their order, and what changed between two answers.
import type { Comparison, ComparisonRow, Trend } from './client.ts'
import {
  cellText,
  changeText,
  type Column,
  type FigureFormat,
  isCount,
  monthRangeText,
  noBreakSpace,
  shortMonthText,
  yearOf,
} from './format.ts'
import { monthBefore } from './selection.ts'
import { isUncertain } from './uncertainty.ts'

/** Amounts follow from the size of a district: a map would show nothing else. */
export const isMapped = ({ unit }: Pick<FigureFormat, 'unit'>) => !isCount(unit) && unit !== 'cents'

export const columns: Column[] = ['current', 'previous', 'year_average', 'previous_year_average', 'change']

/** `rough`: the same without cents, where there is no room for them. */
export type Cell = { text: string | null; rough?: string; sign: string | null; uncertain: boolean }
export type RowKind = 'region' | 'total' | 'weighted_average'
export type Row = {
  /** The authority's id, or the kind of a row of totals. */
  key: string
  kind: RowKind
  region: string
  name: string
  values: Record<Column, number | null>
  cells: Record<Column, Cell>
  cases: number | null
  series: (number | null)[]
}

/** Whether a cell holds a mean, which is read to a digit more. */
export const averaged = (kind: RowKind, column: Column) =>
  kind === 'weighted_average' || column === 'year_average' || column === 'previous_year_average'

type Source = Pick<ComparisonRow, Column | 'cases' | 'signs'>
const cellOf = (source: Source, column: Column, kind: RowKind, format: FigureFormat): Cell => {
  const value = source[column]
  if (value === null) return { text: null, sign: source.signs[column] ?? '–', uncertain: false }
  const text = column === 'change' ? changeText(value) : cellText(value, format, averaged(kind, column))
  const rough = format.unit === 'cents' && column !== 'change' ? { rough: cellText(value, { ...format, digits: 0 }) } : {}
  return { text, ...rough, sign: null, uncertain: kind !== 'weighted_average' && isUncertain(source, column, format.unit) }
}

const rowOf = (
  kind: RowKind,
  key: string,
  region: string,
  name: string,
  source: Source,
  format: FigureFormat,
  series: (number | null)[],
): Row => ({
  key,
  kind,
  region,
  name,
  values: Object.fromEntries(columns.map((column) => [column, source[column]])) as Row['values'],
  cells: Object.fromEntries(columns.map((column) => [column, cellOf(source, column, kind, format)])) as Row['cells'],
  cases: source.cases,
  series,
})

/** "Schwerin, Landeshauptstadt" is Schwerin, as long as no other row is called so too. */
export const shortNames = (names: string[]): string[] => {
  const short = names.map((name) => name.replace(/,.*$/, ''))
  return names.map((name, index) => (short.filter((other) => other === short[index]).length === 1 ? short[index]! : name))
}

/** Abbreviations made from the name itself tell nothing beside it. */
export const tellsMore = (region: string, name: string) => !name.startsWith(region.replace(/\.$/, ''))

/** Authorities that take no part yet: every column comes later. */
export const takesNoPart = (row: Row) => columns.every((column) => row.cells[column].sign === '…')

/** More rows than this are too many to be looked through. */
export const manyRows = 16

export type TableRows = { regions: Row[]; totals: Row[] }

/** Where many rows are shown, those without any data are left out, unless everything is wanted. */
export const foldRows = (rows: TableRows, all: boolean): { rows: TableRows; folded: number } => {
  const taking = rows.regions.filter((row) => !takesNoPart(row))
  const folded = rows.regions.length - taking.length
  if (rows.regions.length <= manyRows || taking.length === 0) return { rows, folded: 0 }
  return { rows: all ? rows : { ...rows, regions: taking }, folded }
}

export const tableRows = (answer: Comparison, trend: Trend | undefined): TableRows => {
  const names = shortNames(answer.rows.map(({ name }) => name))
  const series = new Map(trend?.rows.map((row) => [row.id, row.values]))
  return {
    regions: answer.rows.map((row, index) => rowOf('region', row.id, row.region, names[index]!, row, answer, series.get(row.id) ?? [])),
    totals: [
      rowOf('total', 'total', 'Summe', 'Summe', answer.total, answer, trend?.total.values ?? []),
      rowOf(
        'weighted_average',
        'weighted_average',
        'EW-gewichtet',
        'EW-gewichteter Durchschnitt',
        { ...answer.weighted_average, cases: null },
        answer,
        trend?.weighted_average.values ?? [],
      ),
    ],
  }
}

export type Sort = { by: Column | 'name'; descending: boolean }
export const readSort = (text: string | undefined): Sort | undefined => {
  if (!text) return undefined
  const by = text.replace(/^-/, '')
  return by === 'name' || (columns as string[]).includes(by) ? { by: by as Sort['by'], descending: text.startsWith('-') } : undefined
}
export const writeSort = (sort: Sort | undefined) => (sort ? `${sort.descending ? '-' : ''}${sort.by}` : undefined)

/** Numbers begin with the largest, names with A; the third click returns to the portal's own order. */
export const nextSort = (sort: Sort | undefined, by: Sort['by']): Sort | undefined => {
  const first = by !== 'name'
  if (sort?.by !== by) return { by, descending: first }
  return sort.descending === first ? { by, descending: !first } : undefined
}

const names = new Intl.Collator('de-DE')
/** Rows without a value stand at the end in either direction. */
export const sortRows = (rows: Row[], sort: Sort | undefined): Row[] => {
  if (!sort) return rows
  const direction = sort.descending ? -1 : 1
  if (sort.by === 'name') return rows.toSorted((a, b) => direction * names.compare(a.name, b.name))
  const by = sort.by
  return rows.toSorted((a, b) => {
    const [x, y] = [a.values[by], b.values[by]]
    if (x === null || y === null) return Number(x === null) - Number(y === null)
    return direction * (x - y)
  })
}

export const cellKey = (row: string, column: Column) => `${row}-${column}`
export const readCellKey = (key: string): { row: string; column: Column } | undefined => {
  const at = key.lastIndexOf('-')
  const column = key.slice(at + 1) as Column
  return at > 0 && columns.includes(column) ? { row: key.slice(0, at), column } : undefined
}

export type Change = { key: string; kind: RowKind; region: string; column: Column; before: string; after: string }
const shown = (cell: Cell) => cell.text ?? cell.sign ?? ''
/** Cells that read differently in two answers to the same question. */
export const changesBetween = (before: TableRows, after: TableRows): Change[] => {
  const earlier = new Map([...before.regions, ...before.totals].map((row) => [row.key, row]))
  return [...after.regions, ...after.totals].flatMap((row) => {
    const old = earlier.get(row.key)
    if (!old) return []
    return columns
      .filter((column) => shown(old.cells[column]) !== shown(row.cells[column]))
      .map((column) => ({
        key: cellKey(row.key, column),
        kind: row.kind,
        region: row.region,
        column,
        before: shown(old.cells[column]),
        after: shown(row.cells[column]),
      }))
  })
}

const most = 3
/** "VR: 47 → 48": the authorities whose month changed, else whatever did. */
export const toldChanges = (changes: Change[]): string => {
  const regions = changes.filter(({ kind }) => kind === 'region')
  const months = regions.filter(({ column }) => column === 'current')
  const told = [months, regions, changes].find((some) => some.length > 0) ?? []
  const named = told.slice(0, most).map(({ region, before, after }) => `${region}: ${before} → ${after}`)
  return `${named.join(', ')}${told.length > most ? ` und ${told.length - most} weitere` : ''}`
}

export type Head = { long: string; short?: string; period: string }
/** The last month that counts in the average of the year; undefined when none has passed yet. */
export const lastAveragedMonth = (month: string, leftOut: boolean) => {
  const last = leftOut ? monthBefore(month) : month
  return yearOf(last) === yearOf(month) ? last : undefined
}
/** `leftOut`: the selected month still runs and the figure is a flow, so that it stays out of the average. */
export const columnHeads = (month: string, running: boolean, leftOut: boolean): Record<Column, Head> => {
  const last = lastAveragedMonth(month, leftOut)
  return {
    current: { long: 'Aktueller Monat', period: `${shortMonthText(month)}${running ? ', läuft' : ''}` },
    previous: { long: 'Vormonat', period: shortMonthText(monthBefore(month)) },
    year_average: {
      long: 'Monatsdurchschnitt im Jahr',
      short: 'Ø Jahr',
      period: last ? monthRangeText(`${yearOf(month)}-01`, last) : yearOf(month),
    },
    previous_year_average: { long: 'Monatsdurchschnitt im Vorjahr', short: 'Ø Vorjahr', period: String(Number(yearOf(month)) - 1) },
    change: { long: `Veränderung in${noBreakSpace}%`, short: 'Veränd. %', period: 'Jahr zu Vorjahr' },
  }
}

/** Nothing was counted anywhere in either year. */
export const isEmpty = ({ regions, totals }: TableRows) =>
  [...regions, ...totals].every((row) =>
    columns.every((column) => row.values[column] === 0 || row.cells[column].sign === '–' || column === 'change'),
  )
