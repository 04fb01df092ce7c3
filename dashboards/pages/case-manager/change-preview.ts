import { Task } from '@lit/task'
import { html, LitElement, nothing } from 'lit'
import { type BookingWithNames, type ChangePreview as Preview, previewChange, RequestProblem } from '../../client.ts'
import { numberOf } from '../../elements/form-fields.ts'
import { moneyText } from '../../format.ts'
import { plannedText, rateText } from './reservation-words.ts'
import type { Values } from './step-form.ts'
import { term } from './terms.ts'
import './change-preview.css'

const typingMs = 250

const differenceText = ({ before, after }: Preview) => {
  const cents = after.planned_cents - before.planned_cents
  return cents === 0 ? 'gleich' : `${moneyText(Math.abs(cents))} ${cents > 0 ? 'mehr' : 'weniger'}`
}

/** What a change of units or rate would make of the planned cost, while it is typed. */
export class ChangePreview extends LitElement {
  static override properties = { booking: { attribute: false }, values: { attribute: false } }
  declare booking: BookingWithNames
  declare values: Values

  readonly #preview = new Task(this, {
    args: () => {
      const { first_day, units_per_week, rate, rate_cents } = this.values
      return [this.booking.id, first_day, units_per_week, rate, rate_cents] as const
    },
    task: async ([id, first_day, units, rate, euros], { signal }) => {
      await new Promise((resolve) => setTimeout(resolve, typingMs))
      signal.throwIfAborted()
      const [units_per_week, amount] = [numberOf(units), numberOf(euros)]
      if (first_day === '' || Number.isNaN(units_per_week) || (rate === 'other' && Number.isNaN(amount))) return undefined
      const rate_cents = rate === 'other' ? String(Math.round(amount * 100)) : null
      return previewChange(id, { first_day, rate, units_per_week: String(units_per_week), rate_cents }, signal)
    },
  })

  protected override createRenderRoot() {
    return this
  }

  override render() {
    const { unit } = this.booking
    const preview = this.#preview.value
    const problem = this.#preview.error
    if (problem instanceof RequestProblem) return html`<p class="sj-meta" role="status">${problem.message}</p>`
    if (!preview) return nothing
    const { before, after, offer_rate_cents } = preview
    return html`
      <dl class="sj-terms sj-preview" aria-live="polite">
        ${offer_rate_cents === null ? nothing : term('Entgelt im Angebot an diesem Tag', rateText(offer_rate_cents, unit))}
        ${term('Soll-Kosten bisher', html`${moneyText(before.planned_cents)} <small>${plannedText(before.planned_units, unit)}</small>`)}
        ${term('Soll-Kosten danach', html`<b>${moneyText(after.planned_cents)}</b> <small>${plannedText(after.planned_units, unit)}</small>`)}
        ${term('Unterschied', differenceText(preview))}
      </dl>
    `
  }
}

customElements.define('sj-change-preview', ChangePreview)

export const changePreview = (booking: BookingWithNames, values: Values) =>
  html`<sj-change-preview .booking=${booking} .values=${values}></sj-change-preview>`
