import { Task } from '@lit/task'
import { html, LitElement, nothing } from 'lit'
import { type AuthorityChange, getAuthorityChanges } from '../../client.ts'
import { numberText } from '../../format.ts'
import { onReturn } from '../../on-return.ts'
import { changeHref, headingText, nameText, stateText } from './authority-change-words.ts'
import './consultation.css'

const waitsHere = ({ state, incoming, in_portal }: AuthorityChange) => state === 'announced' && (incoming || !in_portal)

const leadText = (waiting: number, announced: number) => {
  if (announced === 0) return 'alle beantwortet'
  const here = waiting === 0 ? 'keiner wartet' : waiting === 1 ? 'einer wartet' : `${numberText(waiting)} warten`
  return `${numberText(announced)} offen, ${here} auf Ihr Jugendamt`
}

/** Changes of authority announced to and by the own one; nothing where there are none. */
export class AuthorityChanges extends LitElement {
  readonly #loaded = new Task(this, { args: () => [] as const, task: async (_, { signal }) => getAuthorityChanges({}, signal) })

  constructor() {
    super()
    onReturn(this, () => void this.#loaded.run())
  }

  protected override createRenderRoot() {
    return this
  }

  override render() {
    const changes = this.#loaded.value ?? []
    if (changes.length === 0) return nothing
    const waiting = changes.filter(waitsHere).length
    const announced = changes.filter(({ state }) => state === 'announced').length
    return html`
      <details class="sj-invitations" ?open=${waiting > 0}>
        <summary class="sj-link">Zuständigkeitswechsel: ${leadText(waiting, announced)}</summary>
        <ul class="sj-consultations">
          ${changes.map(
            (change) =>
              html`<li>
                <a class="sj-link" href=${changeHref(change)}>${nameText(change)}, ${headingText(change)}</a>
                <small>${stateText(change)}</small>
              </li>`,
          )}
        </ul>
      </details>
    `
  }
}

customElements.define('sj-authority-changes', AuthorityChanges)
