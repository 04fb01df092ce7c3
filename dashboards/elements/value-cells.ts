import { Task, TaskStatus } from '@lit/task'
import { html, LitElement, nothing } from 'lit'
import type { Behind } from '../behind.ts'
import {
  type BookingSummary,
  type Distribution,
  type Explanation as Cells,
  getBookingSummary,
  getDistribution,
  getExplanation,
  type KeyFigure,
} from '../client.ts'
import { partTexts } from '../explanation.ts'
import { moneyText, numberText, percentText, shortMonthText } from '../format.ts'
import { pickOf, pickText } from '../middle.ts'
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
    args: () => [this.wanted ? this.#key : undefined, this.dataAsOf] as const,
    task: async ([key], { signal }) => {
      if (key === undefined) return undefined
      const { query, values } = JSON.parse(key) as Pick<Behind, 'query' | 'values'>
      // what an order statistic of one month rests on are values, not cells
      const [answer, own, told] = await Promise.all([
        values ? undefined : getExplanation(query!, signal),
        values && 'own' in values ? getBookingSummary(values.own, signal) : undefined,
        values && 'told' in values ? getDistribution(values.told, signal) : undefined,
      ])
      return { key, answer, own, told }
    },
  })

  get #key() {
    const { query, values } = this.behind
    return query && JSON.stringify({ query, values })
  }

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
    if (loaded === undefined || loaded.key !== this.#key) return html`<p aria-busy="true"><i class="sj-skeleton sj-skeleton--text"></i></p>`
    const { answer, own, told } = loaded
    const { values } = this.behind
    return html`${answer ? this.#table(answer) : nothing} ${own ? this.#own(own) : nothing}
    ${told && values && 'told' in values ? this.#told(told, values.row) : nothing}`
  }

  /** Which bookings have the value, of all there are. */
  #own({ rates, days }: BookingSummary) {
    const { figure, behind } = this
    const durations = figure.unit === 'days'
    const said = pickText(
      pickOf(figure.name)!,
      durations ? days : rates,
      durations ? (value) => `${numberText(value)} Tage` : (value) => moneyText(value),
    )
    if (said === undefined) return nothing
    const href = behind.month === undefined ? undefined : behind.linesHref?.(behind.month)
    return html`<p>${said} ${href ? html`<a class="sj-link" href=${href}>Wie viele Buchungen welchen Wert haben</a>` : nothing}</p>`
  }

  /** How the values lie, as far as the distribution tells. */
  #told({ rows, total, unit, digits }: Distribution, key: string) {
    const curve = key === 'total' ? total : rows.find(({ id }) => id === key)
    const steps = (curve?.values.length ?? 0) - 1
    if (!curve || steps < 1) return html`<p>Wie die Werte dahinter liegen, sagt der Schutz kleiner Zahlen hier nicht.</p>`
    const every = steps % 4 === 0 ? steps / 4 : 1
    const shown = curve.values.map((value, step) => ({ value, step })).filter(({ step }) => step % every === 0)
    return html`<table class="sj-table">
      <caption class="kern-sr-only">
        Verteilung der Entgelte
      </caption>
      <thead>
        <tr>
          <th scope="col">Anteil, der höchstens so viel kostet</th>
          <th scope="col" class="sj-num">Entgelt</th>
        </tr>
      </thead>
      <tbody>
        ${shown.map(
          ({ value, step }) => html`
            <tr>
              <th scope="row">${step === 0 ? 'kleinstes' : step === steps ? 'größtes' : percentText(step / steps, 0)}</th>
              <td class="sj-num">${twinText(twinValue(value, null, { unit, digits }))}</td>
            </tr>
          `,
        )}
      </tbody>
    </table>`
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
