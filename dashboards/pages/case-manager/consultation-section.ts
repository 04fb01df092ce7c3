import { Task } from '@lit/task'
import { html, LitElement, nothing } from 'lit'
import { type Consultation, getConsultations, getDraft } from '../../client.ts'
import { viewProblem } from '../../elements/view-lines.ts'
import { consultationHref, headingText, stateText } from './consultation-words.ts'
import './consultation-form.ts'
import './consultation.css'

/** Team consultations of a case on the page of a help: what was considered and decided, and how to open one. */
export class ConsultationSection extends LitElement {
  static override properties = {
    caseId: { attribute: false },
    reservationId: { attribute: false },
    early: { attribute: false },
    opened: { state: true },
  }
  declare caseId: string
  declare reservationId: string | undefined
  /** The provider has not been asked yet. */
  declare early: boolean
  declare opened: boolean

  readonly #loaded = new Task(this, {
    args: () => [this.caseId] as const,
    task: async ([caseId], { signal }) => {
      const drafted = await getDraft({ form: 'consultation', subject: caseId }).catch(() => null)
      this.opened ||= drafted !== null
      return (await getConsultations(caseId, signal)).items
    },
  })

  constructor() {
    super()
    this.opened = false
  }

  protected override createRenderRoot() {
    return this
  }

  async #open() {
    this.opened = true
    await this.updateComplete
    await this.querySelector<LitElement>('sj-consultation-form')?.updateComplete
    this.querySelector<HTMLElement>('#beratung-neu')?.focus()
  }

  async #close() {
    this.opened = false
    await this.updateComplete
    this.querySelector<HTMLElement>('button')?.focus()
  }

  override render() {
    const consultations = this.#loaded.value
    return html`
      <section class="sj-help__facts" aria-labelledby="beratung">
        <h2 class="sj-h2" id="beratung">Teamberatung</h2>
        ${this.#loaded.error ? viewProblem(this.#loaded.error, { dataAsOf: undefined, retry: () => void this.#loaded.run() }) : nothing}
        ${consultations ? this.#list(consultations) : nothing}
        ${
          this.opened
            ? html`<sj-consultation-form
                class="sj-no-print"
                .caseId=${this.caseId}
                .reservationId=${this.reservationId}
                @sj-cancelled=${() => void this.#close()}
              ></sj-consultation-form>`
            : html`<div class="sj-help__actions sj-no-print">
                <button type="button" class="kern-btn kern-btn--secondary" data-action="consult" @click=${() => void this.#open()}>
                  <span class="kern-label">Teamberatung eröffnen</span>
                </button>
              </div>`
        }
      </section>
    `
  }

  #list(consultations: Consultation[]) {
    const decided = consultations.some(({ decided_at }) => decided_at !== null)
    return html`
      ${
        consultations.length === 0
          ? html`<p>
              In diesem Fall ist noch keine Teamberatung festgehalten.
              ${this.early ? 'Über eine voraussichtlich längere Hilfe sollen mehrere Fachkräfte gemeinsam entscheiden (§ 36 Abs. 2 SGB VIII), am besten vor der Anfrage beim Anbieter.' : nothing}
            </p>`
          : this.early && !decided
            ? html`<p>Eine Teamberatung läuft. Am besten ist sie vor der Anfrage beim Anbieter entschieden.</p>`
            : nothing
      }
      <ul class="sj-consultations">
        ${consultations.map(
          (each) =>
            html`<li><a class="sj-link" href=${consultationHref(each)}>${headingText(each)}</a> <small>${stateText(each)}</small></li>`,
        )}
      </ul>
    `
  }
}

customElements.define('sj-consultation-section', ConsultationSection)
