import { Task, TaskStatus } from '@lit/task'
import { html, LitElement, nothing } from 'lit'
import {
  type Catalogue,
  type Comparison,
  getCatalogue,
  getComparison,
  getTrend,
  getUnusual,
  RequestProblem,
  type Session,
  type Trend,
  type Unusual,
} from '../../client.ts'
import { pageList } from '../../elements/page-list.ts'
import { problemAlert } from '../../elements/problem-alert.ts'
import { spark } from '../../elements/spark.ts'
import { instantText, minuteText, monthText, signText, unitText } from '../../format.ts'
import { LiveController } from '../../live.ts'
import { areasOf, cataloguePath, comparisonPath, evaluationRoles, pagesOf } from '../../route.ts'
import { lastCompleteMonth, trendStart, writeChoice } from '../../selection.ts'
import {
  asOwn,
  changeSinceText,
  detailText,
  findingText,
  ownAuthority,
  pagesFirst,
  supporting,
  titleText,
  type Told,
  toldFigures,
  valueCell,
} from './overview.ts'
import { countText } from './unusual.ts'
import { moneyValue } from './large-value.ts'
import './pinned-evaluations.ts'
import { unusualList } from './unusual-list.ts'
import './overview-page.css'

type Own = { id: string; abbreviation: string; name: string } | null
/** `answer` and `trend` are of the own authority where there is one; `land` is of the whole land. */
type Line = Told & { answer: Comparison; trend: Trend; land: Comparison }
type View = {
  month: string
  title: string
  lines: Line[]
  totals: Map<string, Comparison>
  unusual: Unusual
  catalogue: Catalogue
  dataAsOf: string
}
const sparkSize = { width: 168, height: 44, inset: 4 }
const betweenReloadsMs = 5000

/** What happened in the last complete month, in the own authority or the land, what is unusual, and where to look on. */
export class OverviewPage extends LitElement {
  static override properties = { session: { attribute: false }, loaded: { state: true } }
  declare session: Session
  declare loaded: View | undefined
  #reload: ReturnType<typeof setTimeout> | undefined

  readonly #view = new Task(this, {
    args: () => [this.session] as const,
    task: ([session], { signal }) => load(session.federal_state, ownAuthority(session), signal),
    onComplete: (view) => {
      this.loaded = view
    },
  })

  readonly #live = new LiveController(this, {
    changed: ({ figures }) => {
      const shown = [...(this.loaded?.lines.map(({ figure }) => figure.name) ?? []), ...(this.loaded?.unusual.figures ?? [])]
      if (shown.some((figure) => figures.includes(figure))) this.#askAgain()
    },
    resumed: () => this.#askAgain(),
  })

  protected override createRenderRoot() {
    return this
  }

  protected override willUpdate(changed: Map<string, unknown>) {
    if (!changed.has('session')) return
    if (this.#isProvider) void import('./provider-matters.ts')
    else if (this.#isCaseworker) void import('./caseworker-matters.ts')
  }

  override disconnectedCallback() {
    super.disconnectedCallback()
    clearTimeout(this.#reload)
    this.#reload = undefined
  }

  #askAgain() {
    this.#reload ??= setTimeout(() => {
      this.#reload = undefined
      void this.#view.run()
    }, betweenReloadsMs)
  }

  get #isProvider() {
    return this.session.roles.includes('provider')
  }

  get #isCaseworker() {
    return this.session.roles.includes('caseworker')
  }

  /** What waits for the reader, before the figures: whose it is, and the lines. */
  get #matters() {
    const { session } = this
    if (this.#isProvider)
      return { title: session.provider?.name ?? 'Überblick', lines: html`<sj-provider-matters .session=${session}></sj-provider-matters>` }
    if (this.#isCaseworker)
      return { title: 'Was ansteht', lines: html`<sj-caseworker-matters .session=${session}></sj-caseworker-matters>` }
    return undefined
  }

  override render() {
    const view = this.loaded
    const matters = this.#matters
    const own = ownAuthority(this.session)
    const finding = view && [findingText(view.totals), countText(view.unusual.found, own !== null)].filter(Boolean).join(' ')
    const notable =
      this.#view.status === TaskStatus.ERROR && !view
        ? nothing
        : unusualList(view?.unusual, view?.catalogue, own ? 'Auffällig im Land' : 'Auffällig')
    const asks = pagesFirst(this.session.roles)
    const links = html`<div class=${`sj-overview__pages sj-no-print${asks ? '' : ' sj-overview__pages--wide'}`}>${this.#links()}</div>`
    const title = view ? titleText(view.title, view.month) : (own?.name ?? this.session.federal_state_name)
    return html`
      ${
        matters
          ? html`<div class="sj-title"><h1 class="sj-h1">${matters.title}</h1></div>
              ${matters.lines}`
          : nothing
      }
      <div class="sj-title">
        ${matters ? html`<h2 class="sj-h1">${title}</h2>` : html`<h1 class="sj-h1">${title}</h1>`}
        <p class="sj-meta">
          ${view ? html`Stand <time datetime=${view.dataAsOf}>${instantText(view.dataAsOf)}</time>` : 'Werte werden geladen'}${
            this.#live.interrupted ? html` · Verbindung unterbrochen, wird wieder aufgenommen` : nothing
          }
        </p>
      </div>
      <p class="sj-print-only sj-meta">
        Gedruckt am ${minuteText(new Date())}, von ${this.session.user_name}.${this.session.demonstration ? ' Demonstrationsdaten.' : ''}
      </p>
      <p class="sj-lead">${finding ?? nothing}</p>
      <div class="sj-overview">
        <div>
          <section class="sj-overview__figures" aria-label="Kennzahlen">${this.#figures(view)}</section>
          ${evaluates(this.session) ? html`<sj-pinned-evaluations .session=${this.session} .dataAsOf=${view?.dataAsOf}></sj-pinned-evaluations>` : nothing}
        </div>
        <div class="sj-overview__rail">${asks ? links : nothing}${notable}</div>
        ${asks ? nothing : links}
      </div>
    `
  }

  #figures(view: View | undefined) {
    if (this.#view.status === TaskStatus.ERROR) {
      const { error } = this.#view
      if (error instanceof RequestProblem && error.status === 401) return nothing
      return problemAlert({
        title: 'Die Werte sind gerade nicht abrufbar',
        text: 'Nichts ist verloren.',
        dataAsOf: view?.dataAsOf,
        retry: () => void this.#view.run(),
      })
    }
    const own = ownAuthority(this.session)
    const previousYear = view ? Number(view.month.slice(0, 4)) - 1 : undefined
    return html`
      <table role="table" class="sj-table sj-figures" aria-busy=${view ? 'false' : 'true'}>
        <caption class="kern-sr-only">
          Kennzahlen ${own ? `von ${own.name} und des Landes` : 'des Landes'}: letzter voller Monat, Veränderung zum Vorjahr und Verlauf
        </caption>
        <thead role="rowgroup">
          <tr role="row">
            <th role="columnheader" scope="col">${own ? 'Kennzahl' : 'Alle örtlichen Träger'}</th>
            <th role="columnheader" scope="col" class="sj-num">${own ? own.abbreviation : view ? monthText(view.month) : 'Monat'}</th>
            ${own ? html`<th role="columnheader" scope="col" class="sj-num">Land</th>` : nothing}
            <th role="columnheader" scope="col" class="sj-num">Jahr zu Vorjahr</th>
            <th role="columnheader" scope="col" class="sj-line">
              ${view ? `Seit ${monthText(view.lines[0]?.trend.months[0] ?? view.month)}` : 'Verlauf'}
            </th>
          </tr>
        </thead>
        <tbody role="rowgroup">
          ${view ? view.lines.map((line) => lineRow(line, view, own)) : Array.from({ length: 6 }, () => pendingRow(own))}
        </tbody>
      </table>
      ${
        view
          ? html`<p class="sj-meta sj-note">
              Jahr zu Vorjahr: Monatsdurchschnitt ${view.month.slice(0, 4)} gegenüber dem Monatsdurchschnitt ${previousYear}. PP:
              Prozentpunkte. Graue Linie: Durchschnitt ${previousYear}.
              <a class="sj-link sj-no-print" href=${cataloguePath}>Definitionen</a>
            </p>`
          : nothing
      }
    `
  }

  #links() {
    return areasOf(this.session.roles).map(({ area }) => pageList(pagesOf(area, this.session.roles)))
  }
}

const evaluates = ({ roles }: Session) => roles.some((role) => evaluationRoles.includes(role))

const load = async (area: string, own: Own, signal: AbortSignal): Promise<View> => {
  const catalogue = await getCatalogue(signal)
  const month = lastCompleteMonth(catalogue)
  const from = trendStart(month, catalogue.months.first)
  const told = toldFigures(catalogue)
  const queryOf = (figure: string, service_kind: string | null) => ({ figure, service_kind, specialisation: null, month, area })
  const [lines, unusual, beside] = await Promise.all([
    Promise.all(
      told.map(async (each) => {
        const query = queryOf(each.figure.name, each.service_kind?.code ?? null)
        const [land, trend] = await Promise.all([getComparison(query, signal), getTrend(query, from, signal)])
        return { ...each, land, answer: own ? asOwn(land, own.id) : land, trend: own ? asOwn(trend, own.id) : trend }
      }),
    ),
    getUnusual({ area, month }, signal),
    Promise.all(
      supporting
        .filter((name) => catalogue.figures.some((figure) => figure.name === name))
        .map(async (name) => {
          const land = await getComparison(queryOf(name, null), signal)
          return own ? asOwn(land, own.id) : land
        }),
    ),
  ])
  const answers = [...lines.map(({ answer }) => answer), ...beside]
  const dataAsOf = [...answers, unusual].map(({ data_as_of }) => data_as_of).toSorted()[0]!
  return {
    month,
    title: own?.name ?? areaName(catalogue, area),
    lines,
    unusual,
    catalogue,
    totals: new Map(answers.map((answer) => [answer.figure, answer])),
    dataAsOf,
  }
}

const areaName = ({ areas }: Catalogue, code: string) => areas.find((area) => area.code === code)?.name ?? code

const lineRow = ({ figure, service_kind, answer, trend, land }: Line, view: View, own: Own) => {
  const href = `${comparisonPath}${writeChoice({ figure: figure.name, ...(service_kind ? { service_kind: service_kind.code } : {}), month: view.month })}`
  return html`
    <tr role="row">
      <th role="rowheader" scope="row">
        <a class="sj-link" href=${href}>${figure.label}</a>
        <p>${detailText(answer, figure, view.totals)}</p>
      </th>
      <td role="cell" class="sj-num sj-value">${valueOf(answer)}</td>
      ${own ? html`<td role="cell" class="sj-num sj-land">${valueOf(land)}</td>` : nothing}
      <td role="cell" class="sj-num sj-change">${changeSinceText(answer) ?? '–'}</td>
      <td role="cell" class="sj-line">${line(figure.label, trend, answer)}</td>
    </tr>
  `
}

const valueOf = (answer: Comparison) => {
  const { current, signs } = answer.total
  if (current === null)
    return html`<b aria-hidden="true">${signs.current ?? '–'}</b><span class="kern-sr-only">${signText(signs.current ?? '–')}</span>`
  if (answer.unit === 'cents') return moneyValue(current)
  const unit = answer.unit === 'ratio' || answer.unit === 'cents_per_unit' ? unitText(answer.unit) : ''
  return html`${valueCell(answer)} ${unit ? html`<small>${unit}</small>` : nothing}`
}

const line = (label: string, { total, months }: Trend, { total: { previous_year_average } }: Comparison) => {
  const reference = previous_year_average
  const spread = reference
    ? Math.max(0.02, ...total.values.flatMap((value) => (value === null ? [] : [Math.abs(value / reference - 1)])))
    : 0.1
  return spark(total.values, { ...sparkSize, reference, spread }, `${label}, ${monthText(months[0]!)} bis ${monthText(months.at(-1)!)}`)
}

const pendingRow = (own: Own) => html`
  <tr role="row">
    <th role="rowheader" scope="row">
      <i class="sj-skeleton sj-skeleton--text"></i>
      <p>&nbsp;</p>
    </th>
    <td role="cell" class="sj-num sj-value"><i class="sj-skeleton"></i></td>
    ${own ? html`<td role="cell" class="sj-num sj-land"><i class="sj-skeleton"></i></td>` : nothing}
    <td role="cell" class="sj-num sj-change"><i class="sj-skeleton"></i></td>
    <td role="cell" class="sj-line"></td>
  </tr>
`

customElements.define('sj-overview-page', OverviewPage)
