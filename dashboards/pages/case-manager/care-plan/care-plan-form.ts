import { html, LitElement, nothing } from 'lit'
import { type BookingWithNames, type CarePlan, type Session, writeCarePlan } from '../../../client.ts'
import { areaField, faultSummary, textField, unfinishedDays } from '../../../elements/form-fields.ts'
import { FormDraft } from '../../../elements/form-draft.ts'
import { selectField } from '../../../elements/select-field.ts'
import { Sending } from '../../../elements/sending.ts'
import type { GoalState } from '../../../../transactional/vocabulary.ts'
import type { Person } from './care-plan.ts'
import { attainmentLabels, fieldId, goalStateLabels } from './care-plan-words.ts'
import { addButton, lineOf, type Participant, participantsFields, removeButton } from './participants-fields.ts'
import '../step-form.css'

type Goal = { goal_key?: string; goal: string; indicator: string; reach_by: string; state: GoalState; attainment: string }
type Measure = { measure: string; responsible: string; due_on: string; done: boolean }

const newGoal: Goal = { goal: '', indicator: '', reach_by: '', state: 'open', attainment: '' }
const newMeasure: Measure = { measure: '', responsible: '', due_on: '', done: false }
const attainments: [string, string][] = [['', 'Bitte auswählen'], ...Object.entries(attainmentLabels)]
const states = Object.entries(goalStateLabels)

/** Writes the plan anew: what is there is changed, added to or taken out. Tells `sj-done` with what to say, or `sj-cancelled`. */
export class CarePlanForm extends LitElement {
  static override properties = {
    booking: { attribute: false },
    client: { attribute: false },
    session: { attribute: false },
    plan: { attribute: false },
    goals: { state: true },
    measures: { state: true },
    participants: { state: true },
  }
  declare booking: BookingWithNames
  declare client: Person | null
  declare session: Session
  declare plan: CarePlan
  declare goals: Goal[]
  declare measures: Measure[]
  declare participants: Participant[]
  /** The version that is changed, even when another comes meanwhile. */
  #version: number | undefined
  readonly #sending = new Sending(this, { fieldOf: (field) => this.#fieldOf(field) })
  readonly #draft = new FormDraft<{ version: number; goals: Goal[]; measures: Measure[]; participants: Participant[] }>(this, {
    key: () => ({ form: 'care_plan', subject: this.booking.id }),
    content: () => ({ version: this.#version!, goals: this.goals, measures: this.measures, participants: this.participants }),
    restore: ({ version, goals, measures, participants }) => {
      this.#version = version
      this.goals = goals
      this.measures = measures
      this.participants = participants
    },
  })

  protected override createRenderRoot() {
    return this
  }

  protected override willUpdate() {
    if (this.#version !== undefined) return
    const { version, goals, measures, participants } = this.plan
    this.#version = version
    this.goals = goals.map(({ indicator, reach_by, attainment, ...goal }) => ({
      ...goal,
      indicator: indicator ?? '',
      reach_by: reach_by ?? '',
      attainment: attainment === null ? '' : String(attainment),
    }))
    this.measures = measures.map(({ due_on, ...measure }) => ({ ...measure, due_on: due_on ?? '' }))
    this.participants = version === 0 ? this.#usual() : participants
    if (version === 0) this.goals = [newGoal]
  }

  /** Who takes part as a rule (§ 36(2) SGB VIII). */
  #usual(): Participant[] {
    const { client, booking, session } = this
    return [
      { role: 'young_person', name: client ? `${client.given_name} ${client.family_name}` : '' },
      { role: 'guardian', name: '' },
      ...(booking.provider_name === null ? [] : [{ role: 'provider' as const, name: booking.provider_name }]),
      { role: 'authority', name: session.display_name },
    ]
  }

  /** Lines left empty are left out; `at` tells where the others stand in the form. */
  #written() {
    const kept = <Row extends object>(rows: Row[], text: (row: Row) => string) =>
      rows.map((row, at) => ({ row, at })).filter(({ row }) => text(row).trim() !== '')
    return {
      goals: kept(
        this.goals,
        ({ goal, indicator, reach_by, state, goal_key }) =>
          `${goal}${indicator}${reach_by}${state === 'open' ? '' : state}${goal_key ?? ''}`,
      ),
      measures: kept(this.measures, ({ measure, responsible, due_on, done }) => `${measure}${responsible}${due_on}${done ? 'done' : ''}`),
      participants: kept(this.participants, ({ name }) => name),
    }
  }

  /** The field of the form that one of the plan sent was written in. */
  #fieldOf(field: string) {
    const [, list, index, name] = /^(goals|measures|participants)\[(\d+)\]\.(\w+)$/.exec(field) ?? []
    const at = list === undefined ? undefined : this.#written()[list as 'goals'][Number(index)]?.at
    return at === undefined ? fieldId(field) : `${list}-${at}-${name}`
  }

  #submit(event: SubmitEvent) {
    event.preventDefault()
    const written = this.#written()
    const lacksGoal = written.goals.length === 0
    if (this.goals.length === 0) this.goals = [newGoal]
    const missing = { ...unfinishedDays(this), 'goals-0-goal': lacksGoal ? 'Bitte mindestens ein Ziel nennen.' : undefined }
    return this.#sending.send(async (key) => {
      await this.#draft.sent(() =>
        writeCarePlan(
          this.booking.id,
          {
            version: this.#version!,
            goals: written.goals.map(({ row: { goal, indicator, reach_by, attainment, ...kept } }) => ({
              ...kept,
              goal: lineOf(goal) ?? '',
              indicator: lineOf(indicator),
              reach_by: reach_by || null,
              attainment: kept.state === 'open' || attainment === '' ? null : Number(attainment),
            })),
            measures: written.measures.map(({ row }) => ({ ...row, measure: lineOf(row.measure) ?? '', due_on: row.due_on || null })),
            participants: written.participants.map(({ row }) => row),
          },
          key,
        ),
      )
      this.dispatchEvent(new CustomEvent('sj-done', { detail: 'Der Hilfeplan ist gespeichert.' }))
      return ''
    }, missing)
  }

  #cancel() {
    this.#draft.discard()
    this.dispatchEvent(new Event('sj-cancelled'))
  }

  get #labels(): Record<string, string> {
    const of = (list: string, rows: object[], word: string, names: Record<string, string>) =>
      rows.flatMap((_, index) =>
        Object.entries(names).map(([name, label]) => [`${list}-${index}-${name}`, `${word} ${index + 1}, ${label}`]),
      )
    return Object.fromEntries([
      ...of('goals', this.goals, 'Ziel', { goal: 'Ziel', indicator: 'erreicht, wenn', reach_by: 'bis', attainment: 'Grad' }),
      ...of('measures', this.measures, 'Maßnahme', { measure: 'Was', responsible: 'Wer', due_on: 'bis' }),
      ...of('participants', this.participants, 'Beteiligte', { role: 'Rolle', name: 'Name' }),
    ]) as Record<string, string>
  }

  override render() {
    const { refusal, faults, busy } = this.#sending
    return html`
      <form class="sj-step sj-plan__form" novalidate aria-labelledby="planformular" @submit=${this.#submit}>
        <h3 class="sj-h2" id="planformular" tabindex="-1">${this.#version === 0 ? 'Hilfeplan schreiben' : 'Hilfeplan ändern'}</h3>
        <p>
          Jede gespeicherte Fassung bleibt erhalten, mit Tag und Namen. Der Anbieter liest nur Ziele, und nur wenn Sie sie danach freigeben.
        </p>
        ${this.#draft.line()} ${faultSummary({ refusal, faults, labels: this.#labels })}
        <fieldset class="sj-plan__part">
          <legend class="sj-h2">Ziele</legend>
          ${this.goals.map((goal, index) => this.#goal(goal, index))}
          ${addButton('Ziel hinzufügen', this.goals.length < 20, () => (this.goals = [...this.goals, newGoal]))}
        </fieldset>
        <fieldset class="sj-plan__part">
          <legend class="sj-h2">Maßnahmen</legend>
          ${this.measures.map((measure, index) => this.#measure(measure, index))}
          ${addButton('Maßnahme hinzufügen', this.measures.length < 30, () => (this.measures = [...this.measures, newMeasure]))}
        </fieldset>
        ${participantsFields(this.participants, faults, (participants) => (this.participants = participants))}
        <div class="sj-step__buttons">
          <button type="submit" class="kern-btn kern-btn--primary" aria-disabled=${busy ? 'true' : 'false'}>
            <span class="kern-label">Speichern</span>
          </button>
          <button type="button" class="kern-btn kern-btn--tertiary" @click=${this.#cancel}>
            <span class="kern-label">Abbrechen</span>
          </button>
        </div>
      </form>
    `
  }

  #goal(goal: Goal, index: number) {
    const { faults } = this.#sending
    const name = (field: string) => `goals-${index}-${field}`
    const set = (part: Partial<Goal>) => (this.goals = this.goals.map((each, at) => (at === index ? { ...each, ...part } : each)))
    return html`
      <div class="sj-plan__row">
        ${areaField({ name: name('goal'), label: `Ziel ${index + 1}`, value: goal.goal, maxlength: 500, faults, entered: (value) => set({ goal: value }) })}
        ${areaField({ name: name('indicator'), label: 'Erreicht, wenn (freiwillig)', value: goal.indicator, maxlength: 500, faults, entered: (value) => set({ indicator: value }) })}
        <div class="sj-plan__short">
          ${textField({ name: name('reach_by'), label: 'Bis (freiwillig)', type: 'date', autocomplete: 'off', optional: true, value: goal.reach_by, faults, entered: (value) => set({ reach_by: value }) })}
          ${selectField({ name: name('state'), label: 'Stand', options: states, value: goal.state, faults, chosen: (value) => set({ state: value as GoalState }) })}
          ${
            goal.state === 'open'
              ? nothing
              : selectField({
                  name: name('attainment'),
                  label: 'Grad der Zielerreichung',
                  options: attainments,
                  value: goal.attainment,
                  faults,
                  chosen: (value) => set({ attainment: value }),
                })
          }
        </div>
        ${removeButton(`Ziel ${index + 1} entfernen`, () => (this.goals = this.goals.toSpliced(index, 1)))}
      </div>
    `
  }

  #measure(measure: Measure, index: number) {
    const { faults } = this.#sending
    const name = (field: string) => `measures-${index}-${field}`
    const set = (part: Partial<Measure>) => (this.measures = this.measures.map((each, at) => (at === index ? { ...each, ...part } : each)))
    return html`
      <div class="sj-plan__row">
        ${areaField({ name: name('measure'), label: `Maßnahme ${index + 1}`, value: measure.measure, maxlength: 500, faults, entered: (value) => set({ measure: value }) })}
        <div class="sj-plan__short">
          ${textField({ name: name('responsible'), label: 'Wer', type: 'text', autocomplete: 'off', value: measure.responsible, faults, entered: (value) => set({ responsible: value }) })}
          ${textField({ name: name('due_on'), label: 'Bis (freiwillig)', type: 'date', autocomplete: 'off', optional: true, value: measure.due_on, faults, entered: (value) => set({ due_on: value }) })}
        </div>
        <label class="sj-plan__check">
          <input
            type="checkbox"
            .checked=${measure.done}
            @change=${(event: Event) => set({ done: (event.target as HTMLInputElement).checked })}
          />
          erledigt
        </label>
        ${removeButton(`Maßnahme ${index + 1} entfernen`, () => (this.measures = this.measures.toSpliced(index, 1)))}
      </div>
    `
  }
}

customElements.define('sj-care-plan-form', CarePlanForm)
