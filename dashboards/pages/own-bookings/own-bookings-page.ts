import { Task } from '@lit/task'
import { html, LitElement, nothing } from 'lit'
import { getOwnBookings, getOwnFacilities, type OwnBooking, RequestProblem, type Session } from '../../client.ts'
import { choiceIn } from '../../choice.ts'
import { selectField } from '../../elements/select-field.ts'
import { printLine, viewProblem } from '../../elements/view-lines.ts'
import { berlinDay, dateText, numberText } from '../../format.ts'
import { Navigate } from '../../navigation.ts'
import { onReturn } from '../../on-return.ts'
import { goalStateLabels } from '../case-manager/care-plan/care-plan-words.ts'
import { helpText, weeklyText } from '../case-manager/reservation-words.ts'
import { term } from '../case-manager/terms.ts'
import './own-bookings-page.css'

const { read, write } = choiceIn(['facility'])
type Shown = { items: OwnBooking[]; next_cursor: string | null }

const placedText = (booking: OwnBooking) => [helpText(booking), booking.facility_name].filter((part) => part !== null).join(', ')

const contact = ({ authority_name, office, street, town, telephone, email, caseworker }: OwnBooking) => html`
  ${caseworker === null ? nothing : html`<b>${caseworker}</b><br />`}
  ${[authority_name, office, [street, town].filter(Boolean).join(', ')].filter(Boolean).join(', ')}
  ${telephone ? html`<br />Telefon <a class="sj-link" href="tel:${telephone.replace(/[^+\d]/g, '')}">${telephone}</a>` : nothing}
  ${email ? html`<br /><a class="sj-link" href="mailto:${email}">${email}</a>` : nothing}
`

/** Anbieter / Gebuchte Hilfen: whom the provider takes in, whom it may ask, and the goals released to it. */
export class OwnBookingsPage extends LitElement {
  static override properties = {
    session: { attribute: false },
    search: { attribute: false },
    more: { state: true },
    said: { state: true },
  }
  declare session: Session
  declare search: string
  /** Those beyond the first page. */
  declare more: (Shown & { of: Shown }) | undefined
  declare said: string

  readonly #first = new Task(this, {
    args: () => [this.#facility, this.session.user_name] as const,
    task: ([facility_id], { signal }) => getOwnBookings({ facility_id }, signal),
  })
  readonly #facilities = new Task(this, {
    args: () => [this.session.user_name] as const,
    task: (_, { signal }) => getOwnFacilities(signal),
  })

  constructor() {
    super()
    this.search = ''
    this.said = ''
    onReturn(this, () => void this.#first.run())
  }

  protected override createRenderRoot() {
    return this
  }

  get #facility() {
    return read(this.search).facility
  }

  async #fetchMore(of: Shown, cursor: string) {
    const before = this.more?.of === of ? this.more.items : []
    try {
      const { items, next_cursor } = await getOwnBookings({ facility_id: this.#facility, cursor })
      this.more = { of, items: [...before, ...items], next_cursor }
      this.said = ''
      await this.updateComplete
      this.querySelectorAll<HTMLElement>('.sj-taken h2')[of.items.length + before.length]?.focus()
    } catch (problem) {
      if (!(problem instanceof RequestProblem)) throw problem
      this.said = problem.message
    }
  }

  override render() {
    const first = this.#first.value
    return html`
      <h1 class="sj-h1">Gebuchte Hilfen</h1>
      <p class="sj-lead">
        Was Sie von gebuchten Hilfen wissen müssen: um wen es geht und wen Sie im Jugendamt fragen können. Nach dem Ende sehen Sie es nur
        noch bis zum genannten Tag.
      </p>
      ${printLine(this.session)} ${this.#chooser()}
      <p class="sj-meta" role="status">${this.said}</p>
      ${this.#first.error ? viewProblem(this.#first.error, { dataAsOf: undefined, retry: () => void this.#first.run() }) : nothing}
      ${first ? this.#list(first) : this.#first.error ? nothing : html`<p class="sj-meta" aria-busy="true">Die Hilfen werden geladen</p>`}
    `
  }

  #chooser() {
    const facilities = this.#facilities.value ?? []
    if (facilities.length < 2) return nothing
    return html`<div class="sj-taken__choice sj-no-print">
      ${selectField({
        name: 'facility',
        label: 'Einrichtung',
        options: [['', 'Alle'], ...facilities.map(({ id, name }): [string, string] => [id, name])],
        value: this.#facility ?? '',
        chosen: (facility) => this.dispatchEvent(new Navigate(location.pathname + write({ facility }), { replace: true })),
      })}
    </div>`
  }

  #list(first: Shown) {
    const more = this.more?.of === first ? this.more : { items: [], next_cursor: first.next_cursor }
    const { next_cursor } = more
    const shown = [...first.items, ...more.items]
    if (shown.length === 0) return html`<p class="sj-empty">Bei Ihnen ist zurzeit keine Hilfe gebucht.</p>`
    return html`
      ${shown.map((booking) => this.#booking(booking))}
      ${
        next_cursor === null
          ? nothing
          : html`<p class="sj-no-print">
              <button type="button" class="sj-link" @click=${() => void this.#fetchMore(first, next_cursor)}>Weitere anzeigen</button>
              <span class="sj-meta">${numberText(shown.length)} gezeigt, zuletzt begonnene zuerst</span>
            </p>`
      }
    `
  }

  #booking(booking: OwnBooking) {
    const { id, given_name, family_name, birth_date, first_day, last_day, ended, units_per_week, unit, known_until, goals } = booking
    const over = ended && last_day < berlinDay(new Date())
    const stand = over ? ', beendet' : ended ? ', Ende steht fest' : ''
    return html`
      <article class="sj-taken" aria-labelledby="hilfe-${id}">
        <h2 class="sj-h2" id="hilfe-${id}" tabindex="-1">
          ${family_name}, ${given_name} <small class="sj-meta">geboren ${dateText(birth_date)}</small>
        </h2>
        <dl class="sj-terms">
          ${term('Hilfe', placedText(booking))} ${term('Zeitraum', `${dateText(first_day)} bis ${dateText(last_day)}${stand}`)}
          ${over ? nothing : term('Umfang', weeklyText(units_per_week, unit))} ${term('Jugendamt', contact(booking))}
          ${term('Ziele', goals === null ? 'vom Jugendamt nicht freigegeben' : goalsList(goals))}
          ${term('Sichtbar bis', dateText(known_until))}
        </dl>
      </article>
    `
  }
}

const goalsList = (goals: NonNullable<OwnBooking['goals']>) => html`
  <ul class="sj-taken__goals">
    ${goals.map(
      ({ goal, indicator, reach_by, state }) => html`
        <li>
          ${goal} ${indicator === null ? nothing : html`<small>Erreicht, wenn: ${indicator}</small>`}
          ${state === 'open' && reach_by === null ? nothing : html`<small>${state === 'open' ? `bis ${dateText(reach_by!)}` : goalStateLabels[state]}</small>`}
        </li>
      `,
    )}
  </ul>
`

customElements.define('sj-own-bookings-page', OwnBookingsPage)
