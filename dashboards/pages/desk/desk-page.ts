import { Task } from '@lit/task'
import { html, LitElement, nothing } from 'lit'
import { saveFile } from '../../charts/image.ts'
import { askDesk, type DeskResult, type DeskSchema, getDeskFile, getDeskSchema, RequestProblem, type Session } from '../../client.ts'
import '../../elements/chart-figure.ts'
import { problemAlert } from '../../elements/problem-alert.ts'
import { instantText, numberText } from '../../format.ts'
import { chartControls, chartViewOf } from './desk-chart.ts'
import './desk-page.css'
import { recentQueries, rememberQuery } from './recent-queries.ts'
import { type ChartChoice, digitsOf, firstChoice, kindOf, textOf } from './result.ts'
import { schemaHelp } from './schema-help.ts'

type Fault = { title: string; message: string; position: number | null }
type Asked = { sql: string; result: DeskResult }

/** More rows than these are read in a file. */
const mostShown = 500
const files = [
  { label: 'CSV', accept: 'text/csv', extension: 'csv' },
  { label: 'Parquet', accept: 'application/vnd.apache.parquet', extension: 'parquet' },
  { label: 'Arrow', accept: 'application/vnd.apache.arrow.stream', extension: 'arrows' },
]

/** Verwaltung / Controlling / SQL-Arbeitsplatz: queries over the figures of the own authority. They are never part of an address. */
export class DeskPage extends LitElement {
  static override properties = {
    session: { attribute: false },
    sql: { state: true },
    running: { state: true },
    fault: { state: true },
    asked: { state: true },
    choice: { state: true },
    recent: { state: true },
    said: { state: true },
  }
  declare session: Session
  declare sql: string
  declare running: AbortController | undefined
  declare fault: Fault | undefined
  declare asked: Asked | undefined
  declare choice: ChartChoice | undefined
  declare recent: string[]
  declare said: string

  readonly #schema = new Task(this, {
    args: () => [this.session.user_name] as const,
    task: async (_, { signal }) => {
      const schema = await getDeskSchema(signal)
      this.recent = recentQueries(this.#account)
      this.sql ||= this.recent[0] ?? schema.examples[0]!.sql
      return schema
    },
  })

  constructor() {
    super()
    this.sql = ''
    this.recent = []
    this.said = ''
  }

  protected override createRenderRoot() {
    return this
  }

  override disconnectedCallback() {
    super.disconnectedCallback()
    this.running?.abort()
  }

  get #account() {
    return `${this.session.federal_state}/${this.session.user_name}`
  }

  get #editor() {
    return this.querySelector<HTMLTextAreaElement>('#abfrage')!
  }

  readonly #typed = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return
    event.preventDefault()
    void this.#run()
  }

  async #run() {
    if (this.running) return
    const { sql } = this
    const running = new AbortController()
    this.running = running
    this.fault = undefined
    this.said = 'Die Abfrage läuft.'
    this.recent = rememberQuery(this.#account, sql)
    try {
      const result = await askDesk(sql, running.signal)
      this.asked = { sql, result }
      this.choice = firstChoice(result)
      this.said = `Fertig: ${rowsText(result)}.`
    } catch (problem) {
      if (running.signal.aborted) this.said = 'Die Abfrage ist abgebrochen.'
      else if (problem instanceof RequestProblem) await this.#refused(problem)
      else throw problem
    } finally {
      this.running = undefined
    }
  }

  async #refused({ message: title, status, details }: RequestProblem) {
    this.said = ''
    if (status === 401) return
    const [detail] = details
    this.fault = { title, message: detail?.message ?? 'Ihre Abfrage bleibt erhalten.', position: detail?.position ?? null }
    await this.updateComplete
    if (this.fault.position !== null) this.#showPlace(this.fault.position)
  }

  /** Puts the cursor where DuckDB found the fault. */
  #showPlace(position: number) {
    this.#editor.focus()
    this.#editor.setSelectionRange(position, position)
  }

  /** What is replaced can be found again among the last queries. */
  readonly #take = (sql: string) => {
    this.recent = rememberQuery(this.#account, this.sql)
    this.sql = sql
    this.fault = undefined
    this.#editor.focus()
  }

  async #save({ sql, result }: Asked, { label, accept, extension }: (typeof files)[number]) {
    this.said = `${label} wird geladen.`
    try {
      saveFile(await getDeskFile(sql, accept), `${result.cut ? `abfrage_erste_${result.row_count}_zeilen` : 'abfrage'}.${extension}`)
      this.said = `${label} ist gespeichert.`
    } catch (problem) {
      if (!(problem instanceof RequestProblem)) throw problem
      this.said = `${label} konnte nicht geladen werden. ${problem.message}`
    }
  }

  override render() {
    const { youth_authority } = this.session
    return html`
      <h1 class="sj-h1">SQL-Arbeitsplatz</h1>
      <p class="sj-lead">
        Abfragen über die Zahlen von ${youth_authority?.name}: ungeschützte Monatswerte, keine einzelnen Fälle, nichts von anderen örtlichen
        Trägern. Hier wird nur gelesen.
      </p>
      ${this.#schema.render({
        pending: () => html`<p class="sj-meta" aria-busy="true">Der Arbeitsplatz wird geladen</p>`,
        complete: (schema) => this.#desk(schema),
        error: (error) => {
          if (error instanceof RequestProblem && error.status === 401) return nothing
          return problemAlert({
            title: 'Der Arbeitsplatz ist gerade nicht erreichbar',
            text: 'Nichts ist verloren.',
            retry: () => void this.#schema.run(),
          })
        },
      })}
    `
  }

  #desk(schema: DeskSchema) {
    return html`
      <div class="sj-desk">
        <div class="sj-desk__main">${this.#form(schema)} ${this.asked ? this.#result(this.asked, schema) : nothing}</div>
        <aside class="sj-desk__help sj-no-print" aria-label="Hilfe zur Abfrage">
          ${schemaHelp({ schema, recent: this.recent, take: this.#take })}
        </aside>
      </div>
    `
  }

  #form({ most_rows, most_seconds }: DeskSchema) {
    const { fault, running } = this
    return html`
      <form
        novalidate
        @submit=${(event: Event) => {
          event.preventDefault()
          void this.#run()
        }}
      >
        <div class="kern-form-input ${fault ? 'kern-form-input--error' : ''}">
          <label class="kern-label" for="abfrage">Abfrage</label>
          <p class="kern-hint" id="hint-abfrage">
            SQL von DuckDB, eine Abfrage. Strg + Eingabe führt sie aus; nach ${most_seconds} Sekunden wird sie abgebrochen.
          </p>
          <textarea
            class="kern-form-input__input ${fault ? 'kern-form-input__input--error' : ''}"
            id="abfrage"
            rows="12"
            autocomplete="off"
            autocapitalize="none"
            spellcheck="false"
            aria-invalid=${fault ? 'true' : 'false'}
            aria-describedby=${fault ? 'hint-abfrage fault-abfrage' : 'hint-abfrage'}
            .value=${this.sql}
            @input=${(event: Event) => (this.sql = (event.target as HTMLTextAreaElement).value)}
            @keydown=${this.#typed}
          ></textarea>
          ${fault ? this.#fault(fault) : nothing}
        </div>
        <div class="sj-desk__run sj-no-print">
          <button type="submit" class="kern-btn kern-btn--primary" aria-disabled=${running ? 'true' : 'false'}>
            <span class="kern-label">Ausführen</span>
          </button>
          ${
            running
              ? html`<button type="button" class="kern-btn kern-btn--tertiary" @click=${() => running.abort()}>
                  <span class="kern-label">Abbrechen</span>
                </button>`
              : nothing
          }
          <p class="sj-meta" role="status">${this.said}</p>
        </div>
        <p class="sj-meta sj-no-print">Höchstens ${numberText(most_rows)} Zeilen je Ergebnis. Abfragen werden nicht aufgezeichnet.</p>
      </form>
    `
  }

  #fault({ title, message, position }: Fault) {
    return html`
      <div class="sj-desk__fault" id="fault-abfrage" role="alert">
        <p class="kern-error">
          <span class="kern-icon kern-icon--danger" aria-hidden="true"></span><span class="kern-body">${title}</span>
        </p>
        <p class="sj-desk__message">${message}</p>
        ${
          position === null
            ? nothing
            : html`<p><button type="button" class="sj-link" @click=${() => this.#showPlace(position)}>Zur Stelle im Text</button></p>`
        }
      </div>
    `
  }

  #result(asked: Asked, { most_rows }: DeskSchema) {
    const { result, sql } = asked
    return html`
      <section class="sj-desk__result" aria-labelledby="ergebnis">
        <div class="sj-desk__head">
          <h2 class="sj-h2" id="ergebnis">${this.fault ? 'Ergebnis der vorigen Abfrage' : 'Ergebnis'}: ${rowsText(result)}</h2>
          <p class="sj-no-print sj-nowrap">
            ${files.map(
              (file) =>
                html`<button type="button" class="sj-link" aria-label="Ergebnis als ${file.label}" @click=${() => this.#save(asked, file)}>
                  ${file.label}
                </button> `,
            )}
          </p>
        </div>
        <p class="sj-meta">In ${numberText(result.ms)} ms berechnet. Stand ${instantText(result.data_as_of)}.</p>
        ${
          result.cut
            ? html`<p class="sj-desk__note">
                Das sind ${numberText(most_rows)} von mehr als ${numberText(most_rows)} Zeilen, auch in den Dateien: bitte einschränken.
              </p>`
            : nothing
        }
        ${
          result.row_count > mostShown
            ? html`<p class="sj-desk__note">
                Gezeigt werden die ersten ${mostShown} Zeilen; alle ${numberText(result.row_count)} stehen in den Dateien.
              </p>`
            : nothing
        }
        ${result.row_count === 0 ? html`<p class="sj-empty">Keine Zeile erfüllt die Bedingungen der Abfrage.</p>` : this.#table(result)}
        <p class="sj-print-only">${sql}</p>
        ${this.choice ? this.#chart(result, this.choice) : nothing}
      </section>
    `
  }

  #table({ columns, rows }: DeskResult) {
    const shown = rows.slice(0, mostShown)
    const kinds = columns.map(({ type }) => kindOf(type))
    const digits = columns.map((_, at) => digitsOf({ rows: shown }, at))
    return html`
      <div class="sj-scroll sj-desk__table" role="region" aria-label="Zeilen des Ergebnisses" tabindex="0">
        <table class="sj-table">
          <caption class="kern-sr-only">
            Ergebnis der Abfrage
          </caption>
          <thead>
            <tr>
              ${columns.map(({ name }, at) => html`<th scope="col" class=${kinds[at] === 'number' ? 'sj-num' : nothing}>${name}</th>`)}
            </tr>
          </thead>
          <tbody>
            ${shown.map(
              (row) => html`
                <tr>
                  ${row.map((value, at) => {
                    const text = textOf(value, kinds[at]!, digits[at]!)
                    return html`<td class=${kinds[at] === 'number' ? 'sj-num' : nothing}>
                      ${text ?? html`<span class="sj-few" aria-hidden="true">–</span><span class="kern-sr-only">nichts vorhanden</span>`}
                    </td>`
                  })}
                </tr>
              `,
            )}
          </tbody>
        </table>
      </div>
    `
  }

  #chart(result: DeskResult, choice: ChartChoice) {
    return html`
      <div class="sj-desk__chart">
        ${chartControls({ result, choice, choose: (chosen) => (this.choice = chosen) })}
        <sj-chart-figure .view=${chartViewOf(result, choice)}></sj-chart-figure>
      </div>
    `
  }
}

const rowsText = ({ row_count, cut }: DeskResult) => {
  const rows = `${numberText(row_count)} ${row_count === 1 ? 'Zeile' : 'Zeilen'}`
  return cut ? `die ersten ${rows}` : rows
}

customElements.define('sj-desk-page', DeskPage)
