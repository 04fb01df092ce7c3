// The values of a chart as a table.
import { html, nothing, type TemplateResult } from 'lit'
import { cellText, type FigureFormat, signText } from '../format.ts'

export type Text = string | TemplateResult
export type Twin = { heads: string[]; rows: { head: string; cells: Text[] }[] }

/** A value, or its sign with the sign's meaning. */
export const twinValue = (value: number | null, sign: string | null, format: FigureFormat, averaged = false) =>
  value === null
    ? html`<b aria-hidden="true">${sign ?? '–'}</b><span class="kern-sr-only">${signText(sign ?? '–')}</span>`
    : html`${cellText(value, format, averaged)}`

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
              ${cells.map((cell) => html`<td class="sj-num">${cell}</td>`)}
            </tr>
          `,
        )}
      </tbody>
    </table>
  </div>
`
