// Several key figures beside each other: what was chosen, and the table as texts.
import { choiceIn } from '../../choice.ts'
import { laterHrefOf } from '../../behind.ts'
import type { Catalogue, KeyFigure, ServiceKind, Session, SideBySide, Since } from '../../client.ts'
import { shortNames } from '../../comparison.ts'
import {
  cellText,
  changeText,
  type FigureFormat,
  monthRangeText,
  monthText,
  noBreakSpace,
  numberText,
  rateUnitOf,
  shortMonthText,
  unitText,
  yearOf,
} from '../../format.ts'
import { columnText, type LaterLine } from '../../later-line.ts'
import { type Area, areasOf, bygoneGroup, comparableGroups, monthsOf } from '../../selection.ts'
import { filterText } from '../../sentence.ts'

export const { read: readSideBySideChoice, write: writeSideBySideChoice } = choiceIn([
  'figures',
  'service_kind',
  'specialisation',
  'period',
  'against',
  'group',
  'area',
  'as_of',
  'sort',
])
export type SideBySideChoice = ReturnType<typeof readSideBySideChoice>

export const againstOptions = [
  { value: 'previous_year', label: 'Vorjahreszeitraum' },
  { value: 'previous', label: 'Vorzeitraum' },
  { value: 'year_to_date', label: 'Jahr bis dahin mit Vorjahr' },
  { value: 'median', label: 'Median aller Träger' },
  { value: 'average', label: 'EW-gewichteter Durchschnitt' },
  { value: 'group_median', label: 'Median einer Vergleichsgruppe' },
  { value: 'group_average', label: 'EW-gewichteter Durchschnitt einer Vergleichsgruppe' },
] as const
export type Against = (typeof againstOptions)[number]['value']
export const isOfGroup = (against: Against) => against === 'group_median' || against === 'group_average'

/** Seen at first: one of cases, one per inhabitant, one of money, one of how helps go. */
const usual = ['case_count', 'case_density', 'payments', 'dropout_rate']
export const mostFigures = 6

export type SideBySideSelection = {
  figures: KeyFigure[]
  service_kind: ServiceKind | null
  specialisation: { code: string; label: string } | null
  period: string
  against: Against
  /** The comparison group whose median or average is the reference. */
  group: Catalogue['groups'][number] | null
  area: Area
}

/** Without groups, nothing is held against one. */
export const againstFor = (catalogue: Pick<Catalogue, 'groups'>) =>
  againstOptions.filter(({ value }) => comparableGroups(catalogue).length > 0 || !isOfGroup(value))

/** Years, quarters and months with data, the newest first. */
export const periodsOf = (months: Catalogue['months']): { years: string[]; quarters: string[]; months: string[] } => {
  const all = monthsOf(months)
  const quarterOf = (month: string) => `${yearOf(month)}-Q${Math.ceil(Number(month.slice(5)) / 3)}`
  return { years: [...new Set(all.map(yearOf))], quarters: [...new Set(all.map(quarterOf))], months: all }
}

export const periodText = (period: string) => {
  if (period.length === 4) return period
  const [year, quarter] = period.split('-Q')
  return quarter ? `${quarter}. Quartal ${year}` : monthText(period)
}

export const resolveSideBySide = (choice: SideBySideChoice, catalogue: Catalogue, ownArea: string, ownAuthority?: string) => {
  const unknown: string[] = []
  const find = <Item>(wanted: string | undefined, items: readonly Item[], key: (item: Item) => string) => {
    const found = wanted === undefined ? undefined : items.find((item) => key(item) === wanted)
    if (wanted !== undefined && found === undefined) unknown.push(wanted)
    return found
  }
  const wanted = choice.figures?.split(',') ?? usual
  const figures = wanted.flatMap((name) => find(name, catalogue.figures, (figure) => figure.name) ?? []).slice(0, mostFigures)
  const periods = periodsOf(catalogue.months)
  const all = [...periods.months, ...periods.quarters, ...periods.years]
  const groups = comparableGroups(catalogue).toSorted(
    (a, b) =>
      Number(b.members.includes(ownAuthority ?? '')) - Number(a.members.includes(ownAuthority ?? '')) ||
      (ownAuthority === undefined ? b.members.length - a.members.length : 0),
  )
  const against = find(choice.against, againstFor(catalogue), ({ value }) => value)?.value ?? 'previous_year'
  const selection: SideBySideSelection = {
    figures: figures.length > 0 ? figures : catalogue.figures.filter(({ name }) => usual.includes(name)),
    service_kind: find(choice.service_kind, catalogue.service_kinds, ({ code }) => code) ?? null,
    specialisation: find(choice.specialisation, catalogue.specialisations, ({ code }) => code) ?? null,
    period: find(choice.period, all, (period) => period) ?? periods.months[1] ?? periods.months[0]!,
    against,
    group: isOfGroup(against) ? (find(choice.group, groups, ({ code }) => code) ?? groups[0]!) : null,
    area:
      bygoneGroup(choice, catalogue) ??
      find(choice.area, areasOf(catalogue), ({ code }) => code) ??
      catalogue.areas.find(({ code }) => code === ownArea) ??
      catalogue.areas[0]!,
  }
  return { selection, unknown }
}

export const listText = (texts: string[]) => (texts.length < 2 ? (texts[0] ?? '') : `${texts.slice(0, -1).join(', ')} und ${texts.at(-1)}`)
const described = (figures: string, selection: SideBySideSelection) =>
  `${figures} ${filterText(selection)}, ${periodText(selection.period)}`
export const headingOf = (selection: SideBySideSelection) => {
  const [first, ...others] = selection.figures
  return described(others.length === 0 ? first!.label : `${selection.figures.length} Kennzahlen`, selection)
}
/** The same with all figures by name. */
export const describedText = (selection: SideBySideSelection) => described(listText(selection.figures.map(({ label }) => label)), selection)

type Column = SideBySide['columns'][number]
type HeldCell = {
  value: number | null
  reference: number | null
  change: number | null
  signs: Partial<Record<'value' | 'reference' | 'change', string>>
}

const formatOf = ({ unit, digits }: Column): FigureFormat => ({ unit, digits })
const spansMonths = ({ counted }: Column) => counted !== null && counted.from !== counted.to

/** Money of authorities without cents: four amounts stand in a row. */
const shownAs = (column: Column): { format: FigureFormat; averaged: boolean } =>
  column.unit === 'cents'
    ? { format: { unit: 'cents', digits: 0 }, averaged: false }
    : { format: formatOf(column), averaged: column.totals === 'mean' && spansMonths(column) }
const shownText = (value: number, column: Column) => {
  const { format, averaged } = shownAs(column)
  return cellText(value, format, averaged)
}

export type TextCell = { text: string | null; sign: string }
export const textsOf = (held: HeldCell, column: Column): { value: TextCell; reference: TextCell; change: TextCell } => ({
  value: { text: held.value === null ? null : shownText(held.value, column), sign: held.signs.value ?? '–' },
  reference: { text: held.reference === null ? null : shownText(held.reference, column), sign: held.signs.reference ?? '–' },
  change: { text: held.change === null ? null : changeText(held.change), sign: held.signs.change ?? '–' },
})

const totalsTexts: Record<Column['totals'], string> = {
  sum: 'Summe',
  mean: 'Monatsdurchschnitt',
  quotient: 'Quote des Zeitraums',
  last: 'Stand am Ende',
}

const whenText = ({ from, to }: { from: string; to: string }) =>
  yearOf(from) === yearOf(to) ? monthRangeText(from, to) : `${shortMonthText(from)}–${shortMonthText(to)}`

/** What rates are paid by in the view. */
const perOf = ({ service_kind }: Pick<SideBySide, 'service_kind'>, { service_kinds }: Pick<Catalogue, 'service_kinds'>) =>
  rateUnitOf(service_kinds.filter(({ code }) => code === service_kind))

/** How the months make the value, and which they are: "Summe Jan.–Sep. 2026, €". */
export const columnNote = (column: Column, answer: SideBySide, catalogue: Catalogue) => {
  if (!column.counted) return 'noch kein Monat vorbei'
  const made = spansMonths(column) ? `${totalsTexts[column.totals]} ` : ''
  return `${made}${whenText(column.counted)}, ${unitText(column.unit, perOf(answer, catalogue))}`
}

export const referenceHead = ({ compared }: Column, against: Against) => {
  if (against === 'median') return 'Median'
  if (against === 'average') return 'Ø EW'
  if (isOfGroup(against)) return 'Gruppe'
  if (!compared) return 'Vergleich'
  return whenText(compared)
}

const inTime: Against[] = ['previous_year', 'previous', 'year_to_date']
/** What is held against another time has changed; against others it deviates. Of quotients, both could be read as percentage points. */
export const changeHead = ({ unit }: Pick<Column, 'unit'>, against: Against) =>
  `${inTime.includes(against) ? 'Veränd.' : 'Abw.'}${unit === 'ratio' ? ' relativ' : ''}${noBreakSpace}%`

/** Fewer values have no order and no spread that say anything of all. */
const fewestValues = 3

/** Ranks that a region may have when each value may lie anywhere in its 95 % interval: "3" or "2–5". */
export const rankText = ({ value, rank_from, rank_to }: SideBySide['rows'][number]['cells'][number]): string => {
  if (value === null) return '–'
  if (rank_from === null || rank_to === null) return 'x'
  return rank_from === rank_to ? numberText(rank_from) : `${numberText(rank_from)}–${numberText(rank_to)}`
}

export const spreadLines = [
  { key: 'lowest', label: 'Minimum' },
  { key: 'median', label: 'Median' },
  { key: 'highest', label: 'Maximum' },
  { key: 'variation', label: 'Variationskoeffizient' },
] as const

export const spreadText = (column: Column, key: (typeof spreadLines)[number]['key']): TextCell => {
  const { spread } = column
  if (spread && spread.count < fewestValues) return { text: null, sign: 'x' }
  const value = spread?.[key] ?? null
  if (value === null) return { text: null, sign: '–' }
  return { text: key === 'variation' ? `${numberText(value * 100)}${noBreakSpace}%` : shownText(value, column), sign: '–' }
}

/** Quotients change by percentage points, and relatively as the table tells it: one alone would be taken for the other. */
const changeSinceText = ({ value, reference, change }: HeldCell, { unit }: Column) => {
  const relative = change === null ? undefined : `${changeText(change)}${noBreakSpace}%`
  if (unit !== 'ratio' || value === null || reference === null) return relative
  return `${changedText(value - reference, unit)}${relative ? `, relativ ${relative}` : ''}`
}
/** The change of a value with its unit; that of a quotient is its difference. */
export const changedText = (change: number, unit: Column['unit'], points = 'Prozentpunkte') =>
  `${changeText(change)}${noBreakSpace}${unit === 'ratio' ? points : '%'}`

/** The values of all in words; undefined where there is none. */
export const findingText = (answer: SideBySide, catalogue: Catalogue): string | undefined => {
  const per = perOf(answer, catalogue)
  const told = answer.columns.flatMap((column) => {
    const { total } = column
    const label = catalogue.figures.find(({ name }) => name === column.figure)?.label ?? column.figure
    if (total.value === null) return []
    const change = column.compared ? changeSinceText(total, column) : undefined
    return [`${label} ${shownText(total.value, column)}${noBreakSpace}${unitText(column.unit, per)}${change ? ` (${change})` : ''}`]
  })
  const compared = answer.columns.find((column) => column.compared)
  const since = compared ? `, in Klammern gegenüber ${referenceHead(compared, answer.against)}` : ''
  return told.length === 0 ? undefined : `Insgesamt${since}: ${told.join(' · ')}.`
}

/** `-case_count`: by that figure, the largest first; `name`: by name. */
export const sortedRows = (rows: SideBySide['rows'], columns: Column[], sort: string | undefined): SideBySide['rows'] => {
  const figure = sort?.replace(/^-/, '')
  const at = columns.findIndex((column) => column.figure === figure)
  if (at < 0) return rows
  const direction = sort!.startsWith('-') ? -1 : 1
  return rows.toSorted((a, b) => {
    const [x, y] = [a.cells[at]!.value, b.cells[at]!.value]
    if (x === null || y === null) return Number(x === null) - Number(y === null)
    return direction * (x - y)
  })
}

export const nextSort = (sort: string | undefined, figure: string): string | undefined =>
  sort === `-${figure}` ? figure : sort === figure ? undefined : `-${figure}`

export const changedCells = (before: SideBySide, after: SideBySide): { key: string; told: string }[] => {
  const earlier = new Map(before.rows.map((row) => [row.id, row]))
  return after.rows.flatMap((row) =>
    row.cells.flatMap((cell, at) => {
      const old = earlier.get(row.id)?.cells[at]
      const column = after.columns[at]!
      if (!old) return []
      const [was, is] = [textsOf(old, column).value, textsOf(cell, column).value]
      const shown = ({ text, sign }: TextCell) => text ?? sign
      return shown(was) === shown(is) ? [] : [{ key: `${row.id}-${column.figure}`, told: `${row.region}: ${shown(was)} → ${shown(is)}` }]
    }),
  )
}

/** What has changed since, by the names of the table. */
export const laterLines = (
  { changes }: Pick<Since, 'changes'>,
  answer: SideBySide,
  catalogue: Catalogue,
  session: Session,
): LaterLine[] => {
  const { service_kind, specialisation } = answer
  const names = shortNames(answer.rows.map(({ name }) => name))
  const rows = new Map([...answer.rows.map(({ id }, at) => [id, names[at]!] as const), ...totalNames])
  const per = perOf(answer, catalogue)
  return changes.flatMap(({ keys: [key], figure, part, was, is }): LaterLine[] => {
    const column = answer.columns.find((each) => each.figure === figure)
    const row = rows.get(key!)
    const months = part === 'reference' ? column?.compared : column?.counted
    if (!column || !row || !months) return []
    const of = catalogue.figures.find(({ name }) => name === figure)
    const label = of?.label ?? figure
    const from = column.totals === 'last' ? months.to : months.from
    const href =
      of && laterHrefOf(session, { figure: of, key: key!, service_kind, specialisation, from, to: months.to, as_of: answer.as_of! })
    const text = columnText(label, column.unit, per, `${part === 'reference' ? 'Vergleichswert ' : ''}${whenText(months)}`)
    return [{ row, column: text, was, is, ...shownAs(column), href }]
  })
}
const totalNames = [
  ['total', 'Summe'],
  ['weighted_average', 'EW-gewichteter Durchschnitt'],
] as const
