import { Task } from '@lit/task'
import { html, LitElement, nothing } from 'lit'
import { type DossierQuery, getFacilityFiles, getOfferDossier, type Offer, type OfferDossier } from '../../client.ts'
import { dateText, moneyText } from '../../format.ts'
import { term } from '../case-manager/terms.ts'
import { dossierProblem, facilityTerms, paperTerms, providerTerms } from './dossier-terms.ts'
import { costText, distanceText } from './help-selection.ts'
import { mapCredit, placeMap } from './offer-map.ts'

const mapWidth = 240

/** What is to be known of the offer chosen before a place is reserved: facility, provider, papers, and all that it will cost. */
export class OfferDossierView extends LitElement {
  static override properties = { offer: { attribute: false }, query: { attribute: false }, budget: { attribute: false } }
  declare offer: Offer
  declare query: DossierQuery
  /** What is left of the budget, in words. */
  declare budget: string

  readonly #dossier = new Task(this, {
    args: () => [this.offer.offer_id, JSON.stringify(this.query)] as const,
    task: ([id, query], { signal }) => getOfferDossier(id, JSON.parse(query) as DossierQuery, signal),
  })

  readonly #map = new Task(this, {
    args: () => [this.offer.facility_id] as const,
    task: () => placeMap(this.offer, mapWidth),
  })

  readonly #files = new Task(this, {
    args: () => [this.offer.facility_id] as const,
    task: ([id], { signal }) => getFacilityFiles(id, signal),
  })

  protected override createRenderRoot() {
    return this
  }

  override render() {
    return html`
      <section class="sj-dossier" aria-label="Angaben zu ${this.offer.facility_name}">
        ${this.#dossier.render({
          pending: () => html`<p class="sj-meta" aria-busy="true">Die Angaben werden geladen</p>`,
          complete: (dossier) => this.#content(dossier),
          error: () => dossierProblem(() => this.#dossier.run()),
        })}
      </section>
    `
  }

  #content(dossier: OfferDossier) {
    return html`
      <div class="sj-dossier__parts">
        <dl class="sj-terms">${facilityTerms(dossier)}</dl>
        <dl class="sj-terms">
          ${providerTerms(dossier)} ${this.#costs(dossier)} ${this.budget ? term('Restbudget', this.budget) : nothing}
        </dl>
      </div>
      <dl class="sj-terms">${this.#place(dossier)} ${this.#files.value ? paperTerms(this.#files.value) : nothing}</dl>
    `
  }

  #place({ facility }: OfferDossier) {
    const { town, distance_km } = this.offer
    const where = [town ?? facility.authority_name, ...(distance_km === null ? [] : [`${distanceText(distance_km)} entfernt`])].join(', ')
    const map = this.#map.value
    return term('Lage', map ? html`${where} <span class="sj-dossier__map">${map}</span> <small>${mapCredit}</small>` : where)
  }

  #costs({ has_pocket_money, pocket_money }: OfferDossier) {
    const { planned_cents } = this.offer
    const planned = term('Soll-Entgelt', costText(this.offer))
    if (!has_pocket_money || planned_cents === null) return planned
    if (pocket_money === null) {
      const why = this.query.case_id
        ? 'Für das Land der Einrichtung ist kein Barbetrag hinterlegt.'
        : 'Richtet sich nach dem Alter: bitte einen Fall wählen.'
      return html`${planned} ${term('Taschengeld', why)}`
    }
    const { monthly_cents, total_cents, valid_from, source } = pocket_money
    return html`
      ${planned}
      ${term(
        'Taschengeld',
        html`${moneyText(total_cents)}
          <small
            >zu Beginn ${moneyText(monthly_cents)} im Monat (§ 39 Abs. 2 SGB VIII), Tabelle ab ${dateText(valid_from)}: ${source}</small
          >`,
      )}
      ${term('Soll-Kosten insgesamt', html`<b>${moneyText(planned_cents + total_cents)}</b>`)}
    `
  }
}

customElements.define('sj-offer-dossier', OfferDossierView)
