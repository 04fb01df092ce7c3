import { Task } from '@lit/task'
import { html, LitElement, nothing } from 'lit'
import { numberText } from '../../format.ts'
import { onReturn } from '../../on-return.ts'
import { phone } from '../../phone.ts'
import './consultation.css'

type Line = { href: string; text: string; state: string }
/** `past`: what is done, below what is not. */
export type Matters = { lead: string; waiting: boolean; lines: Line[]; past?: Line[] }

export const matterList = (lines: Line[]) => html`
  <ul class="sj-consultations">
    ${lines.map(
      ({ href, text, state }) =>
        html`<li>
          <a class="sj-link" href=${href}>${text}</a>
          <small>${state}</small>
        </li>`,
    )}
  </ul>
`

/**
 * Matters beside the list of helps: open where one waits for the reader, else folded to a line, as always on a phone, where the list comes
 * first; nothing where there are none.
 */
export class CaseMatters extends LitElement {
  static override properties = { load: { attribute: false } }
  declare load: (signal: AbortSignal) => Promise<Matters>

  readonly #loaded = new Task(this, { args: () => [this.load] as const, task: ([load], { signal }) => load(signal) })

  constructor() {
    super()
    onReturn(this, () => void this.#loaded.run())
  }

  protected override createRenderRoot() {
    return this
  }

  override render() {
    const { lead, waiting, lines, past = [] } = this.#loaded.value ?? { lead: '', waiting: false, lines: [] }
    if (lines.length + past.length === 0) return nothing
    return html`
      <details class="sj-invitations" ?open=${waiting && !phone.matches}>
        <summary class="sj-link">${lead}</summary>
        ${matterList(lines)}
        ${
          past.length === 0
            ? nothing
            : html`<details class="sj-invitations">
                <summary class="sj-link">Beantwortet: ${numberText(past.length)}</summary>
                ${matterList(past)}
              </details>`
        }
      </details>
    `
  }
}

customElements.define('sj-case-matters', CaseMatters)
