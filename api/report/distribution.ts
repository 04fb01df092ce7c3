import { keyFigureByName, type KeyFigure } from '../../warehouse/key-figures.ts'
import type { DistributionAnswer } from '../answers.ts'
import { readersText, type ReportContext, unitText } from './comparison.ts'
import { areaText, filterText } from './finding.ts'
import { figureFormat, instantText, monthText, percentText, valueText } from './format.ts'
import { addressTerms, type Report, type ReportCell, type ReportTable, signs } from './report.ts'
import { definition } from './side-by-side.ts'

type Curve = DistributionAnswer['total']

/** The curves of the page as a table: shares of the bookings across. */
export const distributionReport = (answer: DistributionAnswer, context: ReportContext): Report => {
  const figure = keyFigureByName.get(answer.figure)!
  const counted = figure.name.startsWith('offer_') ? 'Angebote' : 'Buchungen'
  const unit = unitText(answer, context.directory)
  return {
    title: `Verteilung der Entgelte ${filterText(answer, context.directory)} im ${monthText(answer.month)}`,
    area: areaText(answer.area, context.directory),
    period: `${monthText(answer.month)}${answer.running ? ' (läuft noch)' : ''}`,
    finding: distributionFinding(answer),
    data_as_of: answer.data_as_of,
    readers: readersText([figure], answer.rows, context),
    address: context.address,
    table: table(answer, figure, `Entgelte der ${counted} nach örtlichen Trägern, ${unit}`),
    drawing: null,
    curves: null,
    later: null,
    sheets: [],
    definition: [
      definition(figure),
      { term: 'Anteile', text: `Bei 25\u00a0% steht das Entgelt, bis zu dem ein Viertel der ${counted} reicht, bei 50\u00a0% der Median.` },
      ...(isProtected(figure)
        ? [{ term: 'Geheimhaltung', text: 'Je weniger Fälle dahinter stehen, desto weniger Anteile werden gezeigt.' }]
        : []),
      { term: 'Stand der Daten', text: instantText(answer.data_as_of) },
      ...addressTerms(context.address),
    ],
    signs,
  }
}

const isProtected = ({ rests_on }: KeyFigure) => rests_on.length > 0

const distributionFinding = (answer: DistributionAnswer): string => {
  const { rows, total } = answer
  const open = rows.filter(({ values }) => values.length > 0).length
  const told = `${open} von ${rows.length} örtlichen Trägern mit offenen Entgelten.`
  const [lowest, highest] = [valueAt(total, 1, 4) ?? total.values[0], valueAt(total, 3, 4) ?? total.values.at(-1)]
  const median = valueAt(total, 1, 2)
  if (lowest === undefined || highest === undefined || median === undefined) return told
  const text = (value: number) => valueText(value, answer)
  const half = total.values.length > 4 ? 'mittlere Hälfte ' : ''
  return `Alle zusammen: ${half}von ${text(lowest)} bis ${text(highest)}, Median ${text(median)}. ${told}`
}

/** The value at a share of the bookings; undefined where the curve tells none. */
const valueAt = ({ values }: Curve, step: number, steps: number): number | undefined => {
  const at = (step * (values.length - 1)) / steps
  return Number.isInteger(at) ? values[at] : undefined
}

const table = (answer: DistributionAnswer, figure: KeyFigure, caption: string): ReportTable => {
  const steps = Math.max(1, ...[...answer.rows, answer.total].map(({ values }) => values.length - 1))
  const format = figureFormat(answer)
  const cells = (curve: Curve): ReportCell[] => [
    ...Array.from({ length: steps + 1 }, (_, step) => {
      const value = valueAt(curve, step, steps)
      return value === undefined ? (curve.sign ?? (isProtected(figure) ? '.' : '–')) : { value, format }
    }),
    ...(isProtected(figure) ? [curve.cases === null ? '–' : { value: curve.cases, format: { scale: 'plain', digits: 0 } as const }] : []),
  ]
  const words = new Map([
    [0, 'niedrigstes'],
    [steps / 2, 'Median'],
    [steps, 'höchstes'],
  ])
  return {
    name: 'Verteilung',
    caption,
    stub: ['Kürzel', 'Örtlicher Träger'],
    heads: [
      ...Array.from({ length: steps + 1 }, (_, step) => ({ text: percentText(step / steps, 0), period: words.get(step) ?? '' })),
      ...(isProtected(figure) ? [{ text: 'Fälle dahinter', period: '' }] : []),
    ],
    rows: [
      ...answer.rows.map((row) => ({ names: [row.region, row.name], cells: cells(row) })),
      { names: ['', 'Summe'], cells: cells(answer.total), total: true },
    ],
  }
}
