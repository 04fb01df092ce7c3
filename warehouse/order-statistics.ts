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
