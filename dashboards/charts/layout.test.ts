import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { labelPositions } from './label-positions.ts'
import { niceTicks, quantile } from './scale.ts'
import { relativeSpread, sparkline } from './sparkline.ts'

describe('ticks', () => {
  test('are round and cover the values', () => {
    expect(niceTicks(0, 71, 4)).toEqual([0, 20, 40, 60, 80])
    expect(niceTicks(138.2, 156, 4)).toEqual([135, 140, 145, 150, 155, 160])
  })
  test('of counts are whole', () => expect(niceTicks(0, 0, 4, 1)).toEqual([0, 1]))
  test('cover whatever values there are', () => {
    const value = fc.integer({ min: -1e9, max: 1e9 })
    fc.assert(
      fc.property(value, value, (a, b) => {
        const [low, high] = [Math.min(a, b), Math.max(a, b)]
        const ticks = niceTicks(low, high, 4)
        const slack = (high - low || Math.abs(high) || 1) * 1e-6
        expect(ticks[0]!).toBeLessThanOrEqual(low + slack)
        expect(ticks.at(-1)!).toBeGreaterThanOrEqual(high - slack)
        expect(ticks.length).toBeLessThan(9)
      }),
    )
  })
})

describe('labels at line ends', () => {
  test('stay where they are when there is room', () => expect(labelPositions([10, 60, 35], 16, { from: 0, to: 100 })).toEqual([10, 60, 35]))
  test('move apart around their middle', () => expect(labelPositions([50, 50], 16, { from: 0, to: 100 })).toEqual([42, 58]))
  test('keep their gap and their order whatever is wanted', () => {
    const wanted = fc.array(fc.double({ min: 0, max: 300, noNaN: true }), { maxLength: 12 })
    fc.assert(
      fc.property(wanted, (positions) => {
        const placed = labelPositions(positions, 16, { from: 0, to: 300 })
        const order = positions.map((_, index) => index).toSorted((a, b) => positions[a]! - positions[b]! || a - b)
        for (let rank = 1; rank < order.length; rank++) {
          expect(placed[order[rank]!]! - placed[order[rank - 1]!]!).toBeGreaterThanOrEqual(16 - 1e-9)
        }
        expect(Math.min(...placed, 0)).toBeGreaterThanOrEqual(-1e-9)
      }),
    )
  })
})

describe('a sparkline', () => {
  const options = { width: 96, height: 28, inset: 4, reference: 50, spread: 0.1 }
  test('leaves gaps where values are secret', () => {
    expect(sparkline([50, 55, null, 45], options)).toEqual({
      line: 'M4,14L33.3,4M92,24',
      reference: 'M4,14H92',
      dot: { x: 92, y: 24 },
    })
  })
  test('is not drawn without a base or without values', () => {
    expect(sparkline([1, 2], { ...options, reference: 0 })).toBeUndefined()
    expect(sparkline([null, null], options)).toBeUndefined()
  })
  test('shares the scale of all rows, never finer than five percent', () => {
    expect(relativeSpread([{ values: [50, 51], reference: 50 }])).toBe(0.05)
    expect(relativeSpread([{ values: [50, 60], reference: 50 }])).toBe(0.2)
  })
})

test('a quantile lies between its neighbours', () => {
  expect(quantile([1, 2, 3, 4], 0.5)).toBe(2.5)
  expect(quantile([7], 0.9)).toBe(7)
})
