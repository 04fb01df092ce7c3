import { Task } from '@lit/task'
import { html, LitElement, nothing } from 'lit'
import { addFacilityFile, type FacilityFile, facilityFileUrl, getFacilityFiles, removeFacilityFile } from '../../client.ts'
import { faultLine, faultSummary, textField } from '../../elements/form-fields.ts'
import { Sending } from '../../elements/sending.ts'
import { numberText } from '../../format.ts'

const sizeText = (bytes: number) =>
  bytes < 100_000 ? `${numberText(Math.ceil(bytes / 1000))} kB` : `${numberText(bytes / 1_000_000, 1)} MB`
const mostBytes = 10 * 1024 * 1024
const labels = { title: 'Bezeichnung', file: 'Datei' }

/** Photos and documents of one facility, added and removed by its provider. */
export class FacilityFiles extends LitElement {
  static override properties = {
    facility: { attribute: false },
    open: { state: true },
  }
  declare facility: { id: string; name: string }
  declare open: boolean
  #named = ''
  /** Forms of several facilities stand on one page. */
  readonly #sending = new Sending(this, { fieldOf: (field) => this.#idOf(field) })

  readonly #files = new Task(this, {
    args: () => [this.facility.id] as const,
    task: ([id], { signal }) => getFacilityFiles(id, signal),
  })

  constructor() {
    super()
    this.open = false
  }

  protected override createRenderRoot() {
    return this
  }

  #idOf(field: string) {
    return `${field}-${this.facility.id}`
  }

  #add(event: SubmitEvent) {
    event.preventDefault()
    const file = this.querySelector<HTMLInputElement>('input[type=file]')?.files?.[0]
    const title = this.#named.trim()
    const missing = {
      ...(title === '' && { [this.#idOf('title')]: 'Bitte angeben.' }),
      ...(!file && { [this.#idOf('file')]: 'Bitte eine Datei wählen.' }),
      ...(file && file.size > mostBytes && { [this.#idOf('file')]: 'Die Datei ist größer als 10 MB. Bitte verkleinern.' }),
    }
    return this.#sending.send(async (key) => {
      const kind = file!.type.startsWith('image/') ? 'photo' : 'document'
      await addFacilityFile(this.facility.id, { title, kind, file: file! }, key)
      await this.#files.run()
      this.#named = ''
      this.open = false
      return `Hinzugefügt: ${title}.`
    }, missing)
  }

  #close() {
    this.#sending.clear()
    this.open = false
  }

  #remove(file: FacilityFile) {
    return this.#sending.send(async () => {
      await removeFacilityFile(file.id)
      await this.#files.run()
      return `Entfernt: ${file.title}.`
    })
  }

  override render() {
    const files = this.#files.value
    const { said, refusal, faults } = this.#sending
    return html`
      <h3 class="sj-h3">Fotos und Dokumente</h3>
      <p class="sj-meta" role="status">${said}</p>
      ${files === undefined ? nothing : files.length === 0 ? html`<p class="sj-meta">Noch keine hinterlegt.</p>` : this.#list(files)}
      ${faultSummary({ refusal, faults, labels: { [this.#idOf('title')]: labels.title, [this.#idOf('file')]: labels.file } })}
      ${
        this.open
          ? this.#form()
          : html`<button
              type="button"
              class="sj-link sj-no-print"
              aria-label="Hinzufügen: ${this.facility.name}"
              @click=${() => (this.open = true)}
            >
              Hinzufügen
            </button>`
      }
    `
  }

  #list(files: FacilityFile[]) {
    return html`
      <ul class="sj-facility-files">
        ${files.map(
          (file) => html`
            <li>
              <a class="sj-link" href=${facilityFileUrl(file)} target="_blank">${file.title}</a>
              <span class="sj-meta">${file.kind === 'photo' ? 'Foto' : 'Dokument'}, ${sizeText(file.bytes)}</span>
              <button
                type="button"
                class="sj-link sj-no-print"
                aria-label="Entfernen: ${file.title}"
                @click=${() => void this.#remove(file)}
              >
                Entfernen
              </button>
            </li>
          `,
        )}
      </ul>
    `
  }

  #form() {
    const [title, file] = [this.#idOf('title'), this.#idOf('file')]
    const { faults } = this.#sending
    return html`
      <form class="sj-form" novalidate aria-label="Foto oder Dokument hinzufügen" @submit=${(event: SubmitEvent) => void this.#add(event)}>
        ${textField({
          name: title,
          label: labels.title,
          type: 'text',
          autocomplete: 'off',
          value: this.#named,
          faults,
          entered: (value) => (this.#named = value),
        })}
        <div class="kern-form-input ${faults[file] ? 'kern-form-input--error' : ''}">
          <label class="kern-label" for=${file}>${labels.file}</label>
          <p class="kern-hint" id="hint-${file}">
            PNG, JPEG oder PDF, höchstens 10 MB. Ort und Kamera werden aus Fotos entfernt. Bitte keine, auf denen junge Menschen zu erkennen
            sind.
          </p>
          <input
            id=${file}
            type="file"
            accept="image/png,image/jpeg,application/pdf"
            aria-describedby=${faults[file] ? `hint-${file} fault-${file}` : `hint-${file}`}
          />
          ${faultLine(file, faults)}
        </div>
        <div class="sj-form__buttons">
          <button type="submit" class="kern-btn kern-btn--primary"><span class="kern-label">Hinzufügen</span></button>
          <button type="button" class="kern-btn kern-btn--secondary" @click=${() => this.#close()}>
            <span class="kern-label">Abbrechen</span>
          </button>
        </div>
      </form>
    `
  }
}

customElements.define('sj-facility-files', FacilityFiles)
