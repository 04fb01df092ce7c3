import { Task, TaskStatus } from '@lit/task'
import { html, LitElement, nothing } from 'lit'
import { getCatalogue, getPublishedViews, getRanking, type Ranking, type RankingRow, rankingUrl, type Session } from '../../client.ts'
import '../../elements/download-menu.ts'
import '../../elements/subscribe-view.ts'
import '../../elements/figure-rail.css'
import { type Chosen, type Filter, pendingFilter } from '../../elements/filter-bar.ts'
import '../../elements/filter-bar.ts'
import { termList } from '../../elements/term-list.ts'
import { catalogueThen, momentFilter, momentNotice, type Moments } from '../../elements/moment-choice.ts'
import { fileDownloads, freshnessLine, printLine, unknownNotice, viewProblem } from '../../elements/view-lines.ts'
import { LiveView } from '../../live-view.ts'
import { Navigate } from '../../navigation.ts'
import { rankingPath } from '../../route.ts'
import { monthsOf } from '../../selection.ts'
import { kindGroups, monthOption } from '../comparison/comparison-filters.ts'
import {
  calculation,
  componentTerms,
  rankingAnswer,
  type RankingChoice,
  rankingHeading,
  type RankingSelection,
  readRankingChoice,
  resolveRanking,
  scoreChanges,
  toldScores,
  writeRankingChoice,
} from './ranking.ts'
import { rankingTable } from './ranking-table.ts'

const queryOf = ({ service_kind, month }: RankingSelection, as_of?: string) => ({
  service_kind: service_kind.code,
  month,
  ...(as_of && { as_of }),
})
const pendingFilters = [pendingFilter('service_kind', 'Hilfeart'), pendingFilter('month', 'Monat')]

/** Basics / Schnellauswertung / Trägerranking. */
export class RankingPage extends LitElement {
  static override properties = { session: { attribute: false }, search: { attribute: false } }
  declare session: Session
  declare search: string

  readonly #catalogue = new Task(this, { args: () => [this.session] as const, task: (_, { signal }) => getCatalogue(signal) })
  readonly #published = new Task(this, { args: () => [this.session] as const, task: (_, { signal }) => getPublishedViews(signal) })

  readonly #view = new LiveView<Ranking>(this, {
    key: () => {
      const resolved = this.#resolved()
      return resolved && rankingUrl(queryOf(resolved.selection, this.#choice.as_of))
    },
    reader: () => this.session,
    load: (signal) => getRanking(queryOf(this.#resolved()!.selection, this.#choice.as_of), signal),
    concerns: (figures, { as_of }) => as_of === null && figures.includes('provider_ranking'),
    changes: (before, after) => {
      const changes = scoreChanges(before, after)
      return { keys: changes.map(({ provider_id }) => provider_id), told: toldScores(changes) }
    },
  })

  constructor() {
    super()
    this.search = ''
  }

  protected override createRenderRoot() {
    return this
  }

  get #choice() {
    return readRankingChoice(this.search)
  }

  get #moments(): Moments | undefined {
    const month_ends = this.#catalogue.value?.month_ends
    return month_ends && { month_ends, published: this.#published.value ?? [] }
  }

  get #then() {
    const catalogue = this.#catalogue.value
    return catalogue && catalogueThen(catalogue, this.#choice.as_of, this.#published.value)
  }

  #resolved() {
    const catalogue = this.#then
    return catalogue && resolveRanking(this.#choice, catalogue)
  }

  #choose(change: Partial<RankingChoice>, { replace = false } = {}) {
    this.dispatchEvent(new Navigate(`${rankingPath}${writeRankingChoice({ ...this.#choice, ...change })}`, { replace }))
  }

  #filters(): Filter[] {
    const catalogue = this.#then
    const selection = this.#resolved()?.selection
    if (!catalogue || !selection) return [...pendingFilters, ...momentFilter(undefined, undefined)]
    const months = monthsOf(catalogue.months).map((month) => monthOption(month, catalogue.months.last))
    return [
      { name: 'service_kind', label: 'Hilfeart', value: selection.service_kind.code, options: kindGroups(catalogue) },
      { name: 'month', label: 'Monat', value: selection.month, options: months },
      ...momentFilter(this.#moments, this.#choice.as_of),
    ]
  }

  override render() {
    return html`
      <h1 class="sj-h1">Trägerranking</h1>
      ${printLine(this.session)}
      <sj-filter-bar
        class="sj-filters-few"
        .label=${'Auswahl des Rankings'}
        .filters=${this.#filters()}
        .reset=${Object.keys(this.#choice).length > 0 ? rankingPath : undefined}
        @sj-chosen=${({ filter, value }: Chosen) => this.#choose({ [filter]: value || undefined, provider: undefined })}
      ></sj-filter-bar>
      ${unknownNotice(this.#resolved()?.unknown ?? [])} ${this.#problem()}
      ${momentNotice(this.#choice.as_of, this.#moments, () => this.#choose({ as_of: undefined }))} ${this.#body()}
    `
  }

  #problem() {
    const failed = this.#catalogue.status === TaskStatus.ERROR ? { error: this.#catalogue.error } : this.#view.problem
    if (!failed) return nothing
    const retry = () => (this.#catalogue.status === TaskStatus.ERROR ? void this.#catalogue.run() : this.#view.retry())
    return viewProblem(failed.error, { dataAsOf: this.#view.dataAsOf, retry })
  }

  #body() {
    if (this.#catalogue.status === TaskStatus.ERROR || (this.#view.problem && !this.#view.problem.stale)) return nothing
    const selection = this.#resolved()?.selection
    const ranking = this.#view.answer
    const chosen = ranking && this.#chosen(ranking)
    return html`
      <section class="sj-answer" aria-labelledby="satz">
        <h2 id="satz">${selection ? rankingHeading(selection) : html`<i class="sj-skeleton sj-skeleton--title"></i>`}</h2>
        <p>${ranking ? rankingAnswer(ranking) : nothing}</p>
      </section>
      <div class="sj-cols">
        <section class="sj-main" aria-label="Rangfolge der Anbieter">
          <div class="sj-tablehead">
            ${freshnessLine({
              dataAsOf: this.#view.dataAsOf,
              pending: ranking === undefined,
              announced: this.#view.announced,
              interrupted: this.#view.interrupted,
            })}
            ${
              ranking && selection
                ? html`<sj-subscribe-view
                      .url=${rankingUrl(queryOf(selection, this.#choice.as_of))}
                      .suggestion=${`Trägerranking, ${selection.service_kind.label}`.slice(0, 120)}
                    ></sj-subscribe-view>
                    <sj-download-menu .groups=${downloads(ranking)} .embeds=${this.session.embeds}></sj-download-menu>`
                : nothing
            }
          </div>
          ${
            ranking && ranking.rows.length === 0
              ? nothing
              : rankingTable({
                  ranking,
                  chosen: chosen?.provider_id,
                  changed: this.#view.changed,
                  choose: (provider) => this.#choose({ provider }, { replace: true }),
                })
          }
        </section>
        ${ranking && chosen ? rail(chosen, ranking) : nothing}
      </div>
    `
  }

  #chosen({ rows }: Ranking): RankingRow | undefined {
    return rows.find(({ provider_id }) => provider_id === this.#choice.provider) ?? rows[0]
  }
}

const downloads = ({ service_kind, month, as_of }: Ranking) =>
  fileDownloads(rankingUrl({ service_kind, month, ...(as_of !== null && { as_of }) }))

const rail = (row: RankingRow, ranking: Ranking) => html`
  <section class="sj-explain" aria-labelledby="bedeutung">
    <h2 class="sj-h2" id="bedeutung">Wie die Note entsteht</h2>
    <p class="sj-explain__cell" aria-live="polite">
      <span>${row.name}</span><b class="sj-nowrap">${row.rank === null ? 'ohne Rang' : `Rang ${row.rank}`}</b>
    </p>
    ${termList(calculation(row, ranking))}
    <h3 class="sj-explain__more">Was die Bestandteile messen</h3>
    ${termList(componentTerms(ranking))}
  </section>
`

customElements.define('sj-ranking-page', RankingPage)
