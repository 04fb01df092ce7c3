import { Task, TaskStatus } from '@lit/task'
import { html, LitElement, nothing, type PropertyValues } from 'lit'
import { type Catalogue, getCatalogue, type KeyFigure, RequestProblem, type Session } from '../client.ts'
import { problemAlert } from '../elements/problem-alert.ts'
import { termList } from '../elements/term-list.ts'
import { Navigate } from '../navigation.ts'
import { cataloguePath, comparisonPath } from '../route.ts'
import { writeChoice } from '../selection.ts'
import { hitsText, matching, queryOf, searchOf } from './catalogue-search.ts'
import './catalogue-page.css'

const betterTexts = {
  lower: 'Weniger gilt als besser.',
  higher: 'Mehr gilt als besser.',
  neither: 'Weder mehr noch weniger gilt als besser.',
}

/** Basics / Informationen / Kennzahlen: what every figure counts. */
export class CataloguePage extends LitElement {
  static override properties = { session: { attribute: false }, search: { attribute: false }, wanted: { state: true } }
  declare session: Session
  declare search: string
  /** What stands in the search field. */
  declare wanted: string

  #arrived = false
  readonly #catalogue = new Task(this, {
    args: () => [this.session] as const,
    task: (_, { signal }) => getCatalogue(signal),
  })

  constructor() {
    super()
    this.search = ''
    this.wanted = ''
  }

  protected override createRenderRoot() {
    return this
  }

  /** Another address, by the back button or a link, is another search; one's own typing is not overwritten. */
  protected override willUpdate(changed: PropertyValues<this>) {
    if (changed.has('search') && queryOf(this.wanted) !== queryOf(searchOf(this.search))) this.wanted = searchOf(this.search)
  }

  #look(wanted: string) {
    this.wanted = wanted
    this.dispatchEvent(new Navigate(`${cataloguePath}${queryOf(wanted)}`, { replace: true }))
  }

  /** The address may name a figure that was not there yet when the browser looked for it. */
  protected override updated() {
    if (this.#arrived || this.#catalogue.status !== TaskStatus.COMPLETE) return
    this.#arrived = true
    const name = location.hash.slice(1)
    if (name !== '') document.getElementById(name)?.scrollIntoView({ behavior: 'instant' })
  }

  override render() {
    return html`
      <h1 class="sj-h1">Kennzahlen</h1>
      <p class="sj-lead-text">
        Zähler und Nenner werden je örtlichem Träger, Hilfeart und Monat gespeichert; Quotienten entstehen erst in der Ansicht. Monate sind
        Kalendermonate. Wie weit ein Wert zufällig streut, ist bekannt von Anteilen an Fällen, Anzahlen, Falldichten und vom Median der
        gezahlten Entgelte; bei ihnen hat der Rang einen Spielraum (95-%-Intervall).
      </p>
      ${this.#catalogue.render({
        pending: () =>
          this.#catalogue.value
            ? this.#groups(this.#catalogue.value)
            : html`<p class="sj-meta" aria-busy="true">Die Kennzahlen werden geladen</p>`,
        complete: (catalogue) => this.#groups(catalogue),
        error: (error) => {
          if (error instanceof RequestProblem && error.status === 401) return nothing
          return problemAlert({
            title: 'Die Kennzahlen sind gerade nicht abrufbar',
            text: 'Nichts ist verloren.',
            retry: () => void this.#catalogue.run(),
          })
        },
      })}
    `
  }

  #groups({ figures: all }: Catalogue) {
    const figures = matching(all, this.wanted)
    const groups = [...new Set(figures.map(({ group }) => group))]
    return html`
      <form class="sj-catalogue__search sj-no-print" role="search" @submit=${(event: Event) => event.preventDefault()}>
        <div class="kern-form-input">
          <label class="kern-label" for="suche">Kennzahl suchen</label>
          <input
            class="kern-form-input__input"
            id="suche"
            type="search"
            maxlength="80"
            autocomplete="off"
            spellcheck="false"
            aria-describedby="treffer"
            .value=${this.wanted}
            @input=${(event: Event) => this.#look((event.target as HTMLInputElement).value)}
          />
        </div>
        <p class="sj-meta" id="treffer" role="status">${hitsText(figures.length, all.length)}</p>
      </form>
      ${
        figures.length === 0
          ? html`<p class="sj-empty">
              Keine Kennzahl enthält „${this.wanted.trim()}“ in Namen, Gruppe oder Definition.
              <button type="button" class="sj-link" @click=${() => this.#showAll()}>Alle Kennzahlen zeigen</button>
            </p>`
          : this.#found(figures, groups)
      }
    `
  }

  #showAll() {
    this.#look('')
    this.querySelector<HTMLElement>('#suche')?.focus()
  }

  #found(figures: KeyFigure[], groups: string[]) {
    return html`
      <div class="sj-catalogue">
        <nav class="sj-catalogue__index sj-no-print" aria-label="Kennzahlen">
          ${groups.map(
            (group) => html`
              <p id="index-${group}">${group}</p>
              <ul aria-labelledby="index-${group}">
                ${figures
                  .filter((figure) => figure.group === group)
                  .map(({ name, label }) => html`<li><a class="sj-link" href="#${name}">${label}</a></li>`)}
              </ul>
            `,
          )}
        </nav>
        <div>${groups.map((group) => this.#group(group, figures))}</div>
      </div>
    `
  }

  #group(group: string, figures: KeyFigure[]) {
    return html`
      <section class="sj-catalogue__group" aria-labelledby="group-${group}">
        <h2 id="group-${group}">${group}</h2>
        ${figures.filter((figure) => figure.group === group).map((figure) => this.#figure(figure))}
      </section>
    `
  }

  #figure(figure: KeyFigure) {
    const terms: [string, string][] = [
      ['Zähler', figure.numerator],
      ['Nenner', figure.denominator ?? 'keiner'],
      ['Summe', figure.totals],
      ['Laufender Monat', figure.flow ? 'wird gezeigt, steht aber in keinem Durchschnitt' : 'zählt, wie bis zu seinem Ende geplant'],
      ['Spezialisierung', figure.by_specialisation ? 'wählbar' : 'nicht sinnvoll (x)'],
      ['Richtung', betterTexts[figure.better]],
      ['Grundlage', figure.legal_basis],
      ['Quelle', figure.source],
    ]
    return html`
      <article class="sj-catalogue__figure" id=${figure.name} aria-labelledby="title-${figure.name}">
        <h3 class="sj-h2" id="title-${figure.name}">${figure.label}</h3>
        <p>${figure.definition}</p>
        ${termList(terms.map(([term, text]) => ({ term, text })))}
        <p class="sj-no-print">
          <a class="sj-link" href="${comparisonPath}${writeChoice({ figure: figure.name })}">${figure.label} vergleichen</a>
        </p>
      </article>
    `
  }
}

customElements.define('sj-catalogue-page', CataloguePage)
