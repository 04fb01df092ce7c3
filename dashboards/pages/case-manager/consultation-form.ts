import { Task } from '@lit/task'
import { html, LitElement, nothing } from 'lit'
import { getColleagues, type NewParticipant, openConsultation } from '../../client.ts'
import { FormDraft } from '../../elements/form-draft.ts'
import { areaField, faultLine, faultSummary, textField, unfinishedDays } from '../../elements/form-fields.ts'
import { Sending } from '../../elements/sending.ts'
import { Navigate } from '../../navigation.ts'
import { consultationHref } from './consultation-words.ts'
import { berlinDay } from '../../format.ts'

type External = { name: string; function: string }
const labels = { question: 'Worum es geht', held_on: 'Tag der Beratung', participants: 'Wer mitberät' }
const nobody: External = { name: '', function: '' }
const fieldOf = (field: string) => (field.startsWith('participants') ? 'participants' : field)

/** Opens a team consultation and goes to its page. Tells `sj-cancelled`; what was entered stays on an error. */
export class ConsultationForm extends LitElement {
  static override properties = {
    caseId: { attribute: false },
    reservationId: { attribute: false },
    question: { state: true },
    heldOn: { state: true },
    invited: { state: true },
    externals: { state: true },
  }
  declare caseId: string
  declare reservationId: string | undefined
  declare question: string
  declare heldOn: string
  declare invited: string[]
  declare externals: External[]
  readonly #sending = new Sending(this, { fieldOf })
  readonly #draft = new FormDraft(this, {
    key: () => ({ form: 'consultation', subject: this.caseId }),
    content: () => ({ question: this.question, heldOn: this.heldOn, invited: this.invited, externals: this.externals }),
    restore: (content) => Object.assign(this, content),
  })

  readonly #colleagues = new Task(this, { args: () => [] as const, task: async (_, { signal }) => (await getColleagues(signal)).items })

  constructor() {
    super()
    this.question = ''
    this.heldOn = berlinDay(new Date())
    this.invited = []
    this.externals = [nobody]
  }

  protected override createRenderRoot() {
    return this
  }

  get #participants(): NewParticipant[] {
    const externals = this.externals.map((each) => ({ name: each.name.trim(), function: each.function.trim() || 'externe Fachkraft' }))
    return [
      ...this.invited.map((user_account_id) => ({ user_account_id, function: 'Fachkraft' })),
      ...externals.filter(({ name }) => name !== ''),
    ]
  }

  #submit(event: SubmitEvent) {
    event.preventDefault()
    const [question, participants] = [this.question.trim(), this.#participants]
    const missing = {
      ...(question === '' && { question: 'Bitte angeben, worüber beraten wird.' }),
      ...(this.heldOn === '' && { held_on: 'Bitte einen Tag angeben.' }),
      ...unfinishedDays(this),
      ...(participants.length === 0 && { participants: 'Bitte mindestens eine weitere Fachkraft angeben.' }),
    }
    return this.#sending.send(async (key) => {
      const reservation = this.reservationId === undefined ? {} : { reservation_id: this.reservationId }
      const wanted = { case_id: this.caseId, ...reservation, question, held_on: this.heldOn, participants }
      const opened = await this.#draft.sent(() => openConsultation(wanted, key))
      this.dispatchEvent(new Navigate(consultationHref(opened)))
      return ''
    }, missing)
  }

  #change(index: number, changed: Partial<External>) {
    this.externals = this.externals.map((each, at) => (at === index ? { ...each, ...changed } : each))
  }

  #cancel() {
    this.#draft.discard()
    this.dispatchEvent(new Event('sj-cancelled', { bubbles: true }))
  }

  override render() {
    const { refusal, faults, busy } = this.#sending
    return html`
      <form class="sj-consultation-form" novalidate aria-labelledby="beratung-neu" @submit=${this.#submit}>
        <h3 class="sj-h3" id="beratung-neu" tabindex="-1">Teamberatung eröffnen</h3>
        ${this.#draft.line()} ${faultSummary({ refusal, faults, labels })}
        ${areaField({
          name: 'question',
          label: labels.question,
          hint: 'Bedarf, mögliche Hilfen, offene Fragen. Nur Fachkräfte des Jugendamts können es lesen.',
          value: this.question,
          faults,
          rows: 4,
          maxlength: 2000,
          entered: (text) => (this.question = text),
        })}
        ${textField({
          name: 'held_on',
          label: labels.held_on,
          type: 'date',
          autocomplete: 'off',
          value: this.heldOn,
          faults,
          entered: (day) => (this.heldOn = day),
        })}
        <fieldset id="participants" tabindex="-1" aria-describedby=${faults['participants'] ? 'fault-participants' : nothing}>
          <legend>Kolleginnen und Kollegen einladen</legend>
          ${(this.#colleagues.value ?? []).map(
            ({ id, display_name }) => html`
              <label class="sj-check">
                <input
                  type="checkbox"
                  name="colleague"
                  value=${id}
                  .checked=${this.invited.includes(id)}
                  @change=${(event: Event) => {
                    const on = (event.target as HTMLInputElement).checked
                    this.invited = on ? [...this.invited, id] : this.invited.filter((each) => each !== id)
                  }}
                />
                ${display_name}
              </label>
            `,
          )}
          ${faultLine('participants', faults)}
        </fieldset>
        <fieldset>
          <legend>Externe Fachkräfte, deren Stimme Sie in ihrem Auftrag erfassen</legend>
          ${this.externals.map((each, index) => this.#external(each, index))}
          <button type="button" class="sj-link" @click=${() => (this.externals = [...this.externals, nobody])}>Weitere angeben</button>
        </fieldset>
        <div class="sj-step__buttons">
          <button type="submit" class="kern-btn kern-btn--primary" aria-disabled=${busy ? 'true' : 'false'}>
            <span class="kern-label">Eröffnen</span>
          </button>
          <button type="button" class="kern-btn kern-btn--tertiary" @click=${this.#cancel}>
            <span class="kern-label">Abbrechen</span>
          </button>
        </div>
      </form>
    `
  }

  #external({ name, function: role }: External, index: number) {
    const field = (part: keyof External, label: string, value: string) =>
      textField({
        name: `external-${part}-${index}`,
        label,
        type: 'text',
        autocomplete: 'off',
        value,
        faults: {},
        entered: (text) => this.#change(index, { [part]: text }),
      })
    return html`<div class="sj-consultation-form__external">${field('name', 'Name', name)} ${field('function', 'Funktion', role)}</div>`
  }
}

customElements.define('sj-consultation-form', ConsultationForm)
