import { html, LitElement, nothing } from 'lit'
import { type BookingWithNames, type CarePlan, recordPlanReview } from '../../../client.ts'
import { areaField, faultSummary, textField, unfinishedDays } from '../../../elements/form-fields.ts'
import { FormDraft } from '../../../elements/form-draft.ts'
import { selectField } from '../../../elements/select-field.ts'
import { Sending } from '../../../elements/sending.ts'
import type { Rater } from '../../../../transactional/vocabulary.ts'
import { attainmentLabels, fieldId, gradeLabels, monthsLater, raterLabels, structureLabels } from './care-plan-words.ts'
import { lineOf, type Participant, participantsFields } from './participants-fields.ts'
import { berlinDay } from '../../../format.ts'
import '../step-form.css'

type Result = { result: string; attainment: string }
type Structure = keyof typeof structureLabels

const structures = Object.keys(structureLabels) as Structure[]
const raters = Object.keys(raterLabels) as Rater[]
const attainments: [string, string][] = [['', 'ohne Angabe'], ...Object.entries(attainmentLabels)]

/** Records a Hilfeplangespräch. Tells `sj-done` with what to say, or `sj-cancelled`. */
export class ReviewForm extends LitElement {
  static override properties = {
    booking: { attribute: false },
    plan: { attribute: false },
    reviewedOn: { state: true },
    nextOn: { state: true },
    summary: { state: true },
    results: { state: true },
    participants: { state: true },
    grades: { state: true },
  }
  declare booking: BookingWithNames
  declare plan: CarePlan
  declare reviewedOn: string
  /** undefined: as many months later as is usual */
  declare nextOn: string | undefined
  declare summary: string
  declare results: Record<string, Result>
  declare participants: Participant[] | undefined
  declare grades: Partial<Record<Structure | Rater, string>>
  readonly #sending = new Sending(this, { fieldOf: fieldId })
  readonly #draft = new FormDraft(this, {
    key: () => ({ form: 'review', subject: this.booking.id }),
    content: () => {
      const { reviewedOn, nextOn = null, summary, results, participants, grades } = this
      return { reviewedOn, nextOn, summary, results, participants: participants!, grades }
    },
    restore: ({ nextOn, ...content }) => Object.assign(this, content, { nextOn: nextOn ?? undefined }),
  })

  constructor() {
    super()
    this.reviewedOn = berlinDay(new Date())
    this.summary = ''
    this.results = {}
    this.grades = {}
  }

  protected override createRenderRoot() {
    return this
  }

  protected override willUpdate() {
    this.participants ??= this.plan.participants
  }

  get #next(): string {
    return this.nextOn ?? (this.reviewedOn === '' ? '' : monthsLater(this.reviewedOn, this.plan.review_months))
  }

  get #labels(): Record<string, string> {
    return {
      reviewed_on: 'Tag des Gesprächs',
      summary: 'Ergebnis',
      next_review_on: 'Nächstes Gespräch bis',
      ...Object.fromEntries(this.#goals.map(({ goal }, index) => [`goals-${index}-result`, goal])),
      ...Object.fromEntries((this.participants ?? []).map((_, index) => [`participants-${index}-name`, `Beteiligte ${index + 1}, Name`])),
      facility_structure: 'Noten',
    }
  }

  get #goals() {
    return this.plan.goals.filter(({ state }) => state === 'open')
  }

  #submit(event: SubmitEvent) {
    event.preventDefault()
    const missing = {
      ...(this.reviewedOn === '' && { reviewed_on: 'Bitte einen Tag angeben.' }),
      ...unfinishedDays(this),
      ...(lineOf(this.summary) === null && { summary: 'Bitte das Ergebnis in Worten festhalten.' }),
    }
    const grade = (name: Structure | Rater) => (this.grades[name] ? Number(this.grades[name]) : null)
    return this.#sending.send(async (key) => {
      await this.#draft.sent(() =>
        recordPlanReview(
          this.booking.id,
          {
            reviewed_on: this.reviewedOn,
            summary: lineOf(this.summary)!,
            next_review_on: this.#next || null,
            participants: this.participants!.filter(({ name }) => name.trim() !== ''),
            goals: this.#goals.map(({ goal_key }) => {
              const { result = '', attainment = '' } = this.results[goal_key] ?? {}
              return { goal_key, result: lineOf(result), attainment: attainment === '' ? null : Number(attainment) }
            }),
            facility_structure: grade('facility_structure'),
            service_structure: grade('service_structure'),
            goal_attainment: raters.flatMap((rated_by) => {
              const given = grade(rated_by)
              return given === null ? [] : [{ rated_by, grade: given }]
            }),
          },
          key,
        ),
      )
      this.dispatchEvent(new CustomEvent('sj-done', { detail: 'Das Hilfeplangespräch ist eingetragen.' }))
      return ''
    }, missing)
  }

  #cancel() {
    this.#draft.discard()
    this.dispatchEvent(new Event('sj-cancelled'))
  }

  override render() {
    const { refusal, faults, busy } = this.#sending
    return html`
      <form class="sj-step sj-plan__form" novalidate aria-labelledby="planformular" @submit=${this.#submit}>
        <h3 class="sj-h2" id="planformular" tabindex="-1">Hilfeplangespräch eintragen</h3>
        ${this.#draft.line()} ${faultSummary({ refusal, faults, labels: this.#labels })}
        <div class="sj-plan__short">
          ${textField({ name: 'reviewed_on', label: 'Tag des Gesprächs', type: 'date', autocomplete: 'off', value: this.reviewedOn, faults, entered: (value) => (this.reviewedOn = value) })}
          ${textField({ name: 'next_review_on', label: 'Nächstes Gespräch bis', type: 'date', autocomplete: 'off', optional: true, value: this.#next, faults, entered: (value) => (this.nextOn = value) })}
        </div>
        ${areaField({ name: 'summary', label: 'Ergebnis', rows: 4, maxlength: 2000, value: this.summary, faults, entered: (value) => (this.summary = value) })}
        ${
          this.#goals.length === 0
            ? nothing
            : html`
                <fieldset class="sj-plan__part">
                  <legend class="sj-h2">Was aus den Zielen geworden ist</legend>
                  ${this.#goals.map(({ goal_key, goal }, index) => this.#result(goal_key, goal, index))}
                </fieldset>
              `
        }
        ${participantsFields(this.participants!, faults, (participants) => (this.participants = participants))}
        ${this.booking.provider_id === null ? nothing : this.#grades()}
        <div class="sj-step__buttons">
          <button type="submit" class="kern-btn kern-btn--primary" aria-disabled=${busy ? 'true' : 'false'}>
            <span class="kern-label">Eintragen</span>
          </button>
          <button type="button" class="kern-btn kern-btn--tertiary" @click=${this.#cancel}>
            <span class="kern-label">Abbrechen</span>
          </button>
        </div>
      </form>
    `
  }

  #result(goal_key: string, goal: string, index: number) {
    const { faults } = this.#sending
    const said = this.results[goal_key] ?? { result: '', attainment: '' }
    const set = (part: Partial<Result>) => (this.results = { ...this.results, [goal_key]: { ...said, ...part } })
    return html`
      <div class="sj-plan__row">
        ${areaField({ name: `goals-${index}-result`, label: goal, value: said.result, maxlength: 1000, faults, entered: (result) => set({ result }) })}
        ${selectField({ name: `goals-${index}-attainment`, label: 'Bisher', options: attainments, value: said.attainment, faults, chosen: (attainment) => set({ attainment }) })}
      </div>
    `
  }

  #grades() {
    const grade = (name: Structure | Rater, label: string) =>
      selectField({ name, label, options: gradeLabels, value: this.grades[name] ?? '', faults: this.#sending.faults, chosen: (value) => (this.grades = { ...this.grades, [name]: value }) }) // prettier-ignore
    return html`
      <fieldset class="sj-plan__part">
        <legend class="sj-h2">Noten</legend>
        <p class="sj-meta">Freiwillig. Sie gehen ohne Namen in das Trägerranking ein.</p>
        <div class="sj-plan__short">
          ${structures.map((name) => grade(name, structureLabels[name]))} ${raters.map((name) => grade(name, raterLabels[name]))}
        </div>
      </fieldset>
    `
  }
}

customElements.define('sj-review-form', ReviewForm)
