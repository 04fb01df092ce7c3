// The trend of every region in a panel of its own, all on one scale.
import * as Plot from '@observablehq/plot'
import type { Series, TrendRow } from '../client.ts'
import { axisText, type FigureFormat, isCount, labelText, shortMonthText } from '../format.ts'
import type { Canvas } from './canvas.ts'
import { asImage } from './image.ts'
import { type Placed, textWidth } from './label-places.ts'
import { labelsAt, labelStyle } from './labels.ts'
import { pickable } from './pickable.ts'
import { niceTicks } from './scale.ts'

export type MultiplesOptions = Canvas & {
  highlighted: string
  format: FigureFormat
  title: string
  months: string[]
  weighted_average: Series
  /** The last month is not over: its point stays hollow. */
  running: boolean
}

const panelHeight = 76
const headHeight = 28
const gap = 16
const widest = 190
/** Half of the last point. */
const right = 4

type Point = { id: string; column: number; line: number; date: Date; month: string; value: number | null }

export const multiplesChart = (rows: TrendRow[], options: MultiplesOptions): SVGSVGElement => {
  const { width, document, highlighted, format, months, weighted_average, running } = options
  const average = weighted_average.values
  const values = [...rows.flatMap((row) => row.values), ...average].filter((value): value is number => value !== null)
  const zeroBased = format.unit !== 'cents_per_unit'
  const whole = isCount(format.unit)
  const ticks = niceTicks(Math.min(zeroBased ? 0 : Infinity, ...values), Math.max(...values), 2, whole ? 1 : 0)
  const domain: [number, number] = [ticks[0]!, ticks.at(-1)!]
  const tickText = (value: number) => axisText(value, format, ticks[1]! - ticks[0]!)

  const left = 8 + Math.max(...ticks.map((tick) => textWidth(tickText(tick), 12)))
  const columns = Math.min(rows.length, Math.max(2, Math.floor((width - left + gap) / (widest + gap))))
  const panelWidth = (width - left - right - (columns - 1) * gap) / columns
  const lines = Math.ceil(rows.length / columns)
  const pitch = headHeight + panelHeight
  const bottom = 24
  const height = lines * pitch + bottom

  const dates = months.map((month) => new Date(`${month}-01T00:00:00Z`))
  const placeOf = (index: number) => ({ column: index % columns, line: Math.floor(index / columns) })
  const x = (column: number, date: number) => left + column * (panelWidth + gap) + (date / Math.max(1, months.length - 1)) * panelWidth
  const y = (line: number, value: number) => line * pitch + headHeight + panelHeight * (1 - (value - domain[0]) / (domain[1] - domain[0]))

  const panels = rows.map((row, index) => ({ id: row.id, ...placeOf(index) }))
  const pointsOf = (id: string, series: (number | null)[], { column, line }: { column: number; line: number }): Point[] =>
    months.map((month, at) => ({ id, column, line, month, date: dates[at]!, value: series[at] ?? null }))
  const points = rows.flatMap((row, index) => pointsOf(row.id, row.values, placeOf(index)))
  const averages = panels.flatMap((panel) => pointsOf(panel.id, average, panel))
  const px = (point: Point) => x(point.column, months.indexOf(point.month))
  const py = (point: Point) => (point.value === null ? Number.NaN : y(point.line, point.value))
  const lonely = points.filter((point, index) => {
    const open = (beside: Point | undefined) => beside?.id === point.id && beside.value !== null
    return point.value !== null && !open(points[index - 1]) && !open(points[index + 1])
  })
  const last = points.filter(({ month, value }) => month === months.at(-1) && value !== null)

  const labels = rows.flatMap((row, index): Placed[] => {
    const { column, line } = placeOf(index)
    const current = row.values.at(-1) ?? null
    const shown = current === null ? (row.signs.at(-1) ?? '–') : labelText(current, format)
    return [
      { id: row.id, anchor: 'start', x: x(column, 0), y: line * pitch + 14, text: row.region },
      { id: row.id, anchor: 'end', x: x(column, months.length - 1), y: line * pitch + 14, text: shown },
    ]
  })
  const rules = panels.flatMap(({ column, line }) =>
    ticks.map((tick, index) => ({
      from: x(column, 0),
      to: x(column, months.length - 1),
      y: y(line, tick),
      stroke: index === 0 ? 'var(--sj-rule)' : 'var(--sj-hairline)',
    })),
  )
  const monthLabels = Array.from({ length: Math.min(columns, rows.length) }, (_, column): Placed[] => {
    const line = Math.floor((rows.length - 1 - column) / columns)
    const under = { id: 'month', y: (line + 1) * pitch + 14 }
    return [
      { ...under, anchor: 'start', x: x(column, 0), text: shortMonthText(months[0]!) },
      ...(panelWidth < 140
        ? []
        : [{ ...under, anchor: 'end' as const, x: x(column, months.length - 1), text: shortMonthText(months.at(-1)!) }]),
    ]
  }).flat()
  const tickLabels = Array.from({ length: lines }, (_, line) =>
    ticks.map((tick): Placed => ({ id: 'tick', anchor: 'end', x: left - 6, y: y(line, tick), text: tickText(tick) })),
  ).flat()

  const colour = (point: { id: string }) => (point.id === highlighted ? 'var(--sj-data-focus)' : 'var(--sj-data-context-text)')
  const line = (ofHighlighted: boolean, style: Plot.LineOptions) =>
    Plot.line(
      points.filter(({ id }) => (id === highlighted) === ofHighlighted),
      { x: px, y: py, z: 'id', stroke: colour, ...style },
    )
  const svg = Plot.plot({
    document,
    width,
    height,
    margin: 0,
    style: { fontSize: '12px', background: 'none' },
    x: { type: 'identity', axis: null },
    y: { type: 'identity', axis: null },
    marks: [
      Plot.ruleY(rules, { x1: 'from', x2: 'to', y: 'y', stroke: 'stroke' }),
      Plot.line(averages, { x: px, y: py, z: 'id', stroke: 'var(--sj-data-reference)', strokeWidth: 1, strokeDasharray: '4 3' }),
      line(false, { strokeWidth: 1.5 }),
      line(true, { strokeWidth: 2.5 }),
      Plot.dot(lonely, { x: px, y: py, r: 1.75, fill: colour }),
      Plot.dot(last, { x: px, y: py, r: 3, fill: running ? 'var(--sj-paper)' : colour, stroke: colour, strokeWidth: 1.5 }),
      labelsAt(labels, labelStyle(highlighted)),
      labelsAt([...tickLabels, ...monthLabels], () => ({ fill: 'var(--sj-muted)' }), 12),
      Plot.rect(panels, {
        x1: (panel) => x(panel.column, 0),
        x2: (panel) => x(panel.column, months.length - 1),
        y1: (panel) => panel.line * pitch + 2,
        y2: (panel) => panel.line * pitch + headHeight + panelHeight,
        fill: 'transparent',
        ...pickable(panels),
      }),
    ],
  })
  return asImage(svg as SVGSVGElement, options.title)
}
