import { Task } from '@lit/task'
import { html, LitElement, nothing } from 'lit'
import { saveFile } from '../../charts/image.ts'
import {
  type CaseDocument,
  type CaseFile,
  findDocuments,
  type FoundDocument,
  getCaseFile,
  getFile,
  getHelpCase,
  RequestProblem,
  restoreDocument,
  type Session,
} from '../../client.ts'
import { listSearch } from '../../elements/list-search.ts'
import { printLine, viewProblem } from '../../elements/view-lines.ts'
import { berlinDay, dateText, minuteText } from '../../format.ts'
import { onReturn } from '../../on-return.ts'
import { caseManagerPath } from '../../route.ts'
import {
  countText,
  documentFacts,
  type FileGroup,
  groupsOf,
  keptFact,
  keptText,
  readFileChoice,
  removedOf,
  writeFileChoice,
} from './case-file.ts'
import type { DocumentAction } from './document-form.ts'
import './document-form.ts'
import './case-file-page.css'

type Loaded = CaseFile & { case_number: string; person: string | undefined }

const typingMs = 300
const stepTexts = { added: 'Aufgenommen', changed: 'Geändert', removed: 'Entfernt', restored: 'Zurückgelegt' } as const

/** Fallmanager / Akte: the documents of a case, to be looked for, added, renamed and removed. */
export class CaseFilePage extends LitElement {
  static override properties = {
    session: { attribute: false },
    search: { attribute: false },
    sought: { state: true },
    action: { state: true },
    said: { state: true },
  }
  declare session: Session
  declare search: string
  /** What is looked for, as typed; it stays out of the address. */
  declare sought: string
  declare action: DocumentAction | undefined
  declare said: string
  #timer: ReturnType<typeof setTimeout> | undefined

  get #case() {
    return readFileChoice(this.search).case ?? ''
  }

  readonly #loaded = new Task(this, {
    args: () => [this.#case, this.session.user_name] as const,
    task: async ([case_id], { signal }): Promise<Loaded> => {
      const [{ file, client }, loaded] = await Promise.all([getHelpCase(case_id, signal), getCaseFile(case_id, signal)])
      return { ...loaded, case_number: file.case_number, person: client ? `${client.given_name} ${client.family_name}` : undefined }
    },
  })
  readonly #found = new Task(this, {
    args: () => [this.#case, this.sought.trim(), this.#loaded.value] as const,
    task: async ([case_id, sought], { signal }): Promise<Map<string, FoundDocument> | undefined> => {
      if (sought.length < 2) return undefined
      const found = await findDocuments(case_id, sought, signal)
      return new Map(found.map((each) => [each.document_id, each]))
    },
  })

  constructor() {
    super()
    this.search = ''
    this.sought = ''
    this.said = ''
    onReturn(this, () => void this.#loaded.run())
  }

  protected override createRenderRoot() {
    return this
  }

  override disconnectedCallback() {
    super.disconnectedCallback()
    clearTimeout(this.#timer)
  }

  async #open(action: DocumentAction) {
    this.action = action
    this.said = ''
    await this.updateComplete
    await this.querySelector<LitElement>('sj-document-form')?.updateComplete
    const heading = this.querySelector<HTMLElement>('#dokument')
    heading?.focus()
    heading?.scrollIntoView({ block: 'nearest' })
  }

  async #close() {
    this.action = undefined
    await this.updateComplete
    this.querySelector<HTMLElement>('#hinzufuegen')?.focus()
  }

  async #done(said: string) {
    this.action = undefined
    await this.#loaded.run()
    this.said = said
    await this.updateComplete
    this.querySelector<HTMLElement>('#dokumente')?.focus()
  }

  async #try(work: () => Promise<string>) {
    try {
      this.said = await work()
    } catch (problem) {
      if (!(problem instanceof RequestProblem)) throw problem
      this.said = problem.message
    }
  }

  #save({ id, title }: CaseDocument) {
    return this.#try(async () => {
      const { content, name } = await getFile(`/service/documents/${id}/file`, '*/*')
      saveFile(content, name)
      return `„${title}“ ist als ${name} gespeichert.`
    })
  }

  async #restore({ id, title }: CaseDocument) {
    await this.#try(async () => {
      await restoreDocument(id, crypto.randomUUID())
      return `„${title}“ ist wieder in der Akte.`
    })
    await this.#loaded.run()
    this.querySelector<HTMLElement>('#dokumente')?.focus()
  }

  #look(text: string) {
    clearTimeout(this.#timer)
    this.sought = text
  }

  override render() {
    const file = this.#loaded.value
    const { error } = this.#loaded
    if (error && !file) {
      const gone = error instanceof RequestProblem && (error.status === 404 || error.status === 400)
      return html`
        <h1 class="sj-h1">Akte</h1>
        ${
          gone
            ? html`<p class="sj-empty">Diese Akte gibt es hier nicht. <a class="sj-link" href=${caseManagerPath}>Zum Fallmanager</a></p>`
            : viewProblem(error, { dataAsOf: undefined, retry: () => void this.#loaded.run() })
        }
      `
    }
    if (!file)
      return html`<h1 class="sj-h1">Akte</h1>
        <p class="sj-meta" aria-busy="true">Die Akte wird geladen</p>`
    const kept = file.items.length - removedOf(file.items).length
    return html`
      <div class="sj-list-title">
        <h1 class="sj-h1">Akte ${file.case_number}</h1>
        ${
          this.action
            ? nothing
            : html`<button type="button" id="hinzufuegen" class="kern-btn kern-btn--primary sj-no-print" @click=${() => this.#add(file)}>
                <span class="kern-label">Dokument hinzufügen</span>
              </button>`
        }
      </div>
      <p class="sj-lead">${file.person === undefined ? '' : `${file.person}. `}${countText(kept)} in der Akte.</p>
      ${printLine(this.session)} ${error ? viewProblem(error, { dataAsOf: undefined, retry: () => void this.#loaded.run() }) : nothing}
      ${
        this.action
          ? html`<sj-document-form
              class="sj-no-print"
              .action=${this.action}
              @sj-cancelled=${() => void this.#close()}
              @sj-done=${(event: CustomEvent<string>) => void this.#done(event.detail)}
            ></sj-document-form>`
          : nothing
      }
      <section aria-labelledby="dokumente">
        <h2 class="kern-sr-only" id="dokumente" tabindex="-1">Dokumente</h2>
        <p class="sj-file__said" role="status">${this.said}</p>
        ${kept > 0 ? this.#tools() : nothing} ${this.#documents(file)}
      </section>
      ${this.#removed(file)}
      <p class="sj-meta sj-file__kept">${keptText(file.kept)} Danach werden Akte und Dokumente gelöscht.</p>
    `
  }

  #add({ most_bytes, scans }: CaseFile) {
    return this.#open({ name: 'add', case_id: this.#case, most_bytes, scans, today: berlinDay(new Date()) })
  }

  #tools() {
    const choice = readFileChoice(this.search)
    const order = (key: string, label: string) => html`
      <li>
        <a
          href=${location.pathname + writeFileChoice({ ...choice, order: key })}
          aria-current=${(choice.order ?? '') === key ? 'true' : nothing}
          >${label}</a
        >
      </li>
    `
    return html`
      <div class="sj-list-tools sj-file__tools sj-no-print">
        <nav aria-label="Ordnung der Dokumente">
          <ul class="sj-list-tabs">
            ${order('', 'Nach Datum')} ${order('kind', 'Nach Art')}
          </ul>
        </nav>
        ${listSearch({
          placeholder: 'in Titeln und Texten',
          value: this.sought,
          typed: (text) => {
            clearTimeout(this.#timer)
            this.#timer = setTimeout(() => this.#look(text), typingMs)
          },
          sought: (text) => this.#look(text),
        })}
      </div>
    `
  }

  #documents(file: Loaded) {
    const found = this.#found.value
    const shown = found ? file.items.filter(({ id }) => found.has(id)) : file.items
    const groups = groupsOf(shown, readFileChoice(this.search).order)
    if (this.#found.error) return viewProblem(this.#found.error, { dataAsOf: undefined, retry: () => void this.#found.run() })
    if (groups.length === 0) {
      return html`<p class="sj-empty" role="status">
        ${
          found
            ? html`In keinem Dokument steht „${this.sought.trim()}“.
                <button type="button" class="sj-link" @click=${() => this.#look('')}>Alle Dokumente zeigen</button>`
            : 'In der Akte ist noch kein Dokument. Bescheide, Berichte und Hilfepläne kommen als PDF oder Bild hinein.'
        }
      </p>`
    }
    return html`
      ${found ? html`<p class="sj-meta" role="status">${countText(found.size)} gefunden.</p>` : nothing}
      <table role="table" class="sj-table sj-file">
        <caption class="kern-sr-only">
          Dokumente der Akte
        </caption>
        <thead role="rowgroup">
          <tr role="row">
            <th role="columnheader" scope="col">Datum</th>
            <th role="columnheader" scope="col">Dokument</th>
            <th role="columnheader" scope="col">Aufgenommen</th>
            <th role="columnheader" scope="col"><span class="kern-sr-only">Was sich tun lässt</span></th>
          </tr>
        </thead>
        ${groups.map((group) => this.#group(group, found))}
      </table>
    `
  }

  #group({ label, documents }: FileGroup, found: Map<string, FoundDocument> | undefined) {
    return html`
      <tbody role="rowgroup">
        ${
          label === undefined
            ? nothing
            : html`<tr role="row" class="sj-file__group">
                <th role="rowheader" scope="rowgroup" colspan="4">${label} <span>${documents.length}</span></th>
              </tr>`
        }
        ${documents.map((document) => this.#row(document, found?.get(document.id)))}
      </tbody>
    `
  }

  #row(document: CaseDocument, found: FoundDocument | undefined) {
    const { title, dated_on, steps } = document
    return html`
      <tr role="row">
        <td role="cell" class="sj-file__day"><time datetime=${dated_on}>${dateText(dated_on)}</time></td>
        <th role="rowheader" scope="row">
          <button type="button" class="sj-link" @click=${() => void this.#save(document)}>${title}</button>
          <small>${documentFacts(document)}</small>
          ${document.kept === null ? nothing : html`<small>${keptFact(document.kept)}</small>`}
          ${
            found && found.page !== null
              ? html`<small class="sj-file__excerpt"
                  >Seite ${found.page}: …${found.excerpt.map(({ text, sought }) => (sought ? html`<mark>${text}</mark>` : text))}…</small
                >`
              : nothing
          }
        </th>
        <td role="cell" class="sj-file__added">${this.#steps(steps)}</td>
        <td role="cell" class="sj-file__act sj-no-print">
          <button type="button" class="sj-link" aria-label="Ändern, ${title}" @click=${() => void this.#open({ name: 'change', document })}>
            Ändern
          </button>
          ${
            document.is_notice
              ? nothing
              : html`<button
                  type="button"
                  class="sj-link"
                  aria-label="Entfernen, ${title}"
                  @click=${() => void this.#open({ name: 'remove', document })}
                >
                  Entfernen
                </button>`
          }
        </td>
      </tr>
    `
  }

  /** By whom it came, and what happened to it since. */
  #steps([added, ...later]: CaseDocument['steps']) {
    const first = html`<time datetime=${added!.at}>${dateText(berlinDay(new Date(added!.at)))}</time> <small>${added!.by}</small>`
    if (later.length === 0) return first
    return html`
      ${first}
      <details>
        <summary class="sj-link">Verlauf</summary>
        <ol>
          ${later.map(
            ({ step, at, by, note }) => html`
              <li>
                ${stepTexts[step]}, ${minuteText(at)},
                ${by}${note === null ? nothing : step === 'changed' ? `; vorher „${note}“` : `: ${note}`}
              </li>
            `,
          )}
        </ol>
      </details>
    `
  }

  #removed({ items }: CaseFile) {
    const removed = removedOf(items)
    if (removed.length === 0) return nothing
    return html`
      <details class="sj-file__removed sj-no-print">
        <summary class="sj-link">Entfernte Dokumente (${removed.length})</summary>
        <p class="sj-meta">Sie werden 30 Tage nach dem Entfernen gelöscht.</p>
        <ul>
          ${removed.map(
            (document) => html`
              <li>
                <b>${document.title}</b>
                <small
                  >${documentFacts(document)}; entfernt am ${minuteText(document.removed_at!)},
                  ${document.steps.findLast(({ step }) => step === 'removed')?.by}: ${document.removal_reason}</small
                >
                <button
                  type="button"
                  class="sj-link"
                  aria-label="Zurücklegen, ${document.title}"
                  @click=${() => void this.#restore(document)}
                >
                  Zurücklegen
                </button>
              </li>
            `,
          )}
        </ul>
      </details>
    `
  }
}

customElements.define('sj-case-file-page', CaseFilePage)
