import { html, LitElement, nothing } from 'lit'
import { RequestProblem } from '../../client.ts'
import { faultLine, faultsOf, type Faults, faultSummary, textField } from '../../elements/form-fields.ts'
import { type Question, questionDialog } from '../../elements/question-dialog.ts'
import { selectField } from '../../elements/select-field.ts'
import { declineReasonLabels, endReasonLabels } from './reservation-words.ts'
import './step-form.css'

export type Values = { note: string; decline_reason: string; last_day: string; end_reason: string; units_per_week: string }
export type Field = keyof Values

export type StepFormAction = {
  name: string
  heading: string
  text: string
  fields: Field[]
  /** What a field holds before anything is entered. */
  given?: Partial<Values>
  noteLabel?: string
  noteHint?: string
  unitsLabel?: string
  /** What the button that does it says. */
  submit: string
  /** Asked before it is done. */
  question?: Omit<Question, 'act'>
  send: (values: Values, key: string) => Promise<void>
}

const empty: Values = { note: '', decline_reason: '', last_day: '', end_reason: '', units_per_week: '' }
const labels: Record<Field, string> = {
  last_day: 'Letzter Tag',
  end_reason: 'Grund des Endes',
  units_per_week: 'Umfang pro Woche',
  decline_reason: 'Grund',
  note: 'Notiz',
}
const choose: [string, string] = ['', 'Bitte auswählen']
const choices: Partial<Record<Field, [string, string][]>> = {
  decline_reason: [choose, ...Object.entries(declineReasonLabels)],
  end_reason: [
    choose,
    ...['10', '20', '21', '22', '30', '40', '50', '0'].map((key): [string, string] => [key, endReasonLabels[Number(key)]!]),
  ],
}
const missing: Partial<Record<Field, string>> = {
  last_day: 'Bitte einen Tag angeben.',
  end_reason: 'Bitte einen Grund auswählen.',
  decline_reason: 'Bitte einen Grund auswählen.',
  units_per_week: 'Bitte eine Zahl angeben, zum Beispiel 3,5.',
}

/** "3,25" as a number; NaN where it is none. */
export const numberOf = (text: string): number =>
  /^\d{1,3}([.,]\d{1,2})?$/.test(text.trim()) ? Number(text.trim().replace(',', '.')) : Number.NaN

/**
 * What a step asks for, with its faults in words. Tells `sj-cancelled`, and `sj-refused` with the problem that was refused; what was
 * entered stays.
 */
export class StepForm extends LitElement {
  static override properties = {
    action: { attribute: false },
    values: { state: true },
    faults: { state: true },
    refusal: { state: true },
    busy: { state: true },
  }
  declare action: StepFormAction
  declare values: Values
  declare faults: Faults
  declare refusal: string | undefined
  declare busy: boolean
  /** The same for every attempt at the same. */
  #key = crypto.randomUUID()
  #shown: string | undefined

  constructor() {
    super()
    this.values = empty
    this.faults = {}
    this.busy = false
  }

  protected override createRenderRoot() {
    return this
  }

  protected override willUpdate() {
    if (this.#shown === this.action.name) return
    this.#shown = this.action.name
    this.values = { ...empty, ...this.action.given }
    this.faults = {}
    this.refusal = undefined
    this.#key = crypto.randomUUID()
  }

  #missing(): Faults {
    const { values } = this
    const lacks = (field: Field) => (field === 'units_per_week' ? Number.isNaN(numberOf(values[field])) : values[field].trim() === '')
    return Object.fromEntries(this.action.fields.filter((field) => missing[field] && lacks(field)).map((field) => [field, missing[field]]))
  }

  async #submit(event: SubmitEvent) {
    event.preventDefault()
    this.refusal = undefined
    this.faults = this.#missing()
    if (Object.keys(this.faults).length > 0) return this.#focusSummary()
    if (this.action.question) return this.querySelector('dialog')?.showModal()
    return this.#send()
  }

  async #send() {
    if (this.busy) return
    this.querySelector('dialog')?.close()
    this.busy = true
    try {
      await this.action.send(this.values, this.#key)
    } catch (problem) {
      if (!(problem instanceof RequestProblem)) throw problem
      // whether an attempt that nobody answered arrived is not known: it is repeated with its key
      if (problem.status > 0 && problem.status < 500) this.#key = crypto.randomUUID()
      this.faults = faultsOf(problem.details, this.action.fields)
      this.refusal = problem.message
      this.dispatchEvent(new CustomEvent('sj-refused', { detail: problem, bubbles: true }))
      await this.#focusSummary()
    } finally {
      this.busy = false
    }
  }

  async #focusSummary() {
    await this.updateComplete
    this.querySelector<HTMLElement>('.sj-summary')?.focus()
  }

  override render() {
    const { heading, text, fields, submit, question } = this.action
    return html`
      <form class="sj-step" novalidate aria-labelledby="schritt" @submit=${this.#submit}>
        <h2 class="sj-h2" id="schritt" tabindex="-1">${heading}</h2>
        <p>${text}</p>
        ${faultSummary({ refusal: this.refusal, faults: this.faults, labels: this.#labels })} ${fields.map((field) => this.#field(field))}
        <div class="sj-step__buttons">
          <button type="submit" class="kern-btn kern-btn--primary" aria-disabled=${this.busy ? 'true' : 'false'}>
            <span class="kern-label">${submit}</span>
          </button>
          <button
            type="button"
            class="kern-btn kern-btn--tertiary"
            @click=${() => this.dispatchEvent(new Event('sj-cancelled', { bubbles: true }))}
          >
            <span class="kern-label">Abbrechen</span>
          </button>
        </div>
      </form>
      ${question ? questionDialog({ ...question, act: () => void this.#send() }) : nothing}
    `
  }

  get #labels(): Record<Field, string> {
    const { noteLabel, unitsLabel } = this.action
    return { ...labels, ...(noteLabel && { note: noteLabel }), ...(unitsLabel && { units_per_week: unitsLabel }) }
  }

  #field(name: Field) {
    const label = this.#labels[name]
    const value = this.values[name]
    const entered = (text: string) => (this.values = { ...this.values, [name]: text })
    const options = choices[name]
    if (options) return selectField({ name, label, options, value, faults: this.faults, chosen: entered })
    if (name === 'note') return this.#note(label, value, entered)
    const type = name === 'last_day' ? 'date' : 'text'
    return textField({ name, label, type, autocomplete: 'off', value, faults: this.faults, entered })
  }

  #note(label: string, value: string, entered: (text: string) => void) {
    const { noteHint } = this.action
    const fault = this.faults['note']
    const described = [noteHint && 'hint-note', fault && 'fault-note'].filter(Boolean).join(' ')
    return html`
      <div class="kern-form-input ${fault ? 'kern-form-input--error' : ''}">
        <label class="kern-label" for="note">${label}</label>
        ${noteHint ? html`<p class="kern-hint" id="hint-note">${noteHint}</p>` : nothing}
        <textarea
          class="kern-form-input__input ${fault ? 'kern-form-input__input--error' : ''}"
          id="note"
          rows="3"
          maxlength="1000"
          aria-invalid=${fault ? 'true' : 'false'}
          aria-describedby=${described || nothing}
          .value=${value}
          @input=${(event: Event) => entered((event.target as HTMLTextAreaElement).value)}
        ></textarea>
        ${faultLine('note', this.faults)}
      </div>
    `
  }
}

customElements.define('sj-step-form', StepForm)

/** One line: what was typed over several is joined. */
export const noteOf = ({ note }: Values): { note?: string } => {
  const text = note.replaceAll(/\s+/g, ' ').trim()
  return text === '' ? {} : { note: text }
}
