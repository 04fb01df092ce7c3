import { Task, TaskStatus } from '@lit/task'
import { html, LitElement, nothing } from 'lit'
import {
  type Catalogue,
  type Comparison,
  type ComparisonQuery,
  comparisonUrl,
  getCatalogue,
  getComparison,
  getTrend,
  type Session,
  type Trend,
} from '../../client.ts'
import {
  cellKey,
  changesBetween,
  columnHeads,
  foldRows,
  isEmpty,
  readCellKey,
  readSort,
  type Sort,
  tableRows,
  type TableRows,
  toldChanges,
  writeSort,
} from '../../comparison.ts'
import '../../elements/chart-figure.ts'
import '../../elements/comparison-table.ts'
import '../../elements/download-menu.ts'
import '../../elements/figure-rail.ts'
import type { Chosen } from '../../elements/filter-bar.ts'
import '../../elements/filter-bar.ts'
import { fileDownloads, freshnessLine, printLine, unknownNotice, viewProblem } from '../../elements/view-lines.ts'
import { explain } from '../../explanation.ts'
import { monthText, shortMonthText } from '../../format.ts'
import { LiveView } from '../../live-view.ts'
import { Navigate } from '../../navigation.ts'
import { cataloguePath, comparisonPath } from '../../route.ts'
import { type Choice, readChoice, resolveChoice, type Selection, trendStart, writeChoice } from '../../selection.ts'
import { answerText, headingText } from '../../sentence.ts'
import { readChart } from './chart-context.ts'
import { chartSwitch, chartView } from './chart-views.ts'
import { comparisonFilters } from './comparison-filters.ts'
import './comparison-page.css'
import { emptySection, foldedNotice, legend, senselessNotice, spreadSection } from './comparison-sections.ts'
import { relativeSpreadOf, unitNote } from './comparison-view.ts'

type Loaded = { data_as_of: string; selection: Selection; answer: Comparison; trend: Trend }

const queryOf = ({ figure, service_kind, specialisation, month, area }: Selection): ComparisonQuery => ({
  figure: figure.name,
  service_kind: service_kind?.code ?? null,
  specialisation: specialisation?.code ?? null,
  month,
  area: area.code,
})
const rowsOf = ({ answer, trend }: Loaded) => tableRows(answer, trend)

/** Basics / Schnellauswertung / Überörtliche Kennzahlen. */
export class ComparisonPage extends LitElement {
  static override properties = { session: { attribute: false }, search: { attribute: false } }
  declare session: Session
  declare search: string

  readonly #catalogue = new Task(this, { args: () => [this.session] as const, task: (_, { signal }) => getCatalogue(signal) })

  readonly #view = new LiveView<Loaded>(this, {
    key: () => {
      const resolved = this.#resolved()
      return resolved && comparisonUrl(queryOf(resolved.selection))
    },
    reader: () => this.session,
    load: (signal) => this.#load(this.#resolved()!.selection, this.#catalogue.value!, signal),
    concerns: (figures, { selection }) => figures.includes(selection.figure.name),
    changes: (before, after) => {
      const changes = changesBetween(rowsOf(before), rowsOf(after))
      return { keys: changes.map(({ key }) => key), told: toldChanges(changes) }
    },
  })
  readonly #printed = () => this.requestUpdate()

  constructor() {
    super()
    this.search = ''
  }

  protected override createRenderRoot() {
    return this
  }

  override connectedCallback() {
    super.connectedCallback()
    addEventListener('beforeprint', this.#printed)
  }

  override disconnectedCallback() {
    super.disconnectedCallback()
    removeEventListener('beforeprint', this.#printed)
  }

  async #load(selection: Selection, { months }: Catalogue, signal: AbortSignal): Promise<Loaded> {
    const query = queryOf(selection)
    const [answer, trend] = await Promise.all([
      getComparison(query, signal),
      getTrend(query, trendStart(selection.month, months.first), signal),
    ])
    return { data_as_of: answer.data_as_of, selection, answer, trend }
  }

  get #choice() {
    return readChoice(this.search)
  }

  /** Undefined for one that does not exist. */
  get #chart() {
    return readChart(this.#choice.chart)
  }

  #resolved() {
    const catalogue = this.#catalogue.value
    return catalogue && resolveChoice(this.#choice, catalogue, this.session.federal_state)
  }

  /** Another question is a step to go back to; another look at the same answer is not. */
  #choose(change: Partial<Choice>, { replace = false } = {}) {
    this.dispatchEvent(new Navigate(`${comparisonPath}${writeChoice({ ...this.#choice, ...change })}`, { replace }))
  }

  #look(change: Partial<Choice>) {
    this.#choose(change, { replace: true })
  }

  override render() {
    const resolved = this.#resolved()
    return html`
      <h1 class="sj-h1">Überörtliche Kennzahlen</h1>
      ${printLine(this.session)}
      <sj-filter-bar
        .label=${'Auswahl der Kennzahl'}
        .filters=${comparisonFilters(this.#catalogue.value, resolved?.selection)}
        .reset=${Object.keys(this.#choice).length > 0 ? comparisonPath : undefined}
        @sj-chosen=${({ filter, value }: Chosen) => this.#choose({ [filter]: value || undefined })}
      ></sj-filter-bar>
      ${unknownNotice([...(resolved?.unknown ?? []), ...(this.#chart ? [] : [this.#choice.chart!])])} ${this.#problem()}
      ${this.#body(resolved?.selection)}
    `
  }

  #problem() {
    const failed = this.#catalogue.status === TaskStatus.ERROR ? { error: this.#catalogue.error } : this.#view.problem
    if (!failed) return nothing
    const retry = () => (this.#catalogue.status === TaskStatus.ERROR ? void this.#catalogue.run() : this.#view.retry())
    return viewProblem(failed.error, { dataAsOf: this.#view.dataAsOf, retry })
  }

  #body(wanted: Selection | undefined) {
    if (this.#catalogue.status === TaskStatus.ERROR || (this.#view.problem && !this.#view.problem.stale)) return nothing
    const loaded = this.#view.answer
    const selection = loaded?.selection ?? wanted
    const empty = loaded !== undefined && isEmpty(rowsOf(loaded))
    return html`
      <section class="sj-answer" aria-labelledby="satz">
        <h2 id="satz">${selection ? headingText(selection) : html`<i class="sj-skeleton sj-skeleton--title"></i>`}</h2>
        <p>${loaded && !empty ? answerText(loaded.answer, loaded.selection.figure) : nothing}</p>
      </section>
      ${selection ? senselessNotice(selection, () => this.#choose({ specialisation: undefined })) : nothing}
      ${empty ? emptySection(selection!, (filter) => this.#choose({ [filter]: undefined })) : this.#columns(loaded, selection)}
    `
  }

  /** The highlighted authority: chosen, else the reader's own, else the first with a value. */
  #highlighted({ regions }: TableRows) {
    const wanted = this.#choice.region ?? this.session.youth_authority?.id
    const row = regions.find(({ key }) => key === wanted) ?? regions.find(({ values }) => values.current !== null) ?? regions[0]
    return row?.key
  }

  #cell(rows: TableRows, highlighted: string | undefined) {
    const chosen = readCellKey(this.#choice.cell ?? '')
    if (chosen && [...rows.regions, ...rows.totals].some(({ key }) => key === chosen.row)) return chosen
    return highlighted === undefined ? undefined : { row: highlighted, column: 'current' as const }
  }

  #columns(loaded: Loaded | undefined, selection: Selection | undefined) {
    // row names stay while the values of another question are on their way
    const known = loaded ?? this.#view.last
    const everything = known && rowsOf(known)
    const showsAll = this.#choice.rows === 'all'
    const { rows, folded } = everything ? foldRows(everything, showsAll) : { rows: undefined, folded: 0 }
    const highlighted = rows && this.#highlighted(rows)
    const cell = rows && this.#cell(rows, highlighted)
    const row = rows && [...rows.regions, ...rows.totals].find(({ key }) => key === cell?.row)
    const dataAsOf = this.#view.dataAsOf ?? ''
    return html`
      <div class="sj-cols">
        <section class="sj-main" aria-label="Vergleich der örtlichen Träger">
          <div class="sj-tablehead">
            ${freshnessLine({
              dataAsOf: this.#view.dataAsOf,
              pending: loaded === undefined,
              announced: this.#view.announced,
              interrupted: this.#view.interrupted,
            })}
            ${loaded ? html`<sj-download-menu .groups=${downloads(loaded)}></sj-download-menu>` : nothing}
          </div>
          ${selection ? this.#table(selection, loaded, { rows, highlighted, cell: cell && cellKey(cell.row, cell.column) }) : nothing}
          ${foldedNotice(folded, showsAll, (all) => this.#look({ rows: all ? 'all' : undefined }))}
          ${legend(loaded && rows ? relativeSpreadOf(rows) : undefined)}
        </section>
        <sj-figure-rail
          .explanation=${loaded && row && cell ? explain({ ...loaded, row, column: cell.column, dataAsOf }) : undefined}
          .catalogue=${`${cataloguePath}${selection ? `#${selection.figure.name}` : ''}`}
        ></sj-figure-rail>
      </div>
      <section class="sj-charts" aria-label="Darstellung und Streuung">
        ${chartSwitch(this.#chart ?? 'trend', selection, (chart) => this.#look({ chart }))}
        <div class="sj-cols">
          <sj-chart-figure .view=${loaded && highlighted ? this.#chartView(loaded, highlighted, dataAsOf) : undefined}></sj-chart-figure>
          ${loaded && rows ? spreadSection(loaded.answer, rows) : nothing}
        </div>
      </section>
    `
  }

  #chartView({ selection, answer, trend }: Loaded, highlighted: string, dataAsOf: string) {
    return chartView(this.#chart ?? 'trend', {
      selection,
      answer,
      trend,
      dataAsOf,
      highlighted,
      areas: this.#catalogue.value?.areas ?? [],
      allPanels: this.#choice.panels === 'all',
      look: (change) => this.#look(change),
      choose: (change) => this.#choose(change),
      hrefOf: (change) => `${comparisonPath}${writeChoice({ ...this.#choice, ...change })}`,
    })
  }

  #table(
    selection: Selection,
    loaded: Loaded | undefined,
    shown: { rows: TableRows | undefined; highlighted: string | undefined; cell: string | undefined },
  ) {
    const { month, figure } = selection
    const running = loaded ? loaded.answer.running : month === this.#catalogue.value?.months.last
    return html`
      <sj-comparison-table
        .caption=${`${figure.label} nach örtlichen Trägern: aktueller Monat, Vormonat, Monatsdurchschnitte und Veränderung`}
        .unit=${unitNote(selection)}
        .heads=${columnHeads(month, running, running && figure.flow)}
        .rows=${shown.rows}
        .sparkPeriod=${trendPeriod(month, this.#catalogue.value)}
        .sort=${readSort(this.#choice.sort)}
        .highlighted=${shown.highlighted}
        .cell=${shown.cell}
        .changed=${this.#view.changed}
        .pending=${loaded === undefined}
        @sj-sort=${({ detail }: CustomEvent<Sort | undefined>) => this.#look({ sort: writeSort(detail) })}
        @sj-region=${({ detail }: CustomEvent<string>) => this.#look({ region: detail, cell: undefined })}
        @sj-cell=${({ detail }: CustomEvent<string>) => this.#look({ cell: detail })}
      ></sj-comparison-table>
    `
  }
}

const downloads = ({ selection }: Loaded) => fileDownloads(comparisonUrl(queryOf(selection)))

const trendPeriod = (month: string, catalogue: Catalogue | undefined) => {
  const from = trendStart(month, catalogue?.months.first ?? '0000-00')
  return { head: `ab ${shortMonthText(from)}`, spoken: `${monthText(from)} bis ${monthText(month)}` }
}

customElements.define('sj-comparison-page', ComparisonPage)
