import type { Directory } from '../../warehouse/directory.ts'
import { keyFigureByName, type KeyFigure } from '../../warehouse/key-figures.ts'
import type { ComparisonAnswer, SinceAnswer, TrendAnswer } from '../answers.ts'
import { areaText, findingText, isGroup, monthBefore, subjectText } from './finding.ts'
import {
  changeFormat,
  dateText,
  figureFormat,
  type Format,
  instantText,
  isCount,
  monthNameText,
  monthRangeText,
  monthText,
  rateUnitOf,
  shortMonthText,
  unitText as narrowUnitText,
} from './format.ts'
import { laterTable, type LaterValue, type Since } from './later.ts'
import {
  addressTerms,
  type Curve,
  fewCases,
  type Report,
  type ReportCell,
  type ReportRow,
  type ReportTable,
  signs,
  type Term,
  uncertainSign,
} from './report.ts'

/** `own_row`: the authority whose own row is open to the reader, or null where everything is controlled. */
export type ReportContext = { directory: Directory; address: string; own_row: string | null }

export const columnNames = ['current', 'previous', 'year_average', 'previous_year_average', 'change'] as const
type Column = (typeof columnNames)[number]

/** The table of the page with its months behind it. */
export const comparisonReport = (
  answer: ComparisonAnswer,
  trend: TrendAnswer,
  drawing: Report['drawing'],
  context: ReportContext,
  since: Since | null,
): Report => {
  const figure = keyFigureByName.get(answer.figure)!
  const subject = subjectText(figure, answer, context.directory)
  const area = areaText(answer.area, context.directory)
  return {
    title: `${subject} im ${monthText(answer.month)}`,
    area,
    period: `${monthText(answer.month)}${answer.running ? ' (läuft noch)' : ''}`,
    finding: findingText(answer, figure),
    data_as_of: answer.data_as_of,
    readers: readersText([figure], answer.rows, context),
    address: context.address,
    table: comparisonTable(answer, figure, unitText(answer, context.directory)),
    drawing,
    curves: curvesOf(trend, figure, curvesTable(trend, unitText(answer, context.directory))),
    later: since === null ? null : laterTable(since, ['Örtlicher Träger', 'Spalte'], laterValues(answer, figure)),
    sheets: [trendTable(trend, `${subject}, ${area}`, unitText(answer, context.directory))],
    definition: definitionTerms(figure, answer, context, answer.population_date, shownText(answer)),
    signs: [...signs, uncertainSign('Fälle')],
  }
}

/** The months alone, however many. */
export const trendReport = (answer: TrendAnswer, context: ReportContext): Report => {
  const figure = keyFigureByName.get(answer.figure)!
  const subject = subjectText(figure, answer, context.directory)
  const area = areaText(answer.area, context.directory)
  const [first, last] = [answer.months[0]!, answer.months.at(-1)!]
  const period = `${monthText(first)} bis ${monthText(last)}`
  return {
    title: `${subject}: Verlauf`,
    area,
    period: `${period}${answer.running_month ? ' (läuft noch)' : ''}`,
    finding: `Monatswerte von ${answer.rows.length} örtlichen Trägern, ${period}.`,
    data_as_of: answer.data_as_of,
    readers: readersText([figure], answer.rows, context),
    address: context.address,
    table: trendTable(answer, `${subject}, ${area}`, unitText(answer, context.directory)),
    drawing: null,
    curves: curvesOf(answer, figure, null),
    later: null,
    sheets: [],
    definition: definitionTerms(figure, answer, context, null),
    signs,
  }
}

type Viewed = Pick<ComparisonAnswer, 'unit' | 'area' | 'service_kind' | 'data_as_of'>

/** Rates are counted by the day, unless the service kind chosen is hourly. */
export const unitText = ({ unit, service_kind }: Viewed, { service_kinds }: Directory): string => {
  const per = rateUnitOf(service_kinds.filter(({ code }) => code === service_kind))
  const units: Record<string, string> = {
    cases: 'Fälle',
    searches: 'Suchen',
    reservations: 'Reservierungen',
    entries: 'Einträge',
    cents: 'in €',
    cents_per_unit: `in ${narrowUnitText('cents_per_unit', per)}`,
    ratio: 'in %',
    days: 'in Tagen',
    per_10000: 'je 10.000 Einwohner unter 21 Jahren',
  }
  return units[unit]!
}

/** An authority's own row may be open to its own people alone. */
export const readersText = (figures: KeyFigure[], rows: { id: string; name: string }[], { own_row }: ReportContext): string => {
  const protecting = figures.filter(({ rests_on }) => rests_on.length > 0)
  if (protecting.length === 0) return 'Alle mit Zugang zu den überörtlichen Kennzahlen; sie sagen nichts über einzelne Personen.'
  const own = protecting.some(({ own_row_open }) => own_row_open) ? rows.find(({ id }) => id === own_row) : undefined
  return own
    ? `Nur für das Jugendamt ${own.name}: Seine eigene Zeile ist nicht geheim gehalten. Nicht weitergeben.`
    : 'Alle mit Zugang zu den überörtlichen Kennzahlen; Werte aus zu wenigen Fällen sind geheim gehalten.'
}

const comparisonTable = (answer: ComparisonAnswer, figure: KeyFigure, unit: string): ReportTable => {
  const row = (names: string[], source: Valued, kind: RowKind): ReportRow => ({
    names,
    cells: columnNames.map((column) => cellOf(source, column, kind, answer)),
    ...(kind !== 'region' && { total: true }),
  })
  return {
    name: 'Vergleich',
    caption: `${figure.label} nach örtlichen Trägern, ${unit}`,
    stub: ['Kürzel', 'Örtlicher Träger'],
    heads: columnHeads(answer, figure),
    rows: [
      ...answer.rows.map((each) => row([each.region, each.name], each, 'region')),
      row(['', 'Summe'], answer.total, 'total'),
      row(['', 'EW-gewichteter Durchschnitt'], { ...answer.weighted_average, cases: null }, 'weighted_average'),
    ],
  }
}

/** By the names of the table. */
const laterValues = (answer: ComparisonAnswer, figure: KeyFigure) => (changes: SinceAnswer['changes']) => {
  const heads = columnHeads(answer, figure)
  const names = new Map([
    ...answer.rows.map(({ id, name }) => [id, name] as const),
    ['total', 'Summe'],
    ['weighted_average', 'EW-gewichteter Durchschnitt'],
  ])
  return changes.flatMap(({ keys: [key], part, was, is }): LaterValue[] => {
    const [row, column] = [names.get(key!), part as Column]
    const { text, period } = heads[columnNames.indexOf(column)]!
    const averaged = key === 'weighted_average' || column === 'year_average' || column === 'previous_year_average'
    return row === undefined ? [] : [{ row, column: `${text} ${period}`, was, is, format: figureFormat(answer, averaged) }]
  })
}

type RowKind = 'region' | 'total' | 'weighted_average'
type Valued = Pick<ComparisonAnswer['rows'][number], Column | 'cases' | 'signs'>

const cellOf = (row: Valued, column: Column, kind: RowKind, answer: ComparisonAnswer): ReportCell => {
  const value = row[column]
  if (value === null) return row.signs[column] ?? '–'
  if (column === 'change')
    return { value, format: changeFormat, uncertain: kind !== 'weighted_average' && isUncertain(row, column, answer) }
  const averaged = kind === 'weighted_average' || column === 'year_average' || column === 'previous_year_average'
  return { value, format: figureFormat(answer, averaged), uncertain: kind !== 'weighted_average' && isUncertain(row, column, answer) }
}

/** Hidden case numbers are small ones, or stand for small ones. */
const few = (cases: number | null, hidden: boolean) => (cases === null ? hidden : cases > 0 && cases < fewCases)

/** Whether a value rests on few cases. */
export const isUncertain = (row: Valued, column: Column, { unit }: { unit: string }): boolean => {
  if (column === 'current') return (unit === 'ratio' || unit === 'days') && few(row.cases, false)
  if (column !== 'change') return false
  if (!isCount(unit)) return few(row.cases, row.signs.current === '.')
  return Math.min(row.year_average ?? 0, row.previous_year_average ?? 0) < fewCases
}

/** The columns of the table, each with the months it stands for. */
export const columnHeads = ({ month, running }: { month: string; running: boolean }, { flow }: { flow: boolean }): ReportTable['heads'] => {
  const year = month.slice(0, 4)
  const last = running && flow ? monthBefore(month) : month
  return [
    { text: 'Aktueller Monat', period: `${shortMonthText(month)}${running ? ', läuft' : ''}` },
    { text: 'Vormonat', period: shortMonthText(monthBefore(month)) },
    { text: 'Monatsdurchschnitt im Jahr', period: last.startsWith(year) ? monthRangeText(`${year}-01`, last) : year },
    { text: 'Monatsdurchschnitt im Vorjahr', period: String(Number(year) - 1) },
    { text: 'Veränderung in\u00a0%', period: 'Jahr zu Vorjahr' },
  ]
}

type Series = TrendAnswer['total']
const seriesCells = ({ values, signs: missing }: Series, format: Format): ReportCell[] =>
  values.map((value, i) => (value === null ? (missing[i] ?? '–') : { value, format }))

const trendTable = (trend: TrendAnswer, subject: string, unit: string): ReportTable => {
  const [single, averaged] = [figureFormat(trend), figureFormat(trend, true)]
  return {
    name: 'Verlauf',
    caption: `${subject}: Monatswerte, ${unit}`,
    stub: ['Kürzel', 'Örtlicher Träger'],
    heads: trend.months.map((month) => ({ text: shortMonthText(month), period: month === trend.running_month ? 'läuft' : '' })),
    rows: [
      ...trend.rows.map((row) => ({ names: [row.region, row.name], cells: seriesCells(row, single) })),
      { names: ['', 'Summe'], cells: seriesCells(trend.total, single), total: true },
      { names: ['', 'EW-gewichteter Durchschnitt'], cells: seriesCells(trend.weighted_average, averaged), total: true },
    ],
  }
}

/** The values of the drawn curves: months below each other, years beside each other. */
const curvesTable = (trend: TrendAnswer, unit: string): ReportTable => {
  const years = [...new Set(trend.months.map((month) => month.slice(0, 4)))]
  const names = ['01', '02', '03', '04', '05', '06', '07', '08', '09', '10', '11', '12']
  const series = [
    { name: 'Summe', cells: seriesCells(trend.total, figureFormat(trend)) },
    { name: 'EW-gewichteter Durchschnitt', cells: seriesCells(trend.weighted_average, figureFormat(trend, true)) },
  ]
  const running = trend.running_month
  return {
    name: 'Summe und Durchschnitt',
    caption: `Summe und EW-gewichteter Durchschnitt nach Monaten, ${unit}`,
    stub: ['Monat'],
    heads: series.flatMap(({ name }) =>
      years.map((year) => ({ text: name, period: running?.startsWith(year) ? `${year}, ${monthNameText(running)} läuft` : year })),
    ),
    rows: names.map((name) => ({
      names: [monthNameText(`${years[0]}-${name}`)],
      cells: series.flatMap(({ cells }) => years.map((year) => cells[trend.months.indexOf(`${year}-${name}`)] ?? '')),
    })),
  }
}

/** A flow of a month still running would read as a fall: its curves end with the month before. */
const curvesOf = (trend: TrendAnswer, { label, flow }: KeyFigure, table: ReportTable | null): Report['curves'] => {
  const count = flow && trend.running_month ? trend.months.length - 1 : trend.months.length
  const curve = (name: string, { values }: Series, format: Format): Curve => ({
    name,
    months: trend.months.slice(0, count),
    values: values.slice(0, count),
    format,
  })
  return {
    title: `${label}: Verlauf von Summe und EW-gewichtetem Durchschnitt`,
    panels: [
      curve('Summe', trend.total, figureFormat(trend)),
      curve('EW-gewichteter Durchschnitt', trend.weighted_average, figureFormat(trend, true)),
    ],
    table,
  }
}

/** Of how many the weighted average of the month tells, where some have no open value. */
const shownText = ({ rows }: ComparisonAnswer) => {
  const open = rows.filter(({ current }) => current !== null).length
  return open === 0 || open === rows.length ? '' : `; im gewählten Monat sind das ${open} von ${rows.length}`
}

const definitionTerms = (
  figure: KeyFigure,
  viewed: Viewed,
  { directory, address }: ReportContext,
  population: string | null,
  shown = '',
): Term[] => {
  const weight =
    figure.unit === 'per_10000'
      ? 'Summe der Zähler geteilt durch Summe der Einwohner'
      : 'Summe von Wert mal Einwohner geteilt durch Summe der Einwohner'
  const terms: [string, string | null][] = [
    ['Kennzahl', figure.label],
    ['Definition', figure.definition],
    ['Zähler', figure.numerator],
    ['Nenner', figure.denominator ?? 'keiner'],
    ['Einheit', unitText(viewed, directory).replace(/^in €/, 'Euro').replace('in %', 'Prozent').replace('in Tagen', 'Tage')],
    ['Summe', isGroup(viewed.area) ? 'aus den Werten der Gruppe; geheim, wenn einer davon geheim ist' : figure.totals],
    ['EW-gewichteter Durchschnitt', `${weight} über die Träger mit einem gezeigten Wert${shown}`],
    ['Bevölkerung', population && `Stichtag ${dateText(population)}`],
    ['Monatsdurchschnitt', 'Mittel der Monatswerte; ein laufender Monat bleibt bei Werten, die mit dem Monat wachsen, außen vor'],
    ['Veränderung in %', 'Monatsdurchschnitt im Jahr ÷ Monatsdurchschnitt im Vorjahr − 1'],
    ['Rechtsgrundlage', figure.legal_basis],
    ['Quelle', figure.source],
    ['Stand der Daten', instantText(viewed.data_as_of)],
  ]
  return [...terms.flatMap(([term, text]) => (text === null ? [] : [{ term, text }])), ...addressTerms(address)]
}
