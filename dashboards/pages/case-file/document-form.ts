import { html, LitElement, nothing } from 'lit'
import { addDocument, type CaseDocument, changeDocument, removeDocument } from '../../client.ts'
import { faultLine, type Faults, faultSummary, oneLine, textField } from '../../elements/form-fields.ts'
import { Sending } from '../../elements/sending.ts'
import { selectField } from '../../elements/select-field.ts'
import type { DocumentKind } from '../../../transactional/vocabulary.ts'
import { documentKindLabels, limitText } from './case-file.ts'
import '../case-manager/step-form.css'

type Field = 'file' | 'title' | 'kind' | 'dated_on' | 'reason'
type Values = Record<Exclude<Field, 'file'>, string>

/** What is done with which document. */
export type DocumentAction =
  | { name: 'add'; case_id: string; most_bytes: number; scans: boolean; today: string }
  | { name: 'change'; document: CaseDocument }
  | { name: 'remove'; document: CaseDocument }

const fieldsOf: Record<DocumentAction['name'], Field[]> = {
  add: ['file', 'title', 'kind', 'dated_on'],
  change: ['title', 'kind', 'dated_on'],
  remove: ['reason'],
}
const labels: Record<Field, string> = { file: 'Datei', title: 'Titel', kind: 'Art', dated_on: 'Datum', reason: 'Warum' }
const missing: Record<Field, string> = {
  file: 'Bitte eine Datei auswählen.',
  title: 'Bitte einen Titel angeben.',
  kind: 'Bitte eine Art auswählen.',
  dated_on: 'Bitte den Tag angeben, von dem das Dokument ist.',
  reason: 'Bitte in einem Satz sagen, warum.',
}
const headings = { add: 'Dokument hinzufügen', change: 'Dokument ändern', remove: 'Dokument entfernen' }
const submits = { add: 'Hochladen', change: 'Speichern', remove: 'Entfernen' }
const kindOptions: [string, string][] = [['', 'Bitte auswählen'], ...Object.entries(documentKindLabels)]

/** Adds, changes or removes a document. Tells `sj-cancelled`, and `sj-done` with a sentence that says what was done. */
export class DocumentForm extends LitElement {
  static override properties = {
    action: { attribute: false },
    values: { state: true },
  }
  declare action: DocumentAction
  declare values: Values
  #file: File | undefined
  readonly #sending = new Sending(this)
  #shown: DocumentAction | undefined

  constructor() {
    super()
    this.values = { title: '', kind: '', dated_on: '', reason: '' }
  }

  protected override createRenderRoot() {
    return this
  }

  protected override willUpdate() {
    const { action } = this
    if (action === this.#shown) return
    this.#shown = action
    this.#file = undefined
    this.#sending.clear()
    const { title, kind, dated_on } = action.name === 'add' ? { title: '', kind: '', dated_on: action.today } : action.document
    this.values = { title, kind, dated_on, reason: '' }
  }

  #missing(): Faults {
    const lacks = (field: Field) => (field === 'file' ? this.#file === undefined : this.values[field].trim() === '')
    const faults: Record<string, string> = {}
    for (const field of fieldsOf[this.action.name]) if (lacks(field)) faults[field] = missing[field]
    const most = this.action.name === 'add' ? this.action.most_bytes : Infinity
    if (this.#file && this.#file.size > most) faults['file'] = `Die Datei ist zu groß, erlaubt sind ${limitText(most)}.`
    return faults
  }

  #submit(event: SubmitEvent) {
    event.preventDefault()
    return this.#sending.send(async (key) => {
      const said = await this.#send(key)
      this.dispatchEvent(new CustomEvent('sj-done', { detail: said, bubbles: true }))
      return ''
    }, this.#missing())
  }

  async #send(key: string): Promise<string> {
    const { action, values } = this
    const named = { title: values.title.trim(), kind: values.kind as DocumentKind, dated_on: values.dated_on }
    switch (action.name) {
      case 'add':
        await addDocument(action.case_id, { ...named, file: this.#file! }, key)
        return `„${named.title}“ ist in der Akte.`
      case 'change':
        await changeDocument(action.document.id, named)
        return `„${named.title}“ ist geändert.`
      case 'remove':
        await removeDocument(action.document.id, oneLine(values.reason), key)
        return `„${action.document.title}“ ist entfernt. Es steht unten und lässt sich zurücklegen.`
    }
  }

  override render() {
    const { name } = this.action
    const { refusal, faults, busy } = this.#sending
    return html`
      <form class="sj-step" novalidate aria-labelledby="dokument" @submit=${this.#submit}>
        <h2 class="sj-h2" id="dokument" tabindex="-1">${headings[name]}</h2>
        ${this.action.name === 'add' ? nothing : html`<p>${this.action.document.title}</p>`} ${faultSummary({ refusal, faults, labels })}
        ${fieldsOf[name].map((field) => this.#field(field))}
        <div class="sj-step__buttons">
          <button type="submit" class="kern-btn kern-btn--primary" aria-disabled=${busy ? 'true' : 'false'}>
            <span class="kern-label">${submits[name]}</span>
          </button>
          <button
            type="button"
            class="kern-btn kern-btn--tertiary"
            @click=${() => this.dispatchEvent(new Event('sj-cancelled', { bubbles: true }))}
          >
            <span class="kern-label">Abbrechen</span>
          </button>
        </div>
        <p class="sj-meta" role="status">
          ${busy ? (name === 'add' ? 'Die Datei wird übertragen und geprüft …' : 'Wird gespeichert …') : nothing}
        </p>
      </form>
    `
  }

  #field(name: Field) {
    const { faults } = this.#sending
    if (name === 'file') return this.#fileField()
    const label = labels[name]
    const value = this.values[name]
    const entered = (text: string) => (this.values = { ...this.values, [name]: text })
    if (name === 'kind') return selectField({ name, label, options: kindOptions, value, faults, chosen: entered })
    const hints: Partial<Record<Field, string>> = {
      reason: 'Das Dokument lässt sich 30 Tage lang zurücklegen, danach wird es gelöscht.',
    }
    const hint = hints[name]
    const type = name === 'dated_on' ? 'date' : 'text'
    return textField({ name, label, type, autocomplete: 'off', value, faults, entered, ...(hint !== undefined && { hint }) })
  }

  #fileField() {
    if (this.action.name !== 'add') return nothing
    const { most_bytes, scans } = this.action
    const { faults } = this.#sending
    const fault = faults['file']
    return html`
      <div class="kern-form-input ${fault ? 'kern-form-input--error' : ''}">
        <label class="kern-label" for="file">${labels.file}</label>
        <p class="kern-hint" id="hint-file">
          PDF, PNG oder JPEG, höchstens ${limitText(most_bytes)}. Aus Bildern werden Ort und Kamera entfernt.
          ${scans ? 'Sie wird auf Viren geprüft.' : 'Sie wird hier nicht auf Viren geprüft: bitte nur Dateien aus sicherer Quelle.'}
        </p>
        <input
          class="kern-form-input__input sj-file__input ${fault ? 'kern-form-input__input--error' : ''}"
          id="file"
          name="file"
          type="file"
          accept="application/pdf,image/png,image/jpeg"
          aria-invalid=${fault ? 'true' : 'false'}
          aria-describedby=${fault ? 'hint-file fault-file' : 'hint-file'}
          @change=${(event: Event) => this.#picked((event.target as HTMLInputElement).files?.[0])}
        />
        ${faultLine('file', faults)}
      </div>
    `
  }

  /** A document is usually called as its file is. */
  #picked(file: File | undefined) {
    this.#file = file
    this.#sending.renew()
    if (!file || this.values.title.trim() !== '') return
    const title = file.name
      .replace(/\.[^.]+$/, '')
      .replaceAll('_', ' ')
      .trim()
      .slice(0, 160)
    this.values = { ...this.values, title }
  }
}

customElements.define('sj-document-form', DocumentForm)
