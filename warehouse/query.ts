import type { DuckDBConnection } from '@duckdb/node-api'
import { seriesOf, type KeyFigure, type RateUnit } from './key-figures.ts'
import { statisticsOf } from './marts.ts'
import { firstDay, type Month } from './month.ts'
import { movedStatistic, type Kept, type Pick } from './order-statistics.ts'
import { execute } from './statement.ts'

/** What of the marts a view rests on. */
export type Scope = {
  figure: KeyFigure
  unit: RateUnit
  kind: string
  specialisation: string
  /** The first digits of the AGS all rows share; empty for Germany. */
  prefix: string
  /** The place of the whole: a state's AGS or 'de'. */
  place: string
  regions: { id: string }[]
}

export type Span = { first: Month; months: number }

/** The position up to which an answer holds every commit, and the time of the last one. */
export type Freshness = { data_lsn: string; data_as_of: string }

/** Values and cases as [row][month]. */
export type Cells = Map<string, { value: Float64Array[]; cases: Int32Array[] }>

/** Order statistics and the number of values behind them as [row][month], and of the whole by month. */
export type Statistics = { value: Float64Array[]; n: Float64Array[]; total: { value: Float64Array; n: Float64Array } }

type Facts = { cells: Cells; statistics: Statistics | null; freshness: Freshness }

/** Everything a view needs; for order statistics in a transaction, for the rest by one statement and so of one moment. */
export const readFacts = async (connection: DuckDBConnection, scope: Scope, measures: string[], span: Span): Promise<Facts> => {
  const { compute } = scope.figure
  const series = seriesOf(scope.figure, scope.unit)
  const cells = emptyCells(scope, measures, span)
  const rows: RowNumbers = new Map(scope.regions.map(({ id }, row) => [Number(id), row]))
  const slots = measures.map((measure) => cells.get(measure)!)
  const parts = [progress]
  if (measures.length > 0) parts.push(cellsOf(measures.length, series !== null))
  if (compute.from === 'statistic')
    parts.push(compute.standing ? statisticRows(standingStatistics, picked(compute.pick)) : storedStatistics(compute.pick))
  const filters = filtersOf(scope, span)
  const reader = await execute(connection, parts.join(' union all '), [
    ...filters,
    ...(series === null ? [] : [series, scope.place]),
    ...measures,
  ])
  const [slot = [], place = [], month = [], value = [], count = []] = reader.getColumns() as number[][]
  let freshness = beginning
  const told: StatisticRow[] = []
  const appended: StatisticRow[] = []
  for (let i = 0; i < slot.length; i += 1) {
    const of = slot[i]!
    if (of >= 0) {
      const row = rows.get(place[i]!)
      if (row === undefined) continue
      slots[of]!.value[row]![month[i]! - span.first]! += value[i]!
      slots[of]!.cases[row]![month[i]! - span.first]! += count[i]!
    } else if (of === progressSlot) freshness = freshnessOf(place[i]!, month[i]!, value[i]!)
    else (of === statisticSlot ? told : appended).push({ place: place[i]!, month: month[i]!, value: value[i]!, count: count[i]! })
  }
  if (compute.from !== 'statistic' || series === null) return { cells, statistics: null, freshness }
  const moved = await movedBy(connection, scope, rows, series, compute.pick, appended)
  const settled = moved ? [...told, ...moved] : await recomputed(connection, compute.pick, [...filters, series, scope.place])
  return { cells, statistics: fillStatistics(scope, rows, span, settled, compute.standing === true), freshness }
}

const filtersOf = (scope: Scope, span: Span): string[] => [
  scope.kind,
  scope.specialisation,
  firstDay(span.first),
  firstDay(span.first + span.months - 1),
  scope.prefix,
]

/** The row of each authority, by its number. */
type RowNumbers = Map<number, number>

type StatisticRow = { place: number; month: Month; value: number; count: number }

/** The statistics of the keys with appended rows, moved by these; undefined where what was kept near one does not reach. */
const movedBy = async (
  connection: DuckDBConnection,
  scope: Scope,
  rows: RowNumbers,
  series: string,
  pick: Pick,
  appended: StatisticRow[],
): Promise<StatisticRow[] | undefined> => {
  if (appended.length === 0) return []
  const keys = new Map<string, { place: number; month: Month; n: number; kept: Kept[]; changes: StatisticRow[] }>()
  const whole = Number(scope.place) || 0
  for (const row of appended) {
    for (const place of [row.place, whole]) {
      const id = `${place} ${row.month}`
      const key = keys.get(id)
      if (key) key.changes.push(row)
      else keys.set(id, { place, month: row.month, n: 0, kept: [], changes: [row] })
    }
  }
  // literal places, so that the lists of all other places are not read
  const places = [...new Set([whole, ...appended.map(({ place }) => place)])].map(
    (place) => `'${scope.regions[rows.get(place) ?? -1]?.id ?? scope.place}'`,
  )
  const months = appended.map(({ month }) => month)
  const reader = await connection.runAndReadAll(
    `select ${placeNumber} as place, ${monthNumber} as month, n::double as n, kept_values::double[] as kept_values, kept_counts, kept_below::double[] as kept_below
    from marts.statistic where series = $1 and service_kind = $2 and specialisation = $3 and month between $4::date and $5::date and place in (${places.join(', ')})`,
    [series, scope.kind, scope.specialisation, firstDay(Math.min(...months)), firstDay(Math.max(...months))],
  )
  for (const row of reader.getRowObjectsJS() as {
    place: number
    month: Month
    n: number
    kept_values: number[]
    kept_counts: number[]
    kept_below: number[]
  }[]) {
    const key = keys.get(`${row.place} ${row.month}`)
    if (!key) continue
    key.n = row.n
    key.kept = row.kept_values.map((value, i) => ({ value, count: row.kept_counts[i]!, below: row.kept_below[i]! }))
  }
  const moved: StatisticRow[] = []
  for (const { place, month, n, kept, changes } of keys.values()) {
    const statistic = movedStatistic(kept, n, changes, pick)
    if (statistic === undefined) return undefined
    moved.push({ place, month, value: statistic?.value ?? 0, count: statistic?.n ?? 0 })
  }
  return moved
}

/** All statistics of the view, those of keys with appended rows from the whole histograms. */
const recomputed = async (connection: DuckDBConnection, pick: Pick, values: string[]): Promise<StatisticRow[]> => {
  const [, place = [], month = [], value = [], count = []] = (
    await execute(connection, recomputedStatistics(pick), values)
  ).getColumns() as number[][]
  return place.map((of, i) => ({ place: of, month: month[i]!, value: value[i]!, count: count[i]! }))
}

const fillStatistics = (scope: Scope, rows: RowNumbers, span: Span, settled: StatisticRow[], lasting: boolean): Statistics => {
  const statistics = emptyStatistics(scope, span)
  const whole = Number(scope.place) || 0
  // what stands goes on until it changes, so its rows are applied in the order of months
  for (const { place, month, value, count } of lasting ? settled.toSorted((a, b) => a.month - b.month) : settled) {
    const at = month - span.first
    const row = rows.get(place)
    const target = place === whole ? statistics.total : row === undefined ? null : { value: statistics.value[row]!, n: statistics.n[row]! }
    target?.value.fill(value, at, lasting ? span.months : at + 1)
    target?.n.fill(count, at, lasting ? span.months : at + 1)
  }
  return statistics
}

/** The position up to which this transaction sees every commit, and the time of the last one. */
export const freshness = async (connection: DuckDBConnection): Promise<Freshness> => {
  const [row] = (await execute(connection, progress)).getRows() as number[][]
  return row ? freshnessOf(row[1]!, row[2]!, row[3]!) : beginning
}

const beginning: Freshness = { data_lsn: '0/0', data_as_of: new Date(0).toISOString() }

/** From the two halves of the position, written PostgreSQL's way, and the microseconds of the last commit. */
const freshnessOf = (high: number, low: number, micros: number): Freshness => ({
  data_lsn: `${high.toString(16).toUpperCase()}/${low.toString(16).toUpperCase()}`,
  data_as_of: new Date(micros / 1000).toISOString(),
})

const emptyCells = (scope: Scope, measures: string[], { months }: Span): Cells =>
  new Map(
    measures.map((measure) => [
      measure,
      { value: scope.regions.map(() => new Float64Array(months)), cases: scope.regions.map(() => new Int32Array(months)) },
    ]),
  )

const emptyStatistics = (scope: Scope, { months }: Span): Statistics => ({
  value: scope.regions.map(() => new Float64Array(months)),
  n: scope.regions.map(() => new Float64Array(months)),
  total: { value: new Float64Array(months), n: new Float64Array(months) },
})

// All rows of a statement are numbers in one shape: slot, place, month, value, count. The slot tells what they are.
const progressSlot = -1
const statisticSlot = -2
const appendedSlot = -3

const progress = `select ${progressSlot}::double as slot, (applied_lsn >> 32)::double as place, (applied_lsn & 4294967295)::double as month,
  epoch_us(committed_at)::double as value, 0::double as count from history.progress`

const monthNumber = '(year(month) * 12 + month(month) - 1)::double'
const placeNumber = 'coalesce(try_cast(place as double), 0)'

/** Cells as they lie there, folded or not: who reads adds them up. */
const cellsOf = (measures: number, withSeries: boolean): string => {
  const parameters = Array.from({ length: measures }, (_, i) => `$${i + (withSeries ? 8 : 6)}`)
  const slots = parameters.map((parameter, slot) => `when ${parameter} then ${slot}`).join(' ')
  const from = (table: string, ofKind: string) => `
    select (case measure ${slots} end)::double, ${placeNumber}, ${monthNumber}, value::double, cases::double from ${table}
    where measure in (${parameters.join(', ')})
      and ${ofKind} and specialisation = $2 and month between $3::date and $4::date and starts_with(place, $5)`
  return `${from('marts.cell', 'service_kind = $1')} union all ${from('marts.cell_appended', `(service_kind = $1 or also_all and $1 = 'all')`)}`
}

const statisticKey = `series = $6 and service_kind = $1 and specialisation = $2 and (place = $7 or starts_with(place, $5)) and month <= $4::date`
const inSpan = `${statisticKey} and month >= $3::date`

const picked = (pick: Pick): string => ({ lowest: 'lowest', highest: 'highest', median: 'middles / 2' })[pick]

const statisticRows = (statistics: string, value: string): string =>
  `select ${statisticSlot}::double, ${placeNumber}, ${monthNumber}, coalesce(${value}, 0)::double, coalesce(n, 0)::double from (${statistics})`

/** What was appended to the histograms of authorities and not yet folded, and the keys whose stored statistics that made stale. */
const withAppended = `with appended as materialized (
      select place, month, value, sum(n)::integer as n from marts.histogram_appended
      where series = $6 and (service_kind = $1 or $1 = 'all') and specialisation = $2 and starts_with(place, $5) and month between $3::date and $4::date
      group by place, month, value having sum(n) <> 0
    ),
    stale as materialized (select distinct unnest([place, $7]) as place, month from appended)`

const notStale = `select place, month, n, lowest, highest, middles from marts.statistic anti join stale using (place, month) where ${inSpan}`

/** Stored order statistics where nothing was appended since the last folding, and what was appended elsewhere. */
const storedStatistics = (pick: Pick): string => `
  from (
    ${withAppended}
    ${statisticRows(notStale, picked(pick))}
    union all
    select ${appendedSlot}, ${placeNumber}, ${monthNumber}, value, n from appended
  )`

const recomputedStatistics = (pick: Pick): string =>
  statisticRows(
    `${withAppended}
    ${notStale}
    union all
    select place, month, n, lowest, highest, middles from (${statisticsOf(
      `(select place, month, value, n from marts.histogram semi join stale using (place, month) where ${inSpan}
        union all select unnest([place, $7]), month, value, n from appended)`,
      'true',
      'place, month',
    )})`,
    picked(pick),
  )

/** Statistics of what stands, at the first month and at each in which it changes; none standing gives n = 0. */
const standingStatistics = `
  with changes as (
    select place, greatest(month, $3::date) as month, value, sum(n) as n from marts.stock_change where ${statisticKey} group by all
  ),
  moments as (select distinct place, month from changes),
  standing as (
    select place, moments.month, value, sum(n) as n
    from moments join changes using (place) where changes.month <= moments.month
    group by all
  )
  select place, month, n, lowest, highest, middles from moments left join (${statisticsOf('standing', 'true', 'place, month')}) using (place, month)`
