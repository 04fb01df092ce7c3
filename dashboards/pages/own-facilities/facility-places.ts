import { html, LitElement, nothing } from 'lit'
import { blockPlaces, freePlaces, type OwnOffer } from '../../client.ts'
import { faultSummary, textField } from '../../elements/form-fields.ts'
import { Sending } from '../../elements/sending.ts'
import { selectField } from '../../elements/select-field.ts'
import { dateText, numberText } from '../../format.ts'
import type { BlockReason } from '../../../transactional/vocabulary.ts'

const reasonLabels: [BlockReason, string][] = [
  ['blocked', 'Nicht belegbar'],
  ['taken_outside', 'Außerhalb des Systems belegt'],
]
const labels = { places: 'Plätze', reason: 'Grund', first_day: 'Vom', last_day: 'Bis' } as const
type Name = keyof typeof labels
type Entry = Record<Name, string>

const placesText = (places: number) => `${numberText(places)} ${places === 1 ? 'Platz' : 'Plätze'}`
const periodText = ({ first_day, last_day }: OwnOffer['blocks'][number]) =>
  last_day === null ? `ab ${dateText(first_day)}` : `${dateText(first_day)} bis ${dateText(last_day)}`

/** The places of a facility's offers: free, and kept back by the provider. Tells `sj-places-opened`, and `sj-places-changed` with what was done. */
export class FacilityPlaces extends LitElement {
  static override properties = {
    offers: { attribute: false },
    chosen: { state: true },
    entry: { state: true },
  }
  declare offers: OwnOffer[]
  /** The offer of which places are being blocked. */
  declare chosen: string | undefined
  declare entry: Entry
  readonly #sending = new Sending(this)

  protected override createRenderRoot() {
    return this
  }

  async #choose(offer: OwnOffer | undefined) {
    const before = this.chosen
    this.chosen = offer?.id
    this.entry = { places: '1', reason: 'blocked', first_day: '', last_day: '' }
    this.#sending.clear()
    if (offer) this.dispatchEvent(new Event('sj-places-opened', { bubbles: true }))
    await this.updateComplete
    this.querySelector<HTMLElement>(offer ? '#places' : `[data-offer="${before}"]`)?.focus()
  }

  #attempt(act: (key: string) => Promise<string>) {
    return this.#sending.send(async (key) => {
      this.dispatchEvent(new CustomEvent('sj-places-changed', { detail: await act(key), bubbles: true }))
      return ''
    })
  }

  #block(event: SubmitEvent, offer: OwnOffer) {
    event.preventDefault()
    const { places, reason, first_day, last_day } = this.entry
    return this.#attempt(async (key) => {
      const wanted = { places: Number(places), reason: reason as BlockReason, first_day, last_day: last_day || null }
      await blockPlaces({ offer_id: offer.id, ...wanted }, key)
      await this.#choose(undefined)
      return `Gesperrt: ${placesText(wanted.places)}.`
    })
  }

  override render() {
    return html`
      <ul class="sj-places">
        ${this.offers.map((offer) => this.#offer(offer))}
      </ul>
    `
  }

  #offer(offer: OwnOffer) {
    const { id, legal_basis, service_kind_label, capacity, free_places, blocks } = offer
    const name = `${legal_basis.replace(' SGB VIII', '')} ${service_kind_label}`
    return html`
      <li>
        <p>
          <b>${name}</b><br />
          <span class="sj-meta">${numberText(free_places)} von ${placesText(capacity)} heute frei</span>
        </p>
        ${
          blocks.length > 0
            ? html`<ul class="sj-places__blocks">
                ${blocks.map(
                  (block) => html`
                    <li>
                      <span>${placesText(block.places)}, ${new Map(reasonLabels).get(block.reason)}, ${periodText(block)}</span>
                      <button
                        type="button"
                        class="sj-link sj-no-print"
                        aria-label="Freigeben: ${placesText(block.places)}, ${name}, ${periodText(block)}"
                        @click=${() =>
                          void this.#attempt(async () => {
                            await freePlaces(block.id)
                            return `Wieder frei: ${placesText(block.places)}.`
                          })}
                      >
                        Freigeben
                      </button>
                    </li>
                  `,
                )}
              </ul>`
            : nothing
        }
        ${this.chosen === id ? this.#form(offer, name) : this.#opener(offer, name)}
      </li>
    `
  }

  #opener(offer: OwnOffer, name: string) {
    return html`
      ${this.chosen === undefined ? faultSummary({ refusal: this.#sending.refusal, faults: {}, labels }) : nothing}
      <button
        type="button"
        class="sj-link sj-no-print"
        data-offer=${offer.id}
        aria-label="Plätze sperren: ${name}"
        @click=${() => void this.#choose(offer)}
      >
        Plätze sperren
      </button>
    `
  }

  #form(offer: OwnOffer, name: string) {
    const { entry } = this
    const { faults, refusal } = this.#sending
    const entered = (field: Name) => (value: string) => (this.entry = { ...this.entry, [field]: value })
    const field = (of: Exclude<Name, 'reason'>, more: { optional?: boolean; hint?: string } = {}) =>
      textField({
        name: of,
        label: labels[of],
        type: of === 'places' ? 'text' : 'date',
        autocomplete: 'off',
        value: entry[of],
        faults,
        entered: entered(of),
        ...more,
      })
    return html`
      <form
        class="sj-form"
        novalidate
        aria-label="Plätze sperren: ${name}"
        @submit=${(event: SubmitEvent) => void this.#block(event, offer)}
      >
        ${faultSummary({ refusal, faults, labels })} ${field('places')}
        ${selectField({ name: 'reason', label: labels.reason, value: entry.reason, options: reasonLabels, faults, chosen: entered('reason') })}
        ${field('first_day')} ${field('last_day', { optional: true, hint: 'Leer: bis Sie die Plätze wieder freigeben.' })}
        <div class="sj-form__buttons">
          <button type="submit" class="kern-btn kern-btn--primary"><span class="kern-label">Sperren</span></button>
          <button type="button" class="kern-btn kern-btn--secondary" @click=${() => void this.#choose(undefined)}>
            <span class="kern-label">Abbrechen</span>
          </button>
        </div>
      </form>
    `
  }
}

customElements.define('sj-facility-places', FacilityPlaces)
