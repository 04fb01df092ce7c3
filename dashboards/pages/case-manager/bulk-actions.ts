import { html, LitElement, nothing } from 'lit'
import { type BulkResult, type BulkToDo, type Colleague, doInBulk, getColleagues, type ManagedHelp } from '../../client.ts'
import { faultSummary } from '../../elements/form-fields.ts'
import { questionDialog } from '../../elements/question-dialog.ts'
import { Sending } from '../../elements/sending.ts'
import { numberText } from '../../format.ts'
import { workHref } from './case-manager.ts'
import { handoverForm } from './handover.ts'
import { focusForm, focusIn } from './opened-step.ts'
import './bulk-actions.css'

type Refusal = NonNullable<BulkResult['items'][number]['refusal']>
type Done = { done: string; refused: (Refusal & { help: ManagedHelp })[] }

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
    resumed: { attribute: false },
    colleagues: { state: true },
    result: { state: true },
  }
  declare helps: ManagedHelp[]
  /** Whether these were being handed over when somebody left. */
  declare resumed: boolean
  /** Of whom one gets the cases; undefined: no handing over. */
  declare colleagues: Colleague[] | undefined
  declare result: Done | undefined
  readonly #sending = new Sending(this)

  constructor() {
    super()
    this.helps = []
    this.resumed = false
  }

  protected override createRenderRoot() {
    return this
  }

  protected override willUpdate(changed: Map<string, unknown>) {
    if (changed.has('resumed') && this.resumed) void this.#openHandover()
    if (!changed.has('helps') || this.helps.length === 0) return
    this.result = undefined
    this.#sending.clear()
  }

  async #do(wanted: BulkToDo, key: string) {
    const { helps } = this
    const { items } = await doInBulk(wanted, key)
    this.colleagues = undefined
    this.dispatchEvent(new Event('sj-done'))
    this.result = {
      done: doneText(wanted.action, items.filter(({ done }) => done).length),
      refused: items.flatMap(({ id, refusal }) => (refusal === null ? [] : [{ ...refusal, help: helps.find((help) => help.id === id)! }])),
    }
    await focusIn(this, '.sj-bulk__result')
  }

  #send(action: 'remind' | 'release') {
    return this.#sending.send(async (key) => {
      await this.#do({ action, helps: this.#chosen }, key)
      return ''
    })
  }

  get #chosen() {
    return this.helps.map(({ kind, id }) => ({ kind, id }))
  }

  #openHandover() {
    return this.#sending.send(async () => {
      this.colleagues = (await getColleagues()).items
      await focusForm(this)
      return ''
    })
  }

  async #cancel() {
    this.colleagues = undefined
    await focusIn(this, '[data-bulk=hand_over]')
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
        ${faultSummary({ refusal, faults, labels: {} })}
        ${
          this.colleagues
            ? this.#handover(this.colleagues)
            : html`
                <div class="sj-bulk__buttons">
                  ${button('hand_over', 'Fälle übergeben', () => void this.#openHandover())}
                  ${button('remind', 'Anbieter erinnern', () => void this.#send('remind'))}
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
            void this.#send('release')
          },
        })}
      </div>
    `
  }

  #handover(colleagues: Colleague[]) {
    const helps = this.#chosen
    const action = handoverForm({
      colleagues,
      heading: 'Fälle übergeben',
      text: 'Die Fälle gehen mit allen ihren Hilfen und Erinnerungen an die Kollegin oder den Kollegen.',
      helps: helps.map(({ id }) => id),
      send: (wanted, key) => this.#do({ action: 'hand_over', helps, ...wanted }, key),
    })
    return html`<sj-step-form .action=${action} @sj-cancelled=${() => void this.#cancel()}></sj-step-form>`
  }
}

customElements.define('sj-bulk-actions', BulkActions)
