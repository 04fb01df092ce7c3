import { keyFigureByName, type KeyFigure } from '../../warehouse/key-figures.ts'
import type { SideBySideAnswer } from '../answers.ts'
import { readersText, type ReportContext } from './comparison.ts'
import { areaText, filterText, groupText } from './finding.ts'
import { changeFormat, figureFormat, instantText, monthRangeText, monthText, rateUnitOf, shortMonthText, unitText } from './format.ts'
import { type Report, type ReportCell, type ReportTable, signs, type Term } from './report.ts'

type Column = SideBySideAnswer['columns'][number]
type Held = Column['total']

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

/** Several key figures beside each other, without ranks: whether these differ only by chance is told on the page. */
export const sideBySideReport = (answer: SideBySideAnswer, context: ReportContext): Report => {
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
    sheets: [],
    definition: [
      ...figures.map(definition),
      { term: 'Vergleich', text: againstText(answer, context) },
      { term: 'Stand der Daten', text: instantText(answer.data_as_of) },
      { term: 'Adresse dieser Ansicht', text: context.address },
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
    caption: `Kennzahlen nach örtlichen Trägern: Wert, Vergleichswert (${againstTexts[against]}) und ${changeWord(against)}`,
    stub: ['Kürzel', 'Örtlicher Träger'],
    together: 3,
    heads: columns.flatMap((column, i) => [
      { text: `${figures[i]!.label}, ${unitText(column.unit, per)}`, period: monthsText(column.counted) },
      { text: 'Vergleich', period: monthsText(column.compared) },
      { text: `${changeWord(against)} in\u00a0%`, period: '' },
    ]),
    rows: [
      ...rows.map(({ region, name, cells }) => ({
        names: [region, name],
        cells: cells.flatMap((held, i) => heldCells(held, columns[i]!)),
      })),
      { names: ['', 'Summe'], cells: columns.flatMap((column) => heldCells(column.total, column)), total: true },
      {
        names: ['', 'EW-gewichteter Durchschnitt'],
        cells: columns.flatMap((column) => heldCells(column.weighted_average, column, true)),
        total: true,
      },
    ],
  }
}

const heldCells = (held: Held, column: Column, averaged = false): ReportCell[] => {
  const mean = column.totals === 'mean' && column.counted !== null && column.counted.from !== column.counted.to
  const format = figureFormat(column, averaged || mean)
  return [
    held.value === null ? (held.signs.value ?? '–') : { value: held.value, format },
    held.reference === null ? (held.signs.reference ?? '–') : { value: held.reference, format },
    held.change === null ? (held.signs.change ?? '–') : { value: held.change, format: changeFormat },
  ]
}
