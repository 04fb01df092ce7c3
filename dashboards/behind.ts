// What stands behind a value of the comparison: the months it is made of, the bookings, and the address it is found at again.
import type { Comparison, ExplanationQuery, Session } from './client.ts'
import { cellKey, lastAveragedMonth, type Row } from './comparison.ts'
import { type Column, yearOf } from './format.ts'
import type { Role } from '../transactional/vocabulary.ts'
import { bookingLinesPath, bookingLinesRoles, comparisonPath } from './route.ts'
import { monthBefore, type Selection, writeChoice } from './selection.ts'

export type Behind = {
  /** Undefined for a value that is made of those above it. */
  query: ExplanationQuery | undefined
  /** What the months come to. */
  results: { label: string; text: string }[]
  address: string
  /** The bookings of a month, where the reader may see them. */
  linesHref: ((month: string) => string) | undefined
  /** Of one month alone. */
  month: string | undefined
}
type Context = { selection: Selection; answer: Comparison; row: Row; column: Column; as_of: string | undefined; session: Session }

const monthsBehind = ({ selection, answer: { month, running }, column }: Context): { from: string; to: string } | undefined => {
  const january = `${yearOf(month)}-01`
  const before = Number(yearOf(month)) - 1
  const last = lastAveragedMonth(month, running && selection.figure.flow)
  const months: Record<Column, { from: string; to: string } | undefined> = {
    current: { from: month, to: month },
    previous: { from: monthBefore(month), to: monthBefore(month) },
    year_average: last ? { from: january, to: last } : undefined,
    previous_year_average: { from: `${before}-01`, to: `${before}-12` },
    change: { from: `${before}-01`, to: last ?? `${before}-12` },
  }
  return months[column]
}

const filtersOf = ({ figure, service_kind, specialisation }: Selection) => ({
  figure: figure.name,
  ...(service_kind && { service_kind: service_kind.code }),
  ...(specialisation && { specialisation: specialisation.code }),
})

const resultsOf = ({ row: { cells }, column }: Context) => {
  const result = (label: string, name: Column) => ({ label, text: cells[name].text ?? cells[name].sign ?? '–' })
  if (column === 'year_average' || column === 'previous_year_average') return [result('Mittel', column)]
  return column === 'change' ? [result('Mittel Vorjahr', 'previous_year_average'), result('Mittel Jahr', 'year_average')] : []
}

const seesLines = ({ roles, youth_authority }: Session, row: Row) =>
  row.key === youth_authority?.id && roles.some((role) => bookingLinesRoles.includes(role)) && !roles.includes('politics' satisfies Role)

export const behindOf = (context: Context): Behind => {
  const { selection, row, column, as_of, session } = context
  const { figure, specialisation, area } = selection
  const months = monthsBehind(context)
  const senseless = specialisation !== null && !figure.by_specialisation
  const filters = filtersOf(selection)
  const listed = as_of === undefined && !senseless && figure.bookings_behind !== null && seesLines(session, row)
  return {
    query:
      months && row.kind !== 'weighted_average' && !senseless
        ? { ...filters, area: area.code, row: row.key, month: selection.month, ...months, ...(as_of && { as_of }) }
        : undefined,
    results: resultsOf(context),
    address: `${comparisonPath}${writeChoice({
      ...filters,
      month: selection.month,
      area: area.code,
      cell: cellKey(row.key, column),
      ...(as_of && { as_of }),
    })}`,
    linesHref: listed ? (month) => `${bookingLinesPath}${writeChoice({ ...filters, month })}` : undefined,
    month: months && months.from === months.to && row.values[column] !== null ? months.from : undefined,
  }
}
