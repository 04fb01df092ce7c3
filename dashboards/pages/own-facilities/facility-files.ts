import { Task } from '@lit/task'
import { html, LitElement, nothing } from 'lit'
import { addFacilityFile, type FacilityFile, facilityFileUrl, getFacilityFiles, removeFacilityFile, RequestProblem } from '../../client.ts'
import { faultLine, faultsOf, type Faults, textField } from '../../elements/form-fields.ts'
import { numberText } from '../../format.ts'

const sizeText = (bytes: number) =>
  bytes < 100_000 ? `${numberText(Math.ceil(bytes / 1000))} kB` : `${numberText(bytes / 1_000_000, 1)} MB`
const mostBytes = 10 * 1024 * 1024

/** Photos and documents of one facility, added and removed by its provider. */
export class FacilityFiles extends LitElement {
  static override properties = {
    facility: { attribute: false },
    open: { state: true },
    faults: { state: true },
    said: { state: true },
  }
  declare facility: { id: string; name: string }
  declare open: boolean
  declare faults: Faults
  declare said: string
  #named = ''
  #busy = false
  #key = crypto.randomUUID()

  readonly #files = new Task(this, {
    args: () => [this.facility.id] as const,
    task: ([id], { signal }) => getFacilityFiles(id, signal),
  })

  constructor() {
    super()
    this.open = false
    this.faults = {}
    this.said = ''
  }

  protected override createRenderRoot() {
    return this
  }

  async #try(work: () => Promise<string>) {
    if (this.#busy) return
    this.#busy = true
    this.faults = {}
    try {
      this.said = await work()
      await this.#files.run()
    } catch (problem) {
      if (!(problem instanceof RequestProblem)) throw problem
      if (problem.status > 0 && problem.status < 500) this.#key = crypto.randomUUID()
      const found = faultsOf(problem.details, ['title', 'file'])
      this.faults = found['file'] ? { ...found, file: `${problem.message} ${found['file']}` } : found
      this.said = Object.keys(this.faults).length > 0 ? '' : problem.message
    } finally {
      this.#busy = false
    }
  }

  #add(event: SubmitEvent) {
    event.preventDefault()
    const file = this.querySelector<HTMLInputElement>('input[type=file]')?.files?.[0]
    if (!file || this.#named.trim() === '') {
      this.faults = { ...(this.#named.trim() === '' && { title: 'Bitte angeben.' }), ...(!file && { file: 'Bitte eine Datei wählen.' }) }
      return undefined
    }
    if (file.size > mostBytes) {
      this.faults = { file: 'Die Datei ist größer als 10 MB. Bitte verkleinern.' }
      return undefined
    }
    const kind = file.type.startsWith('image/') ? 'photo' : 'document'
    return this.#try(async () => {
      await addFacilityFile(this.facility.id, { title: this.#named.trim(), kind, file }, this.#key)
      const said = `Hinzugefügt: ${this.#named.trim()}.`
      this.#key = crypto.randomUUID()
      this.#named = ''
      this.open = false
      return said
    })
  }

  #remove(file: FacilityFile) {
    return this.#try(async () => {
      await removeFacilityFile(file.id)
      return `Entfernt: ${file.title}.`
    })
  }

  override render() {
    const files = this.#files.value
    return html`
      <h3 class="sj-h3">Fotos und Dokumente</h3>
      <p class="sj-meta" role="status">${this.said}</p>
      ${files === undefined ? nothing : files.length === 0 ? html`<p class="sj-meta">Noch keine hinterlegt.</p>` : this.#list(files)}
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
    const { id } = this.facility
    const fault = this.faults['file']
    return html`
      <form
        class="sj-facilities__form"
        novalidate
        aria-label="Foto oder Dokument hinzufügen"
        @submit=${(event: SubmitEvent) => void this.#add(event)}
      >
        ${textField({
          name: `title-${id}`,
          label: 'Bezeichnung',
          type: 'text',
          autocomplete: 'off',
          value: this.#named,
          faults: { [`title-${id}`]: this.faults['title'] },
          entered: (value) => (this.#named = value),
        })}
        <div class="kern-form-input ${fault ? 'kern-form-input--error' : ''}">
          <label class="kern-label" for="file-${id}">Datei</label>
          <p class="kern-hint" id="hint-${id}">
            PNG, JPEG oder PDF, höchstens 10 MB. Ort und Kamera werden aus Fotos entfernt. Bitte keine, auf denen junge Menschen zu erkennen
            sind.
          </p>
          <input
            id="file-${id}"
            type="file"
            accept="image/png,image/jpeg,application/pdf"
            aria-describedby=${fault ? `hint-${id} fault-file-${id}` : `hint-${id}`}
          />
          ${faultLine(`file-${id}`, { [`file-${id}`]: fault })}
        </div>
        <div class="sj-facilities__actions">
          <button type="submit" class="kern-btn kern-btn--primary"><span class="kern-label">Hinzufügen</span></button>
          <button type="button" class="kern-btn kern-btn--secondary" @click=${() => (this.open = false)}>
            <span class="kern-label">Abbrechen</span>
          </button>
        </div>
      </form>
    `
  }
}

customElements.define('sj-facility-files', FacilityFiles)
