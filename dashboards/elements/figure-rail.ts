import { html, LitElement, nothing } from 'lit'
import type { Explanation } from '../explanation.ts'
import { termList } from './term-list.ts'
import './figure-rail.css'

/** "Was die Zahl bedeutet": the chosen value, term by term. */
export class FigureRail extends LitElement {
  static override properties = { explanation: { attribute: false }, catalogue: { attribute: false } }
  declare explanation: Explanation | undefined
  /** Address of the figure in the catalogue. */
  declare catalogue: string

  protected override createRenderRoot() {
    return this
  }

  override render() {
    const { explanation } = this
    return html`
      <section class="sj-explain" aria-labelledby="bedeutung">
        <h2 class="sj-h2" id="bedeutung">Was die Zahl bedeutet</h2>
        ${
          explanation
            ? html`
                <p class="sj-explain__cell" aria-live="polite">
                  <span>${explanation.where}</span>
                  <b
                    >${explanation.value}${explanation.unit.length <= 4 && explanation.unit ? html` <small>${explanation.unit}</small>` : nothing}</b
                  >
                </p>
                ${termList(explanation.terms)}
                <p class="sj-no-print"><a class="sj-link" href=${this.catalogue}>Alle Kennzahlen und ihre Definitionen</a></p>
              `
            : html`<p class="sj-explain__cell"><i class="sj-skeleton"></i></p>`
        }
      </section>
    `
  }
}

customElements.define('sj-figure-rail', FigureRail)
