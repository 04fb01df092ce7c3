import { html, LitElement, nothing } from 'lit'
import { type BulkResult, type BulkToDo, type Colleague, doInBulk, getColleagues, type ManagedHelp } from '../../client.ts'
import { areaField, type Faults, faultSummary, oneLine } from '../../elements/form-fields.ts'
import { questionDialog } from '../../elements/question-dialog.ts'
import { selectField } from '../../elements/select-field.ts'
import { Sending } from '../../elements/sending.ts'
import { numberText } from '../../format.ts'
import { workHref } from './case-manager.ts'
import './bulk-actions.css'

type Refusal = NonNullable<BulkResult['items'][number]['refusal']>
type Done = { done: string; refused: (Refusal & { help: ManagedHelp })[] }

const labels = { to_id: 'An', reason: 'Warum' }
const helpsText = (count: number) => (count === 1 ? '1 Hilfe' : `${numberText(count)} Hilfen`)

/** What was done to the helps chosen, and why not to the others. */
const doneText = (action: BulkToDo['action'], count: number) => {
  if (count === 0) return 'Geändert wurde nichts.'
  switch (action) {
    case 'hand_over':
      return `${helpsText(count)} übergeben.`
    case 'remind':
      return count === 1 ? '1 Anbieter erinnert.' : `Bei ${numberText(count)} Anfragen erinnert.`
    case 'release':
      return count === 1 ? '1 Reservierung aufgegeben.' : `${numberText(count)} Reservierungen aufgegeben.`
  }
}

/** One action over the helps chosen. Tells `sj-done` when something may have changed. */
export class BulkActions extends LitElement {
  static override properties = {
    helps: { attribute: false },
    colleagues: { state: true },
    to: { state: true },
    reason: { state: true },
    result: { state: true },
  }
  declare helps: ManagedHelp[]
  /** Of whom one gets the cases; undefined: no handing over. */
  declare colleagues: Colleague[] | undefined
  declare to: string
  declare reason: string
  declare result: Done | undefined
  readonly #sending = new Sending(this)

  constructor() {
    super()
    this.helps = []
    this.to = ''
    this.reason = ''
  }

  protected override createRenderRoot() {
    return this
  }

  protected override willUpdate(changed: Map<string, unknown>) {
    if (!changed.has('helps') || this.helps.length === 0) return
    this.result = undefined
    this.#sending.clear()
  }

  #do(wanted: BulkToDo, missing: Faults = {}) {
    const { helps } = this
    return this.#sending.send(async (key) => {
      const { items } = await doInBulk(wanted, key)
      this.colleagues = undefined
      this.reason = ''
      this.dispatchEvent(new Event('sj-done'))
      this.result = {
        done: doneText(wanted.action, items.filter(({ done }) => done).length),
        refused: items.flatMap(({ id, refusal }) =>
          refusal === null ? [] : [{ ...refusal, help: helps.find((help) => help.id === id)! }],
        ),
      }
      await this.updateComplete
      this.querySelector<HTMLElement>('.sj-bulk__result')?.focus()
      return ''
    }, missing)
  }

  get #chosen() {
    return this.helps.map(({ kind, id }) => ({ kind, id }))
  }

  async #openHandover() {
    this.colleagues = await getColleagues().then(
      ({ items }) => items,
      () => [],
    )
    await this.updateComplete
    this.querySelector<HTMLElement>('#to_id')?.focus()
  }

  #cancel() {
    this.colleagues = undefined
    this.#sending.clear()
  }

  #handOver(event: SubmitEvent) {
    event.preventDefault()
    const reason = oneLine(this.reason)
    const missing = {
      ...(this.to === '' && { to_id: 'Bitte eine Person auswählen.' }),
      ...(reason === '' && { reason: 'Bitte den Grund angeben.' }),
    }
    return this.#do({ action: 'hand_over', helps: this.#chosen, to_id: this.to, reason }, missing)
  }

  override render() {
    const { result, helps } = this
    return html`
      ${
        result
          ? html`<div class="sj-bulk__result" role="status" tabindex="-1">
              <p>${result.done}</p>
              ${
                result.refused.length === 0
                  ? nothing
                  : html`<p>Nicht möglich:</p>
                      <ul>
                        ${result.refused.map(
                          ({ help, title, hint }) =>
                            html`<li><a class="sj-link" href=${workHref(help)}>Fall ${help.case_number}</a>: ${title} ${hint}</li>`,
                        )}
                      </ul>`
              }
            </div>`
          : nothing
      }
      ${helps.length === 0 ? nothing : this.#actions()}
    `
  }

  #actions() {
    const { helps } = this
    const { refusal, faults } = this.#sending
    const button = (action: string, label: string, act: () => void) => html`
      <button type="button" class="kern-btn kern-btn--secondary" data-bulk=${action} @click=${act}>
        <span class="kern-label">${label}</span>
      </button>
    `
    return html`
      <div class="sj-bulk">
        <p><b>${helpsText(helps.length)} ausgewählt</b></p>
        ${faultSummary({ refusal, faults, labels })}
        ${
          this.colleagues
            ? this.#handoverForm(this.colleagues)
            : html`
                <div class="sj-bulk__buttons">
                  ${button('hand_over', 'Fälle übergeben', () => void this.#openHandover())}
                  ${button('remind', 'Anbieter erinnern', () => void this.#do({ action: 'remind', helps: this.#chosen }))}
                  ${button('release', 'Reservierungen aufgeben', () => this.querySelector('dialog')?.showModal())}
                </div>
              `
        }
        ${questionDialog({
          heading: 'Reservierungen aufgeben?',
          text: `Ausgewählt: ${helpsText(helps.length)}. Die Plätze sind sofort für andere frei. Das lässt sich nicht zurücknehmen.`,
          action: 'Aufgeben',
          act: () => {
            this.querySelector('dialog')?.close()
            void this.#do({ action: 'release', helps: this.#chosen })
          },
        })}
      </div>
    `
  }

  #handoverForm(colleagues: Colleague[]) {
    const { faults } = this.#sending
    const options: [string, string][] = [
      ['', 'Bitte auswählen'],
      ...colleagues.map(({ id, display_name }): [string, string] => [id, display_name]),
    ]
    return html`
      <form class="sj-bulk__form" novalidate @submit=${this.#handOver}>
        ${selectField({ name: 'to_id', label: labels.to_id, options, value: this.to, faults, chosen: (to) => (this.to = to) })}
        ${areaField({ name: 'reason', label: labels.reason, value: this.reason, maxlength: 1000, faults, entered: (reason) => (this.reason = reason) })}
        <div class="sj-bulk__buttons">
          <button type="submit" class="kern-btn kern-btn--primary"><span class="kern-label">Übergeben</span></button>
          <button type="button" class="kern-btn kern-btn--tertiary" @click=${() => this.#cancel()}>
            <span class="kern-label">Abbrechen</span>
          </button>
        </div>
      </form>
    `
  }
}

customElements.define('sj-bulk-actions', BulkActions)
