// What has changed in a view since the past moment it shows: asked for beside its values, and told the same way on every page.
import { Task, TaskStatus } from '@lit/task'
import { html, nothing, type ReactiveControllerHost } from 'lit'
import { type Catalogue, getSince, RequestProblem, type Session, type Since } from '../client.ts'
import { instantText, noBreakSpace, numberText } from '../format.ts'
import { type LaterLine, lineEffect, readsOtherwise, readText } from '../later-line.ts'
import './later-changes.css'

/** So many lines at first, and so many more at a time. */
const [first, more] = [12, 100]

export class LaterChanges {
  readonly #host: ReactiveControllerHost
  readonly #task: Task<readonly [string | undefined, Session], { url: string; since: Since } | undefined>
  readonly #url: () => string | undefined
  #shown: { of: Since; lines: number } | undefined

  /** `url`: of the view as of a past moment, once its values are there; undefined: nothing to compare. */
  constructor(host: ReactiveControllerHost & { session: Session }, url: () => string | undefined) {
    this.#host = host
    this.#url = url
    this.#task = new Task(host, {
      args: () => [url(), host.session] as const,
      task: async ([asked], { signal }) => (asked === undefined ? undefined : { url: asked, since: await getSince(asked, signal) }),
    })
  }

  /** The section; `lines`: the changes by the names of the page's rows and columns, `heads`: what these are called. */
  section(catalogue: Catalogue | undefined, heads: [string, string], lines: (since: Since) => LaterLine[]) {
    const url = this.#url()
    if (url === undefined || !catalogue) return nothing
    const loaded = this.#task.status === TaskStatus.COMPLETE && this.#task.value?.url === url ? this.#task.value.since : undefined
    const failed = this.#task.status === TaskStatus.ERROR ? this.#task.error : undefined
    return html`
      <section class="sj-main sj-later" aria-labelledby="seitdem">
        <h2 class="sj-h2" id="seitdem">Was sich seitdem geändert hat</h2>
        ${
          failed !== undefined
            ? this.#refused(failed)
            : loaded
              ? this.#told(loaded, catalogue, heads, lines(loaded).filter(readsOtherwise))
              : html`<p class="sj-meta" role="status">Wird mit heute verglichen</p>`
        }
      </section>
    `
  }

  #refused(error: unknown) {
    if (error instanceof RequestProblem && error.status >= 400 && error.status < 500) {
      const why = error.details.map(({ message }) => message).join(' ')
      return html`<p class="sj-meta" role="status">Mit heute lässt sich diese Ansicht nicht vergleichen. ${why}</p>`
    }
    return html`<p class="sj-meta" role="status">
      Der Vergleich mit heute ist gerade nicht abrufbar.
      <button type="button" class="sj-link" @click=${() => void this.#task.run()}>Erneut versuchen</button>
    </p>`
  }

  #told(since: Since, catalogue: Catalogue, heads: [string, string], lines: LaterLine[]) {
    const left = since.not_comparable
    return html`
      ${
        lines.length === 0
          ? html`<p>Nichts: Die Werte dieser Ansicht lauten heute genauso${' '}<span class="sj-meta">(geheime ausgenommen)</span>.</p>`
          : html`
              <p>
                ${numberText(lines.length)} ${lines.length === 1 ? 'Wert lautet' : 'Werte lauten'} heute (${instantText(since.data_as_of)})
                anders${' '}<span class="sj-meta">(was damals oder heute geheim ist, bleibt ungenannt)</span>. Solche Änderungen entstehen
                so:
              </p>
              <ul class="sj-later__causes">
                ${since.moved_by.map(
                  ({ figure, text }) => html`<li>${catalogue.figures.find(({ name }) => name === figure)?.label ?? figure} ${text}</li>`,
                )}
              </ul>
              ${
                lines.some(({ href }) => href)
                  ? html`<p class="sj-meta sj-no-print">
                      Unterstrichene Wirkungen führen zu den einzelnen Buchungen, Zahlungen oder Reservierungen.
                    </p>`
                  : nothing
              }
              ${this.#table(since, heads, lines)}
            `
      }
      ${
        left > 0
          ? html`<p class="sj-meta">
              ${numberText(left)} ${left === 1 ? 'Wert ist' : 'Werte sind'} nicht verglichen: Dort zählen heute andere Monate oder andere
              offene Werte als damals.
            </p>`
          : nothing
      }
    `
  }

  #table(since: Since, [rowHead, columnHead]: [string, string], lines: LaterLine[]) {
    const shown = this.#shown?.of === since ? this.#shown.lines : first
    const rest = lines.length - shown
    const next = Math.min(rest, more)
    const showMore = () => {
      this.#shown = { of: since, lines: shown + next }
      this.#host.requestUpdate()
    }
    return html`
      <div class="sj-scroll" role="region" aria-label="Geänderte Werte" tabindex="0">
        <table role="table" class="sj-table">
          <caption class="kern-sr-only">
            Geänderte Werte, die größten Wirkungen zuerst
          </caption>
          <thead role="rowgroup">
            <tr role="row">
              <th role="columnheader" scope="col">${rowHead}</th>
              <th role="columnheader" scope="col">${columnHead}</th>
              <th role="columnheader" scope="col" class="sj-num">Damals</th>
              <th role="columnheader" scope="col" class="sj-num">Heute</th>
              <th role="columnheader" scope="col" class="sj-num">Wirkung</th>
            </tr>
          </thead>
          <tbody role="rowgroup">
            ${lines.slice(0, shown).map(
              (line) => html`
                <tr role="row">
                  <th role="rowheader" scope="row">${line.row}</th>
                  <td role="cell">${line.column}</td>
                  <td role="cell" class="sj-num">${readText(line.was, line)}</td>
                  <td role="cell" class="sj-num">${readText(line.is, line)}</td>
                  <td role="cell" class="sj-num">
                    ${
                      line.href
                        ? html`<a class="sj-link" href=${line.href}
                            >${lineEffect(line)}<span class="kern-sr-only"> ${line.row}, ${line.column}: einzeln</span></a
                          >`
                        : lineEffect(line)
                    }
                  </td>
                </tr>
              `,
            )}
          </tbody>
        </table>
      </div>
      ${
        rest > 0
          ? html`<p class="sj-meta">
              und ${numberText(rest)} weitere mit kleinerer${noBreakSpace}Wirkung
              <button type="button" class="sj-link sj-no-print" @click=${showMore}>
                ${next === rest ? 'alle zeigen' : `${numberText(next)} davon zeigen`}
              </button>
            </p>`
          : nothing
      }
    `
  }
}
