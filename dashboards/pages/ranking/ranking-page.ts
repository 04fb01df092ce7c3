import { html, LitElement, nothing } from 'lit'
import { getRanking, type Ranking, type RankingRow, rankingUrl, type Session } from '../../client.ts'
import '../../elements/figure-rail.css'
import { type Chosen, type Filter, pendingFilter } from '../../elements/filter-bar.ts'
import '../../elements/filter-bar.ts'
import { termList } from '../../elements/term-list.ts'
import { freshnessLine, printLine, unknownNotice } from '../../elements/view-lines.ts'
import { LiveView } from '../../live-view.ts'
import { Navigate } from '../../navigation.ts'
import { rankingPath } from '../../route.ts'
import { monthsOf } from '../../selection.ts'
import { ViewFrame } from '../../view-frame.ts'
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

  readonly #frame = new ViewFrame(this)

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

  #resolved() {
    const catalogue = this.#frame.catalogueThen
    return catalogue && resolveRanking(this.#choice, catalogue)
  }

  #choose(change: Partial<RankingChoice>, { replace = false } = {}) {
    this.dispatchEvent(new Navigate(`${rankingPath}${writeRankingChoice({ ...this.#choice, ...change })}`, { replace }))
  }

  #filters(): Filter[] {
    const catalogue = this.#frame.catalogueThen
    const selection = this.#resolved()?.selection
    if (!catalogue || !selection) return [...pendingFilters, ...this.#frame.momentFilter]
    const months = monthsOf(catalogue.months).map((month) => monthOption(month, catalogue.months.running))
    return [
      { name: 'service_kind', label: 'Hilfeart', value: selection.service_kind.code, options: kindGroups(catalogue) },
      { name: 'month', label: 'Monat', value: selection.month, options: months },
      ...this.#frame.momentFilter,
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
      ${unknownNotice(this.#resolved()?.unknown ?? [])} ${this.#frame.notices(this.#view, () => this.#choose({ as_of: undefined }))}
      ${this.#body()}
    `
  }

  #body() {
    if (this.#frame.isBroken(this.#view)) return nothing
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
            ${freshnessLine(this.#view, ranking === undefined)}
            ${
              ranking && selection
                ? this.#frame.ways(rankingUrl(queryOf(selection, this.#choice.as_of)), `Trägerranking, ${selection.service_kind.label}`)
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
