import { Task, TaskStatus } from '@lit/task'
import { html, LitElement } from 'lit'
import { type Catalogue, type ClassOf, getCatalogue, getPublishedViews, type PublishedView, type Session } from '../client.ts'
import { problemAlert } from '../elements/problem-alert.ts'
import { instantText } from '../format.ts'
import { comparisonPath, evaluationPath, evaluationRoles, sideBySidePath } from '../route.ts'
import { resolveChoice, writeChoice } from '../selection.ts'
import { headingText } from '../sentence.ts'
import { describedText, filteredText, resolveEvaluation, writeEvaluationChoice } from './evaluation/evaluation.ts'
import { namesFor, providersNamed } from './evaluation/provider-names.ts'
import { describedText as sideBySideText, resolveSideBySide, writeSideBySideChoice } from './side-by-side/side-by-side.ts'
import './published-page.css'

/** Basics / Schnellauswertung / Festgehaltene Stände. */
export class PublishedPage extends LitElement {
  static override properties = { session: { attribute: false } }
  declare session: Session

  readonly #views = new Task(this, {
    args: () => [this.session.user_name] as const,
    task: async (_, { signal }) => {
      const [published, catalogue] = await Promise.all([getPublishedViews(signal), getCatalogue(signal)])
      const evaluates = this.session.roles.some((role) => evaluationRoles.includes(role))
      const views = published.filter(({ view }) => view.kind !== 'evaluation' || evaluates)
      const evaluations = views.flatMap(({ view }) => (view.kind === 'evaluation' ? [view] : []))
      return { views, catalogue, providers: await providersNamed(evaluations, catalogue, this.session.federal_state, signal) }
    },
  })

  protected override createRenderRoot() {
    return this
  }

  override render() {
    return html`
      <h1 class="sj-h1">Festgehaltene Stände</h1>
      <p class="sj-lead">Ansichten mit den Werten ihres Standes, die sich nicht mehr ändern. Unter jeder steht, was heute anders lautet.</p>
      ${this.#list()}
    `
  }

  #list() {
    if (this.#views.status === TaskStatus.ERROR)
      return problemAlert({ title: 'Die Liste ist gerade nicht abrufbar', dataAsOf: undefined, retry: () => void this.#views.run() })
    const loaded = this.#views.value
    if (!loaded) return html`<p aria-busy="true"><i class="sj-skeleton sj-skeleton--text"></i></p>`
    const { views, catalogue, providers } = loaded
    if (views.length === 0)
      return html`<p>
        Noch ist kein Stand festgehalten. In den
        <a class="sj-link" href=${comparisonPath}>Überörtlichen Kennzahlen</a>, bei Kennzahlen nebeneinander und in eigenen Auswertungen
        steht neben „Herunterladen“ die Möglichkeit „Stand festhalten“.
      </p>`
    return html`
      <div class="sj-scroll" role="region" aria-label="Festgehaltene Stände" tabindex="0">
        <table role="table" class="sj-table sj-published">
          <caption class="kern-sr-only">
            Festgehaltene Stände, die neuesten zuerst
          </caption>
          <thead role="rowgroup">
            <tr role="row">
              <th role="columnheader" scope="col">Titel</th>
              <th role="columnheader" scope="col">Ansicht</th>
              <th role="columnheader" scope="col">Stand</th>
            </tr>
          </thead>
          <tbody role="rowgroup">
            ${views.map((published) => {
              const { title, data_as_of } = published
              const { href, text } = publishedText(published, catalogue, providers)
              return html`
                <tr role="row">
                  <th role="rowheader" scope="row"><a class="sj-link" href=${href}>${title}</a></th>
                  <td role="cell">${text}</td>
                  <td role="cell" class="sj-nowrap"><time datetime=${data_as_of}>${instantText(data_as_of)}</time></td>
                </tr>
              `
            })}
          </tbody>
        </table>
      </div>
    `
  }
}

/** Where a published view is seen, and what it shows. */
const publishedText = ({ id, view }: PublishedView, catalogue: Catalogue, providers: ClassOf[]): { href: string; text: string } => {
  const asked = { ...Object.fromEntries(Object.entries(view).filter(([, value]) => value)), as_of: id }
  if (view.kind === 'evaluation') {
    const { selection } = resolveEvaluation(asked, catalogue, view.area, namesFor(view.provider, providers))
    const text = `${describedText(selection)}; ${filteredText({ ...selection, as_of: undefined })}`
    return { href: `${evaluationPath}${writeEvaluationChoice(asked)}`, text }
  }
  if (view.kind === 'side_by_side') {
    const { selection } = resolveSideBySide(asked, catalogue, view.area)
    return { href: `${sideBySidePath}${writeSideBySideChoice(asked)}`, text: `${sideBySideText(selection)}, ${selection.area.name}` }
  }
  const { selection } = resolveChoice(asked, catalogue, view.area)
  return { href: `${comparisonPath}${writeChoice(asked)}`, text: `${headingText(selection)}, ${selection.area.name}` }
}

customElements.define('sj-published-page', PublishedPage)
