import { html, type TemplateResult } from 'lit'

/** Terms and what is to say of each, as a description list. */
export const termList = (terms: { term: string; text: TemplateResult | string }[]): TemplateResult =>
  html`<dl>
    ${terms.map(
      ({ term, text }) =>
        html`<div>
          <dt>${term}</dt>
          <dd>${text}</dd>
        </div>`,
    )}
  </dl>`
