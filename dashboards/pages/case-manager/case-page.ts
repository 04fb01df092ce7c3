import { Task } from '@lit/task'
import { html, LitElement, nothing } from 'lit'
import {
  type AuthorityChange,
  type CaseCourse,
  type Colleague,
  getAuthorityChanges,
  getCaseCourse,
  getColleagues,
  getHelpCase,
  getOtherAuthorities,
  handOverCase,
  type OtherAuthority,
  RequestProblem,
  type Session,
} from '../../client.ts'
import { choiceIn } from '../../choice.ts'
import { printLine, viewProblem } from '../../elements/view-lines.ts'
import { dateText, moneyText, numberText } from '../../format.ts'
import { onReturn } from '../../on-return.ts'
import { caseManagerPath, helpSelectionPath } from '../../route.ts'
import { fileHref } from '../case-file/case-file.ts'
import { announcementForm } from './announcement.ts'
import { changeHref, headingText, stateText } from './authority-change-words.ts'
import { workHref } from './case-manager.ts'
import { changeText, eventText, standText, whenText } from './case-words.ts'
import { handoverForm } from './handover.ts'
import { closeStep, focusForm, leaveStep, resumeStep } from './opened-step.ts'
import { matterList } from './matters.ts'
import { helpText } from './reservation-words.ts'
import type { StepFormAction } from './step-form.ts'
import { term } from './terms.ts'
import './help-page.css'

type Loaded = {
  course: CaseCourse
  client: { given_name: string; family_name: string; birth_date: string } | null
  changes: AuthorityChange[]
}
const labels = { hand_over: 'Fall übergeben', announce: 'Zuständigkeitswechsel ankündigen' }
type Action = keyof typeof labels
type Receivers = { colleagues: Colleague[]; authorities: OtherAuthority[] }
const { read: readCase } = choiceIn(['case'])

const shownEvents = 12

/** A case goes to another authority once, and is asked for by one at a time. */
const possibleActions = (changes: AuthorityChange[]): Action[] =>
  changes.every(({ state, incoming }) => incoming || state === 'declined' || state === 'withdrawn')
    ? ['hand_over', 'announce']
    : ['hand_over']

const changeList = (changes: AuthorityChange[]) =>
  changes.length === 0
    ? nothing
    : html`
        <section class="sj-help__facts" aria-labelledby="zustaendigkeit">
          <h2 class="sj-h2" id="zustaendigkeit">Zuständigkeit</h2>
          ${matterList(changes.map((change) => ({ href: changeHref(change), text: `Wechsel ${headingText(change)}`, state: stateText(change) })))}
        </section>
      `

/** Fallmanager / one case: its helps, what they have cost, and all that happened. */
export class CasePage extends LitElement {
  static override properties = {
    session: { attribute: false },
    search: { attribute: false },
    opened: { state: true },
    said: { state: true },
    all: { state: true },
  }
  declare session: Session
  declare search: string
  declare opened: Action | undefined
  declare said: string
  /** Whether all events are shown. */
  declare all: boolean
  /** The case of which a form left half filled was opened again. */
  #resumed: string | undefined

  readonly #loaded = new Task(this, {
    args: () => [this.search, this.session.user_name] as const,
    task: async ([search], { signal }): Promise<Loaded> => {
      const id = readCase(search).case ?? ''
      const [course, { client }, changes] = await Promise.all([
        getCaseCourse(id, signal),
        getHelpCase(id, signal),
        getAuthorityChanges({ case_id: id }, signal),
      ])
      if (this.#resumed !== search) {
        this.#resumed = search
        await resumeStep(this, id, possibleActions(changes))
      }
      return { course, client, changes }
    },
  })

  /** Whom the case may go to, by the form that is open. */
  readonly #receivers = new Task(this, {
    args: () => [this.opened] as const,
    task: async ([opened], { signal }): Promise<Receivers> => ({
      colleagues: opened === 'hand_over' ? (await getColleagues(signal)).items : [],
      authorities: opened === 'announce' ? await getOtherAuthorities(signal) : [],
    }),
  })

  constructor() {
    super()
    this.search = ''
    this.said = ''
    this.all = false
    onReturn(this, () => void this.#loaded.run())
  }

  protected override createRenderRoot() {
    return this
  }

  async #open(action: Action) {
    this.opened = action
    this.said = ''
    await this.updateComplete
    await this.#receivers.taskComplete.catch(() => undefined)
    await focusForm(this)
  }

  async #done(said: string) {
    this.opened = undefined
    await this.#loaded.run()
    await leaveStep(this, said)
  }

  #form(action: Action, course: CaseCourse, { colleagues, authorities }: Receivers): StepFormAction {
    const { id } = course
    if (action === 'announce') return announcementForm(id, authorities, () => this.#done('Der Zuständigkeitswechsel ist angekündigt.'))
    const others = colleagues.filter((colleague) => colleague.id !== course.caseworker_id)
    return handoverForm({
      subject: id,
      heading: labels.hand_over,
      text: 'Der Fall geht mit allen Hilfen und Erinnerungen an die Kollegin oder den Kollegen.',
      colleagues: others,
      send: async (wanted, key) => {
        await handOverCase(id, wanted, key)
        await this.#done(`Der Fall ist an ${others.find((colleague) => colleague.id === wanted.to_id)!.display_name} übergeben.`)
      },
    })
  }

  override render() {
    const loaded = this.#loaded.value
    if (this.#loaded.error && !loaded) return this.#failed(this.#loaded.error)
    if (!loaded)
      return html`<h1 class="sj-h1">Fall</h1>
        <p class="sj-meta" aria-busy="true">Der Fall wird geladen</p>`
    const { course, client, changes } = loaded
    return html`
      <h1 class="sj-h1">Fall ${course.case_number}</h1>
      <p class="sj-lead">
        ${client ? `${client.given_name} ${client.family_name}, geboren am ${dateText(client.birth_date)}.` : 'Ohne Person übernommen.'}
        ${course.end_on === null ? nothing : `Der Fall endete am ${dateText(course.end_on)}.`}
      </p>
      ${printLine(this.session)}
      <div class="sj-help">
        <div>
          <section aria-labelledby="stand">
            <h2 class="sj-help__state" id="stand" tabindex="-1">Bearbeitung: ${course.caseworker ?? 'niemand'}</h2>
            <p class="sj-help__said" role="status">${this.said}</p>
            ${this.opened ? this.#openedForm(this.opened, course) : this.#actions(loaded)}
          </section>
          ${this.#costs(course)} ${this.#helps(course)} ${changeList(changes)}
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

  #actions({ course: { id }, changes }: Loaded) {
    return html`
      <div class="sj-help__actions sj-no-print">
        <a class="kern-btn kern-btn--secondary" href=${fileHref(id)}><span class="kern-label">Akte öffnen</span></a>
        <a class="kern-btn kern-btn--secondary" href="${helpSelectionPath}?case=${id}"><span class="kern-label">Hilfe auswählen</span></a>
        ${possibleActions(changes).map(
          (action) => html`
            <button type="button" class="kern-btn kern-btn--secondary" data-action=${action} @click=${() => void this.#open(action)}>
              <span class="kern-label">${labels[action]}</span>
            </button>
          `,
        )}
      </div>
    `
  }

  #openedForm(action: Action, course: CaseCourse) {
    const { value, error } = this.#receivers
    if (error) return viewProblem(error, { dataAsOf: undefined, retry: () => void this.#receivers.run() })
    if (!value) return html`<p class="sj-meta" aria-busy="true">Das Formular wird geladen</p>`
    return html`<sj-step-form
      class="sj-no-print"
      .action=${this.#form(action, course, value)}
      @sj-cancelled=${() => void closeStep(this)}
    ></sj-step-form>`
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
