import { Task } from '@lit/task'
import { html, LitElement, nothing } from 'lit'
import {
  type CaseCourse,
  type Colleague,
  getCaseCourse,
  getColleagues,
  getHelpCase,
  handOverCase,
  RequestProblem,
  type Session,
} from '../../client.ts'
import { choiceIn } from '../../choice.ts'
import { areaField, faultSummary, oneLine } from '../../elements/form-fields.ts'
import { Sending } from '../../elements/sending.ts'
import { selectField } from '../../elements/select-field.ts'
import { printLine, viewProblem } from '../../elements/view-lines.ts'
import { dateText, moneyText, numberText } from '../../format.ts'
import { onReturn } from '../../on-return.ts'
import { caseManagerPath, helpSelectionPath } from '../../route.ts'
import { fileHref } from '../case-file/case-file.ts'
import { workHref } from './case-manager.ts'
import { changeText, eventText, standText, whenText } from './case-words.ts'
import { helpText } from './reservation-words.ts'
import { term } from './terms.ts'
import './authority-change-section.ts'
import './help-page.css'
import './step-form.css'

type Loaded = { course: CaseCourse; client: { given_name: string; family_name: string; birth_date: string } | null }
const { read: readCase } = choiceIn(['case'])

const labels = { to_id: 'An', reason: 'Warum' }
const shownEvents = 12

/** Fallmanager / one case: its helps, what they have cost, and all that happened. */
export class CasePage extends LitElement {
  static override properties = {
    session: { attribute: false },
    search: { attribute: false },
    colleagues: { state: true },
    to: { state: true },
    reason: { state: true },
    all: { state: true },
  }
  declare session: Session
  declare search: string
  /** Of whom one gets the case; undefined: no handing over. */
  declare colleagues: Colleague[] | undefined
  declare to: string
  declare reason: string
  /** Whether all events are shown. */
  declare all: boolean
  readonly #sending = new Sending(this)

  readonly #loaded = new Task(this, {
    args: () => [this.search, this.session.user_name] as const,
    task: async ([search], { signal }): Promise<Loaded> => {
      const id = readCase(search).case ?? ''
      const [course, { client }] = await Promise.all([getCaseCourse(id, signal), getHelpCase(id, signal)])
      return { course, client }
    },
  })

  constructor() {
    super()
    this.search = ''
    this.to = ''
    this.reason = ''
    this.all = false
    onReturn(this, () => void this.#loaded.run())
  }

  protected override createRenderRoot() {
    return this
  }

  async #openHandover() {
    this.#sending.clear()
    this.colleagues = await getColleagues().then(
      ({ items }) => items.filter(({ id }) => id !== this.#loaded.value?.course.caseworker_id),
      () => [],
    )
    await this.updateComplete
    this.querySelector<HTMLElement>('#to_id')?.focus()
  }

  #handOver(event: SubmitEvent, { id }: CaseCourse) {
    event.preventDefault()
    const [to_id, reason] = [this.to, oneLine(this.reason)]
    const missing = {
      ...(to_id === '' && { to_id: 'Bitte eine Person auswählen.' }),
      ...(reason === '' && { reason: 'Bitte den Grund angeben.' }),
    }
    return this.#sending.send(async (key) => {
      await handOverCase(id, { to_id, reason }, key)
      const name = this.colleagues?.find((colleague) => colleague.id === to_id)?.display_name
      this.colleagues = undefined
      this.to = ''
      this.reason = ''
      await this.#loaded.run()
      await this.#focus('#fall')
      return `Der Fall ist an ${name} übergeben.`
    }, missing)
  }

  async #focus(selector: string) {
    await this.updateComplete
    this.querySelector<HTMLElement>(selector)?.focus()
  }

  override render() {
    const loaded = this.#loaded.value
    if (this.#loaded.error && !loaded) return this.#failed(this.#loaded.error)
    if (!loaded)
      return html`<h1 class="sj-h1">Fall</h1>
        <p class="sj-meta" aria-busy="true">Der Fall wird geladen</p>`
    const { course, client } = loaded
    return html`
      <h1 class="sj-h1">Fall ${course.case_number}</h1>
      <p class="sj-lead">
        ${client ? `${client.given_name} ${client.family_name}, geboren am ${dateText(client.birth_date)}.` : 'Ohne Person übernommen.'}
        ${course.end_on === null ? nothing : `Der Fall endete am ${dateText(course.end_on)}.`}
      </p>
      ${printLine(this.session)}
      <div class="sj-help">
        <div>
          <section aria-labelledby="fall">
            <h2 class="sj-help__state" id="fall" tabindex="-1">Bearbeitung: ${course.caseworker ?? 'niemand'}</h2>
            <p class="sj-help__said" role="status">${this.#sending.said}</p>
            ${this.colleagues ? this.#handoverForm(this.colleagues, course) : this.#actions(course)}
          </section>
          ${this.#costs(course)} ${this.#helps(course)}
          <sj-authority-change-section .course=${course} @sj-changed=${() => void this.#loaded.run()}></sj-authority-change-section>
        </div>
        ${this.#events(course)}
      </div>
    `
  }

  #failed(error: unknown) {
    if (error instanceof RequestProblem && (error.status === 404 || error.status === 400)) {
      return html`
        <h1 class="sj-h1">Fall</h1>
        <p class="sj-empty">Diesen Fall gibt es hier nicht. <a class="sj-link" href=${caseManagerPath}>Zum Fallmanager</a></p>
      `
    }
    return html`
      <h1 class="sj-h1">Fall</h1>
      ${viewProblem(error, { dataAsOf: undefined, retry: () => void this.#loaded.run() })}
    `
  }

  #actions({ id }: CaseCourse) {
    return html`
      <div class="sj-help__actions sj-no-print">
        <a class="kern-btn kern-btn--secondary" href=${fileHref(id)}><span class="kern-label">Akte öffnen</span></a>
        <a class="kern-btn kern-btn--secondary" href="${helpSelectionPath}?case=${id}"><span class="kern-label">Hilfe auswählen</span></a>
        <button type="button" class="kern-btn kern-btn--secondary" data-action="hand-over" @click=${() => void this.#openHandover()}>
          <span class="kern-label">Fall übergeben</span>
        </button>
      </div>
    `
  }

  #handoverForm(colleagues: Colleague[], course: CaseCourse) {
    const { refusal, faults } = this.#sending
    const options: [string, string][] = [
      ['', 'Bitte auswählen'],
      ...colleagues.map(({ id, display_name }): [string, string] => [id, display_name]),
    ]
    return html`
      <form class="sj-step sj-no-print" novalidate @submit=${(event: SubmitEvent) => void this.#handOver(event, course)}>
        <p>Der Fall geht mit allen Hilfen und Erinnerungen an die Kollegin oder den Kollegen.</p>
        ${faultSummary({ refusal, faults, labels })}
        ${selectField({ name: 'to_id', label: labels.to_id, options, value: this.to, faults, chosen: (to) => (this.to = to) })}
        ${areaField({
          name: 'reason',
          label: labels.reason,
          value: this.reason,
          maxlength: 1000,
          faults,
          entered: (reason) => (this.reason = reason),
        })}
        <div class="sj-step__buttons">
          <button type="submit" class="kern-btn kern-btn--primary"><span class="kern-label">Übergeben</span></button>
          <button type="button" class="kern-btn kern-btn--tertiary" @click=${() => (this.colleagues = undefined)}>
            <span class="kern-label">Abbrechen</span>
          </button>
        </div>
      </form>
    `
  }

  #costs({ planned_cents, released_cents, paid_cents, begin_on }: CaseCourse) {
    return html`
      <section class="sj-help__facts" aria-labelledby="kosten">
        <h2 class="sj-h2" id="kosten">Kosten seit dem ${dateText(begin_on)}</h2>
        <dl class="sj-terms">
          ${term('Geplant', html`<b>${moneyText(planned_cents)}</b> <small>alle Hilfen und Reservierungen bis zu ihrem geplanten Ende</small>`)}
          ${term('Freigegeben', html`${moneyText(released_cents)} <small>Rechnungen, die geprüft sind</small>`)}
          ${term('Ausgezahlt', moneyText(paid_cents))}
        </dl>
      </section>
    `
  }

  #helps({ id, helps, today }: CaseCourse) {
    return html`
      <section class="sj-help__facts" aria-labelledby="hilfen">
        <h2 class="sj-h2" id="hilfen">Hilfen</h2>
        ${
          helps.length === 0
            ? html`<p class="sj-empty">In diesem Fall gibt es noch keine Hilfe.</p>`
            : html`<ul class="sj-case__helps">
                ${helps.map(
                  (help) => html`
                    <li>
                      <a class="sj-link" href=${workHref({ ...help, case_id: id })}>${helpText(help)}</a>
                      <span>${dateText(help.first_day)} bis ${dateText(help.last_day)}</span>
                      <small
                        >${help.provider_name === null ? 'außerhalb des Systems' : `${help.facility_name}, ${help.provider_name}`}</small
                      >
                      <small>${standText(help, today)}</small>
                      ${help.planned_cents === null ? nothing : html`<small>Soll-Kosten ${moneyText(help.planned_cents)}</small>`}
                    </li>
                  `,
                )}
              </ul>`
        }
      </section>
    `
  }

  #events({ events, helps }: CaseCourse) {
    const shown = this.all ? events : events.slice(0, shownEvents)
    const named = new Map(helps.map((help) => [help.id, helpText(help)]))
    return html`
      <section class="sj-help__steps" aria-labelledby="verlauf">
        <h2 class="sj-h2" id="verlauf">Verlauf</h2>
        <ol reversed>
          ${shown.map(
            (event) => html`
              <li>
                <b>${eventText(event)}</b>
                <span class="sj-meta">
                  <time datetime=${event.at}>${whenText(event.at)}</time>${event.by === null ? nothing : `, ${event.by}`}
                </span>
                ${event.help_id === null || helps.length < 2 ? nothing : html`<span class="sj-meta">${named.get(event.help_id)}</span>`}
                ${event.changes?.map((change) => html`<span class="sj-meta">${changeText(change)}</span>`)}
                ${event.note === null ? nothing : html`<q>${event.note}</q>`}
              </li>
            `,
          )}
        </ol>
        ${
          shown.length < events.length
            ? html`<p>
                <button type="button" class="sj-link sj-no-print" @click=${() => (this.all = true)}>
                  Alle ${numberText(events.length)} Schritte zeigen
                </button>
              </p>`
            : nothing
        }
      </section>
    `
  }
}

customElements.define('sj-case-page', CasePage)
