import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { RuleViolation, type RuleCode } from '../rule-violation.ts'
import { endBooking, planBooking, plannedCents, prolongBooking } from './booking.ts'
import { addDays, countedDays } from './period.ts'

const running = { cancelled: false, end_reason: null }
const make = (
  first_day: string,
  last_day: string,
  rule: 'last_day_free' | 'calendar_days' = 'last_day_free',
  rate_cents = 7600,
  units_per_week = 7,
) => {
  const request = { first_day, last_day, counting_rule: rule, units_per_week, rate_cents }
  return { ...request, ...planBooking(request), ...running }
}
const code = (work: () => unknown): RuleCode | undefined => {
  try {
    work()
  } catch (error) {
    if (error instanceof RuleViolation) return error.code
    throw error
  }
  return undefined
}

describe('a booking', () => {
  test('plans 182 days and 13,832.00 € from June to November', () => {
    const booking = make('2017-06-01', '2017-11-30')
    expect(booking).toMatchObject({ planned_units: 182, agreed_days: 182, agreed_cents: 1_383_200, rate_from: ['2017-06-01'] })
  })

  test('prolonged at the same rate stays one step and counts as if planned so from the beginning', () => {
    const booking = make('2017-06-01', '2017-11-30')
    const longer = prolongBooking(booking, '2018-02-28', { rate_cents: 7600, units_per_week: 7 })
    expect(longer).toEqual({
      last_day: '2018-02-28',
      planned_units: 272,
      rate_from: ['2017-06-01'],
      rate_cents: [7600],
      units_per_week: [7],
    })
  })

  test('prolonged at a new rate gets a step from the first day added', () => {
    const free = prolongBooking(make('2017-06-01', '2017-11-30'), '2017-12-10', { rate_cents: 8000, units_per_week: 7 })
    expect(free).toMatchObject({ rate_from: ['2017-06-01', '2017-11-30'], rate_cents: [7600, 8000], planned_units: 192 })
    const calendar = prolongBooking(make('2017-06-01', '2017-11-30', 'calendar_days'), '2017-12-10', {
      rate_cents: 8000,
      units_per_week: 7,
    })
    expect(calendar).toMatchObject({ rate_from: ['2017-06-01', '2017-12-01'], rate_cents: [7600, 8000], planned_units: 193 })
    const term = { first_day: '2017-06-01', counting_rule: 'last_day_free' as const, ...free }
    expect(plannedCents(term)).toBe(182 * 7600 + 10 * 8000)
  })

  test('ended early forgets the steps it never reached', () => {
    const longer = {
      ...make('2017-06-01', '2017-11-30'),
      ...prolongBooking(make('2017-06-01', '2017-11-30'), '2018-02-28', { rate_cents: 8000, units_per_week: 5 }),
    }
    expect(endBooking(longer, '2017-10-01')).toMatchObject({ last_day: '2017-10-01', rate_from: ['2017-06-01'], planned_units: 122 })
    expect(endBooking(longer, '2018-01-15')).toMatchObject({ rate_from: ['2017-06-01', '2017-11-30'] })
  })

  test('of one free day gives its step to a prolongation at another rate', () => {
    const booking = make('2026-01-01', '2026-01-01')
    expect(booking.planned_units).toBe(0)
    expect(prolongBooking(booking, '2026-01-11', { rate_cents: 9000, units_per_week: 7 })).toMatchObject({
      rate_from: ['2026-01-01'],
      rate_cents: [9000],
      planned_units: 10,
    })
  })

  test('is ended once, never after its plan or before its begin, and not prolonged backwards or when it is over', () => {
    const booking = make('2026-01-01', '2026-06-30')
    const ended = { ...booking, end_reason: 10 }
    const cancelled = { ...booking, cancelled: true }
    const added = { rate_cents: 1, units_per_week: 1 }
    expect(code(() => endBooking(ended, '2026-02-01'))).toBe('booking_ended')
    expect(code(() => endBooking(cancelled, '2026-02-01'))).toBe('booking_cancelled')
    expect(code(() => endBooking(booking, '2026-07-01'))).toBe('booking_end_after_plan')
    expect(code(() => endBooking(booking, '2025-12-31'))).toBe('booking_period')
    expect(code(() => prolongBooking(booking, '2026-06-30', added))).toBe('booking_prolonged_back')
    expect(code(() => prolongBooking(ended, '2026-08-30', added))).toBe('booking_ended')
    expect(code(() => prolongBooking(cancelled, '2026-08-30', added))).toBe('booking_cancelled')
  })

  test('keeps its days and an orderly list of steps through any prolongations and an end', () => {
    const step = fc.record({ days: fc.integer({ min: 1, max: 200 }), rate_cents: fc.nat(30_000), units_per_week: fc.constantFrom(5, 7) })
    fc.assert(
      fc.property(
        fc.constantFrom('last_day_free' as const, 'calendar_days' as const),
        fc.nat(400),
        fc.array(step, { maxLength: 6 }),
        fc.nat(300),
        (rule, days, added, early) => {
          const first = '2025-03-01'
          let booking = make(first, addDays(first, days), rule)
          for (const next of added) booking = { ...booking, ...prolongBooking(booking, addDays(booking.last_day, next.days), next) }
          const last = addDays(first, Math.max(0, countedDays(first, booking.last_day, 'last_day_free') - early))
          const ended = endBooking(booking, last)
          expect(ended.rate_from[0]).toBe(first)
          expect(ended.rate_from).toEqual([...new Set(ended.rate_from)].sort())
          expect(ended.rate_from.at(-1)! <= ended.last_day).toBe(true)
          expect([ended.rate_cents.length, ended.units_per_week.length]).toEqual([ended.rate_from.length, ended.rate_from.length])
          if (ended.units_per_week.every((weekly) => weekly === 7)) expect(ended.planned_units).toBe(countedDays(first, last, rule))
        },
      ),
    )
  })
})
