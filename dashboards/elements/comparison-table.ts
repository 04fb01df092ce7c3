import { html, LitElement, nothing, type TemplateResult } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import { relativeSpread } from '../charts/sparkline.ts'
import {
  type Cell,
  manyRows,
  tellsMore,
  cellKey,
  columns,
  type Head,
  nextSort,
  type Row,
  type Sort,
  sortRows,
  type TableRows,
} from '../comparison.ts'
import { type Column, signText } from '../format.ts'
import { spark } from './spark.ts'
import './comparison-table.css'

const columnClasses: Record<Column, string> = {
  current: 'sj-c-current',
  previous: 'sj-c-previous',
  year_average: 'sj-c-year',
  previous_year_average: 'sj-c-prev-year',
  change: 'sj-c-change',
}
const skeletonRows = 8
const readsDifferently = (now: unknown, before: unknown) => JSON.stringify(now) !== JSON.stringify(before)
const sparkSize = { width: 96, height: 28, inset: 4 }

/** Tells `sj-sort` (Sort or undefined), `sj-region` (key of a row), `sj-cell` (key of a cell). */
export class ComparisonTable extends LitElement {
  static override properties = {
    caption: { attribute: false },
    unit: { attribute: false },
    heads: { attribute: false, hasChanged: readsDifferently },
    rows: { attribute: false },
    sparkPeriod: { attribute: false, hasChanged: readsDifferently },
    sort: { attribute: false },
    highlighted: { attribute: false },
    cell: { attribute: false },
    changed: { attribute: false },
    pending: { attribute: false },
    tabStop: { state: true },
  }
  declare caption: string
  declare unit: string
  declare heads: Record<Column, Head>
  declare rows: TableRows | undefined
  declare sparkPeriod: { head: string; spoken: string }
  declare sort: Sort | undefined
  declare highlighted: string | undefined
  declare cell: string | undefined
  /** Keys of cells that just changed; the number alternates so that a second change is marked anew. */
  declare changed: ReadonlyMap<string, number>
  declare pending: boolean
  declare tabStop: string | undefined

  constructor() {
    super()
    this.changed = new Map()
    this.pending = false
    this.caption = ''
    this.unit = ''
  }

  protected override createRenderRoot() {
    return this
  }

  protected override willUpdate(changed: Map<string, unknown>) {
    if (changed.has('cell')) this.tabStop = this.cell
  }

  override render() {
    const rows = this.rows && { regions: sortRows(this.rows.regions, this.sort), totals: this.rows.totals }
    const spread = rows ? this.#spread(rows) : 0
    return html`
      <table
        role="table"
        class="kern-table sj-table sj-compare ${rows ? layoutOf(rows) : ''}"
        aria-busy=${this.pending ? 'true' : 'false'}
        @keydown=${this.#move}
      >
        <caption class="kern-sr-only">
          ${this.caption}. Pfeiltasten bewegen von Wert zu Wert, die Eingabetaste erklärt ihn.
        </caption>
        <thead role="rowgroup">
          <tr role="row" class="kern-table__row">
            ${this.#nameHead()} ${columns.map((column) => this.#head(column))}
            <th role="columnheader" scope="col" class="kern-table__header sj-c-spark">Verlauf <small>${this.sparkPeriod?.head}</small></th>
          </tr>
        </thead>
        <tbody role="rowgroup">
          ${
            rows
              ? repeat(
                  rows.regions,
                  (row) => row.key,
                  (row) => this.#row(row, spread),
                )
              : Array.from({ length: skeletonRows }, () => skeletonRow(html`<i class="sj-skeleton sj-skeleton--text"></i>`))
          }
        </tbody>
        <tfoot role="rowgroup">
          ${
            rows
              ? rows.totals.map((row) => this.#row(row, spread))
              : ['Summe', 'EW-gewichteter Durchschnitt'].map((name) => skeletonRow(html`${name}`))
          }
        </tfoot>
      </table>
    `
  }

  #spread({ regions, totals }: TableRows) {
    return relativeSpread([...regions, ...totals].map((row) => ({ values: row.series, reference: row.values.previous_year_average })))
  }

  #sortButton(by: Sort['by'], label: TemplateResult | string) {
    const arrow = this.sort?.by === by ? (this.sort.descending ? ' ↓' : ' ↑') : ''
    const choose = () => this.#tell('sj-sort', nextSort(this.sort, by))
    return html`<button type="button" class="sj-sort" @click=${choose}>${label}<span aria-hidden="true">${arrow}</span></button>`
  }

  #ariaSort(by: Sort['by']) {
    return this.sort?.by === by ? (this.sort.descending ? 'descending' : 'ascending') : 'none'
  }

  #nameHead() {
    return html`
      <th role="columnheader" scope="col" class="kern-table__header sj-c-name" aria-sort=${this.#ariaSort('name')}>
        ${this.#sortButton('name', 'Örtlicher Träger')} ${this.unit ? html`<small>${this.unit}</small>` : nothing}
      </th>
    `
  }

  #head(column: Column) {
    const { long, short, period } = this.heads[column]
    const label = html`<span class="sj-long">${long}</span
      >${short ? html`<span class="sj-short" aria-hidden="true">${short}</span>` : nothing}`
    return html`
      <th role="columnheader" scope="col" class="kern-table__header sj-num ${columnClasses[column]}" aria-sort=${this.#ariaSort(column)}>
        ${this.#sortButton(column, label)} <small>${period}</small>
      </th>
    `
  }

  #row(row: Row, spread: number) {
    const pressed = row.key === this.highlighted
    return html`
      <tr role="row" class="kern-table__row" data-row=${row.key}>
        <th role="rowheader" scope="row" class="kern-table__header">
          ${
            row.kind === 'region'
              ? html`<button
                  type="button"
                  class="sj-region"
                  aria-pressed=${pressed ? 'true' : 'false'}
                  @click=${() => this.#tell('sj-region', row.key)}
                >
                  ${tellsMore(row.region, row.name) ? html`<b>${row.region}</b> ` : nothing}<span>${row.name}</span>
                </button>`
              : row.name
          }
        </th>
        ${columns.map((column) => this.#value(row, column))}
        <td role="cell" class="kern-table__cell sj-c-spark">${this.#spark(row, spread)}</td>
      </tr>
    `
  }

  #value(row: Row, column: Column) {
    const cell = row.cells[column]
    const key = cellKey(row.key, column)
    const mark = this.changed.get(key)
    const changed = mark === undefined || this.pending ? '' : mark % 2 === 0 ? 'sj-changed' : 'sj-changed--again'
    return html`
      <td role="cell" class="kern-table__cell sj-num ${columnClasses[column]} ${cell.uncertain ? 'sj-few' : ''}">
        ${
          this.pending
            ? html`<i class="sj-skeleton"></i>`
            : html`<button
                type="button"
                class="sj-cell ${changed}"
                tabindex=${key === this.tabStop ? 0 : -1}
                aria-current=${key === this.cell ? 'true' : nothing}
                data-cell=${key}
                @click=${() => this.#tell('sj-cell', key)}
              >
                ${cellContent(cell)}
              </button>`
        }
      </td>
    `
  }

  #spark(row: Row, spread: number) {
    if (this.pending) return nothing
    const options = { ...sparkSize, reference: row.values.previous_year_average, spread }
    return spark(row.series, options, `Verlauf ${row.region}, ${this.sparkPeriod.spoken}`)
  }

  readonly #move = (event: KeyboardEvent) => {
    const button = (event.target as HTMLElement).closest<HTMLElement>('.sj-cell')
    const row = button?.closest('tr')
    if (!button || !row) return
    const rows = [...this.querySelectorAll<HTMLTableRowElement>('tr[data-row]')]
    const cells = [...row.querySelectorAll<HTMLElement>('.sj-cell')]
    const [down, right] = [rows.indexOf(row), cells.indexOf(button)]
    const target: Record<string, [number, number]> = {
      ArrowRight: [down, right + 1],
      ArrowLeft: [down, right - 1],
      ArrowDown: [down + 1, right],
      ArrowUp: [down - 1, right],
      Home: [event.ctrlKey ? 0 : down, 0],
      End: [event.ctrlKey ? rows.length - 1 : down, columns.length - 1],
    }
    const wanted = target[event.key]
    if (!wanted) return
    event.preventDefault()
    const next = rows[wanted[0]]?.querySelectorAll<HTMLElement>('.sj-cell')[wanted[1]]
    if (!next) return
    this.tabStop = next.dataset['cell']
    next.focus()
  }

  #tell(type: string, detail: unknown) {
    this.dispatchEvent(new CustomEvent(type, { detail, bubbles: true }))
  }
}

/** The text or the sign, with its meaning for those who do not see it; the bracket hangs outside so that digits stay aligned. */
const cellContent = ({ text, rough, sign, uncertain }: Cell) => {
  if (text === null) return html`<b aria-hidden="true">${sign}</b><span class="kern-sr-only">${signText(sign ?? '–')}</span>`
  if (uncertain) return html`(${text}<span class="sj-hang">)</span><span class="kern-sr-only"> unsicher</span>`
  return rough === undefined ? text : html`<span class="sj-exact">${text}</span><span class="sj-rough">${rough}</span>`
}

/** Long amounts need closer columns, many names more than one line. */
const layoutOf = (rows: TableRows) =>
  [isWide(rows) ? 'sj-compare--wide' : '', rows.regions.length > manyRows ? 'sj-compare--many' : ''].join(' ')
const longAmount = 10
const isWide = ({ regions, totals }: TableRows) =>
  [...regions, ...totals].some((row) => columns.some((column) => (row.cells[column].text?.length ?? 0) > longAmount))

const skeletonRow = (name: TemplateResult) => html`
  <tr role="row" class="kern-table__row">
    <th role="rowheader" scope="row" class="kern-table__header">${name}</th>
    ${columns.map((column) => html`<td role="cell" class="kern-table__cell sj-num ${columnClasses[column]}"><i class="sj-skeleton"></i></td>`)}
    <td role="cell" class="kern-table__cell sj-c-spark"></td>
  </tr>
`

customElements.define('sj-comparison-table', ComparisonTable)
