import { html, nothing } from 'lit'
import type { Page } from '../route.ts'
import './page-list.css'

const headings = (pages: Page[]) => [...new Set(pages.map(({ group }) => group ?? ''))]

/** Pages under their headings, each with the sentence that says what it answers. `under`: a heading that need not be repeated. */
export const pageList = (pages: Page[], under = '') =>
  headings(pages).map(
    (heading) => html`
      <section class="sj-pagelist" aria-label=${heading}>
        ${heading === under ? nothing : html`<h2 class="sj-h2">${heading}</h2>`}
        <ul>
          ${pages
            .filter(({ group }) => (group ?? '') === heading)
            .map(
              ({ path, title, summary }) => html`
                <li>
                  <a class="sj-link" href=${path}>${title}</a>
                  <p class="sj-meta">${summary}</p>
                </li>
              `,
            )}
        </ul>
      </section>
    `,
  )
