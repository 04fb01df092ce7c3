import { Task, TaskStatus } from '@lit/task'
import { html, LitElement, nothing } from 'lit'
import {
  type Catalogue,
  getCatalogue,
  getFile,
  getRanking,
  type Ranking,
  type RankingRow,
  rankingUrl,
  RequestProblem,
  type Session,
} from '../../client.ts'
import '../../elements/download-menu.ts'
import type { Chosen, Filter } from '../../elements/filter-bar.ts'
import '../../elements/filter-bar.ts'
import { problemAlert } from '../../elements/problem-alert.ts'
import { instantText, minuteText } from '../../format.ts'
import { LiveController } from '../../live.ts'
import { Navigate } from '../../navigation.ts'
import { rankingPath } from '../../route.ts'
import { monthsOf } from '../../selection.ts'
import { kindGroups, monthOption } from '../comparison/comparison-filters.ts'
import '../comparison/comparison-page.css'
import '../../elements/figure-rail.css'
import {
  calculation,
  rankingAnswer,
  rankingHeading,
  readRankingChoice,
  resolveRanking,
  scoreChanges,
  windowText,
  writeRankingChoice,
  type RankingChoice,
} from './ranking.ts'
import { rankingTable } from './ranking-table.ts'

type Loaded = { key: string; ranking: Ranking }
const markedMs = 8000
const skeletonAfterMs = 150
const betweenReloadsMs = 400

/** Basics / Schnellauswertung / Trägerranking. */
export class RankingPage extends LitElement {
  static override properties = {
    session: { attribute: false },
    search: { attribute: false },
    loaded: { state: true },
    changed: { state: true },
    announced: { state: true },
    slow: { state: true },
  }
  declare session: Session
  declare search: string
  declare loaded: Loaded | undefined
  declare changed: ReadonlySet<string>
  declare announced: string
  declare slow: boolean
  #reload: ReturnType<typeof setTimeout> | undefined
  #unmark: ReturnType<typeof setTimeout> | undefined

  readonly #catalogue = new Task(this, { args: () => [this.session] as const, task: (_, { signal }) => getCatalogue(signal) })
  readonly #view = new Task(this, {
    args: () => [this.#catalogue.value, this.#key(), this.session] as const,
    task: ([catalogue, key], { signal }) => this.#load(catalogue, key, signal),
    onComplete: (loaded) => loaded && this.#show(loaded),
  })
  readonly #live = new LiveController(this, {
    changed: ({ figures }) => figures.includes('provider_ranking') && this.#askAgain(),
    resumed: () => this.#askAgain(),
  })

  constructor() {
    super()
    this.search = ''
    this.changed = new Set()
    this.announced = ''
    this.slow = false
  }

  protected override createRenderRoot() {
    return this
  }

  override disconnectedCallback() {
    super.disconnectedCallback()
    clearTimeout(this.#reload)
    clearTimeout(this.#unmark)
    this.#reload = undefined
  }

  #resolved() {
    const catalogue = this.#catalogue.value
    return catalogue && resolveRanking(readRankingChoice(this.search), catalogue)
  }

  #key() {
    const selection = this.#resolved()?.selection
    return selection && rankingUrl({ service_kind: selection.service_kind.code, month: selection.month })
  }

  async #load(catalogue: Catalogue | undefined, key: string | undefined, signal: AbortSignal): Promise<Loaded | undefined> {
    const selection = this.#resolved()?.selection
    if (!catalogue || !selection || key === undefined) return undefined
    const patience = setTimeout(() => (this.slow = this.loaded?.key !== key), skeletonAfterMs)
    try {
      return { key, ranking: await getRanking({ service_kind: selection.service_kind.code, month: selection.month }, signal) }
    } finally {
      clearTimeout(patience)
    }
  }

  #show(next: Loaded) {
    this.slow = false
    const changes = this.loaded?.key === next.key ? scoreChanges(this.loaded.ranking, next.ranking) : []
    this.loaded = next
    if (changes.length === 0) return
    this.changed = new Set(changes.map(({ provider_id }) => provider_id))
    this.announced = changes
      .slice(0, 2)
      .map(({ name, before, after }) => (before === after ? name : `${name}: ${before} → ${after}`))
      .join(', ')
    clearTimeout(this.#unmark)
    this.#unmark = setTimeout(() => {
      this.changed = new Set()
      this.announced = ''
    }, markedMs)
  }

  #askAgain() {
    this.#reload ??= setTimeout(() => {
      this.#reload = undefined
      if (this.#view.status === TaskStatus.PENDING) this.#askAgain()
      else void this.#view.run()
    }, betweenReloadsMs)
  }

  #choose(change: Partial<RankingChoice>, { replace = false } = {}) {
    const url = `${rankingPath}${writeRankingChoice({ ...readRankingChoice(this.search), ...change })}`
    this.dispatchEvent(new Navigate(url, { replace }))
  }

  #filters(): Filter[] {
    const catalogue = this.#catalogue.value
    const selection = this.#resolved()?.selection
    if (!catalogue || !selection)
      return ['Hilfeart', 'Monat'].map((label) => ({ name: label.toLowerCase(), label, value: '', options: [] }))
    return [
      { name: 'service_kind', label: 'Hilfeart', value: selection.service_kind.code, options: kindGroups(catalogue) },
      {
        name: 'month',
        label: 'Monat',
        value: selection.month,
        options: monthsOf(catalogue.months).map((month) => monthOption(month, catalogue.months.last)),
      },
    ]
  }

  override render() {
    const resolved = this.#resolved()
    const chosen = Object.keys(readRankingChoice(this.search)).length > 0
    return html`
      <h1 class="sj-h1">Trägerranking</h1>
      <p class="sj-print-only sj-meta">
        Gedruckt am ${minuteText(new Date())}, von ${this.session.user_name}.${this.session.demonstration ? ' Demonstrationsdaten.' : ''}
        Adresse dieser Ansicht: ${location.href}
      </p>
      <sj-filter-bar
        class="sj-filters-few"
        .label=${'Auswahl des Rankings'}
        .filters=${this.#filters()}
        .reset=${chosen ? rankingPath : undefined}
        @sj-chosen=${({ filter, value }: Chosen) => this.#choose({ [filter]: value || undefined, provider: undefined })}
      ></sj-filter-bar>
      ${
        resolved && resolved.unknown.length > 0
          ? html`<p class="sj-notice" role="status">
              ${resolved.unknown.map((value) => `„${value}“`).join(', ')} gibt es hier nicht; gezeigt wird die Vorgabe.
            </p>`
          : nothing
      }
      ${this.#body()}
    `
  }

  #body() {
    const failed =
      this.#catalogue.status === TaskStatus.ERROR ? this.#catalogue : this.#view.status === TaskStatus.ERROR ? this.#view : undefined
    if (failed) {
      const { error } = failed
      if (error instanceof RequestProblem && error.status === 401) return nothing
      const retry = () => void (failed === this.#catalogue ? this.#catalogue.run() : this.#view.run())
      return problemAlert({ title: 'Die Werte sind gerade nicht abrufbar', dataAsOf: this.loaded?.ranking.data_as_of, retry })
    }
    const selection = this.#resolved()?.selection
    const ranking = this.slow ? undefined : this.loaded?.ranking
    return html`
      <section class="sj-answer" aria-labelledby="satz">
        <h2 id="satz">${selection ? rankingHeading(selection) : html`<i class="sj-skeleton sj-skeleton--title"></i>`}</h2>
        <p>${ranking ? rankingAnswer(ranking) : nothing}</p>
      </section>
      <div class="sj-cols">
        <section class="sj-main" aria-label="Rangfolge der Anbieter">
          <div class="sj-tablehead">
            <p class="sj-meta">
              ${ranking ? html`Stand <time datetime=${ranking.data_as_of}>${instantText(ranking.data_as_of)}</time>` : 'Werte werden geladen'}<span
                class="sj-live"
                role="status"
                >${this.announced}</span
              >${this.#live.interrupted ? html` · Verbindung unterbrochen, wird wieder aufgenommen` : nothing}
            </p>
            ${
              this.loaded
                ? html`<sj-download-menu
                    .groups=${[
                      {
                        title: 'Werte dieser Ansicht',
                        downloads: [
                          {
                            label: 'Text, Semikolon getrennt',
                            kind: 'CSV',
                            name: `traegerranking_${this.loaded.ranking.service_kind}_${this.loaded.ranking.month}.csv`,
                            file: () => getFile(this.loaded!.key, 'text/csv'),
                          },
                        ],
                      },
                    ]}
                  ></sj-download-menu>`
                : nothing
            }
          </div>
          ${
            ranking && ranking.rows.length === 0
              ? nothing
              : rankingTable({
                  ranking,
                  chosen: this.#chosen(ranking)?.provider_id,
                  changed: this.changed,
                  choose: (provider) => this.#choose({ provider }, { replace: true }),
                })
          }
        </section>
        ${this.#rail(ranking)}
      </div>
    `
  }

  #chosen(ranking: Ranking | undefined): RankingRow | undefined {
    const wanted = readRankingChoice(this.search).provider
    return ranking?.rows.find(({ provider_id }) => provider_id === wanted) ?? ranking?.rows[0]
  }

  #rail(ranking: Ranking | undefined) {
    const row = this.#chosen(ranking)
    if (!ranking || !row) return html`<section></section>`
    const parts = [
      ['Struktur', 'Güte von Einrichtung und Leistung, bewertet vom Jugendamt; Mittel über die Fälle.'],
      ['Prozess', 'Zielerreichung, bewertet von allen Beteiligten bei jeder Fortschreibung des Hilfeplans.'],
      [
        'Dauer, Kosten',
        'Ist durch Vereinbarung der beendeten Hilfen ohne Abbrüche. Note: 3 + Abstand vom Mittel der Anbieter in Standardabweichungen.',
      ],
      ['Skala', '1 bis 5, 1 ist am besten.'],
      ['Zeitraum', windowText(ranking)],
      ['Ohne Rang', `Weniger als ${ranking.minimum_cases} bewertete Fälle, oder ein Bestandteil fehlt.`],
      ['Grundlage', '§§ 5, 36, 78b SGB VIII. Das Wunsch- und Wahlrecht bleibt unberührt.'],
    ]
    return html`
      <section class="sj-explain" aria-labelledby="bedeutung">
        <h2 class="sj-h2" id="bedeutung">Wie die Note entsteht</h2>
        <p class="sj-explain__cell" aria-live="polite">
          <span>${row.name}</span><b>${row.rank === null ? 'ohne Rang' : `Rang ${row.rank}`}</b>
        </p>
        <dl>
          ${calculation(row, ranking).map(
            ({ term, text }) =>
              html`<div>
                <dt>${term}</dt>
                <dd>${text}</dd>
              </div>`,
          )}
        </dl>
        <h3 class="sj-explain__more">Was die Bestandteile messen</h3>
        <dl>
          ${parts.map(
            ([term, text]) =>
              html`<div>
                <dt>${term}</dt>
                <dd>${text}</dd>
              </div>`,
          )}
        </dl>
      </section>
    `
  }
}

customElements.define('sj-ranking-page', RankingPage)
