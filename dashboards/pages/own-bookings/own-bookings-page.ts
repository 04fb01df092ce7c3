import { Task } from '@lit/task'
import { html, LitElement, nothing } from 'lit'
import { findOwnBookings, getOwnFacilities, type OwnBooking, RequestProblem, type Session } from '../../client.ts'
import { choiceIn } from '../../choice.ts'
import { listSearch } from '../../elements/list-search.ts'
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
const typingMs = 300
type Question = { facility_id?: string; text?: string }
type Shown = { items: OwnBooking[]; next_cursor: string | null; of: Question }

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
    text: { state: true },
    more: { state: true },
    said: { state: true },
  }
  declare session: Session
  declare search: string
  /** What is looked for, as typed. Names stay out of the address. */
  declare text: string
  /** Those beyond the first page. */
  declare more: (Omit<Shown, 'of'> & { of: Shown }) | undefined
  declare said: string
  #timer: ReturnType<typeof setTimeout> | undefined

  readonly #first = new Task(this, {
    args: () => [this.#facility, this.text.trim(), this.session.user_name] as const,
    task: async ([facility, text], { signal }): Promise<Shown> => {
      const of = { ...(facility !== undefined && { facility_id: facility }), ...(text !== '' && { text }) }
      return { ...(await findOwnBookings(of, signal)), of }
    },
  })
  readonly #facilities = new Task(this, {
    args: () => [this.session.user_name] as const,
    task: (_, { signal }) => getOwnFacilities(signal),
  })

  constructor() {
    super()
    this.search = ''
    this.text = ''
    this.said = ''
    onReturn(this, () => void this.#first.run())
  }

  protected override createRenderRoot() {
    return this
  }

  override disconnectedCallback() {
    super.disconnectedCallback()
    clearTimeout(this.#timer)
  }

  get #facility() {
    return read(this.search).facility
  }

  async #fetchMore(of: Shown, cursor: string) {
    const before = this.more?.of === of ? this.more.items : []
    try {
      const { items, next_cursor } = await findOwnBookings({ ...of.of, cursor })
      this.more = { of, items: [...before, ...items], next_cursor }
      this.said = ''
      await this.updateComplete
      this.querySelectorAll<HTMLElement>('.sj-taken > summary')[of.items.length + before.length]?.focus()
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
      ${printLine(this.session)} ${this.#tools()}
      <p class="sj-meta" role="status">${this.said}</p>
      ${this.#first.error ? viewProblem(this.#first.error, { dataAsOf: undefined, retry: () => void this.#first.run() }) : nothing}
      ${first ? this.#list(first) : this.#first.error ? nothing : html`<p class="sj-meta" aria-busy="true">Die Hilfen werden geladen</p>`}
    `
  }

  #tools() {
    const facilities = this.#facilities.value ?? []
    return html`<div class="sj-list-tools sj-no-print">
      ${
        facilities.length < 2
          ? nothing
          : selectField({
              name: 'facility',
              label: 'Einrichtung',
              options: [['', 'Alle'], ...facilities.map(({ id, name }): [string, string] => [id, name])],
              value: this.#facility ?? '',
              chosen: (facility) => this.dispatchEvent(new Navigate(location.pathname + write({ facility }), { replace: true })),
            })
      }
      ${listSearch({
        placeholder: 'Name',
        value: this.text,
        typed: (text) => {
          clearTimeout(this.#timer)
          this.#timer = setTimeout(() => (this.text = text), typingMs)
        },
        sought: (text) => {
          clearTimeout(this.#timer)
          this.text = text
        },
      })}
    </div>`
  }

  #list(first: Shown) {
    const more = this.more?.of === first ? this.more : { items: [], next_cursor: first.next_cursor }
    const { text, facility_id } = first.of
    const { next_cursor } = more
    const shown = [...first.items, ...more.items]
    if (shown.length === 0)
      return html`<p class="sj-empty" role="status">
        ${
          text !== undefined
            ? `Zu „${text}“ gibt es in dieser Auswahl keine gebuchte Hilfe.`
            : `${facility_id === undefined ? 'Bei Ihnen' : 'In dieser Einrichtung'} ist zurzeit keine Hilfe gebucht.`
        }
      </p>`
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
      <details class="sj-taken" id="hilfe-${id}">
        <summary>
          <b>${family_name}, ${given_name}</b> <span>geboren ${dateText(birth_date)}</span>
          <small>${placedText(booking)}, ${dateText(first_day)} bis ${dateText(last_day)}${stand}</small>
        </summary>
        <dl class="sj-terms">
          ${over ? nothing : term('Umfang', weeklyText(units_per_week, unit))} ${term('Jugendamt', contact(booking))}
          ${term('Ziele', goals === null ? 'vom Jugendamt nicht freigegeben' : goalsList(goals))}
          ${term('Sichtbar bis', dateText(known_until))}
        </dl>
      </details>
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
