import { html, LitElement, nothing } from 'lit'
import { discardDraft, type Draft, getDraft, keepDraft, RequestProblem } from '../../client.ts'
import { hourText, minuteText } from '../../format.ts'

/** What is chosen so far: the address, and what is not in it. */
export type SelectionContent = {
  search: string
  chosen: string
  reason: string
  /** whether a help outside the system is being booked */
  away: boolean
  away_rate: string
  away_reason: string
}

const typingMs = 1500

/**
 * Keeps the selection on the server while it is worked on. Where nothing is chosen yet, it offers what was kept and tells
 * `sj-draft` with it when that is wanted.
 */
export class SelectionDraft extends LitElement {
  static override properties = { content: { attribute: false }, draft: { state: true }, said: { state: true } }
  declare content: SelectionContent
  declare draft: Draft['draft']
  declare said: string
  #timer: ReturnType<typeof setTimeout> | undefined
  /** As kept, or as it was when the page was opened. */
  #known: string | undefined

  constructor() {
    super()
    this.said = ''
    this.draft = null
  }

  protected override createRenderRoot() {
    return this
  }

  override connectedCallback() {
    super.connectedCallback()
    void this.#load()
  }

  override disconnectedCallback() {
    super.disconnectedCallback()
    clearTimeout(this.#timer)
  }

  async #load() {
    try {
      this.draft = await getDraft({ form: 'selection' })
    } catch (problem) {
      // the selection does without it
      if (!(problem instanceof RequestProblem)) throw problem
    }
  }

  protected override updated(changed: Map<string, unknown>) {
    if (!changed.has('content')) return
    const now = JSON.stringify(this.content)
    this.#known ??= now
    clearTimeout(this.#timer)
    if (now === this.#known || this.content.search === '') return
    this.#timer = setTimeout(() => void this.#keep(now), typingMs)
  }

  async #keep(now: string) {
    try {
      this.draft = await keepDraft({ form: 'selection' }, now)
      this.#known = now
      if (this.draft) this.said = `Entwurf gespeichert ${hourText(this.draft.saved_at)}`
    } catch (problem) {
      if (!(problem instanceof RequestProblem)) throw problem
      this.said = 'Der Entwurf ist noch nicht gespeichert.'
      // a lost connection may come back; a lost session asks to sign in
      if (problem.status === 0 || problem.status >= 500) this.#timer = setTimeout(() => void this.#keep(now), 5000)
    }
  }

  #continue() {
    const { content } = this.draft!
    const kept = (name: keyof SelectionContent) => String(content[name] ?? '')
    const detail: SelectionContent = {
      search: kept('search'),
      chosen: kept('chosen'),
      reason: kept('reason'),
      away: content['away'] === true,
      away_rate: kept('away_rate'),
      away_reason: kept('away_reason'),
    }
    this.dispatchEvent(new CustomEvent('sj-draft', { detail, bubbles: true }))
  }

  async #discard() {
    try {
      await discardDraft({ form: 'selection' })
      this.draft = null
      this.said = 'Der Entwurf ist verworfen.'
    } catch (problem) {
      if (!(problem instanceof RequestProblem)) throw problem
      this.said = problem.message
    }
  }

  override render() {
    const offered = this.draft && this.content.search === ''
    return html`
      ${
        offered
          ? html`<p class="sj-notice sj-no-print">
              Sie haben eine Auswahl begonnen, zuletzt ${minuteText(this.draft!.saved_at)}.
              <button type="button" class="sj-link" @click=${() => this.#continue()}>Weiterarbeiten</button>
              <button type="button" class="sj-link" @click=${() => void this.#discard()}>Entwurf verwerfen</button>
            </p>`
          : nothing
      }
      <p class="sj-meta sj-no-print" role="status">${this.said}</p>
    `
  }
}

customElements.define('sj-selection-draft', SelectionDraft)
