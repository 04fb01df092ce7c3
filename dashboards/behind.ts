// What stands behind a value of the comparison: the months it is made of, the bookings, and the address it is found at again.
import type { Comparison, ComparisonQuery, ExplanationQuery, LineQuery, Session } from './client.ts'
import { choiceIn } from './choice.ts'
import { cellKey, lastAveragedMonth, type Row } from './comparison.ts'
import { type Column, yearOf } from './format.ts'
import type { Role } from '../transactional/vocabulary.ts'
import { pickOf } from './middle.ts'
import { bookingLinesPath, bookingLinesRoles, comparisonPath, laterLinesPath, linesRoles } from './route.ts'
import { monthBefore, type Selection, writeChoice } from './selection.ts'

export type Behind = {
  /** Undefined for a value that is made of those above it. */
  query: ExplanationQuery | undefined
  /** What the months come to. */
  results: { label: string; text: string }[]
  address: string
  /** The address tells the values of whenever it is opened, not of now. */
  follows: boolean
  /** The bookings, payments or reservations of a month, where the reader may see them. */
  linesHref: ((month: string) => string) | undefined
  /** What stands behind, as a link says it. */
  linesName: string
  /** Why nothing is listed to somebody who sees what stands behind other figures of his. */
  unlisted: string | undefined
  /** What an order statistic of one month rests on: the values of the own bookings, or the distribution this reader is told. */
  values: { own: LineQuery } | { told: ComparisonQuery; row: string } | undefined
  /** Of one month alone. */
  month: string | undefined
}
type Context = { selection: Selection; answer: Comparison; row: Row; column: Column; as_of: string | undefined; session: Session }

type Months = { from: string; to: string }
/** The months a column of the comparison is made of. */
export const monthsBehind = (
  column: Column,
  { month, running, flow }: { month: string; running: boolean; flow: boolean },
): Months | undefined => {
  const january = `${yearOf(month)}-01`
  const before = Number(yearOf(month)) - 1
  const last = lastAveragedMonth(month, running && flow)
  const months: Record<Column, Months | undefined> = {
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

type Facts = NonNullable<Selection['figure']['facts_behind']>['facts']
const linesNames: Record<Facts, string> = {
  bookings: 'Buchungen hinter der Zahl',
  payments: 'Zahlungen hinter der Zahl',
  reservations: 'Reservierungen hinter der Zahl',
  waits: 'Wartelisten hinter der Zahl',
}
const closedTo: Record<Facts, string> = {
  bookings: '',
  payments: 'Die einzelnen Zahlungen sehen Wirtschaftliche Jugendhilfe und Controlling.',
  reservations: 'Die einzelnen Reservierungen sieht, wer Fälle führt oder abrechnet.',
  waits: 'Die einzelnen Einträge auf Wartelisten sieht, wer Fälle führt oder abrechnet.',
}

const isOwn = ({ roles, youth_authority }: Session, key: string) =>
  key === youth_authority?.id && roles.some((role) => bookingLinesRoles.includes(role)) && !roles.includes('politics' satisfies Role)

/** Figures that rest on nothing that could be listed. */
const unlistedText = ({ name, unit }: Selection['figure']): string => {
  if (unit === 'searches')
    return 'Suchen stehen nicht einzeln da: Sie sagen, wonach für ein Kind gesucht wurde, und gehören dem, der gesucht hat.'
  if (name === 'budget') return 'Dahinter steht der Haushaltsansatz des Jahres, keine einzelnen Buchungen.'
  if (unit === 'cents_per_unit') return 'Dahinter stehen Entgelte der Angebote, keine Buchungen.'
  return 'Dahinter stehen auch Hilfen anderer örtlicher Träger; sie werden nicht einzeln gezeigt.'
}

const valuesOf = ({ selection, row, as_of }: Context, month: string | undefined, listed: boolean): Behind['values'] => {
  const { figure, area } = selection
  if (month === undefined || row.kind === 'weighted_average' || pickOf(figure.name) === undefined) return undefined
  const asked = { service_kind: selection.service_kind?.code ?? null, specialisation: selection.specialisation?.code ?? null, month, as_of }
  if (listed) return { own: { ...asked, counted: figure.facts_behind!.counted } }
  if (figure.unit !== 'cents_per_unit') return undefined
  return { told: { ...asked, as_of: as_of ?? null, figure: figure.name, area: area.code }, row: row.key }
}

export const behindOf = (context: Context): Behind => {
  const { selection, row, column, as_of, session } = context
  const { figure, specialisation, area } = selection
  const months = monthsBehind(column, { ...context.answer, flow: figure.flow })
  const senseless = specialisation !== null && !figure.by_specialisation
  const filters = filtersOf(selection)
  const facts = figure.facts_behind?.facts
  const own = !senseless && isOwn(session, row.key)
  const month = months && months.from === months.to && row.values[column] !== null ? months.from : undefined
  const listed = own && facts !== undefined && session.roles.some((role) => linesRoles[facts].includes(role))
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
    follows: as_of === undefined,
    linesHref: listed ? (month) => `${bookingLinesPath}${writeChoice({ ...filters, month, ...(as_of && { as_of }) })}` : undefined,
    linesName: linesNames[facts ?? 'bookings'],
    values: valuesOf(context, month, listed),
    unlisted: own && !listed ? (facts ? closedTo[facts] : unlistedText(figure)) : undefined,
    month,
  }
}

export const { read: readLaterChoice, write: writeLaterChoice } = choiceIn([
  'figure',
  'service_kind',
  'specialisation',
  'from',
  'month',
  'as_of',
])

type LaterValue = Months & {
  figure: Selection['figure']
  /** The authority whose value it is. */
  key: string | null
  service_kind: string | null
  specialisation: string | null
  as_of: string
}
/** What a value of several months rests on in each of them: what is counted from January on does so again and again. */
const addsUp = ({ unit, facts_behind }: Selection['figure']) => unit !== 'cents_per_unit' && facts_behind?.counted !== 'payments_to_date'

/** Where the single facts stand that changed a value of the own authority since, for a reader who may see them. */
export const laterHrefOf = (session: Session, { figure, key, service_kind, specialisation, from, to, as_of }: LaterValue) => {
  const facts = figure.facts_behind?.facts
  if (!facts || key === null || !isOwn(session, key) || !session.roles.some((role) => linesRoles[facts].includes(role))) return undefined
  if (from !== to && !addsUp(figure)) return undefined
  const filters = { ...(service_kind && { service_kind }), ...(specialisation && { specialisation }) }
  return `${laterLinesPath}${writeLaterChoice({ figure: figure.name, ...filters, ...(from !== to && { from }), month: to, as_of })}`
}
