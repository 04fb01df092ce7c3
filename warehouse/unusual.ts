import type { Value } from './comparison.ts'
import { directoryOf, type ComparisonGroup } from './directory.ts'
import type { KeyFigure } from './key-figures.ts'
import { monthOf, yearOf, type Month } from './month.ts'
import type { Freshness } from './query.ts'
import { trend, type Eyes, type Region, type Trend } from './views.ts'
import type { Warehouse } from './warehouse.ts'

/** The figures looked at; rates only make sense for one service kind. */
export const watched: { figure: string; service_kind: string | null }[] = [
  { figure: 'case_count', service_kind: null },
  { figure: 'payments', service_kind: null },
  { figure: 'away_bookings', service_kind: null },
  { figure: 'foreign_occupancy', service_kind: null },
  { figure: 'fruitless_searches', service_kind: null },
  { figure: 'dropouts', service_kind: null },
  { figure: 'rate_median', service_kind: 's34' },
]

/** What is usual: `deviation` is one robust standard deviation, `low` and `high` are three of them away from `middle`. */
export type Usual = { low: number; middle: number; high: number; deviation: number }

/** Some of the regions a value is compared with: those of a comparison group, or all (null). */
export type Peers = { group: string | null; regions: number }

export type Finding = {
  region: Region
  value: number
  /** The months of the trend, the value's own the last; null for what is not open. */
  values: (number | null)[]
  /** The range the value left, in the figure's own unit: that of its own months where it left that, else that of the other regions' development. */
  usual: { low: number; high: number }
  /** Where the value left what its own earlier months make usual: how many of them were open. */
  own_months: number | null
  /** Where it developed otherwise than its peers: its change against its average of the previous year, and the median of their changes. */
  otherwise: ({ change: number; median_change: number } & Peers) | null
  /** Distance from the middle in deviations, the larger one of the two. */
  distance: number
}

export const monthsBehind = 24
const fewestMonths = 12
const fewestRegions = 5
const deviations = 3
/** The median of absolute deviations times this is the standard deviation where values are normally distributed. */
const perMad = 1.4826

const isOpen = (value: Value | undefined): value is number => typeof value === 'number'

const medianOf = (values: number[]): number => {
  const sorted = values.toSorted((a, b) => a - b)
  const half = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2
}

/** `noise`: what chance alone makes of one standard deviation, so that it is never less. */
export const usualOf = (values: number[], noise: (middle: number) => number): Usual => {
  const middle = medianOf(values)
  const deviation = Math.max(perMad * medianOf(values.map((value) => Math.abs(value - middle))), noise(middle))
  return { low: middle - deviations * deviation, middle, high: middle + deviations * deviation, deviation }
}

/** Months without any payment say nothing about how payments vary. */
const varying = (usual: Usual): Usual | undefined => (usual.deviation > 0 ? usual : undefined)

const isOutside = (value: number, { low, high }: Usual): boolean => value < low || value > high
const distanceOf = (value: number, { middle, deviation }: Usual): number => Math.abs(value - middle) / deviation

/** Counts vary by their square root (Poisson); two hundredths of any other amount are a usual year's rise. */
const noiseOf = ({ unit }: KeyFigure): ((middle: number) => number) =>
  ['cases', 'searches', 'reservations', 'entries'].includes(unit)
    ? (middle) => Math.sqrt(Math.max(1, middle))
    : (middle) => Math.abs(middle) / 50

/** Mean of the previous year; undefined unless every month of it is open, so that no mean rests on a hidden month. */
const previousAverageOf = (row: Value[], months: string[], month: Month): number | undefined => {
  const year = String(yearOf(month) - 1)
  const values = row.filter((_, i) => months[i]!.startsWith(year)).filter(isOpen)
  return values.length === 12 ? values.reduce((sum, value) => sum + value, 0) / 12 : undefined
}

/**
 * Whom a region is compared with: the first of its comparison groups in which enough regions can be, else all. Administrators define the
 * groups, and in what order they are looked at.
 */
const peersOf = (
  id: string,
  changes: ReadonlyMap<string, number>,
  groups: ComparisonGroup[],
): { group: string | null; changes: number[] } => {
  for (const { code, members } of groups) {
    if (!members.has(id)) continue
    const among = [...changes].flatMap(([other, change]) => (members.has(other) ? [change] : []))
    if (among.length >= fewestRegions) return { group: code, changes: among }
  }
  return { group: null, changes: [...changes.values()] }
}

/**
 * What is unusual in the last month of a trend that reaches 24 months further back. Rests on nothing but the values the trend shows its
 * reader, so it tells nothing that is hidden there; the numbers behind signs are not even known here. `compared` counts the regions that
 * could be judged.
 */
export const findingsIn = (
  { figure, regions, months, rows }: Pick<Trend, 'figure' | 'regions' | 'months' | 'rows'>,
  groups: ComparisonGroup[],
): { findings: Finding[]; compared: number } => {
  const last = months.length - 1
  const month = monthOf(months[last]!)
  const noise = noiseOf(figure)
  const states = rows.map((row, i) => {
    const value = row[last]
    if (!isOpen(value)) return undefined
    const before = row.slice(Math.max(0, last - monthsBehind), last).filter(isOpen)
    const average = previousAverageOf(row, months, month)
    return {
      region: regions[i]!,
      value,
      values: row.map((each) => (isOpen(each) ? each : null)),
      months: before.length,
      own: before.length >= fewestMonths ? varying(usualOf(before, noise)) : undefined,
      average: average !== undefined && average > 0 ? average : undefined,
    }
  })
  const changes = new Map(
    states.flatMap((state) => (state?.average === undefined ? [] : [[state.region.id, state.value / state.average - 1]])),
  )
  const findings: Finding[] = []
  let compared = 0
  for (const state of states) {
    if (!state) continue
    const { region, value, own, average } = state
    const peers = peersOf(region.id, changes, groups)
    const others =
      average === undefined || peers.changes.length < fewestRegions ? undefined : usualOf(peers.changes, () => noise(average) / average)
    if (!own && !others) continue
    compared += 1
    const change = average === undefined ? NaN : value / average - 1
    const leftOwn = own !== undefined && isOutside(value, own)
    const leftOthers = others !== undefined && isOutside(change, others)
    if (!leftOwn && !leftOthers) continue
    findings.push({
      region,
      value,
      values: state.values,
      usual: rangeOf(leftOwn ? own : { low: (others!.low + 1) * average!, high: (others!.high + 1) * average! }),
      own_months: leftOwn ? state.months : null,
      otherwise: leftOthers ? { change, median_change: others.middle, group: peers.group, regions: peers.changes.length } : null,
      distance: Math.max(leftOwn ? distanceOf(value, own) : 0, leftOthers ? distanceOf(change, others) : 0),
    })
  }
  return { findings, compared }
}

/** None of the figures watched is below nothing. */
const rangeOf = ({ low, high }: { low: number; high: number }) => ({ low: Math.max(0, low), high })

export type Unusual = Freshness & {
  months: string[]
  compared: number
  findings: (Finding & { figure: KeyFigure; service_kind: string | null })[]
}

/** What is unusual in a month that is over: the reader's own authority first, then by distance. */
export const unusual = async (warehouse: Warehouse, { area, month }: { area: string; month: Month }, eyes: Eyes): Promise<Unusual> => {
  const from = month - monthsBehind
  const trends = await Promise.all(
    watched.map(async ({ figure, service_kind }) => ({
      service_kind,
      ...(await trend(warehouse, { figure, service_kind, specialisation: null, area, from, to: month }, eyes)),
    })),
  )
  const { groups } = await directoryOf(warehouse)
  const judged = trends.map((each) => ({ ...findingsIn(each, groups), figure: each.figure, service_kind: each.service_kind }))
  const isOwn = ({ region }: Finding) => region.id === eyes.own_authority
  const oldest = trends.reduce((a, b) => (b.data_as_of < a.data_as_of ? b : a))
  return {
    data_as_of: oldest.data_as_of,
    data_lsn: oldest.data_lsn,
    months: trends[0]!.months,
    compared: judged.reduce((sum, { compared }) => sum + compared, 0),
    findings: judged
      .flatMap(({ findings, figure, service_kind }) => findings.map((finding) => ({ ...finding, figure, service_kind })))
      .sort((a, b) => Number(isOwn(b)) - Number(isOwn(a)) || b.distance - a.distance),
  }
}
