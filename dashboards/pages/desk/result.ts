// A query's result as text and as points of a chart.
import type { DeskResult } from '../../client.ts'
import type { QueryPoint } from '../../charts/query-result.ts'
import { dateText, plainNumberText, shortMonthText } from '../../format.ts'

export type Kind = 'number' | 'day' | 'text'
type Value = DeskResult['rows'][number][number]

export const kindOf = (type: string): Kind => {
  if (/^(U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER|FLOAT|DOUBLE|DECIMAL\(.*\))$/.test(type)) return 'number'
  return type === 'DATE' ? 'day' : 'text'
}

const mostDigits = 6
const digitsAfterComma = (value: Value) => {
  if (typeof value !== 'number' || Number.isInteger(value)) return 0
  return String(Number(value.toFixed(mostDigits))).split('.')[1]?.length ?? 0
}

/** The same for all of a column, so that commas stand under each other. */
export const digitsOf = ({ rows }: Pick<DeskResult, 'rows'>, column: number) =>
  Math.max(0, ...rows.map((row) => digitsAfterComma(row[column] ?? null)))

/** null: there is no value. */
export const textOf = (value: Value, kind: Kind, digits: number): string | null => {
  if (value === null) return null
  if (typeof value === 'number') return plainNumberText(value, digits)
  if (typeof value === 'boolean') return value ? 'ja' : 'nein'
  return kind === 'day' && isDay(value) ? dateText(value) : value
}

const isDay = (text: string) => /^\d{4}-\d\d-\d\d$/.test(text)

export type ChartChoice = { kind: 'bars' | 'line'; label: number; value: number }

export const numberColumns = ({ columns }: Pick<DeskResult, 'columns'>) =>
  columns.flatMap(({ type }, at) => (kindOf(type) === 'number' ? [at] : []))

/** A line where the first column is days, else bars; the first words as labels and the first numbers as values. */
export const firstChoice = (result: Pick<DeskResult, 'columns' | 'rows'>): ChartChoice | undefined => {
  const kinds = result.columns.map(({ type }) => kindOf(type))
  const label = kinds.includes('day') ? kinds.indexOf('day') : kinds.lastIndexOf('text')
  const value = kinds.findIndex((kind, at) => kind === 'number' && at !== label)
  if (value < 0 || result.rows.length === 0) return undefined
  if (label >= 0) return { kind: kinds[label] === 'day' ? 'line' : 'bars', label, value }
  const another = kinds.findIndex((_, at) => at !== value)
  return another < 0 ? undefined : { kind: 'bars', label: another, value }
}

export const mostBars = 40
export const mostPoints = 1000

export const pointsOf = ({ columns, rows }: Pick<DeskResult, 'columns' | 'rows'>, { kind, label, value }: ChartChoice): QueryPoint[] => {
  const shown = rows.slice(0, kind === 'bars' ? mostBars : mostPoints)
  const labelKind = kindOf(columns[label]!.type)
  const days = shown.map((row) => row[label])
  const monthly = labelKind === 'day' && days.every((day) => typeof day === 'string' && day.endsWith('-01'))
  const digits = digitsOf({ rows: shown }, label)
  return shown.map((row) => {
    const said = row[label] ?? null
    const day = labelKind === 'day' && typeof said === 'string' && isDay(said) ? said : null
    const number = Number(row[value] ?? Number.NaN)
    return {
      label: monthly && day ? shortMonthText(day.slice(0, 7)) : (textOf(said, labelKind, digits) ?? 'ohne Angabe'),
      day,
      value: Number.isFinite(number) ? number : null,
    }
  })
}
