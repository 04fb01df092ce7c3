import { Task } from '@lit/task'
import { html, LitElement, nothing } from 'lit'
import { type ManagedHelp, type ManagedPage, manageCases, type Session } from '../../client.ts'
import { dateText, numberText } from '../../format.ts'
import { onReturn } from '../../on-return.ts'
import { caseManagerPath, helpSelectionPath } from '../../route.ts'
import { authorityChanges } from '../case-manager/authority-changes.ts'
import { countIn, dueText, leadText, nextText, stageWords, tabOf, workHref, writeManaged } from '../case-manager/case-manager.ts'
import { matterList, type Matters } from '../case-manager/matters.ts'
import { myConsultations } from '../case-manager/my-consultations.ts'
import { helpText } from '../case-manager/reservation-words.ts'
import { ownMatters } from './own-matters.ts'

type Loaded = { page: ManagedPage; others: Matters[] }
const mostHelps = 6

/** What waits for a caseworker: the helps that are due first, consultations, and changes of authority. */
export class CaseworkerMatters extends LitElement {
  static override properties = { session: { attribute: false } }
  declare session: Session

  readonly #loaded = new Task(this, {
    args: () => [this.session.user_name] as const,
    task: async (_, { signal }): Promise<Loaded> => {
      const [page, ...others] = await Promise.all([
        manageCases({ stages: [], due: [], mine: true }, signal),
        myConsultations(signal),
        authorityChanges(signal),
      ])
      return { page, others }
    },
  })

  constructor() {
    super()
    onReturn(this, () => void this.#loaded.run())
  }

  protected override createRenderRoot() {
    return this
  }

  override render() {
    return ownMatters(this.#loaded, [
      { id: 'fristen', title: 'Meine nächsten Fristen', lines: ({ page }) => this.#helps(page) },
      { id: 'beratungen', title: 'Beratungen und Zuständigkeit', lines: ({ others }) => this.#others(others) },
    ])
  }

  #helps(page: ManagedPage) {
    if (page.items.length === 0)
      return html`<p class="sj-empty">
        Sie bearbeiten zurzeit keine Hilfe. <a class="sj-link sj-no-print" href=${helpSelectionPath}>Hilfe auswählen</a>
      </p>`
    const all = countIn(tabOf({}), page.counts)
    return html`
      <p>${leadText(page)}</p>
      <ul class="sj-consultations">
        ${page.items.slice(0, mostHelps).map((help) => this.#help(help, page.today))}
      </ul>
      <p class="sj-no-print">
        <a class="sj-link" href="${caseManagerPath}${writeManaged({ mine: 'true' })}"
          >${all === 1 ? 'Meine Hilfe im Fallmanager' : `Alle meine ${numberText(all)} Hilfen im Fallmanager`}</a
        >
        · <a class="sj-link" href=${helpSelectionPath}>Neue Hilfe auswählen</a>
      </p>
    `
  }

  #help(help: ManagedHelp, today: string) {
    const { case_number, family_name, given_name, due_on, due } = help
    return html`
      <li>
        <a class="sj-link" href=${workHref(help)}>${family_name === null ? `Fall ${case_number}` : `${family_name}, ${given_name}`}</a>,
        ${helpText(help)}
        <small>
          <b class=${due === 'past' ? 'sj-late' : nothing}>${nextText(help)}: ${dateText(due_on)}</b>, ${dueText(due_on, today)}.
          ${stageWords[help.stage].label}.
        </small>
      </li>
    `
  }

  #others(others: Matters[]) {
    const lines = others.flatMap((matters) => matters.lines)
    if (lines.length === 0) return html`<p class="sj-empty">Keine Beratung ist offen, kein Fall wechselt die Zuständigkeit.</p>`
    return html`
      ${matterList(lines.slice(0, mostHelps))}
      ${
        lines.length > mostHelps
          ? html`<p><a class="sj-link sj-no-print" href=${caseManagerPath}>Alle ${numberText(lines.length)} im Fallmanager</a></p>`
          : nothing
      }
    `
  }
}

customElements.define('sj-caseworker-matters', CaseworkerMatters)
