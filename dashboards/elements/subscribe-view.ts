import { html, LitElement, nothing } from 'lit'
import { type NewReportSchedule, type ReportSchedule, subscribe } from '../client.ts'
import { dateText } from '../format.ts'
import { schedulesPath } from '../route.ts'
import { faultSummary, textField } from './form-fields.ts'
import { selectField } from './select-field.ts'
import { Sending } from './sending.ts'

const labels = {
  schedule_name: 'Bezeichnung',
  rhythm: 'Rhythmus',
  day: 'Tag',
  period: 'Zeitraum',
  format: 'Form',
  view: 'Ansicht',
  query: 'Ansicht',
}
const fieldOf = (field: string) => (field === 'name' ? 'schedule_name' : field.split('.')[0]!)

export const weekdays = ['Montag', 'Dienstag', 'Mittwoch', 'Donnerstag', 'Freitag']
const rhythmLabels: [NewReportSchedule['rhythm'], string][] = [
  ['weekly', 'wöchentlich'],
  ['monthly', 'monatlich'],
  ['quarterly', 'vierteljährlich'],
]
const viewsByPath: Record<string, NewReportSchedule['view']> = {
  '/api/comparison': 'comparison',
  '/api/side-by-side': 'side_by_side',
  '/api/rankings/providers': 'ranking',
  '/api/evaluation': 'evaluation',
}

type Choice = Pick<NewReportSchedule, 'rhythm' | 'day' | 'period' | 'format'> & { name: string | undefined }
const usual: Choice = { name: undefined, rhythm: 'monthly', day: 5, period: 'latest', format: 'pdf' }

/** "Regelmäßig zusenden": has what an address of the api answers sent to the inbox again and again; not of a past state, which stays the same. */
export class SubscribeView extends LitElement {
  static override properties = {
    url: { attribute: false },
    suggestion: { attribute: false },
    choice: { state: true },
    made: { state: true },
  }
  declare url: string
  declare suggestion: string
  declare choice: Choice
  declare made: ReportSchedule | undefined
  readonly #sending = new Sending(this, { fieldOf })

  constructor() {
    super()
    this.suggestion = ''
    this.choice = usual
  }

  protected override createRenderRoot() {
    return this
  }

  async #open() {
    this.choice = usual
    this.made = undefined
    this.#sending.clear()
    await this.updateComplete
    this.querySelector('dialog')?.showModal()
  }

  get #wanted(): NewReportSchedule {
    const url = new URL(this.url, location.origin)
    const { name, ...choice } = this.choice
    return {
      ...choice,
      name: (name ?? this.suggestion).trim(),
      view: viewsByPath[url.pathname]!,
      query: Object.fromEntries(url.searchParams),
    }
  }

  #subscribe(event: SubmitEvent) {
    event.preventDefault()
    return this.#sending.send(async (key) => {
      this.made = await subscribe(this.#wanted, key)
      return ''
    })
  }

  override render() {
    if (new URL(this.url, location.origin).searchParams.has('as_of')) return nothing
    const close = () => this.querySelector('dialog')?.close()
    return html`
      <button type="button" class="sj-link sj-no-print" @click=${() => this.#open()}>Regelmäßig zusenden</button>
      <dialog class="kern-dialog" aria-labelledby="zusenden">
        <header class="kern-dialog__header"><h2 class="kern-title" id="zusenden">Regelmäßig zusenden</h2></header>
        <form @submit=${(event: SubmitEvent) => this.#subscribe(event)} novalidate>
          <section class="kern-dialog__body">${this.made ? this.#done(this.made) : this.#fields()}</section>
          <footer class="kern-dialog__footer">
            <button class="kern-btn kern-btn--tertiary" type="button" @click=${close}>
              <span class="kern-label">${this.made ? 'Schließen' : 'Abbrechen'}</span>
            </button>
            ${
              this.made
                ? nothing
                : html`<button class="kern-btn kern-btn--primary" type="submit"><span class="kern-label">Abonnieren</span></button>`
            }
          </footer>
        </form>
      </dialog>
    `
  }

  #done({ name, next_due_at }: ReportSchedule) {
    return html`
      <p class="kern-body" role="status">„${name}“ ist abonniert. Der nächste Bericht kommt am ${dateText(next_due_at)}.</p>
      <p class="kern-body"><a class="sj-link" href=${schedulesPath}>Alle Abonnements</a></p>
    `
  }

  #fields() {
    const { rhythm, day, period, format } = this.choice
    const { refusal, faults } = this.#sending
    const set = (change: Partial<Choice>) => (this.choice = { ...this.choice, ...change })
    const days: [string, string][] =
      rhythm === 'weekly'
        ? weekdays.map((weekday, at) => [String(at + 1), weekday])
        : Array.from({ length: 15 }, (_, at) => [
            String(at + 1),
            `${at + 1}. Arbeitstag des ${rhythm === 'monthly' ? 'Monats' : 'Quartals'}`,
          ])
    return html`
      <p class="kern-body">
        Die Ansicht wird mit ihren Filtern zur gewählten Zeit neu berechnet, mit Ihren Rechten von dann, und liegt in Ihrem Postfach.
      </p>
      ${faultSummary({ refusal, faults, labels })}
      ${textField({
        name: 'schedule_name',
        label: labels.schedule_name,
        type: 'text',
        autocomplete: 'off',
        value: this.choice.name ?? this.suggestion,
        faults,
        entered: (name) => set({ name }),
      })}
      ${selectField({
        name: 'rhythm',
        label: labels.rhythm,
        options: rhythmLabels,
        value: rhythm,
        chosen: (value) => set({ rhythm: value as Choice['rhythm'], day: value === 'weekly' ? 1 : 5 }),
      })}
      ${selectField({ name: 'day', label: labels.day, options: days, value: String(day), chosen: (value) => set({ day: Number(value) }) })}
      ${selectField({
        name: 'period',
        label: labels.period,
        options: [
          ['latest', 'immer der letzte abgeschlossene Zeitraum'],
          ['fixed', 'immer der jetzt gezeigte Zeitraum'],
        ],
        value: period,
        chosen: (value) => set({ period: value as Choice['period'] }),
      })}
      ${selectField({
        name: 'format',
        label: labels.format,
        options: [
          ['pdf', 'PDF-Bericht'],
          ['xlsx', 'Excel'],
        ],
        value: format,
        chosen: (value) => set({ format: value as Choice['format'] }),
      })}
    `
  }
}

customElements.define('sj-subscribe-view', SubscribeView)
