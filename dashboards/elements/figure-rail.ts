import { html, LitElement, nothing } from 'lit'
import type { Behind } from '../behind.ts'
import type { KeyFigure } from '../client.ts'
import type { Explanation } from '../explanation.ts'
import { termList } from './term-list.ts'
import './value-cells.ts'
import './figure-rail.css'

/** "Was die Zahl bedeutet": the chosen value, term by term. */
export class FigureRail extends LitElement {
  static override properties = {
    explanation: { attribute: false },
    behind: { attribute: false },
    figure: { attribute: false },
    dataAsOf: { attribute: false },
    catalogue: { attribute: false },
    copied: { state: true },
  }
  declare explanation: Explanation | undefined
  declare behind: Behind | undefined
  declare figure: KeyFigure | undefined
  declare dataAsOf: string
  /** Address of the figure in the catalogue. */
  declare catalogue: string
  /** The address that was copied, or that could not be. */
  declare copied: { address: string; said: string } | undefined

  protected override createRenderRoot() {
    return this
  }

  async #copy(address: string) {
    try {
      await navigator.clipboard.writeText(new URL(address, location.href).href)
      this.copied = { address, said: 'Kopiert.' }
    } catch {
      this.copied = { address, said: 'Der Browser erlaubt das Kopieren nicht.' }
    }
  }

  #behind({ query, linesHref, linesName, unlisted, month, address, follows }: Behind) {
    return html`
      ${
        query && this.figure
          ? html`<sj-value-cells .behind=${this.behind!} .figure=${this.figure} .dataAsOf=${this.dataAsOf}></sj-value-cells>`
          : nothing
      }
      <ul class="sj-explain__ways sj-no-print">
        ${linesHref && month !== undefined ? html`<li><a class="sj-link" href=${linesHref(month)}>${linesName}</a></li>` : nothing}
        ${unlisted ? html`<li>${unlisted}</li>` : nothing}
        <li>
          <a class="sj-link" href=${address}>Link zu dieser Zahl</a>
          <button type="button" class="sj-link" @click=${() => this.#copy(address)}>kopieren</button>
          <span role="status">${this.copied?.address === address ? this.copied.said : nothing}</span>
          ${follows ? html`<span class="sj-meta">zeigt immer den neuesten Stand; für eine feste Zahl: „Stand festhalten“</span>` : nothing}
        </li>
        <li><a class="sj-link" href=${this.catalogue}>Alle Kennzahlen und ihre Definitionen</a></li>
      </ul>
    `
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
                ${termList(explanation.terms)} ${this.behind ? this.#behind(this.behind) : nothing}
              `
            : html`<p class="sj-explain__cell"><i class="sj-skeleton"></i></p>`
        }
      </section>
    `
  }
}

customElements.define('sj-figure-rail', FigureRail)
