import { html, LitElement } from 'lit'
import './text-page.css'

export class NotFoundPage extends LitElement {
  protected override createRenderRoot() {
    return this
  }

  override render() {
    return html`
      <div class="sj-text">
        <h1 class="sj-h1">Seite nicht gefunden</h1>
        <p>Diese Seite gibt es nicht, oder sie gehört zu einem Bereich, den Ihr Konto nicht nutzt.</p>
        <p><a class="sj-link" href="/">Zum Überblick</a></p>
      </div>
    `
  }
}

customElements.define('sj-not-found-page', NotFoundPage)
