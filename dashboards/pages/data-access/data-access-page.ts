import { Task } from '@lit/task'
import { html, LitElement, nothing } from 'lit'
import {
  type AccessToken,
  comparisonUrl,
  getAccessTokens,
  getCatalogue,
  type MadeAccessToken,
  makeAccessToken,
  RequestProblem,
  revokeAccessToken,
  type Session,
} from '../../client.ts'
import { type Faults, faultSummary, textField } from '../../elements/form-fields.ts'
import { questionDialog } from '../../elements/question-dialog.ts'
import { problemAlert } from '../../elements/problem-alert.ts'
import { Sending } from '../../elements/sending.ts'
import { dateText } from '../../format.ts'
import { lastCompleteMonth } from '../../selection.ts'
import { type Snippet, snippetsFor } from './snippets.ts'
import './data-access-page.css'

const labels = { name: 'Bezeichnung', expires_on: 'Gültig bis' }
type Values = Record<keyof typeof labels, string>
const usualLifetime = 90
const tokenCopied = 'Der Zugangsschlüssel'

const inDays = (days: number) => {
  const day = new Date()
  day.setDate(day.getDate() + days)
  return `${day.getFullYear()}-${String(day.getMonth() + 1).padStart(2, '0')}-${String(day.getDate()).padStart(2, '0')}`
}
const emptyForm = (): Values => ({ name: '', expires_on: inDays(usualLifetime) })

const faultsIn = ({ name, expires_on }: Values): Faults => ({
  name: name.trim() === '' ? 'Bitte geben Sie dem Schlüssel eine Bezeichnung.' : undefined,
  expires_on: expires_on === '' ? 'Bitte geben Sie den letzten Tag der Gültigkeit an.' : undefined,
})

/** Basics / Informationen / Datenzugang: access tokens of one's own, and how other programs read with them. */
export class DataAccessPage extends LitElement {
  static override properties = {
    session: { attribute: false },
    values: { state: true },
    made: { state: true },
    doomed: { state: true },
    copied: { state: true },
  }
  declare session: Session
  declare values: Values
  /** The token just made, as long as the page is open. */
  declare made: MadeAccessToken | undefined
  /** The token whose revocation has to be confirmed. */
  declare doomed: AccessToken | undefined
  /** What was copied last: its button says so. */
  declare copied: string | undefined
  readonly #sending = new Sending(this)

  readonly #tokens = new Task(this, {
    args: () => [this.session.user_name] as const,
    task: (_, { signal }) => getAccessTokens(signal),
  })
  readonly #catalogue = new Task(this, {
    args: () => [this.session.user_name] as const,
    task: (_, { signal }) => getCatalogue(signal),
  })

  constructor() {
    super()
    this.values = emptyForm()
  }

  protected override createRenderRoot() {
    return this
  }

  #submit(event: SubmitEvent) {
    event.preventDefault()
    return this.#sending.send(async () => {
      this.made = await makeAccessToken({ name: this.values.name.trim(), expires_on: this.values.expires_on })
      this.values = emptyForm()
      this.copied = undefined
      void this.#tokens.run()
      await this.#focus('.sj-made')
      return ''
    }, faultsIn(this.values))
  }

  async #focus(selector: string) {
    await this.updateComplete
    this.querySelector<HTMLElement>(selector)?.focus()
  }

  async #copy(text: string, what: string) {
    try {
      await navigator.clipboard.writeText(text)
      this.copied = what
      this.#sending.say(`${what} ist kopiert.`)
    } catch {
      this.#sending.say('Der Browser erlaubt das Kopieren nicht: bitte den Text markieren und selbst kopieren.')
    }
  }

  async #ask(token: AccessToken) {
    this.doomed = token
    await this.updateComplete
    this.querySelector('dialog')?.showModal()
  }

  async #revoke({ id, name }: AccessToken) {
    this.querySelector('dialog')?.close()
    try {
      await revokeAccessToken(id)
      if (this.made?.id === id) this.made = undefined
      this.#sending.say(`Der Zugangsschlüssel „${name}“ ist widerrufen.`)
    } catch (problem) {
      if (!(problem instanceof RequestProblem)) throw problem
      this.#sending.say(problem.status === 404 ? `Der Zugangsschlüssel „${name}“ war schon widerrufen.` : problem.message)
    }
    await this.#tokens.run()
    await this.#focus('#schluessel')
  }

  override render() {
    return html`
      <h1 class="sj-h1">Datenzugang</h1>
      <p class="sj-lead">
        Mit einem Zugangsschlüssel lesen Ihre Programme dieselben Kennzahlen wie das Portal: mit Ihren Rechten und mit denselben geschützten
        Werten. Ein Schlüssel kann nur lesen.
      </p>
      <div class="sj-access">
        <section aria-labelledby="schluessel">
          <h2 class="sj-h2" id="schluessel" tabindex="-1">Ihre Zugangsschlüssel</h2>
          ${this.made ? this.#told(this.made) : nothing}
          <p class="sj-said sj-meta" role="status">${this.#sending.said}</p>
          ${this.#tokens.render({
            pending: () => html`<p class="sj-meta" aria-busy="true">Die Zugangsschlüssel werden geladen</p>`,
            complete: (tokens) => this.#list(tokens),
            error: (error) => {
              if (error instanceof RequestProblem && error.status === 401) return nothing
              return problemAlert({
                title: 'Die Zugangsschlüssel sind gerade nicht abrufbar',
                text: 'Nichts ist verloren.',
                retry: () => void this.#tokens.run(),
              })
            },
          })}
        </section>
        ${this.#form()}
      </div>
      ${this.#snippets()} ${this.#question()}
    `
  }

  #told({ name, token, expires_on }: MadeAccessToken) {
    return html`
      <div class="sj-made" tabindex="-1" role="group" aria-labelledby="gemacht">
        <p id="gemacht"><b>„${name}“ ist angelegt und gilt bis ${dateText(expires_on)}.</b></p>
        <code>${token}</code>
        <p>Der Schlüssel wird nur dieses eine Mal gezeigt. Wer ihn hat, liest in Ihrem Namen: bewahren Sie ihn wie ein Passwort auf.</p>
        <p>
          <button type="button" class="sj-link" @click=${() => this.#copy(token, tokenCopied)}>
            ${this.copied === tokenCopied ? 'Kopiert' : 'Schlüssel kopieren'}
          </button>
        </p>
      </div>
    `
  }

  #list(tokens: AccessToken[]) {
    if (tokens.length === 0) return html`<p class="sj-empty">Sie haben noch keinen Zugangsschlüssel.</p>`
    return html`
      <table role="table" class="sj-table sj-tokens">
        <caption class="kern-sr-only">
          Ihre Zugangsschlüssel
        </caption>
        <thead role="rowgroup">
          <tr role="row">
            <th role="columnheader" scope="col">Bezeichnung</th>
            <th role="columnheader" scope="col">Angelegt</th>
            <th role="columnheader" scope="col">Gültig bis</th>
            <th role="columnheader" scope="col">Zuletzt benutzt</th>
            <th role="columnheader" scope="col"><span class="kern-sr-only">Widerruf</span></th>
          </tr>
        </thead>
        <tbody role="rowgroup">
          ${tokens.map(
            (token) => html`
              <tr role="row">
                <th role="rowheader" scope="row">${token.name}</th>
                <td role="cell" data-label="Angelegt">${dateText(token.created_on)}</td>
                <td role="cell" data-label="Gültig bis">${dateText(token.expires_on)}${token.expired ? ', abgelaufen' : nothing}</td>
                <td role="cell" data-label="Zuletzt benutzt">${token.last_used_on === null ? 'noch nie' : dateText(token.last_used_on)}</td>
                <td role="cell" class="sj-num sj-no-print">
                  <button
                    type="button"
                    class="sj-link"
                    aria-label="${token.expired ? 'Entfernen' : 'Widerrufen'}: ${token.name}"
                    @click=${() => this.#ask(token)}
                  >
                    ${token.expired ? 'Entfernen' : 'Widerrufen'}
                  </button>
                </td>
              </tr>
            `,
          )}
        </tbody>
      </table>
    `
  }

  #form() {
    return html`
      <section class="sj-no-print" aria-labelledby="neu">
        <h2 class="sj-h2" id="neu">Neuer Zugangsschlüssel</h2>
        <form novalidate aria-labelledby="neu" @submit=${this.#submit}>
          ${faultSummary({ refusal: this.#sending.refusal, faults: this.#sending.faults, labels })}
          ${textField({
            name: 'name',
            label: labels.name,
            type: 'text',
            autocomplete: 'off',
            value: this.values.name,
            faults: this.#sending.faults,
            hint: 'Wofür Sie ihn brauchen, zum Beispiel „Monatsbericht in Excel“.',
            entered: (name) => (this.values = { ...this.values, name }),
          })}
          ${textField({
            name: 'expires_on',
            label: labels.expires_on,
            type: 'date',
            autocomplete: 'off',
            value: this.values.expires_on,
            faults: this.#sending.faults,
            hint: 'Letzter Tag, höchstens 366 Tage von heute an.',
            entered: (expires_on) => (this.values = { ...this.values, expires_on }),
          })}
          <button type="submit" class="kern-btn kern-btn--primary"><span class="kern-label">Zugangsschlüssel anlegen</span></button>
        </form>
      </section>
    `
  }

  #snippets() {
    const catalogue = this.#catalogue.value
    if (!catalogue) return nothing
    const month = lastCompleteMonth(catalogue)
    const path = comparisonUrl({
      figure: 'case_count',
      service_kind: 's34',
      specialisation: null,
      month,
      area: this.session.federal_state,
    })
    return html`
      <section class="sj-snippets" aria-labelledby="beispiele">
        <h2 class="sj-h2" id="beispiele">Aus eigenen Programmen lesen</h2>
        <p>
          Die Beispiele lesen die Fallzahl der Heimerziehung (§ 34) je örtlichem Träger. Andere Ansichten haben andere Namen und Filter in
          der Adresse; alle stehen in der
          <a class="sj-link" href="/api/openapi.json" target="_blank">Beschreibung der Schnittstelle</a> (OpenAPI). Geheime Werte fehlen,
          das Zeichen dafür steht in der Spalte daneben.
        </p>
        ${snippetsFor({ origin: location.origin, path }).map((snippet) => this.#snippet(snippet))}
      </section>
    `
  }

  #snippet({ name, title, before, code }: Snippet) {
    const what = `Das Beispiel für ${title}`
    return html`
      <article class="sj-snippet" aria-labelledby="beispiel-${name}">
        <header>
          <h3 class="sj-h2" id="beispiel-${name}">${title}</h3>
          <button
            type="button"
            class="sj-link sj-no-print"
            aria-label="${this.copied === what ? 'Kopiert' : 'Kopieren'}: Beispiel für ${title}"
            @click=${() => this.#copy(code, what)}
          >
            ${this.copied === what ? 'Kopiert' : 'Kopieren'}
          </button>
        </header>
        <p class="sj-meta">${before}</p>
        <pre tabindex="0" role="region" aria-labelledby="beispiel-${name}"><code>${code}</code></pre>
      </article>
    `
  }

  #question() {
    const { doomed } = this
    return questionDialog(
      doomed && {
        heading: `„${doomed.name}“ ${doomed.expired ? 'entfernen' : 'widerrufen'}?`,
        text: doomed.expired
          ? 'Der Zugangsschlüssel ist schon abgelaufen und verschwindet aus der Liste.'
          : 'Programme, die diesen Zugangsschlüssel benutzen, können danach nichts mehr lesen. Das lässt sich nicht zurücknehmen.',
        action: doomed.expired ? 'Entfernen' : 'Widerrufen',
        act: () => void this.#revoke(doomed),
      },
    )
  }
}

customElements.define('sj-data-access-page', DataAccessPage)
