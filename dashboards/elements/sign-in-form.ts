import { html, LitElement, nothing } from 'lit'
import { type Credentials, type DemonstrationAccount, getSignInChoices, RequestProblem, signIn, type SignInChoices } from '../client.ts'
import { faultLine, faultsOf, type Faults, faultSummary, textField } from './form-fields.ts'
import './sign-in-form.css'

const required: Record<keyof Credentials, string> = {
  state: 'Bitte wählen Sie das Bundesland.',
  user_name: 'Bitte geben Sie den Benutzernamen ein.',
  password: 'Bitte geben Sie das persönliche Passwort ein.',
  pledge: 'Bitte nehmen Sie die Verpflichtung an.',
}
const labels: Record<keyof Credentials, string> = {
  state: 'Bundesland',
  user_name: 'Benutzername',
  password: 'Persönliches Passwort',
  pledge: 'Verpflichtung',
}
const fields = Object.keys(labels) as (keyof Credentials)[]

/** Tells `sj-signed-in` with the session. `interrupted`: somebody was signed in until a moment ago. */
export class SignInForm extends LitElement {
  static override properties = {
    interrupted: { attribute: false },
    choices: { state: true },
    values: { state: true },
    faults: { state: true },
    refusal: { state: true },
    busy: { state: true },
  }
  declare interrupted: boolean
  declare choices: SignInChoices | undefined
  declare values: Credentials
  declare faults: Faults
  declare refusal: string | undefined
  declare busy: boolean

  constructor() {
    super()
    this.interrupted = false
    this.values = { state: '', user_name: '', password: '', pledge: false }
    this.faults = {}
    this.busy = false
  }

  protected override createRenderRoot() {
    return this
  }

  override connectedCallback() {
    super.connectedCallback()
    void this.#load()
  }

  async #load() {
    try {
      this.choices = await getSignInChoices()
    } catch {
      this.refusal = 'Die Anmeldung ist gerade nicht möglich. Bitte laden Sie die Seite neu.'
    }
  }

  #set<Name extends keyof Credentials>(field: Name, value: Credentials[Name]) {
    this.values = { ...this.values, [field]: value }
    if (this.faults[field] && value) this.faults = { ...this.faults, [field]: undefined }
  }

  async #submit(event: SubmitEvent) {
    event.preventDefault()
    if (this.busy) return
    this.refusal = undefined
    this.faults = Object.fromEntries(fields.filter((field) => !this.values[field]).map((field) => [field, required[field]]))
    if (Object.keys(this.faults).length > 0) return this.#focusSummary()
    this.busy = true
    try {
      const session = await signIn({ ...this.values, user_name: this.values.user_name.trim() })
      this.values = { ...this.values, password: '' }
      this.dispatchEvent(new CustomEvent('sj-signed-in', { detail: session, bubbles: true }))
    } catch (problem) {
      if (!(problem instanceof RequestProblem)) throw problem
      this.refusal = problem.message
      this.faults = faultsOf(problem.details, fields)
      await this.#focusSummary()
    } finally {
      this.busy = false
    }
  }

  async #focusSummary() {
    await this.updateComplete
    this.querySelector<HTMLElement>('.sj-summary')?.focus()
  }

  async #take({ state, user_name, password }: DemonstrationAccount) {
    this.values = { ...this.values, state, user_name, password }
    this.faults = {}
    this.refusal = undefined
    await this.updateComplete
    this.querySelector<HTMLElement>(this.values.pledge ? '#anmelden' : '#pledge')?.focus()
  }

  override render() {
    const { faults, values } = this
    return html`
      <h1 class="sj-h1 sj-signin__title">Anmelden</h1>
      <p class="sj-lead">
        ${
          this.interrupted
            ? 'Ihre Sitzung ist beendet. Nach der Anmeldung geht es auf derselben Seite weiter, nichts ist verloren.'
            : 'Das Serviceportal verbindet Jugendämter und freie Träger auf einer Datenbasis und macht daraus Kennzahlen auf dem Stand der letzten Buchung.'
        }
      </p>
      <div class="sj-signin">
        <form class="sj-signin__form" novalidate aria-label="Anmelden" @submit=${this.#submit}>
          ${faultSummary({ refusal: this.refusal, faults, labels })} ${this.#stateField()}
          ${textField({
            name: 'user_name',
            label: labels.user_name,
            type: 'text',
            autocomplete: 'username',
            value: values.user_name,
            faults,
            entered: (value) => this.#set('user_name', value),
          })}
          ${textField({
            name: 'password',
            label: labels.password,
            type: 'password',
            autocomplete: 'current-password',
            value: values.password,
            faults,
            entered: (value) => this.#set('password', value),
          })}
          ${this.#pledgeField()}
          <button id="anmelden" type="submit" class="kern-btn kern-btn--primary" aria-disabled=${this.busy ? 'true' : 'false'}>
            <span class="kern-label">${this.busy ? 'Wird angemeldet …' : 'Anmelden'}</span>
          </button>
        </form>
        ${this.choices?.demonstration ? this.#accounts(this.choices) : nothing}
      </div>
    `
  }

  #stateField() {
    const fault = this.faults['state']
    return html`
      <div class="kern-form-input ${fault ? 'kern-form-input--error' : ''}">
        <label class="kern-label" for="state">${labels.state}</label>
        <div class="kern-form-input__select-wrapper">
          <select
            class="kern-form-input__select"
            id="state"
            name="state"
            required
            aria-invalid=${fault ? 'true' : 'false'}
            aria-describedby=${fault ? 'fault-state' : nothing}
            @change=${(event: Event) => this.#set('state', (event.target as HTMLSelectElement).value)}
          >
            <option value="" .selected=${this.values.state === ''}>Bitte wählen</option>
            ${this.choices?.states.map(
              ({ code, name }) => html`<option value=${code} .selected=${code === this.values.state}>${name}</option>`,
            )}
          </select>
        </div>
        ${faultLine('state', this.faults)}
      </div>
    `
  }

  #pledgeField() {
    const fault = this.faults['pledge']
    return html`
      <div class="kern-form-check ${fault ? 'kern-form-check--error' : ''}">
        <input
          class="kern-form-check__checkbox ${fault ? 'kern-form-check__checkbox--error' : ''}"
          id="pledge"
          name="pledge"
          type="checkbox"
          required
          aria-invalid=${fault ? 'true' : 'false'}
          aria-describedby=${fault ? 'fault-pledge' : nothing}
          .checked=${this.values.pledge}
          @change=${(event: Event) => this.#set('pledge', (event.target as HTMLInputElement).checked)}
        />
        <label class="kern-label" for="pledge">
          Ich verpflichte mich, die datenschutzrechtlichen Bestimmungen einzuhalten sowie die Inhalte von SoJuS Dritten nicht bekannt oder
          zugänglich zu machen.
        </label>
        ${faultLine('pledge', this.faults)}
      </div>
    `
  }

  #accounts({ accounts }: SignInChoices) {
    return html`
      <section class="sj-accounts" aria-labelledby="konten">
        <h2 class="sj-h2" id="konten">Konten zum Ausprobieren</h2>
        <p class="sj-meta">Alle Fälle, Anbieter und Zahlen sind erfunden. Ein Konto füllt das Formular aus.</p>
        <ul>
          ${accounts.map(
            (account) => html`
              <li>
                <button type="button" class="sj-link" @click=${() => this.#take(account)}>${account.user_name}</button>
                <span class="sj-meta">${account.display_name}</span>
              </li>
            `,
          )}
        </ul>
      </section>
    `
  }
}

customElements.define('sj-sign-in-form', SignInForm)
