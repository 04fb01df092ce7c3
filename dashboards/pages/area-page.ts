import { html, LitElement } from 'lit'
import type { Session } from '../client.ts'
import { pageList } from '../elements/page-list.ts'
import { type Area, type Page, pages, pagesOf } from '../route.ts'

/** The pages of an area, or of one heading of it. */
export class AreaPage extends LitElement {
  static override properties = { session: { attribute: false }, path: { attribute: false }, search: { attribute: false } }
  declare session: Session
  declare path: string
  declare search: string

  protected override createRenderRoot() {
    return this
  }

  override render() {
    const own = pages.find(({ path }) => path === this.path) as Page
    const area = own.area as Area
    const listed = pagesOf(area, this.session.roles).filter(({ path }) => path.startsWith(`${this.path}/`))
    return html`
      <h1 class="sj-h1">${own.title}</h1>
      <div class="sj-pagelist-wide">${pageList(listed, own.title)}</div>
    `
  }
}

customElements.define('sj-area-page', AreaPage)
