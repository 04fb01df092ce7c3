import { html, LitElement } from 'lit'
import { publishView, type PublishedView, type PublishedViewQuery } from '../client.ts'
import { faultSummary, textField } from './form-fields.ts'
import { Sending } from './sending.ts'

export class Published extends Event {
  readonly view: PublishedView
  constructor(view: PublishedView) {
    super('sj-published', { bubbles: true })
    this.view = view
  }
}

/** "Stand festhalten": keeps the view as it stands under a title. Tells `sj-published`. */
export class PublishView extends LitElement {
  static override properties = {
    query: { attribute: false },
    suggestion: { attribute: false },
    keeps: { attribute: false },
    heading: { state: true },
  }
  declare query: PublishedViewQuery
  declare suggestion: string
  /** The numbers, or the moment alone: then they are made from history for each reader. */
  declare keeps: 'numbers' | 'moment'
  /** As typed; undefined: the suggestion. */
  declare heading: string | undefined
  readonly #sending = new Sending(this)

  constructor() {
    super()
    this.suggestion = ''
    this.keeps = 'numbers'
  }

  protected override createRenderRoot() {
    return this
  }

  async #open() {
    this.heading = undefined
    this.#sending.clear()
    await this.updateComplete
    this.querySelector('dialog')?.showModal()
  }

  #publish(event: SubmitEvent) {
    event.preventDefault()
    return this.#sending.send(async (key) => {
      const view = await publishView({ title: (this.heading ?? this.suggestion).trim(), view: this.query }, key)
      this.querySelector('dialog')?.close()
      this.dispatchEvent(new Published(view))
      return ''
    })
  }

  #kept() {
    const readers = this.query.kind === 'evaluation' ? 'Alle, die Auswertungen sehen dürfen,' : 'Alle Angemeldeten'
    return this.keeps === 'moment'
      ? `Festgehalten wird der Stand. Die Werte werden bei jedem Öffnen aus der Historie zu diesem Stand berechnet und ändern sich nicht mehr. ${readers} können sie ansehen, jeder in seinen eigenen Rechten.`
      : `Die Werte dieser Ansicht werden mit ihrem Stand gespeichert und ändern sich nicht mehr. ${readers} können sie ansehen; geheime Werte bleiben geheim, auch die der eigenen Zeile.${this.#highlighted()}`
  }

  /** The numbers are the same to all; what is looked at first is each reader's own, unless one was chosen. */
  #highlighted() {
    if (this.query.kind === 'side_by_side') return ''
    const chosen = 'region' in this.query && this.query.region
    return ` Hervorgehoben ist beim Öffnen ${chosen ? 'der Träger, den Sie gewählt haben' : 'für jeden sein eigenes Jugendamt'}.`
  }

  override render() {
    const title = this.heading ?? this.suggestion
    const { refusal, faults } = this.#sending
    return html`
      <button type="button" class="sj-link sj-no-print" @click=${() => this.#open()}>Stand festhalten</button>
      <dialog class="kern-dialog" aria-labelledby="festhalten">
        <header class="kern-dialog__header"><h2 class="kern-title" id="festhalten">Stand festhalten</h2></header>
        <form @submit=${(event: SubmitEvent) => this.#publish(event)} novalidate>
          <section class="kern-dialog__body">
            <p class="kern-body">${this.#kept()}</p>
            ${faultSummary({ refusal, faults, labels: { title: 'Titel' } })}
            ${textField({
              name: 'title',
              label: 'Titel',
              type: 'text',
              autocomplete: 'off',
              value: title,
              faults,
              hint: 'Ohne Namen und ohne etwas, das auf einzelne Menschen schließen lässt.',
              entered: (value) => {
                this.heading = value
              },
            })}
          </section>
          <footer class="kern-dialog__footer">
            <button class="kern-btn kern-btn--tertiary" type="button" @click=${() => this.querySelector('dialog')?.close()}>
              <span class="kern-label">Abbrechen</span>
            </button>
            <button class="kern-btn kern-btn--primary" type="submit"><span class="kern-label">Festhalten</span></button>
          </footer>
        </form>
      </dialog>
    `
  }
}

customElements.define('sj-publish-view', PublishView)
