// Ages down, the oldest on top; girls and women to the left, boys and men to the right of the same line.
import * as Plot from '@observablehq/plot'
import { type FigureFormat, labelText } from '../format.ts'
import type { Canvas } from './canvas.ts'
import { asImage } from './image.ts'
import { type Placed, textWidth } from './label-places.ts'
import { labelsAt, type LabelStyle } from './labels.ts'
import { niceTicks } from './scale.ts'

export type AgeSexCell = { value: number | null; sign: string | null }
export type AgeSexRow = { id: string; age: string; label: string } & Record<'w' | 'm' | 'd' | 'all', AgeSexCell>
export type AgeSexOptions = Canvas & { format: FigureFormat; title: string }

const lineHeight = 32
const barHeight = 20
const [top, bottom] = [36, 12]

type Side = 'w' | 'm'
type Bar = { side: Side; x1: number; x2: number; y1: number; y2: number }

const textStyle =
  (fill: string, fontWeight = 400) =>
  (): LabelStyle => ({ fill, fontWeight })

export const ageSexChart = (rows: AgeSexRow[], { width, document, format, title }: AgeSexOptions): SVGSVGElement => {
  const values = rows.flatMap(({ w, m }) => [w.value ?? 0, m.value ?? 0])
  const ticks = niceTicks(0, Math.max(...values, 1), 3, 1)
  const most = ticks.at(-1)!
  const textOf = ({ value, sign }: AgeSexCell) => (value === null ? (sign ?? '–') : labelText(value, format))
  // room for the ages in the middle and for a value at the end of the longest bar
  const middle = Math.max(...rows.map(({ age }) => textWidth(age))) / 2 + 14
  const end = 12 + Math.max(...values.map((value) => textWidth(labelText(value, format))))
  const centre = width / 2
  const length = (value: number) => (value / most) * (centre - middle - end)
  const baseOf = (side: Side) => (side === 'w' ? centre - middle : centre + middle)
  const at = (side: Side, value: number) => baseOf(side) + (side === 'w' ? -1 : 1) * length(value)
  const yOf = (row: number) => top + (row + 0.5) * lineHeight
  const sides: Side[] = ['w', 'm']
  const bars = rows.flatMap((row, i) =>
    sides.flatMap((side): Bar[] => {
      const { value } = row[side]
      if (!value) return []
      const ends = [baseOf(side), at(side, value)]
      return [{ side, x1: Math.min(...ends), x2: Math.max(...ends), y1: yOf(i) - barHeight / 2, y2: yOf(i) + barHeight / 2 }]
    }),
  )
  const beside = rows.flatMap((row, i) =>
    sides.map((side): Placed => {
      const x = at(side, row[side].value ?? 0) + (side === 'w' ? -6 : 6)
      return { id: `${row.id} ${side}`, x, y: yOf(i), text: textOf(row[side]), anchor: side === 'w' ? 'end' : 'start' }
    }),
  )
  const ages = rows.map(({ id, age }, i): Placed => ({ id, x: centre, y: yOf(i), text: age, anchor: 'middle' }))
  const heads: Placed[] = [
    { id: 'w', x: baseOf('w'), y: 16, text: 'weiblich', anchor: 'end' },
    { id: 'age', x: centre, y: 16, text: 'Jahre', anchor: 'middle' },
    { id: 'm', x: baseOf('m'), y: 16, text: 'männlich', anchor: 'start' },
  ]
  const height = top + rows.length * lineHeight + bottom
  const grid = sides.flatMap((side) => ticks.slice(1).map((tick) => at(side, tick)))
  const svg = Plot.plot({
    document,
    width,
    height,
    margin: 0,
    style: { fontSize: '12px', background: 'none' },
    x: { type: 'identity', axis: null },
    y: { type: 'identity', axis: null },
    marks: [
      Plot.ruleX(grid, { y1: top, y2: height - bottom, stroke: 'var(--sj-hairline)', strokeOpacity: 1 }),
      Plot.rect(bars, {
        x1: 'x1',
        x2: 'x2',
        y1: 'y1',
        y2: 'y2',
        fill: ({ side }: Bar) => (side === 'w' ? 'var(--sj-data-focus)' : 'var(--sj-data-context)'),
      }),
      Plot.ruleX(sides.map(baseOf), { y1: top, y2: height - bottom, stroke: 'var(--sj-rule)' }),
      labelsAt(ages, textStyle('var(--sj-ink)')),
      labelsAt(beside, textStyle('var(--sj-data-context-text)')),
      labelsAt(heads, textStyle('var(--sj-muted)', 600)),
    ],
  })
  return asImage(svg as SVGSVGElement, title)
}
