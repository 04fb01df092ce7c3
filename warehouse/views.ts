import {
  compare,
  groupRows,
  monthsToRead,
  partsOfValue,
  populationDate,
  summe,
  trendOf,
  type Columns,
  type Grid,
  type Parts,
  type Value,
} from './comparison.ts'
import { authoritiesIn, directoryOf, kindsOfForm, type ComparisonGroup, type Directory } from './directory.ts'
import { keyFigureByName, measuresOf, standing, type KeyFigure } from './key-figures.ts'
import { januaryOf, monthOf, monthText, type Month } from './month.ts'
import { readStanding, readStatistics, type Cells, type Freshness, type Scope, type Span, type Statistics } from './query.ts'
import type { StructureDimension } from './structure.ts'
import { readSuppressed, suppressedNow, type StateSuppression } from './suppression.ts'
import type { Warehouse } from './warehouse.ts'

/** What a reader asks for. Codes of filters, months as counted by month.ts; `area` is the code of a state or of a comparison group, or 'de'. */
export type ViewQuery = { figure: string; service_kind: string | null; specialisation: string | null; area: string }

/**
 * Whose own row is open: the reader's authority, or null where everything is controlled. `beside`: the authority whose reader sees his own
 * view beside this one, or everybody: what is hidden in those views is hidden in this one too, so that together they tell no more.
 */
export type Eyes = { own_authority: string | null; beside?: string | null }

export type Region = { id: string; ags: string; federal_state: string; region: string; name: string }

export type Comparison = Freshness & {
  figure: KeyFigure
  population_date: string | null
  regions: Region[]
  /** `cases` and `parts` (of a quotient) are behind `current`. */
  rows: (Columns & { cases: number | null; parts: Parts | null })[]
  total: Columns & { cases: number | null; parts: Parts | null }
  weighted_average: Columns
}

export type Trend = Freshness & {
  figure: KeyFigure
  regions: Region[]
  months: string[]
  rows: Value[][]
  total: Value[]
  weighted_average: Value[]
}

/** Thrown for a filter value the warehouse does not know; `field` names the query parameter. */
export class UnknownFilter extends Error {
  field: keyof ViewQuery | 'service_kinds' | 'group' | StructureDimension
  constructor(field: UnknownFilter['field']) {
    super(`unknown ${field}`)
    this.field = field
  }
}

type OfMonth = ViewQuery & { month: Month; running: Month }

/** The table of one key figure: this month, the month before, both yearly averages and the change (domain.md 3). */
export const comparison = async (warehouse: Warehouse, query: OfMonth, eyes: Eyes): Promise<Comparison> => {
  const view = await openView(warehouse, query)
  return tableOf(view, await readMonths(warehouse, view, { from: firstCompared(query.month), to: query.month }, eyes), query)
}

/** The table and the months behind it, of one moment. */
export const comparisonWithTrend = async (
  warehouse: Warehouse,
  query: OfMonth,
  eyes: Eyes,
): Promise<{ comparison: Comparison; trend: Trend }> => {
  const view = await openView(warehouse, query)
  const months = { from: firstCompared(query.month), to: query.month }
  const read = await readMonths(warehouse, view, months, eyes)
  return { comparison: tableOf(view, read, query), trend: monthsIn(view, read, months) }
}

/** A month is compared with those of the year before. */
const firstCompared = (month: Month): Month => januaryOf(month) - 12

type Months = { from: Month; to: Month }

const readMonths = (warehouse: Warehouse, view: View, { from, to }: Months, eyes: Eyes) =>
  readGrid(warehouse, view, { ...monthsToRead(view.figure, from, to), month: to }, eyes)

type Read = Awaited<ReturnType<typeof readGrid>>

const tableOf = (view: View, read: Read, query: OfMonth): Comparison => {
  const { grid, cases, population_date, freshness } = read
  const { rows, total, weighted_average } = compare(grid, view.figure, query.month, query.running)
  const at = query.month - grid.first
  const casesOf = (row: number): number | null => (cases && typeof rows[row]!.current === 'number' ? cases[row]![at]! : null)
  const totalCases = cases && typeof total.current === 'number' ? cases.reduce((sum, ofRow) => sum + ofRow[at]!, 0) : null
  return {
    ...freshness,
    figure: view.figure,
    population_date,
    regions: read.regions,
    rows: rows.map((row, i) => ({ ...row, cases: casesOf(i), parts: partsOfValue(grid, view.figure, i, query.month) })),
    total: { ...total, cases: totalCases, parts: partsOfValue(grid, view.figure, summe, query.month) },
    weighted_average,
  }
}

/** The monthly values of one key figure from month to month. */
export const trend = async (warehouse: Warehouse, query: ViewQuery & Months, eyes: Eyes): Promise<Trend> => {
  const view = await openView(warehouse, query)
  return monthsIn(view, await readMonths(warehouse, view, query, eyes), query)
}

const monthsIn = ({ figure }: View, { grid, regions, freshness }: Read, { from, to }: Months): Trend => {
  const months = Array.from({ length: to - from + 1 }, (_, i) => monthText(from + i))
  return { ...freshness, figure, regions, months, ...trendOf(grid, figure, from, to) }
}

export type Behind = Freshness & {
  figure: KeyFigure
  months: { month: string; value: Value; cases: number | null; parts: Parts | null }[]
}

/**
 * The cells behind one row of a view of a month, from month to month: an authority's by its id, or those of the Summe (null); undefined for
 * a row that is not there. Inhabitants are those of the view's month.
 */
export const behind = async (
  warehouse: Warehouse,
  query: ViewQuery & { row: string | null; from: Month; to: Month; month: Month },
  eyes: Eyes,
): Promise<Behind | undefined> => {
  const view = await openView(warehouse, query)
  const span = monthsToRead(view.figure, query.from, query.to)
  const { grid, regions, cases, freshness } = await readGrid(warehouse, view, { ...span, month: query.month }, eyes)
  const row = query.row === null ? summe : regions.findIndex(({ id }) => id === query.row)
  if (query.row !== null && row < 0) return undefined
  const { rows, total } = trendOf(grid, view.figure, query.from, query.to)
  const values = row === summe ? total : rows[row]!
  const casesIn = (month: Month): number | null => {
    if (!cases) return null
    return (row === summe ? cases : [cases[row]!]).reduce((sum, ofRow) => sum + ofRow[month - grid.first]!, 0)
  }
  const months = values.map((value, i) => {
    const month = query.from + i
    const open = typeof value === 'number'
    return { month: monthText(month), value, cases: open ? casesIn(month) : null, parts: partsOfValue(grid, view.figure, row, month) }
  })
  return { ...freshness, figure: view.figure, months }
}

/** The scope with the names to show it by. What is hidden is decided over whole areas: of a group's, `shown` are its rows; null: all. */
export type View = Omit<Scope, 'regions'> & {
  regions: Region[]
  data_from: (Month | null)[]
  shown: number[] | null
  directory: Directory
}

export const openView = async (warehouse: Warehouse, query: ViewQuery): Promise<View> => {
  const directory = await directoryOf(warehouse)
  const figure = keyFigureByName.get(query.figure)
  if (!figure) throw new UnknownFilter('figure')
  const kind = directory.service_kinds.find(({ code }) => code === query.service_kind)
  if (query.service_kind !== null && !kind) throw new UnknownFilter('service_kind')
  if (query.specialisation !== null && !directory.specialisations.some(({ code }) => code === query.specialisation))
    throw new UnknownFilter('specialisation')
  const group = directory.groups.find(({ code }) => code === query.area)
  const area = group ? areaAround(group, directory) : query.area
  const state = directory.states.find(({ code }) => code === area)
  if (area !== 'de' && !state) throw new UnknownFilter('area')
  const { regions, data_from } = regionsOf(directory, area)
  return {
    figure,
    unit: kind?.unit === 'hour' ? 'hour' : 'day',
    kind: kind?.code ?? 'all',
    specialisation: query.specialisation ?? 'all',
    place: state?.ags ?? 'de',
    regions,
    data_from,
    shown: group ? rowsAmong(regions, group.members) : null,
    directory,
  }
}

/** The state all members lie in, else Germany. */
const areaAround = ({ code }: ComparisonGroup, directory: Directory): string => {
  const states = new Set(authoritiesIn(directory, code).map(({ federal_state }) => federal_state))
  return states.size === 1 ? [...states][0]! : 'de'
}

/** Which of the rows are some authorities'. */
export const rowsAmong = (regions: { id: string }[], some: ReadonlySet<string>): number[] =>
  regions.flatMap(({ id }, row) => (some.has(id) ? [row] : []))

/** Where the own row is open to nobody. */
const nobodys: Eyes = { own_authority: null }

const known = new WeakMap<Directory, Map<string, Pick<View, 'regions' | 'data_from'>>>()

/** The rows of an area, the same until the directory changes. */
const regionsOf = (directory: Directory, area: string): Pick<View, 'regions' | 'data_from'> => {
  const areas = known.get(directory) ?? new Map<string, Pick<View, 'regions' | 'data_from'>>()
  known.set(directory, areas)
  let found = areas.get(area)
  if (!found) {
    const authorities = authoritiesIn(directory, area)
    found = {
      regions: authorities.map(({ id, ags, federal_state, abbreviation, name }) => ({
        id,
        ags,
        federal_state,
        region: abbreviation,
        name,
      })),
      data_from: authorities.map(({ data_from }) => (data_from ? monthOf(data_from) : null)),
    }
    areas.set(area, found)
  }
  return found
}

/** What is behind the rows of a view in some months, and what of it is hidden; inhabitants are those of `month`. */
export const readGrid = async (warehouse: Warehouse, view: View, span: SpanOfView, eyes: Eyes) => {
  if (view.figure.compute.from !== 'statistic') return (await readGridsByKind(warehouse, view, [view.kind], span, eyes)).get(view.kind)!
  const { cells, facts, suppressions } = await readSuppressed(warehouse, wantedOf(view, [view.kind], eyes), span, (connection) =>
    readStatistics(connection, view, span),
  )
  return gridOf(view, span, { ...facts, cells: cells.get(view.kind)! }, suppressions[0]!)
}

/** Likewise of several service kinds, forms (`formKey`) or 'all', and of one moment; of what is no order statistic. */
export const readGridsByKind = async (
  warehouse: Warehouse,
  view: View,
  kinds: string[],
  span: SpanOfView,
  eyes: Eyes,
): Promise<Map<string, ReturnType<typeof gridOf>>> => {
  const wanted = wantedOf(view, kinds, eyes)
  const lasting = measuresOf(view.figure, view.unit).all.filter((measure) => standing.has(measure))
  if (lasting.length === 0) {
    const { cells, facts, suppressions } = await suppressedNow(warehouse, wanted, span)
    const gridOfKind = (kind: string, at: number) =>
      gridOf(view, span, { ...facts, cells: cells.get(kind)!, statistics: null }, suppressions[at]!)
    return new Map(kinds.map((kind, at) => [kind, gridOfKind(kind, at)]))
  }
  const codes = new Map(kinds.map((kind) => [kind, kindsOfForm(view.directory, kind) ?? [kind]]))
  const { cells, facts, suppressions } = await readSuppressed(warehouse, wanted, span, (connection) =>
    readStanding(connection, view, [...new Set([...codes.values()].flat())], lasting, span),
  )
  const { freshness } = facts
  const cellsOf = (kind: string): Cells =>
    new Map([...cells.get(kind)!, ...addedUp(codes.get(kind)!.map((code) => facts.cells.get(code)!))])
  return new Map(
    kinds.map((kind, at) => [kind, gridOf(view, span, { cells: cellsOf(kind), statistics: null, freshness }, suppressions[at]!)]),
  )
}

type SpanOfView = Span & { month: Month }

/** What is read of a view for a reader, and what decides on it. */
export const wantedOf = (view: View, kinds: string[], eyes: Eyes) => {
  const { protecting, all } = measuresOf(view.figure, view.unit)
  const { own_authority: own, beside } = view.figure.own_row_open ? eyes : nobodys
  return { ...view, kinds, measures: protecting, shown: all.filter((measure) => !standing.has(measure)), own, beside }
}

const addedUp = ([first, ...others]: Cells[]): Cells => {
  if (others.length === 0) return first!
  const sumOf = (rows: Float64Array[], of: (cells: Cells) => Float64Array[]): Float64Array[] =>
    rows.map((row, at) => row.map((number, month) => others.reduce((sum, cells) => sum + of(cells)[at]![month]!, number)))
  return new Map(
    [...first!].map(([measure, { value, cases }]) => [
      measure,
      { value: sumOf(value, (cells) => cells.get(measure)!.value), cases: sumOf(cases, (cells) => cells.get(measure)!.cases) },
    ]),
  )
}

type Facts = { cells: Cells; statistics: Statistics | null; freshness: Freshness }

const gridOf = (view: View, span: SpanOfView, { cells, statistics, freshness }: Facts, suppression: StateSuppression) => {
  const { figure, directory, regions, data_from, shown } = view
  const measures = measuresOf(figure, view.unit)
  const dates = [...directory.population.keys()]
  const population_date = populationDate(span.month, dates)
  const inhabitants = regions.map(({ ags }) => directory.population.get(population_date ?? '')?.get(ags) ?? { total: NaN, under_21: NaN })
  const { compute } = figure
  const grid: Grid = {
    first: span.first,
    months: span.months,
    data_from,
    numerator:
      compute.from === 'statistic' ? statistics!.value : cells.get(compute.from === 'ratio' ? compute.numerator : compute.measure)!.value,
    denominator: compute.from === 'ratio' ? cells.get(compute.denominator)!.value : null,
    total_statistic: statistics?.total ?? null,
    n: statistics?.n ?? null,
    population: { total: inhabitants.map(({ total }) => total), under_21: inhabitants.map(({ under_21 }) => under_21) },
    suppression,
  }
  const told = measures.protecting[0]
  const cumulated = compute.from === 'ratio' && compute.cumulated
  const cases = told && !cumulated ? cells.get(told)!.cases : null
  const ofShown = <Item>(items: Item[]): Item[] => (shown ? shown.map((row) => items[row]!) : items)
  return {
    grid: shown ? groupRows(grid, shown) : grid,
    regions: ofShown(regions),
    cases: cases && ofShown(cases),
    population_date,
    freshness,
    state_totals: suppression.state_totals,
  }
}
