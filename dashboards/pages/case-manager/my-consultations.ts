import { Task } from '@lit/task'
import { html, LitElement, nothing } from 'lit'
import { getInvitations } from '../../client.ts'
import { numberText } from '../../format.ts'
import { onReturn } from '../../on-return.ts'
import { consultationHref, headingText, stateText } from './consultation-words.ts'
import './consultation.css'

/** Consultations that wait for the reader's vote, and those open otherwise; nothing where there are none. */
export class MyConsultations extends LitElement {
  readonly #loaded = new Task(this, { args: () => [] as const, task: async (_, { signal }) => (await getInvitations(signal)).items })

  constructor() {
    super()
    onReturn(this, () => void this.#loaded.run())
  }

  protected override createRenderRoot() {
    return this
  }

  override render() {
    const consultations = this.#loaded.value ?? []
    if (consultations.length === 0) return nothing
    const waiting = consultations.filter(({ participants }) => participants.some(({ own, vote }) => own && vote === null))
    const lead =
      waiting.length === 0
        ? 'keine wartet auf Ihre Stimme'
        : waiting.length === 1
          ? 'eine wartet auf Ihre Stimme'
          : `${numberText(waiting.length)} warten auf Ihre Stimme`
    return html`
      <details class="sj-invitations" ?open=${waiting.length > 0}>
        <summary class="sj-link">Meine Beratungen: ${numberText(consultations.length)} offen, ${lead}</summary>
        <ul class="sj-consultations">
          ${consultations.map(
            (each) =>
              html`<li>
                <a class="sj-link" href=${consultationHref(each)}>${headingText(each)}, Fall ${each.case_number}</a>
                <small>${waiting.includes(each) ? 'Ihre Stimme fehlt. ' : nothing}${stateText(each)}</small>
              </li>`,
          )}
        </ul>
      </details>
    `
  }
}

customElements.define('sj-my-consultations', MyConsultations)
