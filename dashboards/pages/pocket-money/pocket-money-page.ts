import { Task } from '@lit/task'
import { html, LitElement } from 'lit'
import { getPocketMoney, keepPocketMoney, type PocketMoneyTable, type Session } from '../../client.ts'
import { faultLine, faultSummary, textField } from '../../elements/form-fields.ts'
import { Sending } from '../../elements/sending.ts'
import { printLine, viewProblem } from '../../elements/view-lines.ts'
import { dateText, moneyText } from '../../format.ts'
import '../../elements/table.css'
import './pocket-money-page.css'

const labels = { valid_from: 'Gültig ab', source: 'Quelle', steps: 'Beträge' }
type Entry = Record<keyof typeof labels, string>

const ageText = ({ age_from, age_to }: PocketMoneyTable['steps'][number]) => {
  if (age_to >= 27) return `ab ${age_from} Jahren`
  return age_from === age_to ? `${age_from} Jahre` : `${age_from} bis ${age_to} Jahre`
}

/** `4-5: 9,00`, one age group a line; undefined for a line that is none. */
export const readSteps = (text: string): PocketMoneyTable['steps'] | { line: string } => {
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)
  const steps = lines.map((line) => {
    const [, from, to, euros] = /^(\d{1,2})(?:\s*[-–]\s*(\d{1,2}))?\s*[:;]\s*(\d{1,3}(?:[.,]\d{1,2})?)\s*€?$/.exec(line) ?? []
    return from && euros
      ? { age_from: Number(from), age_to: Number(to ?? from), amount_cents: Math.round(Number(euros.replace(',', '.')) * 100) }
      : { line }
  })
  return steps.find((step): step is { line: string } => 'line' in step) ?? (steps as PocketMoneyTable['steps'])
}
const stepsText = (steps: PocketMoneyTable['steps']) =>
  steps
    .map(({ age_from, age_to, amount_cents }) => `${age_from}-${age_to}: ${(amount_cents / 100).toFixed(2).replace('.', ',')}`)
    .join('\n')

/** Admin / Barbeträge: pocket money of the own state by age, from a day on. */
export class PocketMoneyPage extends LitElement {
  static override properties = {
    session: { attribute: false },
    entry: { state: true },
  }
  declare session: Session
  /** As typed; undefined: the newest table. */
  declare entry: Entry | undefined
  readonly #sending = new Sending(this, { fieldOf: (field) => (field.startsWith('steps') ? 'steps' : field) })

  readonly #tables = new Task(this, {
    args: () => [this.session.user_name] as const,
    task: (_, { signal }) => getPocketMoney(signal),
  })

  protected override createRenderRoot() {
    return this
  }

  get #shown(): Entry {
    const newest = this.#tables.value?.[0]
    return (
      this.entry ?? { valid_from: newest?.valid_from ?? '', source: newest?.source ?? '', steps: newest ? stepsText(newest.steps) : '' }
    )
  }

  #keep(event: SubmitEvent) {
    event.preventDefault()
    const { valid_from, source, steps: typed } = this.#shown
    const steps = readSteps(typed)
    const missing = {
      ...(valid_from === '' && { valid_from: 'Bitte angeben.' }),
      ...(source.trim() === '' && { source: 'Bitte angeben, wer die Beträge festgesetzt hat.' }),
      ...('line' in steps && { steps: `„${steps.line}“ ist keine Altersstufe mit Betrag wie 4-5: 9,00.` }),
    }
    return this.#sending.send(async () => {
      await keepPocketMoney({ valid_from, source: source.trim(), steps: 'line' in steps ? [] : steps })
      await this.#tables.run()
      this.entry = undefined
      return `Die Beträge ab ${dateText(valid_from)} sind gespeichert.`
    }, missing)
  }

  override render() {
    return html`
      <h1 class="sj-h1">Barbeträge</h1>
      <p class="sj-lead">Taschengeld nach § 39 Abs. 2 SGB VIII in ${this.session.federal_state_name}, im Monat und nach Alter.</p>
      ${printLine(this.session)}
      <p class="sj-meta" role="status">${this.#sending.said}</p>
      ${this.#tables.render({
        pending: () =>
          this.#tables.value ? this.#content(this.#tables.value) : html`<p class="sj-meta" aria-busy="true">Wird geladen</p>`,
        complete: (tables) => this.#content(tables),
        error: (error) => viewProblem(error, { dataAsOf: undefined, retry: () => void this.#tables.run() }),
      })}
    `
  }

  #content(tables: PocketMoneyTable[]) {
    const entry = this.#shown
    const { faults, refusal } = this.#sending
    const typed = (name: keyof Entry, value: string) => (this.entry = { ...this.#shown, [name]: value })
    return html`
      <div class="sj-beside sj-pocket-money">
        <div>
          ${tables.length === 0 ? html`<p class="sj-empty">Für dieses Land sind noch keine Beträge hinterlegt.</p>` : tables.map(table)}
        </div>
        <form class="sj-form" novalidate aria-labelledby="neu" @submit=${(event: SubmitEvent) => void this.#keep(event)}>
          <h2 class="sj-h2" id="neu">Beträge festlegen</h2>
          ${faultSummary({ refusal, faults, labels })}
          ${textField({
            name: 'valid_from',
            label: labels.valid_from,
            type: 'date',
            autocomplete: 'off',
            value: entry.valid_from,
            faults,
            hint: 'Ein neuer Tag macht eine neue Tabelle; frühere Monate behalten ihre Beträge.',
            entered: (value) => typed('valid_from', value),
          })}
          ${textField({
            name: 'source',
            label: labels.source,
            type: 'text',
            autocomplete: 'off',
            value: entry.source,
            faults,
            hint: 'Wer hat die Beträge wann festgesetzt?',
            entered: (value) => typed('source', value),
          })}
          <div class="kern-form-input ${faults['steps'] ? 'kern-form-input--error' : ''}">
            <label class="kern-label" for="steps">${labels.steps}</label>
            <p class="kern-hint" id="hint-steps">Je Zeile eine Altersstufe in Jahren und der Betrag in Euro, zum Beispiel 4-5: 9,00.</p>
            <textarea
              class="kern-form-input__input"
              id="steps"
              rows="10"
              spellcheck="false"
              aria-describedby=${faults['steps'] ? 'hint-steps fault-steps' : 'hint-steps'}
              .value=${entry.steps}
              @input=${(event: Event) => typed('steps', (event.target as HTMLTextAreaElement).value)}
            ></textarea>
            ${faultLine('steps', faults)}
          </div>
          <button type="submit" class="kern-btn kern-btn--primary"><span class="kern-label">Speichern</span></button>
        </form>
      </div>
    `
  }
}

const table = ({ valid_from, source, steps }: PocketMoneyTable) => html`
  <table class="sj-table">
    <caption class="sj-pocket-money__caption">
      <b>Ab ${dateText(valid_from)}</b>
      <span class="sj-meta">${source}</span>
    </caption>
    <thead>
      <tr>
        <th scope="col">Alter</th>
        <th scope="col" class="sj-num">Im Monat</th>
      </tr>
    </thead>
    <tbody>
      ${steps.map(
        (step) =>
          html`<tr>
            <th scope="row">${ageText(step)}</th>
            <td class="sj-num">${moneyText(step.amount_cents)}</td>
          </tr>`,
      )}
    </tbody>
  </table>
`

customElements.define('sj-pocket-money-page', PocketMoneyPage)
