// One dot per region in the order of values, with its interval, against the median: shows what differs and what only seems to.
import * as Plot from '@observablehq/plot'
import { axisText, type FigureFormat, isChange, isCount, labelText } from '../format.ts'
import type { Interval } from '../uncertainty.ts'
import type { Canvas } from './canvas.ts'
import { asImage } from './image.ts'
import { type Placed, placesBeside, textWidth } from './label-places.ts'
import { labelPositions } from './label-positions.ts'
import { labelsAt, labelStyle } from './labels.ts'
import { pickable } from './pickable.ts'
import { niceTicks } from './scale.ts'

export type DotRow = {
  id: string
  region: string
  name: string
  value: number
  interval: Interval | undefined
  /** Drawn full: stands out from the median, or is not in doubt. */
  full: boolean
}
export type DotOptions = Canvas & {
  highlighted: string
  format: FigureFormat
  title: string
  /** Null where there is no middle to speak of. */
  median: number | null
  average: number | null
}

/** More regions than this do not get a line and a name each. */
const mostNamed = 40
const phoneWidth = 560
const lineHeight = 24

type Ranked = DotRow & { at: number }
type Sure = Ranked & { interval: Interval }
const hasInterval = (row: Ranked): row is Sure => row.interval !== undefined

const scaleOf = (rows: DotRow[], { width, format, median, average }: DotOptions) => {
  const values = [
    ...rows.flatMap(({ value, interval }) => [value, interval?.from ?? value, interval?.to ?? value]),
    ...[median, average].filter((value) => value !== null),
  ]
  const zeroBased = isCount(format.unit) || format.unit === 'cents' || isChange(format.unit)
  const ticks = niceTicks(
    Math.min(zeroBased ? 0 : Infinity, ...values),
    Math.max(zeroBased ? 0 : -Infinity, ...values),
    width < phoneWidth ? 3 : 5,
    isCount(format.unit) ? 1 : 0,
  )
  const [low, high] = [ticks[0]!, ticks.at(-1)!]
  return {
    ticks,
    domain: [low, high] as [number, number],
    tickText: (value: number) => axisText(value, format, ticks[1]! - low),
    at: (value: number, from: number, to: number) => from + ((value - low) / (high - low)) * (to - from),
  }
}

const references = ({ median, average, format }: DotOptions) => [
  ...(isChange(format.unit) ? [{ id: 'zero', value: 0, text: 'unverändert', dash: '1 3' }] : []),
  ...(median === null ? [] : [{ id: 'median', value: median, text: `Median ${labelText(median, format, true)}`, dash: '0' }]),
  ...(average === null ? [] : [{ id: 'average', value: average, text: `EW-Ø ${labelText(average, format, true)}`, dash: '5 3' }]),
]
const referenceStyle = () => ({ fill: 'var(--sj-data-reference)' })
const colourOf = (highlighted: string) => (row: DotRow) => labelStyle(highlighted)(row).fill
const paintOf = (highlighted: string) => (row: DotRow) => (row.full ? colourOf(highlighted)(row) : 'var(--sj-paper)')
const axis = { label: null, tickSize: 0, fill: 'var(--sj-muted)' }
const grid = { stroke: 'var(--sj-hairline)', strokeOpacity: 1 }
const plain = { fontSize: '12px', background: 'none' }

export const dotsChart = (rows: DotRow[], options: DotOptions): SVGSVGElement => {
  const ranked = rows.toSorted((a, b) => b.value - a.value).map((row, at) => ({ ...row, at }))
  const svg = rows.length > mostNamed ? crowd(ranked, options) : lines(ranked, options)
  return asImage(svg as SVGSVGElement, options.title)
}

/** A line per region: name, dot with interval, value. */
const lines = (rows: Ranked[], options: DotOptions) => {
  const { width, document, highlighted, format } = options
  const nameOf = ({ region, name }: DotRow) => (width < phoneWidth ? region : name)
  const { ticks, domain, tickText, at } = scaleOf(rows, options)
  const left = 20 + Math.max(...rows.map((row) => textWidth(nameOf(row))))
  const right = width - 16 - Math.max(...rows.map(({ value }) => textWidth(labelText(value, format))))
  const [top, bottom] = [44, 44 + rows.length * lineHeight]
  const labels = rows.flatMap((row): Placed[] => {
    const y = top + (row.at + 0.5) * lineHeight
    return [
      { id: row.id, x: left - 12, y, text: nameOf(row), anchor: 'end' },
      { id: row.id, x: right + 12, y, text: labelText(row.value, format), anchor: 'start' },
    ]
  })
  const rules = references(options)
  // one above the other: they may stand close together
  const ruleLabels = rules.map(({ id, value, text }, index): Placed => {
    const half = textWidth(text) / 2
    return { id, text, anchor: 'middle', x: Math.min(Math.max(at(value, left, right), half), width - half), y: 34 - index * 18 }
  })
  const colour = colourOf(highlighted)
  return Plot.plot({
    document,
    width,
    height: bottom + 28,
    marginTop: top,
    marginBottom: 28,
    marginLeft: left,
    marginRight: width - right,
    style: plain,
    x: { domain },
    y: { axis: null, domain: [-0.5, rows.length - 0.5], reverse: true },
    marks: [
      Plot.gridX(ticks, grid),
      Plot.axisX(ticks, { ...axis, tickFormat: tickText }),
      ...rules.map(({ value, dash }) =>
        Plot.ruleX([value], { stroke: 'var(--sj-data-reference)', strokeWidth: 1.25, strokeDasharray: dash }),
      ),
      Plot.ruleY(rows.filter(hasInterval), {
        y: 'at',
        x1: (row: Sure) => row.interval.from,
        x2: (row: Sure) => row.interval.to,
        stroke: colour,
        strokeWidth: 1.5,
      }),
      Plot.dot(rows, { x: 'value', y: 'at', r: 4.5, fill: paintOf(highlighted), stroke: colour, strokeWidth: 1.5 }),
      labelsAt(labels, labelStyle(highlighted)),
      labelsAt(ruleLabels, referenceStyle),
      Plot.rect(rows, {
        x1: domain[0],
        x2: domain[1],
        y1: (row: Ranked) => row.at - 0.5,
        y2: (row: Ranked) => row.at + 0.5,
        fill: 'transparent',
        ...pickable(rows),
      }),
    ],
  })
}

/** Too many for names: values up, regions side by side from the smallest on; only the highlighted and the extremes are named. */
const crowd = (descending: Ranked[], options: DotOptions) => {
  const { width, document, highlighted, format } = options
  const phone = width < phoneWidth
  const rows = descending.toReversed().map((row, at) => ({ ...row, at }))
  const { ticks, domain, tickText, at } = scaleOf(rows, options)
  const rules = references(options)
  const height = phone ? 340 : 420
  const [top, bottom] = [20, height - 16]
  const left = 8 + Math.max(...ticks.map((tick) => textWidth(tickText(tick), 12)))
  const right = width - 12 - Math.max(0, ...rules.map(({ text }) => textWidth(text)))
  const x = (rank: number) => left + ((rank + 0.5) / rows.length) * (right - left)
  const y = (value: number) => at(value, bottom, top)
  const [chosen, others] = [true, false].map((wanted) => rows.filter(({ id }) => (id === highlighted) === wanted)) as [Ranked[], Ranked[]]
  const extremes = [...rows.slice(-3).reverse(), ...rows.slice(0, 3)].filter(({ id }) => id !== highlighted)
  const labels = placesBeside(
    [...chosen, ...extremes].map((row) => ({
      id: row.id,
      x: x(row.at),
      y: y(row.value),
      text: `${row.region} ${labelText(row.value, format)}`,
    })),
    { x: left, y: 0, width: width - left, height },
  )
  const ruleHeights = labelPositions(
    rules.map(({ value }) => y(value)),
    16,
    { from: top, to: bottom },
  )
  const ruleLabels = rules.map(({ id, text }, index): Placed => ({ id, text, anchor: 'start', x: right + 8, y: ruleHeights[index]! }))
  return Plot.plot({
    document,
    width,
    height,
    marginTop: top,
    marginBottom: height - bottom,
    marginLeft: left,
    marginRight: width - right,
    style: plain,
    x: { axis: null, domain: [-0.5, rows.length - 0.5] },
    y: { domain },
    marks: [
      Plot.gridY(ticks, grid),
      Plot.axisY(ticks, { ...axis, tickFormat: tickText }),
      Plot.ruleX(rows.filter(hasInterval), {
        x: 'at',
        y1: (row: Sure) => row.interval.from,
        y2: (row: Sure) => row.interval.to,
        stroke: (row: Sure) => (row.id === highlighted ? 'var(--sj-data-focus)' : 'var(--sj-line)'),
      }),
      ...rules.map(({ value, dash }) =>
        Plot.ruleY([value], { stroke: 'var(--sj-data-reference)', strokeWidth: 1.25, strokeDasharray: dash }),
      ),
      ...[others, chosen].map((set) =>
        Plot.dot(set, {
          x: 'at',
          y: 'value',
          r: set === chosen ? 4.5 : 2.25,
          fill: paintOf(highlighted),
          stroke: colourOf(highlighted),
          ...pickable(set),
        }),
      ),
      labelsAt(labels, labelStyle(highlighted)),
      labelsAt(ruleLabels, referenceStyle),
    ],
  })
}
