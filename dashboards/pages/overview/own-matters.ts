import { html, nothing } from 'lit'
import { viewProblem } from '../../elements/view-lines.ts'
import '../case-manager/consultation.css'
import './own-matters.css'

type Loading<Loaded> = { value?: Loaded | undefined; error?: unknown; run: () => Promise<void> }
type Section<Loaded> = { id: string; title: string; lines: (loaded: Loaded) => unknown }

/** What waits for the reader, in sections side by side. */
export const ownMatters = <Loaded>(loading: Loading<Loaded>, sections: Section<Loaded>[]) => {
  const { value, error } = loading
  return html`
    ${error ? viewProblem(error, { dataAsOf: undefined, retry: () => void loading.run() }) : nothing}
    <div class="sj-matters" aria-busy=${value || error ? 'false' : 'true'}>
      ${sections.map(
        ({ id, title, lines }) => html`
          <section aria-labelledby=${id}>
            <h2 class="sj-h2" id=${id}>${title}</h2>
            ${value ? lines(value) : nothing}
          </section>
        `,
      )}
    </div>
  `
}
