import type { DuckDBConnection } from '@duckdb/node-api'
import { seriesOf, type KeyFigure, type RateUnit } from './key-figures.ts'
import { statisticsOf } from './marts.ts'
import { firstDay, type Month } from './month.ts'
import { movedStatistic, type Pick } from './order-statistics.ts'
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

/** Everything a view needs, by one statement and so of one moment. */
export const readFacts = async (connection: DuckDBConnection, scope: Scope, measures: string[], span: Span): Promise<Facts> =>
  (await readOnce(connection, scope, measures, span, movable)) ?? (await readOnce(connection, scope, measures, span, recomputed))!

/** Undefined where the statistics asked for cannot be moved to what was appended: then they are recomputed. */
const readOnce = async (
  connection: DuckDBConnection,
  scope: Scope,
  measures: string[],
  span: Span,
  stored: (pick: string) => string,
): Promise<Facts | undefined> => {
  const { compute } = scope.figure
  const series = seriesOf(scope.figure, scope.unit)
  const cells = emptyCells(scope, measures, span)
  const rows = new Map(scope.regions.map(({ id }, row) => [Number(id), row]))
  const slots = measures.map((measure) => cells.get(measure)!)
  const parts = [progress]
  if (measures.length > 0) parts.push(cellsOf(measures.length, series !== null))
  if (compute.from === 'statistic') {
    const pick = { lowest: 'lowest', highest: 'highest', median: 'middles / 2' }[compute.pick]
    parts.push(compute.standing ? statisticRows(standingStatistics, pick) : stored(pick))
  }
  const filters = [scope.kind, scope.specialisation, firstDay(span.first), firstDay(span.first + span.months - 1), scope.prefix]
  const reader = await execute(connection, parts.join(' union all '), [
    ...filters,
    ...(series === null ? [] : [series, scope.place]),
    ...measures,
  ])
  const [slot = [], place = [], month = [], value = [], count = [], below = []] = reader.getColumns() as number[][]
  let freshness = beginning
  const told: StatisticRow[] = []
  slot.forEach((of, i) => {
    if (of === progressSlot) freshness = freshnessOf(place[i]!, month[i]!, value[i]!)
    else if (of < progressSlot)
      told.push({ slot: of, place: place[i]!, at: month[i]! - span.first, value: value[i]!, count: count[i]!, below: below[i]! })
    else {
      const row = rows.get(place[i]!)
      if (row === undefined) return
      slots[of]!.value[row]![month[i]! - span.first]! += value[i]!
      slots[of]!.cases[row]![month[i]! - span.first]! += count[i]!
    }
  })
  if (compute.from !== 'statistic') return { cells, statistics: null, freshness }
  const settled = moveStatistics(told, compute.pick)
  return settled && { cells, statistics: fillStatistics(scope, span, settled, compute.standing === true), freshness }
}

type StatisticRow = { slot: number; place: number; at: number; value: number; count: number; below: number }

/** Statistics that stand as they are, and those of keys with appended rows, moved by these; undefined where one cannot be. */
const moveStatistics = (told: StatisticRow[], pick: Pick): StatisticRow[] | undefined => {
  const settled: StatisticRow[] = []
  const stale = new Map<string, { n: number; kept: StatisticRow[]; changes: StatisticRow[]; key: StatisticRow }>()
  for (const row of told) {
    if (row.slot === statisticSlot) {
      settled.push(row)
      continue
    }
    const id = `${row.place} ${row.at}`
    let key = stale.get(id)
    if (!key) stale.set(id, (key = { n: 0, kept: [], changes: [], key: row }))
    if (row.slot === staleSlot) key.n = row.count
    else (row.slot === keptSlot ? key.kept : key.changes).push(row)
  }
  for (const { n, kept, changes, key } of stale.values()) {
    const moved = movedStatistic(kept, n, changes, pick)
    if (moved === undefined) return undefined
    settled.push({ ...key, value: moved?.value ?? 0, count: moved?.n ?? 0 })
  }
  return settled
}

const fillStatistics = (scope: Scope, span: Span, settled: StatisticRow[], lasting: boolean): Statistics => {
  const statistics = emptyStatistics(scope, span)
  const rows = new Map(scope.regions.map(({ id }, row) => [Number(id), row]))
  const whole = Number(scope.place) || 0
  // what stands goes on until it changes, so its rows are applied in the order of months
  for (const { place, at, value, count } of lasting ? settled.toSorted((a, b) => a.at - b.at) : settled) {
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

// All rows of a statement are numbers in one shape: slot, place, month, value, count, below. The slot tells what they are.
const progressSlot = -1
const statisticSlot = -2
const staleSlot = -3
const keptSlot = -4
const changeSlot = -5

const progress = `select ${progressSlot}::double as slot, (applied_lsn >> 32)::double as place, (applied_lsn & 4294967295)::double as month,
  epoch_us(committed_at)::double as value, 0::double as count, 0::double as below from history.progress`

const monthNumber = '(year(month) * 12 + month(month) - 1)::double'
const placeNumber = 'coalesce(try_cast(place as double), 0)'

/** Cells as they lie there, folded or not: who reads adds them up. */
const cellsOf = (measures: number, withSeries: boolean): string => {
  const parameters = Array.from({ length: measures }, (_, i) => `$${i + (withSeries ? 8 : 6)}`)
  const slots = parameters.map((parameter, slot) => `when ${parameter} then ${slot}`).join(' ')
  return `select (case measure ${slots} end)::double, ${placeNumber}, ${monthNumber}, value::double, cases::double, 0 from marts.cell
    where measure in (${parameters.join(', ')})
      and service_kind = $1 and specialisation = $2 and month between $3::date and $4::date and starts_with(place, $5)`
}

const statisticKey = `series = $6 and service_kind = $1 and specialisation = $2 and (place = $7 or starts_with(place, $5)) and month <= $4::date`
const inSpan = `${statisticKey} and month >= $3::date`

const statisticRows = (statistics: string, pick: string): string =>
  `select ${statisticSlot}::double, ${placeNumber}, ${monthNumber}, coalesce(${pick}, 0)::double, coalesce(n, 0)::double, 0 from (${statistics})`

/** Stored order statistics; for keys that got rows since the last folding, what was kept near them and these rows. */
const movable = (pick: string): string => `
  from (
    with appended as materialized (select place, month, value, n from marts.histogram_appended where ${inSpan}),
    stale as materialized (select distinct place, month, true as is_stale from appended),
    stored as materialized (select * from marts.statistic left join stale using (place, month) where ${inSpan})
    select ${statisticSlot}::double, ${placeNumber}, ${monthNumber}, (${pick})::double, n::double, 0 from stored where is_stale is null
    union all
    select ${staleSlot}, ${placeNumber}, ${monthNumber}, 0, n, 0 from stored where is_stale
    union all
    select ${keptSlot}, ${placeNumber}, ${monthNumber}, unnest(kept_values), unnest(kept_counts), unnest(kept_below) from stored where is_stale
    union all
    select ${changeSlot}, ${placeNumber}, ${monthNumber}, value, n, 0 from appended
  )`

/** The same with the statistics of those keys computed from the whole histograms. */
const recomputed = (pick: string): string =>
  statisticRows(
    `with appended as materialized (select place, month, value, n from marts.histogram_appended where ${inSpan}),
    stale as materialized (select distinct place, month from appended)
    select place, month, n, lowest, highest, middles from marts.statistic anti join stale using (place, month) where ${inSpan}
    union all
    select place, month, n, lowest, highest, middles from (${statisticsOf(
      `(select place, month, value, n from marts.histogram semi join stale using (place, month) where ${inSpan} union all from appended)`,
      'true',
      'place, month',
    )})`,
    pick,
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
