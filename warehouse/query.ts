import type { DuckDBConnection } from '@duckdb/node-api'
import { compare, populationDate, monthsToRead, trendOf, type Columns, type Grid, type Value } from './comparison.ts'
import { directoryOf, parameterOn, type Directory } from './directory.ts'
import { suppress } from './disclosure.ts'
import { keyFigureByName, measuresOf, seriesOf, type KeyFigure, type RateUnit } from './key-figures.ts'
import { statisticsOf } from './marts.ts'
import { firstDay, januaryOf, monthOf, monthText, type Month } from './month.ts'
import { columnsRead, execute } from './statement.ts'
import type { Warehouse } from './warehouse.ts'

/** What a reader asks for. Codes of filters, months as counted by month.ts; `area` is a state's code or 'de'. */
export type ViewQuery = { figure: string; service_kind: string | null; specialisation: string | null; area: string }

/** Whose own row is open: the reader's authority, or null where everything is controlled. */
export type Eyes = { own_authority: string | null }

export type Region = { id: string; ags: string; region: string; name: string }

export type Freshness = { data_lsn: string; data_as_of: string }

export type Comparison = Freshness & {
  figure: KeyFigure
  population_date: string | null
  regions: Region[]
  rows: (Columns & { cases: number | null })[]
  total: Columns & { cases: number | null }
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
  field: keyof ViewQuery
  constructor(field: keyof ViewQuery) {
    super(`unknown ${field}`)
    this.field = field
  }
}

/** The table of one key figure: this month, the month before, both yearly averages and the change (domain.md 3). */
export const comparison = (warehouse: Warehouse, query: ViewQuery & { month: Month; running: Month }, eyes: Eyes): Promise<Comparison> =>
  warehouse.read(async (connection) => {
    const view = await openView(warehouse, connection, query)
    const { first, months } = monthsToRead(view.figure, januaryOf(query.month) - 12, query.month)
    const { grid, cases, population_date } = await readGrid(connection, view, { first, months, month: query.month }, eyes)
    const { rows, total, weighted_average } = compare(grid, view.figure, query.month, query.running)
    const at = query.month - grid.first
    const casesOf = (row: number): number | null => (cases && typeof rows[row]!.current === 'number' ? cases[row]![at]! : null)
    const totalCases = cases && typeof total.current === 'number' ? cases.reduce((sum, ofRow) => sum + ofRow[at]!, 0) : null
    return {
      ...(await freshness(connection)),
      figure: view.figure,
      population_date,
      regions: view.regions,
      rows: rows.map((row, i) => ({ ...row, cases: casesOf(i) })),
      total: { ...total, cases: totalCases },
      weighted_average,
    }
  })

/** The monthly values of one key figure from month to month. */
export const trend = (warehouse: Warehouse, query: ViewQuery & { from: Month; to: Month }, eyes: Eyes): Promise<Trend> =>
  warehouse.read(async (connection) => {
    const view = await openView(warehouse, connection, query)
    const { grid } = await readGrid(connection, view, { ...monthsToRead(view.figure, query.from, query.to), month: query.to }, eyes)
    const months = Array.from({ length: query.to - query.from + 1 }, (_, i) => monthText(query.from + i))
    return {
      ...(await freshness(connection)),
      figure: view.figure,
      regions: view.regions,
      months,
      ...trendOf(grid, view.figure, query.from, query.to),
    }
  })

/** The position up to which this transaction sees every commit, and the time of the last one. */
export const freshness = async (connection: DuckDBConnection): Promise<Freshness> => {
  const reader = await execute(connection, 'select applied_lsn, epoch_us(committed_at) from history.progress')
  const [lsn, micros] = reader.getRows()[0] ?? [0n, 0n]
  return { data_lsn: lsnText(BigInt(String(lsn))), data_as_of: new Date(Number(micros) / 1000).toISOString() }
}

/** PostgreSQL's way of writing a position in the log, e.g. '0/1A2B3C'. */
export const lsnText = (lsn: bigint): string =>
  `${(lsn >> 32n).toString(16).toUpperCase()}/${(lsn & 0xffffffffn).toString(16).toUpperCase()}`

type View = {
  figure: KeyFigure
  unit: RateUnit
  kind: string
  specialisation: string
  /** The first digits of the AGS all rows share; empty for Germany. */
  prefix: string
  place: string
  regions: Region[]
  directory: Directory
}

const openView = async (warehouse: Warehouse, connection: DuckDBConnection, query: ViewQuery): Promise<View> => {
  const directory = await directoryOf(warehouse, connection)
  const figure = keyFigureByName.get(query.figure)
  if (!figure) throw new UnknownFilter('figure')
  const kind = directory.service_kinds.find(({ code }) => code === query.service_kind)
  if (query.service_kind !== null && !kind) throw new UnknownFilter('service_kind')
  if (query.specialisation !== null && !directory.specialisations.some(({ code }) => code === query.specialisation))
    throw new UnknownFilter('specialisation')
  const state = directory.states.find(({ code }) => code === query.area)
  if (query.area !== 'de' && !state) throw new UnknownFilter('area')
  const regions = directory.authorities
    .filter(({ federal_state }) => !state || federal_state === state.code)
    .map(({ id, ags, abbreviation, name }) => ({ id, ags, region: abbreviation, name }))
  return {
    figure,
    unit: kind?.unit === 'hour' ? 'hour' : 'day',
    kind: kind?.code ?? 'all',
    specialisation: query.specialisation ?? 'all',
    prefix: state?.ags ?? '',
    place: state?.ags ?? 'de',
    regions,
    directory,
  }
}

type Span = { first: Month; months: number; month: Month }

const readGrid = async (connection: DuckDBConnection, view: View, span: Span, eyes: Eyes) => {
  const { figure, directory, regions } = view
  const measures = measuresOf(figure, view.unit)
  const cells = await readCells(connection, view, measures.all, span)
  const statistics = await readStatistics(connection, view, span)
  const dates = [...directory.population.keys()]
  const population_date = populationDate(span.month, dates)
  const inhabitants = regions.map(({ ags }) => directory.population.get(population_date ?? '')?.get(ags) ?? { total: NaN, under_21: NaN })
  const fromById = new Map(directory.authorities.map(({ id, data_from }) => [id, data_from]))
  const data_from = regions.map(({ id }) => {
    const from = fromById.get(id)
    return from ? monthOf(from) : null
  })
  const own = figure.own_row_open && eyes.own_authority ? regions.findIndex(({ id }) => id === eyes.own_authority) : -1
  const threshold = parameterOn(directory, 'disclosure_threshold', firstDay(span.month))
  const protecting = measures.protecting.map((measure) => cells.get(measure)!.cases)
  // what stands before the first complete month is not shown, so nothing can hide behind it
  for (const cases of protecting)
    cases.forEach((ofRow, row) => ofRow.fill(0, 0, Math.max(0, Math.min(span.months, (data_from[row] ?? Infinity) - span.first))))
  const suppression = suppress(protecting, span.months, { own: own < 0 ? null : own, threshold })
  const { compute } = figure
  const empty = () => regions.map(() => new Float64Array(span.months))
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
    suppression: measures.protecting.length > 0 ? suppression : { hidden: empty().map(() => []), total_hidden: [] },
  }
  const told = measures.protecting[0]
  const cumulated = compute.from === 'ratio' && compute.cumulated
  return { grid, cases: told && !cumulated ? protecting[0]! : null, population_date }
}

type Cells = Map<string, { value: Float64Array[]; cases: Int32Array[] }>

const monthNumber = '(year(month) * 12 + month(month) - 1)::integer'

const readCells = async (connection: DuckDBConnection, view: View, measures: string[], span: Span): Promise<Cells> => {
  const cells: Cells = new Map()
  for (const measure of measures) {
    const value = view.regions.map(() => new Float64Array(span.months))
    cells.set(measure, { value, cases: value.map(() => new Int32Array(span.months)) })
  }
  if (measures.length === 0) return cells
  const rowOf = new Map(view.regions.map(({ id }, row) => [id, row]))
  const reader = await execute(
    connection,
    `select measure, place, ${monthNumber} as month, sum(value)::double, sum(cases)::integer
    from marts.cell
    where measure in (${measures.map((_, i) => `$${i + 6}`).join(', ')})
      and service_kind = $1 and specialisation = $2 and month between $3::date and $4::date and starts_with(place, $5)
    group by all`,
    [view.kind, view.specialisation, firstDay(span.first), firstDay(lastOf(span)), view.prefix, ...measures],
  )
  const [measure, place, month, value, cases] = columnsRead<[string[], string[], number[], number[], number[]]>(reader)
  measure.forEach((name, i) => {
    const row = rowOf.get(place[i]!)
    if (row === undefined) return
    const at = month[i]! - span.first
    cells.get(name)!.value[row]![at] = value[i]!
    cells.get(name)!.cases[row]![at] = cases[i]!
  })
  return cells
}

type Statistics = { value: Float64Array[]; n: Float64Array[]; total: { value: Float64Array; n: Float64Array } }

/** Order statistics: stored ones, and for keys that got rows since the last folding straight from the histogram. */
const readStatistics = async (connection: DuckDBConnection, view: View, span: Span): Promise<Statistics | null> => {
  const { compute } = view.figure
  if (compute.from !== 'statistic') return null
  const pick = { lowest: 'lowest', highest: 'highest', median: 'middles / 2' }[compute.pick]
  const reader = await execute(
    connection,
    `select place, ${monthNumber} as month, coalesce(n, 0)::double, coalesce(${pick}, 0)::double from (${compute.standing ? standingStatistics : storedStatistics}) order by month`,
    [
      seriesOf(view.figure, view.unit)!,
      view.kind,
      view.specialisation,
      firstDay(span.first),
      firstDay(lastOf(span)),
      view.place,
      view.prefix,
    ],
  )
  const [place, month, n, value] = columnsRead<[string[], number[], number[], number[]]>(reader)
  const empty = () => ({ value: new Float64Array(span.months), n: new Float64Array(span.months) })
  const ofRows = view.regions.map(empty)
  const total = empty()
  const byPlace = new Map([[view.place, total], ...view.regions.map(({ id }, row): [string, typeof total] => [id, ofRows[row]!])])
  place.forEach((id, i) => {
    const target = byPlace.get(id)
    // what stands goes on until it changes
    const until = compute.standing ? span.months : month[i]! - span.first + 1
    target?.value.fill(value[i]!, month[i]! - span.first, until)
    target?.n.fill(n[i]!, month[i]! - span.first, until)
  })
  return { value: ofRows.map(({ value }) => value), n: ofRows.map(({ n }) => n), total }
}

const lastOf = (span: Span): Month => span.first + span.months - 1

const statisticKey = `series = $1 and service_kind = $2 and specialisation = $3 and (place = $6 or starts_with(place, $7)) and month <= $5::date`

const storedStatistics = `
  with stale as (select distinct place, month from marts.histogram where not folded and ${statisticKey} and month >= $4::date)
  select place, month, n, lowest, highest, middles from marts.statistic anti join stale using (place, month) where ${statisticKey} and month >= $4::date
  union all
  from (${statisticsOf('marts.histogram semi join stale using (place, month)', `${statisticKey} and month >= $4::date`, 'place, month')})`

/** Statistics of what stands, at the first month and at each in which it changes; none standing gives n = 0. */
const standingStatistics = `
  with changes as (
    select place, greatest(month, $4::date) as month, value, sum(n) as n from marts.stock_change where ${statisticKey} group by all
  ),
  moments as (select distinct place, month from changes),
  standing as (
    select place, moments.month, value, sum(n) as n
    from moments join changes using (place) where changes.month <= moments.month
    group by all
  )
  select place, month, n, lowest, highest, middles from moments left join (${statisticsOf('standing', 'true', 'place, month')}) using (place, month)`
