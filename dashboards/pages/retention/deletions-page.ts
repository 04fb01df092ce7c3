import { Task } from '@lit/task'
import { html, LitElement, nothing } from 'lit'
import { type Deletions, getDeletions, type Session, startDeletion } from '../../client.ts'
import { type Question, questionDialog } from '../../elements/question-dialog.ts'
import { Sending } from '../../elements/sending.ts'
import { printLine, viewProblem } from '../../elements/view-lines.ts'
import { dateText, minuteText, monthText, numberText } from '../../format.ts'
import type { DeletionRule } from '../../../transactional/vocabulary.ts'
import { documentKindLabels } from '../case-file/case-file.ts'
import '../../elements/list-tools.css'
import '../../elements/table.css'
import './retention-page.css'

const ruleLabels: Record<DeletionRule, string> = {
  help: 'Akte einer Hilfe, § 9b SGB VIII',
  kind: 'ohne Hilfe, Frist der Art',
  by_hand: 'aus der Akte entfernt',
}
type Counted = Deletions['runs'][number]['items'][number]
const whatText = ({ document_kind, count }: Counted) => {
  if (document_kind === null) return filesText(count)
  return `${numberText(count)} × ${documentKindLabels[document_kind]}`
}
const filesText = (count: number) => (count === 1 ? '1 Akte' : `${numberText(count)} Akten`)
const documentsText = (count: number) => (count === 1 ? '1 Dokument' : `${numberText(count)} Dokumente`)

/** By rule: "2 Akten, 2 × Antrag, ohne Hilfe". */
const countedList = (items: Counted[]) => html`
  <ul>
    ${[...new Set(items.map(({ rule }) => rule))].map(
      (rule) => html`
        <li>
          ${items
            .filter((item) => item.rule === rule)
            .map(whatText)
            .join(', ')}
          <span class="sj-meta">${ruleLabels[rule]}</span>
        </li>
      `,
    )}
  </ul>
`

/** What one authority has to expect in one month. */
const byMonth = (due: Deletions['due']) => {
  const months = new Map<string, Deletions['due']>()
  for (const each of due) {
    const key = `${each.month} ${each.youth_authority}`
    months.set(key, [...(months.get(key) ?? []), each])
  }
  return [...months.values()]
}

/** Löschungen: what went by which rule, and what will; numbers only. */
export class DeletionsPage extends LitElement {
  static override properties = {
    session: { attribute: false },
    question: { state: true },
  }
  declare session: Session
  declare question: Question | undefined
  readonly #sending = new Sending(this)

  readonly #deletions = new Task(this, {
    args: () => [this.session.user_name] as const,
    task: (_, { signal }) => getDeletions(signal),
  })

  protected override createRenderRoot() {
    return this
  }

  async #ask() {
    this.question = {
      heading: 'Jetzt löschen?',
      text: 'Gelöscht wird alles, dessen Frist um ist, endgültig und für alle Jugendämter. Von selbst geschieht das jede Stunde.',
      action: 'Löschen',
      act: () => void this.#start(),
    }
    await this.updateComplete
    this.querySelector('dialog')?.showModal()
  }

  #start() {
    this.querySelector('dialog')?.close()
    return this.#sending.send(async (key) => {
      const { files, documents } = await startDeletion(key)
      await this.#deletions.run()
      return files + documents === 0 ? 'Es war nichts fällig.' : `Gelöscht: ${filesText(files)}, ${documentsText(documents)}.`
    })
  }

  override render() {
    const deletions = this.#deletions.value
    const { error } = this.#deletions
    const { refusal, said, busy } = this.#sending
    const starts = this.session.roles.includes('admin')
    return html`
      <div class="sj-list-title">
        <h1 class="sj-h1">Löschungen</h1>
        ${
          starts
            ? html`<button type="button" class="kern-btn kern-btn--secondary sj-no-print" @click=${() => void this.#ask()}>
                <span class="kern-label">Löschlauf starten</span>
              </button>`
            : nothing
        }
      </div>
      <p class="sj-lead">Was gelöscht wurde und was als Nächstes fällig wird, in Zahlen und ohne Namen.</p>
      ${printLine(this.session)}
      <p class="sj-meta" role="status">${busy ? 'Der Löschlauf läuft …' : (refusal ?? said)}</p>
      ${error ? viewProblem(error, { dataAsOf: undefined, retry: () => void this.#deletions.run() }) : nothing}
      ${
        deletions
          ? html`<div class="sj-deletions">${this.#due(deletions)} ${this.#runs(deletions)}</div>`
          : html`<p class="sj-meta" aria-busy="true">Wird geladen</p>`
      }
      ${questionDialog(this.question)}
    `
  }

  #due({ due, due_until }: Deletions) {
    return html`
      <section aria-labelledby="faellig">
        <h2 class="sj-h2" id="faellig">Fällig bis ${dateText(due_until)}</h2>
        ${
          due.length === 0
            ? html`<p class="sj-empty">In den nächsten zwölf Monaten wird nichts fällig.</p>`
            : html`
                <table class="sj-table">
                  <caption class="kern-sr-only">
                    Was in den nächsten zwölf Monaten fällig wird
                  </caption>
                  <thead>
                    <tr>
                      <th scope="col">Monat</th>
                      <th scope="col">Jugendamt</th>
                      <th scope="col">Was</th>
                    </tr>
                  </thead>
                  <tbody>
                    ${byMonth(due).map(
                      (items) => html`
                        <tr>
                          <th scope="row">${monthText(items[0]!.month.slice(0, 7))}</th>
                          <td>${items[0]!.youth_authority}</td>
                          <td>${countedList(items)}</td>
                        </tr>
                      `,
                    )}
                  </tbody>
                </table>
              `
        }
      </section>
    `
  }

  #runs({ runs }: Deletions) {
    return html`
      <section aria-labelledby="verlauf">
        <h2 class="sj-h2" id="verlauf">Verlauf</h2>
        ${
          runs.length === 0
            ? html`<p class="sj-empty">Noch ist nichts gelöscht worden.</p>`
            : html`
                <table class="sj-table">
                  <caption class="kern-sr-only">
                    Löschläufe, der neueste zuerst
                  </caption>
                  <thead>
                    <tr>
                      <th scope="col">Wann</th>
                      <th scope="col">Jugendamt</th>
                      <th scope="col">Gelöscht</th>
                    </tr>
                  </thead>
                  <tbody>
                    ${runs.map(
                      ({ at, started_by, youth_authority, items }) => html`
                        <tr>
                          <th scope="row">
                            ${minuteText(at)}
                            <span class="sj-meta">${started_by === null ? 'von selbst' : `gestartet von ${started_by}`}</span>
                          </th>
                          <td>${youth_authority ?? 'alle'}</td>
                          <td>${items.length === 0 ? 'Nichts war fällig' : countedList(items)}</td>
                        </tr>
                      `,
                    )}
                  </tbody>
                </table>
              `
        }
      </section>
    `
  }
}

customElements.define('sj-deletions-page', DeletionsPage)
