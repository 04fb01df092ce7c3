// Trend per region: one highlighted line, the others grey, the weighted average dashed; names stand at the ends of the lines.
import * as Plot from '@observablehq/plot'
import type { Series, TrendRow } from '../client.ts'
import { axisText, isCount, labelText, type FigureFormat, monthText, shortMonthNameText, signText, valueText, yearOf } from '../format.ts'
import type { Canvas } from './canvas.ts'
import { asImage } from './image.ts'
import { labelPositions } from './label-positions.ts'
import { niceTicks, quantile } from './scale.ts'

export type TrendRows = { months: string[]; rows: TrendRow[]; weighted_average: Series }
export type TrendOptions = Canvas & {
  highlighted: string
  format: FigureFormat
  title: string
  /** The last month is not over: its point stays hollow. */
  running: boolean
  /** What a point stands for, where that is not a month but what begins with it. */
  periodText?: (month: string) => string
}

/** More lines than this cannot be told apart: the others become a band. */
const mostLines = 16
const phoneWidth = 520
const font = 13

type Point = { id: string; region: string; date: Date; month: string; value: number | null }
const pointsOf = (id: string, region: string, values: (number | null)[], months: string[]): Point[] =>
  months.map((month, index) => ({ id, region, month, date: new Date(`${month}-01T00:00:00Z`), value: values[index] ?? null }))

const openValues = (values: (number | null)[]) => values.filter((value): value is number => value !== null)
const byValue = (a: number, b: number) => a - b

/** The middle 80 percent of the regions, month by month. */
const bandOf = (rows: TrendRow[], months: string[]) =>
  months.flatMap((month, index) => {
    const values = openValues(rows.map((row) => row.values[index] ?? null)).toSorted(byValue)
    if (values.length < 5) return []
    return [{ date: new Date(`${month}-01T00:00:00Z`), low: quantile(values, 0.1), high: quantile(values, 0.9) }]
  })

/** A value between two gaps draws no line: it is a point. */
const lonely = (points: Point[]) =>
  points.filter((point, index) => {
    const open = (beside: Point | undefined) => beside?.id === point.id && beside.value !== null
    return point.value !== null && !open(points[index - 1]) && !open(points[index + 1])
  })

type End = { id: string; y: number; text: string }
const endOf = (id: string, name: string, { values, signs }: Series, format: FigureFormat, averaged: boolean): End | undefined => {
  const last = openValues(values).at(-1)
  if (last === undefined) return undefined
  const current = values.at(-1)
  const shown = current === null || current === undefined ? (signs.at(-1) ?? '–') : labelText(current, format, averaged)
  return { id, y: last, text: `${name}  ${shown}` }
}

const tickMonth = (date: Date) => {
  const month = date.toISOString().slice(0, 7)
  return date.getUTCMonth() === 0 ? `${shortMonthNameText(month)}\n${yearOf(month)}` : shortMonthNameText(month)
}

const average = 'weighted_average'

export const trendChart = ({ months, rows, weighted_average }: TrendRows, options: TrendOptions): SVGSVGElement => {
  const { width, document, highlighted, format, running, periodText = monthText } = options
  const phone = width < phoneWidth
  const drawn = rows.length > mostLines ? rows.filter((row) => row.id === highlighted) : rows
  const band = rows.length > mostLines ? bandOf(rows, months) : []
  const points = drawn.flatMap((row) => pointsOf(row.id, row.region, row.values, months))
  const averagePoints = pointsOf(average, 'Gewichteter Durchschnitt', weighted_average.values, months)

  const shown = [...openValues([...points, ...averagePoints].map(({ value }) => value)), ...band.flatMap(({ low, high }) => [low, high])]
  const zeroBased = format.unit !== 'cents_per_unit'
  const whole = isCount(format.unit)
  const ticks = niceTicks(Math.min(zeroBased ? 0 : Infinity, ...shown), Math.max(zeroBased ? 0 : -Infinity, ...shown), 4, whole ? 1 : 0)
  const domain: [number, number] = [ticks[0]!, ticks.at(-1)!]
  const tickText = (value: number) => axisText(value, format, ticks[1]! - ticks[0]!)

  const ends = [
    ...drawn.map((row) => endOf(row.id, row.region, row, format, false)),
    endOf(average, phone ? 'EW-Ø' : 'gew. Durchschnitt', weighted_average, format, true),
  ].filter((end) => end !== undefined)
  const height = phone ? 300 : 340
  const marginLeft = 8 + Math.max(...ticks.map((tick) => tickText(tick).length)) * 7
  const marginRight = 14 + Math.max(0, ...ends.map((end) => end.text.length)) * 7.2
  const monthWidth = (width - marginLeft - marginRight) / Math.max(1, months.length - 1)
  const tickMonths = [3, 6, 12].find((count) => count * monthWidth >= 36) ?? 12
  const [top, bottom] = [12, height - 36]
  const y = (value: number) => bottom - ((value - domain[0]) / (domain[1] - domain[0])) * (bottom - top)
  const invert = (position: number) => domain[0] + ((bottom - position) / (bottom - top)) * (domain[1] - domain[0])
  const places = labelPositions(
    ends.map((end) => y(end.y)),
    16,
    { from: top - 4, to: bottom },
  )
  const placed = ends.map((end, index) => ({ ...end, y: invert(places[index]!) }))
  const dates = months.map((month) => new Date(`${month}-01T00:00:00Z`))
  const label = (set: End[], style: { fill: string; fontWeight?: number }) =>
    Plot.text(set, { x: () => dates.at(-1)!, y: 'y', text: 'text', dx: 10, textAnchor: 'start', fontSize: font, ...style })
  const highlight = points.filter((point) => point.id === highlighted)
  const last = highlight.filter((point) => point.value !== null && point.month === months.at(-1))

  const svg = Plot.plot({
    document,
    width,
    height,
    marginTop: top,
    marginBottom: height - bottom,
    marginLeft,
    marginRight,
    style: { fontSize: '12px', background: 'none' },
    x: { type: 'utc', domain: [dates[0]!, dates.at(-1)!] },
    y: { domain },
    marks: [
      Plot.gridY(ticks, { stroke: 'var(--sj-hairline)', strokeOpacity: 1 }),
      Plot.areaY(band, { x: 'date', y1: 'low', y2: 'high', fill: 'var(--sj-data-band)' }),
      // of changes, both sides of zero are drawn
      Plot.ruleY([Math.max(0, domain[0])], { stroke: 'var(--sj-rule)' }),
      Plot.axisY(ticks, { label: null, tickSize: 0, tickFormat: tickText, fill: 'var(--sj-muted)' }),
      Plot.axisX(
        dates.filter((date) => date.getUTCMonth() % tickMonths === 0),
        { label: null, tickFormat: tickMonth, tickSize: 4, fill: 'var(--sj-muted)', stroke: 'var(--sj-rule)' },
      ),
      Plot.line(
        points.filter((point) => point.id !== highlighted),
        { x: 'date', y: 'value', z: 'id', stroke: 'var(--sj-data-context)', strokeWidth: 1.25 },
      ),
      Plot.dot(lonely(points), {
        x: 'date',
        y: 'value',
        r: 1.75,
        fill: (point: Point) => (point.id === highlighted ? 'var(--sj-data-focus)' : 'var(--sj-data-context)'),
      }),
      Plot.line(averagePoints, { x: 'date', y: 'value', stroke: 'var(--sj-data-reference)', strokeWidth: 1.5, strokeDasharray: '5 3' }),
      Plot.line(highlight, { x: 'date', y: 'value', stroke: 'var(--sj-data-focus)', strokeWidth: 2.5 }),
      Plot.dot(last, {
        x: 'date',
        y: 'value',
        r: 3.5,
        fill: running ? 'var(--sj-paper)' : 'var(--sj-data-focus)',
        stroke: 'var(--sj-data-focus)',
        strokeWidth: 1.5,
      }),
      label(
        placed.filter(({ id }) => id !== highlighted && id !== average),
        { fill: 'var(--sj-data-context-text)' },
      ),
      label(
        placed.filter(({ id }) => id === average),
        { fill: 'var(--sj-data-reference)' },
      ),
      label(
        placed.filter(({ id }) => id === highlighted),
        { fill: 'var(--sj-data-focus)', fontWeight: 600 },
      ),
      Plot.tip(
        [...points, ...averagePoints],
        Plot.pointer({
          x: 'date',
          y: 'value',
          title: (point: Point) =>
            `${point.region}, ${periodText(point.month)}\n${point.value === null ? signText('.') : valueText(point.value, format, point.id === average)}`,
          fontSize: font,
          lineHeight: 1.35,
          pathFilter: 'none',
          stroke: 'var(--sj-rule)',
          fill: 'var(--sj-paper)',
        }),
      ),
    ],
  })
  return asImage(svg as SVGSVGElement, options.title)
}
