// Shares against the cases they rest on, with the limits within which chance alone would leave them.
import * as Plot from '@observablehq/plot'
import { axisText, type FigureFormat, labelText, numberText } from '../format.ts'
import { type Confidence, controlLimits } from '../uncertainty.ts'
import type { Canvas } from './canvas.ts'
import { asImage } from './image.ts'
import { type Placed, placesBeside, textWidth } from './label-places.ts'
import { labelPositions } from './label-positions.ts'
import { labelsAt, labelStyle } from './labels.ts'
import { pickable } from './pickable.ts'
import { niceTicks } from './scale.ts'

export type FunnelRow = { id: string; region: string; value: number; cases: number; outside: boolean }
export type FunnelOptions = Canvas & {
  highlighted: string
  format: FigureFormat
  title: string
  /** The share of all regions together, or of those with an open value. */
  centre: number
  centreName: string
}

const phoneWidth = 560
const steps = 96

export const funnelChart = (rows: FunnelRow[], options: FunnelOptions): SVGSVGElement => {
  const { width, document, highlighted, format, title, centre, centreName } = options
  const phone = width < phoneWidth
  const height = phone ? 340 : 420
  const most = Math.max(...rows.map(({ cases }) => cases))
  const xTicks = niceTicks(0, most, phone ? 3 : 6, 1)
  const end = xTicks.at(-1)!
  const first = Math.max(2, end / steps / 4)
  const limits = Array.from({ length: steps + 1 }, (_, index) => {
    // denser where the limits bend
    const cases = first + (end - first) * (index / steps) ** 2
    return { cases, inner: controlLimits(centre, cases, 95), outer: controlLimits(centre, cases, 99.8) }
  })
  const smallest = Math.min(...rows.map(({ cases }) => cases))
  const widest = controlLimits(centre, smallest, 99.8)
  const values = rows.map(({ value }) => value)
  const yTicks = niceTicks(0, Math.max(...values, Math.min(widest.to, centre * 3)), 4)
  const domain: [number, number] = [0, yTicks.at(-1)!]
  const tickText = (value: number) => axisText(value, format, yTicks[1]!)
  const [top, bottom] = [16, height - 44]
  const left = 8 + Math.max(...yTicks.map((tick) => textWidth(tickText(tick), 12)))
  const last = limits.at(-1)!
  const ends = [
    { id: 'centre', text: `${centreName} ${labelText(centre, format)}`, value: centre },
    ...([95, 99.8] as Confidence[]).flatMap((confidence) => {
      const { from, to } = confidence === 95 ? last.inner : last.outer
      return [
        { id: `${confidence}`, text: `${numberText(confidence, confidence === 95 ? 0 : 1)} %`, value: to },
        { id: `${confidence}`, text: `${numberText(confidence, confidence === 95 ? 0 : 1)} %`, value: from },
      ]
    }),
  ]
  const right = width - 12 - Math.max(...ends.map(({ text }) => textWidth(text)))
  const x = (cases: number) => left + (cases / end) * (right - left)
  const y = (value: number) => bottom - (value / domain[1]) * (bottom - top)
  const heights = labelPositions(
    ends.map(({ value }) => y(Math.min(value, domain[1]))),
    15,
    { from: top, to: bottom },
  )
  const endLabels = ends.map(({ id, text }, index): Placed => ({ id, text, anchor: 'start', x: right + 8, y: heights[index]! }))
  const named = rows.filter(({ id, outside }) => outside || id === highlighted)
  const labels = placesBeside(
    named
      .toSorted((a, b) => Number(b.id === highlighted) - Number(a.id === highlighted) || b.cases - a.cases)
      .map((row) => ({ id: row.id, x: x(row.cases), y: y(row.value), text: row.region })),
    { x: left, y: 0, width: right - left, height: bottom },
  )
  // the highlighted lies above all others
  const ordered = rows.toSorted((a, b) => Number(a.id === highlighted) - Number(b.id === highlighted))
  const colour = (row: FunnelRow) => labelStyle(highlighted)(row).fill
  type Limit = (typeof limits)[number]
  const limit = (edge: (at: Limit) => number, strokeDasharray: string) =>
    Plot.line(limits, { x: 'cases', y: edge, clip: true, stroke: 'var(--sj-data-context)', strokeWidth: 1.25, strokeDasharray })
  const svg = Plot.plot({
    document,
    width,
    height,
    marginTop: top,
    marginBottom: height - bottom,
    marginLeft: left,
    marginRight: width - right,
    style: { fontSize: '12px', background: 'none' },
    x: { domain: [0, end] },
    y: { domain },
    marks: [
      Plot.gridY(yTicks, { stroke: 'var(--sj-hairline)', strokeOpacity: 1 }),
      Plot.axisY(yTicks, { label: null, tickSize: 0, tickFormat: tickText, fill: 'var(--sj-muted)' }),
      Plot.ruleY([0], { stroke: 'var(--sj-rule)' }),
      Plot.axisX(xTicks, {
        label: 'Fälle hinter dem Wert',
        labelAnchor: 'right',
        labelArrow: 'none',
        tickSize: 4,
        tickFormat: (cases: number) => numberText(cases),
        fill: 'var(--sj-muted)',
        stroke: 'var(--sj-rule)',
      }),
      limit(({ outer }) => outer.from, '2 3'),
      limit(({ outer }) => outer.to, '2 3'),
      limit(({ inner }) => inner.from, '6 3'),
      limit(({ inner }) => inner.to, '6 3'),
      Plot.ruleY([centre], { stroke: 'var(--sj-data-reference)', strokeWidth: 1.25 }),
      Plot.dot(ordered, {
        x: 'cases',
        y: 'value',
        r: 4.5,
        fill: (row: FunnelRow) => (row.outside ? colour(row) : 'var(--sj-paper)'),
        stroke: colour,
        strokeWidth: 1.5,
        ...pickable(ordered),
      }),
      labelsAt(labels, labelStyle(highlighted)),
      labelsAt(endLabels, ({ id }) => ({ fill: id === 'centre' ? 'var(--sj-data-reference)' : 'var(--sj-data-context-text)' })),
    ],
  })
  return asImage(svg as SVGSVGElement, title)
}
