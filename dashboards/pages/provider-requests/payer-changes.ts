import { Task } from '@lit/task'
import { html, LitElement, nothing } from 'lit'
import { getPayerChanges } from '../../client.ts'
import { dateText } from '../../format.ts'
import { onReturn } from '../../on-return.ts'
import '../case-manager/consultation.css'

/** Helps that another youth authority pays since a change of authority; nothing where there are none. */
export class PayerChanges extends LitElement {
  readonly #loaded = new Task(this, { args: () => [] as const, task: async (_, { signal }) => getPayerChanges(signal) })

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
    return html`
      <section class="sj-requests__answered" aria-labelledby="zahlt">
        <h2 class="sj-h2" id="zahlt">Anderes Jugendamt zahlt</h2>
        <p>Leistungen ab dem genannten Tag rechnen Sie bitte mit dem neuen Jugendamt ab. Platz und Bedingungen bleiben.</p>
        <ul class="sj-consultations">
          ${changes.map(
            ({ facility_name, legal_basis, service_kind_label, begun_on, continued_on, former_authority, new_authority }) => html`
              <li>
                <b>Ab ${dateText(continued_on)}: ${new_authority}</b>, bisher ${former_authority}
                <small
                  >${legal_basis.replace(' SGB VIII', '')} ${service_kind_label}, ${facility_name}, Hilfe ab ${dateText(begun_on)}</small
                >
              </li>
            `,
          )}
        </ul>
      </section>
    `
  }
}

customElements.define('sj-payer-changes', PayerChanges)
