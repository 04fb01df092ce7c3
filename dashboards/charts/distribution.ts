// Rates in order, one line per region: at each share of the bookings the rate up to which that share goes.
import * as Plot from '@observablehq/plot'
import { axisText, type FigureFormat, labelText, percentText, valueText } from '../format.ts'
import type { Canvas } from './canvas.ts'
import { asImage } from './image.ts'
import { type Placed, textWidth } from './label-places.ts'
import { labelPositions } from './label-positions.ts'
import { labelsAt, labelStyle } from './labels.ts'
import { pickable } from './pickable.ts'
import { niceTicks, quantile } from './scale.ts'

/** `values` stand at equal shares, from the lowest to the highest. */
export type DistributionRow = { id: string; region: string; values: number[] }
export type DistributionOptions = Canvas & {
  highlighted: string
  format: FigureFormat
  title: string
  /** Of all regions together; null where that is secret. */
  total: number[] | null
  /** What is put in order: bookings or offers. */
  counted: string
}

/** More lines than this cannot be told apart: the others become a band. */
const mostLines = 16
const phoneWidth = 560
const total = 'total'
const bandShares = Array.from({ length: 11 }, (_, at) => at / 10)

type Point = { id: string; region: string; share: number; value: number }
const pointsOf = ({ id, region, values }: DistributionRow): Point[] =>
  values.map((value, step) => ({ id, region, share: step / (values.length - 1), value }))
const medianOf = (row: DistributionRow): Point => pointsOf(row)[(row.values.length - 1) / 2]!

/** The middle 80 percent of the regions at each share, straight between the steps of each. */
const bandOf = (rows: DistributionRow[]) =>
  bandShares.map((share) => {
    const values = rows.map((row) => quantile(row.values, share)).toSorted((a, b) => a - b)
    return { share, low: quantile(values, 0.1), high: quantile(values, 0.9) }
  })

export const distributionChart = (rows: DistributionRow[], options: DistributionOptions): SVGSVGElement => {
  const { width, document, highlighted, format, title, counted } = options
  const phone = width < phoneWidth
  const height = phone ? 340 : 420
  const crowded = rows.length > mostLines
  const drawn = rows.filter(({ id }) => !crowded || id === highlighted)
  const band = crowded ? bandOf(rows) : []
  const whole: DistributionRow[] = options.total ? [{ id: total, region: 'alle', values: options.total }] : []
  const lines = [...drawn, ...whole]
  const shown = [...lines.flatMap(({ values }) => values), ...band.flatMap(({ low, high }) => [low, high])]
  const ticks = niceTicks(Math.min(...shown), Math.max(...shown), 5)
  const domain: [number, number] = [ticks[0]!, ticks.at(-1)!]
  const tickText = (value: number) => axisText(value, format, ticks[1]! - ticks[0]!)
  const [top, bottom] = [28, height - 48]
  const left = 10 + Math.max(...ticks.map((tick) => textWidth(tickText(tick), 12)))
  const right = width - 14 - Math.max(...lines.map(({ region }) => textWidth(region)))
  const x = (share: number) => left + share * (right - left)
  const y = (value: number) => bottom - ((value - domain[0]) / (domain[1] - domain[0])) * (bottom - top)
  const heights = labelPositions(
    lines.map(({ values }) => y(values.at(-1)!)),
    15,
    { from: top, to: bottom },
  )
  const names = lines.map(({ id, region }, at): Placed => ({ id, text: region, anchor: 'start', x: right + 8, y: heights[at]! }))
  const [chosen, others] = [true, false].map((wanted) => drawn.filter(({ id }) => (id === highlighted) === wanted)) as [
    DistributionRow[],
    DistributionRow[],
  ]
  const medians = [...others, ...chosen].map(medianOf)
  const chosenMedian = chosen.map(medianOf)[0]
  const middle: Placed = {
    id: chosenMedian?.id ?? total,
    text: chosenMedian ? `Median ${chosenMedian.region} ${labelText(chosenMedian.value, format)}` : 'Median',
    anchor: 'middle',
    x: x(0.5),
    y: top - 14,
  }
  const line = (row: DistributionRow, style: Plot.LineOptions) => Plot.line(pointsOf(row), { x: 'share', y: 'value', ...style })
  const svg = Plot.plot({
    document,
    width,
    height,
    marginTop: top,
    marginBottom: height - bottom,
    marginLeft: left,
    marginRight: width - right,
    style: { fontSize: '12px', background: 'none' },
    x: { domain: [0, 1] },
    y: { domain },
    marks: [
      Plot.gridY(ticks, { stroke: 'var(--sj-hairline)', strokeOpacity: 1 }),
      Plot.areaY(band, { x: 'share', y1: 'low', y2: 'high', fill: 'var(--sj-data-band)' }),
      Plot.ruleY([domain[0]], { stroke: 'var(--sj-rule)' }),
      Plot.axisY(ticks, { label: null, tickSize: 0, tickFormat: tickText, fill: 'var(--sj-muted)' }),
      Plot.axisX([0, 0.25, 0.5, 0.75, 1], {
        label: `Anteil der ${counted}, vom niedrigsten Entgelt an`,
        labelAnchor: 'right',
        labelArrow: 'none',
        labelOffset: 42,
        tickSize: 4,
        tickFormat: (share: number) => percentText(share, 0),
        fill: 'var(--sj-muted)',
        stroke: 'var(--sj-rule)',
      }),
      Plot.ruleX([0.5], { stroke: 'var(--sj-rule)', strokeDasharray: '2 3' }),
      ...others.map((row) => line(row, { stroke: 'var(--sj-data-context)', strokeWidth: 1.25 })),
      ...whole.map((row) => line(row, { stroke: 'var(--sj-data-reference)', strokeWidth: 1.5, strokeDasharray: '5 3' })),
      ...chosen.map((row) => line(row, { stroke: 'var(--sj-data-focus)', strokeWidth: 2.5 })),
      Plot.dot(medians, { x: 'share', y: 'value', r: 3.5, fill: (row: Point) => labelStyle(highlighted)(row).fill, ...pickable(medians) }),
      labelsAt(names, (label) => (label.id === total ? { fill: 'var(--sj-data-reference)' } : labelStyle(highlighted)(label))),
      labelsAt([middle], labelStyle(highlighted)),
      Plot.tip(
        lines.flatMap(pointsOf),
        Plot.pointer({
          x: 'share',
          y: 'value',
          title: ({ region, share, value }: Point) => `${region}, ${percentText(share, 0)} der ${counted}\nbis ${valueText(value, format)}`,
          fontSize: 13,
          lineHeight: 1.35,
          pathFilter: 'none',
          stroke: 'var(--sj-rule)',
          fill: 'var(--sj-paper)',
        }),
      ),
    ],
  })
  return asImage(svg as SVGSVGElement, title)
}
