import { html, LitElement, nothing } from 'lit'
import { checkTakeOver, takeOver, type TakenOver, type TakeOverChoice, type TakeOverComparison } from '../../client.ts'
import { faultLine, faultSummary } from '../../elements/form-fields.ts'
import { Sending } from '../../elements/sending.ts'
import { dateText, numberText } from '../../format.ts'
import { sexLabels } from './sexes.ts'

type Row = TakeOverComparison['rows'][number]
type Person = Row['known'][number]

const mostBytes = 200_000
const fieldOfLine = (line: number | string) => `zeile-${line}`
/** "choices.3" is what is said about line 3; all else is about the file. */
const fieldOf = (field: string) => {
  const [, line] = /^choices\.(\d+)$/.exec(field) ?? []
  return line === undefined ? 'take-over' : fieldOfLine(line)
}
/** UTF-16 where it says so, UTF-8 where it is valid, else the Latin-1 of office programs. */
const decode = (bytes: Uint8Array): string => {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return new TextDecoder('windows-1252').decode(bytes)
  }
}

const personText = ({ family_name, given_name, birth_date, sex }: Omit<Person, 'client_id' | 'same'>) =>
  `${family_name}, ${given_name}, geb. ${dateText(birth_date)}, ${sexLabels[sex]}`
const few = (n: number, one: string, many: string) => (n === 1 ? one : `${numberText(n)} ${many}`)

/** Takes over persons and cases from a file of the specialist system: shown first, written once confirmed. Tells `sj-case`. */
export class TakeOver extends LitElement {
  static override properties = {
    comparison: { state: true },
    choices: { state: true },
    done: { state: true },
  }
  declare comparison: TakeOverComparison | undefined
  declare choices: ReadonlyMap<number, TakeOverChoice>
  declare done: TakenOver | undefined
  /** Of the file that was compared. */
  #text = ''
  readonly #sending = new Sending(this, { fieldOf })

  constructor() {
    super()
    this.choices = new Map()
  }

  protected override createRenderRoot() {
    return this
  }

  async #read(input: HTMLInputElement) {
    const file = input.files?.[0]
    this.comparison = undefined
    this.done = undefined
    this.choices = new Map()
    this.#sending.clear()
    if (!file) return
    const tooLarge = `Die Datei ist größer als ${numberText(mostBytes / 1000)} kB. Bitte aufteilen; eine Excel-Datei zuerst als CSV speichern.`
    await this.#sending.send(
      async () => {
        this.#text = decode(new Uint8Array(await file.arrayBuffer()))
        this.comparison = await checkTakeOver(this.#text)
        return ''
      },
      { 'take-over': file.size > mostBytes ? tooLarge : undefined },
    )
  }

  get #open(): Row[] {
    return (this.comparison?.rows ?? []).filter(({ line, known }) => known.length > 0 && !this.choices.has(line))
  }

  #confirm() {
    const missing = Object.fromEntries(this.#open.map(({ line }) => [fieldOfLine(line), 'Bitte sagen, ob es dieselbe Person ist.']))
    return this.#sending.send(async (key) => {
      this.done = await takeOver(this.#text, [...this.choices.values()], key)
      this.comparison = undefined
      return ''
    }, missing)
  }

  get #labels(): Record<string, string> {
    const rows = this.comparison?.rows ?? []
    return { 'take-over': 'Datei', ...Object.fromEntries(rows.map(({ line, case_number }) => [fieldOfLine(line), `Fall ${case_number}`])) }
  }

  override render() {
    const { refusal, faults } = this.#sending
    const fault = faults['take-over']
    return html`
      <div class="sj-stack">
        ${faultSummary({ refusal, faults, labels: this.#labels })}
        <div class="kern-form-input ${fault ? 'kern-form-input--error' : ''}">
          <label class="kern-label" for="take-over">Datei des Fachverfahrens (CSV oder JSON)</label>
          <p class="kern-hint" id="hint-take-over">
            Spalten: Fallnummer, PKZ, Vorname, Nachname, Geburtsdatum, Geschlecht, umA, Fallbeginn. PKZ, umA und Fallbeginn dürfen fehlen.
          </p>
          <input
            class="sj-file"
            id="take-over"
            type="file"
            accept=".csv,.json,text/csv,application/json"
            aria-describedby=${fault ? 'hint-take-over fault-take-over' : 'hint-take-over'}
            @change=${(event: Event) => void this.#read(event.target as HTMLInputElement)}
          />
          ${faultLine('take-over', faults)}
        </div>
        <div role="status">
          ${this.comparison ? this.#compared(this.comparison) : nothing} ${this.done ? this.#told(this.done) : nothing}
        </div>
      </div>
    `
  }

  #compared({ rows, faults }: TakeOverComparison) {
    if (faults.length > 0)
      return html`
        <p><b>${few(faults.length, 'Ein Fehler', 'Fehler')} in der Datei. Übernommen wird nichts, bis sie behoben sind.</b></p>
        <ul class="sj-take-over__faults">
          ${faults.slice(0, 50).map((fault) => html`<li>${fault}</li>`)}
        </ul>
        ${faults.length > 50 ? html`<p class="sj-meta">Und ${numberText(faults.length - 50)} weitere.</p>` : nothing}
      `
    const known = rows.filter((row) => row.known.length > 0)
    return html`
      <p>
        ${few(rows.length, 'Ein Fall', 'Fälle')} in der
        Datei${known.length === 0 ? (rows.length === 1 ? ', die Person ist neu' : ', alle Personen sind neu') : `, ${few(known.length, 'eine Person ist', 'Personen sind')} vielleicht schon da`}.
        Geschrieben wird erst, wenn Sie übernehmen.
      </p>
      <ul class="sj-found">
        ${rows.map((row) => this.#row(row))}
      </ul>
      <p class="sj-actions">
        <button type="button" class="kern-btn kern-btn--primary" @click=${() => void this.#confirm()}>
          <span class="kern-label">Übernehmen</span>
        </button>
      </p>
    `
  }

  #row(row: Row) {
    const option = (choice: TakeOverChoice, label: unknown) => {
      const chosen = this.choices.get(row.line)
      const on = chosen?.action === choice.action && JSON.stringify(chosen) === JSON.stringify(choice)
      return html`
        <label class="sj-check">
          <input
            type="radio"
            name=${fieldOfLine(row.line)}
            .checked=${on}
            @change=${() => (this.choices = new Map(this.choices).set(row.line, choice))}
          />
          <span>${label}</span>
        </label>
      `
    }
    return html`
      <li>
        <b>${personText(row)}</b>
        <small class="sj-meta"
          >Fall ${row.case_number}${row.case_id === null ? '' : ', schon vorhanden'}${row.unaccompanied_minor ? ', umA' : ''}</small
        >
        ${
          row.known.length === 0
            ? nothing
            : html`<fieldset class="sj-take-over__choice" id=${fieldOfLine(row.line)} tabindex="-1">
                <legend class="sj-meta">Dieselbe Person?</legend>
                ${faultLine(fieldOfLine(row.line), this.#sending.faults)}
                ${row.known.map(
                  (person) => html`
                    ${option(
                      { line: row.line, action: 'existing', client_id: person.client_id },
                      html`Ja, so lassen: ${personText(person)}
                      (${person.same === 'reference' ? 'gleiche PKZ' : 'gleicher Name und Geburtstag'})`,
                    )}
                    ${option({ line: row.line, action: 'update', client_id: person.client_id }, 'Ja, und mit den Angaben der Datei überschreiben')}
                  `,
                )}
                ${row.case_id === null ? option({ line: row.line, action: 'new' }, 'Nein, neue Person anlegen') : nothing}
              </fieldset>`
        }
      </li>
    `
  }

  #told({ clients_created, clients_updated, cases_opened, cases }: TakenOver) {
    return html`
      <p>
        Übernommen:
        ${[
          clients_created > 0 && few(clients_created, 'eine neue Person', 'neue Personen'),
          clients_updated > 0 && few(clients_updated, 'eine geänderte Person', 'geänderte Personen'),
          few(cases_opened, 'ein neuer Fall', 'neue Fälle'),
        ]
          .filter(Boolean)
          .join(', ')}.
      </p>
      <ul class="sj-found">
        ${cases.map(
          ({ id, case_number }) => html`
            <li>
              <button
                type="button"
                class="sj-link"
                @click=${() => this.dispatchEvent(new CustomEvent('sj-case', { detail: id, bubbles: true }))}
              >
                Fall ${case_number}
              </button>
            </li>
          `,
        )}
      </ul>
    `
  }
}

customElements.define('sj-take-over', TakeOver)
