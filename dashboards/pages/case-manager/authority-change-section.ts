import { Task } from '@lit/task'
import { html, LitElement, nothing } from 'lit'
import { announceAuthorityChange, type CaseCourse, getAuthorityChanges, getOtherAuthorities, type OtherAuthority } from '../../client.ts'
import { viewProblem } from '../../elements/view-lines.ts'
import { berlinDay } from '../../format.ts'
import { onReturn } from '../../on-return.ts'
import { changeHref, headingText, reasonChoices, stateText } from './authority-change-words.ts'
import { noteOf, type StepFormAction, type Values } from './step-form.ts'
import './consultation.css'

/** Changes of authority of a case on its page, and how to announce one. Tells `sj-changed`. */
export class AuthorityChangeSection extends LitElement {
  static override properties = { course: { attribute: false }, authorities: { state: true }, said: { state: true } }
  declare course: CaseCourse
  /** Of which one is chosen; undefined: no announcing. */
  declare authorities: OtherAuthority[] | undefined
  declare said: string

  readonly #loaded = new Task(this, {
    args: () => [this.course.id] as const,
    task: async ([case_id], { signal }) => getAuthorityChanges({ case_id }, signal),
  })

  constructor() {
    super()
    this.said = ''
    onReturn(this, () => void this.#loaded.run())
  }

  protected override createRenderRoot() {
    return this
  }

  async #open() {
    this.said = ''
    this.authorities = await getOtherAuthorities()
    await this.updateComplete
    await this.querySelector<LitElement>('sj-step-form')?.updateComplete
    this.querySelector<HTMLElement>('#schritt')?.focus()
  }

  async #close() {
    this.authorities = undefined
    await this.updateComplete
    this.querySelector<HTMLElement>('[data-action=change-authority]')?.focus()
  }

  #form(authorities: OtherAuthority[]): StepFormAction {
    const stateOf = ({ name, federal_state }: OtherAuthority) => `${name} (${federal_state})`
    return {
      name: 'announce',
      heading: 'Zuständigkeitswechsel ankündigen',
      text: 'Das neue Jugendamt sieht die Person und ihre laufenden Hilfen, sobald Sie absenden. Ihr Jugendamt zahlt weiter, bis das neue die Hilfe fortsetzt (§ 86c SGB VIII).',
      fields: ['to_authority_id', 'change_on', 'reason', 'note', 'conference_on'],
      given: { change_on: berlinDay(new Date()) },
      choices: {
        to_authority_id: [['', 'Bitte auswählen'], ...authorities.map((authority): [string, string] => [authority.id, stateOf(authority)])],
        reason: reasonChoices,
      },
      reasonLabel: 'Grund des Wechsels',
      noteLabel: 'Was das neue Jugendamt wissen muss',
      noteHint: 'Nur was für die Fortsetzung nötig ist (§ 86c Abs. 2, §§ 64 und 65 SGB VIII). Bei „Anderer Grund“ bitte begründen.',
      noteLength: 2000,
      live: ({ to_authority_id }) => {
        const chosen = authorities.find(({ id }) => id === to_authority_id)
        return chosen && !chosen.in_portal
          ? html`<p>
              ${chosen.name} nutzt das Portal nicht. Bitte teilen Sie den Wechsel schriftlich mit und tragen Sie hier ein, ab wann es die
              Hilfe fortsetzt.
            </p>`
          : nothing
      },
      submit: 'Ankündigen',
      send: async (values: Values, key: string) => {
        const { to_authority_id, change_on, reason, conference_on } = values
        const conference = conference_on === '' ? {} : { conference_on }
        await announceAuthorityChange(this.course.id, { to_authority_id, change_on, reason, ...conference, ...noteOf(values) }, key)
        this.authorities = undefined
        await this.#loaded.run()
        this.said = 'Der Zuständigkeitswechsel ist angekündigt.'
        this.dispatchEvent(new Event('sj-changed', { bubbles: true }))
        await this.updateComplete
        this.querySelector<HTMLElement>('#zustaendigkeit')?.focus()
      },
    }
  }

  override render() {
    const changes = this.#loaded.value ?? []
    const open = changes.every(({ state, incoming }) => incoming || state === 'declined' || state === 'withdrawn')
    return html`
      <section class="sj-help__facts" aria-labelledby="zustaendigkeit">
        <h2 class="sj-h2" id="zustaendigkeit" tabindex="-1">Zuständigkeit</h2>
        <p class="sj-help__said" role="status">${this.said}</p>
        ${this.#loaded.error ? viewProblem(this.#loaded.error, { dataAsOf: undefined, retry: () => void this.#loaded.run() }) : nothing}
        <ul class="sj-consultations">
          ${changes.map(
            (change) =>
              html`<li>
                <a class="sj-link" href=${changeHref(change)}>Wechsel ${headingText(change)}</a>
                <small>${stateText(change)}</small>
              </li>`,
          )}
        </ul>
        ${
          this.authorities
            ? html`<sj-step-form
                class="sj-no-print"
                .action=${this.#form(this.authorities)}
                @sj-cancelled=${() => void this.#close()}
              ></sj-step-form>`
            : open && this.#loaded.value
              ? html`<div class="sj-help__actions sj-no-print">
                  <button
                    type="button"
                    class="kern-btn kern-btn--secondary"
                    data-action="change-authority"
                    @click=${() => void this.#open()}
                  >
                    <span class="kern-label">Zuständigkeitswechsel ankündigen</span>
                  </button>
                </div>`
              : nothing
        }
      </section>
    `
  }
}

customElements.define('sj-authority-change-section', AuthorityChangeSection)
