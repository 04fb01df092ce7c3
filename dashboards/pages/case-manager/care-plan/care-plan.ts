import { Task } from '@lit/task'
import { html, LitElement, nothing } from 'lit'
import {
  type BookingWithNames,
  type CarePlan,
  type FoundClient,
  getCarePlan,
  getDraft,
  releaseGoals,
  type Session,
} from '../../../client.ts'
import { faultSummary } from '../../../elements/form-fields.ts'
import { type Question, questionDialog } from '../../../elements/question-dialog.ts'
import { Sending } from '../../../elements/sending.ts'
import { viewProblem } from '../../../elements/view-lines.ts'
import { berlinDay, dateText, minuteText } from '../../../format.ts'
import { attainmentLabels, goalStateLabels, nextReviewText, ratingText, releaseText, roleLabels } from './care-plan-words.ts'
import './care-plan.css'

type Opened = 'plan' | 'review' | undefined
export type Person = Pick<FoundClient, 'given_name' | 'family_name'>

const load = (form: 'plan' | 'review') => (form === 'plan' ? import('./care-plan-form.ts') : import('./review-form.ts'))

/** The care plan of one booked help: goals, measures, participants, and its reviews. */
export class CarePlanView extends LitElement {
  static override properties = {
    session: { attribute: false },
    booking: { attribute: false },
    client: { attribute: false },
    version: { state: true },
    opened: { state: true },
    question: { state: true },
    said: { state: true },
  }
  declare session: Session
  declare booking: BookingWithNames
  declare client: Person | null
  /** An earlier one; undefined: as it is now. */
  declare version: number | undefined
  declare opened: Opened
  declare question: Question | undefined
  declare said: string
  readonly #sending = new Sending(this)

  readonly #plan = new Task(this, {
    args: () => [this.booking.id, this.version, this.booking.end_reason, this.booking.last_day] as const,
    task: ([id, version], { signal }) => getCarePlan(id, version, signal),
  })

  constructor() {
    super()
    this.said = ''
  }

  protected override createRenderRoot() {
    return this
  }

  protected override willUpdate(changed: Map<string, unknown>) {
    const before = changed.get('booking') as BookingWithNames | undefined
    if (this.booking.id !== before?.id && changed.has('booking')) void this.#resume(this.booking.id)
    if (before === undefined || before.id === this.booking.id) return
    this.version = undefined
    this.opened = undefined
    this.question = undefined
    this.said = ''
    this.#sending.clear()
  }

  /** Shows the form again that was being filled in when somebody left. */
  async #resume(subject: string) {
    const isDrafted = async (form: 'care_plan' | 'review') => (await getDraft({ form, subject }).catch(() => null)) !== null
    const form = (await isDrafted('care_plan')) ? 'plan' : (await isDrafted('review')) ? 'review' : undefined
    if (form === undefined || this.opened !== undefined || this.booking.id !== subject) return
    await load(form)
    this.opened = form
  }

  async #open(form: Exclude<Opened, undefined>) {
    await load(form)
    this.said = ''
    this.opened = form
    await this.updateComplete
    await this.querySelector<LitElement>('sj-care-plan-form, sj-review-form')?.updateComplete
    this.querySelector<HTMLElement>('#planformular')?.focus()
  }

  async #close(said = '') {
    await this.#plan.run()
    this.opened = undefined
    this.said = said
    await this.updateComplete
    this.querySelector<HTMLElement>('#hilfeplan')?.focus()
  }

  /** `version`: null where nothing is to be read any more. */
  #release(version: number | null) {
    this.querySelector('dialog')?.close()
    this.question = undefined
    return this.#sending.send(async (key) => {
      await releaseGoals(this.booking.id, version, key)
      await this.#close(version === null ? 'Der Anbieter sieht keine Ziele mehr.' : `Der Anbieter sieht die Ziele der Fassung ${version}.`)
      return ''
    })
  }

  async #askRelease({ version }: CarePlan) {
    this.question = {
      heading: 'Ziele für den Anbieter freigeben?',
      text: `${this.booking.provider_name ?? 'Der Anbieter'} liest dann die Ziele der Fassung ${version} mit ihren Merkmalen und Terminen, auch Namen, die darin stehen. Maßnahmen, Beteiligte und Gespräche bleiben beim Jugendamt. Die Freigabe lässt sich zurücknehmen.`,
      action: 'Freigeben',
      act: () => void this.#release(version),
    }
    await this.updateComplete
    this.querySelector('dialog')?.showModal()
  }

  async #show(version: number | undefined) {
    this.version = version
    await this.updateComplete
    this.querySelector<HTMLElement>('#hilfeplan')?.focus()
  }

  override render() {
    const plan = this.#plan.value
    return html`
      <section class="sj-help__facts sj-plan" aria-labelledby="hilfeplan">
        <h2 class="sj-h2" id="hilfeplan" tabindex="-1">Hilfeplan</h2>
        <p class="sj-help__said" role="status">${this.said}</p>
        ${faultSummary({ refusal: this.#sending.refusal, faults: this.#sending.faults, labels: {} })} ${questionDialog(this.question)}
        ${this.#plan.error ? viewProblem(this.#plan.error, { dataAsOf: undefined, retry: () => void this.#plan.run() }) : nothing}
        ${plan ? this.#content(plan) : html`<p class="sj-meta" aria-busy="true">Der Hilfeplan wird geladen</p>`}
      </section>
    `
  }

  #content(plan: CarePlan) {
    const done = (event: CustomEvent<string>) => void this.#close(event.detail)
    const stopped = () => void this.#close()
    if (this.opened === 'plan') {
      return html`<sj-care-plan-form
        class="sj-no-print"
        .booking=${this.booking}
        .client=${this.client}
        .session=${this.session}
        .plan=${plan}
        @sj-done=${done}
        @sj-cancelled=${stopped}
      ></sj-care-plan-form>`
    }
    if (this.opened === 'review') {
      return html`<sj-review-form
        class="sj-no-print"
        .booking=${this.booking}
        .plan=${plan}
        @sj-done=${done}
        @sj-cancelled=${stopped}
      ></sj-review-form>`
    }
    return html`${this.#head(plan)} ${plan.version === 0 ? nothing : this.#plans(plan)} ${this.#reviews(plan)}`
  }

  #head(plan: CarePlan) {
    const today = berlinDay(new Date())
    const written = plan.versions.find(({ version }) => version === plan.version)
    const isLate = plan.next_review_on !== null && plan.next_review_on < today
    const isNow = this.version === undefined
    const may = isNow && !this.booking.cancelled
    return html`
      <p>
        ${
          written
            ? html`${isNow ? 'Fassung' : 'Frühere Fassung'} ${plan.version} vom
              ${minuteText(written.written_at)}${written.written_by === null ? nothing : `, ${written.written_by}`}.`
            : 'Noch ist kein Hilfeplan geschrieben.'
        }
        ${isNow ? html`<span class=${isLate ? 'sj-late' : nothing}>${nextReviewText(plan, today)}</span>` : nothing}
        ${isNow && this.#isReadable(plan) ? releaseText(plan) : nothing}
      </p>
      <div class="sj-help__actions sj-no-print">
        ${
          may
            ? html`
                <button type="button" class="kern-btn kern-btn--secondary" data-plan="plan" @click=${() => void this.#open('plan')}>
                  <span class="kern-label">${written ? 'Hilfeplan ändern' : 'Hilfeplan schreiben'}</span>
                </button>
                ${
                  this.booking.first_day <= today
                    ? html`<button
                        type="button"
                        class="kern-btn kern-btn--secondary"
                        data-plan="review"
                        @click=${() => void this.#open('review')}
                      >
                        <span class="kern-label">Hilfeplangespräch eintragen</span>
                      </button>`
                    : nothing
                }
                ${this.#isReadable(plan) ? this.#releaseButtons(plan) : nothing}
              `
            : nothing
        }
        ${
          isNow
            ? nothing
            : html`<button type="button" class="sj-link" @click=${() => void this.#show(undefined)}>Zur heutigen Fassung</button>`
        }
      </div>
    `
  }

  /** Whether there is a provider to read it. */
  #isReadable({ version }: CarePlan) {
    return version > 0 && this.booking.provider_id !== null
  }

  #releaseButtons(plan: CarePlan) {
    const button = (label: string, act: () => unknown) => html`
      <button type="button" class="kern-btn kern-btn--secondary" data-plan="release" @click=${act}>
        <span class="kern-label">${label}</span>
      </button>
    `
    return html`
      ${plan.released?.version === plan.version ? nothing : button('Ziele für den Anbieter freigeben', () => void this.#askRelease(plan))}
      ${plan.released === null ? nothing : button('Freigabe der Ziele zurücknehmen', () => void this.#release(null))}
    `
  }

  #plans({ goals, measures, participants, versions, version }: CarePlan) {
    const others = versions.filter((each) => each.version !== version)
    return html`
      <h3 class="sj-plan__head">Ziele</h3>
      <ol class="sj-plan__list">
        ${goals.map(
          ({ goal, indicator, reach_by, state, attainment }) => html`
            <li>
              <b>${goal}</b>
              ${indicator === null ? nothing : html`<span class="sj-meta">Erreicht, wenn: ${indicator}</span>`}
              <span class="sj-meta">
                ${
                  state === 'open'
                    ? reach_by === null
                      ? 'offen'
                      : `offen, bis ${dateText(reach_by)}`
                    : `${goalStateLabels[state]}, ${attainmentLabels[attainment!]}`
                }
              </span>
            </li>
          `,
        )}
      </ol>
      ${
        measures.length === 0
          ? nothing
          : html`
              <h3 class="sj-plan__head">Maßnahmen</h3>
              <ul class="sj-plan__list">
                ${measures.map(
                  ({ measure, responsible, due_on, done }) => html`
                    <li>
                      <b>${measure}</b>
                      <span class="sj-meta"
                        >${responsible}${due_on === null ? nothing : `, bis ${dateText(due_on)}`}${done ? ', erledigt' : nothing}</span
                      >
                    </li>
                  `,
                )}
              </ul>
            `
      }
      ${
        participants.length === 0
          ? nothing
          : html`<h3 class="sj-plan__head">Beteiligte</h3>
              ${peopleList(participants)}`
      }
      ${
        others.length === 0
          ? nothing
          : html`
              <details class="sj-plan__versions sj-no-print">
                <summary>${this.version === undefined ? 'Frühere Fassungen' : 'Andere Fassungen'} (${others.length})</summary>
                <ul>
                  ${others.map(
                    (each) => html`
                      <li>
                        <button
                          type="button"
                          class="sj-link"
                          @click=${() => void this.#show(each.version === versions[0]!.version ? undefined : each.version)}
                        >
                          Fassung ${each.version}
                        </button>
                        <span class="sj-meta"
                          >${minuteText(each.written_at)}${each.written_by === null ? nothing : `, ${each.written_by}`}</span
                        >
                      </li>
                    `,
                  )}
                </ul>
              </details>
            `
      }
    `
  }

  #reviews({ reviews }: CarePlan) {
    if (reviews.length === 0) return nothing
    return html`
      <h3 class="sj-plan__head">Hilfeplangespräche</h3>
      <ol class="sj-plan__list" role="list">
        ${reviews.map(
          ({ reviewed_on, recorded_by, summary, goals, ratings, participants }) => html`
            <li>
              <b><time datetime=${reviewed_on}>${dateText(reviewed_on)}</time></b>
              ${summary === null ? nothing : html`<p>${summary}</p>`}
              ${goals.map(
                ({ goal, result, attainment }) =>
                  html`<p>
                    <span class="sj-plan__goal">${goal}:</span>
                    ${[result, attainment === null ? null : attainmentLabels[attainment]].filter((part) => part !== null).join(', ')}
                  </p>`,
              )}
              <span class="sj-meta">
                ${participants.length === 0 ? nothing : html`Mit ${participants.map(({ name }) => name).join(', ')}.`}
                ${ratings.length === 0 ? nothing : html`${ratings.map(ratingText).join(' · ')}.`}
                ${recorded_by === null ? nothing : html`Eingetragen: ${recorded_by}.`}
              </span>
            </li>
          `,
        )}
      </ol>
    `
  }
}

const peopleList = (participants: CarePlan['participants']) => html`
  <ul class="sj-plan__list">
    ${participants.map(({ role, name }) => html`<li>${name} <span class="sj-plan__role">${roleLabels[role]}</span></li>`)}
  </ul>
`

customElements.define('sj-care-plan', CarePlanView)
