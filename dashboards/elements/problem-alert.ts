import { html, nothing } from 'lit'
import { instantText } from '../format.ts'

export type ProblemNotice = {
  title: string
  text?: string
  /** The data time of what was last shown. */
  dataAsOf?: string | undefined
  retry?: () => void
}

/** What failed, that nothing is lost, the last Stand, and the way on. */
export const problemAlert = ({ title, text, dataAsOf, retry }: ProblemNotice) => html`
  <div class="kern-alert kern-alert--danger sj-problem" role="alert">
    <div class="kern-alert__header">
      <span class="kern-icon kern-icon--danger" aria-hidden="true"></span>
      <span class="kern-title">${title}</span>
    </div>
    <div class="kern-alert__body">
      <p>
        ${text ?? 'Ihre Auswahl bleibt erhalten.'} ${dataAsOf ? html`Letzter Stand dieser Ansicht: ${instantText(dataAsOf)}.` : nothing}
      </p>
      ${retry ? html`<p><button type="button" class="sj-link" @click=${retry}>Erneut versuchen</button></p>` : nothing}
    </div>
  </div>
`
