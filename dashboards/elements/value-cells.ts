import { Task, TaskStatus } from '@lit/task'
import { html, LitElement, nothing } from 'lit'
import type { Behind } from '../behind.ts'
import { type Explanation as Cells, getExplanation, type KeyFigure } from '../client.ts'
import { partTexts } from '../explanation.ts'
import { numberText, shortMonthText } from '../format.ts'
import { twinText, twinValue } from './table-twin.ts'

/** "Wie sie berechnet ist": the cells behind the chosen value, asked for when somebody wants to know. */
export class ValueCells extends LitElement {
  static override properties = {
    behind: { attribute: false },
    figure: { attribute: false },
    dataAsOf: { attribute: false },
    wanted: { state: true },
  }
  declare behind: Behind
  declare figure: KeyFigure
  /** Of the value: what is newer there is newer here. */
  declare dataAsOf: string
  declare wanted: boolean

  readonly #cells = new Task(this, {
    args: () => [this.wanted && this.behind.query ? JSON.stringify(this.behind.query) : undefined, this.dataAsOf] as const,
    task: async ([key], { signal }) =>
      key === undefined ? undefined : { key, answer: await getExplanation(JSON.parse(key) as NonNullable<Behind['query']>, signal) },
  })

  constructor() {
    super()
    this.wanted = false
  }

  protected override createRenderRoot() {
    return this
  }

  override render() {
    return html`
      <details
        class="sj-cells sj-no-print"
        ?open=${this.wanted}
        @toggle=${(event: Event) => (this.wanted = (event.target as HTMLDetailsElement).open)}
      >
        <summary>Wie die Zahl berechnet ist</summary>
        ${this.wanted ? this.#body() : nothing}
      </details>
    `
  }

  #body() {
    if (this.#cells.status === TaskStatus.ERROR) {
      return html`<p class="sj-meta">
        Die Monatswerte sind gerade nicht abrufbar.
        <button type="button" class="sj-link" @click=${() => void this.#cells.run()}>Erneut versuchen</button>
      </p>`
    }
    const loaded = this.#cells.value
    if (loaded?.key !== JSON.stringify(this.behind.query))
      return html`<p aria-busy="true"><i class="sj-skeleton sj-skeleton--text"></i></p>`
    return this.#table(loaded.answer)
  }

  #table(answer: Cells) {
    const { linesHref, results } = this.behind
    const { months } = answer
    const quotients = months.some(({ denominator }) => denominator !== null)
    const counted = months.some(({ cases }) => cases !== null)
    return html`
      <table class="sj-table">
        <caption class="kern-sr-only">
          Monatswerte hinter der Zahl
        </caption>
        <thead>
          <tr>
            <th scope="col">Monat</th>
            ${quotients ? html`<th scope="col" class="sj-num">Zähler ÷ Nenner</th>` : nothing}
            <th scope="col" class="sj-num">Wert</th>
            ${counted ? html`<th scope="col" class="sj-num">Fälle</th>` : nothing}
          </tr>
        </thead>
        <tbody>
          ${months.map(({ month, value, sign, cases, ...parts }) => {
            const name = shortMonthText(month)
            const href = value === null ? undefined : linesHref?.(month)
            return html`
              <tr>
                <th scope="row" class="sj-nowrap">
                  ${href ? html`<a class="sj-link" href=${href} aria-label="Buchungen im ${name}">${name}</a>` : name}
                </th>
                ${quotients ? html`<td class="sj-num sj-cells__parts">${this.#parts(parts, answer)}</td>` : nothing}
                <td class="sj-num">${twinText(twinValue(value, sign, answer))}</td>
                ${counted ? html`<td class="sj-num">${cases === null ? '' : numberText(cases)}</td>` : nothing}
              </tr>
            `
          })}
          ${results.map(
            ({ label, text }) => html`
              <tr class="sj-cells__result">
                <th scope="row">${label}</th>
                ${quotients ? html`<td></td>` : nothing}
                <td class="sj-num">${text}</td>
                ${counted ? html`<td></td>` : nothing}
              </tr>
            `,
          )}
        </tbody>
      </table>
    `
  }

  #parts({ numerator, denominator }: { numerator: number | null; denominator: number | null }, { unit }: Cells) {
    if (numerator === null || denominator === null) return ''
    const texts = partTexts({ numerator, denominator }, { group: this.figure.group, unit })
    return html`<span class="sj-nowrap">${texts.numerator} ÷</span> <span class="sj-nowrap">${texts.denominator}</span>`
  }
}

customElements.define('sj-value-cells', ValueCells)
