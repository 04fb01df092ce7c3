import { Task } from '@lit/task'
import { html, LitElement, nothing } from 'lit'
import {
  getRetentionRules,
  keepRetentionRule,
  type RetentionRule,
  type RetentionRules,
  type Session,
  withdrawRetentionRule,
} from '../../client.ts'
import { faultSummary, textField } from '../../elements/form-fields.ts'
import { selectField } from '../../elements/select-field.ts'
import { Sending } from '../../elements/sending.ts'
import { printLine, viewProblem } from '../../elements/view-lines.ts'
import { dateText } from '../../format.ts'
import type { DocumentKind, RetentionStart } from '../../../transactional/vocabulary.ts'
import { documentKindLabels, periodText } from '../case-file/case-file.ts'
import '../../elements/table.css'
import './retention-page.css'

const labels = { document_kind: 'Art', years: 'Jahre', counted_from: 'Gezählt', valid_from: 'Gültig ab', source: 'Grundlage' }
type Entry = Record<keyof typeof labels, string>
const starts: [RetentionStart, string][] = [
  ['case_end', 'ab dem Ende des Falls'],
  ['year_end', 'ab dem Ende des Jahres, aus dem das Dokument ist'],
]
const empty: Entry = { document_kind: 'application', years: '', counted_from: 'case_end', valid_from: '', source: '' }

/** Admin / Aufbewahrungsfristen: how long documents of no help are kept, by kind, from a day on. */
export class RetentionPage extends LitElement {
  static override properties = {
    session: { attribute: false },
    entry: { state: true },
  }
  declare session: Session
  declare entry: Entry
  readonly #sending = new Sending(this)

  readonly #rules = new Task(this, {
    args: () => [this.session.user_name] as const,
    task: (_, { signal }) => getRetentionRules(signal),
  })

  constructor() {
    super()
    this.entry = empty
  }

  protected override createRenderRoot() {
    return this
  }

  #keep(event: SubmitEvent) {
    event.preventDefault()
    const { document_kind, years, counted_from, valid_from, source } = this.entry
    const missing = {
      ...(!/^\d{1,3}$/.test(years.trim()) && { years: 'Bitte eine ganze Zahl von 1 bis 100 angeben.' }),
      ...(valid_from === '' && { valid_from: 'Bitte angeben.' }),
      ...(source.trim() === '' && { source: 'Bitte angeben, worauf die Frist beruht.' }),
    }
    const rule = {
      document_kind: document_kind as DocumentKind,
      years: Number(years),
      counted_from: counted_from as RetentionStart,
      valid_from,
      source: source.trim(),
    }
    return this.#sending.send(async () => {
      await keepRetentionRule(rule)
      await this.#rules.run()
      this.entry = empty
      return `${documentKindLabels[rule.document_kind]}: ab ${dateText(valid_from)} gelten ${periodText(rule)}.`
    }, missing)
  }

  #withdraw(rule: RetentionRule) {
    return this.#sending.send(async () => {
      await withdrawRetentionRule(rule)
      await this.#rules.run()
      return `${documentKindLabels[rule.document_kind]}: die Frist ab ${dateText(rule.valid_from)} ist zurückgenommen.`
    })
  }

  override render() {
    return html`
      <h1 class="sj-h1">Aufbewahrungsfristen</h1>
      <p class="sj-lead">Wie lange Dokumente in Akten ohne bewilligte Hilfe aufbewahrt werden, in ${this.session.federal_state_name}.</p>
      ${printLine(this.session)}
      <p class="sj-meta" role="status">${this.#sending.said}</p>
      ${this.#rules.render({
        pending: () => (this.#rules.value ? this.#content(this.#rules.value) : html`<p class="sj-meta" aria-busy="true">Wird geladen</p>`),
        complete: (rules) => this.#content(rules),
        error: (error) => viewProblem(error, { dataAsOf: undefined, retry: () => void this.#rules.run() }),
      })}
    `
  }

  #content({ help, today, items }: RetentionRules) {
    return html`
      <p>
        Vorrang hat § 9b SGB VIII: Was zu einer Hilfe gehört, bleibt ${help.years} Jahre ab dem ${help.from_age}. Geburtstag und wird von
        diesen Fristen nicht berührt.
      </p>
      <div class="sj-beside">
        <table class="sj-table sj-retention">
          <caption class="kern-sr-only">
            Fristen nach Art des Dokuments
          </caption>
          <thead>
            <tr>
              <th scope="col">Art</th>
              <th scope="col">Frist</th>
            </tr>
          </thead>
          <tbody>
            ${(Object.keys(documentKindLabels) as DocumentKind[]).map((kind) => this.#row(kind, items, today))}
          </tbody>
        </table>
        ${this.#form()}
      </div>
    `
  }

  #row(kind: DocumentKind, items: RetentionRule[], today: string) {
    const rules = items.filter(({ document_kind }) => document_kind === kind)
    const planned = rules.filter(({ valid_from }) => valid_from > today)
    const [now, ...former] = rules.filter(({ valid_from }) => valid_from <= today)
    return html`
      <tr>
        <th scope="row">${documentKindLabels[kind]}</th>
        <td>
          ${now ? html`${periodText(now)} <small>${now.source}</small>` : nothing}
          ${planned.map(
            (rule) => html`
              <small>
                Ab ${dateText(rule.valid_from)}: ${periodText(rule)}, ${rule.source}.
                <button
                  type="button"
                  class="sj-link sj-no-print"
                  aria-label="Zurücknehmen: ${documentKindLabels[kind]} ab ${dateText(rule.valid_from)}"
                  @click=${() => void this.#withdraw(rule)}
                >
                  Zurücknehmen
                </button>
              </small>
            `,
          )}
          ${former.map((rule) => html`<small>Früher: ${periodText(rule)}, ${rule.source}</small>`)}
        </td>
      </tr>
    `
  }

  #form() {
    const { entry } = this
    const { faults, refusal } = this.#sending
    const typed = (name: keyof Entry, value: string) => (this.entry = { ...this.entry, [name]: value })
    const field = (name: 'years' | 'valid_from' | 'source', hint: string) =>
      textField({
        name,
        label: labels[name],
        type: name === 'valid_from' ? 'date' : 'text',
        autocomplete: 'off',
        value: entry[name],
        faults,
        hint,
        entered: (value) => typed(name, value),
      })
    return html`
      <form class="sj-form sj-no-print" novalidate aria-labelledby="neu" @submit=${(event: SubmitEvent) => void this.#keep(event)}>
        <h2 class="sj-h2" id="neu">Frist festlegen</h2>
        ${faultSummary({ refusal, faults, labels })}
        ${selectField({
          name: 'document_kind',
          label: labels.document_kind,
          options: Object.entries(documentKindLabels),
          value: entry.document_kind,
          chosen: (value) => typed('document_kind', value),
        })}
        ${field('years', 'Eine ganze Zahl von 1 bis 100.')}
        ${selectField({
          name: 'counted_from',
          label: labels.counted_from,
          options: starts,
          value: entry.counted_from,
          chosen: (value) => typed('counted_from', value),
        })}
        ${field('valid_from', 'Frühestens morgen: Eine kürzere Frist löscht, und Gelöschtes kommt nicht zurück.')}
        ${field('source', 'Gesetz, Verordnung oder Aktenordnung, auf der die Frist beruht.')}
        <button type="submit" class="kern-btn kern-btn--primary"><span class="kern-label">Speichern</span></button>
      </form>
    `
  }
}

customElements.define('sj-retention-page', RetentionPage)
