import { Task, TaskStatus } from '@lit/task'
import { html, LitElement, nothing } from 'lit'
import {
  type Catalogue,
  type Comparison,
  type ComparisonQuery,
  comparisonUrl,
  getCatalogue,
  getComparison,
  getFile,
  getTrend,
  RequestProblem,
  type Session,
  type Trend,
} from '../../client.ts'
import {
  cellKey,
  type Change,
  changesBetween,
  columnHeads,
  isEmpty,
  readCellKey,
  readSort,
  type Sort,
  tableRows,
  type TableRows,
  toldChanges,
  writeSort,
} from '../../comparison.ts'
import '../../elements/comparison-table.ts'
import '../../elements/download-menu.ts'
import type { DownloadGroup } from '../../elements/download-menu.ts'
import '../../elements/figure-rail.ts'
import type { Chosen } from '../../elements/filter-bar.ts'
import '../../elements/filter-bar.ts'
import { problemAlert } from '../../elements/problem-alert.ts'
import '../../elements/trend-figure.ts'
import { explain } from '../../explanation.ts'
import { instantText, minuteText, monthText, shortMonthText, signLegend } from '../../format.ts'
import { LiveController } from '../../live.ts'
import { Navigate } from '../../navigation.ts'
import { cataloguePath, comparisonPath } from '../../route.ts'
import { type Choice, readChoice, resolveChoice, type Selection, trendStart, writeChoice } from '../../selection.ts'
import { answerText, emptyText, headingText } from '../../sentence.ts'
import { comparisonFilters } from './comparison-filters.ts'
import './comparison-page.css'
import { relativeSpreadOf, spreadTerms, trendView, unitNote } from './comparison-view.ts'

type Loaded = { key: string; selection: Selection; answer: Comparison; trend: Trend }
const markedMs = 8000
const betweenReloadsMs = 400
const skeletonAfterMs = 150

const queryOf = ({ figure, service_kind, specialisation, month, area }: Selection): ComparisonQuery => ({
  figure: figure.name,
  service_kind: service_kind?.code ?? null,
  specialisation: specialisation?.code ?? null,
  month,
  area: area.code,
})

/** Basics / Schnellauswertung / Überörtliche Kennzahlen. */
export class ComparisonPage extends LitElement {
  static override properties = {
    session: { attribute: false },
    search: { attribute: false },
    loaded: { state: true },
    dataAsOf: { state: true },
    changed: { state: true },
    announced: { state: true },
    slow: { state: true },
  }
  declare session: Session
  declare search: string
  /** The last good answer; stays while the next one is on its way. */
  declare loaded: Loaded | undefined
  declare dataAsOf: string | undefined
  declare changed: ReadonlyMap<string, number>
  declare announced: string
  declare slow: boolean
  #reload: ReturnType<typeof setTimeout> | undefined
  #unmark: ReturnType<typeof setTimeout> | undefined
  #reloadWanted = false

  readonly #catalogue = new Task(this, {
    args: () => [this.session] as const,
    task: (_, { signal }) => getCatalogue(signal),
  })

  readonly #view = new Task(this, {
    args: () => [this.#catalogue.value, this.#queryKey(), this.session] as const,
    task: async ([catalogue, key], { signal }) => this.#load(catalogue, key, signal),
    onComplete: (loaded) => loaded && this.#show(loaded),
    onError: () => this.#askAgainIfWanted(),
  })

  readonly #live = new LiveController(this, {
    changed: ({ figures, data_as_of }) => {
      const figure = this.loaded?.selection.figure.name
      if (figure === undefined || figures.includes(figure)) this.#askAgain()
      else this.dataAsOf = data_as_of
    },
    resumed: () => this.#askAgain(),
  })

  constructor() {
    super()
    this.search = ''
    this.changed = new Map()
    this.announced = ''
    this.slow = false
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
    clearTimeout(this.#reload)
    clearTimeout(this.#unmark)
  }

  readonly #printed = () => this.requestUpdate()

  #selection(): { selection: Selection; unknown: string[] } | undefined {
    const catalogue = this.#catalogue.value
    return catalogue && resolveChoice(readChoice(this.search), catalogue, this.session.federal_state)
  }

  #queryKey() {
    const resolved = this.#selection()
    return resolved && comparisonUrl(queryOf(resolved.selection))
  }

  async #load(catalogue: Catalogue | undefined, key: string | undefined, signal: AbortSignal): Promise<Loaded | undefined> {
    const resolved = this.#selection()
    if (!catalogue || !resolved || key === undefined) return undefined
    const { selection } = resolved
    const query = queryOf(selection)
    const patience = setTimeout(() => (this.slow = this.loaded?.key !== key), skeletonAfterMs)
    try {
      const from = trendStart(selection.month, catalogue.months.first)
      const [answer, trend] = await Promise.all([getComparison(query, signal), getTrend(query, from, signal)])
      return { key, selection, answer, trend }
    } finally {
      clearTimeout(patience)
    }
  }

  #show(next: Loaded) {
    this.slow = false
    if (this.loaded?.key === next.key) {
      this.#mark(changesBetween(tableRows(this.loaded.answer, this.loaded.trend), tableRows(next.answer, next.trend)))
    } else {
      this.changed = new Map()
      this.announced = ''
    }
    this.loaded = next
    this.dataAsOf = next.answer.data_as_of
    this.#askAgainIfWanted()
  }

  #mark(changes: Change[]) {
    if (changes.length === 0) return
    const marks = new Map(this.changed)
    for (const { key } of changes) marks.set(key, (marks.get(key) ?? 1) + 1)
    this.changed = marks
    this.announced = toldChanges(changes)
    clearTimeout(this.#unmark)
    this.#unmark = setTimeout(() => {
      this.changed = new Map()
      this.announced = ''
    }, markedMs)
  }

  /** Commits may come faster than answers: one request at a time, then a short pause. */
  #askAgain() {
    if (this.#view.status === TaskStatus.PENDING || this.#reload !== undefined) this.#reloadWanted = true
    else void this.#view.run()
  }

  #askAgainIfWanted() {
    if (!this.#reloadWanted) return
    this.#reloadWanted = false
    this.#reload = setTimeout(() => {
      this.#reload = undefined
      void this.#view.run()
    }, betweenReloadsMs)
  }

  #choose(change: Partial<Choice>, { replace = false } = {}) {
    const url = `${comparisonPath}${writeChoice({ ...readChoice(this.search), ...change })}`
    this.dispatchEvent(new Navigate(url, { replace }))
  }

  override render() {
    const resolved = this.#selection()
    const chosen = Object.keys(readChoice(this.search)).length > 0
    return html`
      <h1 class="sj-h1">Überörtliche Kennzahlen</h1>
      <p class="sj-print-only sj-meta">
        Gedruckt am ${minuteText(new Date())}, von ${this.session.user_name}.${this.session.demonstration ? ' Demonstrationsdaten.' : ''}
        Adresse dieser Ansicht: ${location.href}
      </p>
      <sj-filter-bar
        .label=${'Auswahl der Kennzahl'}
        .filters=${comparisonFilters(this.#catalogue.value, resolved?.selection)}
        .reset=${chosen ? comparisonPath : undefined}
        @sj-chosen=${({ filter, value }: Chosen) => this.#choose({ [filter]: value || undefined })}
      ></sj-filter-bar>
      ${
        resolved && resolved.unknown.length > 0
          ? html`<p class="sj-notice" role="status">
              ${resolved.unknown.map((value) => `„${value}“`).join(', ')} gibt es hier nicht; gezeigt wird die Vorgabe.
            </p>`
          : nothing
      }
      ${this.#body(resolved?.selection)}
    `
  }

  #body(selection: Selection | undefined) {
    const failed =
      this.#catalogue.status === TaskStatus.ERROR ? this.#catalogue : this.#view.status === TaskStatus.ERROR ? this.#view : undefined
    if (failed) return this.#problem(failed.error, () => void (failed === this.#catalogue ? this.#catalogue.run() : this.#view.run()))
    // the former view stays until the next one is there or takes its time
    const pending = this.slow || !this.loaded
    const shown = pending ? selection : this.loaded?.selection
    const rows = !pending && this.loaded ? tableRows(this.loaded.answer, this.loaded.trend) : undefined
    return html`
      <section class="sj-answer" aria-labelledby="satz">
        <h2 id="satz">${shown ? headingText(shown) : html`<i class="sj-skeleton sj-skeleton--title"></i>`}</h2>
        <p>${!pending && this.loaded && !isEmpty(rows!) ? answerText(this.loaded.answer, this.loaded.selection.figure) : nothing}</p>
      </section>
      ${shown?.specialisation && !shown.figure.by_specialisation ? this.#senseless(shown) : nothing}
      ${rows && isEmpty(rows) ? this.#empty(this.loaded!.selection) : this.#columns(pending, shown)}
    `
  }

  #problem(error: unknown, retry: () => void) {
    // the sign-in form takes over
    if (error instanceof RequestProblem && error.status === 401) return nothing
    const title =
      error instanceof RequestProblem && error.status < 500 && error.status > 0 ? error.message : 'Die Werte sind gerade nicht abrufbar'
    return problemAlert({ title, dataAsOf: this.dataAsOf, retry })
  }

  #senseless({ figure }: Selection) {
    return html`
      <p class="sj-notice">
        „${figure.label}“ gibt es nicht je Spezialisierung (x).
        <button type="button" class="sj-link" @click=${() => this.#choose({ specialisation: undefined })}>
          Alle Spezialisierungen zeigen
        </button>
      </p>
    `
  }

  #empty(selection: Selection) {
    const wider = selection.specialisation ? 'specialisation' : selection.service_kind ? 'service_kind' : undefined
    return html`
      <div class="sj-empty">
        <p>${emptyText(selection)}</p>
        ${
          wider
            ? html`<p>
                <button type="button" class="sj-link" @click=${() => this.#choose({ [wider]: undefined })}>
                  ${wider === 'specialisation' ? 'Alle Spezialisierungen zeigen' : 'Alle Hilfearten zeigen'}
                </button>
              </p>`
            : nothing
        }
      </div>
    `
  }

  /** The highlighted authority: chosen, else the reader's own, else the first. */
  #highlighted(answer: Comparison) {
    const ids = answer.rows.map(({ id }) => id)
    const wanted = readChoice(this.search).region ?? this.session.youth_authority?.id
    return wanted !== undefined && ids.includes(wanted) ? wanted : ids[0]
  }

  #columns(pending: boolean, selection: Selection | undefined) {
    const loaded = pending ? undefined : this.loaded
    const rows = this.loaded && tableRows(this.loaded.answer, this.loaded.trend)
    const highlighted = this.loaded ? this.#highlighted(this.loaded.answer) : undefined
    const all = rows ? [...rows.regions, ...rows.totals] : []
    const wanted = readCellKey(readChoice(this.search).cell ?? '')
    const cell =
      wanted && all.some(({ key }) => key === wanted.row)
        ? wanted
        : highlighted
          ? { row: highlighted, column: 'current' as const }
          : undefined
    const row = all.find(({ key }) => key === cell?.row)
    const explanation =
      loaded && row && cell
        ? explain({ ...loaded, row, column: cell.column, dataAsOf: this.dataAsOf ?? loaded.answer.data_as_of })
        : undefined
    const month = selection?.month
    const running = loaded ? loaded.answer.running : month !== undefined && month === this.#catalogue.value?.months.last
    return html`
      <div class="sj-cols">
        <section class="sj-main" aria-label="Vergleich der örtlichen Träger">
          <div class="sj-tablehead">
            <p class="sj-meta">
              ${loaded ? html`Stand <time datetime=${this.dataAsOf ?? nothing}>${instantText(this.dataAsOf!)}</time>` : 'Werte werden geladen'}<span
                class="sj-live"
                role="status"
                >${this.announced}</span
              >${this.#live.interrupted ? html` · Verbindung unterbrochen, wird wieder aufgenommen` : nothing}
            </p>
            ${loaded ? html`<sj-download-menu .groups=${this.#downloads(loaded)}></sj-download-menu>` : nothing}
          </div>
          ${
            month !== undefined && selection
              ? html`
                  <sj-comparison-table
                    .caption=${`${selection.figure.label} nach örtlichen Trägern: aktueller Monat, Vormonat, Monatsdurchschnitte und Veränderung`}
                    .unit=${unitNote(selection)}
                    .heads=${columnHeads(month, running, running && selection.figure.flow)}
                    .rows=${rows}
                    .sparkPeriod=${trendPeriod(month, this.#catalogue.value)}
                    .sort=${readSort(readChoice(this.search).sort)}
                    .highlighted=${highlighted}
                    .cell=${cell && cellKey(cell.row, cell.column)}
                    .changed=${this.changed}
                    .pending=${pending}
                    @sj-sort=${({ detail }: CustomEvent<Sort | undefined>) => this.#choose({ sort: writeSort(detail) }, { replace: true })}
                    @sj-region=${({ detail }: CustomEvent<string>) => this.#choose({ region: detail }, { replace: true })}
                    @sj-cell=${({ detail }: CustomEvent<string>) => this.#choose({ cell: detail }, { replace: true })}
                  ></sj-comparison-table>
                `
              : html`<div class="sj-table-space" aria-busy="true"></div>`
          }
          ${this.#legend(rows && relativeSpreadOf(rows))}
        </section>
        <sj-figure-rail
          .explanation=${explanation}
          .catalogue=${`${cataloguePath}${selection ? `#${selection.figure.name}` : ''}`}
        ></sj-figure-rail>
      </div>
      <section class="sj-cols sj-charts" aria-label="Verlauf und Streuung">
        <sj-trend-figure .view=${loaded && highlighted ? trendView(loaded, highlighted, this.dataAsOf!) : undefined}></sj-trend-figure>
        ${loaded && rows ? spreadSection(loaded, rows) : nothing}
      </section>
    `
  }

  #legend(spread: number | undefined) {
    return html`
      <ul class="sj-signs sj-meta" aria-label="Zeichenerklärung">
        ${signLegend.map(({ sign, text }) => html`<li><b>${sign}</b>${text}</li>`)}
        <li><b>( )</b>unsicher: weniger als 20 Fälle</li>
        ${spread ? html`<li class="sj-c-spark">Verlauf: ±${Math.round(spread * 100)} % um den Durchschnitt des Vorjahres</li>` : nothing}
      </ul>
    `
  }

  #downloads({ selection, key }: Loaded): DownloadGroup[] {
    const name = `${selection.figure.name}_${selection.month}_${selection.area.code.toLowerCase()}.csv`
    return [
      {
        title: 'Werte dieser Ansicht',
        downloads: [{ label: 'Text, Semikolon getrennt', kind: 'CSV', name, file: () => getFile(key, 'text/csv') }],
      },
    ]
  }
}

/** How far the authorities lie apart in the selected month; from shown values only. */
const spreadSection = ({ answer }: Loaded, rows: TableRows) => {
  const terms = spreadTerms(rows, answer)
  if (terms.length === 0) return nothing
  return html`
    <section class="sj-explain" aria-labelledby="streuung">
      <h2 class="sj-h2" id="streuung">Streuung der Träger</h2>
      <dl>
        ${terms.map(
          ({ term, text }) =>
            html`<div>
              <dt>${term}</dt>
              <dd>${text}</dd>
            </div>`,
        )}
      </dl>
    </section>
  `
}

const trendPeriod = (month: string, catalogue: Catalogue | undefined) => {
  const from = trendStart(month, catalogue?.months.first ?? '0000-00')
  return { head: `ab ${shortMonthText(from)}`, spoken: `${monthText(from)} bis ${monthText(month)}` }
}

customElements.define('sj-comparison-page', ComparisonPage)
