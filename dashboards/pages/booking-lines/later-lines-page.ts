import { Task, TaskStatus } from '@lit/task'
import { html, LitElement, nothing } from 'lit'
import { readLaterChoice } from '../../behind.ts'
import { type Catalogue, getCatalogue, type LaterQuery, type Session } from '../../client.ts'
import { cellKey } from '../../comparison.ts'
import { printLine, unknownNotice, viewProblem } from '../../elements/view-lines.ts'
import { dateText, minuteText, monthText, numberText, rateUnitOf, signedNumberText } from '../../format.ts'
import { bookingLinesPath, comparisonPath, linesRoles } from '../../route.ts'
import { resolveChoice, type Selection, writeChoice } from '../../selection.ts'
import { filterText, kindText } from '../../sentence.ts'
import './booking-lines-page.css'
import { byOf, effectText, type Fact, type Later, type LaterFacts, laterTables } from './later-words.ts'

type Told = { query: LaterQuery; facts: LaterFacts<Fact>; table: (typeof laterTables)[keyof typeof laterTables] }
/** `told`: undefined where nothing stands behind the figure that could be listed to this reader. */
type Loaded = { selection: Selection; unknown: string[]; catalogue: Catalogue; told: Told | undefined }
type Column = { head: string; number?: true; cell: (later: Later<Fact>) => string }

const most = 200
const day = (text: string | null) => (text === null ? '–' : dateText(text))

/** The single facts of the own authority by which a value reads differently now than at a moment, the largest effects first. */
export class LaterLinesPage extends LitElement {
  static override properties = { session: { attribute: false }, search: { attribute: false } }
  declare session: Session
  declare search: string

  readonly #lines = new Task(this, {
    args: () => [this.search, this.session.user_name] as const,
    task: async ([search], { signal }): Promise<Loaded> => {
      const catalogue = await getCatalogue(signal)
      const { from, as_of, ...choice } = readLaterChoice(search)
      const resolved = resolveChoice(choice, catalogue, this.session.federal_state)
      const { figure, service_kind, specialisation, month } = resolved.selection
      const behind = figure.facts_behind
      if (!behind || as_of === undefined || !this.session.roles.some((role) => linesRoles[behind.facts].includes(role)))
        return { ...resolved, catalogue, told: undefined }
      const table = laterTables[behind.facts]
      const query: LaterQuery = {
        counted: behind.counted,
        from,
        month,
        service_kind: service_kind?.code ?? null,
        specialisation: specialisation?.code ?? null,
        as_of,
        by: byOf(figure),
        limit: String(most),
      }
      return { ...resolved, catalogue, told: { query, facts: await table.load(query, signal), table } }
    },
  })

  constructor() {
    super()
    this.search = ''
  }

  protected override createRenderRoot() {
    return this
  }

  override render() {
    const loaded = this.#lines.value
    return html`
      <h1 class="sj-h1">Was sich seitdem geändert hat</h1>
      ${printLine(this.session)}
      ${
        this.#lines.status === TaskStatus.ERROR
          ? viewProblem(this.#lines.error, { dataAsOf: undefined, retry: () => void this.#lines.run() })
          : loaded
            ? this.#body(loaded)
            : html`<p aria-busy="true"><i class="sj-skeleton sj-skeleton--text"></i></p>
                <p class="sj-meta" role="status">Ein Stand wird beim ersten Mal aus der Historie berechnet, das dauert etwas.</p>`
      }
    `
  }

  #body(loaded: Loaded) {
    const { selection, unknown, told } = loaded
    const authority = this.session.youth_authority!
    const { from, ...choice } = readLaterChoice(this.search)
    const months = from && from !== selection.month ? `${monthText(from)} bis ${monthText(selection.month)}` : monthText(selection.month)
    const lines = `${bookingLinesPath}${writeChoice(choice)}`
    const number = `${comparisonPath}${writeChoice({ ...choice, cell: cellKey(authority.id, 'current') })}`
    return html`
      ${unknownNotice(unknown)}
      <section class="sj-answer" aria-labelledby="satz">
        <h2 id="satz">${selection.figure.label} ${filterText(selection)}, ${months}, ${authority.name}</h2>
        <p>
          ${told ? this.#sentence(loaded, told) : 'Hinter dieser Kennzahl steht nichts, was sich Ihnen einzeln zeigen lässt.'}
          ${told ? html`<a class="sj-link sj-no-print" href=${lines}>Alle von damals</a> ` : nothing}<a
            class="sj-link sj-no-print"
            href=${number}
            >Zur Zahl</a
          >
        </p>
      </section>
      ${
        told
          ? html`<p class="sj-meta">
              Verglichen: Stand ${minuteText(told.facts.data_as_of_then)} und heute, ${minuteText(told.facts.data_as_of)}. Anbieter und
              Personen heißen, wie sie heute heißen.
            </p>`
          : nothing
      }
      ${told && told.facts.items.length > 0 ? this.#table(loaded, told) : nothing}
    `
  }

  #sentence({ selection: { figure } }: Loaded, { facts, table, query }: Told) {
    const { count } = facts
    const [one, many] = table.many
    if (count === 0)
      return `Nichts: Was damals hier zählte, zählt heute genauso.${figure.unit === 'per_10000' ? ' Einwohnerzahlen können sich geändert haben.' : ''}`
    const which = `${numberText(count)} ${count === 1 ? `${one} macht` : `${many} machen`} den Unterschied`
    if (figure.unit === 'cents_per_unit') return `${which}.`
    const several = query.from !== undefined && query.from !== query.month
    const sum =
      several && query.by === 'count'
        ? `${signedNumberText(facts.effect_count)} über alle Monate gezählt`
        : effectText(facts, figure, { per: 'day', several: false })
    return `${which}, zusammen ${sum === '' ? 'ohne Wirkung' : sum}.`
  }

  #table({ selection: { figure, service_kind }, catalogue }: Loaded, { query, facts, table }: Told) {
    const { items, count } = facts
    const kinds = new Map(catalogue.service_kinds.map((kind) => [kind.code, kindText(kind)]))
    const named = items.some(({ is }) => is.case_number !== null)
    const shown = {
      per: rateUnitOf(service_kind ? [service_kind] : []) === 'hour' ? ('hour' as const) : ('day' as const),
      several: query.from !== undefined && query.from !== query.month,
    }
    const columns: Column[] = [
      { head: 'Wirkung', number: true, cell: (later) => effectText(later, figure, shown) },
      { head: 'Was geschah', cell: (later) => table.happened(later) },
      { head: 'Von', cell: ({ is }) => day(is.first_day) },
      { head: 'Bis', cell: ({ is }) => day(is.last_day) },
      ...(service_kind ? [] : [{ head: 'Hilfeart', cell: ({ is }: Later<Fact>) => kinds.get(is.service_kind) ?? is.service_kind }]),
      { head: 'Anbieter', cell: ({ is }) => is.provider_name ?? 'außerhalb des Systems' },
      ...(named
        ? [
            { head: 'Fall', cell: ({ is }: Later<Fact>) => is.case_number ?? '–' },
            { head: 'Name', cell: ({ is }: Later<Fact>) => is.client_name ?? '–' },
          ]
        : []),
    ]
    const [first, ...others] = columns
    return html`
      <div class="sj-scroll sj-lines" role="region" aria-label=${table.many[1]} tabindex="0">
        <table role="table" class="sj-table">
          <caption class="kern-sr-only">
            ${table.title}, die größten Wirkungen zuerst
          </caption>
          <thead role="rowgroup">
            <tr role="row">
              ${columns.map(({ head, number }) => html`<th role="columnheader" scope="col" class=${number ? 'sj-num' : nothing}>${head}</th>`)}
            </tr>
          </thead>
          <tbody role="rowgroup">
            ${items.map(
              (later) => html`
                <tr role="row">
                  <th role="rowheader" scope="row" class="sj-num">${first!.cell(later)}</th>
                  ${others.map(({ head, cell }) => html`<td role="cell" data-head=${head}>${cell(later)}</td>`)}
                </tr>
              `,
            )}
          </tbody>
        </table>
      </div>
      ${
        count > items.length
          ? html`<p class="sj-meta">Gezeigt sind die ${numberText(items.length)} mit der größten Wirkung von ${numberText(count)}.</p>`
          : nothing
      }
    `
  }
}

customElements.define('sj-later-lines-page', LaterLinesPage)
