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

export type Change = { value: number; count: number }

/**
 * The order statistic after changes, from the part of a histogram that was kept near it. Exact: a kept value covers the ranks
 * from `below` to `below + count`, whatever was left out; a new value is placed only between neighbours with nothing left out
 * between them. Undefined where what was kept does not reach; null where no value is left. Puts both lists in order.
 */
export const movedStatistic = (kept: Kept[], n: number, changes: Change[], pick: Pick): { value: number; n: number } | null | undefined => {
  // called for thousands of statistics a view: no functions are made here, and no lists
  changes.sort(byValue)
  kept.sort(byValue)
  let size = n
  for (const { count } of changes) size += count
  if (size <= 0) return null
  const wanted: Wanted = {
    first: pick === 'lowest' ? 0 : pick === 'highest' ? size - 1 : Math.floor((size - 1) / 2),
    last: pick === 'lowest' ? 0 : pick === 'highest' ? size - 1 : Math.floor(size / 2),
    lower: undefined,
    upper: undefined,
  }
  let shifted = 0
  let next = 0
  let reached = 0
  for (let i = 0; i <= kept.length; i += 1) {
    const { value, count, below } = i < kept.length ? kept[i]! : { value: Infinity, count: 0, below: n }
    while (next < changes.length && changes[next]!.value < value) {
      const fresh = changes[next]!.value
      let change = 0
      for (; next < changes.length && changes[next]!.value === fresh; next += 1) change += changes[next]!.count
      if (reached === below) cover(wanted, fresh, reached + shifted, change)
      shifted += change
    }
    let change = 0
    for (; next < changes.length && changes[next]!.value === value; next += 1) change += changes[next]!.count
    cover(wanted, value, below + shifted, count + change)
    shifted += change
    reached = below + count
  }
  const { lower, upper } = wanted
  return lower === undefined || upper === undefined ? undefined : { value: (lower + upper) / 2, n: size }
}

/** The ranks of the middle values (or the one wanted), and the values found there. */
type Wanted = { first: number; last: number; lower: number | undefined; upper: number | undefined }

/** Notes a value that covers ranks from one on. */
const cover = (wanted: Wanted, value: number, from: number, count: number): void => {
  if (from <= wanted.first && wanted.first < from + count) wanted.lower = value
  if (from <= wanted.last && wanted.last < from + count) wanted.upper = value
}

const byValue = (a: Change, b: Change): number => a.value - b.value
