import { quantile } from '../../charts/scale.ts'
import type { Trend } from '../../client.ts'
import type { ChartView, Missing } from '../../elements/chart-figure.ts'
import { type Twin, twinValue } from '../../elements/table-twin.ts'
import { type FigureFormat, isCount, monthText, shortMonthText } from '../../format.ts'
import { filterText, trendTitle } from '../../sentence.ts'
import { placeText } from '../../since-when.ts'
import { type ChartContext, commonView, formatOf } from './chart-context.ts'
import { unitNote } from './comparison-view.ts'

/** The months from one on and before another. */
export const cutTrend = (trend: Trend, from: number, to: number): Trend => {
  const cut = <Row extends { values: (number | null)[]; signs: (string | null)[] }>(row: Row) => ({
    ...row,
    values: row.values.slice(from, to),
    signs: row.signs.slice(from, to),
  })
  return {
    ...trend,
    months: trend.months.slice(from, to),
    rows: trend.rows.map(cut),
    total: cut(trend.total),
    weighted_average: cut(trend.weighted_average),
  }
}

/** A flow of a month still running would read as a fall: its lines end with the month before. */
const withoutRunningFlow = ({ selection, trend }: Pick<ChartContext, 'selection' | 'trend'>): Trend =>
  selection.figure.flow && trend.running_month !== null && trend.months.at(-1) === trend.running_month
    ? cutTrend(trend, 0, trend.months.length - 1)
    : trend

const neverOpen = ({ signs }: { signs: (string | null)[] }) => signs.every((sign) => sign === '…')

/** The months that can be drawn, of the regions that have any. */
export const drawnTrend = (context: ChartContext): Trend => {
  const everything = withoutRunningFlow(context)
  return { ...everything, rows: everything.rows.filter((row) => row.id === context.highlighted || !neverOpen(row)) }
}

export const isRunning = ({ running_month, months }: Trend) => running_month !== null && months.at(-1) === running_month
export const hasValues = ({ rows }: Trend) => rows.some(({ values }) => values.some((value) => value !== null))
export const noValues: Missing = { why: 'Im Zeitraum gibt es keinen offenen Wert.' }

export const trendSubtitle = ({ selection, answer }: ChartContext, { months, rows }: Trend) => {
  const [first, last] = [months[0], months.at(-1)]
  const period = first && last ? `, ${monthText(first)} bis ${monthText(last)}` : ''
  const unit = isCount(answer.unit) ? '' : ` ${unitNote(selection)}`
  const gaps = rows.some(({ signs }) => signs.includes('.')) ? ' Lücken: geheim.' : ''
  return `${selection.figure.label} ${filterText(selection)}, Monatswerte${unit}${period}.${gaps}`
}

/** Months down, regions across. */
export const trendTwin = ({ months, rows, weighted_average }: Trend, format: FigureFormat): Twin => {
  const series = [
    ...rows.map((row) => ({ ...row, name: row.region, averaged: false })),
    { name: 'EW-Ø', averaged: true, ...weighted_average },
  ]
  return {
    heads: ['Monat', ...series.map(({ name }) => name)],
    rows: months.map((month, at) => ({
      head: shortMonthText(month),
      cells: series.map(({ values, signs, averaged }) => twinValue(values[at] ?? null, signs[at] ?? null, format, averaged)),
    })),
  }
}

const fewestForMedian = 3
/** Month by month, of the values that are open. */
const mediansOf = ({ months, rows }: Trend): (number | null)[] =>
  months.map((_, at) => {
    const open = rows.flatMap(({ values }) => values[at] ?? []).toSorted((a, b) => a - b)
    return open.length < fewestForMedian ? null : quantile(open, 0.5)
  })

/** Since when the highlighted region lies above or below the others. */
const trendSummary = (trend: Trend, highlighted: string): string | undefined => {
  const row = trend.rows.find(({ id }) => id === highlighted)
  if (!row) return undefined
  const references = [
    { name: 'dem EW-gewichteten Durchschnitt', values: trend.weighted_average.values },
    { name: 'dem Median der Träger', values: mediansOf(trend) },
  ]
  return placeText(row.region, row.values, references, trend.months)
}

export const trendView = (context: ChartContext): ChartView => {
  const { answer, highlighted } = context
  const trend = drawnTrend(context)
  const row = trend.rows.find(({ id }) => id === highlighted)
  const format = formatOf(context)
  const title = trendTitle({ name: row?.region ?? '', values: row?.values ?? [], months: trend.months }, answer)
  return {
    ...commonView(context, 'trend'),
    title,
    subtitle: trendSubtitle(context, trend),
    summary: trendSummary(trend, highlighted),
    missing: hasValues(trend) ? undefined : noValues,
    reserve: 'trend',
    draw: async (canvas) => {
      const { trendChart } = await import('../../charts/trend.ts')
      return trendChart(trend, { ...canvas, highlighted, format, title, running: isRunning(trend) })
    },
    twin: trendTwin(trend, format),
  }
}
