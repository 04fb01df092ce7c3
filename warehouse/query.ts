import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api'
import { codeNumber, placeNumber, placesIn } from './contributions.ts'
import { seriesOf, type KeyFigure, type RateUnit } from './key-figures.ts'
import type { Month } from './month.ts'
import { addedUp, movedStatistic, statisticsOf, type Change, type Kept, type Pick } from './order-statistics.ts'
import { execute, executeForChunks, numberColumns } from './statement.ts'

/** What of the marts a view rests on. */
export type Scope = {
  figure: KeyFigure
  unit: RateUnit
  kind: string
  specialisation: string
  /** The place of the whole: a state's AGS or 'de'. */
  place: string
  regions: { id: string }[]
}

export type Span = { first: Month; months: number }

/** The position up to which an answer holds every commit, and the time of the last one. */
export type Freshness = { data_lsn: string; data_as_of: string }

/** Values and cases as [row][month]. */
export type Cells = Map<string, { value: Float64Array[]; cases: Float64Array[] }>

/** Order statistics and the number of values behind them as [row][month], and of the whole by month. */
export type Statistics = { value: Float64Array[]; n: Float64Array[]; total: { value: Float64Array; n: Float64Array } }

/** The order statistics a view shows, by one statement and so of one moment. */
export const readStatistics = async (
  connection: DuckDBConnection,
  scope: Scope,
  span: Span,
): Promise<{ statistics: Statistics; freshness: Freshness }> => {
  const { compute } = scope.figure
  if (compute.from !== 'statistic') throw new Error(`${scope.figure.name} is no order statistic`)
  const series = { ...filtersOf(scope, span), series: seriesOf(scope.figure, scope.unit) }
  if (compute.standing)
    return readView(connection, scope, span, { statistics: statisticRows(standingStatistics, compute.pick), values: series })
  const whole = placeNumber(scope.place)
  const allKinds = scope.kind === 'all'
  const recomputed = new Set<number>()
  // ends at the latest when all places are recomputed
  for (;;) {
    const values = { ...series, whole, ...(recomputed.size > 0 ? { recomputed: [...recomputed].join(',') } : {}) }
    const statistics = movableStatistics(compute.pick, allKinds, recomputed)
    const { unreached, ...read } = await readView(connection, scope, span, { statistics, values, recomputed })
    if (unreached.length === 0) return read
    for (const place of unreached) recomputed.add(place)
  }
}

/** What stands, of several service kinds (or 'all'), by one statement and so of one moment. */
export const readStanding = async (
  connection: DuckDBConnection,
  scope: Scope,
  kinds: string[],
  measures: string[],
  span: Span,
): Promise<{ cells: Map<string, Cells>; freshness: Freshness }> => {
  const cells = new Map(kinds.map((kind) => [kind, emptyCells(scope, measures, span)]))
  const slots = kinds.map((kind) => measures.map((measure) => cells.get(kind)!.get(measure)!))
  const rows = new Map(scope.regions.map(({ id }, row) => [placeNumber(id), row]))
  const { kind: _, ...filters } = filtersOf(scope, span)
  let freshness = beginning
  const chunks = await executeForChunks(connection, `${progress} union all ${standingCells(measures, kinds)}`, {
    ...filters,
    ...namedMeasures(measures),
  })
  for (const chunk of chunks) {
    const [slot, place, month, value, count, kind] = numberColumns(chunk, 6) as [Float64Array, ...Columns]
    for (let i = 0; i < slot.length; i += 1) {
      if (slot[i] === progressSlot) freshness = freshnessOf(place[i]!, month[i]!, value[i]!)
      else {
        const row = rows.get(place[i]!)
        if (row === undefined) continue
        const into = slots[kind[i]!]![slot[i]!]!
        into.value[row]![month[i]! - span.first]! += value[i]!
        into.cases[row]![month[i]! - span.first]! += count[i]!
      }
    }
  }
  // what stands goes on until it changes
  for (const ofKind of cells.values())
    for (const { value } of ofKind.values()) for (const row of value) for (let at = 1; at < row.length; at += 1) row[at]! += row[at - 1]!
  return { cells, freshness }
}

/** Places whose stale statistics are computed from their whole histograms. */
type Recomputed = ReadonlySet<number>

type Values = Record<string, DuckDBValue>

/** How often each value occurs, in no order. */
export type Histogram = Change[]

/** The histograms behind an order statistic in one month, of the rows and after them of the whole, by one statement and so of one moment. */
export const readHistograms = async (connection: DuckDBConnection, scope: Scope, month: Month) => {
  const { compute } = scope.figure
  if (compute.from !== 'statistic') throw new Error(`${scope.figure.name} is no order statistic`)
  const span = { first: month, months: 1 }
  const series = { ...filtersOf(scope, span), series: seriesOf(scope.figure, scope.unit) }
  const { freshness, histograms } = await readView(
    connection,
    scope,
    span,
    compute.standing
      ? { statistics: standingValues, values: series }
      : { statistics: countedValues(scope.kind === 'all'), values: { ...series, whole: placeNumber(scope.place) } },
  )
  return { freshness, histograms }
}

/** `unreached`: places of which the rows kept near a statistic do not reach to move it by what was appended. */
const readView = async (
  connection: DuckDBConnection,
  scope: Scope,
  span: Span,
  read: { statistics: string; values: Values; recomputed?: Recomputed },
): Promise<{ statistics: Statistics; freshness: Freshness; unreached: number[]; histograms: Histogram[] }> => {
  const { first, months } = span
  const { compute } = scope.figure
  const pick = compute.from === 'statistic' ? compute.pick : 'median'
  const chunks = await executeForChunks(connection, `${progress} union all ${read.statistics}`, {
    ...filtersOf(scope, span),
    ...read.values,
  })
  const rows = new Map(scope.regions.map(({ id }, row) => [placeNumber(id), row]))
  const whole = placeNumber(scope.place)
  rows.set(whole, scope.regions.length)
  // of the rows, and of the whole as a row after them
  const statistics = monthsOfRows(scope.regions.length + 1, months)
  const histograms: Histogram[] = Array.from({ length: scope.regions.length + 1 }, () => [])
  const moving = new Map<number, Moving>()
  const movingOf = (place: number, row: number, at: number): Moving => {
    const found = moving.get(row * months + at)
    if (found) return found
    const made = { place, row, at, kept: [], changes: [], recomputed: null }
    moving.set(row * months + at, made)
    return made
  }
  const standing: { row: number; at: number; value: number; n: number }[] = []
  let freshness = beginning
  let near: Moving | undefined
  for (const chunk of chunks) {
    const [slot, place, month, value, count, below] = numberColumns(chunk, 6) as [Float64Array, ...Columns]
    for (let i = 0; i < slot.length; i += 1) {
      const of = slot[i]!
      if (of === progressSlot) {
        freshness = freshnessOf(place[i]!, month[i]!, value[i]!)
        continue
      }
      // places without a row are not asked for
      const row = rows.get(place[i]!)
      if (row === undefined) continue
      const at = month[i]! - first
      if (of === statisticSlot) {
        statistics.value[row]![at] = value[i]!
        statistics.n[row]![at] = count[i]!
      } else if (of === keptSlot) {
        // what was kept near one statistic comes together
        if (near?.row !== row || near.at !== at) near = movingOf(place[i]!, row, at)
        near.kept.push({ value: value[i]!, count: count[i]!, below: below[i]! })
      } else if (of === appendedSlot) {
        const change = { value: value[i]!, count: count[i]! }
        movingOf(place[i]!, row, at).changes.push(change)
        movingOf(whole, scope.regions.length, at).changes.push(change)
      } else if (of === valueSlot) histograms[row]!.push({ value: value[i]!, count: count[i]! })
      else if (of === recomputedSlot) movingOf(place[i]!, row, at).recomputed = { value: value[i]!, n: count[i]! }
      else standing.push({ row, at, value: value[i]!, n: count[i]! })
    }
  }
  // what stands goes on until it changes, so its rows are applied in the order of months
  for (const { row, at, value, n } of standing.sort((a, b) => a.at - b.at)) {
    statistics.value[row]!.fill(value, at)
    statistics.n[row]!.fill(n, at)
  }
  const unreached = new Set<number>()
  for (const { place, row, at, kept, changes, recomputed } of moving.values()) {
    const isRecomputed = read.recomputed?.has(place)
    const moved = isRecomputed ? recomputed : movedStatistic(kept, statistics.n[row]![at]!, changes, pick)
    if (moved === undefined) unreached.add(place)
    statistics.value[row]![at] = moved?.value ?? 0
    statistics.n[row]![at] = moved?.n ?? 0
  }
  const [value, n] = [statistics.value.pop()!, statistics.n.pop()!]
  return { statistics: { ...statistics, total: { value, n } }, freshness, unreached: [...unreached], histograms }
}

type Columns = [Float64Array, Float64Array, Float64Array, Float64Array, Float64Array]

/** A stale statistic of a row and month: what was kept near it and the appended values that move it, or what it was recomputed to. */
type Moving = {
  place: number
  row: number
  at: number
  kept: Kept[]
  changes: Change[]
  recomputed: { value: number; n: number } | null
}

const namedMeasures = (measures: string[]): Values => Object.fromEntries(measures.map((measure, slot) => [`measure_${slot}`, measure]))

const filtersOf = (scope: Scope, span: Span): Values => {
  const places = placesIn(scope.place)
  return {
    kind: scope.kind,
    specialisation: scope.specialisation,
    first_month: span.first,
    last_month: span.first + span.months - 1,
    first_place: places.first,
    last_place: places.last,
  }
}

/** The position up to which this transaction sees every commit, and the time of the last one. */
export const freshness = async (connection: DuckDBConnection): Promise<Freshness> => {
  const [row] = (await execute(connection, progress)).getRows() as number[][]
  return row ? freshnessOf(row[1]!, row[2]!, row[3]!) : beginning
}

/** The same position as a number to compare. */
export const positionOf = async (connection: DuckDBConnection): Promise<number> => positionFrom((await freshness(connection)).data_lsn)

export const positionFrom = (data_lsn: string): number => {
  const [high, low] = data_lsn.split('/').map((half) => Number.parseInt(half, 16)) as [number, number]
  return high * 2 ** 32 + low
}

const beginning: Freshness = { data_lsn: '0/0', data_as_of: new Date(0).toISOString() }

/** From the two halves of the position, written PostgreSQL's way, and the microseconds of the last commit. */
const freshnessOf = (high: number, low: number, micros: number): Freshness => ({
  data_lsn: `${high.toString(16).toUpperCase()}/${low.toString(16).toUpperCase()}`,
  data_as_of: new Date(micros / 1000).toISOString(),
})

const emptyCells = (scope: Scope, measures: string[], { months }: Span): Cells => {
  const zeros = () => rowsOf(new Float64Array(scope.regions.length * months), months)
  return new Map(measures.map((measure) => [measure, { value: zeros(), cases: zeros() }]))
}

/** Rows of an array that is allocated at once, which takes a fraction of the time of many small ones. */
export const rowsOf = (all: Float64Array, months: number): Float64Array[] =>
  Array.from({ length: all.length / months }, (_, row) => all.subarray(row * months, (row + 1) * months))

const monthsOfRows = (rows: number, months: number) => ({
  value: rowsOf(new Float64Array(rows * months), months),
  n: rowsOf(new Float64Array(rows * months), months),
})

// All rows of a statement are numbers in one shape: slot, place, month, value, count, below. The slot tells what they are: of cells, from
// 0 on, those of one measure each, else
const progressSlot = -1
const statisticSlot = -2
const standingSlot = -3
const appendedSlot = -4
const keptSlot = -5
const recomputedSlot = -6
const valueSlot = -7

const progress = `select ${progressSlot}::double as slot, (applied_lsn >> 32)::double as place, (applied_lsn & 4294967295)::double as month,
  epoch_us(committed_at)::double as value, 0::double as count, 0::double as below from history.progress`

const kind = codeNumber('$kind::varchar')
const ofKind = `service_kind = ${kind}`
/** Of the rows that flushes append at their service kind: all kinds, whose parameter is there all the same. */
const ofAnyKind = `${kind} is not null`
const upToEnd = `specialisation = ${codeNumber('$specialisation::varchar')} and month <= $last_month::integer
  and place between $first_place::integer and $last_place::integer`
const inSpan = `${upToEnd} and month >= $first_month::integer`
const ofSeries = `series = ${codeNumber('$series::varchar')}`

/** Cells of what stands, folded or not: who reads adds them up. The position of the service kind comes last. */
const standingCells = (measures: string[], kinds: string[]): string => {
  const numbers = measures.map((_, slot) => codeNumber(`$measure_${slot}::varchar`))
  const slot = `case measure ${numbers.map((number, at) => `when ${number} then ${at}`).join(' ')} end`
  const from = (table: string, chosen: string, kind: string) => `
    select (${slot})::double, place::double, greatest(month, $first_month::integer)::double, value::double, cases::double, (${kind})::double
    from ${table} where measure in (${numbers.join(', ')}) and ${chosen} and ${upToEnd}`
  const codes = kinds.map((code) => codeNumber(`'${code}'`))
  const chosen = `service_kind in (${codes.join(', ')})`
  const kind = `case service_kind ${codes.map((number, at) => `when ${number} then ${at}`).join(' ')} end`
  const all = kinds.indexOf('all')
  const alsoAll = all < 0 ? [] : [from('marts.cell_appended', 'also_all', String(all))]
  return [from('marts.cell', chosen, kind), from('marts.cell_appended', chosen, kind), ...alsoAll].join(' union all ')
}

const picked = (pick: Pick): string => ({ lowest: 'lowest', highest: 'highest', median: 'middles / 2' })[pick]

const statisticRows = (statistics: string, pick: Pick, slot = standingSlot): string =>
  `select ${slot}::double, place::double, month::double, coalesce(${picked(pick)}, 0)::double, coalesce(n, 0)::double, 0 from (${statistics})`

const appendedInSpan = (allKinds: boolean): string =>
  `marts.histogram_appended where ${ofSeries} and ${allKinds ? ofAnyKind : ofKind} and ${inSpan}`

/** What was appended to the histograms of authorities and not yet folded, and the keys whose stored statistics that made stale. */
const withAppended = (allKinds: boolean): string => `with appended as materialized (
      select place, month, value, sum(n)::integer as n from ${appendedInSpan(allKinds)} group by place, month, value having sum(n) <> 0
    ),
    stale as materialized (
      select place, month, sum(abs(n))::integer as moved
      from (select unnest([place, $whole::integer]) as place, month, n from appended) group by place, month
    )`

/**
 * Of what was kept near a statistic, the part that matters when so many values came or went as `moved` tells: neither an end nor, by
 * half of it, the middle can shift further than that.
 */
const withinReach: Record<Pick, string> = {
  lowest: 'below <= moved',
  highest: 'below + count >= n - moved',
  median: 'abs(2 * below + count - n) <= count + moved + 3',
}

const stored = `marts.statistic where ${ofSeries} and ${ofKind} and ${inSpan}`

/**
 * Stored order statistics, and of those that something was appended to what was appended and what was kept near them; of the places
 * to be recomputed also what their whole histograms give.
 */
const movableStatistics = (pick: Pick, allKinds: boolean, recomputed: Recomputed): string => {
  const chosen = `place in (select unnest(string_split($recomputed::varchar, ',')::integer[]))`
  const histograms = addedUp(
    `(select place, month, value, n from marts.histogram semi join stale using (place, month)
      where ${ofSeries} and ${ofKind} and ${inSpan} and ${chosen}
    union all
    select * from (select unnest([place, $whole::integer]) as place, month, value, n from appended) where ${chosen})`,
    'place, month',
  )
  return `
  from (
    ${withAppended(allKinds)}
    ${statisticRows(`from ${stored}`, pick, statisticSlot)}
    union all
    select ${appendedSlot}, place, month, value, n, 0 from appended
    union all
    select ${keptSlot}, place, month, value, count, below
    from (
      select place, month, n, moved, unnest(kept_values) as value, unnest(kept_counts) as count, unnest(kept_below) as below
      from (from ${stored}) join stale using (place, month)
    )
    where ${withinReach[pick]}
    ${recomputed.size > 0 ? `union all ${statisticRows(statisticsOf(histograms, 'place, month'), pick, recomputedSlot)}` : ''}
  )`
}

/** Statistics of what stands, at the first month and at each in which it changes; none standing gives n = 0. */
const standingStatistics = `
  with changes as (
    select place, greatest(month, $first_month::integer) as month, value, sum(n) as n
    from marts.stock_change where ${ofSeries} and ${ofKind} and ${upToEnd} group by all
  ),
  moments as (select distinct place, month from changes),
  standing as (
    select place, moments.month, value, sum(n) as n
    from moments join changes using (place) where changes.month <= moments.month
    group by all
  )
  select place, month, n, lowest, highest, middles from moments left join (${statisticsOf(addedUp('standing', 'place, month'), 'place, month')}) using (place, month)`

/** Histograms with what was appended to them. */
const countedValues = (allKinds: boolean): string => `
  select ${valueSlot}::double, place::double, month::double, value::double, sum(n)::double, 0
  from (
    select place, month, value, n from marts.histogram where ${ofSeries} and ${ofKind} and ${inSpan}
    union all
    select unnest([place, $whole::integer]) as place, month, value, n from ${appendedInSpan(allKinds)}
  )
  group by place, month, value having sum(n) <> 0`

/** Histograms of what stands at the first month. */
const standingValues = `
  select ${valueSlot}::double, place::double, $first_month::double, value::double, sum(n)::double, 0
  from marts.stock_change where ${ofSeries} and ${ofKind} and ${upToEnd} group by place, value having sum(n) <> 0`
