import { html, LitElement, nothing } from 'lit'
import type { Session } from '../client.ts'
import { numberText } from '../format.ts'
import { areasOf, inboxPath } from '../route.ts'

/** Strip with the account, name of the portal, areas. Tells `sj-sign-out`. Without a session only the name. */
export class PortalHeader extends LitElement {
  static override properties = {
    session: { attribute: false },
    area: { attribute: false },
    expanded: { state: true },
  }
  declare session: Session | undefined
  declare area: string | undefined
  declare expanded: boolean

  readonly #leave = (event: Event) => {
    if (event instanceof KeyboardEvent && event.key !== 'Escape') return
    if (event instanceof MouseEvent && event.target instanceof Node && this.querySelector('.sj-account')?.contains(event.target)) return
    if (!this.expanded) return
    this.expanded = false
    if (event instanceof KeyboardEvent) this.querySelector<HTMLElement>('.sj-account__toggle')?.focus()
  }

  constructor() {
    super()
    this.expanded = false
  }

  protected override createRenderRoot() {
    return this
  }

  override connectedCallback() {
    super.connectedCallback()
    document.addEventListener('keydown', this.#leave)
    document.addEventListener('click', this.#leave)
  }

  override disconnectedCallback() {
    super.disconnectedCallback()
    document.removeEventListener('keydown', this.#leave)
    document.removeEventListener('click', this.#leave)
  }

  override render() {
    const { session } = this
    return html`
      <header>
        ${session ? this.#strip(session) : nothing}
        <div class="sj-brandbar">
          <div class="sj-page">
            <a class="sj-brand" href="/">
              <b>SoJuS</b>
              ${
                session
                  ? html`<span><span class="sj-wide">Soziales und Jugend Serviceportal · </span>${session.federal_state_name}</span>`
                  : html`<span>Soziales und Jugend Serviceportal</span>`
              }
            </a>
            ${session ? this.#areas(session) : nothing}
          </div>
        </div>
      </header>
    `
  }

  #areas(session: Session) {
    return html`
      <nav class="sj-areas" aria-label="Bereiche">
        <ul>
          ${areasOf(session.roles).map(
            ({ area, label, path }) => html`<li><a href=${path} aria-current=${area === this.area ? 'true' : nothing}>${label}</a></li>`,
          )}
        </ul>
      </nav>
    `
  }

  #strip(session: Session) {
    const whose = session.youth_authority?.name ?? session.provider?.name ?? session.display_name
    return html`
      <div class="sj-strip">
        <div class="sj-page">
          ${
            session.demonstration
              ? html`<p class="sj-strip__demo">
                  Demonstrationsdaten<span class="sj-wide">: alle Fälle, Anbieter und Zahlen sind erfunden</span>
                </p>`
              : html`<p class="sj-strip__demo"></p>`
          }
          <div class="sj-account">
            <button
              type="button"
              class="sj-account__toggle"
              aria-expanded=${this.expanded ? 'true' : 'false'}
              aria-controls="konto"
              @click=${() => (this.expanded = !this.expanded)}
            >
              ${session.user_name} <i class="kern-icon kern-icon--arrow-down" aria-hidden="true"></i>
            </button>
            <div class="sj-account__panel" id="konto">
              <dl>
                <div>
                  <dt>Angemeldet als</dt>
                  <dd>${session.user_name}<span class="sj-unit">, ${whose}</span></dd>
                </div>
                <div>
                  <dt>Online</dt>
                  <dd>${numberText(session.online)}</dd>
                </div>
                <div>
                  <dt>Zugriffe</dt>
                  <dd>${numberText(session.accesses)}</dd>
                </div>
              </dl>
              <ul @click=${() => (this.expanded = false)}>
                <li>
                  <a class="sj-plain" href=${inboxPath}
                    >Postfach${session.unread > 0 ? html` <b>${numberText(session.unread)} neu</b>` : nothing}</a
                  >
                </li>
                <li><a class="sj-plain" href="/kontakt">Kontakt</a></li>
                <li><button type="button" class="sj-command" @click=${() => window.print()}>Drucken</button></li>
                <li><a class="sj-plain" href="/passwort">Passwort</a></li>
                <li>
                  <button type="button" class="sj-command" @click=${() => this.dispatchEvent(new Event('sj-sign-out', { bubbles: true }))}>
                    Exit
                  </button>
                </li>
              </ul>
            </div>
          </div>
        </div>
      </div>
    `
  }
}

customElements.define('sj-portal-header', PortalHeader)
