import { expect, test } from 'vitest'
import { changeInterval, isUncertain } from './uncertainty.ts'

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
