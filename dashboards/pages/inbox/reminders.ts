import { Task } from '@lit/task'
import { html, LitElement, nothing } from 'lit'
import { getReminders, markReminderRead, type Reminder, RequestProblem } from '../../client.ts'
import { viewProblem } from '../../elements/view-lines.ts'
import { berlinDay, dateText, numberText } from '../../format.ts'
import { reservationPath } from '../../route.ts'

/** What is to be done, by its day. */
export const reminderText = ({ kind, due_on }: Pick<Reminder, 'kind' | 'due_on'>, today: string): string => {
  const isPast = due_on < today
  const day = dateText(due_on)
  switch (kind) {
    case 'review':
      return isPast ? `Hilfeplangespräch war bis ${day} fällig` : `Hilfeplangespräch bis ${day}`
    case 'end':
      return isPast ? `Hilfe war bis ${day} geplant, Ende offen` : `Hilfe endet am ${day}`
    case 'hold':
      return isPast ? `Reservierung lief am ${day} ab` : `Reservierung läuft am ${day} ab`
    case 'answer':
      return isPast ? `Anbieter hat bis ${day} nicht geantwortet` : `Anbieter hat noch nicht geantwortet, Frist ${day}`
  }
}

const hrefOf = ({ booking_id, reservation_id }: Reminder) =>
  `${reservationPath}?${booking_id === null ? `reservation=${reservation_id}` : `booking=${booking_id}`}`

/** What is due soon in the reader's own cases. Tells `sj-session-changed` where one was seen. */
export class Reminders extends LitElement {
  static override properties = { said: { state: true } }
  declare said: string

  readonly #loaded = new Task(this, { args: () => [] as const, task: (_, { signal }) => getReminders(signal) })

  constructor() {
    super()
    this.said = ''
  }

  protected override createRenderRoot() {
    return this
  }

  async #seen({ id, case_number }: Reminder) {
    try {
      await markReminderRead(id)
      this.said = `Die Erinnerung zu Fall ${case_number} ist als gesehen vermerkt.`
    } catch (problem) {
      if (!(problem instanceof RequestProblem)) throw problem
      this.said = problem.message
    }
    await this.#loaded.run()
    this.dispatchEvent(new Event('sj-session-changed', { bubbles: true }))
    await this.updateComplete
    this.querySelector<HTMLElement>('#erinnerungen')?.focus()
  }

  override render() {
    const reminders = this.#loaded.value
    if (this.#loaded.error) return viewProblem(this.#loaded.error, { dataAsOf: undefined, retry: () => void this.#loaded.run() })
    if (!reminders) return nothing
    const today = berlinDay(new Date())
    return html`
      <section class="sj-reminders" aria-labelledby="erinnerungen">
        <h2 class="sj-h2" id="erinnerungen" tabindex="-1">
          Erinnerungen${reminders.length > 0 ? ` (${numberText(reminders.length)})` : nothing}
        </h2>
        <p class="sj-said sj-meta" role="status">${this.said}</p>
        ${
          reminders.length === 0
            ? html`<p class="sj-meta">In Ihren Fällen ist in den nächsten Tagen nichts fällig, was Sie nicht schon gesehen haben.</p>`
            : html`
                <ul>
                  ${reminders.map(
                    (reminder) => html`
                      <li>
                        <span>
                          <a class="sj-link" href=${hrefOf(reminder)}>${reminderText(reminder, today)}</a>
                          <span class="sj-meta">
                            Fall ${reminder.case_number}, ${reminder.legal_basis.replace(' SGB VIII', '')} ${reminder.service_kind_label},
                            ${reminder.provider_name ?? 'außerhalb des Systems'}
                          </span>
                        </span>
                        <button
                          type="button"
                          class="sj-link sj-no-print"
                          aria-label="Gesehen: Fall ${reminder.case_number}, ${reminderText(reminder, today)}"
                          @click=${() => void this.#seen(reminder)}
                        >
                          Gesehen
                        </button>
                      </li>
                    `,
                  )}
                </ul>
              `
        }
      </section>
      <h2 class="sj-h2 sj-reminders__next">Berichte</h2>
    `
  }
}

customElements.define('sj-reminders', Reminders)
