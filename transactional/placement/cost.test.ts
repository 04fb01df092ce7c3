import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { costOf, shownEuros, unitsOf } from './cost.ts'

describe('planned cost', () => {
  // domain.md 4.3: 182 days
  test.each([
    [76.0, 13_832, 0],
    [88.0, 16_016, 2_184],
    [90.42, 16_457, 2_625],
    [92.39, 16_815, 2_983],
    [93.89, 17_088, 3_256],
    [94.84, 17_261, 3_429],
    [97.97, 17_831, 3_999],
    [98.17, 17_867, 4_035],
    [98.75, 17_973, 4_141],
    [99.36, 18_084, 4_252],
    [101.72, 18_514, 4_682],
    [102.09, 18_581, 4_749],
    [111.32, 20_261, 6_429],
    [112.1, 20_403, 6_571],
  ])('at %d € a day over 182 days is shown as %i €, %i € more than the best price', (rate, shown, difference) => {
    const shownAt = (euros: number) => shownEuros(costOf(unitsOf(182, 7), Math.round(euros * 100)))
    expect(shownAt(rate)).toBe(shown)
    expect(shownAt(rate) - shownAt(76)).toBe(difference)
  })

  test('has 182 days at seven days a week and 130 hours at five hours a week in 26 weeks', () => {
    expect(unitsOf(182, 7)).toBe(182)
    expect(unitsOf(182, 5)).toBe(130)
  })

  test('rounds units half up to two decimals', () => {
    expect(unitsOf(10, 5)).toBe(7.14)
    expect(unitsOf(1, 0.03)).toBe(0)
    expect(unitsOf(1, 0.04)).toBe(0.01)
    expect(unitsOf(7, 0.01)).toBe(0.01)
  })

  test('rounds cents half up', () => {
    expect(costOf(0.5, 1)).toBe(1)
    expect(costOf(0.49, 1)).toBe(0)
    expect(costOf(7.14, 4525)).toBe(32_309)
    expect(costOf(-0.5, 1)).toBe(-1)
  })

  test('is exact: never further than half a cent and half a hundredth from the fraction', () => {
    fc.assert(
      fc.property(fc.nat(10_000), fc.integer({ min: 1, max: 16_800 }), fc.nat(10_000_000), (days, weekly, rate) => {
        const units = BigInt(Math.round(unitsOf(days, weekly / 100) * 100))
        const twiceRest = 2n * (BigInt(days) * BigInt(weekly) - 7n * units)
        expect(twiceRest >= -7n && twiceRest < 7n).toBe(true)
        const cents = BigInt(costOf(Number(units) / 100, rate))
        const rest = 2n * (units * BigInt(rate) - 100n * cents)
        expect(rest >= -100n && rest < 100n).toBe(true)
      }),
    )
  })
})
