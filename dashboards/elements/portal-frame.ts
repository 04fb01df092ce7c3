import { html, nothing } from 'lit'
import { closePath, type Page, trailOf } from '../route.ts'

/** Where the reader is, and "Schließen". */
export const orientationLine = (page: Page) => {
  const steps = trailOf(page)
  if (steps.length === 0) return nothing
  const last = steps.length - 1
  return html`
    <nav class="sj-orientation" aria-label="Orientierung">
      <ol>
        ${steps.map(({ title, path }, index) =>
          index === last ? html`<li aria-current="page">${title}</li>` : html`<li><a href=${path}>${title}</a></li>`,
        )}
      </ol>
      <a href=${closePath(page)}>Schließen</a>
    </nav>
  `
}

export const portalFooter = () => html`
  <footer class="sj-footer">
    <nav class="sj-page" aria-label="Rechtliches">
      <a href="/barrierefreiheit">Erklärung zur Barrierefreiheit</a>
      <a href="/barriere-melden">Barriere melden</a>
      <a href="/impressum">Impressum</a>
      <a href="/datenschutz">Datenschutz</a>
    </nav>
  </footer>
`
