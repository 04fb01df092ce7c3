import { quantile } from '../../charts/scale.ts'
import type { DotRow } from '../../charts/dots.ts'
import type { ChartView } from '../../elements/chart-figure.ts'
import { twinValue } from '../../elements/table-twin.ts'
import type { KeyFigure } from '../../client.ts'
import { cellText, type FigureFormat, isCount, labelText, numberText } from '../../format.ts'
import { type Interval, valueInterval } from '../../uncertainty.ts'
import {
  byChanceText,
  type ChartContext,
  type ChartRow,
  chartRows,
  commonView,
  fewValues,
  formatOf,
  isOpen,
  listText,
  monthSubtitle,
  type OpenRow,
  regionPick,
  toldName,
  unitHead,
} from './chart-context.ts'

type Side = 'above' | 'below' | 'unclear'
export type Placed = OpenRow & { interval: Interval | undefined; side: Side | undefined }

/** The median of the rates paid: how they lie tells how far it may lie by chance. */
export const isMedianOfRates = ({ name }: Pick<KeyFigure, 'name'>) => name === 'rate_median'

const intervalsOf = ({ selection: { figure }, distribution }: ChartContext): ((row: OpenRow) => Interval | undefined) => {
  if (!isMedianOfRates(figure)) return ({ value, cases }) => valueInterval({ current: value, cases }, figure)
  const curves = new Map(distribution?.rows.map((row) => [row.id, row]))
  return ({ id }) => {
    return curves.get(id)?.median_interval ?? undefined
  }
}

/** Which regions differ clearly from the median: those whose interval leaves it out. */
export const placeAgainstMedian = (context: ChartContext): { rows: Placed[]; median: number } => {
  const open = chartRows(context).filter(isOpen)
  const median =
    open.length === 0
      ? 0
      : quantile(
          open.map(({ value }) => value).toSorted((a, b) => a - b),
          0.5,
        )
  const intervalOf = intervalsOf(context)
  const rows = open.map((row): Placed => {
    const interval = intervalOf(row)
    const side = interval && (interval.from > median ? 'above' : interval.to < median ? 'below' : 'unclear')
    return { ...row, interval, side }
  })
  return { rows: rows.toSorted((a, b) => b.value - a.value), median }
}

const differ = (count: number, of: number) =>
  count === 0
    ? 'Kein Träger unterscheidet sich deutlich vom Median'
    : count === of && of > 1
      ? `Alle ${of} Träger unterscheiden sich deutlich vom Median`
      : `${count} von ${of} Trägern ${count === 1 ? 'unterscheidet' : 'unterscheiden'} sich deutlich vom Median`

const titleOf = (rows: Placed[], { selection }: ChartContext, format: FigureFormat) => {
  const sure = rows.filter(({ side }) => side !== undefined)
  if (sure.length > 0) return differ(sure.filter(({ side }) => side !== 'unclear').length, sure.length)
  const [high, low] = [rows[0], rows.at(-1)]
  if (!high || !low) return selection.figure.label
  return `${selection.figure.label} von ${labelText(low.value, format)} in ${toldName(low)} bis ${labelText(high.value, format)} in ${toldName(high)}`
}

const summaryOf = (rows: Placed[], median: number, format: FigureFormat) => {
  const sure = rows.filter(({ side }) => side !== undefined)
  const few = rows.some(({ uncertain }) => uncertain) ? ' Hohl: weniger als 20 Fälle, unsicher.' : ''
  if (sure.length === 0) return `Wie weit Werte dieser Kennzahl zufällig streuen, ist nicht bekannt: Die Rangfolge allein sagt wenig.${few}`
  const named = (side: Side) => listText(sure.filter((row) => row.side === side).map(toldName))
  const [above, below] = [named('above'), named('below')]
  const sides = [...(above ? [`deutlich darüber ${above}`] : []), ...(below ? [`deutlich darunter ${below}`] : [])]
  const found = sides.length === 0 ? '' : `: ${sides.join(', ')}`
  const size = isCount(format.unit) ? ' Anzahlen folgen vor allem der Größe des Trägers.' : ''
  const rest = sure.some(({ side }) => side === 'unclear') ? ' Bei den übrigen kann der Abstand Zufall sein.' : ''
  return `Median ${labelText(median, format, true)}${found}.${rest}${byChanceText(sure.length)}${size}`
}

const sideTexts: Record<Side, string> = { above: 'deutlich darüber', below: 'deutlich darunter', unclear: 'nicht zu unterscheiden' }
const intervalText = (interval: Interval | undefined, format: FigureFormat) =>
  interval ? `${cellText(interval.from, format, true)} bis ${cellText(interval.to, format, true)}` : '–'

const twinRow = (format: FigureFormat) => (row: Placed) => ({
  head: row.name,
  cells: [
    twinValue(row.value, row.sign, format),
    intervalText(row.interval, format),
    row.cases === null ? '–' : numberText(row.cases),
    row.side ? sideTexts[row.side] : '–',
  ],
})
const hiddenRow = (format: FigureFormat) => (row: ChartRow) => ({
  head: row.name,
  cells: [twinValue(null, row.sign, format), '–', '–', '–'],
})

export const dotsView = (context: ChartContext): ChartView => {
  const { answer, highlighted } = context
  const format = formatOf(context)
  const { rows, median } = placeAgainstMedian(context)
  const title = titleOf(rows, context, format)
  const drawn = rows.map(({ side, uncertain, ...row }): DotRow => ({ ...row, full: side === undefined ? !uncertain : side !== 'unclear' }))
  const sure = rows.some(({ side }) => side !== undefined)
  const hidden = chartRows(context).filter(({ value, sign }) => value === null && sign !== '…')
  return {
    ...commonView(context, 'dots'),
    title,
    subtitle: `${monthSubtitle(context)}${sure ? ' Strich: 95-%-Intervall; hohl: vom Median nicht zu unterscheiden.' : ''}`,
    summary: summaryOf(rows, median, format),
    missing: rows.length < 3 ? fewValues : undefined,
    reserve: 'chart',
    draw: async (canvas) => {
      const { dotsChart } = await import('../../charts/dots.ts')
      return dotsChart(drawn, { ...canvas, highlighted, format, title, median, average: answer.weighted_average.current })
    },
    twin: {
      heads: ['Örtlicher Träger', unitHead(context), '95-%-Intervall', 'Fälle dahinter', 'Zum Median'],
      rows: [...rows.map(twinRow(format)), ...hidden.map(hiddenRow(format))],
    },
    pick: regionPick(context, rows),
  }
}
