import { Task } from '@lit/task'
import { html, LitElement, nothing } from 'lit'
import {
  type Catalogue,
  getCatalogue,
  getDrafts,
  getReservations,
  getReservationTerms,
  RequestProblem,
  type Reservation,
  type Session,
  takeReservationStep,
} from '../../client.ts'
import { problemAlert } from '../../elements/problem-alert.ts'
import { printLine, viewProblem } from '../../elements/view-lines.ts'
import { dateText, minuteText, moneyText } from '../../format.ts'
import { onReturn } from '../../on-return.ts'
import { ownBookingsPath } from '../../route.ts'
import {
  countedDays,
  declineReasonLabels,
  helpText,
  leftText,
  personText,
  plannedText,
  rateText,
  stateLabels,
  weeklyText,
} from '../case-manager/reservation-words.ts'
import { draftedStep, noteOf, type StepFormAction } from '../case-manager/step-form.ts'
import { term } from '../case-manager/terms.ts'
import { periodText } from '../selection/help-selection.ts'
import './payer-changes.ts'
import './provider-requests-page.css'

type Page = Awaited<ReturnType<typeof getReservations>>
type Loaded = { open: Reservation[]; consented: Reservation[]; answered: Page; catalogue: Catalogue; consent_held_until: string }
type Answer = 'consent' | 'decline' | 'withdraw'

/** Waits for an answer, or may still be taken back. */
const isOpen = ({ state, possible }: Reservation) => state === 'requested' || (state === 'consented' && possible.length > 0)

/** What was answered, and what became of it. */
const answerText = ({ state, declined_on, decline_reason, consented_on, booked_on, released_on, expired_on }: Reservation): string => {
  const consented = consented_on === null ? '' : `Zugesagt am ${dateText(consented_on)}`
  if (state === 'declined') return `Abgesagt am ${dateText(declined_on!)}: ${declineReasonLabels[decline_reason!]}`
  if (state === 'booked') return `${consented}, gebucht am ${dateText(booked_on!)}`
  const gone =
    state === 'released' ? `vom Jugendamt aufgegeben am ${dateText(released_on!)}` : `abgelaufen am ${dateText(expired_on ?? '')}`
  if (state === 'consented') return `${consented}, noch nicht gebucht`
  return consented === '' ? `Nicht beantwortet, ${gone}` : `${consented}, ${gone}`
}

/** Anbieter / Anfragen: what authorities ask a place for, and what was answered. */
export class ProviderRequestsPage extends LitElement {
  static override properties = {
    session: { attribute: false },
    chosen: { state: true },
    more: { state: true },
    conflict: { state: true },
    said: { state: true },
  }
  declare session: Session
  /** The request being answered, and how. */
  declare chosen: { id: string; answer: Answer } | undefined
  /** Answered requests beyond the first page. */
  declare more: { of: Loaded; items: Reservation[]; next_cursor: string | null } | undefined
  declare conflict: string | undefined
  declare said: string
  #isResumed = false

  readonly #loaded = new Task(this, {
    args: () => [this.session.user_name] as const,
    task: async (_, { signal }): Promise<Loaded> => {
      const [open, consented, answered, catalogue, { consent_held_until }] = await Promise.all([
        getReservations({ state: 'requested', limit: '200' }, signal),
        getReservations({ state: 'consented', limit: '200' }, signal),
        getReservations({}, signal),
        getCatalogue(signal),
        getReservationTerms(signal),
      ])
      if (!this.#isResumed) {
        this.#isResumed = true
        this.chosen ??= await this.#drafted(open.items)
      }
      const soonest = ({ items }: Page) => items.toSorted((a, b) => a.held_until.localeCompare(b.held_until))
      return { open: soonest(open), consented: soonest(consented).filter(isOpen), answered, catalogue, consent_held_until }
    },
  })

  constructor() {
    super()
    this.said = ''
    onReturn(this, () => void this.#loaded.run())
  }

  protected override createRenderRoot() {
    return this
  }

  /** The answer that was being written when somebody left. */
  async #drafted(open: Reservation[]): Promise<typeof this.chosen> {
    const drafts = await getDrafts().catch(() => [])
    const subject = drafts.find(({ form, subject }) => form === 'step' && open.some(({ id }) => id === subject))?.subject
    if (subject === undefined) return undefined
    const step = await draftedStep(subject)
    return { id: subject, answer: step?.action === `decline-${subject}` ? 'decline' : 'consent' }
  }

  async #focus(selector: string) {
    await this.updateComplete
    this.querySelector<HTMLElement>(selector)?.focus()
  }

  async #choose(id: string, answer: Answer) {
    this.chosen = { id, answer }
    this.said = ''
    this.conflict = undefined
    await this.updateComplete
    await this.querySelector<LitElement>('sj-step-form')?.updateComplete
    await this.#focus('#schritt')
  }

  async #close({ id, answer }: { id: string; answer: Answer }) {
    this.chosen = undefined
    await this.#focus(`[id="${answer}-${id}"]`)
  }

  async #refused(problem: RequestProblem, { id }: Reservation) {
    if (problem.status !== 409 && problem.status !== 404) return
    await this.#loaded.run()
    const { open = [], consented = [] } = this.#loaded.value ?? {}
    const form = this.chosen?.answer === 'withdraw' ? consented : open
    if (form.some((request) => request.id === id && request.possible.length > 0)) return
    this.chosen = undefined
    this.conflict = problem.status === 404 ? 'Das Jugendamt hat die Anfrage inzwischen zurückgenommen.' : problem.message
    await this.#focus('h1')
  }

  #formOf(request: Reservation, answer: Answer, { consent_held_until }: Loaded): StepFormAction {
    const { id } = request
    const done = async (said: string) => {
      this.chosen = undefined
      await this.#loaded.run()
      this.said = said
      await this.#focus('h1')
    }
    const noteHint = 'Bitte keinen Namen nennen.'
    const place = `${request.facility_name}, ab ${dateText(request.first_day)}`
    if (answer === 'consent') {
      return {
        name: `consent-${id}`,
        subject: id,
        heading: 'Zusagen',
        text: `Der Platz bleibt dann bis ${minuteText(consent_held_until)} gehalten. Bucht das Jugendamt bis dahin nicht, ist er wieder frei. Bis zur Buchung lässt sich die Zusage zurücknehmen.`,
        fields: ['note'],
        noteLabel: 'Nachricht an das Jugendamt',
        noteHint: `Freiwillig. ${noteHint}`,
        submit: 'Zusagen',
        send: async (values, key) => {
          await takeReservationStep(id, 'consent', noteOf(values), key)
          await done(`Zugesagt: ${place}. Das Jugendamt kann jetzt buchen.`)
        },
      }
    }
    if (answer === 'withdraw') {
      return {
        name: `withdraw-${id}`,
        subject: id,
        heading: 'Zusage zurücknehmen',
        text: 'Die Anfrage wartet dann wieder auf Ihre Antwort. Das Jugendamt erfährt es im Postfach.',
        fields: ['note'],
        noteLabel: 'Warum',
        noteHint: `Das Jugendamt liest es. ${noteHint}`,
        noteMissing: 'Bitte sagen, warum.',
        submit: 'Zurücknehmen',
        send: async (values, key) => {
          await takeReservationStep(id, 'withdraw-consent', noteOf(values), key)
          await done(`Zusage zurückgenommen: ${place}. Die Anfrage wartet wieder auf Ihre Antwort.`)
        },
      }
    }
    return {
      name: `decline-${id}`,
      subject: id,
      heading: 'Absagen',
      text: 'Der Platz ist danach wieder frei.',
      fields: ['decline_reason', 'note'],
      noteLabel: 'Nachricht an das Jugendamt',
      noteHint: `Bei „Anderer Grund“ nötig. ${noteHint}`,
      submit: 'Absagen',
      send: async (values, key) => {
        await takeReservationStep(id, 'decline', { decline_reason: values.decline_reason, ...noteOf(values) }, key)
        await done(`Abgesagt: ${place}. Der Platz ist wieder frei.`)
      },
    }
  }

  override render() {
    const loaded = this.#loaded.value
    const waiting = loaded?.open.length
    return html`
      <h1 class="sj-h1" tabindex="-1">Anfragen</h1>
      ${printLine(this.session)}
      <p class="sj-lead" aria-busy=${loaded || this.#loaded.error ? 'false' : 'true'}>
        ${
          waiting === undefined
            ? 'Jugendämter fragen nach Plätzen in Ihren Einrichtungen.'
            : waiting === 0
              ? 'Keine Anfrage wartet auf Ihre Antwort.'
              : waiting === 1
                ? '1 Anfrage wartet auf Ihre Antwort.'
                : `${waiting} Anfragen warten auf Ihre Antwort.`
        }
      </p>
      <p class="sj-requests__said" role="status">${this.said}</p>
      ${this.conflict ? problemAlert({ title: this.conflict, text: 'Geändert wurde nichts, die Seite zeigt den neuen Stand.' }) : nothing}
      ${this.#loaded.error ? viewProblem(this.#loaded.error, { dataAsOf: undefined, retry: () => void this.#loaded.run() }) : nothing}
      ${loaded ? html`${[...loaded.open, ...loaded.consented].map((request) => this.#request(request, loaded))} <sj-payer-changes></sj-payer-changes> ${this.#answered(loaded)}` : nothing}
    `
  }

  #request(request: Reservation, loaded: Loaded) {
    const { catalogue } = loaded
    const { consented_on } = request
    const { id, first_day, last_day, unit, units_per_week, planned_units, rate_cents, planned_cents, held_until, request_note } = request
    const specialisations = request.specialisations.map(
      (code) => catalogue.specialisations.find((each) => each.code === code)?.label ?? code,
    )
    const counted = request.counting_rule === 'last_day_free' ? 'letzter Tag nicht gezählt' : 'alle Kalendertage gezählt'
    return html`
      <article class="sj-request" aria-labelledby="anfrage-${id}">
        <h2 class="sj-h2" id="anfrage-${id}">${helpText(request)}, ${request.facility_name}</h2>
        <dl class="sj-terms">
          ${consented_on === null ? nothing : term('Zugesagt', html`${dateText(consented_on)} <small>noch nicht gebucht</small>`)}
          ${term(
            consented_on === null ? 'Antwort bis' : 'Gehalten bis',
            request.possible.length === 0
              ? 'Frist abgelaufen'
              : html`<b>${minuteText(held_until)}</b> <small>${leftText(held_until, new Date())}</small>`,
          )}
          ${term('Jugendamt', request.authority_name)} ${term('Person', personText(request))}
          ${term('Zeitraum', html`${dateText(first_day)} bis ${dateText(last_day)} <small>${periodText(countedDays(request))}, ${counted}</small>`)}
          ${term('Umfang', html`${weeklyText(units_per_week, unit)} <small>zusammen ${plannedText(planned_units, unit)}</small>`)}
          ${term('Entgelt', html`${rateText(rate_cents, unit)} <small>zusammen ${moneyText(planned_cents)}</small>`)}
          ${specialisations.length > 0 ? term('Spezialisierungen', specialisations.join(', ')) : nothing}
          ${request.reminded_at === null ? nothing : term('Erinnert', minuteText(request.reminded_at))}
          ${request_note === null ? nothing : term('Nachricht', html`<q>${request_note}</q>`)}
        </dl>
        ${this.#answers(request, loaded)}
      </article>
    `
  }

  #answers(request: Reservation, loaded: Loaded) {
    const { chosen } = this
    if (request.possible.length === 0) return nothing
    if (chosen?.id === request.id) {
      return html`<sj-step-form
        class="sj-no-print"
        .action=${this.#formOf(request, chosen.answer, loaded)}
        @sj-cancelled=${() => void this.#close(chosen)}
        @sj-refused=${(event: CustomEvent<RequestProblem>) => void this.#refused(event.detail, request)}
      ></sj-step-form>`
    }
    const button = (answer: Answer, label: string) => html`
      <button
        type="button"
        class="kern-btn kern-btn--secondary"
        id="${answer}-${request.id}"
        aria-describedby="anfrage-${request.id}"
        @click=${() => void this.#choose(request.id, answer)}
      >
        <span class="kern-label">${label}</span>
      </button>
    `
    return html`<div class="sj-request__answers sj-no-print">
      ${request.state === 'consented' ? button('withdraw', 'Zusage zurücknehmen') : html`${button('consent', 'Zusagen')} ${button('decline', 'Absagen')}`}
    </div>`
  }

  async #fetchMore(loaded: Loaded, cursor: string) {
    const before = this.more?.of === loaded ? this.more.items : []
    try {
      const { items, next_cursor } = await getReservations({ cursor })
      this.more = { of: loaded, items: [...before, ...items], next_cursor }
    } catch (problem) {
      if (!(problem instanceof RequestProblem)) throw problem
      this.said = problem.message
    }
  }

  #answered(loaded: Loaded) {
    const more = this.more?.of === loaded ? this.more : { items: [], next_cursor: loaded.answered.next_cursor }
    const answered = [...loaded.answered.items, ...more.items].filter((request) => !isOpen(request))
    const { next_cursor } = more
    return html`
      <section class="sj-requests__answered" aria-labelledby="beantwortet">
        <h2 class="sj-h2" id="beantwortet">Beantwortet</h2>
        <p>Um wen es bei gebuchten Hilfen geht, steht unter <a class="sj-link" href=${ownBookingsPath}>Gebuchte Hilfen</a>.</p>
        ${
          answered.length === 0
            ? html`<p class="sj-empty">Noch ist keine Anfrage beantwortet.</p>`
            : html`
                <table role="table" class="sj-table sj-requests">
                  <caption class="kern-sr-only">
                    Beantwortete Anfragen, die neuesten zuerst
                  </caption>
                  <thead role="rowgroup">
                    <tr role="row">
                      <th role="columnheader" scope="col">Hilfeart</th>
                      <th role="columnheader" scope="col">Einrichtung</th>
                      <th role="columnheader" scope="col">Zeitraum</th>
                      <th role="columnheader" scope="col">Jugendamt</th>
                      <th role="columnheader" scope="col">Antwort</th>
                    </tr>
                  </thead>
                  <tbody role="rowgroup">
                    ${answered.map(
                      (request) => html`
                        <tr role="row">
                          <th role="rowheader" scope="row">${helpText(request)}</th>
                          <td role="cell">${request.facility_name}</td>
                          <td role="cell">${dateText(request.first_day)} bis ${dateText(request.last_day)}</td>
                          <td role="cell">${request.authority_name}</td>
                          <td role="cell"><span class="kern-sr-only">${stateLabels[request.state]}: </span>${answerText(request)}</td>
                        </tr>
                      `,
                    )}
                  </tbody>
                </table>
              `
        }
        ${
          next_cursor === null
            ? nothing
            : html`<p>
                <button type="button" class="sj-link sj-no-print" @click=${() => void this.#fetchMore(loaded, next_cursor)}>
                  Weitere anzeigen
                </button>
              </p>`
        }
      </section>
    `
  }
}

customElements.define('sj-provider-requests-page', ProviderRequestsPage)
