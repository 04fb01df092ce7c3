import { keyFigureByName, type KeyFigure } from '../../warehouse/key-figures.ts'
import type { SideBySideAnswer, SinceAnswer } from '../answers.ts'
import { fewestValues } from '../uncertainty.ts'
import { readersText, type ReportContext } from './comparison.ts'
import { areaText, filterText, groupText } from './finding.ts'
import {
  changeFormat,
  figureFormat,
  type Format,
  instantText,
  monthRangeText,
  monthText,
  numberText,
  rateUnitOf,
  shortMonthText,
  unitText,
} from './format.ts'
import { laterTable, type LaterValue, type Since } from './later.ts'
import { addressTerms, type Report, type ReportCell, type ReportTable, signs, type Term } from './report.ts'

type Column = SideBySideAnswer['columns'][number]
type Held = Column['total']
type Answered = SideBySideAnswer['rows'][number]['cells'][number]

export const againstTexts: Record<SideBySideAnswer['against'], string> = {
  previous_year: 'Vorjahreszeitraum',
  previous: 'Vorzeitraum',
  year_to_date: 'Jahr bis dahin mit Vorjahr',
  median: 'Median aller Träger',
  average: 'EW-gewichteter Durchschnitt',
  group_median: 'Median der Vergleichsgruppe',
  group_average: 'EW-gewichteter Durchschnitt der Vergleichsgruppe',
}

const againstText = ({ against, group }: SideBySideAnswer, { directory }: ReportContext) =>
  `${againstTexts[against]}${group ? ` „${groupText(group, directory)}“` : ''}`

/** Several key figures beside each other, with the ranks that chance may make of them, and how far they are spread. */
export const sideBySideReport = (answer: SideBySideAnswer, context: ReportContext, since: Since | null): Report => {
  const figures = answer.columns.map(({ figure }) => keyFigureByName.get(figure)!)
  const title = `${figures.length === 1 ? figures[0]!.label : `${figures.length} Kennzahlen`} ${filterText(answer, context.directory)}`
  return {
    title: `${title}, ${periodText(answer.period)}`,
    area: areaText(answer.area, context.directory),
    period: periodText(answer.period),
    finding: `${figures.map(({ label }) => label).join(', ')}; verglichen mit: ${againstText(answer, context)}.`,
    data_as_of: answer.data_as_of,
    readers: readersText(figures, answer.rows, context),
    address: context.address,
    table: table(answer, figures, context),
    drawing: null,
    curves: null,
    later: since === null ? null : laterTable(since, ['Örtlicher Träger', 'Wert'], laterValues(answer, context)),
    sheets: [],
    definition: [
      ...figures.map(definition),
      { term: 'Vergleich', text: againstText(answer, context) },
      {
        term: `${changeWord(answer.against)} in %`,
        text: 'Wert ÷ Vergleichswert − 1; bei Quoten also relativ zum Vergleichswert, nicht in Prozentpunkten.',
      },
      {
        term: 'Rang',
        text: 'Unter den gezeigten Werten, der größte vorn; „2–5“ heißt, dass der Unterschied zu den Nachbarn Zufall sein kann (95-%-Intervalle überschneiden sich). Bekannt ist das von Anteilen an Fällen, Anzahlen, Falldichten und vom Median der gezahlten Entgelte, bei dem unter sechs Fällen jeder Rang möglich ist; bei allem anderen ist es der Rang des Wertes.',
      },
      {
        term: 'Minimum bis Variationskoeffizient',
        text: `Über die gezeigten Werte der örtlichen Träger; Variationskoeffizient: Standardabweichung ÷ Mittelwert. Rang und Streuung gibt es ab ${fewestValues} Werten.`,
      },
      { term: 'Stand der Daten', text: instantText(answer.data_as_of) },
      ...addressTerms(context.address),
    ],
    signs,
  }
}

/** '2026', '2026-Q3' or '2026-09'. */
export const periodText = (period: string) => {
  if (period.length === 4) return period
  const [year, quarter] = period.split('-Q')
  return quarter ? `${quarter}. Quartal ${year}` : monthText(period)
}

/** All that is to know of a figure. */
export const definition = ({ label, definition: text, numerator, denominator, totals, legal_basis, source }: KeyFigure): Term => ({
  term: label,
  text: `${text} Zähler: ${numerator}. Nenner: ${denominator ?? 'keiner'}. Summe: ${totals}. Rechtsgrundlage: ${legal_basis}. Quelle: ${source}.`,
})

const monthsText = (months: { from: string; to: string } | null) => {
  if (!months) return ''
  const { from, to } = months
  return from.slice(0, 4) === to.slice(0, 4) ? monthRangeText(from, to) : `${shortMonthText(from)}–${shortMonthText(to)}`
}

export const changeWord = (against: SideBySideAnswer['against']) =>
  ['previous_year', 'previous', 'year_to_date'].includes(against) ? 'Veränderung' : 'Abweichung'

const table = (
  { columns, rows, against, service_kind }: SideBySideAnswer,
  figures: KeyFigure[],
  { directory }: ReportContext,
): ReportTable => {
  const per = rateUnitOf(directory.service_kinds.filter(({ code }) => code === service_kind))
  return {
    name: 'Nebeneinander',
    caption: `Kennzahlen nach örtlichen Trägern: Wert, Vergleichswert (${againstTexts[against]}), ${changeWord(against)} und Rang`,
    stub: ['Kürzel', 'Örtlicher Träger'],
    together: 4,
    heads: columns.flatMap((column, i) => [
      { text: `${figures[i]!.label}, ${unitText(column.unit, per)}`, period: monthsText(column.counted) },
      { text: 'Vergleich', period: monthsText(column.compared) },
      { text: `${changeWord(against)} ${column.unit === 'ratio' ? 'relativ ' : ''}in\u00a0%`, period: '' },
      { text: 'Rang', period: '' },
    ]),
    rows: [
      ...rows.map(({ region, name, cells }) => ({
        names: [region, name],
        cells: cells.flatMap((held, i) => [...heldCells(held, columns[i]!), rankCell(held)]),
      })),
      { names: ['', 'Summe'], cells: columns.flatMap((column) => [...heldCells(column.total, column), '']), total: true },
      {
        names: ['', 'EW-gewichteter Durchschnitt'],
        cells: columns.flatMap((column) => [...heldCells(column.weighted_average, column, true), '']),
        total: true,
      },
      ...spreadKinds.map(({ key, label }) => ({
        names: ['', key === 'variation' ? `${label} in\u00a0%` : label],
        cells: columns.flatMap((column) => [spreadCell(column, key), '', '', '']),
      })),
    ],
  }
}

/** By the names of the table. */
const laterValues =
  ({ columns, rows, service_kind }: SideBySideAnswer, { directory }: ReportContext) =>
  (changes: SinceAnswer['changes']) => {
    const per = rateUnitOf(directory.service_kinds.filter(({ code }) => code === service_kind))
    const names = new Map([
      ...rows.map(({ id, name }) => [id, name] as const),
      ['total', 'Summe'],
      ['weighted_average', 'EW-gewichteter Durchschnitt'],
    ])
    return changes.flatMap(({ keys: [key], figure, part, was, is }): LaterValue[] => {
      const [row, column] = [names.get(key!), columns.find((each) => each.figure === figure)]
      if (row === undefined || !column) return []
      const months = monthsText(part === 'reference' ? column.compared : column.counted)
      const told = `${keyFigureByName.get(figure)!.label}, ${unitText(column.unit, per)}, ${part === 'reference' ? 'Vergleichswert ' : ''}${months}`
      return [{ row, column: told, was, is, format: valueFormat(column, key === 'weighted_average') }]
    })
  }

export const spreadKinds = [
  { key: 'lowest', label: 'Minimum' },
  { key: 'median', label: 'Median' },
  { key: 'highest', label: 'Maximum' },
  { key: 'variation', label: 'Variationskoeffizient' },
] as const

/** How the values of all are spread, or the sign in its place. */
export const spreadOf = ({ spread }: Column, key: (typeof spreadKinds)[number]['key']): number | 'x' | '–' =>
  spread && spread.count < fewestValues ? 'x' : (spread?.[key] ?? '–')

const spreadCell = (column: Column, key: (typeof spreadKinds)[number]['key']): ReportCell => {
  const value = spreadOf(column, key)
  if (typeof value === 'string') return value
  return { value, format: key === 'variation' ? { scale: 'ratio', digits: 1 } : valueFormat(column) }
}

const whole: Format = { scale: 'plain', digits: 0 }
/** "3", or "2–5" where chance may make it any of these. */
const rankCell = ({ value, rank_from: best, rank_to: worst }: Answered): ReportCell => {
  if (value === null) return '–'
  if (best === null || worst === null) return 'x'
  return best === worst ? { value: best, format: whole } : `${numberText(best, whole)}–${numberText(worst, whole)}`
}

const valueFormat = (column: Column, averaged = false) => {
  const mean = column.totals === 'mean' && column.counted !== null && column.counted.from !== column.counted.to
  return figureFormat(column, averaged || mean)
}

const heldCells = (held: Held, column: Column, averaged = false): ReportCell[] => {
  const format = valueFormat(column, averaged)
  return [
    held.value === null ? (held.signs.value ?? '–') : { value: held.value, format },
    held.reference === null ? (held.signs.reference ?? '–') : { value: held.reference, format },
    held.change === null ? (held.signs.change ?? '–') : { value: held.change, format: changeFormat },
  ]
}
