import { Task } from '@lit/task'
import { html, LitElement, nothing } from 'lit'
import { getOwnFacilities, getOwnOffers, keepDossier, type OwnFacility, type Session } from '../../client.ts'
import { faultSummary, textField } from '../../elements/form-fields.ts'
import { Sending } from '../../elements/sending.ts'
import { printLine, viewProblem } from '../../elements/view-lines.ts'
import { dateText } from '../../format.ts'
import { term } from '../case-manager/terms.ts'
import './facility-files.ts'
import type { FacilityPlaces } from './facility-places.ts'
import './facility-places.ts'
import './own-facilities-page.css'

const dates = {
  operating_licence_on: 'Betriebserlaubnis vom (§ 45 SGB VIII)',
  service_description_on: 'Leistungsbeschreibung vom',
  agreement_on: 'LEQ-Vereinbarung vom',
} as const
const numbers = { operating_days_week: 'Öffnungstage je Woche', operating_days_year: 'Öffnungstage im Jahr' } as const
const labels = { ...dates, ...numbers }
type Name = keyof typeof labels
const names = Object.keys(labels) as Name[]
type Entry = Record<Name, string>

const dayOr = (day: string | null) => (day === null ? 'keine Angabe' : dateText(day))
const entryOf = (facility: OwnFacility): Entry =>
  Object.fromEntries(names.map((name) => [name, facility[name] === null ? '' : String(facility[name])])) as Entry

/** Anbieter / Einrichtungen: what youth offices read of a facility before they reserve. */
export class OwnFacilitiesPage extends LitElement {
  static override properties = {
    session: { attribute: false },
    chosen: { state: true },
    entry: { state: true },
  }
  declare session: Session
  /** Id of the facility being changed. */
  declare chosen: string | undefined
  declare entry: Entry | undefined
  readonly #sending = new Sending(this)

  readonly #facilities = new Task(this, {
    args: () => [this.session.user_name] as const,
    task: (_, { signal }) => getOwnFacilities(signal),
  })
  readonly #offers = new Task(this, {
    args: () => [this.session.user_name] as const,
    task: (_, { signal }) => getOwnOffers(signal),
  })

  protected override createRenderRoot() {
    return this
  }

  async #choose(facility: OwnFacility | undefined) {
    const before = this.chosen
    this.chosen = facility?.id
    this.entry = facility && entryOf(facility)
    this.#sending.clear()
    await this.updateComplete
    this.querySelector<HTMLElement>(facility ? '#operating_licence_on' : `[data-facility="${before}"]`)?.focus()
  }

  #keep(event: SubmitEvent, facility: OwnFacility, entry: Entry) {
    event.preventDefault()
    const day = (name: keyof typeof dates) => entry[name] || null
    return this.#sending.send(async () => {
      await keepDossier(facility.id, {
        operating_licence_on: day('operating_licence_on'),
        service_description_on: day('service_description_on'),
        agreement_on: day('agreement_on'),
        operating_days_week: Number(entry.operating_days_week),
        operating_days_year: Number(entry.operating_days_year),
      })
      await this.#facilities.run()
      await this.#choose(undefined)
      return `Gespeichert: ${facility.name}.`
    })
  }

  override render() {
    return html`
      <h1 class="sj-h1">Einrichtungen</h1>
      <p class="sj-lead">Was Jugendämter von Ihren Einrichtungen lesen, bevor sie einen Platz reservieren, und welche Plätze sie finden.</p>
      ${printLine(this.session)}
      <p class="sj-meta" role="status">${this.#sending.said}</p>
      ${this.#facilities.render({
        pending: () =>
          this.#facilities.value
            ? this.#list(this.#facilities.value)
            : html`<p class="sj-meta" aria-busy="true">Die Einrichtungen werden geladen</p>`,
        complete: (facilities) => this.#list(facilities),
        error: (error) => viewProblem(error, { dataAsOf: undefined, retry: () => void this.#facilities.run() }),
      })}
    `
  }

  #list(facilities: OwnFacility[]) {
    if (facilities.length === 0) return html`<p class="sj-empty">Für Ihren Träger ist noch keine Einrichtung erfasst.</p>`
    return html`
      ${this.#offers.error ? viewProblem(this.#offers.error, { dataAsOf: undefined, retry: () => void this.#offers.run() }) : nothing}
      <div
        class="sj-facilities"
        @sj-places-opened=${({ target }: Event) => {
          for (const other of this.querySelectorAll<FacilityPlaces>('sj-facility-places')) if (other !== target) other.chosen = undefined
        }}
        @sj-places-changed=${({ detail }: CustomEvent<string>) => {
          this.#sending.say(detail)
          void this.#offers.run()
        }}
      >
        ${facilities.map((facility) => this.#facility(facility))}
      </div>
    `
  }

  #facility(facility: OwnFacility) {
    const { id, name, town } = facility
    return html`
      <section aria-labelledby="facility-${id}">
        <h2 class="sj-h2" id="facility-${id}">${name}${town ? html` <small class="sj-meta">${town}</small>` : nothing}</h2>
        ${this.chosen === id && this.entry ? this.#form(facility, this.entry) : this.#shown(facility)}
      </section>
    `
  }

  #shown(facility: OwnFacility) {
    return html`
      <dl class="sj-terms">
        ${(Object.keys(dates) as (keyof typeof dates)[]).map((name) => term(dates[name], dayOr(facility[name])))}
        ${term('Öffnungstage', `${facility.operating_days_week} je Woche, ${facility.operating_days_year} im Jahr`)}
      </dl>
      <p class="sj-no-print">
        <button
          type="button"
          class="sj-link"
          data-facility=${facility.id}
          aria-label="Angaben ändern: ${facility.name}"
          @click=${() => void this.#choose(facility)}
        >
          Angaben ändern
        </button>
      </p>
      <sj-facility-places
        .offers=${this.#offers.value?.filter(({ facility_id }) => facility_id === facility.id) ?? []}
      ></sj-facility-places>
      <sj-facility-files .facility=${facility}></sj-facility-files>
    `
  }

  #form(facility: OwnFacility, entry: Entry) {
    const { faults, refusal } = this.#sending
    return html`
      <form
        class="sj-form"
        novalidate
        aria-labelledby="facility-${facility.id}"
        @submit=${(event: SubmitEvent) => void this.#keep(event, facility, entry)}
      >
        ${faultSummary({ refusal, faults, labels })}
        ${names.map((name) =>
          textField({
            name,
            label: labels[name],
            type: name in dates ? 'date' : 'text',
            autocomplete: 'off',
            value: entry[name],
            faults,
            entered: (value) => (this.entry = { ...entry, ...this.entry, [name]: value }),
          }),
        )}
        <div class="sj-form__buttons">
          <button type="submit" class="kern-btn kern-btn--primary"><span class="kern-label">Speichern</span></button>
          <button type="button" class="kern-btn kern-btn--secondary" @click=${() => void this.#choose(undefined)}>
            <span class="kern-label">Abbrechen</span>
          </button>
        </div>
      </form>
    `
  }
}

customElements.define('sj-own-facilities-page', OwnFacilitiesPage)
