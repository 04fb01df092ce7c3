import { Task } from '@lit/task'
import { html, LitElement, nothing } from 'lit'
import { findClients, type FoundClient, getDraft, type HelpCase, openCase } from '../../client.ts'
import { FormDraft } from '../../elements/form-draft.ts'
import { type Faults, faultSummary, textField } from '../../elements/form-fields.ts'
import { selectField } from '../../elements/select-field.ts'
import { Sending } from '../../elements/sending.ts'
import { berlinDay, dateText } from '../../format.ts'
import { sexes, sexLabels } from './sexes.ts'
import './take-over.ts'

type Entry = {
  given_name: string
  family_name: string
  birth_date: string
  sex: string
  unaccompanied_minor: boolean
  case_number: string
  namesake: boolean
}
const empty: Entry = {
  given_name: '',
  family_name: '',
  birth_date: '',
  sex: '',
  unaccompanied_minor: false,
  case_number: '',
  namesake: false,
}
const labels = {
  given_name: 'Vorname',
  family_name: 'Nachname',
  birth_date: 'Geburtsdatum',
  sex: 'Geschlecht',
  case_number: 'Fallnummer',
  namesake: 'Gleicher Name',
}

/** Who was looked for by name in vain is taken up under it: "Aylin Klein" or "Klein, Aylin". */
const namesIn = (sought: string): Pick<Entry, 'given_name' | 'family_name'> => {
  if (/\d/.test(sought)) return { given_name: '', family_name: '' }
  const [family, given] = sought.split(',').map((part) => part.trim())
  if (given !== undefined) return { given_name: given, family_name: family! }
  const words = sought.trim().split(/\s+/)
  return { given_name: words.slice(0, -1).join(' '), family_name: words.at(-1)! }
}

/** Finds the case a help is chosen for, or takes up a person and opens one. Tells `sj-case` (id of the case). */
export class ClientChoice extends LitElement {
  static override properties = {
    begin: { attribute: false },
    sought: { state: true },
    asked: { state: true },
    client: { state: true },
    entry: { state: true },
  }
  /** The first day of the help: a new case begins with it at the latest. */
  declare begin: string
  declare sought: string
  declare asked: string
  /** For whom a case is opened; null: for somebody new; undefined: for nobody yet. */
  declare client: FoundClient | null | undefined
  declare entry: Entry
  readonly #sending = new Sending(this, { fieldOf: (field) => field.replace(/^client\./, '') })
  readonly #draft = new FormDraft(this, {
    key: () => (this.client === null ? { form: 'case' } : undefined),
    content: () => this.entry,
    restore: (entry) => (this.entry = entry),
  })

  readonly #found = new Task(this, {
    args: () => [this.asked] as const,
    task: async ([asked], { signal }) => (asked.length < 2 ? undefined : findClients(asked, signal)),
  })

  constructor() {
    super()
    this.sought = ''
    this.asked = ''
    this.#reset()
  }

  protected override createRenderRoot() {
    return this
  }

  override connectedCallback() {
    super.connectedCallback()
    void this.#resume()
  }

  /** Shows the form again that was being filled in when somebody left. */
  async #resume() {
    const drafted = await getDraft({ form: 'case' }).catch(() => null)
    if (drafted !== null && this.client === undefined && this.isConnected) this.client = null
  }

  #reset() {
    this.client = undefined
    this.entry = empty
    this.#sending.clear()
  }

  #choose({ id }: HelpCase) {
    this.#reset()
    this.dispatchEvent(new CustomEvent('sj-case', { detail: id, bubbles: true }))
  }

  async #begin(client: FoundClient | null) {
    this.#reset()
    this.client = client
    if (client === null) this.entry = { ...empty, ...namesIn(this.sought) }
    await this.updateComplete
    this.querySelector<HTMLElement>(client ? '#case_number' : '#given_name')?.focus()
  }

  #missing(): Faults {
    const needed = this.client ? (['case_number'] as const) : (['given_name', 'family_name', 'birth_date', 'sex', 'case_number'] as const)
    return Object.fromEntries(needed.filter((name) => this.entry[name].trim() === '').map((name) => [name, 'Bitte angeben.']))
  }

  #submit(event: SubmitEvent) {
    event.preventDefault()
    return this.#sending.send(async (key) => {
      const { case_number, namesake, ...person } = this.entry
      const whose = this.client ? { client_id: this.client.id } : { client: { ...person, sex: person.sex as FoundClient['sex'] }, namesake }
      const today = berlinDay(new Date())
      const begin_on = this.begin < today ? this.begin : today
      this.#choose(await this.#draft.sent(() => openCase({ ...whose, case_number, begin_on }, key)))
      return ''
    }, this.#missing())
  }

  #cancel() {
    this.#draft.discard()
    this.#reset()
  }

  /** Back to the search, for who is known already. */
  #find({ given_name, family_name }: Entry) {
    this.#reset()
    this.sought = `${given_name} ${family_name}`.trim()
    this.asked = this.sought
  }

  #namesake() {
    const { faults } = this.#sending
    if (!faults['namesake'] && !this.entry.namesake) return nothing
    return html`
      <p><button type="button" class="sj-link" @click=${() => this.#find(this.entry)}>Die vorhandene Person zeigen</button></p>
      <label class="sj-check">
        <input
          id="namesake"
          type="checkbox"
          .checked=${this.entry.namesake}
          @change=${(event: Event) => (this.entry = { ...this.entry, namesake: (event.target as HTMLInputElement).checked })}
        />
        Es ist jemand anderes mit gleichem Namen und Geburtsdatum
      </label>
    `
  }

  override render() {
    return this.client === undefined ? this.#search() : this.#form(this.client)
  }

  #search() {
    return html`
      <form
        role="search"
        class="sj-find"
        @submit=${(event: Event) => {
          event.preventDefault()
          this.asked = this.sought.trim()
        }}
      >
        <div class="kern-form-input">
          <label class="kern-label" for="sought">Name oder Fallnummer</label>
          <input
            class="kern-form-input__input"
            id="sought"
            type="search"
            autocomplete="off"
            .value=${this.sought}
            @input=${(event: Event) => (this.sought = (event.target as HTMLInputElement).value)}
          />
        </div>
        <button type="submit" class="kern-btn kern-btn--secondary"><span class="kern-label">Suchen</span></button>
      </form>
      <div role="status">
        ${this.#found.render({
          pending: () => html`<p class="sj-meta">Wird gesucht</p>`,
          complete: (found) => (found ? this.#list(found) : nothing),
          error: () => html`<p class="sj-meta">Die Suche ist gerade nicht möglich. Bitte noch einmal versuchen.</p>`,
        })}
      </div>
      <p><button type="button" class="sj-link" @click=${() => this.#begin(null)}>Neue Person aufnehmen</button></p>
      <details class="sj-take-over">
        <summary class="sj-link">Aus dem Fachverfahren übernehmen</summary>
        <sj-take-over></sj-take-over>
      </details>
    `
  }

  #list({ items, more }: { items: FoundClient[]; more: boolean }) {
    if (items.length === 0) return html`<p class="sj-meta">Niemand heißt so, und kein Fall hat diese Nummer.</p>`
    return html`
      <ul class="sj-found">
        ${items.map(
          (client) => html`
            <li>
              <b>${client.family_name}, ${client.given_name}</b>
              <small class="sj-meta">geb. ${dateText(client.birth_date)}, ${sexLabels[client.sex]}</small>
              ${client.cases.map((each) =>
                each.end_on !== null && each.end_on < this.begin
                  ? html`<span class="sj-meta">Fall ${each.case_number} endete am ${dateText(each.end_on)}</span>`
                  : html`<button type="button" class="sj-link" @click=${() => this.#choose(each)}>Fall ${each.case_number}</button>`,
              )}
              <button type="button" class="sj-link" @click=${() => this.#begin(client)}>Neuer Fall</button>
            </li>
          `,
        )}
      </ul>
      ${more ? html`<p class="sj-meta">Es gibt weitere. Bitte genauer angeben.</p>` : nothing}
    `
  }

  #form(client: FoundClient | null) {
    const { refusal, faults } = this.#sending
    return html`
      <form class="sj-stack" novalidate aria-label=${client ? 'Neuer Fall' : 'Neue Person und neuer Fall'} @submit=${this.#submit}>
        ${this.#draft.line()} ${faultSummary({ refusal, faults, labels })}
        ${
          client
            ? html`<p>${client.family_name}, ${client.given_name}, geb. ${dateText(client.birth_date)}</p>`
            : html`${this.#text('given_name')} ${this.#text('family_name')} ${this.#text('birth_date')}
                ${selectField({
                  name: 'sex',
                  label: labels.sex,
                  options: [['', 'Bitte auswählen'], ...sexes],
                  value: this.entry.sex,
                  faults,
                  chosen: (sex) => (this.entry = { ...this.entry, sex }),
                })}
                <label class="sj-check">
                  <input
                    type="checkbox"
                    .checked=${this.entry.unaccompanied_minor}
                    @change=${(event: Event) =>
                      (this.entry = { ...this.entry, unaccompanied_minor: (event.target as HTMLInputElement).checked })}
                  />
                  unbegleitet eingereist (umA)
                </label>`
        }
        ${this.#text('case_number')} ${this.#namesake()}
        <div class="sj-actions">
          <button type="submit" class="kern-btn kern-btn--primary"><span class="kern-label">Fall anlegen</span></button>
          <button type="button" class="kern-btn kern-btn--secondary" @click=${() => this.#cancel()}>
            <span class="kern-label">Abbrechen</span>
          </button>
        </div>
      </form>
    `
  }

  #text(name: 'given_name' | 'family_name' | 'birth_date' | 'case_number') {
    return textField({
      name,
      label: labels[name],
      type: name === 'birth_date' ? 'date' : 'text',
      autocomplete: 'off',
      value: this.entry[name],
      faults: this.#sending.faults,
      entered: (value) => (this.entry = { ...this.entry, [name]: value }),
    })
  }
}

customElements.define('sj-client-choice', ClientChoice)
