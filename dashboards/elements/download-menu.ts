import { html, LitElement, nothing } from 'lit'
import { saveFile } from '../charts/image.ts'
import { type NamedFile, RequestProblem } from '../client.ts'

export type Download = { label: string; note: string; file: () => Promise<NamedFile> }
export type DownloadGroup = { title: string; downloads: Download[] }

/** "Herunterladen" and the address of the view. */
export class DownloadMenu extends LitElement {
  static override properties = {
    groups: { attribute: false },
    embeds: { attribute: false },
    said: { state: true },
    preparing: { state: true },
  }
  declare groups: DownloadGroup[]
  /** Whether other pages may show this view. */
  declare embeds: boolean
  declare said: string
  declare preparing: Download['label'] | undefined
  readonly #leave = (event: Event) => {
    const menu = this.querySelector('details')
    if (!menu?.open) return
    if (event instanceof KeyboardEvent) {
      if (event.key !== 'Escape') return
      menu.querySelector('summary')?.focus()
    } else if (event.target instanceof Node && menu.contains(event.target)) return
    menu.open = false
  }

  constructor() {
    super()
    this.groups = []
    this.embeds = false
    this.said = ''
    this.preparing = undefined
  }

  protected override createRenderRoot() {
    return this
  }

  override connectedCallback() {
    super.connectedCallback()
    document.addEventListener('click', this.#leave)
    document.addEventListener('keydown', this.#leave)
  }

  override disconnectedCallback() {
    super.disconnectedCallback()
    document.removeEventListener('click', this.#leave)
    document.removeEventListener('keydown', this.#leave)
  }

  async #save({ file, label }: Download) {
    if (this.preparing) return
    this.preparing = label
    this.said = `${label} wird vorbereitet …`
    try {
      const { content, name } = await file()
      saveFile(content, name)
      this.said = `${label} ist gespeichert.`
    } catch (problem) {
      const reason = problem instanceof RequestProblem ? problem.message : 'Bitte noch einmal versuchen.'
      this.said = `${label} ließ sich nicht vorbereiten: ${reason}`
      // what failed is told even to those who closed the menu meanwhile
      this.querySelector('details')!.open = true
    } finally {
      this.preparing = undefined
    }
  }

  async #copy() {
    try {
      await navigator.clipboard.writeText(location.href)
      this.said = 'Die Adresse ist kopiert.'
    } catch {
      this.said = 'Der Browser erlaubt das Kopieren nicht; die Adresse steht in der Adresszeile.'
    }
  }

  async #copyFrame() {
    const frame = frameOf(location.href)
    try {
      await navigator.clipboard.writeText(frame)
      this.said = 'Der HTML-Code zum Einbetten ist kopiert. Er zeigt die Ansicht allen, die im Portal angemeldet sind.'
    } catch {
      this.said = frame
    }
  }

  override render() {
    return html`
      <details class="sj-menu sj-no-print">
        <summary class="sj-link"><i class="kern-icon kern-icon--download" aria-hidden="true"></i>Herunterladen</summary>
        <div class="sj-menu__body">
          ${this.groups.map(
            ({ title, downloads }) => html`
              <h3>${title}</h3>
              <ul>
                ${downloads.map(
                  (download) => html`
                    <li>
                      <button
                        type="button"
                        aria-disabled=${this.preparing ? 'true' : 'false'}
                        aria-busy=${this.preparing === download.label ? 'true' : 'false'}
                        @click=${() => this.#save(download)}
                      >
                        <span>${download.label}</span><span>${download.note}</span>
                      </button>
                    </li>
                  `,
                )}
              </ul>
            `,
          )}
          <h3>Weitergeben</h3>
          <ul>
            <li>
              <button type="button" @click=${() => this.#copy()}><span>Adresse kopieren</span></button>
            </li>
            ${
              this.embeds
                ? html`<li>
                    <button type="button" @click=${() => this.#copyFrame()}>
                      <span>Einbetten</span><span>HTML-Code für das Intranet kopieren</span>
                    </button>
                  </li>`
                : nothing
            }
          </ul>
          <p class="sj-menu__said sj-meta" role="status">${this.said || nothing}</p>
        </div>
      </details>
    `
  }
}

/** What shows the view of an address within another page. */
const frameOf = (address: string): string => {
  const url = new URL(address)
  url.searchParams.set('embed', '1')
  return `<iframe src="${url.href.replaceAll('&', '&amp;')}" title="SoJuS: Kennzahlen" width="100%" height="900" style="border:0"></iframe>`
}

customElements.define('sj-download-menu', DownloadMenu)
