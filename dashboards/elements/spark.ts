import { html, nothing, svg } from 'lit'
import { sparkline, type SparklineOptions } from '../charts/sparkline.ts'

/** The drawing of a sparkline with the words that say what it shows; nothing where there is nothing to draw. */
export const spark = (values: (number | null)[], options: SparklineOptions, label: string) => {
  const drawing = sparkline(values, options)
  if (!drawing) return nothing
  const { width, height } = options
  return html`
    <svg class="sj-spark" width=${width} height=${height} viewBox="0 0 ${width} ${height}" role="img" aria-label=${label}>
      ${svg`<path class="sj-spark__ref" d=${drawing.reference} /><path class="sj-spark__line" d=${drawing.line} />`}
      ${drawing.dot ? svg`<circle class="sj-spark__dot" cx=${drawing.dot.x} cy=${drawing.dot.y} r="2.5" />` : nothing}
    </svg>
  `
}
