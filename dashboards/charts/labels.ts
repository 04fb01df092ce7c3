import type * as Plot from '@observablehq/plot'
import type { Placed } from './label-places.ts'
import { svgElement } from './svg.ts'

/** `halo`: the colour around the letters, paper unless told. */
export type LabelStyle = { fill: string; fontWeight?: number; halo?: string }
/** The highlighted row in the colour of the highlighted, all others grey. */
export const labelStyle =
  (highlighted: string) =>
  ({ id }: { id: string }): LabelStyle =>
    id === highlighted ? { fill: 'var(--sj-data-focus)', fontWeight: 600 } : { fill: 'var(--sj-data-context-text)' }

/** A mark of labels at pixels; paper around the letters keeps them readable on lines. */
export const labelsAt =
  (labels: Placed[], style: (label: Placed) => LabelStyle, fontSize = 13): Plot.RenderFunction =>
  (_index, _scales, _values, _dimensions, { document }) => {
    const group = svgElement(document, 'g', {})
    for (const label of labels) {
      const { fill, fontWeight = 400, halo = 'var(--sj-paper)' } = style(label)
      const text = svgElement(document, 'text', {
        x: Math.round(label.x * 10) / 10,
        y: Math.round(label.y * 10) / 10,
        dy: '0.32em',
        'text-anchor': label.anchor,
        'font-size': fontSize,
        'font-weight': fontWeight,
        fill,
        stroke: halo,
        'stroke-width': 3,
        'stroke-linejoin': 'round',
        'paint-order': 'stroke',
      })
      text.textContent = label.text
      group.append(text)
    }
    return group
  }
