import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addDays, ageOn, berlinDay, countedDays, daysBetween, endOf } from './period.ts'

const day = fc.integer({ min: 0, max: 30_000 }).map((days) => addDays('1970-01-01', days))

describe('days of a period', () => {
  test('are 182 from 1 June to 30 November when the last day is free, 183 as calendar days', () => {
    expect(countedDays('2017-06-01', '2017-11-30', 'last_day_free')).toBe(182)
    expect(countedDays('2017-06-01', '2017-11-30', 'calendar_days')).toBe(183)
  })

  test('are not moved by daylight saving time or leap years', () => {
    expect(daysBetween('2026-03-28', '2026-03-30')).toBe(2)
    expect(daysBetween('2026-10-24', '2026-10-26')).toBe(2)
    expect(daysBetween('2024-02-28', '2024-03-01')).toBe(2)
    expect(endOf('2024-02-28', 'calendar_days')).toBe('2024-02-29')
  })

  test('add up over any cut', () => {
    fc.assert(
      fc.property(day, fc.nat(4000), fc.nat(4000), (first, a, b) => {
        const middle = addDays(first, a)
        expect(daysBetween(first, middle) + daysBetween(middle, addDays(middle, b))).toBe(daysBetween(first, addDays(first, a + b)))
      }),
    )
  })
})

describe('age', () => {
  test.each([
    ['2012-05-04', '2026-05-03', 13],
    ['2012-05-04', '2026-05-04', 14],
    ['2012-02-29', '2026-02-28', 13],
    ['2012-02-29', '2026-03-01', 14],
    ['2026-01-01', '2026-01-01', 0],
  ])('of somebody born on %s is on %s %i', (birth, on, age) => expect(ageOn(birth, on)).toBe(age))
})

describe('the day in Berlin', () => {
  test('begins at 22 or 23 o’clock UTC', () => {
    expect(berlinDay(new Date('2026-03-10T22:59:59Z'))).toBe('2026-03-10')
    expect(berlinDay(new Date('2026-03-10T23:00:00Z'))).toBe('2026-03-11')
    expect(berlinDay(new Date('2026-07-10T22:00:00Z'))).toBe('2026-07-11')
  })
})
