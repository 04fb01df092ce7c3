import { describe, expect, test } from 'vitest'
import { ageInYears, dayOf, dayText, firstDayOf, instantText, monthOf, workday } from './calendar.ts'
import { chanceFrom } from './chance.ts'
import { splitByLargestRemainder } from './services.ts'

describe('chance', () => {
  test('is the same for the same seed only', () => {
    const draws = (seed: string) => Array.from({ length: 5 }, chanceFrom(seed).uniform)
    expect(draws('a')).toEqual(draws('a'))
    expect(draws('a')).not.toEqual(draws('b'))
  })

  test('spreads evenly, with the mean and spread it promises', () => {
    const chance = chanceFrom('spread')
    const mean = (draw: () => number) => Array.from({ length: 40_000 }, draw).reduce((sum, value) => sum + value, 0) / 40_000
    expect(mean(chance.uniform)).toBeCloseTo(0.5, 1)
    expect(mean(chance.normal)).toBeCloseTo(0, 1)
    expect(mean(() => chance.normal() ** 2)).toBeCloseTo(1, 1)
    expect(mean(() => chance.poisson(2.5)) / 2.5).toBeCloseTo(1, 1)
    expect(mean(() => chance.poisson(80)) / 80).toBeCloseTo(1, 1)
  })

  test('makes well-formed keys, those of version 7 in the order of time', () => {
    const chance = chanceFrom('keys')
    expect(chance.uuid4()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    const [earlier, later] = [chance.uuid7(Date.UTC(2024, 0, 1)), chance.uuid7(Date.UTC(2024, 0, 2))]
    expect(earlier).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(Number.parseInt(earlier.replace('-', '').slice(0, 12), 16)).toBe(Date.UTC(2024, 0, 1))
    expect(earlier < later).toBe(true)
  })
})

describe('days and months', () => {
  test('are those of the calendar', () => {
    expect(dayText(dayOf('2024-02-28') + 1)).toBe('2024-02-29')
    expect(dayText(firstDayOf(monthOf(dayOf('2024-02-29')) + 1))).toBe('2024-03-01')
    expect(dayText(workday(dayOf('2026-11-21')))).toBe('2026-11-23')
    expect(instantText(dayOf('2026-11-21'), 3661)).toBe('2026-11-21T01:01:01Z')
    expect(ageInYears(dayOf('2008-02-29'), dayOf('2026-02-28'))).toBe(17)
    expect(ageInYears(dayOf('2008-02-29'), dayOf('2026-03-01'))).toBe(18)
  })
})

test('a part payment splits to the cent', () => {
  expect(splitByLargestRemainder([100, 100, 100], 100)).toEqual([34, 33, 33])
  expect(splitByLargestRemainder([5, 0, 10], 10)).toEqual([3, 0, 7])
})
