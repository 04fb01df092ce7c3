import { html } from 'lit'

export type Question = {
  heading: unknown
  text: unknown
  /** What the button that does it says. */
  action: string
  act: () => void
}

const close = (event: Event) => (event.target as Element).closest('dialog')?.close()

/** Asks before something that cannot be taken back; opened by `showModal`, empty until it is known what is asked. */
export const questionDialog = (question: Question | undefined) => html`
  <dialog class="kern-dialog" aria-labelledby="frage">${question && content(question)}</dialog>
`

const content = ({ heading, text, action, act }: Question) => html`
  <header class="kern-dialog__header"><h2 class="kern-title" id="frage">${heading}</h2></header>
  <section class="kern-dialog__body"><p class="kern-body">${text}</p></section>
  <footer class="kern-dialog__footer">
    <button type="button" class="kern-btn kern-btn--secondary" @click=${close}>
      <span class="kern-label">Abbrechen</span>
    </button>
    <button type="button" class="kern-btn kern-btn--primary" @click=${act}>
      <span class="kern-label">${action}</span>
    </button>
  </footer>
`
