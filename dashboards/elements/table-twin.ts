// The values of a chart as a table.
import { html, nothing } from 'lit'
import { cellText, type FigureFormat, signText } from '../format.ts'

/** A text, or the sign that stands in its place. */
export type TwinCell = string | { sign: string }
export type Twin = { heads: string[]; rows: { head: string; cells: TwinCell[] }[] }

export const twinValue = (value: number | null, sign: string | null, format: FigureFormat, averaged = false): TwinCell =>
  value === null ? { sign: sign ?? '–' } : cellText(value, format, averaged)

/** A sign is read aloud by its meaning. */
export const twinText = (cell: TwinCell) =>
  typeof cell === 'string' ? cell : html`<b aria-hidden="true">${cell.sign}</b><span class="kern-sr-only">${signText(cell.sign)}</span>`

export const twinTable = ({ heads, rows }: Twin, title: string) => html`
  <div class="sj-scroll" role="region" aria-label="Werte zu: ${title}" tabindex="0">
    <table class="sj-table">
      <caption class="kern-sr-only">
        ${title}
      </caption>
      <thead>
        <tr>
          ${heads.map((head, at) => html`<th scope="col" class=${at === 0 ? nothing : 'sj-num'}>${head}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          ({ head, cells }) => html`
            <tr>
              <th scope="row" class="sj-nowrap">${head}</th>
              ${cells.map((cell) => html`<td class="sj-num">${twinText(cell)}</td>`)}
            </tr>
          `,
        )}
      </tbody>
    </table>
  </div>
`
