import type { DuckDBConnection } from '@duckdb/node-api'
import { seriesOf, type KeyFigure, type RateUnit } from './key-figures.ts'
import { statisticsOf } from './marts.ts'
import { firstDay, type Month } from './month.ts'
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

/** Everything a view needs, by one statement and so of one moment. */
export const readFacts = async (
  connection: DuckDBConnection,
  scope: Scope,
  measures: string[],
  span: Span,
): Promise<{ cells: Cells; statistics: Statistics | null; freshness: Freshness }> => {
  const { compute } = scope.figure
  const series = seriesOf(scope.figure, scope.unit)
  const cells = emptyCells(scope, measures, span)
  const statistics = series === null ? null : emptyStatistics(scope, span)
  const rows = new Map(scope.regions.map(({ id }, row) => [Number(id), row]))
  const whole = Number(scope.place) || 0
  const slots = measures.map((measure) => cells.get(measure)!)
  const pick = compute.from === 'statistic' ? { lowest: 'lowest', highest: 'highest', median: 'middles / 2' }[compute.pick] : ''
  const parts = [progress]
  if (measures.length > 0) parts.push(cellsOf(measures.length, series !== null))
  if (series !== null) parts.push(statisticsIn(compute.from === 'statistic' && compute.standing === true, pick))
  const filters = [scope.kind, scope.specialisation, firstDay(span.first), firstDay(span.first + span.months - 1), scope.prefix]
  const reader = await execute(connection, parts.join(' union all '), [
    ...filters,
    ...(series === null ? [] : [series, scope.place]),
    ...measures,
  ])
  const [slot = [], place = [], month = [], value = [], count = []] = reader.getColumns() as number[][]
  let freshness: Freshness = { data_lsn: '0/0', data_as_of: new Date(0).toISOString() }
  // what stands goes on until it changes, so its rows are applied in the order of months
  const standing: number[] = []
  slot.forEach((of, i) => {
    if (of === progressSlot) freshness = { data_lsn: lsnText(place[i]!, month[i]!), data_as_of: new Date(value[i]! / 1000).toISOString() }
    else if (of === statisticSlot) standing.push(i)
    else {
      const row = rows.get(place[i]!)
      if (row === undefined) return
      slots[of]!.value[row]![month[i]! - span.first]! += value[i]!
      slots[of]!.cases[row]![month[i]! - span.first]! += count[i]!
    }
  })
  if (statistics) {
    const lasting = compute.from === 'statistic' && compute.standing
    for (const i of standing.sort((a, b) => month[a]! - month[b]!)) {
      const row = rows.get(place[i]!)
      const target =
        place[i] === whole ? statistics.total : row === undefined ? null : { value: statistics.value[row]!, n: statistics.n[row]! }
      const from = month[i]! - span.first
      target?.value.fill(value[i]!, from, lasting ? span.months : from + 1)
      target?.n.fill(count[i]!, from, lasting ? span.months : from + 1)
    }
  }
  return { cells, statistics, freshness }
}

/** The position up to which this transaction sees every commit, and the time of the last one. */
export const freshness = async (connection: DuckDBConnection): Promise<Freshness> => {
  const [row] = (await execute(connection, progress)).getRows() as number[][]
  return row
    ? { data_lsn: lsnText(row[1]!, row[2]!), data_as_of: new Date(row[3]! / 1000).toISOString() }
    : { data_lsn: '0/0', data_as_of: new Date(0).toISOString() }
}

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

/** PostgreSQL's way of writing a position in the log from its two halves, e.g. '0/1A2B3C'. */
const lsnText = (high: number, low: number): string => `${high.toString(16).toUpperCase()}/${low.toString(16).toUpperCase()}`

// All rows of a statement are numbers in one shape: slot, place, month, value, count. The slot tells what they are.
const progressSlot = -1
const statisticSlot = -2

const progress = `select ${progressSlot}::double as slot, (applied_lsn >> 32)::double as place, (applied_lsn & 4294967295)::double as month,
  epoch_us(committed_at)::double as value, 0::double as count from history.progress`

const monthNumber = '(year(month) * 12 + month(month) - 1)::double'
const placeNumber = 'coalesce(try_cast(place as double), 0)'

/** Cells as they lie there, folded or not: who reads adds them up. */
const cellsOf = (measures: number, withSeries: boolean): string => {
  const parameters = Array.from({ length: measures }, (_, i) => `$${i + (withSeries ? 8 : 6)}`)
  const slots = parameters.map((parameter, slot) => `when ${parameter} then ${slot}`).join(' ')
  return `select (case measure ${slots} end)::double, ${placeNumber}, ${monthNumber}, value::double, cases::double from marts.cell
    where measure in (${parameters.join(', ')})
      and service_kind = $1 and specialisation = $2 and month between $3::date and $4::date and starts_with(place, $5)`
}

const statisticKey = `series = $6 and service_kind = $1 and specialisation = $2 and (place = $7 or starts_with(place, $5)) and month <= $4::date`
const inSpan = `${statisticKey} and month >= $3::date`

const statisticsIn = (standing: boolean, pick: string): string =>
  `select ${statisticSlot}::double, ${placeNumber}, ${monthNumber}, coalesce(${pick}, 0)::double, coalesce(n, 0)::double
  from (${standing ? standingStatistics : storedStatistics})`

/** Stored order statistics; for keys that got rows since the last folding, straight from the histograms. */
const storedStatistics = `
  with appended as materialized (select place, month, value, n from marts.histogram_appended where ${inSpan}),
  stale as materialized (select distinct place, month from appended)
  select place, month, n, lowest, highest, middles from marts.statistic anti join stale using (place, month) where ${inSpan}
  union all
  from (${statisticsOf(
    `(select place, month, value, n from marts.histogram semi join stale using (place, month) where ${inSpan} union all from appended)`,
    'true',
    'place, month',
  )})`

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
