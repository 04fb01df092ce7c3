import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as page from '../dashboards/uncertainty.ts'
import { keyFigureByName, keyFigures } from '../warehouse/key-figures.ts'
import type { SideBySideAnswer } from './answers.ts'
import { ranked } from './side-by-side-answer.ts'
import { meanMedianInterval, medianInterval, periodInterval } from './uncertainty.ts'

type Cell = Partial<SideBySideAnswer['rows'][number]['cells'][number]>
const ranksOf = (figure: string, cells: Cell[]) => {
  const answer = { columns: [{ figure }], rows: cells.map((cell) => ({ cells: [cell] })) } as unknown as SideBySideAnswer
  return ranked(answer).rows.map(({ cells: [cell] }) => [cell!.rank_from, cell!.rank_to])
}

describe('ranks that chance may make of values', () => {
  const values = (base: number | null, ...all: (number | null)[]) => all.map((value) => ({ value, base }))

  test('of shares by their cases; a value that is not shown has none and moves none', () => {
    expect(ranksOf('dropout_rate', values(400, 0.1, 0.3, 0.11, null))).toEqual([[2, 3], [1, 1], [2, 3], [null, null]]) // prettier-ignore
  })
  test('of fewer than three values there are none', () => {
    expect(ranksOf('dropout_rate', values(400, 0.1, 0.3, null))).toEqual([[null, null], [null, null], [null, null]]) // prettier-ignore
  })
  test('of densities by the cases behind them, of counts by themselves', () => {
    expect(ranksOf('case_density', values(100, 100, 130, 60))).toEqual([[1, 2], [1, 2], [3, 3]]) // prettier-ignore
    expect(ranksOf('case_stock', values(null, 100, 110, 60.5))).toEqual([[1, 2], [1, 2], [3, 3]]) // prettier-ignore
  })
  test('of money the rank is that of the value, since nothing is known of its scatter', () => {
    expect(ranksOf('payments', values(null, 100, 101, 99))).toEqual([[2, 2], [1, 1], [3, 3]]) // prettier-ignore
    expect(ranksOf('budget_share_paid', values(400, 0.5, 0.51, 0.49))).toEqual([[2, 2], [1, 1], [3, 3]]) // prettier-ignore
  })
  test('of medians of rates by their intervals; one of few rates may have any rank, and so makes those of others less certain', () => {
    const known = [
      { value: 190_00, interval: { from: 189_77, to: 191_85 } },
      { value: 191_00, interval: { from: 190_00, to: 193_00 } },
      { value: 150_00, interval: { from: 149_00, to: 151_00 } },
    ]
    expect(ranksOf('rate_median', known)).toEqual([[1, 2], [1, 2], [3, 3]]) // prettier-ignore
    expect(ranksOf('rate_median', [...known, { value: 120_00, interval: null }])).toEqual([[1, 3], [1, 3], [3, 4], [1, 4]]) // prettier-ignore
  })
})

// worked by hand for 100: ranks 50 − 9.8 and 51 + 9.8, that is shares 0.402 and 0.608; outward to twentieths 0.40 and 0.65
test('the interval of a median lies between the order statistics around it, or wider', () => {
  const twentieths = Array.from({ length: 21 }, (_, step) => step * 5)
  expect(medianInterval({ values: twentieths, cases: 100 })).toEqual({ from: 40, to: 65 })
  expect(medianInterval({ values: [90, 110, 130], cases: 12 })).toEqual({ from: 90, to: 130 })
  expect(medianInterval({ values: [90, 110, 130], cases: 5 })).toBeNull()
  expect(['.', '–', '…'].map((sign) => medianInterval(sign as '.'))).toEqual([null, null, null])
})

// the exact ranks for 95 %: of 20 values the 6th and the 15th, of 100 the 40th and the 61st
test('the interval of a median covers at least the exact one, however coarse the values told', () => {
  const exact = [[20, 6, 15], [100, 40, 61]] as const // prettier-ignore
  for (const [cases, low, high] of exact)
    for (const steps of [2, 4, 10, 20]) {
      const values = Array.from({ length: steps + 1 }, (_, step) => Math.max(1, Math.ceil((cases * step) / steps)))
      const { from, to } = medianInterval({ values, cases })!
      expect(from).toBeLessThanOrEqual(low)
      expect(to).toBeGreaterThanOrEqual(high)
    }
})

test('the interval of a mean of medians is the mean of theirs, of the months that have one, and unknown where one is', () => {
  const [narrow, wide] = [100, 120].map((value) => ({ values: [value - 10, value, value + 20], cases: 12 }))
  expect(meanMedianInterval([narrow!, '–', wide!, '…'])).toEqual({ from: 100, to: 130 })
  expect(meanMedianInterval([narrow!, { ...wide!, cases: 5 }])).toBeNull()
  expect(meanMedianInterval([narrow!, '.'])).toBeNull()
  expect(meanMedianInterval(['–'])).toBeNull()
})

test('pages tell the same interval of a month', () => {
  const figure = fc.constantFrom(...keyFigures.map(({ name }) => keyFigureByName.get(name)!))
  const cases = fc.integer({ min: 1, max: 5000 })
  fc.assert(
    fc.property(figure, cases, fc.double({ min: 0, max: 1, noNaN: true }), (figure, cases, share) => {
      // a count is that of its cases
      const value = figure.unit === 'ratio' ? share : figure.unit === 'per_10000' ? 1000 * share : cases
      const shown = page.valueInterval({ current: value, cases }, figure)
      const told = periodInterval({ value, base: cases }, figure)
      expect(told === null).toBe(shown === undefined)
      if (told && shown) {
        expect(told.from).toBeCloseTo(shown.from, 9)
        expect(told.to).toBeCloseTo(shown.to, 9)
      }
    }),
  )
})
