// One column of numbers of a query's result, as bars or as a line, in the order of its rows.
import * as Plot from '@observablehq/plot'
import { plainNumberText } from '../format.ts'
import { asImage } from './image.ts'
import { textWidth } from './label-places.ts'
import { niceTicks } from './scale.ts'

export type QueryPoint = {
  label: string
  /** Where labels are days: the place of the point on the axis. */
  day: string | null
  value: number | null
}
export type QueryChartOptions = { width: number; title: string; digits: number }

const font = 13
const barPitch = 26

const shortened = (text: string, widest: number) => {
  let shown = text
  while (shown.length > 1 && textWidth(shown, font) > widest) shown = `${shown.slice(0, -2).trimEnd()}…`
  return shown
}

export const queryBars = (points: QueryPoint[], { width, title, digits }: QueryChartOptions): SVGSVGElement => {
  const values = points.map(({ value }) => value ?? 0)
  const [least, most] = [Math.min(0, ...values), Math.max(0, ...values)]
  const names = points.map(({ label }) => shortened(label, width * 0.4))
  const marginLeft = 12 + Math.max(...names.map((name) => textWidth(name, font)))
  const valueTexts = points.map(({ value }) => (value === null ? '–' : plainNumberText(value, digits)))
  const room = 12 + Math.max(...valueTexts.map((text) => textWidth(text, font)))
  const marginRight = most > 0 ? room : 8
  const rows = points.map((point, at) => ({ ...point, at, name: names[at]!, text: valueTexts[at]! }))
  const svg = Plot.plot({
    width,
    height: points.length * barPitch + 8,
    marginTop: 4,
    marginBottom: 4,
    marginLeft: marginLeft + (least < 0 ? room : 0),
    marginRight,
    style: { fontSize: `${font}px`, background: 'none' },
    x: { domain: least === most ? [0, 1] : [least, most], axis: null },
    y: { type: 'band', domain: rows.map(({ at }) => at), axis: null, padding: 0.25 },
    marks: [
      Plot.barX(rows, { x: 'value', y: 'at', fill: 'var(--sj-data-focus)' }),
      Plot.ruleX([0], { stroke: 'var(--sj-rule)' }),
      Plot.text(rows, {
        y: 'at',
        text: 'name',
        frameAnchor: 'left',
        dx: -8 - (least < 0 ? room : 0),
        textAnchor: 'end',
        fill: 'var(--sj-ink)',
      }),
      Plot.text(
        rows.filter(({ value }) => (value ?? 0) >= 0),
        { x: (row) => row.value ?? 0, y: 'at', text: 'text', dx: 6, textAnchor: 'start', fill: 'var(--sj-ink)' },
      ),
      Plot.text(
        rows.filter(({ value }) => (value ?? 0) < 0),
        { x: 'value', y: 'at', text: 'text', dx: -6, textAnchor: 'end', fill: 'var(--sj-ink)' },
      ),
    ],
  })
  return asImage(svg as SVGSVGElement, title)
}

export const queryLine = (points: QueryPoint[], { width, title, digits }: QueryChartOptions): SVGSVGElement => {
  const dated = points.every(({ day }) => day !== null)
  const placed = points.map((point, at) => ({ ...point, at: dated ? Date.parse(point.day!) : at })).toSorted((a, b) => a.at - b.at)
  const values = placed.map(({ value }) => value).filter((value) => value !== null)
  const ticks = niceTicks(Math.min(0, ...values), Math.max(0, ...values), 4)
  const tickDigits = Math.min(6, Math.max(0, Math.ceil(-Math.log10(ticks[1]! - ticks[0]!) - 1e-9)))
  const tickText = (value: number) => plainNumberText(value, tickDigits)
  const last = placed.findLast(({ value }) => value !== null)
  const lastText = last ? plainNumberText(last.value!, digits) : ''
  const marginLeft = 12 + Math.max(...ticks.map((tick) => textWidth(tickText(tick), 12)))
  const marginRight = 16 + textWidth(lastText, font)
  const widestLabel = 16 + Math.max(...placed.map(({ label }) => textWidth(shortened(label, 120), 12)))
  const fitting = Math.max(2, Math.floor((width - marginLeft - marginRight) / widestLabel))
  const step = Math.ceil(placed.length / fitting)
  const labelled = placed.filter((_, at) => at % step === 0)
  const lonely = placed.filter(
    ({ value }, at) => value !== null && (placed[at - 1]?.value ?? null) === null && (placed[at + 1]?.value ?? null) === null,
  )
  const svg = Plot.plot({
    width,
    height: 300,
    marginTop: 12,
    marginBottom: 32,
    marginLeft,
    marginRight,
    style: { fontSize: '12px', background: 'none' },
    x: { domain: [placed[0]!.at, placed.at(-1)!.at], axis: null },
    y: { domain: [ticks[0]!, ticks.at(-1)!] },
    marks: [
      Plot.gridY(ticks, { stroke: 'var(--sj-hairline)', strokeOpacity: 1 }),
      Plot.ruleY([0], { stroke: 'var(--sj-rule)' }),
      Plot.axisY(ticks, { label: null, tickSize: 0, tickFormat: tickText, fill: 'var(--sj-muted)' }),
      Plot.text(labelled, {
        x: 'at',
        text: ({ label }: QueryPoint) => shortened(label, 120),
        frameAnchor: 'bottom',
        dy: 18,
        textAnchor: 'start',
        dx: -4,
        fill: 'var(--sj-muted)',
      }),
      Plot.line(placed, { x: 'at', y: 'value', stroke: 'var(--sj-data-focus)', strokeWidth: 2 }),
      Plot.dot(lonely, { x: 'at', y: 'value', r: 2.5, fill: 'var(--sj-data-focus)' }),
      ...(last
        ? [
            Plot.dot([last], { x: 'at', y: 'value', r: 3.5, fill: 'var(--sj-data-focus)' }),
            Plot.text([last], {
              x: 'at',
              y: 'value',
              text: () => lastText,
              dx: 8,
              textAnchor: 'start',
              fontSize: font,
              fontWeight: 600,
              fill: 'var(--sj-data-focus)',
            }),
          ]
        : []),
    ],
  })
  return asImage(svg as SVGSVGElement, title)
}
