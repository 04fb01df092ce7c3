import { valueKeys } from './contributions.ts'

/**
 * Histograms with up to so many values are kept whole, larger ones around their middle and at both ends: of the many histograms of
 * authorities little, because views read past all of them, of the few of states and Germany, which every commit touches, more.
 */
const keptValues = 16
const keptOfLarge = 128
const keptEnds = 2

/**
 * Number, lowest, highest and the sum of the two middle values per key of a histogram in which each value stands once, exactly, with the
 * values kept near them. With N values, the lower middle is the first one at which N/2 are reached, the upper the first at which they
 * are exceeded.
 */
export const statisticsOf = (histogram: string, keys = valueKeys): string => `
  select ${keys}, max(upto)::bigint as n, min(value) as lowest, max(value) as highest,
    min(value) filter (upto * 2 >= total) + min(value) filter (upto * 2 > total) as middles,
    list(value) filter (kept) as kept_values, list(n::integer) filter (kept) as kept_counts, list((upto - n)::bigint) filter (kept) as kept_below
  from (
    select *, size <= ${keptValues} or position <= ${keptEnds} or position > size - ${keptEnds}
      or abs(upto * 2 - n - total) * size <= least(${keptOfLarge}, greatest(${keptValues}, size // 8)) * total as kept
    from (
      select ${keys}, value, n::double as n, sum(n::double) over upwards as upto, row_number() over upwards as position,
        sum(n::double) over whole as total, count(*) over whole as size
      from ${histogram}
      window upwards as (partition by ${keys} order by value), whole as (partition by ${keys})
    )
  )
  group by ${keys}`

/** A histogram with each value once, from rows that add up. */
export const addedUp = (rows: string, keys = valueKeys): string =>
  `(select ${keys}, value, sum(n)::bigint as n from ${rows} group by all having sum(n) <> 0)`

/** A value of a histogram, how often it occurs, and how many values are smaller; `below` counts the values left out, too. */
export type Kept = { value: number; count: number; below: number }

export type Pick = 'lowest' | 'highest' | 'median'

/**
 * The order statistic after changes, from the part of a histogram that was kept near it. Exact: a kept value covers the ranks
 * from `below` to `below + count`, whatever was left out; a new value is placed only between neighbours with nothing left out
 * between them. Undefined where what was kept does not reach; null where no value is left.
 */
export const movedStatistic = (
  kept: Kept[],
  n: number,
  changes: { value: number; count: number }[],
  pick: Pick,
): { value: number; n: number } | null | undefined => {
  const delta = new Map<number, number>()
  for (const { value, count } of changes) delta.set(value, (delta.get(value) ?? 0) + count)
  const shifts = [...delta].filter(([, count]) => count !== 0).sort(([a], [b]) => a - b)
  const size = n + shifts.reduce((sum, [, count]) => sum + count, 0)
  if (size <= 0) return null
  const entries = withChanges(
    kept.toSorted((a, b) => a.value - b.value),
    n,
    shifts,
  )
  const at = (rank: number) => entries.find(({ below, count }) => below <= rank && rank < below + count)?.value
  if (pick === 'lowest' || pick === 'highest') {
    const value = at(pick === 'lowest' ? 0 : size - 1)
    return value === undefined ? undefined : { value, n: size }
  }
  const [lower, upper] = [at(Math.floor((size - 1) / 2)), at(Math.floor(size / 2))]
  return lower === undefined || upper === undefined ? undefined : { value: (lower + upper) / 2, n: size }
}

const withChanges = (kept: Kept[], n: number, shifts: [number, number][]): Kept[] => {
  const entries: Kept[] = []
  let shifted = 0
  let next = 0
  // smaller values than the next kept one: new ones are placed where nothing was left out
  const placeUntil = (limit: number, reached: number, below: number) => {
    for (; next < shifts.length && shifts[next]![0] < limit; next += 1) {
      const [value, count] = shifts[next]!
      if (reached === below) entries.push({ value, count, below: reached + shifted })
      shifted += count
    }
  }
  let reached = 0
  for (const { value, count, below } of kept) {
    placeUntil(value, reached, below)
    const change = next < shifts.length && shifts[next]![0] === value ? shifts[next++]![1] : 0
    entries.push({ value, count: count + change, below: below + shifted })
    shifted += change
    reached = below + count
  }
  placeUntil(Infinity, reached, n)
  return entries
}
