import { Task } from '@lit/task'
import { html, LitElement, nothing } from 'lit'
import { type AuthorityChangeWithHelps, getAuthorityChange, RequestProblem, type Session, takeAuthorityChangeStep } from '../../client.ts'
import { choiceIn } from '../../choice.ts'
import { printLine, viewProblem } from '../../elements/view-lines.ts'
import { dateText, minuteText, moneyText } from '../../format.ts'
import { onReturn } from '../../on-return.ts'
import { caseManagerPath, casePath } from '../../route.ts'
import { sexLabels } from '../selection/sexes.ts'
import { headingText, nameText, reasonLabels, stateText } from './authority-change-words.ts'
import { closeStep, leaveStep, openStep, resumeStep } from './opened-step.ts'
import { dayAfter, helpText, rateText, weeklyText } from './reservation-words.ts'
import { noteOf, type StepFormAction, type Values } from './step-form.ts'
import { term } from './terms.ts'
import './consultation.css'
import './help-page.css'

const { read } = choiceIn(['change'])
type Action = AuthorityChangeWithHelps['possible'][number]
const labels: Record<Action, string> = {
  accept: 'Hilfe fortsetzen',
  decline: 'Ablehnen',
  withdraw: 'Ankündigung zurückziehen',
  record: 'Fortsetzung eintragen',
}
const done: Record<Action, string> = {
  accept: 'Ihr Jugendamt setzt die Hilfe fort. Beim bisherigen endet sie am Tag davor.',
  decline: 'Die Ablehnung ist mitgeteilt.',
  withdraw: 'Die Ankündigung ist zurückgezogen.',
  record: 'Die Fortsetzung ist eingetragen, die Hilfen enden am Tag davor.',
}

/** The first day on which nothing stands against continuing. */
const earliest = ({ change_on, billed_until }: AuthorityChangeWithHelps) =>
  billed_until !== null && billed_until >= change_on ? dayAfter(billed_until) : change_on

/** Fallmanager / one change of authority: what is handed over, and the answer to it. */
export class AuthorityChangePage extends LitElement {
  static override properties = {
    session: { attribute: false },
    search: { attribute: false },
    opened: { state: true },
    said: { state: true },
  }
  declare session: Session
  declare search: string
  declare opened: Action | undefined
  declare said: string
  /** The change of which a form left half filled was opened again. */
  #resumed: string | undefined

  readonly #loaded = new Task(this, {
    args: () => [this.search, this.session.user_name] as const,
    task: async ([search], { signal }) => {
      const change = await getAuthorityChange(read(search).change ?? '', signal)
      if (this.#resumed !== search) {
        this.#resumed = search
        await resumeStep(this, change.id, change.possible)
      }
      return change
    },
  })

  constructor() {
    super()
    this.search = ''
    this.said = ''
    onReturn(this, () => void this.#loaded.run())
  }

  protected override createRenderRoot() {
    return this
  }

  /** Answered or changed meanwhile: the page shows how it is now; the form stays where it still makes sense. */
  async #refused(problem: RequestProblem) {
    if (problem.status !== 409 && problem.status !== 404) return
    await this.#loaded.run()
    if (this.#loaded.value?.possible.some((possible) => possible === this.opened)) return
    await leaveStep(this, `${problem.message} Geändert wurde nichts.`)
  }

  #form(action: Action, change: AuthorityChangeWithHelps): StepFormAction {
    const sending = (body: (values: Values) => object) => ({
      name: action,
      subject: change.id,
      submit: labels[action],
      noteLength: 2000,
      send: async (values: Values, key: string) => {
        await takeAuthorityChangeStep(change.id, action, { ...body(values), ...noteOf(values) }, key)
        this.opened = undefined
        await this.#loaded.run()
        await leaveStep(this, done[action])
      },
    })
    const continuing = ({ continued_on, conference_on }: Values) => ({
      continued_on,
      ...(conference_on !== '' && { conference_on }),
    })
    const given = { continued_on: earliest(change), conference_on: change.conference_on ?? '' }
    switch (action) {
      case 'accept':
        return {
          ...sending((values) => ({
            ...continuing(values),
            case_number: values.case_number.trim(),
            version: change.version,
            ...(values.parallel === 'true' && { parallel: true }),
          })),
          heading: labels.accept,
          text: 'Die Hilfen gehen am selben Platz und zu denselben Bedingungen in einem neuen Fall Ihres Jugendamts weiter, mit dem Hilfeplan. Bis zum Tag davor zahlt das bisherige Jugendamt.',
          fields: ['case_number', 'continued_on', 'conference_on', 'parallel', 'note'],
          given,
          question: {
            heading: 'Hilfe fortsetzen?',
            text: `Bei ${change.former_authority} enden die Hilfen damit. Zurücknehmen lässt sich das nicht.`,
            action: 'Fortsetzen',
          },
        }
      case 'record':
        return {
          ...sending(continuing),
          heading: labels.record,
          text: `Tragen Sie ein, ab wann ${change.new_authority} die Hilfen fortsetzt. Sie enden bei Ihnen am Tag davor mit dem Grund „Abgabe an anderes Jugendamt“.`,
          fields: ['continued_on', 'conference_on', 'note'],
          given,
          noteHint: 'Zum Beispiel Schreiben und Aktenzeichen des neuen Jugendamts.',
          question: { heading: 'Fortsetzung eintragen?', text: 'Zurücknehmen lässt sich das nicht.', action: 'Eintragen' },
        }
      case 'decline':
        return {
          ...sending(() => ({})),
          heading: 'Zuständigkeit ablehnen',
          text: `${change.former_authority} zahlt dann weiter und sieht Ihre Begründung.`,
          fields: ['note'],
          noteLabel: 'Begründung',
          noteMissing: 'Bitte begründen.',
        }
      case 'withdraw':
        return {
          ...sending(() => ({})),
          heading: labels.withdraw,
          text: `Danach sieht ${change.new_authority} nichts mehr davon. Die Hilfen laufen bei Ihnen weiter.`,
          fields: ['note'],
        }
    }
  }

  override render() {
    const change = this.#loaded.value
    if (!change) return this.#without(this.#loaded.error)
    const open = change.possible.find((action) => action === this.opened)
    return html`
      <h1 class="sj-h1">Zuständigkeitswechsel ${headingText(change)}</h1>
      <p class="sj-lead">
        ${nameText(change)}.
        ${change.case_id === null ? nothing : html`<a class="sj-link sj-no-print" href="${casePath}?case=${change.case_id}">${change.client === null ? 'Zum Fall' : `Zum Fall ${change.case_number}`}</a>`}
      </p>
      ${printLine(this.session)}
      <section class="sj-consultation" aria-labelledby="stand">
        <h2 class="sj-help__state" id="stand" tabindex="-1">${stateText(change)}</h2>
        ${change.answer_note === null ? nothing : html`<p><q>${change.answer_note}</q></p>`}
        <p class="sj-help__said" role="status">${this.said}</p>
        ${this.#loaded.error ? viewProblem(this.#loaded.error, { dataAsOf: undefined, retry: () => void this.#loaded.run() }) : nothing}
        ${
          open
            ? html`<sj-step-form
                class="sj-no-print"
                .action=${this.#form(open, change)}
                @sj-cancelled=${() => void closeStep(this)}
                @sj-refused=${(event: CustomEvent<RequestProblem>) => void this.#refused(event.detail)}
              ></sj-step-form>`
            : this.#buttons(change)
        }
        ${this.#terms(change)} ${change.state === 'announced' ? this.#handed(change) : nothing}
      </section>
    `
  }

  #without(error: unknown) {
    return html`
      <h1 class="sj-h1">Zuständigkeitswechsel</h1>
      ${
        error instanceof RequestProblem && (error.status === 404 || error.status === 400)
          ? html`<p class="sj-empty">
              Diesen Zuständigkeitswechsel gibt es hier nicht. <a class="sj-link" href=${caseManagerPath}>Zum Fallmanager</a>
            </p>`
          : error
            ? viewProblem(error, { dataAsOf: undefined, retry: () => void this.#loaded.run() })
            : html`<p class="sj-meta" aria-busy="true">Der Zuständigkeitswechsel wird geladen</p>`
      }
    `
  }

  #buttons({ possible }: AuthorityChangeWithHelps) {
    return html`
      <div class="sj-help__actions sj-no-print">
        ${possible.map(
          (action, index) => html`
            <button
              type="button"
              class="kern-btn ${index === 0 && action !== 'withdraw' ? 'kern-btn--primary' : 'kern-btn--secondary'}"
              data-action=${action}
              @click=${() => void openStep(this, action)}
            >
              <span class="kern-label">${labels[action]}</span>
            </button>
          `,
        )}
      </div>
    `
  }

  #terms(change: AuthorityChangeWithHelps) {
    const { former_authority, new_authority, in_portal, change_on, reason, note, conference_on, announced_at, announced_by } = change
    const { answered_at, answered_by } = change
    return html`
      <dl class="sj-terms">
        ${term('Bisher zuständig', former_authority)}
        ${term('Neu zuständig', html`${new_authority} <small>ab ${dateText(change_on)}${in_portal ? nothing : ', nutzt das Portal nicht'}</small>`)}
        ${term('Grund', html`${reasonLabels[reason]}${note === null ? nothing : html` <small>${note}</small>`}`)}
        ${term(
          'Übergabegespräch',
          html`${conference_on === null ? 'noch nicht vereinbart' : dateText(conference_on)}
            <small>mit der Familie, in geschütztem Rahmen (§ 86c Abs. 2 SGB VIII)</small>`,
        )}
        ${term('Angekündigt', `${minuteText(announced_at)}, ${announced_by}`)}
        ${answered_at === null ? nothing : term('Eingetragen', `${minuteText(answered_at)}, ${answered_by}`)} ${this.#paying(change)}
      </dl>
    `
  }

  #paying({ state, refund_cents, continued_on, change_on, former_authority }: AuthorityChangeWithHelps) {
    if (state === 'announced')
      return term(
        'Zahlt bis zur Fortsetzung',
        html`${former_authority} <small>fortdauernde Leistungspflicht, § 86c Abs. 1 SGB VIII</small>`,
      )
    if (refund_cents === null || refund_cents === 0 || continued_on === null) return nothing
    return term(
      'Kostenerstattung',
      html`${moneyText(refund_cents)}
        <small>Soll-Kosten vom ${dateText(change_on)} bis zur Fortsetzung am ${dateText(continued_on)}, § 89c SGB VIII</small>`,
    )
  }

  #handed({ client, helps, billed_until }: AuthorityChangeWithHelps) {
    return html`
      <h3 class="sj-h2">Was übergeben wird</h3>
      ${
        client === null
          ? nothing
          : html`<p>
              ${client.given_name} ${client.family_name}, geboren am ${dateText(client.birth_date)},
              ${sexLabels[client.sex]}${client.unaccompanied_minor ? ', unbegleitet eingereist' : ''}
            </p>`
      }
      ${
        helps.length === 0
          ? html`<p>Am Tag des Wechsels läuft keine Hilfe. Übergeben wird der Fall.</p>`
          : html`<ul class="sj-case__helps">
              ${helps.map(
                (help) => html`
                  <li>
                    <b>${helpText(help)}</b>
                    <span>${dateText(help.first_day)} bis ${dateText(help.last_day)}</span>
                    <small>${help.provider_name === null ? 'außerhalb des Systems' : `${help.facility_name}, ${help.provider_name}`}</small>
                    <small>
                      ${rateText(help.rate_cents, help.unit)}, ${weeklyText(help.units_per_week, help.unit)}, Soll-Kosten ab dem Wechsel
                      ${moneyText(help.planned_cents)}
                    </small>
                  </li>
                `,
              )}
            </ul>`
      }
      <p class="sj-meta">
        Dazu der letzte Hilfeplan jeder Hilfe. Reservierungen und Wartelisten des Falls enden mit der
        Fortsetzung.${billed_until === null ? nothing : ` Abgerechnet ist bis ${dateText(billed_until)}.`}
      </p>
    `
  }
}

customElements.define('sj-authority-change-page', AuthorityChangePage)
