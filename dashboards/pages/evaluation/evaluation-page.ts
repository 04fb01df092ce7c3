import { Task, TaskStatus } from '@lit/task'
import { html, LitElement, nothing } from 'lit'
import {
  type Catalogue,
  type ClassOf,
  type Evaluation,
  type EvaluationDefinition,
  type EvaluationSize,
  drawnEvaluationUrl,
  evaluationUrl,
  getEvaluation,
  getEvaluationSize,
  getPinnedEvaluations,
  getProviders,
  getSavedEvaluations,
  pinEvaluations,
  RequestProblem,
  type SavedEvaluation,
  type Session,
} from '../../client.ts'
import { checkGroups } from '../../elements/check-groups.ts'
import '../../elements/chart-figure.ts'
import { type Chosen, type Filter, grouped, pendingFilter } from '../../elements/filter-bar.ts'
import { LaterChanges } from '../../elements/later-changes.ts'
import { freshnessLine, printLine, unknownNotice } from '../../elements/view-lines.ts'
import { numberText, signLegend } from '../../format.ts'
import { LiveView } from '../../live-view.ts'
import type { Role } from '../../../transactional/vocabulary.ts'
import { Navigate } from '../../navigation.ts'
import { cataloguePath, evaluationPath } from '../../route.ts'
import type { Area } from '../../selection.ts'
import { ViewFrame } from '../../view-frame.ts'
import { areaFilter, kindGroups } from '../comparison/comparison-filters.ts'
import {
  acrossOf,
  againstText,
  allTexts,
  areasFor,
  arranged,
  changedCells,
  type ChartKind,
  chartLabels,
  chartsFor,
  clashingWith,
  classesKnown,
  classOptions,
  columnOptions,
  comparisonOptions,
  countText,
  definitionOf,
  describedText,
  type Dimension,
  dimensionDative,
  dimensionLabels,
  type EvaluationChoice,
  type EvaluationSelection,
  figureNotes,
  figuresFor,
  filteredText,
  firstChoice,
  grainLabels,
  innerOptions,
  isOwn,
  mostFigures,
  namedIn,
  nextSort,
  outerOptions,
  ownAuthority,
  periodOptions,
  periodStart,
  pivotOf,
  providersAreaOf,
  readEvaluationChoice,
  resolveEvaluation,
  sortedPivot,
  type StructureDimension,
  structureDimensions,
  structureIn,
  usualPeriods,
  withPeriod,
  writeEvaluationChoice,
} from './evaluation.ts'
import { evaluationChart } from './evaluation-chart.ts'
import { type Kept, mayKeep } from './evaluation-keeper.ts'
import './evaluation-keeper.ts'
import { evaluationList } from './evaluation-list.ts'
import { laterLines } from './evaluation-since.ts'
import { pivotTable } from './evaluation-table.ts'
import { providersNamed } from './provider-names.ts'
import './evaluation-page.css'

type Across = ReturnType<typeof acrossOf>
type Told = { title: string; filtered: string; catalogue: Catalogue; kind: ChartKind | undefined }

/** More cells are drawn only when the reader wants them. */
const readilyDrawn = 5_000
const newHref = `${evaluationPath}${writeEvaluationChoice(firstChoice)}`

/** Basics / Schnellauswertung / Eigene Auswertungen: the list of saved ones, or one to build and read. */
export class EvaluationPage extends LitElement {
  static override properties = {
    session: { attribute: false },
    search: { attribute: false },
    drawAnyway: { state: true },
    said: { state: true },
  }
  declare session: Session
  declare search: string
  /** The large evaluation that the reader wants to see all the same. */
  declare drawAnyway: string | undefined
  declare said: string

  readonly #frame = new ViewFrame(this)
  readonly #kept = new Task(this, {
    args: () => [this.session.user_name] as const,
    task: async (_, { signal }) => {
      const [saved, pinned] = await Promise.all([getSavedEvaluations(signal), getPinnedEvaluations(signal)])
      return { saved, pinned }
    },
  })
  /** For the list. */
  readonly #names = new Task(this, {
    args: () => [this.#building ? undefined : this.#kept.value, this.#frame.catalogue] as const,
    task: async ([kept, catalogue], { signal }) => {
      const asked = kept?.saved.map(({ definition }) => definition) ?? []
      return catalogue && providersNamed(asked, catalogue, this.session.federal_state, signal)
    },
  })
  readonly #providers = new Task(this, {
    args: () => [this.#providersOf, this.#choice.as_of] as const,
    task: async ([area, as_of], { signal }) => area && { area, as_of, listed: await getProviders({ area, as_of }, signal) },
  })
  readonly #size = new Task(this, {
    args: () => [this.#key] as const,
    task: async ([key], { signal }) => {
      const definition = this.#definition
      return key === undefined || !definition ? undefined : { key, size: await getEvaluationSize(definition, signal) }
    },
  })

  readonly #view = new LiveView<Evaluation>(this, {
    key: () => (this.#drawn ? this.#key : undefined),
    reader: () => this.session,
    load: (signal) => getEvaluation(this.#definition!, signal),
    concerns: (figures, answer) => answer.as_of === null && answer.figures.some(({ figure }) => figures.includes(figure)),
    changes: (before, after) => {
      const keys = changedCells(before, after)
      return { keys, told: keys.length === 1 ? 'Ein Wert hat sich geändert' : `${numberText(keys.length)} Werte haben sich geändert` }
    },
  })

  readonly #later = new LaterChanges(this, () => {
    const answer = this.#drawn && !this.#view.isLate ? this.#view.answer : undefined
    return answer?.as_of ? this.#key : undefined
  })

  constructor() {
    super()
    this.search = ''
    this.said = ''
  }

  protected override createRenderRoot() {
    return this
  }

  get #choice() {
    return readEvaluationChoice(this.search)
  }
  get #building() {
    return Object.keys(this.#choice).length > 0
  }
  /** The area whose providers can be chosen from; undefined where none can. */
  get #providersOf() {
    const catalogue = this.#frame.catalogueThen
    const choosable = this.#building && classOptions(acrossOf(this.#choice)).includes('provider')
    return catalogue && choosable ? providersAreaOf(this.#choice.area, catalogue, this.session.federal_state) : undefined
  }
  /** Undefined while they are on their way. */
  get #providersListed(): readonly ClassOf[] | undefined {
    if (this.#providers.status === TaskStatus.ERROR) return []
    const loaded = this.#providers.value
    return loaded && loaded.area === this.#providersOf && loaded.as_of === this.#choice.as_of ? loaded.listed : undefined
  }
  get #resolved() {
    const catalogue = this.#frame.catalogueThen
    if (!catalogue || !this.#building) return undefined
    const providers = this.#providersListed
    // who is chosen has a name first
    if (this.#choice.provider && this.#providersOf && !providers) return undefined
    return resolveEvaluation(this.#choice, catalogue, this.session.federal_state, providers)
  }
  get #definition(): EvaluationDefinition | undefined {
    const resolved = this.#resolved
    return resolved && definitionOf(resolved.choice)
  }
  get #key() {
    const definition = this.#definition
    return definition && evaluationUrl(definition)
  }
  get #sized(): EvaluationSize | undefined {
    return this.#size.value?.key === this.#key ? this.#size.value?.size : undefined
  }
  get #drawn() {
    const size = this.#sized
    return size !== undefined && size.cells <= (this.drawAnyway === this.#key ? size.most : readilyDrawn)
  }
  get #saved(): SavedEvaluation | undefined {
    return this.#kept.value?.saved.find(({ id }) => id === this.#choice.evaluation)
  }

  #choose(change: Partial<EvaluationChoice>, { replace = false } = {}) {
    const next = writeEvaluationChoice({ ...(this.#resolved?.choice ?? this.#choice), ...change })
    this.dispatchEvent(new Navigate(`${evaluationPath}${next}`, { replace }))
  }

  override render() {
    return html`
      <h1 class="sj-h1">Eigene Auswertungen</h1>
      ${printLine(this.session)} ${this.#building ? this.#builder() : this.#list()}
    `
  }

  #list() {
    const kept = this.#kept.value
    const { catalogue } = this.#frame
    return html`
      <p class="sj-lead">
        Kennzahlen so zusammenstellen, wie Sie sie brauchen: nach Trägern, Ländern, Vergleichsgruppen, Hilfearten, Spezialisierungen und
        Zeiträumen, mit Summen jeder Ebene, auf Wunsch im Vergleich mit einem früheren Zeitraum. Geteilt wird nur die Frage; jeder sieht die
        Antwort in seinen eigenen Rechten.
      </p>
      ${
        mayKeep(this.session)
          ? html`<p class="sj-evaluations__new">
              <a class="kern-btn kern-btn--primary" href=${newHref}><span class="kern-label">Neue Auswertung</span></a>
            </p>`
          : nothing
      }
      <p class="sj-meta" role="status">${this.said}</p>
      ${this.#frame.problem(undefined, this.#kept)}
      ${
        kept && catalogue
          ? evaluationList({ ...kept, catalogue, session: this.session, providers: this.#names.value, pin: (ids) => void this.#pin(ids) })
          : this.#frame.isBroken(undefined, this.#kept)
            ? nothing
            : html`<p class="sj-meta" aria-busy="true">Die Auswertungen werden geladen</p>`
      }
    `
  }

  async #pin(ids: string[]) {
    try {
      await pinEvaluations(ids)
      this.said = 'Der Überblick ist geändert.'
    } catch (problem) {
      if (!(problem instanceof RequestProblem)) throw problem
      this.said = problem.message
    }
    await this.#kept.run()
  }

  #builder() {
    const catalogue = this.#frame.catalogueThen
    const resolved = this.#resolved
    const reset = `${newHref}${this.#choice.evaluation ? `&evaluation=${this.#choice.evaluation}` : ''}`
    return html`
      <div class="sj-build">
        ${catalogue && resolved ? this.#checks(catalogue, resolved.selection) : html`<p class="sj-build__checks">&nbsp;</p>`}
        <sj-filter-bar
          .label=${'Aufbau und Auswahl der Auswertung'}
          .filters=${[...filtersOf(catalogue, resolved?.selection, { across: acrossOf(this.#choice), providers: this.#providersListed, own: ownOption(this.session) }), ...this.#frame.momentFilter]}
          .reset=${reset}
          @sj-chosen=${({ filter, value }: Chosen) => this.#chosen(filter, value)}
        ></sj-filter-bar>
      </div>
      ${unknownNotice(resolved?.unknown ?? [])}
      ${structureNotice(resolved?.selection, acrossOf(this.#choice), ownOption(this.session) !== undefined)} ${this.#sizeLine()}
      ${this.#keeper()} ${this.#frame.notices(this.#view, () => this.#choose({ as_of: undefined }), this.#size)}
      ${resolved ? this.#body(resolved.selection) : nothing}
    `
  }

  #checks(catalogue: Catalogue, selection: EvaluationSelection) {
    const { figures, service_kinds } = selection
    return html`
      <div class="sj-build__checks">
        ${checkGroups({
          name: 'figure',
          summary: `Kennzahlen wählen (${figures.length} von höchstens ${mostFigures})`,
          groups: grouped(
            figuresFor(catalogue, selection),
            ({ group }) => group,
            ({ name, label }) => ({ value: name, label }),
          ),
          chosen: figures.map(({ name }) => name),
          most: mostFigures,
          least: 1,
          choose: (names) => this.#choose({ figures: names.join(',') }, { replace: true }),
        })}
        ${checkGroups({
          name: 'service_kind',
          summary: `Hilfearten wählen (${service_kinds.length === 0 ? 'alle' : service_kinds.length})`,
          groups: kindGroups(catalogue),
          chosen: service_kinds.map(({ code }) => code),
          choose: (codes) => this.#choose({ service_kinds: codes.join(',') || undefined }, { replace: true }),
        })}
      </div>
    `
  }

  #chosen(filter: string, value: string) {
    const resolved = this.#resolved
    const catalogue = this.#frame.catalogueThen
    if (!resolved || !catalogue) return
    const { rows, columns } = resolved.selection
    if (filter === 'outer' || filter === 'inner' || filter === 'columns') {
      const [outer, inner] = [filter === 'outer' ? value : rows[0], filter === 'inner' ? value : rows[1]]
      const wanted = [outer, inner].filter(Boolean) as Dimension[]
      const across = (filter === 'columns' ? value || undefined : columns) as Dimension | undefined
      const next = arranged(wanted, across, isOwn(resolved.selection))
      this.#choose({ rows: next.rows.join(','), columns: next.columns })
    } else if (filter === 'from' || filter === 'to') this.#choose(withPeriod(resolved.choice, { [filter]: value || undefined }, catalogue))
    else if (filter === 'totals') this.#choose({ totals: value === 'no' ? 'no' : undefined })
    else if (filter === 'area') this.#choose({ area: value, provider: undefined })
    else if (isOfStructure(filter))
      this.#choose({
        ...Object.fromEntries(clashingWith(filter, isOwn(resolved.selection)).map((name) => [name, undefined])),
        [filter]: value || undefined,
      })
    else this.#choose({ [filter]: value || undefined })
  }

  #sizeLine() {
    const size = this.#sized
    if (this.#size.status === TaskStatus.ERROR) return nothing
    if (!size) return html`<p class="sj-meta sj-build__size" role="status">Die Größe wird berechnet</p>`
    const { cells, most, parts } = size
    const figures = this.#resolved?.selection.figures.length ?? 1
    const against = this.#resolved?.selection.against
    const counted = parts.map(({ dimension, count }) => countText(dimension, count))
    const made = [...(figures > 1 ? [`${figures} Kennzahlen`] : []), ...counted, ...(against ? ['je mit Vergleichswert'] : [])].join(', ')
    if (cells > most) {
      return html`
        <p class="sj-notice" role="status">
          Die Auswertung hätte ${numberText(cells)} Werte, möglich sind ${numberText(most)}. Bitte eingrenzen, wo sie am größten ist:
          ${made}.
        </p>
      `
    }
    const draw = () => (this.drawAnyway = this.#key)
    return html`
      <p class="sj-meta sj-build__size" role="status">
        ${numberText(cells)} ${cells === 1 ? 'Wert' : 'Werte'}, Summen${against ? ' und Vergleichswerte' : ''} mitgezählt
        (${made})${
          this.#drawn
            ? nothing
            : html`. Das ist viel für eine Seite: als Datei herunterladen oder
                <button type="button" class="sj-link" @click=${draw}>trotzdem zeigen</button>`
        }
      </p>
    `
  }

  #keeper() {
    const definition = this.#definition
    if (!definition || !this.#kept.value) return nothing
    return html`<sj-evaluation-keeper
      .session=${this.session}
      .definition=${definition}
      .saved=${this.#saved}
      @sj-kept=${(event: Kept) => void this.#keep(event)}
    ></sj-evaluation-keeper>`
  }

  async #keep({ saved }: Kept) {
    await this.#kept.run()
    if (saved) {
      if (saved.id !== this.#choice.evaluation) this.#choose({ evaluation: saved.id }, { replace: true })
      return
    }
    this.said = 'Die Auswertung ist gelöscht.'
    this.dispatchEvent(new Navigate(evaluationPath))
  }

  #body(selection: EvaluationSelection) {
    const size = this.#sized
    if (this.#frame.isBroken(this.#view, this.#size) || (size && size.cells > size.most)) return nothing
    const catalogue = this.#frame.catalogue!
    const answer = this.#drawn ? this.#view.answer : undefined
    const saved = this.#saved
    const described = describedText(selection)
    const shown = answer ? { ...selection, ...namedIn(answer), from: answer.from, to: answer.to } : selection
    return html`
      <section class="sj-answer" aria-labelledby="satz">
        <h2 id="satz">${saved?.name ?? described}</h2>
        <p>${saved ? `${described}; ` : nothing}${filteredText(shown, answer?.running_month)}</p>
      </section>
      <div class="sj-tablehead">
        ${this.#drawn || !size ? freshnessLine(this.#view, answer === undefined) : html`<p class="sj-meta"></p>`}
        ${answer ? this.#publish(answer, selection, saved?.name ?? `${described}, ${selection.area.name}`) : nothing}
        ${this.#frame.ways(drawnEvaluationUrl(this.#definition!), saved?.name ?? described)}
      </div>
      ${answer ? this.#answer(answer, { title: described, filtered: filteredText({ ...shown, against: undefined }, answer.running_month), catalogue, kind: selection.chart }) : this.#drawn || !size ? html`<p class="sj-skeleton sj-build__pending" aria-busy="true"></p>` : nothing}
    `
  }

  /** Of the months shown, whatever the last full one will be. */
  #publish(answer: Evaluation, selection: EvaluationSelection, name: string) {
    // open to the own authority alone
    if (isOwn(selection)) return nothing
    const running = this.#frame.catalogue!.months.last
    const months = { from: answer.from, to: answer.to < running ? answer.to : running }
    const view = { kind: 'evaluation', ...this.#definition!, ...months, area: answer.area } as const
    const keeps = structureIn(selection) ? 'moment' : 'numbers'
    return this.#frame.publish(view, name, (as_of) => this.#choose({ ...months, as_of }), keeps)
  }

  #answer(answer: Evaluation, { title, filtered, catalogue, kind }: Told) {
    const pivot = pivotOf(answer, catalogue)
    const own = this.session.youth_authority?.id
    const chart = evaluationChart({ answer, pivot, catalogue, filtered, own, kind })
    const { sort } = this.#choice
    return html`
      ${pivotTable({
        pivot: sortedPivot(pivot, sort),
        title,
        rowHead: dimensionLabels[answer.row_dimensions.at(-1)!],
        unit: answer.figures.length === 1 ? pivot.columns[0]?.unit : undefined,
        figureLabel: (figure) => catalogue.figures.find(({ name }) => name === figure)?.label ?? figure,
        own,
        changed: this.#view.changed,
        sort: { by: sort, choose: (column) => this.#choose({ sort: nextSort(sort, column) }, { replace: true }) },
      })}
      ${
        answer.hidden_rows > 0
          ? html`<p class="sj-meta">
              ${numberText(answer.hidden_rows)} ${answer.hidden_rows === 1 ? 'leere Zeile ist' : 'leere Zeilen sind'} ausgeblendet: Darin
              ist nichts vorhanden.
              <button type="button" class="sj-link sj-no-print" @click=${() => this.#choose({ empty: undefined })}>Zeigen</button>
            </p>`
          : nothing
      }
      <ul class="sj-signs sj-meta" aria-label="Zeichenerklärung">
        ${signLegend.filter(({ sign }) => sign !== '.' || !answer.authority).map(({ sign, text }) => html`<li><b>${sign}</b>${text}</li>`)}
        ${
          [...answer.row_dimensions, answer.column_dimension].includes('group')
            ? html`<li>Vergleichsgruppen: geheim, wo ein Wert darin es ist</li>`
            : nothing
        }
        ${
          [...answer.row_dimensions, answer.column_dimension].includes('specialisation')
            ? html`<li>Spezialisierungen: eine Hilfe zählt bei jeder, die sie braucht; alle zusammen sind keine Summe</li>`
            : nothing
        }
        ${
          answer.against
            ? html`<li>
                Unter den Werten: ${againstText(answer.against)}, in Klammern die
                Veränderung${answer.figures.some(({ unit }) => unit === 'ratio') ? ' (PP: Prozentpunkte)' : ''}${answer.authority ? nothing : '; geheim, wo einer der beiden Werte es ist'}
              </li>`
            : nothing
        }
        ${figureNotes(answer, catalogue).map((note) => html`<li>${note}</li>`)}
        <li><a class="sj-link sj-no-print" href=${cataloguePath}>Definitionen</a></li>
      </ul>
      ${this.#later.section(catalogue, [answer.row_dimensions.map((name) => dimensionLabels[name]).join(' · '), 'Wert'], (since) =>
        laterLines(since, answer, catalogue, this.session),
      )}
      ${chart ? html`<sj-chart-figure class="sj-build__chart" .view=${chart}></sj-chart-figure>` : nothing}
    `
  }
}

const isOfStructure = (filter: string): filter is StructureDimension => (structureDimensions as readonly string[]).includes(filter)

/** What is told of a structure and when, as far as the reader did not choose it; else how to narrow to one of its classes. */
const structureNotice = (selection: EvaluationSelection | undefined, across: Across, hasOwn: boolean) => {
  if (isOwn(across)) return hasOwn ? ownNotice(selection) : nothing
  const structure = selection && structureIn(selection)
  if (!structure)
    return html`<p class="sj-meta sj-build__notice">
      ${
        classOptions(across).length > 0
          ? 'Wer nach Alter, Geschlecht, Anbieter oder Grund der Beendigung eingrenzt, bekommt Zahlen eines Landes je Jahr.'
          : 'Nach Alter, Geschlecht, Anbieter oder Grund der Beendigung eingrenzen lässt sich, wenn Zeilen und Spalten nur Hilfearten, Formen oder Zeiträume nennen.'
      }
      ${hasOwn ? html`Vom eigenen Jugendamt allein (Gebiet) gibt es sie alle zusammen, auch je Monat und mit Entgelten, Dauern und Auszahlungen.` : nothing}
    </p>`
  const flows = selection.figures.some(({ flow }) => flow)
  return html`<p class="sj-meta sj-build__notice">
    Nach ${dimensionDative(structure, 'year')} gibt es Zahlen nur für ein Land und je
    Jahr.${selection.figures.some(({ flow }) => !flow) ? ` Der Bestand ist der am Jahresende, im laufenden Jahr der letzte volle Monat${selection.against ? ', verglichen mit dem Jahresende davor' : ''}.` : ''}${flows ? ' Begonnene, Beendete und Abbrüche folgen, wenn das Jahr zu Ende ist (…).' : ''}
    Summen einzelner Zeilen sind geheim, wo ein Wert darin es ist.
  </p>`
}

const pendingFilters = (across: Across) =>
  [
    'Zeilen',
    'Darunter',
    'Spalten',
    'Zeitraster',
    'Summen',
    'Gebiet',
    'Spezialisierung',
    ...classOptions(across).map((name) => dimensionLabels[name]),
    'Von',
    'Bis',
    'Verglichen mit',
    'Darstellung',
  ].map((label) => pendingFilter(label.toLowerCase(), label))

/** What all is told of the own authority, and what it is not for. */
const ownNotice = (selection: EvaluationSelection | undefined) => {
  const rates = selection?.figures.some(({ unit }) => unit === 'cents_per_unit')
  return html`<p class="sj-meta sj-build__notice">
    Nur die eigenen Fälle, nichts ist geheim gehalten: nicht zur Weitergabe. Wer die Auswertung geteilt bekommt, sieht darin sein eigenes
    Jugendamt. Nach dem Grund der Beendigung gibt es beendete Hilfen, Abbrüche und
    Verweildauern.${rates ? ' Entgelte mehrerer Hilfearten zusammen sind die je Tag, wenn nicht alle je Stunde bezahlt werden.' : ''}
  </p>`
}

const openTo: Role[] = ['controlling', 'finance', 'caseworker']
/** The own authority as an area, for those to whom its figures are open. */
const ownOption = ({ roles, youth_authority }: Session): Area | undefined =>
  youth_authority && !roles.includes('politics') && roles.some((role) => openTo.includes(role))
    ? { ...ownAuthority, name: `${ownAuthority.name}: ${youth_authority.name}` }
    : undefined

type Choosable = { across: Across; providers: readonly ClassOf[] | undefined; own: Area | undefined }

const filtersOf = (
  catalogue: Catalogue | undefined,
  selection: EvaluationSelection | undefined,
  { across, providers, own }: Choosable,
): Filter[] => {
  if (!catalogue || !selection) return pendingFilters(across)
  const { rows, columns, grain, from, to } = selection
  const structure = structureIn(selection)
  const { areas, groups } = areasFor(catalogue, selection)
  const alone = isOwn(selection)
  const named = (dimensions: Dimension[]) => dimensions.map((value) => ({ value, label: dimensionLabels[value] }))
  const periods = periodOptions(catalogue, grain)
  const chosen = (month: string | undefined) => (month ? periodStart(month, grain) : '')
  return [
    { name: 'outer', label: 'Zeilen', value: rows[0]!, options: named(outerOptions(alone)) },
    {
      name: 'inner',
      label: 'Darunter',
      value: rows[1] ?? '',
      options: [{ value: '', label: 'Nichts weiter' }, ...named(innerOptions(rows, alone))],
    },
    {
      name: 'columns',
      label: 'Spalten',
      value: columns ?? '',
      options: [{ value: '', label: 'Kennzahlen' }, ...named(columnOptions(rows, alone))],
    },
    {
      name: 'grain',
      label: 'Zeitraster',
      value: grain === 'month' ? '' : grain,
      options: Object.entries(grainLabels)
        .filter(([value]) => !structure || value === 'year')
        .map(([value, label]) => ({ value: value === 'month' ? '' : value, label })),
    },
    {
      name: 'totals',
      label: 'Summen',
      value: selection.totals ? '' : 'no',
      options: [
        { value: '', label: 'Mit Summen' },
        { value: 'no', label: 'Ohne Summen' },
      ],
    },
    {
      name: 'empty',
      label: 'Leere Zeilen',
      value: selection.empty ? '' : 'hide',
      options: [
        { value: '', label: 'Zeigen' },
        { value: 'hide', label: 'Ausblenden' },
      ],
    },
    areaFilter({ ...catalogue, areas: [...(own ? [own] : []), ...areas], groups }, selection),
    {
      name: 'specialisation',
      label: 'Spezialisierung',
      value: selection.specialisation?.code ?? '',
      options: [
        { value: '', label: 'Alle Spezialisierungen' },
        ...(structure ? [] : catalogue.specialisations).map(({ code, label }) => ({ value: code, label })),
      ],
    },
    ...classOptions(selection).map((name): Filter => {
      const classes = classesKnown(catalogue, providers)[name]
      const options = classes?.map(({ code, label }) => ({ value: code, label }))
      const value = selection.classes[name]?.code ?? ''
      return { name, label: dimensionLabels[name], value, options: options ? [{ value: '', label: allTexts[name] }, ...options] : [] }
    }),
    { name: 'from', label: 'Von', value: chosen(from), options: [{ value: '', label: usualPeriods[grain].span }, ...periods] },
    { name: 'to', label: 'Bis', value: chosen(to), options: [{ value: '', label: usualPeriods[grain].last }, ...periods] },
    {
      name: 'against',
      label: 'Verglichen mit',
      value: selection.against ?? '',
      options: [{ value: '', label: 'Kein Vergleich' }, ...comparisonOptions],
    },
    {
      name: 'chart',
      label: 'Darstellung',
      value: selection.chart ?? '',
      options: chartOptions(chartsFor({ rows, columns, figure: selection.figures[0]!, against: selection.against })),
    },
  ]
}

const chartOptions = (kinds: ChartKind[]) => [
  { value: '', label: kinds.length > 0 ? `Automatisch: ${chartLabels[kinds[0]!]}` : 'Nur Tabelle' },
  ...(kinds.length > 1 ? kinds.map((value) => ({ value, label: chartLabels[value] })) : []),
]

customElements.define('sj-evaluation-page', EvaluationPage)
