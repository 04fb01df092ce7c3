import { html } from 'lit'
import './terms.css'

/** One line of a list of terms (`dl.sj-terms`). */
export const term = (name: string, text: unknown) => html`
  <div>
    <dt>${name}</dt>
    <dd>${text}</dd>
  </div>
`
