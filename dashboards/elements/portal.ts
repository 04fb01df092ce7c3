import { html, LitElement, nothing } from 'lit'
import { getSession, RequestProblem, type Session, sessionLost, signOut } from '../client.ts'
import { type Navigate, type Navigation, startNavigation } from '../navigation.ts'
import { embeddedPaths, findPage, overviewPath, type Page } from '../route.ts'
import { orientationLine, portalFooter } from './portal-frame.ts'
import './portal-header.ts'
import { problemAlert } from './problem-alert.ts'

/** What every page is given. */
export type PageElement = LitElement & { session: Session | undefined; path: string; search: string }

type SignedIn = Session | 'unknown' | 'nobody' | 'unreachable'

/** The whole portal: who is signed in, which page, and the frame around it. */
export class Portal extends LitElement {
  static override properties = {
    signedIn: { state: true },
    page: { state: true },
    content: { state: true },
    failed: { state: true },
    notice: { state: true },
  }
  declare signedIn: SignedIn
  declare page: Page
  declare content: PageElement | undefined
  declare failed: boolean
  declare notice: string | undefined
  /** Shown within a page of others: the view alone, for as long as it stands there. */
  readonly #embedded = embeddedPaths.has(location.pathname) && new URLSearchParams(location.search).get('embed') === '1'
  /** Whose page is kept while the session is lost. */
  #keptFor: string | undefined
  #navigation: Navigation | undefined
  #focusHeading = false
  #wanted: Page | undefined
  readonly #lost = () => {
    if (typeof this.signedIn === 'object') this.#keptFor = accountOf(this.signedIn)
    this.signedIn = 'nobody'
  }

  constructor() {
    super()
    this.signedIn = 'unknown'
    this.page = findPage(location.pathname, undefined)
    this.failed = false
  }

  protected override createRenderRoot() {
    return this
  }

  override connectedCallback() {
    super.connectedCallback()
    this.#navigation = startNavigation((_, moved) => this.#show(moved))
    this.addEventListener('sj-navigate', (event) => this.#navigation?.go((event as Navigate).url, event as Navigate))
    this.addEventListener('sj-signed-in', (event) => this.#enter((event as CustomEvent<Session>).detail))
    this.addEventListener('sj-session-changed', () => void this.#refreshSession())
    this.addEventListener('sj-sign-out', () => void this.#exit())
    sessionLost.addEventListener('lost', this.#lost)
    void this.#begin()
  }

  override disconnectedCallback() {
    super.disconnectedCallback()
    this.#navigation?.stop()
    sessionLost.removeEventListener('lost', this.#lost)
  }

  async #begin() {
    try {
      const session = await getSession()
      if (session) this.#enter(session)
      else {
        this.signedIn = 'nobody'
        this.#show(false)
      }
    } catch {
      this.signedIn = 'unreachable'
    }
  }

  #enter(session: Session) {
    if (this.#keptFor !== undefined && this.#keptFor !== accountOf(session)) this.content = undefined
    this.#focusHeading = this.signedIn === 'nobody'
    this.#keptFor = undefined
    this.signedIn = session
    this.#show(false)
  }

  async #exit() {
    try {
      await signOut()
    } catch (problem) {
      // without a session there is nothing to end; anything else must not look as if it were ended
      if (!(problem instanceof RequestProblem && problem.status === 401)) {
        this.notice = 'Das Abmelden ist nicht gelungen. Ihre Sitzung besteht noch: bitte noch einmal versuchen.'
        return
      }
    }
    this.notice = undefined
    this.content = undefined
    this.#keptFor = undefined
    this.signedIn = 'nobody'
    this.#navigation?.go(overviewPath)
  }

  /** Every page opened is an access; a failure shows at the next thing the reader does. */
  async #refreshSession() {
    if (typeof this.signedIn !== 'object') return
    const session = await getSession().catch(() => null)
    if (session === null) return
    if (session) this.signedIn = session
    else this.#lost()
  }

  #show(moved: boolean) {
    const session = typeof this.signedIn === 'object' ? this.signedIn : undefined
    const page = findPage(location.pathname, session?.roles)
    if (moved) {
      void this.#refreshSession()
      this.#focusHeading = true
      scrollTo(0, 0)
    }
    if (session || page.open) return void this.#fill(page, session)
    // what was kept for after signing in belongs to the page left
    if (page !== this.page) this.content = undefined
    this.#wanted = page
    this.page = page
  }

  /**
   * The page before stays until the new one can be shown; the one that is shown hears of its new address at once: what is chosen next adds
   * to it.
   */
  async #fill(page: Page, session: Session | undefined) {
    this.#wanted = page
    if (page !== this.page || !this.content || this.failed) {
      const loaded = await page.load().then(
        () => true,
        () => false,
      )
      if (page !== this.#wanted) return
      this.failed = !loaded
    }
    const content = this.content && page === this.page ? this.content : (document.createElement(page.tag) as PageElement)
    this.page = page
    content.session = session
    content.path = page.path
    content.search = location.search
    this.content = content
    await this.updateComplete
    await content.updateComplete
    this.#focus()
  }

  #focus() {
    if (!this.#focusHeading) return
    this.#focusHeading = false
    const heading = this.querySelector<HTMLElement>('main h1')
    heading?.setAttribute('tabindex', '-1')
    heading?.focus({ preventScroll: true })
  }

  protected override updated() {
    const asks = this.signedIn === 'nobody' && !this.page.open
    document.title = `${asks ? 'Anmelden' : this.page.title} – SoJuS`
  }

  /** The view alone, with the way to all of it. */
  #embed() {
    const full = new URL(location.href)
    full.searchParams.delete('embed')
    return html`
      <div class="sj-page sj-embedded" @click=${openOutside}>
        <main id="inhalt" tabindex="-1">
          ${
            this.signedIn === 'nobody'
              ? html`<p class="sj-empty">
                  Diese Ansicht zeigt das Serviceportal SoJuS, wenn Sie dort angemeldet sind.
                  <a class="sj-link" href=${full.href} target="_blank" rel="noopener">Im Serviceportal anmelden</a>
                </p>`
              : this.#main()
          }
        </main>
        <footer class="sj-embedded__source sj-meta">
          Quelle: SoJuS, überörtliche Kennzahlen; geheime Werte sind geschützt.
          <a class="sj-link" href=${full.href} target="_blank" rel="noopener">Ganze Ansicht im Serviceportal</a>
        </footer>
      </div>
    `
  }

  override render() {
    // a frame for nobody yet would move as soon as it is known whose it is
    if (this.signedIn === 'unknown') return nothing
    if (this.#embedded) return this.#embed()
    const session = typeof this.signedIn === 'object' ? this.signedIn : undefined
    return html`
      <a class="sj-skip sj-link" href="#inhalt">Zum Inhalt springen</a>
      <sj-portal-header .session=${session} .area=${this.page.area}></sj-portal-header>
      <div class="sj-page">
        ${session || this.page.open ? orientationLine(this.page) : nothing}
        <main id="inhalt" tabindex="-1" class=${session ? 'sj-full' : nothing}>
          ${this.notice === undefined ? nothing : problemAlert({ title: this.notice, text: 'Nichts ist verloren.' })} ${this.#main()}
        </main>
      </div>
      ${portalFooter()}
    `
  }

  #main() {
    if (this.signedIn === 'unreachable') {
      return problemAlert({
        title: 'SoJuS ist gerade nicht erreichbar',
        text: 'Ihre Adresse bleibt erhalten.',
        retry: () => void this.#begin(),
      })
    }
    if (this.failed) {
      return problemAlert({ title: 'Die Seite konnte nicht geladen werden', text: 'Nichts ist verloren.', retry: () => this.#show(false) })
    }
    if (this.signedIn === 'nobody' && !this.page.open) {
      void import('./sign-in-form.ts')
      return html`<sj-sign-in-form .interrupted=${this.#keptFor !== undefined}></sj-sign-in-form>`
    }
    return this.content ?? nothing
  }
}

/** Nothing but the view itself is shown within a page of others. */
const openOutside = (event: Event) => {
  const link = event.composedPath().find((node): node is HTMLAnchorElement => node instanceof HTMLAnchorElement)
  if (link && link.pathname !== location.pathname) link.target = '_blank'
}

const accountOf = (session: Session) => `${session.federal_state}/${session.user_name}`

customElements.define('sj-portal', Portal)
