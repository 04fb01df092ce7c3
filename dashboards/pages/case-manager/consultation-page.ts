import { Task } from '@lit/task'
import { html, LitElement, nothing } from 'lit'
import {
  type Colleague,
  type Consultation,
  getColleagues,
  getConsultation,
  minutesUrl,
  RequestProblem,
  type Session,
  takeConsultationStep,
} from '../../client.ts'
import { choiceIn } from '../../choice.ts'
import { printLine, viewProblem } from '../../elements/view-lines.ts'
import { dateText, minuteText } from '../../format.ts'
import { onReturn } from '../../on-return.ts'
import { caseManagerPath, reservationPath } from '../../route.ts'
import { fileHref } from '../case-file/case-file.ts'
import { countText, decisionLabels, headingText, stateText, voteLabels } from './consultation-words.ts'
import { closeStep, leaveStep, openStep, resumeStep } from './opened-step.ts'
import { paragraphsOf, type StepFormAction, type Values } from './step-form.ts'
import { term } from './terms.ts'
import './consultation.css'
import './help-page.css'

const { read } = choiceIn(['consultation'])
type Loaded = { consultation: Consultation; colleagues: Colleague[] }
type Action = 'vote' | 'external_vote' | 'invite' | 'external' | 'decide'
const labels: Record<Action, string> = {
  vote: 'Stimme abgeben',
  external_vote: 'Externe Stimme erfassen',
  invite: 'Fachkraft einladen',
  external: 'Externe Fachkraft angeben',
  decide: 'Entscheidung eintragen',
}
const actionsOf = ({ possible, participants }: Consultation): Action[] =>
  possible.flatMap((each): Action[] => {
    if (each !== 'invite') return [each]
    return [...(participants.some(({ external }) => external) ? (['external_vote'] as const) : []), 'invite', 'external']
  })

/** Fallmanager / one team consultation: who takes part, the votes, the decision and its minutes. */
export class ConsultationPage extends LitElement {
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
  /** The consultation of which a form left half filled was opened again. */
  #resumed: string | undefined

  readonly #loaded = new Task(this, {
    args: () => [this.search, this.session.user_name] as const,
    task: async ([search], { signal }): Promise<Loaded> => {
      const [consultation, { items }] = await Promise.all([getConsultation(read(search).consultation ?? '', signal), getColleagues(signal)])
      if (this.#resumed !== search) {
        this.#resumed = search
        await resumeStep(this, consultation.id, actionsOf(consultation))
      }
      return { consultation, colleagues: items }
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

  /** Decided meanwhile: the form goes, and what was decided is shown. */
  async #refused(problem: RequestProblem) {
    if (problem.status !== 409) return
    await this.#loaded.run()
    if (this.#loaded.value?.consultation.decided_at === null) return
    await leaveStep(this, problem.message)
  }

  #form(action: Action, { consultation, colleagues }: Loaded): StepFormAction {
    const { id, participants } = consultation
    const sending = (step: 'vote' | 'decide' | 'participants', body: (values: Values) => object, said: string) => ({
      name: action,
      subject: id,
      send: async (values: Values, key: string) => {
        await takeConsultationStep(id, step, body(values), key)
        this.opened = undefined
        await this.#loaded.run()
        await leaveStep(this, said)
      },
    })
    switch (action) {
      case 'vote': {
        const own = participants.find((each) => each.own)
        return {
          heading: own?.vote ? 'Stimme ändern' : 'Stimme abgeben',
          text: 'Bis zur Entscheidung können Sie Ihre Stimme ändern. Alle Fachkräfte des Jugendamts sehen sie.',
          fields: ['vote', 'note'],
          given: { vote: own?.vote ?? '', note: own?.statement ?? '' },
          noteLabel: 'Stellungnahme',
          noteHint: 'Bei einer Ablehnung nötig.',
          noteLength: 2000,
          noteField: 'statement',
          submit: 'Stimme abgeben',
          ...sending(
            'vote',
            ({ vote, ...values }) => {
              const { note } = paragraphsOf({ vote, ...values })
              return { vote, ...(note && { statement: note }) }
            },
            'Ihre Stimme ist festgehalten.',
          ),
        }
      }
      case 'external_vote': {
        const externals = participants.filter(({ external }) => external)
        return {
          heading: labels.external_vote,
          text: 'Was eine Fachkraft von außerhalb gesagt hat, tragen Sie in ihrem Auftrag ein. Im Protokoll steht, wer es wann erfasst hat.',
          fields: ['participant_id', 'vote', 'note'],
          given: { participant_id: externals.length === 1 ? externals[0]!.id : '' },
          choices: {
            participant_id: [
              ['', 'Bitte auswählen'],
              ...externals.map(({ id: key, name, function: role }): [string, string] => [key, `${name}, ${role}`]),
            ],
            vote: [['', 'Bitte auswählen'], ...Object.entries(voteLabels)],
          },
          voteLabel: 'Stimme',
          noteLabel: 'Stellungnahme',
          noteHint: 'Bei einer Ablehnung nötig.',
          noteLength: 2000,
          noteField: 'statement',
          submit: 'Erfassen',
          ...sending(
            'vote',
            ({ vote, participant_id, ...values }) => {
              const { note } = paragraphsOf({ vote, participant_id, ...values })
              return { vote, participant_id, ...(note && { statement: note }) }
            },
            'Die Stimme ist erfasst.',
          ),
        }
      }
      case 'invite':
        return {
          heading: labels.invite,
          text: 'Wer eingeladen ist, findet die Beratung im Fallmanager und gibt dort eine Stimme ab.',
          fields: ['colleague', 'function'],
          choices: {
            colleague: [['', 'Bitte auswählen'], ...colleagues.map(({ id, display_name }): [string, string] => [id, display_name])],
          },
          given: { function: 'Fachkraft' },
          submit: 'Einladen',
          ...sending(
            'participants',
            ({ colleague, function: role }) => ({ user_account_id: colleague, function: role.trim() }),
            'Die Fachkraft ist eingeladen.',
          ),
        }
      case 'external':
        return {
          heading: labels.external,
          text: 'Fachkräfte außerhalb des Jugendamts stehen im Protokoll. Ihre Stimme erfassen Sie in ihrem Auftrag.',
          fields: ['person', 'function'],
          submit: 'Angeben',
          ...sending(
            'participants',
            ({ person, function: role }) => ({ name: person.trim(), function: role.trim() }),
            'Die externe Fachkraft ist angegeben.',
          ),
        }
      case 'decide':
        return {
          heading: labels.decide,
          text: `${countText(consultation)}. Danach bleibt alles, wie es ist, und das Protokoll liegt in der Akte.`,
          fields: ['decision', 'note'],
          noteLabel: 'Begründung',
          noteLength: 4000,
          noteField: 'decision_reason',
          noteMissing: 'Bitte begründen.',
          submit: 'Entscheidung eintragen',
          question: {
            heading: 'Entscheidung eintragen?',
            text: `${countText(consultation)}. Stimmen, Beteiligte, Entscheidung und Begründung lassen sich danach nicht mehr ändern und nicht zurücknehmen, und das Protokoll liegt in der Akte. Anders entscheiden kann nur eine neue Beratung.`,
            action: 'Eintragen',
          },
          ...sending(
            'decide',
            (values) => ({ decision: values.decision, decision_reason: paragraphsOf(values).note }),
            'Die Entscheidung ist eingetragen.',
          ),
        }
    }
  }

  override render() {
    const loaded = this.#loaded.value
    if (!loaded) {
      const { error } = this.#loaded
      return html`
        <h1 class="sj-h1">Teamberatung</h1>
        ${
          error instanceof RequestProblem && (error.status === 404 || error.status === 400)
            ? html`<p class="sj-empty">
                Diese Beratung gibt es hier nicht. <a class="sj-link" href=${caseManagerPath}>Zum Fallmanager</a>
              </p>`
            : error
              ? viewProblem(error, { dataAsOf: undefined, retry: () => void this.#loaded.run() })
              : html`<p class="sj-meta" aria-busy="true">Die Beratung wird geladen</p>`
        }
      `
    }
    const { consultation } = loaded
    const actions = actionsOf(consultation)
    const open = actions.find((action) => action === this.opened)
    return html`
      <h1 class="sj-h1">${headingText(consultation)}</h1>
      <p class="sj-lead">
        Fall ${consultation.case_number}.
        ${
          consultation.reservation_id === null
            ? nothing
            : html`<a class="sj-link" href="${reservationPath}?reservation=${consultation.reservation_id}">${consultation.about}</a>`
        }
      </p>
      ${printLine(this.session)}
      <section class="sj-consultation" aria-labelledby="stand">
        <h2 class="sj-help__state" id="stand" tabindex="-1">
          ${consultation.decided_at === null ? 'Noch nicht entschieden' : 'Entschieden'}
        </h2>
        <p>
          ${
            consultation.decided_at === null
              ? `${countText(consultation)}.`
              : html`${stateText(consultation)} Das Protokoll liegt in der
                  <a class="sj-link" href=${fileHref(consultation.case_id)}>Akte</a>.`
          }
        </p>
        <p class="sj-help__said" role="status">${this.said}</p>
        ${this.#loaded.error ? viewProblem(this.#loaded.error, { dataAsOf: undefined, retry: () => void this.#loaded.run() }) : nothing}
        ${
          open
            ? html`<sj-step-form
                class="sj-no-print"
                .action=${this.#form(open, loaded)}
                @sj-cancelled=${() => void closeStep(this)}
                @sj-refused=${(event: CustomEvent<RequestProblem>) => void this.#refused(event.detail)}
              ></sj-step-form>`
            : this.#buttons(consultation, actions)
        }
        ${this.#told(consultation)}
      </section>
    `
  }

  #buttons({ id, decided_at, participants }: Consultation, actions: Action[]) {
    const voted = participants.some(({ own, vote }) => own && vote !== null)
    return html`
      <div class="sj-help__actions sj-no-print">
        ${actions.map(
          (action) => html`
            <button
              type="button"
              class="kern-btn ${action === (voted ? 'decide' : 'vote') ? 'kern-btn--primary' : 'kern-btn--secondary'}"
              data-action=${action}
              @click=${() => void openStep(this, action)}
            >
              <span class="kern-label">${action === 'vote' && voted ? 'Stimme ändern' : labels[action]}</span>
            </button>
          `,
        )}
        ${
          decided_at === null
            ? nothing
            : html`<a class="kern-btn kern-btn--primary" href=${minutesUrl(id)} download
                ><span class="kern-label">Protokoll als PDF</span></a
              >`
        }
      </div>
    `
  }

  #told({ question, opened_by, opened_at, participants, decision, decision_reason, held_on }: Consultation) {
    return html`
      <h3 class="sj-h2">Worum es geht</h3>
      <p class="sj-paragraphs">${question}</p>
      <h3 class="sj-h2">Wer berät</h3>
      <ul class="sj-voices">
        ${participants.map(
          ({ name, function: role, external, vote, statement, voted_at, recorded_by }) => html`
            <li>
              <p><b>${name}</b>, ${role}</p>
              <p class="sj-meta">
                ${external ? 'extern, ' : ''}${vote === null ? (decision === null ? 'noch keine Stimme' : 'keine Stimme abgegeben') : voteLabels[vote]}${voted_at === null ? nothing : `, ${minuteText(voted_at)}`}${recorded_by === null ? nothing : `, im Auftrag erfasst von ${recorded_by}`}
              </p>
              ${statement === null ? nothing : html`<q class="sj-paragraphs">${statement}</q>`}
            </li>
          `,
        )}
      </ul>
      ${
        decision === null
          ? nothing
          : html`<h3 class="sj-h2">Was entschieden ist</h3>
              <p><b>${decisionLabels[decision]}</b></p>
              <p class="sj-paragraphs">${decision_reason}</p>`
      }
      <dl class="sj-terms">
        ${term('Tag der Beratung', dateText(held_on))} ${term('Einberufen', `${minuteText(opened_at)}, ${opened_by}`)}
        ${term('Grundlage', '§ 36 Abs. 2 SGB VIII: Zusammenwirken mehrerer Fachkräfte')}
      </dl>
    `
  }
}

customElements.define('sj-consultation-page', ConsultationPage)
