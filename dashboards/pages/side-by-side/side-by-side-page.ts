import { html, LitElement, nothing } from 'lit'
import { type Catalogue, getSideBySide, type Session, type SideBySide, sideBySideUrl } from '../../client.ts'
import { shortNames } from '../../comparison.ts'
import { checkGroups } from '../../elements/check-groups.ts'
import { type Chosen, type Filter, grouped, pendingFilter } from '../../elements/filter-bar.ts'
import { LaterChanges } from '../../elements/later-changes.ts'
import { freshnessLine, printLine, unknownNotice } from '../../elements/view-lines.ts'
import { noBreakSpace, signLegend, signText } from '../../format.ts'
import { LiveView } from '../../live-view.ts'
import { Navigate } from '../../navigation.ts'
import { cataloguePath, comparisonPath, sideBySidePath } from '../../route.ts'
import { comparableGroups, groupName, writeChoice } from '../../selection.ts'
import { ViewFrame } from '../../view-frame.ts'
import { countText } from '../evaluation/evaluation.ts'
import { areaFilter, groupOptions, kindFilter, specialisationFilter } from '../comparison/comparison-filters.ts'
import {
  againstFor,
  changedCells,
  columnNote,
  changeHead,
  findingText,
  headingOf,
  laterLines,
  mostFigures,
  nextSort,
  periodsOf,
  periodText,
  rankText,
  readSideBySideChoice,
  referenceHead,
  resolveSideBySide,
  type SideBySideChoice,
  type SideBySideSelection,
  sortedRows,
  spreadLines,
  spreadText,
  type TextCell,
  textsOf,
  writeSideBySideChoice,
} from './side-by-side.ts'
import './side-by-side-page.css'

const queryOf = ({ figures, service_kind, specialisation, period, against, group, area }: SideBySideSelection, as_of?: string) => ({
  figures: figures.map(({ name }) => name).join(','),
  service_kind: service_kind?.code ?? null,
  specialisation: specialisation?.code ?? null,
  period,
  against,
  group: group?.code ?? null,
  area: area.code,
  ...(as_of && { as_of }),
})

/** Basics / Schnellauswertung / Kennzahlen nebeneinander. */
export class SideBySidePage extends LitElement {
  static override properties = { session: { attribute: false }, search: { attribute: false } }
  declare session: Session
  declare search: string

  readonly #frame = new ViewFrame(this)

  readonly #view = new LiveView<SideBySide>(this, {
    key: () => {
      const resolved = this.#resolved()
      return resolved && sideBySideUrl(queryOf(resolved.selection, this.#choice.as_of))
    },
    reader: () => this.session,
    load: (signal) => getSideBySide(queryOf(this.#resolved()!.selection, this.#choice.as_of), signal),
    concerns: (figures, { columns, as_of }) => as_of === null && columns.some(({ figure }) => figures.includes(figure)),
    changes: (before, after) => {
      const changes = changedCells(before, after)
      const told = changes.slice(0, 3).map((change) => change.told)
      return { keys: changes.map(({ key }) => key), told: told.join(', ') }
    },
  })

  readonly #later = new LaterChanges(this, () => {
    const [answer, resolved] = [this.#view.isLate ? undefined : this.#view.answer, this.#resolved()]
    return answer?.as_of && resolved ? sideBySideUrl(queryOf(resolved.selection, answer.as_of)) : undefined
  })

  constructor() {
    super()
    this.search = ''
  }

  protected override createRenderRoot() {
    return this
  }

  get #choice() {
    return readSideBySideChoice(this.search)
  }

  #resolved() {
    const catalogue = this.#frame.catalogueThen
    return catalogue && resolveSideBySide(this.#choice, catalogue, this.session.federal_state, this.session.youth_authority?.id)
  }

  #choose(change: Partial<SideBySideChoice>, { replace = false } = {}) {
    this.dispatchEvent(new Navigate(`${sideBySidePath}${writeSideBySideChoice({ ...this.#choice, ...change })}`, { replace }))
  }

  override render() {
    const resolved = this.#resolved()
    return html`
      <h1 class="sj-h1">Kennzahlen nebeneinander</h1>
      ${printLine(this.session)}
      <sj-filter-bar
        .label=${'Auswahl des Zeitraums und Vergleichs'}
        .filters=${[...filtersOf(this.#frame.catalogueThen, resolved?.selection), ...this.#frame.momentFilter]}
        .reset=${Object.keys(this.#choice).length > 0 ? sideBySidePath : undefined}
        @sj-chosen=${({ filter, value }: Chosen) => this.#choose({ [filter]: value || undefined })}
      ></sj-filter-bar>
      ${
        resolved
          ? this.#figures(this.#frame.catalogue!, resolved.selection)
          : html`<p class="sj-checks" aria-hidden="true">${noBreakSpace}</p>`
      }
      ${unknownNotice(resolved?.unknown ?? [])} ${this.#frame.notices(this.#view, () => this.#choose({ as_of: undefined }))}
      ${this.#body(resolved?.selection)}
    `
  }

  #figures({ figures }: Catalogue, { figures: chosen }: SideBySideSelection) {
    return checkGroups({
      name: 'figure',
      summary: `Kennzahlen wählen (${chosen.length} von höchstens ${mostFigures})`,
      groups: grouped(
        figures,
        ({ group }) => group,
        ({ name, label }) => ({ value: name, label }),
      ),
      chosen: chosen.map(({ name }) => name),
      most: mostFigures,
      least: 1,
      choose: (names) => this.#choose({ figures: names.join(',') }, { replace: true }),
    })
  }

  #body(selection: SideBySideSelection | undefined) {
    if (this.#frame.isBroken(this.#view)) return nothing
    const answer = this.#view.answer
    const { catalogue } = this.#frame
    return html`
      <section class="sj-answer" aria-labelledby="satz">
        <h2 id="satz">${selection ? headingOf(selection) : html`<i class="sj-skeleton sj-skeleton--title"></i>`}</h2>
        <p>${answer && catalogue ? findingText(answer, catalogue) : nothing}</p>
        ${selection?.group ? groupLine(selection.group, selection.against) : nothing}
      </section>
      <div class="sj-tablehead">
        ${freshnessLine(this.#view, answer === undefined)} ${answer && selection ? this.#publish(selection) : nothing}
        ${
          answer && selection
            ? this.#frame.ways(sideBySideUrl(queryOf(selection, this.#choice.as_of)), `Kennzahlen nebeneinander, ${selection.area.name}`)
            : nothing
        }
      </div>
      ${answer && catalogue ? this.#table(answer, catalogue) : html`<p class="sj-skeleton sj-side__pending" aria-busy="true"></p>`}
      <ul class="sj-signs sj-meta" aria-label="Zeichenerklärung">
        ${signLegend.map(({ sign, text }) => html`<li><b>${sign}</b>${text}</li>`)}
        <li>
          Rang unter den gezeigten Werten, der größte vorn; „2–5“ heißt, dass der Unterschied zu den Nachbarn Zufall sein kann
          (95-%-Intervalle überschneiden sich). Bekannt ist das von Anteilen an Fällen, Anzahlen, Falldichten und vom Median der gezahlten
          Entgelte, bei dem unter sechs Fällen jeder Rang möglich ist; bei allem anderen ist es der Rang des Wertes.
        </li>
        ${
          answer?.columns.some(({ unit }) => unit === 'ratio')
            ? html`<li>
                Relativ: Wert ÷ Vergleichswert − 1. Zum Beispiel sind von 20${noBreakSpace}% auf 16${noBreakSpace}% relativ
                −20${noBreakSpace}%, das sind −4${noBreakSpace}Prozentpunkte.
              </li>`
            : nothing
        }
        <li><a class="sj-link sj-no-print" href=${cataloguePath}>Definitionen</a></li>
      </ul>
      ${this.#later.section(catalogue, ['Örtlicher Träger', 'Wert'], (since) => laterLines(since, answer!, catalogue!, this.session))}
    `
  }

  #publish(selection: SideBySideSelection) {
    const { period } = selection
    const view = { kind: 'side_by_side', ...queryOf(selection) } as const
    return this.#frame.publish(view, `${headingOf(selection)}, ${selection.area.name}`, (as_of) => this.#choose({ as_of, period }))
  }

  #table(answer: SideBySide, catalogue: Catalogue) {
    const { columns } = answer
    const figures = columns.map(({ figure }) => catalogue.figures.find(({ name }) => name === figure)!)
    const labels = figures.map(({ label }) => label)
    const rows = sortedRows(answer.rows, columns, this.#choice.sort)
    const names = shortNames(rows.map(({ name }) => name))
    const total = (label: string, pick: 'total' | 'weighted_average') => html`
      <tr role="row">
        <th role="rowheader" scope="row">${label}</th>
        ${columns.map(
          (column) =>
            html`${heldCells(textsOf(column[pick], column))}
              <td role="cell"></td>`,
        )}
      </tr>
    `
    return html`
      <div class="sj-scroll" role="region" aria-label="Kennzahlen nach örtlichen Trägern" tabindex="0">
        <table role="table" class="sj-table sj-side">
          <caption class="kern-sr-only">
            ${labels.join(', ')} nach örtlichen Trägern: Wert, Vergleichswert, Veränderung und Rang
          </caption>
          <thead role="rowgroup">
            <tr role="row">
              <th role="columnheader" scope="col" rowspan="2">Örtlicher Träger</th>
              ${columns.map(
                (column, at) => html`
                  <th role="columnheader" scope="colgroup" colspan="4" class="sj-side__figure">
                    <a class="sj-link" href=${this.#detail(answer, column.figure)}>${labels[at]}</a>
                    <small>${columnNote(column, answer, catalogue)}</small>
                  </th>
                `,
              )}
            </tr>
            <tr role="row">
              ${columns.map((column, at) => this.#heads(column, labels[at]!, answer))}
            </tr>
          </thead>
          <tbody role="rowgroup">
            ${rows.map(
              (row, i) => html`
                <tr role="row" class=${row.id === this.session.youth_authority?.id ? 'sj-side__own' : ''}>
                  <th role="rowheader" scope="row"><b>${row.region}</b> <span>${names[i]}</span></th>
                  ${row.cells.map((cell, at) => {
                    const mark = this.#view.changed.get(`${row.id}-${columns[at]!.figure}`)
                    return html`${heldCells(textsOf(cell, columns[at]!), mark)}
                      <td role="cell" class="sj-num sj-side__rank">${rankText(cell)}</td>`
                  })}
                </tr>
              `,
            )}
          </tbody>
          <tfoot role="rowgroup">
            ${total('Summe', 'total')} ${total('EW-gewichteter Durchschnitt', 'weighted_average')}
            ${spreadLines.map(
              ({ key, label }) => html`
                <tr role="row" class="sj-side__spread">
                  <th role="rowheader" scope="row">${label}</th>
                  ${columns.map(
                    (column) =>
                      html`<td role="cell" class="sj-num sj-side__value">${shown(spreadText(column, key))}</td>
                        <td role="cell" colspan="3"></td>`,
                  )}
                </tr>
              `,
            )}
          </tfoot>
        </table>
      </div>
    `
  }

  #heads(column: SideBySide['columns'][number], label: string, { against }: SideBySide) {
    const { sort } = this.#choice
    const sorted = sort === column.figure ? 'ascending' : sort === `-${column.figure}` ? 'descending' : 'none'
    return html`
      <th role="columnheader" scope="col" class="sj-num sj-side__value" aria-sort=${sorted}>
        <button type="button" class="sj-sort" @click=${() => this.#choose({ sort: nextSort(sort, column.figure) }, { replace: true })}>
          Wert<span class="kern-sr-only"> ${label}, sortieren</span
          ><span aria-hidden="true">${sorted === 'ascending' ? ' ↑' : sorted === 'descending' ? ' ↓' : ''}</span>
        </button>
      </th>
      <th role="columnheader" scope="col" class="sj-num">${referenceHead(column, against)}</th>
      <th role="columnheader" scope="col" class="sj-num">${changeHead(column, against)}</th>
      <th role="columnheader" scope="col" class="sj-num sj-side__rank">Rang</th>
    `
  }

  /** The figure alone, at the last month counted. */
  #detail(answer: SideBySide, figure: string) {
    const month = answer.columns.find((column) => column.figure === figure)?.counted?.to
    const { service_kind, specialisation, area, as_of } = this.#choice
    return `${comparisonPath}${writeChoice({
      figure,
      ...(service_kind ? { service_kind } : {}),
      ...(specialisation ? { specialisation } : {}),
      ...(area ? { area } : {}),
      ...(month ? { month } : {}),
      ...(as_of ? { as_of } : {}),
    })}`
  }
}

/** Whom the values are held against, and by what these are alike. */
const groupLine = (group: Catalogue['groups'][number], against: SideBySideSelection['against']) => html`
  <p class="sj-meta">
    Verglichen mit dem ${against === 'group_median' ? 'Median' : 'EW-gewichteten Durchschnitt'} der Vergleichsgruppe „${groupName(group)}“
    (${countText('region', group.members.length)}), gebildet ${group.explanation}.
  </p>
`

const shown = ({ text, sign }: TextCell) =>
  text ?? html`<b aria-hidden="true">${sign}</b><span class="kern-sr-only">${signText(sign)}</span>`

const markOf = (mark: number | undefined) => (mark === undefined ? '' : mark % 2 === 0 ? 'sj-changed' : 'sj-changed--again')

const heldCells = ({ value, reference, change }: ReturnType<typeof textsOf>, mark?: number) => html`
  <td role="cell" class="sj-num sj-side__value"><span class=${markOf(mark)}>${shown(value)}</span></td>
  <td role="cell" class="sj-num sj-side__reference">${shown(reference)}</td>
  <td role="cell" class="sj-num">${shown(change)}</td>
`

const pending = ['Hilfeart', 'Spezialisierung', 'Zeitraum', 'Verglichen mit', 'Gebiet'].map((label) =>
  pendingFilter(label.toLowerCase(), label),
)

const filtersOf = (catalogue: Catalogue | undefined, selection: SideBySideSelection | undefined): Filter[] => {
  if (!catalogue || !selection) return pending
  const periods = periodsOf(catalogue.months)
  const options = (values: string[]) => values.map((value) => ({ value, label: periodText(value) }))
  return [
    kindFilter(catalogue, selection),
    specialisationFilter(catalogue, selection),
    {
      name: 'period',
      label: 'Zeitraum',
      value: selection.period,
      options: [
        { label: 'Jahre', options: options(periods.years) },
        { label: 'Quartale', options: options(periods.quarters) },
        { label: 'Monate', options: options(periods.months) },
      ],
    },
    { name: 'against', label: 'Verglichen mit', value: selection.against, options: againstFor(catalogue) },
    ...(selection.group
      ? [
          {
            name: 'group',
            label: 'Vergleichsgruppe',
            value: selection.group.code,
            options: groupOptions({ groups: comparableGroups(catalogue) }),
          },
        ]
      : []),
    areaFilter(catalogue, selection),
  ]
}

customElements.define('sj-side-by-side-page', SideBySidePage)
