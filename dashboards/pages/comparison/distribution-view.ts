import type { Distribution, KeyFigure } from '../../client.ts'
import { shortNames } from '../../comparison.ts'
import type { ChartView, Missing } from '../../elements/chart-figure.ts'
import { type Twin, twinValue } from '../../elements/table-twin.ts'
import { type FigureFormat, labelText, numberText, percentText } from '../../format.ts'
import {
  type ChartContext,
  type ChartRow,
  chartRows,
  commonView,
  fewValues,
  formatOf,
  monthSubtitle,
  regionPick,
  toldName,
} from './chart-context.ts'

/** Rates are many, and lie in some order; all other figures are one number a region. */
export const isDistributed = ({ unit }: Pick<KeyFigure, 'unit'>) => unit === 'cents_per_unit'

const countedOf = ({ selection }: ChartContext) => (selection.figure.name.startsWith('offer_') ? 'Angebote' : 'Buchungen')

type Curve = Distribution['total']
/** The value at a share; undefined where the curve tells none. */
const at = ({ values }: Curve, share: number): number | undefined => {
  const step = share * (values.length - 1)
  return Number.isInteger(step) ? values[step] : undefined
}

const spreadText = (curve: Curve, format: FigureFormat): string => {
  const text = (share: number) => labelText(at(curve, share)!, format)
  return at(curve, 0.25) === undefined
    ? `von ${text(0)} bis ${text(1)}, Median ${text(0.5)}`
    : `mittlere Hälfte von ${text(0.25)} bis ${text(0.75)}, Median ${text(0.5)}`
}

const titleOf = ({ selection }: ChartContext, row: ChartRow | undefined, curve: Curve | undefined, total: Curve, format: FigureFormat) => {
  if (row && curve && curve.values.length > 0) return `Entgelte in ${toldName(row)}: ${spreadText(curve, format)}`
  if (total.values.length > 0) return `Entgelte in ${selection.area.name}: ${spreadText(total, format)}`
  return 'Verteilung der Entgelte'
}

const summaryOf = (context: ChartContext, { rows, total }: Distribution, format: FigureFormat) => {
  const told = total.values.length > 0 ? `Alle zusammen: ${spreadText(total, format)}. ` : ''
  const coarse = rows.some(({ values }) => values.length > 0 && values.length < 21)
  const steps = coarse && context.selection.figure.protected ? ' Linien mit weniger Stufen beruhen auf weniger Fällen.' : ''
  return `${told}Je steiler eine Linie, desto weiter liegen die Entgelte auseinander.${steps}`
}

/** Regions down, shares across; what a coarser curve does not tell is secret, or nothing new. */
const twinOf = ({ rows, total }: Distribution, names: string[], { selection }: ChartContext, format: FigureFormat): Twin => {
  const curves = [...rows.map((row, i) => ({ ...row, name: names[i]! })), { ...total, name: 'Summe' }].filter(({ sign }) => sign !== '…')
  const most = Math.max(1, ...curves.map(({ values }) => values.length - 1))
  const shares = Array.from({ length: most + 1 }, (_, step) => step / most)
  const { protected: isProtected } = selection.figure
  return {
    heads: ['Örtlicher Träger', ...shares.map((share) => percentText(share, 0)), ...(isProtected ? ['Fälle dahinter'] : [])],
    rows: curves.map((curve) => ({
      head: curve.name,
      cells: [
        ...shares.map((share) => twinValue(at(curve, share) ?? null, curve.sign ?? (isProtected ? '.' : '–'), format)),
        ...(isProtected ? [curve.cases === null ? '–' : numberText(curve.cases)] : []),
      ],
    })),
  }
}

const elsewhere = ({ hrefOf }: ChartContext): Missing => ({
  why: 'Eine Verteilung gibt es nur für Entgelte: Alle anderen Kennzahlen sind je Träger eine Zahl.',
  instead: { href: hrefOf({ figure: 'rate_median', sort: undefined, cell: undefined }), text: 'Entgelte der Buchungen zeigen' },
})

export const distributionView = (context: ChartContext): ChartView => {
  const { distribution, highlighted, selection } = context
  const format = formatOf(context)
  const common = { ...commonView(context, 'distribution'), reserve: 'chart' as const }
  if (!distribution) {
    const nothing = () => Promise.reject(new Error('there is nothing to draw'))
    const subtitle = monthSubtitle(context)
    return { ...common, title: selection.figure.label, subtitle, missing: elsewhere(context), draw: nothing, twin: { heads: [], rows: [] } }
  }
  const rows = chartRows(context)
  const open = distribution.rows.filter(({ values }) => values.length > 0)
  const chosen = distribution.rows.find(({ id }) => id === highlighted)
  const title = titleOf(
    context,
    rows.find(({ id }) => id === highlighted),
    chosen,
    distribution.total,
    format,
  )
  const counted = countedOf(context)
  const total = distribution.total.values.length > 0 ? distribution.total.values : null
  return {
    ...common,
    title,
    subtitle: `${monthSubtitle(context)} Alle ${counted} hinter Minimum, Median und Maximum; gestrichelt: alle Träger zusammen.`,
    summary: open.length > 0 ? summaryOf(context, distribution, format) : undefined,
    missing: open.length === 0 ? fewValues : undefined,
    draw: async (canvas) => {
      const { distributionChart } = await import('../../charts/distribution.ts')
      return distributionChart(open, { ...canvas, highlighted, format, title, total, counted })
    },
    twin: twinOf(distribution, shortNames(distribution.rows.map(({ name }) => name)), context, format),
    pick: regionPick(
      context,
      rows.filter(({ id }) => open.some((row) => row.id === id)),
    ),
  }
}
