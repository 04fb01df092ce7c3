import { Task } from '@lit/task'
import { html, LitElement, nothing } from 'lit'
import { type DossierQuery, getFacilityFiles, getOfferDossier } from '../../client.ts'
import { dossierProblem, facilityTerms, paperTerms, providerTerms } from '../selection/dossier-terms.ts'

/** Where a help takes place: whom to call, the papers and the photos, loaded when somebody opens it. */
export class HelpPlace extends LitElement {
  static override properties = { offerId: {}, facilityId: {}, query: { attribute: false }, opened: { state: true } }
  declare offerId: string
  declare facilityId: string
  declare query: DossierQuery
  declare opened: boolean

  readonly #place = new Task(this, {
    args: () => [this.offerId, this.facilityId, this.opened] as const,
    task: async ([offer_id, facility_id, opened], { signal }) => {
      if (!opened) return undefined
      const [dossier, files] = await Promise.all([getOfferDossier(offer_id, this.query, signal), getFacilityFiles(facility_id, signal)])
      return { dossier, files }
    },
  })

  constructor() {
    super()
    this.opened = false
  }

  protected override createRenderRoot() {
    return this
  }

  override render() {
    return html`
      <details @toggle=${(event: Event) => (this.opened = (event.target as HTMLDetailsElement).open)}>
        <summary class="sj-link">Kontakt, Papiere und Fotos</summary>
        ${this.#place.render({
          pending: () => html`<p class="sj-meta" aria-busy="true">Die Angaben werden geladen</p>`,
          complete: (place) =>
            place
              ? html`<dl class="sj-terms">${facilityTerms(place.dossier)} ${providerTerms(place.dossier)} ${paperTerms(place.files)}</dl>`
              : nothing,
          error: () => dossierProblem(() => this.#place.run()),
        })}
      </details>
    `
  }
}

customElements.define('sj-help-place', HelpPlace)
