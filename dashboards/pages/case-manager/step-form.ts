import { html, LitElement, nothing } from 'lit'
import { getDraft, RequestProblem } from '../../client.ts'
import { FormDraft } from '../../elements/form-draft.ts'
import {
  areaField,
  confirmField,
  type Faults,
  faultSummary,
  numberOf,
  oneLine,
  textField,
  unfinishedDays,
} from '../../elements/form-fields.ts'
import { type Question, questionDialog } from '../../elements/question-dialog.ts'
import { selectField } from '../../elements/select-field.ts'
import { Sending } from '../../elements/sending.ts'
import { dearerReasons } from '../selection/reasons.ts'
import { decisionLabels, voteChoices } from './consultation-words.ts'
import { declineReasonLabels, endReasonLabels, interruptionReasonLabels, parallelLabel } from './reservation-words.ts'
import './step-form.css'

export type Values = {
  note: string
  decline_reason: string
  dearer_reason: string
  first_day: string
  last_day: string
  end_reason: string
  units_per_week: string
  rate: string
  /** In euros, as typed. */
  rate_cents: string
  reason: string
  paid: string
  vote: string
  decision: string
  colleague: string
  person: string
  participant_id: string
  /** A colleague who is given a case. */
  to_id: string
  function: string
  to_authority_id: string
  change_on: string
  continued_on: string
  conference_on: string
  case_number: string
  /** 'true': said that it is right. */
  parallel: string
  older: string
}
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
  noteLength?: number
  /** What the note is called by the service, where it has another name. */
  noteField?: string
  /** What is missing where nothing is written; left out: it may be. */
  noteMissing?: string
  choices?: Partial<Record<Field, [string, string][]>>
  unitsLabel?: string
  firstDayLabel?: string
  lastDayLabel?: string
  reasonLabel?: string
  voteLabel?: string
  /** What is unusual in what is entered. */
  toConfirm?: (values: Values) => Field[]
  /** What would come of what is entered. */
  live?: (values: Values) => unknown
  /** What the button that does it says. */
  submit: string
  /** The help, consultation, case or change of authority it is about, where what is typed is kept on the server. */
  subject?: string
  /** The helps it is about, where it is several: of those there is one such draft. */
  helps?: string[]
  /** Asked before it is done. */
  question?: Omit<Question, 'act'>
  send: (values: Values, key: string) => Promise<void>
}

export const emptyValues: Values = {
  note: '',
  decline_reason: '',
  dearer_reason: '',
  first_day: '',
  last_day: '',
  end_reason: '',
  units_per_week: '',
  rate: 'kept',
  rate_cents: '',
  reason: '',
  paid: '',
  vote: '',
  decision: '',
  colleague: '',
  person: '',
  participant_id: '',
  to_id: '',
  function: '',
  to_authority_id: '',
  change_on: '',
  continued_on: '',
  conference_on: '',
  case_number: '',
  parallel: '',
  older: '',
}
const labels: Record<Field, string> = {
  first_day: 'Erster Tag',
  last_day: 'Letzter Tag',
  end_reason: 'Grund des Endes',
  units_per_week: 'Umfang pro Woche',
  rate: 'Entgelt',
  rate_cents: 'Neues Entgelt in Euro',
  reason: 'Grund der Unterbrechung',
  paid: 'Entgelt in dieser Zeit',
  vote: 'Ihre Stimme',
  decision: 'Entscheidung',
  colleague: 'Fachkraft',
  person: 'Name',
  participant_id: 'Externe Fachkraft',
  to_id: 'An',
  function: 'Funktion',
  to_authority_id: 'Neues Jugendamt',
  change_on: 'Zuständig ab',
  continued_on: 'Fortsetzung ab',
  conference_on: 'Übergabegespräch am (wenn vereinbart)',
  case_number: 'Neue Fallnummer',
  parallel: parallelLabel,
  older: 'Die Person kann dort bleiben, obwohl sie älter ist, als die Einrichtung aufnimmt',
  decline_reason: 'Grund',
  dearer_reason: 'Grund',
  note: 'Notiz',
}
const choose: [string, string] = ['', 'Bitte auswählen']
const choices: Partial<Record<Field, [string, string][]>> = {
  decline_reason: [choose, ...Object.entries(declineReasonLabels)],
  dearer_reason: [choose, ...dearerReasons],
  rate: [
    ['kept', 'bleibt wie bisher'],
    ['offer', 'wie im Angebot für diesen Tag vereinbart'],
    ['other', 'anderer Betrag'],
  ],
  reason: [choose, ...Object.entries(interruptionReasonLabels)],
  vote: [choose, ...Object.entries(voteChoices)],
  decision: [choose, ...Object.entries(decisionLabels)],
  paid: [choose, ['true', 'wird weiter bezahlt, der Platz wird freigehalten'], ['false', 'wird nicht bezahlt']],
  end_reason: [
    choose,
    ...['10', '20', '21', '22', '30', '40', '50', '0'].map((key): [string, string] => [key, endReasonLabels[Number(key)]!]),
  ],
}
const missing: Partial<Record<Field, string>> = {
  first_day: 'Bitte einen Tag angeben.',
  reason: 'Bitte einen Grund auswählen.',
  vote: 'Bitte auswählen.',
  decision: 'Bitte auswählen.',
  colleague: 'Bitte auswählen.',
  person: 'Bitte den Namen angeben.',
  participant_id: 'Bitte auswählen.',
  to_id: 'Bitte eine Person auswählen.',
  function: 'Bitte die Funktion angeben.',
  to_authority_id: 'Bitte ein Jugendamt auswählen.',
  change_on: 'Bitte einen Tag angeben.',
  continued_on: 'Bitte einen Tag angeben.',
  case_number: 'Bitte eine Fallnummer angeben.',
  paid: 'Bitte auswählen.',
  parallel: 'Bitte bestätigen, dass beide Hilfen nebeneinander laufen.',
  older: 'Bitte bestätigen, dass die Person dort bleiben kann.',
  rate_cents: 'Bitte einen Betrag angeben, zum Beispiel 82,50.',
  last_day: 'Bitte einen Tag angeben.',
  end_reason: 'Bitte einen Grund auswählen.',
  decline_reason: 'Bitte einen Grund auswählen.',
  dearer_reason: 'Bitte einen Grund auswählen.',
  units_per_week: 'Bitte eine Zahl angeben, zum Beispiel 3,5.',
}

/** What is unusual, and confirmed, by its name in the summary of faults. */
const confirmed = new Map<Field, string>([
  ['parallel', 'Andere stationäre Hilfe'],
  ['older', 'Alter'],
])
const numbers = new Set<Field>(['units_per_week', 'rate_cents'])
const isSame = (helps: string[], others: string[]) => helps.toSorted().join() === others.toSorted().join()
const days = new Set<Field>(['first_day', 'last_day', 'change_on', 'continued_on', 'conference_on'])

/**
 * What a step asks for, with its faults in words. Tells `sj-cancelled`, and `sj-refused` with the problem that was refused; what was
 * entered stays.
 */
export class StepForm extends LitElement {
  static override properties = {
    action: { attribute: false },
    values: { state: true },
  }
  declare action: StepFormAction
  declare values: Values
  readonly #sending = new Sending(this, { fieldOf: (field) => (field === this.action.noteField ? 'note' : field) })
  #shown: string | undefined
  readonly #draft = new FormDraft(this, {
    key: () => {
      const { subject, helps } = this.action
      if (subject !== undefined) return { form: 'step', subject }
      return helps && { form: 'step' }
    },
    content: () => ({ ...this.values, action: this.action.name, helps: this.action.helps ?? [] }),
    restore: ({ action, helps, ...values }) => {
      if (action === this.action.name && isSame(helps, this.action.helps ?? [])) this.values = values
    },
  })

  constructor() {
    super()
    this.values = emptyValues
  }

  protected override createRenderRoot() {
    return this
  }

  protected override willUpdate() {
    if (this.#shown === this.action.name) return
    this.#shown = this.action.name
    this.values = { ...emptyValues, ...this.action.given }
    this.#sending.clear()
  }

  #missing(): Faults {
    const { values } = this
    const lacks = (field: Field) => (numbers.has(field) ? Number.isNaN(numberOf(values[field])) : values[field].trim() === '')
    const told: Partial<Record<Field, string>> = { ...missing, ...(this.action.noteMissing && { note: this.action.noteMissing }) }
    const lacking = this.#fields.filter((field) => told[field] && lacks(field)).map((field) => [field, told[field]])
    return { ...Object.fromEntries(lacking), ...unfinishedDays(this) }
  }

  /** An amount is asked for only where it is another one, and a confirmation where there is something unusual, which the service may know first. */
  get #fields(): Field[] {
    const { values, action } = this
    const isAsked = (field: Field) => {
      if (field === 'rate_cents') return values.rate === 'other'
      if (!confirmed.has(field)) return true
      return (action.toConfirm?.(values) ?? []).includes(field) || this.#sending.faults[field] !== undefined || values[field] !== ''
    }
    return action.fields.filter(isAsked)
  }

  #submit(event: SubmitEvent) {
    event.preventDefault()
    const missing = this.#missing()
    if (this.action.question && Object.keys(missing).length === 0) return this.querySelector('dialog')?.showModal()
    return this.#send(missing)
  }

  async #send(missing: Faults = {}) {
    this.querySelector('dialog')?.close()
    const refused = await this.#sending.send(async (key) => {
      await this.#draft.sent(() => this.action.send(this.values, key))
      return ''
    }, missing)
    if (refused) this.dispatchEvent(new CustomEvent('sj-refused', { detail: refused, bubbles: true }))
  }

  #cancel() {
    this.#draft.discard()
    this.dispatchEvent(new Event('sj-cancelled', { bubbles: true }))
  }

  override render() {
    const { heading, text, live, submit, question } = this.action
    const { refusal, faults, busy } = this.#sending
    const labels = Object.fromEntries(this.#fields.map((field) => [field, confirmed.get(field) ?? this.#labels[field]]))
    return html`
      <form class="sj-step" novalidate aria-labelledby="schritt" @submit=${this.#submit}>
        <h2 class="sj-h2" id="schritt" tabindex="-1">${heading}</h2>
        <p>${text}</p>
        ${this.#draft.line()} ${faultSummary({ refusal, faults, labels })}
        ${this.#fields.filter((field) => !confirmed.has(field)).map((field) => this.#field(field))} ${live ? live(this.values) : nothing}
        ${this.#fields.filter((field) => confirmed.has(field)).map((field) => this.#field(field))}
        <div class="sj-step__buttons">
          <button type="submit" class="kern-btn kern-btn--primary" aria-disabled=${busy ? 'true' : 'false'}>
            <span class="kern-label">${submit}</span>
          </button>
          <button type="button" class="kern-btn kern-btn--tertiary" @click=${this.#cancel}>
            <span class="kern-label">Abbrechen</span>
          </button>
        </div>
      </form>
      ${question ? questionDialog({ ...question, act: () => void this.#send() }) : nothing}
    `
  }

  get #labels(): Record<Field, string> {
    const { noteLabel, unitsLabel, firstDayLabel, lastDayLabel, reasonLabel, voteLabel } = this.action
    return {
      ...labels,
      ...(noteLabel && { note: noteLabel }),
      ...(unitsLabel && { units_per_week: unitsLabel }),
      ...(firstDayLabel && { first_day: firstDayLabel }),
      ...(lastDayLabel && { last_day: lastDayLabel }),
      ...(reasonLabel && { reason: reasonLabel }),
      ...(voteLabel && { vote: voteLabel }),
    }
  }

  #field(name: Field) {
    const label = this.#labels[name]
    const value = this.values[name]
    const entered = (text: string) => (this.values = { ...this.values, [name]: text })
    const { faults } = this.#sending
    if (confirmed.has(name))
      return confirmField({ name, label, checked: value === 'true', faults, chosen: (on) => entered(on ? 'true' : '') })
    const options = this.action.choices?.[name] ?? choices[name]
    if (options) return selectField({ name, label, options, value, faults, chosen: entered })
    const { noteHint, noteLength = 1000 } = this.action
    if (name === 'note')
      return areaField({ name, label, value, faults, rows: 3, maxlength: noteLength, entered, ...(noteHint && { hint: noteHint }) })
    const type = days.has(name) ? 'date' : 'text'
    return textField({ name, label, type, autocomplete: 'off', value, faults, entered })
  }
}

customElements.define('sj-step-form', StepForm)

/** The form that was being filled in about it, or about several helps, when somebody left. */
export const draftedStep = async (subject?: string): Promise<{ action: string; helps: string[] } | undefined> => {
  const draft = await getDraft({ form: 'step', ...(subject !== undefined && { subject }) }).catch((problem: unknown) => {
    // the page does without it
    if (!(problem instanceof RequestProblem)) throw problem
    return null
  })
  const { action, helps } = draft?.content ?? {}
  return typeof action === 'string' ? { action, helps: Array.isArray(helps) ? helps.map(String) : [] } : undefined
}

/** What was written over several lines, where anything was. */
export const paragraphsOf = ({ note }: Values): { note?: string } => {
  const text = note.trim()
  return text === '' ? {} : { note: text }
}

/** What was written on one line, where anything was. */
export const noteOf = ({ note }: Values): { note?: string } => {
  const text = oneLine(note)
  return text === '' ? {} : { note: text }
}
