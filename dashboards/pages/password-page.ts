import { html, LitElement, nothing } from 'lit'
import { changePassword, type Session } from '../client.ts'
import { type Faults, faultSummary, textField } from '../elements/form-fields.ts'
import { Sending } from '../elements/sending.ts'
import { dataAccessPath } from '../route.ts'
import '../elements/sign-in-form.css'
import './text-page.css'

const leastLength = 12
const labels = {
  current_password: 'Bisheriges Passwort',
  new_password: 'Neues Passwort',
  repeated_password: 'Neues Passwort wiederholen',
}
type Values = Record<keyof typeof labels, string>
const empty: Values = { current_password: '', new_password: '', repeated_password: '' }

const faultsIn = (values: Values): Faults => ({
  current_password: values.current_password === '' ? 'Bitte geben Sie das bisherige Passwort ein.' : undefined,
  new_password: values.new_password.length < leastLength ? `Bitte wählen Sie mindestens ${leastLength} Zeichen.` : undefined,
  repeated_password: values.repeated_password !== values.new_password ? 'Die Wiederholung weicht vom neuen Passwort ab.' : undefined,
})

/** The own password; other sessions of the account end with the change. */
export class PasswordPage extends LitElement {
  static override properties = {
    session: { attribute: false },
    values: { state: true },
  }
  declare session: Session
  declare values: Values
  readonly #sending = new Sending(this)

  constructor() {
    super()
    this.values = empty
  }

  protected override createRenderRoot() {
    return this
  }

  #submit(event: SubmitEvent) {
    event.preventDefault()
    const { current_password, new_password } = this.values
    return this.#sending.send(async () => {
      await changePassword({ current_password, new_password })
      this.values = empty
      return 'Das Passwort ist geändert'
    }, faultsIn(this.values))
  }

  #field(name: keyof Values, autocomplete: 'current-password' | 'new-password', hint?: string) {
    return textField({
      name,
      label: labels[name],
      type: 'password',
      autocomplete,
      value: this.values[name],
      faults: this.#sending.faults,
      ...(hint === undefined ? {} : { hint }),
      entered: (value) => (this.values = { ...this.values, [name]: value }),
    })
  }

  override render() {
    const { refusal, faults, said } = this.#sending
    return html`
      <div class="sj-text">
        <h1 class="sj-h1">Passwort</h1>
        <p>
          Sie ändern das persönliche Passwort von <b>${this.session.user_name}</b>. Andere Sitzungen dieses Kontos enden damit;
          Zugangsschlüssel für Programme gelten weiter und werden unter
          <a class="sj-link" href=${dataAccessPath}>Datenzugang</a> widerrufen.
        </p>
        <form class="sj-signin__form sj-password" novalidate aria-label="Passwort ändern" @submit=${this.#submit}>
          ${faultSummary({ refusal, faults, labels })}
          <input class="sj-user-name" type="text" autocomplete="username" .value=${this.session.user_name} readonly hidden />
          ${this.#field('current_password', 'current-password')}
          ${this.#field('new_password', 'new-password', `Mindestens ${leastLength} Zeichen. Mehrere Wörter sind sicherer als Sonderzeichen.`)}
          ${this.#field('repeated_password', 'new-password')}
          <button type="submit" class="kern-btn kern-btn--primary"><span class="kern-label">Passwort ändern</span></button>
          <div role="status">
            ${
              said
                ? html`<div class="kern-alert kern-alert--success">
                    <div class="kern-alert__header">
                      <span class="kern-icon kern-icon--success" aria-hidden="true"></span>
                      <span class="kern-title">${said}</span>
                    </div>
                  </div>`
                : nothing
            }
          </div>
        </form>
      </div>
    `
  }
}

customElements.define('sj-password-page', PasswordPage)
