import fc from 'fast-check'
import { expect, it } from 'vitest'
import { movedStatistic, type Kept, type Pick } from './order-statistics.ts'

/** Straight from all the values. */
const statisticOf = (values: number[], pick: Pick) => {
  const sorted = values.toSorted((a, b) => a - b)
  const n = sorted.length
  if (n === 0) return null
  const value = {
    lowest: sorted[0]!,
    highest: sorted[n - 1]!,
    median: (sorted[Math.floor((n - 1) / 2)]! + sorted[Math.floor(n / 2)]!) / 2,
  }[pick]
  return { value, n }
}

const histogramOf = (values: number[]): Kept[] => {
  const sorted = values.toSorted((a, b) => a - b)
  return [...new Set(sorted)].map((value) => ({
    value,
    count: sorted.filter((other) => other === value).length,
    below: sorted.filter((other) => other < value).length,
  }))
}

it('moves a statistic by what is added and removed, exactly or not at all, whatever was left out', () => {
  const value = fc.integer({ min: 0, max: 30 })
  fc.assert(
    fc.property(
      fc.array(value, { maxLength: 60 }),
      fc.array(value, { maxLength: 6 }),
      fc.array(fc.nat(59), { maxLength: 6 }),
      fc.array(fc.boolean(), { minLength: 31, maxLength: 31 }),
      fc.constantFrom<Pick>('lowest', 'highest', 'median'),
      (before, added, removedAt, keep, pick) => {
        const removed = [...new Set(removedAt)].filter((i) => i < before.length)
        const after = [...before.filter((_, i) => !removed.includes(i)), ...added]
        const changes = [...added.map((v) => ({ value: v, count: 1 })), ...removed.map((i) => ({ value: before[i]!, count: -1 }))]
        const whole = histogramOf(before)
        expect(movedStatistic(whole, before.length, changes, pick)).toEqual(statisticOf(after, pick))
        const partly = movedStatistic(
          whole.filter((_, i) => keep[i]),
          before.length,
          changes,
          pick,
        )
        if (partly !== undefined) expect(partly).toEqual(statisticOf(after, pick))
      },
    ),
    { numRuns: 2000 },
  )
})
