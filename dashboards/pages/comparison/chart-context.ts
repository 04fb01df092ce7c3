// What every chart of the comparison is made from, and what they have in common.
import type { ComparisonChart } from '../../../api/report/drawings.ts'
import type { Catalogue, Comparison, Distribution, Evaluation, Trend } from '../../client.ts'
import { shortNames, tellsMore } from '../../comparison.ts'
import type { ChartPick, ChartView, Missing } from '../../elements/chart-figure.ts'
import { type FigureFormat, isCount, monthText, signText, valueText } from '../../format.ts'
import type { Choice, Selection } from '../../selection.ts'
import { filterText } from '../../sentence.ts'
import { isUncertain } from '../../uncertainty.ts'
import { unitNote } from './comparison-view.ts'

export type ChartContext = {
  selection: Selection
  answer: Comparison
  trend: Trend
  /** Of rates, where their distribution is looked at, or how far their medians may lie by chance. */
  distribution: Distribution | undefined
  /** Helps of the year by age and sex, where that is looked at. */
  ageSex: Evaluation | undefined
  dataAsOf: string
  highlighted: string
  areas: Catalogue['areas']
  /** The month in which the data end. */
  running: string
  /** Every panel of the small multiples is wanted. */
  allPanels: boolean
  /** As many panels as about fill a screen. */
  screenful: number
  /** Another look at the same answer. */
  look: (change: Partial<Choice>) => void
  /** Another question: a step to go back to. */
  choose: (change: Partial<Choice>) => void
  /** The address of this view with another choice. */
  hrefOf: (change: Partial<Choice>) => string
}

/** Their names, in the order they are offered in. */
export const chartKinds: Record<ChartKind, string> = {
  trend: 'Verlauf',
  map: 'Karte',
  dots: 'Rangfolge',
  distribution: 'Verteilung',
  funnel: 'Trichter',
  multiples: 'Verläufe',
  age_sex: 'Alter und Geschlecht',
}
export type ChartKind = ComparisonChart
export const readChart = (text: string | undefined): ChartKind | undefined =>
  text === undefined ? 'trend' : Object.keys(chartKinds).includes(text) ? (text as ChartKind) : undefined

export type ChartRow = {
  id: string
  ags: string
  region: string
  name: string
  value: number | null
  sign: string | null
  cases: number | null
  uncertain: boolean
}
export type OpenRow = ChartRow & { value: number }

/** The selected month by region. */
export const chartRows = ({ answer }: Pick<ChartContext, 'answer'>): ChartRow[] => {
  const names = shortNames(answer.rows.map(({ name }) => name))
  return answer.rows.map((row, at) => ({
    id: row.id,
    ags: row.ags,
    region: row.region,
    name: names[at]!,
    value: row.current,
    sign: row.current === null ? (row.signs.current ?? '–') : null,
    cases: row.cases,
    uncertain: isUncertain(row, 'current', answer.unit),
  }))
}

export const isOpen = (row: ChartRow): row is OpenRow => row.value !== null
export const formatOf = ({ answer: { unit, digits } }: ChartContext): FigureFormat => ({ unit, digits })

/** "Falldichte aller Hilfearten, Oktober 2026, je 10.000 Einwohner unter 21." */
export const monthSubtitle = ({ selection, answer }: ChartContext) => {
  const unit = isCount(answer.unit) ? '' : `, ${unitNote(selection)}`
  const secret = answer.rows.filter(({ signs }) => signs.current === '.').length
  const runs = answer.running ? ' Der Monat läuft noch.' : ''
  const hidden = secret === 0 ? '' : secret === 1 ? ' Ein Wert ist geheim.' : ` ${secret} Werte sind geheim.`
  return `${selection.figure.label} ${filterText(selection)}, ${monthText(answer.month)}${unit}.${runs}${hidden}`
}

export const commonView = (
  { selection, dataAsOf }: ChartContext,
  kind: ChartKind,
): Pick<ChartView, 'source' | 'dataAsOf' | 'fileName'> => ({
  source: selection.figure.source,
  dataAsOf,
  fileName: `${selection.figure.name}_${selection.month}${kind === 'trend' ? '' : `_${kind}`}`,
})

/** The rows as one can choose them: the chosen one becomes the highlighted. */
export const regionPick = (context: ChartContext, rows: ChartRow[]): ChartPick => ({
  label: 'Örtlichen Träger wählen, um ihn hervorzuheben',
  items: rows.map((row) => ({ id: row.id, text: readText(row, formatOf(context)) })),
  chosen: context.highlighted,
  choose: (id) => context.look({ region: id, cell: undefined }),
})

export const readText = ({ name, value, sign, uncertain }: ChartRow, format: FigureFormat) =>
  `${name}: ${value === null ? signText(sign ?? '–') : valueText(value, format)}${uncertain ? ', unsicher: weniger als 20 Fälle' : ''}`

/** The abbreviation where it is one of its own, else the name. */
export const toldName = ({ region, name }: ChartRow) => (tellsMore(region, name) ? region : name)

/** "VG und VR", "VG, VR und 3 weitere". */
export const listText = (names: string[], most = 5) => {
  const shown = names.length > most ? [...names.slice(0, most - 1), `${names.length - most + 1} weitere`] : names
  return shown.length < 2 ? (shown[0] ?? '') : `${shown.slice(0, -1).join(', ')} und ${shown.at(-1)}`
}

/** What one in twenty comes to, where it is one at least. */
export const byChanceText = (count: number) => {
  const expected = Math.round(count * 0.05)
  return expected < 1 ? '' : ` Durch Zufall allein wären es etwa ${expected}.`
}

export const fewValues: Missing = { why: 'Es gibt zu wenige offene Werte für diese Darstellung.' }
export const unitHead = ({ selection }: ChartContext) => `Wert, ${unitNote(selection)}`
