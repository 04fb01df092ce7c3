import { Task, TaskStatus } from '@lit/task'
import { html, LitElement, nothing } from 'lit'
import { type BookingLine, type Catalogue, getBookingLines, getCatalogue, type Session } from '../../client.ts'
import { cellKey } from '../../comparison.ts'
import { printLine, unknownNotice, viewProblem } from '../../elements/view-lines.ts'
import { dateText, moneyText, numberText } from '../../format.ts'
import { comparisonPath } from '../../route.ts'
import { endReasonLabels } from '../case-manager/reservation-words.ts'
import './booking-lines-page.css'
import { readChoice, resolveChoice, type Selection, writeChoice } from '../../selection.ts'
import { headingText, kindText } from '../../sentence.ts'

type Loaded = {
  selection: Selection
  unknown: string[]
  catalogue: Catalogue
  lines: { count: number; items: BookingLine[]; next_cursor: string | null } | undefined
}

const units: Record<BookingLine['unit'], string> = { day: 'je Tag', hour: 'je Stunde', flat: 'pauschal' }

const tellsEnds = new Set<string | null>(['cases_ended', 'ended_without_handover', 'dropouts'])

const queryOf = ({ figure, service_kind, specialisation, month }: Selection) => ({
  counted: figure.bookings_behind!,
  month,
  service_kind: service_kind?.code ?? null,
  specialisation: specialisation?.code ?? null,
})

/** The bookings of the own authority that count in a value of the comparison. */
export class BookingLinesPage extends LitElement {
  static override properties = { session: { attribute: false }, search: { attribute: false }, more: { state: true } }
  declare session: Session
  declare search: string
  /** What was asked for beyond the first page. */
  declare more: { of: Loaded; items: BookingLine[]; next_cursor: string | null; failed: boolean } | undefined

  readonly #lines = new Task(this, {
    args: () => [this.search, this.session.user_name] as const,
    task: async ([search], { signal }): Promise<Loaded> => {
      const catalogue = await getCatalogue(signal)
      const resolved = resolveChoice(readChoice(search), catalogue, this.session.federal_state)
      const counts = resolved.selection.figure.bookings_behind !== null
      return { ...resolved, catalogue, lines: counts ? await getBookingLines(queryOf(resolved.selection), signal) : undefined }
    },
  })

  constructor() {
    super()
    this.search = ''
  }

  protected override createRenderRoot() {
    return this
  }

  /** What the first page left, and what was fetched since. */
  #shown(loaded: Loaded) {
    const { items, next_cursor } = loaded.lines!
    const more = this.more?.of === loaded ? this.more : { items: [], next_cursor, failed: false }
    return { ...more, items: [...items, ...more.items] }
  }

  async #fetchMore(loaded: Loaded, cursor: string) {
    const before = this.more?.of === loaded ? this.more.items : []
    try {
      const { items, next_cursor } = await getBookingLines({ ...queryOf(loaded.selection), cursor })
      this.more = { of: loaded, items: [...before, ...items], next_cursor, failed: false }
    } catch {
      this.more = { of: loaded, items: before, next_cursor: cursor, failed: true }
    }
  }

  override render() {
    const loaded = this.#lines.value
    return html`
      <h1 class="sj-h1">Buchungen hinter der Zahl</h1>
      ${printLine(this.session)}
      ${
        this.#lines.status === TaskStatus.ERROR
          ? viewProblem(this.#lines.error, { dataAsOf: undefined, retry: () => void this.#lines.run() })
          : loaded
            ? this.#body(loaded)
            : html`<p aria-busy="true"><i class="sj-skeleton sj-skeleton--text"></i></p>`
      }
    `
  }

  #body(loaded: Loaded) {
    const { selection, unknown, lines } = loaded
    const authority = this.session.youth_authority!
    const choice = readChoice(this.search)
    const href = `${comparisonPath}${writeChoice({ ...choice, cell: cellKey(authority.id, 'current') })}`
    return html`
      ${unknownNotice(unknown)}
      <section class="sj-answer" aria-labelledby="satz">
        <h2 id="satz">${headingText(selection)}, ${authority.name}</h2>
        <p>
          ${
            lines === undefined
              ? 'Hinter dieser Kennzahl stehen keine Buchungen, die sich einzeln zeigen lassen.'
              : `${numberText(lines.count)} ${lines.count === 1 ? 'Buchung zählt' : 'Buchungen zählen'} in diesem Wert.`
          }
          <a class="sj-link sj-no-print" href=${href}>Zur Zahl</a>
        </p>
      </section>
      ${lines && lines.count > 0 ? this.#table(loaded) : nothing}
    `
  }

  #table(loaded: Loaded) {
    const { selection, catalogue, lines } = loaded
    const { items, next_cursor, failed } = this.#shown(loaded)
    const kinds = new Map(catalogue.service_kinds.map((kind) => [kind.code, kindText(kind)]))
    const named = items.some(({ case_number }) => case_number !== null)
    const ends = tellsEnds.has(selection.figure.bookings_behind)
    const heads = [
      'Beginn',
      'Ende',
      ...(ends ? ['Grund des Endes'] : []),
      ...(selection.service_kind ? [] : ['Hilfeart']),
      'Anbieter',
      ...(named ? ['Fall', 'Name'] : []),
    ]
    return html`
      <div class="sj-scroll sj-lines" role="region" aria-label="Buchungen" tabindex="0">
        <table role="table" class="sj-table">
          <caption class="kern-sr-only">
            Buchungen hinter der Zahl, die zuletzt begonnenen zuerst
          </caption>
          <thead role="rowgroup">
            <tr role="row">
              ${heads.map((head) => html`<th role="columnheader" scope="col">${head}</th>`)}
              <th role="columnheader" scope="col" class="sj-num">Entgelt</th>
            </tr>
          </thead>
          <tbody role="rowgroup">
            ${items.map(
              (line) => html`
                <tr role="row">
                  <th role="rowheader" scope="row" class="sj-nowrap">${dateText(line.first_day)}</th>
                  <td role="cell">
                    <span class="sj-nowrap">${dateText(line.last_day)}</span>${line.end_reason === null ? ' geplant' : nothing}
                  </td>
                  ${ends ? html`<td role="cell">${endReasonLabels[line.end_reason ?? -1]}</td>` : nothing}
                  ${selection.service_kind ? nothing : html`<td role="cell">${kinds.get(line.service_kind) ?? line.service_kind}</td>`}
                  <td role="cell">${line.provider_name ?? 'außerhalb des Systems'}</td>
                  ${
                    named
                      ? html`<td role="cell">${line.case_number ?? '–'}</td>
                          <td role="cell">${line.client_name ?? '–'}</td>`
                      : nothing
                  }
                  <td role="cell" class="sj-num">${moneyText(line.rate_cents)} ${units[line.unit]}</td>
                </tr>
              `,
            )}
          </tbody>
        </table>
      </div>
      <p class="sj-meta" role="status">
        ${items.length < lines!.count ? `${numberText(items.length)} von ${numberText(lines!.count)} gezeigt.` : nothing}
        ${named ? nothing : 'Fälle und Namen sieht nur, wer Fälle führt oder abrechnet.'}
        ${failed ? 'Die weiteren sind gerade nicht abrufbar.' : nothing}
        ${
          next_cursor
            ? html`<button type="button" class="sj-link sj-no-print" @click=${() => this.#fetchMore(loaded, next_cursor)}>
                Weitere zeigen
              </button>`
            : nothing
        }
      </p>
    `
  }
}

customElements.define('sj-booking-lines-page', BookingLinesPage)
