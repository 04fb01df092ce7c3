import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  changeInterval,
  controlLimits,
  isShareOfCases,
  isUncertain,
  poissonInterval,
  valueInterval,
  wilsonInterval,
} from './uncertainty.ts'

const row = { current: 30, previous: 30, year_average: 30, previous_year_average: 30, change: 0, cases: 30, signs: {} }

test('a change of counts is uncertain when either average is below twenty', () => {
  expect(isUncertain(row, 'change', 'cases')).toBe(false)
  expect(isUncertain({ ...row, previous_year_average: 19.9 }, 'change', 'cases')).toBe(true)
})

test('counts themselves are facts, quotients and durations of few cases are not', () => {
  const few = { ...row, cases: 7 }
  expect(isUncertain(few, 'current', 'cases')).toBe(false)
  expect(isUncertain(few, 'current', 'ratio')).toBe(true)
  expect(isUncertain(few, 'current', 'days')).toBe(true)
})

test('a figure that rests on no cases is never uncertain', () => {
  expect(isUncertain({ ...row, cases: 0 }, 'change', 'cents')).toBe(false)
  expect(isUncertain({ ...row, cases: null }, 'change', 'cents')).toBe(false)
})

test('a change beside a secret value rests on few cases', () => {
  expect(isUncertain({ ...row, cases: null, signs: { current: '.' } }, 'change', 'cents')).toBe(true)
})

// worked by hand: 1.96 · √(1/2.9 + 1/4.17) = 1.499; 2.9/4.17 = 0.695; ÷ and × e^1.499 = 4.477
test('the interval of a change follows from the two counts', () => {
  const interval = changeInterval(2.9, 4.17)!
  expect(interval.from).toBeCloseTo(0.695 / 4.477 - 1, 2)
  expect(interval.to).toBeCloseTo(0.695 * 4.477 - 1, 2)
  expect(changeInterval(3, 0)).toBeUndefined()
})

// worked by hand for 12 of 80: z²/n = 0.04802; centre 0.17401; spread 1.96 · √((0.1275 + 0.012005)/80) = 0.08185; both ÷ 1.04802
test('the interval of a share follows from its cases', () => {
  const interval = wilsonInterval(0.15, 80)
  expect(interval.from).toBeCloseTo(0.0879, 4)
  expect(interval.to).toBeCloseTo(0.2441, 4)
  expect(wilsonInterval(0, 10).from).toBe(0)
  expect(wilsonInterval(1, 10).to).toBe(1)
})

// exact limits of 10: 4.795 and 18.390; of 0: 0 and 3.689
test('the interval of a count is close to the exact one', () => {
  expect(poissonInterval(10).from).toBeCloseTo(4.795, 1)
  expect(poissonInterval(10).to).toBeCloseTo(18.39, 1)
  expect(poissonInterval(0).from).toBe(0)
  expect(poissonInterval(0).to).toBeCloseTo(3.689, 1)
})

const cases = { unit: 'cases', group: 'Fälle' } as const
test('a density scatters like the cases behind it', () => {
  const interval = valueInterval({ current: 250, cases: 100 }, { unit: 'per_10000', group: 'Fälle' })!
  const count = poissonInterval(100)
  expect(interval.from).toBeCloseTo(2.5 * count.from)
  expect(interval.to).toBeCloseTo(2.5 * count.to)
})

test('nothing is claimed of secret values, of money and of durations', () => {
  expect(valueInterval({ current: null, cases: null }, cases)).toBeUndefined()
  expect(valueInterval({ current: 5_000_00, cases: 7 }, { unit: 'cents', group: 'Geld' })).toBeUndefined()
  expect(valueInterval({ current: 0.8, cases: 90 }, { unit: 'ratio', group: 'Geld' })).toBeUndefined()
  expect(valueInterval({ current: 190, cases: 12 }, { unit: 'days', group: 'Verlauf' })).toBeUndefined()
  expect(isShareOfCases({ unit: 'ratio', group: 'Verlauf' })).toBe(true)
})

test('a share lies outside the 95 % limits exactly when its interval leaves out the centre', () => {
  const share = fc.record({ cases: fc.integer({ min: 3, max: 900 }), part: fc.double({ min: 0, max: 1, noNaN: true }) })
  fc.assert(
    fc.property(share, fc.double({ min: 0.05, max: 0.95, noNaN: true }), ({ cases, part }, centre) => {
      const value = Math.round(part * cases) / cases
      const { from, to } = wilsonInterval(value, cases)
      const limits = controlLimits(centre, cases, 95)
      // on the very edge both are right
      fc.pre([from, to].every((edge) => Math.abs(edge - centre) > 1e-9))
      expect(value < limits.from || value > limits.to).toBe(centre < from || centre > to)
    }),
  )
})
