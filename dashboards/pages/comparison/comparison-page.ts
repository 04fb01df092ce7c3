import { Task, TaskStatus } from '@lit/task'
import { html, LitElement, nothing } from 'lit'
import {
  type Catalogue,
  type Comparison,
  type ComparisonQuery,
  comparisonUrl,
  type Distribution,
  distributionUrl,
  type Evaluation,
  getComparison,
  getDistribution,
  getEvaluation,
  getTrend,
  type Session,
  type Trend,
} from '../../client.ts'
import { behindOf } from '../../behind.ts'
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
import { type ChartView } from '../../elements/chart-figure.ts'
import '../../elements/chart-figure.ts'
import '../../elements/comparison-table.ts'
import '../../elements/figure-rail.ts'
import type { Chosen } from '../../elements/filter-bar.ts'
import '../../elements/filter-bar.ts'
import { LaterChanges } from '../../elements/later-changes.ts'
import { drawnDownloads, freshnessLine, printLine, unknownNotice } from '../../elements/view-lines.ts'
import { explain } from '../../explanation.ts'
import { monthText, shortMonthText } from '../../format.ts'
import { LiveView } from '../../live-view.ts'
import { Navigate } from '../../navigation.ts'
import { cataloguePath, comparisonPath, evaluationRoles } from '../../route.ts'
import { type Choice, comparableGroups, readChoice, resolveChoice, type Selection, trendStart, writeChoice } from '../../selection.ts'
import { answerText, filterText, headingText } from '../../sentence.ts'
import { ViewFrame } from '../../view-frame.ts'
import { ageSexDefinition, isToldByAge } from './age-sex-view.ts'
import { type ChartKind, readChart } from './chart-context.ts'
import { chartSwitch, chartView } from './chart-views.ts'
import { isDistributed } from './distribution-view.ts'
import { isMedianOfRates } from './dots-view.ts'
import { comparisonFilters } from './comparison-filters.ts'
import './comparison-page.css'
import { averageNote, emptySection, foldedNotice, groupSection, legend, senselessNotice, spreadSection } from './comparison-sections.ts'
import { laterLines, relativeSpreadOf, unitNote } from './comparison-view.ts'

type Loaded = {
  data_as_of: string
  selection: Selection
  answer: Comparison
  trend: Trend
  distribution: Distribution | undefined
  ageSex: Evaluation | undefined
}

const queryOf = ({ figure, service_kind, specialisation, month, area }: Selection, as_of?: string): ComparisonQuery => ({
  figure: figure.name,
  service_kind: service_kind?.code ?? null,
  specialisation: specialisation?.code ?? null,
  month,
  area: area.code,
  ...(as_of && { as_of }),
})
const knownRows = new WeakMap<Comparison, TableRows>()
/** The same for the same answer, so that a table that has not changed is not made anew. */
const rowsOf = ({ answer, trend }: Pick<Loaded, 'answer' | 'trend'>) => {
  const rows = knownRows.get(answer) ?? tableRows(answer, trend)
  knownRows.set(answer, rows)
  return rows
}

/** Basics / Schnellauswertung / Überörtliche Kennzahlen. */
export class ComparisonPage extends LitElement {
  static override properties = { session: { attribute: false }, search: { attribute: false } }
  declare session: Session
  declare search: string

  readonly #frame = new ViewFrame(this)

  readonly #view = new LiveView<Loaded>(this, {
    key: () => {
      const resolved = this.#resolved()
      if (!resolved) return undefined
      const { selection } = resolved
      const drawing = this.#showsDistribution(selection) || this.#showsAges(selection) ? ` ${this.#chart}` : ''
      return comparisonUrl(queryOf(selection, this.#choice.as_of)) + drawing
    },
    reader: () => this.session,
    load: (signal) => this.#load(this.#resolved()!.selection, this.#frame.catalogue!, signal),
    concerns: (figures, { selection, answer }) => answer.as_of === null && figures.includes(selection.figure.name),
    changes: (before, after) => {
      const changes = changesBetween(rowsOf(before), rowsOf(after))
      return { keys: changes.map(({ key }) => key), told: toldChanges(changes) }
    },
  })
  readonly #group = new Task(this, {
    args: () => [this.#groupUrl, this.#view.dataAsOf] as const,
    task: async ([url], { signal }) => {
      const resolved = this.#resolved()
      if (url === undefined || !resolved) return undefined
      const query = { ...queryOf(resolved.selection, this.#choice.as_of), area: this.#choice.group! }
      return { url, answer: await getComparison(query, signal) }
    },
  })
  readonly #later = new LaterChanges(this, () => {
    const loaded = this.#view.isLate ? undefined : this.#view.answer
    return loaded?.answer.as_of ? comparisonUrl(queryOf(loaded.selection, loaded.answer.as_of)) : undefined
  })
  #drawn:
    | {
        loaded: Loaded
        highlighted: string
        dataAsOf: string
        search: string | undefined
        chart: ChartKind | undefined
        catalogue: Catalogue | undefined
        view: ChartView | undefined
      }
    | undefined
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

  async #load(selection: Selection, catalogue: Catalogue, signal: AbortSignal): Promise<Loaded> {
    const { as_of } = this.#choice
    const query = queryOf(selection, as_of)
    const [answer, trend, distribution, ageSex] = await Promise.all([
      getComparison(query, signal),
      getTrend(query, trendStart(selection.month, catalogue.months.first), signal),
      this.#showsDistribution(selection) ? getDistribution(query, signal) : undefined,
      this.#showsAges(selection) ? getEvaluation(ageSexDefinition(selection, as_of), signal) : undefined,
    ])
    return { data_as_of: answer.data_as_of, selection, answer, trend, distribution, ageSex }
  }

  get #choice() {
    return readChoice(this.search)
  }

  /** Undefined for one that does not exist. */
  get #chart() {
    return readChart(this.#choice.chart)
  }

  #showsDistribution({ figure }: Selection) {
    return this.#chart === 'distribution' ? isDistributed(figure) : this.#chart === 'dots' && isMedianOfRates(figure)
  }

  #showsAges(selection: Selection) {
    return this.#chart === 'age_sex' && this.#evaluates && isToldByAge(selection)
  }

  get #evaluates() {
    return this.session.roles.some((role) => evaluationRoles.includes(role))
  }

  #resolved() {
    const catalogue = this.#frame.catalogueThen
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
        .filters=${[...comparisonFilters(this.#frame.catalogueThen, resolved?.selection), ...this.#frame.momentFilter]}
        .reset=${Object.keys(this.#choice).length > 0 ? comparisonPath : undefined}
        @sj-chosen=${({ filter, value }: Chosen) => this.#choose({ [filter]: value || undefined })}
      ></sj-filter-bar>
      ${unknownNotice([...(resolved?.unknown ?? []), ...(this.#chart ? [] : [this.#choice.chart!]), ...this.#unknownGroup])}
      ${this.#frame.notices(this.#view, () => this.#choose({ as_of: undefined }))} ${this.#body(resolved?.selection)}
    `
  }

  #body(wanted: Selection | undefined) {
    if (this.#frame.isBroken(this.#view)) return nothing
    const loaded = this.#view.answer
    const selection = loaded?.selection ?? wanted
    const empty = loaded !== undefined && isEmpty(rowsOf(loaded))
    return html`
      <section class="sj-answer" aria-labelledby="satz">
        <h2 id="satz">${selection ? headingText(selection) : html`<i class="sj-skeleton sj-skeleton--title"></i>`}</h2>
        <p>${loaded && !empty ? answerText(loaded.answer, loaded.selection.figure) : nothing}</p>
      </section>
      ${selection ? senselessNotice(selection, () => this.#choose({ specialisation: undefined })) : nothing}
      ${this.#below(loaded, selection, empty)}
    `
  }

  #below(loaded: Loaded | undefined, selection: Selection | undefined, empty: boolean) {
    // before it is known what is asked, what is shown would only move
    if (!selection) return nothing
    return empty ? emptySection(selection, (filter) => this.#choose({ [filter]: undefined })) : this.#columns(loaded, selection)
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

  #columns(loaded: Loaded | undefined, selection: Selection) {
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
            ${freshnessLine(this.#view, loaded === undefined)} ${loaded ? html`${this.#publish(loaded)} ${this.#ways(loaded)}` : nothing}
          </div>
          ${this.#table(selection, loaded, { rows, highlighted, cell: cell && cellKey(cell.row, cell.column) })}
          ${foldedNotice(folded, showsAll, (all) => this.#look({ rows: all ? 'all' : undefined }))}
          ${loaded ? averageNote(loaded.answer) : nothing} ${legend(loaded && rows ? relativeSpreadOf(rows) : undefined)}
          ${this.#later.section(this.#frame.catalogue, ['Träger', 'Spalte'], (since) =>
            laterLines(since, rowsOf(loaded!), loaded!.answer, {
              selection: loaded!.selection,
              session: this.session,
              as_of: this.#choice.as_of!,
            }),
          )}
        </section>
        <sj-figure-rail
          .explanation=${loaded && row && cell ? explain({ ...loaded, row, column: cell.column, dataAsOf }) : undefined}
          .behind=${
            loaded && row && cell
              ? behindOf({ ...loaded, row, column: cell.column, as_of: this.#choice.as_of, session: this.session })
              : undefined
          }
          .figure=${loaded?.selection.figure}
          .dataAsOf=${dataAsOf}
          .catalogue=${`${cataloguePath}#${selection.figure.name}`}
        ></sj-figure-rail>
      </div>
      <section class="sj-charts" aria-label="Darstellung und Streuung">
        ${chartSwitch(this.#chart ?? 'trend', selection, this.#evaluates, (chart) => this.#look({ chart }))}
        <div class="sj-cols">
          <sj-chart-figure .view=${loaded && highlighted ? this.#chartView(loaded, highlighted, dataAsOf) : undefined}></sj-chart-figure>
          <div>
            ${loaded && rows ? spreadSection(loaded.answer, rows) : nothing} ${rows ? this.#groupSection(rows, highlighted) : nothing}
          </div>
        </div>
      </section>
    `
  }

  get #unknownGroup() {
    const { group } = this.#choice
    return group !== undefined && this.#frame.catalogue && !this.#comparedGroup ? [group] : []
  }

  get #comparedGroup() {
    const { catalogue } = this.#frame
    return catalogue && comparableGroups(catalogue).find(({ code }) => code === this.#choice.group)
  }

  get #groupUrl() {
    const group = this.#comparedGroup
    const resolved = this.#resolved()
    return group && resolved && comparisonUrl({ ...queryOf(resolved.selection, this.#choice.as_of), area: group.code })
  }

  #groupSection({ regions }: TableRows, highlighted: string | undefined) {
    const loaded = this.#group.value
    return groupSection({
      catalogue: this.#frame.catalogue!,
      chosen: this.#comparedGroup,
      answer: this.#group.status === TaskStatus.ERROR ? null : loaded?.url === this.#groupUrl ? loaded?.answer : undefined,
      highlighted: regions.find(({ key }) => key === highlighted),
      choose: (group) => this.#look({ group }),
    })
  }

  #publish({ selection }: Loaded) {
    const { figure, service_kind, specialisation, month, area } = queryOf(selection)
    const { region } = this.#choice
    const chart = this.#chart && this.#choice.chart
    return this.#frame.publish(
      { figure, service_kind, specialisation, month, area, ...(chart && { chart }), ...(region && { region }) },
      `${headingText(selection)}, ${selection.area.name}`,
      (as_of) => this.#choose({ as_of, month }),
    )
  }

  #ways({ selection, distribution }: Loaded) {
    const query = queryOf(selection, this.#choice.as_of)
    const drawn = distribution ? [drawnDownloads('Verteilung', distributionUrl(query))] : []
    const { chart, region } = this.#choice
    const url = comparisonUrl({ ...query, chart: this.#chart && chart, region })
    return this.#frame.ways(url, `${selection.figure.label} ${filterText(selection)}, ${selection.area.name}`, drawn)
  }

  /** The chart shown stays until it is another one: a drawing takes longer than anything else on the page. */
  #chartView(loaded: Loaded, highlighted: string, dataAsOf: string) {
    const search = this.#view.isLate ? this.#drawn?.search : this.search
    const from = { loaded, highlighted, dataAsOf, search, chart: this.#chart, catalogue: this.#frame.catalogue }
    const isDrawn = Object.entries(from).every(([name, value]) => this.#drawn?.[name as keyof typeof from] === value)
    if (!this.#drawn || !isDrawn) this.#drawn = { ...from, view: this.#newChartView(loaded, highlighted, dataAsOf) }
    return this.#drawn.view
  }

  #newChartView({ selection, answer, trend, distribution, ageSex }: Loaded, highlighted: string, dataAsOf: string) {
    // chosen a moment ago: on its way
    if ((this.#showsDistribution(selection) && !distribution) || (this.#showsAges(selection) && !ageSex)) return undefined
    return chartView(this.#chart ?? 'trend', {
      selection,
      answer,
      trend,
      distribution,
      ageSex,
      dataAsOf,
      highlighted,
      areas: this.#frame.catalogue?.areas ?? [],
      running: this.#frame.catalogueThen?.months.running ?? selection.month,
      allPanels: this.#choice.panels === 'all',
      screenful: matchMedia('(max-width: 47.99rem)').matches ? 12 : 30,
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
    const running = loaded ? loaded.answer.running : month === this.#frame.catalogueThen?.months.running
    return html`
      <sj-comparison-table
        .caption=${`${figure.label} nach örtlichen Trägern: aktueller Monat, Vormonat, Monatsdurchschnitte und Veränderung`}
        .unit=${unitNote(selection)}
        .heads=${columnHeads(month, running, running && figure.flow)}
        .rows=${shown.rows}
        .sparkPeriod=${trendPeriod(month, this.#frame.catalogue)}
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

const trendPeriod = (month: string, catalogue: Catalogue | undefined) => {
  const from = trendStart(month, catalogue?.months.first ?? '0000-00')
  return { head: `ab ${shortMonthText(from)}`, spoken: `${monthText(from)} bis ${monthText(month)}` }
}

customElements.define('sj-comparison-page', ComparisonPage)
