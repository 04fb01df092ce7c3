import { Task, TaskStatus } from '@lit/task'
import { html, LitElement } from 'lit'
import { getCatalogue, getPublishedViews, type Session } from '../client.ts'
import { problemAlert } from '../elements/problem-alert.ts'
import { instantText, monthText } from '../format.ts'
import { comparisonPath } from '../route.ts'
import { areasOf, isGroup, writeChoice } from '../selection.ts'
import { kindText } from '../sentence.ts'
import './published-page.css'

/** Basics / Schnellauswertung / Festgehaltene Stände. */
export class PublishedPage extends LitElement {
  static override properties = { session: { attribute: false } }
  declare session: Session

  readonly #views = new Task(this, {
    args: () => [this.session.user_name] as const,
    task: async (_, { signal }) => ({ views: await getPublishedViews(signal), catalogue: await getCatalogue(signal) }),
  })

  protected override createRenderRoot() {
    return this
  }

  override render() {
    return html`
      <h1 class="sj-h1">Festgehaltene Stände</h1>
      <p class="sj-lead">Ansichten, deren Werte mit ihrem Stand gespeichert sind und sich nicht mehr ändern.</p>
      ${this.#list()}
    `
  }

  #list() {
    if (this.#views.status === TaskStatus.ERROR)
      return problemAlert({ title: 'Die Liste ist gerade nicht abrufbar', dataAsOf: undefined, retry: () => void this.#views.run() })
    const loaded = this.#views.value
    if (!loaded) return html`<p aria-busy="true"><i class="sj-skeleton sj-skeleton--text"></i></p>`
    const { views, catalogue } = loaded
    if (views.length === 0)
      return html`<p>
        Noch ist kein Stand festgehalten. In den
        <a class="sj-link" href=${comparisonPath}>Überörtlichen Kennzahlen</a> steht neben „Herunterladen“ die Möglichkeit „Stand
        festhalten“.
      </p>`
    const label = (figure: string) => catalogue.figures.find(({ name }) => name === figure)?.label ?? figure
    const kind = (code: string | null) => {
      const found = catalogue.service_kinds.find((each) => each.code === code)
      return found ? kindText(found) : 'Alle Hilfearten'
    }
    const areas = areasOf(catalogue)
    const area = (code: string) =>
      areas.find((each) => each.code === code)?.name ?? (isGroup(code) ? 'Vergleichsgruppe, die es nicht mehr gibt' : code)
    return html`
      <div class="sj-scroll" role="region" aria-label="Festgehaltene Stände" tabindex="0">
        <table role="table" class="sj-table sj-published">
          <caption class="kern-sr-only">
            Festgehaltene Stände, die neuesten zuerst
          </caption>
          <thead role="rowgroup">
            <tr role="row">
              <th role="columnheader" scope="col">Titel</th>
              <th role="columnheader" scope="col">Kennzahl</th>
              <th role="columnheader" scope="col">Hilfeart</th>
              <th role="columnheader" scope="col">Gebiet, Monat</th>
              <th role="columnheader" scope="col">Stand</th>
            </tr>
          </thead>
          <tbody role="rowgroup">
            ${views.map(({ id, title, view, data_as_of }) => {
              const { figure, service_kind, specialisation, month } = view
              const choice = { figure, month, area: view.area, as_of: id }
              const filters = { ...(service_kind && { service_kind }), ...(specialisation && { specialisation }) }
              return html`
                <tr role="row">
                  <th role="rowheader" scope="row">
                    <a class="sj-link" href=${`${comparisonPath}${writeChoice({ ...choice, ...filters })}`}>${title}</a>
                  </th>
                  <td role="cell">${label(figure)}</td>
                  <td role="cell">${kind(service_kind)}</td>
                  <td role="cell">${area(view.area)}, ${monthText(month)}</td>
                  <td role="cell"><time datetime=${data_as_of}>${instantText(data_as_of)}</time></td>
                </tr>
              `
            })}
          </tbody>
        </table>
      </div>
    `
  }
}

customElements.define('sj-published-page', PublishedPage)
