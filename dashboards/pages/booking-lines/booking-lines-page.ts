import { Task, TaskStatus } from '@lit/task'
import { html, LitElement, nothing } from 'lit'
import { readLaterChoice, writeLaterChoice } from '../../behind.ts'
import { type Catalogue, getCatalogue, getFile, type LineQuery, type Session } from '../../client.ts'
import { cellKey } from '../../comparison.ts'
import '../../elements/download-menu.ts'
import { twinTable } from '../../elements/table-twin.ts'
import { printLine, unknownNotice, viewProblem } from '../../elements/view-lines.ts'
import { instantText, minuteText, numberText } from '../../format.ts'
import { Navigate } from '../../navigation.ts'
import { bookingLinesPath, comparisonPath, laterLinesPath, linesRoles } from '../../route.ts'
import './booking-lines-page.css'
import { type Choice, readChoice, resolveChoice, type Selection, writeChoice } from '../../selection.ts'
import { headingText, kindText } from '../../sentence.ts'
import { type Line, type LineColumn, lineTables, type LineTable, type Loaded as Facts } from './line-tables.ts'

type Lines = Facts<Line>
type Loaded = {
  selection: Selection
  unknown: string[]
  catalogue: Catalogue
  /** Undefined where nothing stands behind the figure that could be listed to this reader. */
  listed:
    { table: LineTable<Line>; query: LineQuery; lines: Lines; sums: Awaited<ReturnType<NonNullable<LineTable<Line>['sums']>>> } | undefined
}

const queryOf = ({ figure, service_kind, specialisation, month }: Selection, { as_of, sort }: Choice): LineQuery => ({
  counted: figure.facts_behind!.counted,
  month,
  service_kind: service_kind?.code ?? null,
  specialisation: specialisation?.code ?? null,
  as_of,
  sort,
})

const xlsx = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'

/** The single facts of the own authority that count in a value of the comparison: bookings, payments or reservations. */
export class BookingLinesPage extends LitElement {
  static override properties = { session: { attribute: false }, search: { attribute: false }, more: { state: true } }
  declare session: Session
  declare search: string
  /** What was asked for beyond the first page. */
  declare more: { of: Loaded; items: Line[]; next_cursor: string | null; failed: boolean } | undefined

  readonly #lines = new Task(this, {
    args: () => [this.search, this.session.user_name] as const,
    task: async ([search], { signal }): Promise<Loaded> => {
      const catalogue = await getCatalogue(signal)
      const choice = readChoice(search)
      const resolved = resolveChoice(choice, catalogue, this.session.federal_state)
      const { facts_behind } = resolved.selection.figure
      if (!facts_behind || !this.session.roles.some((role) => linesRoles[facts_behind.facts].includes(role)))
        return { ...resolved, catalogue, listed: undefined }
      const table = lineTables[facts_behind.facts]
      const query = queryOf(resolved.selection, choice)
      const [lines, sums] = await Promise.all([table.load(query, signal), table.sums?.(query, resolved.selection.figure, signal) ?? []])
      return { ...resolved, catalogue, listed: { table, query, lines, sums } }
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
  #shown(loaded: Loaded, { items, next_cursor }: Lines) {
    const more = this.more?.of === loaded ? this.more : { items: [], next_cursor, failed: false }
    return { ...more, items: [...items, ...more.items] }
  }

  async #fetchMore(loaded: Loaded, cursor: string) {
    const { table, query } = loaded.listed!
    const before = this.more?.of === loaded ? this.more.items : []
    try {
      const { items, next_cursor } = await table.load({ ...query, cursor })
      this.more = { of: loaded, items: [...before, ...items], next_cursor, failed: false }
    } catch {
      this.more = { of: loaded, items: before, next_cursor: cursor, failed: true }
    }
  }

  override render() {
    const loaded = this.#lines.value
    return html`
      <h1 class="sj-h1">${loaded?.listed?.table.title ?? 'Buchungen hinter der Zahl'}</h1>
      ${printLine(this.session)}
      ${
        this.#lines.status === TaskStatus.ERROR
          ? viewProblem(this.#lines.error, { dataAsOf: undefined, retry: () => void this.#lines.run() })
          : loaded
            ? this.#body(loaded)
            : html`<p aria-busy="true"><i class="sj-skeleton sj-skeleton--text"></i></p>
                ${
                  readChoice(this.search).as_of === undefined
                    ? nothing
                    : html`<p class="sj-meta" role="status">
                        Ein Stand wird beim ersten Mal aus der Historie berechnet, das dauert etwas.
                      </p>`
                }`
      }
    `
  }

  #body(loaded: Loaded) {
    const { selection, unknown, listed } = loaded
    const authority = this.session.youth_authority!
    const { sort: _, ...choice } = readChoice(this.search)
    const href = `${comparisonPath}${writeChoice({ ...choice, cell: cellKey(authority.id, 'current') })}`
    return html`
      ${unknownNotice(unknown)}
      <section class="sj-answer" aria-labelledby="satz">
        <h2 id="satz">${headingText(selection)}, ${authority.name}</h2>
        <p>
          ${listed ? listed.table.counted(listed.lines) : 'Hinter dieser Kennzahl steht nichts, was sich Ihnen einzeln zeigen lässt.'}
          <a class="sj-link sj-no-print" href=${href}>Zur Zahl</a>
          ${
            listed?.query.as_of === undefined
              ? nothing
              : html`<a class="sj-link sj-no-print" href=${`${laterLinesPath}${writeLaterChoice(readLaterChoice(this.search))}`}
                  >Was sich seitdem daran geändert hat</a
                >`
          }
        </p>
      </section>
      ${
        listed
          ? html`<p class="sj-meta sj-lines__stand">
              ${
                listed.query.as_of === undefined
                  ? html`Stand ${instantText(listed.lines.data_as_of)}`
                  : html`Wie die Daten am ${minuteText(listed.lines.data_as_of)} standen. Anbieter und Personen heißen, wie sie heute
                    heißen.`
              }
              ${listed.lines.count > 0 ? this.#downloads(listed) : nothing}
            </p>`
          : nothing
      }
      ${
        listed && listed.lines.count > 0
          ? html`${listed.sums.map(
              ({ title, said, twin }) => html`
                ${said ? html`<p>${said}</p>` : nothing}
                <details class="sj-lines__sums">
                  <summary>${title}</summary>
                  ${twinTable(twin, title)}
                </details>
              `,
            )}
            ${this.#table(loaded, listed)}`
          : nothing
      }
    `
  }

  #downloads({ table, query }: NonNullable<Loaded['listed']>) {
    const url = table.fileUrl(query)
    const downloads = [
      { label: 'Excel', note: 'alle Zeilen, und je Anbieter', file: () => getFile(url, xlsx) },
      { label: 'CSV', note: 'alle Zeilen, mit Semikolon getrennt', file: () => getFile(url, 'text/csv') },
    ]
    return html`<sj-download-menu .groups=${[{ title: `${table.many} als Datei`, downloads }]}></sj-download-menu>`
  }

  #head({ head, sort, number }: LineColumn<Line>, { table, query }: NonNullable<Loaded['listed']>) {
    if (sort === undefined) return html`<th role="columnheader" scope="col" class=${number ? 'sj-num' : nothing}>${head}</th>`
    const sorted = query.sort ?? table.usual
    const isSorted = sorted.replace('-', '') === sort
    const descending = sorted.startsWith('-')
    // numbers and days begin with the largest, names with A
    const next = isSorted ? (descending ? sort : `-${sort}`) : sort === 'provider' ? sort : `-${sort}`
    const choose = () =>
      this.dispatchEvent(new Navigate(`${bookingLinesPath}${writeChoice({ ...readChoice(this.search), sort: next })}`, { replace: true }))
    return html`<th
      role="columnheader"
      scope="col"
      class=${number ? 'sj-num' : nothing}
      aria-sort=${isSorted ? (descending ? 'descending' : 'ascending') : 'none'}
    >
      <button type="button" class="sj-sort" @click=${choose}>
        ${head}<span aria-hidden="true">${isSorted ? (descending ? ' ↓' : ' ↑') : ''}</span>
      </button>
    </th>`
  }

  #table(loaded: Loaded, listed: NonNullable<Loaded['listed']>) {
    const { selection, catalogue } = loaded
    const { table, query, lines } = listed
    const { items, next_cursor, failed } = this.#shown(loaded, lines)
    const named = items.some(({ case_number }) => case_number !== null)
    const kinds = new Map(catalogue.service_kinds.map((kind) => [kind.code, kindText(kind)]))
    const [first, ...others] = table.columns({ kinds, serviceKind: selection.service_kind !== null, named, counted: query.counted })
    return html`
      <div class="sj-scroll sj-lines" role="region" aria-label=${table.many} tabindex="0">
        <table role="table" class="sj-table">
          <caption class="kern-sr-only">
            ${table.title}
          </caption>
          <thead role="rowgroup">
            <tr role="row">
              ${[first!, ...others].map((column) => this.#head(column, listed))}
            </tr>
          </thead>
          <tbody role="rowgroup">
            ${items.map(
              (line) => html`
                <tr role="row">
                  <th role="rowheader" scope="row" class="sj-nowrap">${first!.cell(line)}</th>
                  ${others.map(
                    ({ head, number, nowrap, cell }) =>
                      html`<td role="cell" class=${number ? 'sj-num' : nowrap ? 'sj-nowrap' : nothing} data-head=${head}>
                        ${cell(line)}
                      </td>`,
                  )}
                </tr>
              `,
            )}
          </tbody>
        </table>
      </div>
      <p class="sj-meta" role="status">
        ${items.length < lines.count ? `${numberText(items.length)} von ${numberText(lines.count)} gezeigt.` : nothing}
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
