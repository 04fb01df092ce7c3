import { html, nothing } from 'lit'
import { signText } from '../../format.ts'
import type { TextCell } from '../side-by-side/side-by-side.ts'
import { againstText, type Pivot, type PivotCell, type PivotColumn, type PivotRow } from './evaluation.ts'
import './evaluation-table.css'

export type PivotTable = {
  pivot: Pivot
  title: string
  /** Head of the names of rows, and the unit of all values where it is one. */
  rowHead: string
  unit: string | undefined
  figureLabel: (figure: string) => string
  own: string | undefined
  changed: ReadonlyMap<string, number>
  sort?: { by: string | undefined; choose: (column: string) => void }
}

/** A pivot table in a region of its own that scrolls; its heads stay in sight. */
export const pivotTable = (table: PivotTable) => html`
  <div class="sj-scroll sj-pivot-scroll" role="region" aria-label="Tabelle: ${table.title}" tabindex="0">
    <table role="table" class="sj-table sj-pivot">
      <caption class="kern-sr-only">
        ${table.title}
      </caption>
      <thead role="rowgroup">
        ${heads(table)}
      </thead>
      ${table.pivot.groups.map(
        ({ head, rows }) => html`
          <tbody role="rowgroup">
            ${
              head === undefined
                ? nothing
                : html`<tr role="row" class="sj-pivot__group">
                    <th role="rowheader" scope="rowgroup" colspan=${table.pivot.columns.length + 1}>${head}</th>
                  </tr>`
            }
            ${rows.map((row) => line(row, table, head !== undefined))}
          </tbody>
        `,
      )}
      ${
        table.pivot.total
          ? html`<tfoot role="rowgroup">
              ${line(table.pivot.total, table, false)}
            </tfoot>`
          : nothing
      }
    </table>
  </div>
`

/** Several figures of each column stand under its name. */
const heads = (table: PivotTable) => {
  const { columns } = table.pivot
  const figures = new Set(columns.map(({ figure }) => figure.figure)).size
  const several = figures > 1 && columns.length > figures
  const corner = html`<th role="columnheader" scope="col" rowspan=${several ? 2 : 1}>
    ${table.rowHead}${table.unit ? html`<small>${table.unit}</small>` : nothing}
  </th>`
  if (!several)
    return html`<tr role="row">
      ${corner} ${columns.map((column) => leaf(column, column.head, table, figures > 1))}
    </tr>`
  const above = columns.filter((_, at) => at % figures === 0)
  return html`
    <tr role="row">
      ${corner}
      ${above.map(({ head }) => html`<th role="columnheader" scope="colgroup" colspan=${figures} class="sj-pivot__above">${head}</th>`)}
    </tr>
    <tr role="row">
      ${columns.map((column) => leaf(column, table.figureLabel(column.figure.figure), table, true))}
    </tr>
  `
}

const leaf = ({ id, total, unit }: PivotColumn, label: string, { sort }: PivotTable, withUnit: boolean) => {
  const sorted = sort?.by === id ? 'ascending' : sort?.by === `-${id}` ? 'descending' : 'none'
  const arrow = sorted === 'ascending' ? '↑' : sorted === 'descending' ? '↓' : ''
  return html`
    <th role="columnheader" scope="col" class="sj-num ${total ? 'sj-pivot__total' : ''}" aria-sort=${sort ? sorted : nothing}>
      ${
        sort
          ? html`<button type="button" class="sj-sort" @click=${() => sort.choose(id)}>
              ${label}<span class="kern-sr-only">, sortieren</span><span aria-hidden="true">${arrow}</span>
            </button>`
          : label
      }
      ${withUnit ? html`<small>${unit}</small>` : nothing}
    </th>
  `
}

const line = (row: PivotRow, { pivot, own, changed }: PivotTable, indented: boolean) => html`
  <tr role="row" class="${row.total ? 'sj-pivot__total' : ''} ${own !== undefined && row.key === own ? 'sj-pivot__own' : ''}">
    <th role="rowheader" scope="row" class=${indented ? 'sj-pivot__inner' : ''}>
      ${row.short ? html`<b>${row.short}</b> <span>${row.head}</span>` : row.head}
    </th>
    ${row.cells.map((cell, at) => {
      const mark = changed.get(`${row.id} ${at}`)
      const marked = mark === undefined ? '' : mark % 2 === 0 ? 'sj-changed' : 'sj-changed--again'
      return html`<td role="cell" class="sj-num ${pivot.columns[at]!.total ? 'sj-pivot__total' : ''}">
        <span class=${marked}>${shown(cell)}</span>${held(cell, pivot)}
      </td>`
    })}
  </tr>
`

/** Under the value: what it is held against and, in brackets, how it has changed since; a sign that is the same is not said twice. */
const held = ({ compared }: PivotCell, { against }: Pivot) => {
  if (!compared || !against) return nothing
  const { reference, change } = compared
  const said = reference.text === null && change.text === null && reference.sign === change.sign
  return html`<small class="sj-pivot__held"
    ><span class="kern-sr-only">, ${againstText(against)} </span>${shown(reference)}${said ? nothing : html` (${shown(change)})`}</small
  >`
}

const shown = ({ text, sign }: TextCell) =>
  text ?? html`<b aria-hidden="true">${sign}</b><span class="kern-sr-only">${signText(sign)}</span>`
