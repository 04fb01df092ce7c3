import { html, LitElement, nothing } from 'lit'
import {
  changeEvaluation,
  deleteEvaluation,
  type EvaluationDefinition,
  getPinnedEvaluations,
  pinEvaluations,
  saveEvaluation,
  type SavedEvaluation,
  type Session,
} from '../../client.ts'
import { faultSummary, textField } from '../../elements/form-fields.ts'
import { questionDialog } from '../../elements/question-dialog.ts'
import { Sending } from '../../elements/sending.ts'
import { sameDefinition } from './evaluation.ts'

export type Shared = SavedEvaluation['shared']
const labels = { name: 'Name', shared: 'Freigabe' }
const mostPinned = 4

export const mayKeep = ({ roles }: Session) => roles.some((role) => role === 'controlling' || role === 'politics' || role === 'ministry')

export const sharedText = (shared: Shared, { youth_authority }: Session) =>
  ({ nobody: 'Nur für mich', authority: `Für ${youth_authority?.abbreviation ?? 'das eigene Jugendamt'}`, all: 'Für alle' })[shared]

/** What became of the evaluation: the saved one, or undefined when it is deleted. */
export class Kept extends Event {
  readonly saved: SavedEvaluation | undefined
  constructor(saved: SavedEvaluation | undefined) {
    super('sj-kept', { bubbles: true })
    this.saved = saved
  }
}

/** Saves, names, shares, duplicates, deletes and pins the evaluation in view. */
export class EvaluationKeeper extends LitElement {
  static override properties = {
    session: { attribute: false },
    definition: { attribute: false },
    saved: { attribute: false },
    values: { state: true },
    opened: { state: true },
  }
  declare session: Session
  declare definition: EvaluationDefinition
  declare saved: SavedEvaluation | undefined
  declare values: { name: string; shared: Shared }
  declare opened: boolean
  readonly #sending = new Sending(this)

  constructor() {
    super()
    this.values = { name: '', shared: 'nobody' }
    this.opened = false
  }

  protected override createRenderRoot() {
    return this
  }

  protected override willUpdate(changed: Map<string, unknown>) {
    if (!changed.has('saved') || (changed.get('saved') as SavedEvaluation | undefined)?.id === this.saved?.id) return
    this.values = this.saved?.own ? { name: this.saved.name, shared: this.saved.shared } : { name: '', shared: 'nobody' }
    this.#sending.clear(this.#sending.said)
  }

  readonly #save = (event: SubmitEvent) => {
    event.preventDefault()
    const { definition, saved } = this
    const wanted = { ...this.values, name: this.values.name.trim(), definition }
    const missing = { name: wanted.name === '' ? 'Bitte geben Sie der Auswertung einen Namen.' : undefined }
    void this.#sending.send(async () => {
      const kept = saved?.own ? await changeEvaluation(saved.id, wanted) : await saveEvaluation(wanted)
      this.dispatchEvent(new Kept(kept))
      return `„${kept.name}“ ist gespeichert.`
    }, missing)
  }

  #duplicate({ name }: SavedEvaluation) {
    void this.#sending.send(async () => {
      const copy = `${name.slice(0, 72)} (Kopie)`
      const kept = await saveEvaluation({ name: copy, definition: this.definition, shared: 'nobody' })
      this.dispatchEvent(new Kept(kept))
      return `„${kept.name}“ ist angelegt und gehört Ihnen.`
    })
  }

  async #ask() {
    this.querySelector('dialog')?.showModal()
  }

  #delete({ id }: SavedEvaluation) {
    this.querySelector('dialog')?.close()
    void this.#sending.send(async () => {
      await deleteEvaluation(id)
      this.dispatchEvent(new Kept(undefined))
      return ''
    })
  }

  #pin(saved: SavedEvaluation) {
    void this.#sending.send(async () => {
      const ids = (await getPinnedEvaluations()).map(({ id }) => id).filter((id) => id !== saved.id)
      if (!saved.pinned && ids.length >= mostPinned)
        return `Auf dem Überblick ist Platz für ${mostPinned} Auswertungen: bitte zuerst eine lösen.`
      await pinEvaluations(saved.pinned ? ids : [...ids, saved.id])
      this.dispatchEvent(new Kept({ ...saved, pinned: !saved.pinned }))
      return saved.pinned ? 'Vom Überblick gelöst.' : 'Steht jetzt auf dem Überblick.'
    })
  }

  override render() {
    const { saved, session } = this
    const keeps = mayKeep(session)
    const { refusal, faults, said } = this.#sending
    if (!keeps && !saved) return nothing
    return html`
      <section class="sj-keeper sj-no-print" aria-label="Auswertung speichern und teilen">
        ${faultSummary({ refusal, faults, labels })}
        ${saved && !saved.own ? html`<p>„${saved.name}“, freigegeben von ${saved.owner}. Gezeigt wird, was Sie sehen dürfen.</p>` : nothing}
        ${
          keeps && (!saved || saved.own)
            ? html`
                <details
                  class="sj-keeper__form"
                  ?open=${this.opened}
                  @toggle=${(event: Event) => (this.opened = (event.target as HTMLDetailsElement).open)}
                >
                  <summary class="sj-link">${saved ? 'Name, Freigabe und Änderungen speichern' : 'Speichern und teilen'}</summary>
                  ${this.#form(saved)}
                </details>
              `
            : nothing
        }
        <p class="sj-keeper__more">
          ${
            saved
              ? html`
                  <button type="button" class="sj-link" @click=${() => this.#pin(saved)}>
                    ${saved.pinned ? 'Vom Überblick lösen' : 'An den Überblick heften'}
                  </button>
                  ${
                    keeps
                      ? html`<button type="button" class="sj-link" @click=${() => this.#duplicate(saved)}>
                          ${saved.own ? 'Duplizieren' : 'Als eigene speichern'}
                        </button>`
                      : nothing
                  }
                  ${saved.own ? html`<button type="button" class="sj-link" @click=${() => this.#ask()}>Löschen</button>` : nothing}
                `
              : nothing
          }
          <span class="sj-meta" role="status">${said}</span>
        </p>
        ${saved?.own ? this.#question(saved) : nothing}
      </section>
    `
  }

  #form(saved: SavedEvaluation | undefined) {
    const { session, values } = this
    const options: Shared[] = session.youth_authority ? ['nobody', 'authority', 'all'] : ['nobody', 'all']
    const same = saved && sameDefinition(saved.definition, this.definition) && saved.name === values.name && saved.shared === values.shared
    return html`
      <form novalidate aria-label="Speichern und teilen" @submit=${this.#save}>
        ${textField({
          name: 'name',
          label: labels.name,
          type: 'text',
          autocomplete: 'off',
          value: values.name,
          faults: this.#sending.faults,
          entered: (name) => (this.values = { ...this.values, name }),
        })}
        <div class="kern-form-input">
          <label class="kern-label" for="shared">${labels.shared}</label>
          <div class="kern-form-input__select-wrapper">
            <select
              class="kern-form-input__select"
              id="shared"
              name="shared"
              @change=${(event: Event) => (this.values = { ...this.values, shared: (event.target as HTMLSelectElement).value as Shared })}
            >
              ${options.map(
                (shared) => html`<option value=${shared} .selected=${shared === values.shared}>${sharedText(shared, session)}</option>`,
              )}
            </select>
          </div>
        </div>
        <button type="submit" class="kern-btn ${same ? 'kern-btn--secondary' : 'kern-btn--primary'}">
          <span class="kern-label">${saved ? 'Änderungen speichern' : 'Speichern'}</span>
        </button>
      </form>
    `
  }

  #question(saved: SavedEvaluation) {
    return questionDialog({
      heading: `„${saved.name}“ löschen?`,
      text:
        saved.shared === 'nobody'
          ? 'Die Auswertung verschwindet aus Ihrer Liste. Die Zahlen selbst bleiben, wo sie sind.'
          : 'Die Auswertung verschwindet auch bei allen, für die sie freigegeben ist. Die Zahlen selbst bleiben, wo sie sind.',
      action: 'Löschen',
      act: () => void this.#delete(saved),
    })
  }
}

customElements.define('sj-evaluation-keeper', EvaluationKeeper)
