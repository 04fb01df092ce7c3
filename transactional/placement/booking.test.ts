import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { RuleViolation, type RuleCode } from '../rule-violation.ts'
import {
  changeTerms,
  endBooking,
  formerPlan,
  interruptBooking,
  planBooking,
  plannedCents,
  prolongBooking,
  resumeBooking,
  splitBooking,
  type Interruption,
} from './booking.ts'
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
  test('that another authority continues loses no day, pays none twice, and keeps its rates and units on both sides', () => {
    const days = fc.integer({ min: 1, max: 181 })
    const rules = fc.constantFrom('last_day_free' as const, 'calendar_days' as const)
    fc.assert(
      fc.property(days, days, rules, (split, change, rule) => {
        const whole = make('2017-06-01', '2017-11-30', rule)
        const from = addDays(whole.first_day, change)
        const booking = change === 181 ? whole : { ...whole, ...changeTerms(whole, from, { rate_cents: 9042 }) }
        const { ended, continued } = splitBooking(booking, addDays(whole.first_day, split))
        expect(ended!.planned_units + continued.planned_units).toBe(booking.planned_units)
        const term = { ...booking, ...ended!, counting_rule: 'calendar_days' as const }
        expect(plannedCents(term) + continued.agreed_cents).toBe(plannedCents(booking))
        expect([ended!.last_day, continued.first_day, continued.last_day]).toEqual([
          addDays(whole.first_day, split - 1),
          addDays(whole.first_day, split),
          whole.last_day,
        ])
        expect(continued.agreed_days).toBe(countedDays(continued.first_day, whole.last_day, rule))
      }),
    )
    const later = make('2017-06-01', '2017-11-30')
    const { ended, continued } = splitBooking(later, '2017-05-01')
    expect([ended, continued.first_day, continued.agreed_days]).toEqual([undefined, '2017-06-01', 182])
  })

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

describe('new terms from a day', () => {
  test('hold to the end and leave what was before', () => {
    const booking = make('2026-01-01', '2026-07-01')
    const fewer = changeTerms(booking, '2026-03-01', { units_per_week: 5 })
    // 59 days, then 122 × 5 ÷ 7 = 87.14
    expect(fewer).toEqual({
      last_day: '2026-07-01',
      rate_from: ['2026-01-01', '2026-03-01'],
      rate_cents: [7600, 7600],
      units_per_week: [7, 5],
      planned_units: 146.14,
    })
    const dearer = changeTerms({ ...booking, ...fewer }, '2026-02-01', { rate_cents: 8000 })
    expect(dearer).toMatchObject({
      rate_from: ['2026-01-01', '2026-02-01', '2026-03-01'],
      rate_cents: [7600, 8000, 8000],
      units_per_week: [7, 7, 5],
    })
    expect(changeTerms({ ...booking, ...fewer }, '2026-03-01', { units_per_week: 7 })).toMatchObject({ rate_from: ['2026-01-01'] })
  })

  test('begin within the booking and change something', () => {
    const booking = make('2026-01-01', '2026-07-01')
    expect(code(() => changeTerms(booking, '2025-12-31', { units_per_week: 5 }))).toBe('booking_change_outside')
    expect(code(() => changeTerms(booking, '2026-07-01', { units_per_week: 5 }))).toBe('booking_change_outside')
    expect(code(() => changeTerms(booking, '2026-03-01', { units_per_week: 7, rate_cents: 7600 }))).toBe('booking_change_nothing')
    expect(code(() => changeTerms({ ...booking, end_reason: 10 }, '2026-03-01', { units_per_week: 5 }))).toBe('booking_ended')
  })
})

describe('an interruption', () => {
  const booking = make('2026-01-01', '2026-07-01')
  const rest = (first_day: string, last_day: string, paid = false): Interruption => ({ first_day, last_day, paid })

  test('plans nothing for its days, unless the place is paid for, and the rate goes on', () => {
    const clinic = rest('2026-02-01', '2026-02-10')
    expect(interruptBooking(booking, clinic)).toMatchObject({
      rate_from: ['2026-01-01', '2026-02-01', '2026-02-11'],
      rate_cents: [7600, 7600, 7600],
      units_per_week: [7, 0, 7],
      planned_units: 171,
    })
    expect(interruptBooking(booking, { ...clinic, paid: true })).toMatchObject({ rate_from: ['2026-01-01'], planned_units: 181 })
    expect(interruptBooking(booking, rest('2026-06-01', '2026-07-01'))).toMatchObject({ units_per_week: [7, 0], planned_units: 151 })
  })

  test('lies within the booking, beside others', () => {
    const known = [rest('2026-02-01', '2026-02-10')]
    const outside = (field: string, message: string) => ({ code: 'booking_interruption_outside', details: [{ field, message }] })
    for (const [first_day, last_day, field, message] of [
      ['2026-01-01', '2026-01-05', 'first_day', 'ist frühestens der zweite Tag der Hilfe, der 02.01.2026.'],
      ['2026-07-01', '2026-07-01', 'first_day', 'ist spätestens der letzte Tag, der zählt: der 30.06.2026.'],
      ['2026-06-01', '2026-07-02', 'last_day', 'liegt nach dem Ende der Hilfe am 01.07.2026.'],
    ] as const)
      expect(() => interruptBooking(booking, rest(first_day, last_day))).toThrow(expect.objectContaining(outside(field, message)))
    expect(code(() => interruptBooking(booking, rest('2026-02-10', '2026-02-12', true), known))).toBe('booking_interruption_no_overlap')
  })

  test('ended early, leaves the days until then; from its first day, leaves nothing', () => {
    const clinic = rest('2026-02-01', '2026-02-10')
    const interrupted = { ...booking, ...interruptBooking(booking, clinic) }
    const early = resumeBooking(interrupted, '2026-02-05', [clinic])
    expect(early.left).toEqual(rest('2026-02-01', '2026-02-04'))
    expect(early.plan).toMatchObject({ rate_from: ['2026-01-01', '2026-02-01', '2026-02-05'], planned_units: 177 })
    const never = resumeBooking(interrupted, '2026-02-01', [clinic])
    expect([never.left, never.plan.planned_units, never.plan.rate_from]).toEqual([undefined, 181, ['2026-01-01']])
    expect(code(() => resumeBooking(interrupted, '2026-02-11', [clinic]))).toBe('booking_not_interrupted')
  })

  test('stays where units change, the help is prolonged, or an end is taken back', () => {
    const clinic = rest('2026-02-01', '2026-02-10')
    const open = rest('2026-06-20', '2026-07-01')
    let now = { ...booking, ...interruptBooking(booking, clinic) }
    now = { ...now, ...interruptBooking(now, open, [clinic]) }
    const fewer = changeTerms(now, '2026-02-05', { units_per_week: 5 }, [clinic, open])
    expect(fewer).toMatchObject({
      rate_from: ['2026-01-01', '2026-02-01', '2026-02-11', '2026-06-20'],
      units_per_week: [7, 0, 5, 0],
    })
    const longer = prolongBooking(now, '2026-08-01', { rate_cents: 7600, units_per_week: 7 }, [clinic, open])
    expect(longer).toMatchObject({ rate_from: ['2026-01-01', '2026-02-01', '2026-02-11', '2026-06-20', '2026-07-02'] })
    expect(longer.units_per_week).toEqual([7, 0, 7, 0, 7])
    const { last_day, rate_from, rate_cents, units_per_week } = now
    const ended = { ...now, ...endBooking(now, '2026-02-03'), end_reason: 50 }
    expect(ended.units_per_week).toEqual([7, 0])
    expect(formerPlan(ended, 'end_undone', { last_day, rate_from, rate_cents, units_per_week })).toMatchObject({
      last_day,
      rate_from,
      planned_units: now.planned_units,
    })
  })

  test('any number of them, taken off again, leave the booking as it was', () => {
    const wish = fc.record({ at: fc.integer({ min: 1, max: 170 }), days: fc.integer({ min: 0, max: 20 }), paid: fc.boolean() })
    fc.assert(
      fc.property(fc.constantFrom('last_day_free' as const, 'calendar_days' as const), fc.array(wish, { maxLength: 6 }), (rule, wishes) => {
        const changed = make('2026-01-01', '2026-07-01', rule)
        const before = { ...changed, ...changeTerms(changed, '2026-04-01', { rate_cents: 8000, units_per_week: 5 }) }
        let now = before
        let known: Interruption[] = []
        for (const { at, days, paid } of wishes) {
          const first_day = addDays('2026-01-01', at)
          const added = { first_day, last_day: addDays(first_day, days), paid }
          if (added.last_day > '2026-07-01' || known.some((each) => each.first_day <= added.last_day && first_day <= each.last_day))
            continue
          now = { ...now, ...interruptBooking(now, added, known) }
          known = [...known, added]
        }
        const unpaid = known.filter(({ paid }) => !paid)
        const weekly = (from: string) => now.units_per_week[now.rate_from.findLastIndex((each) => each <= from)]
        for (const { first_day, last_day } of unpaid) expect([weekly(first_day), weekly(last_day)]).toEqual([0, 0])
        for (const each of known) {
          now = { ...now, ...resumeBooking(now, each.first_day, known).plan }
          known = known.filter((other) => other !== each)
        }
        // a change in the midst of an interruption is known only from the day after it
        const isCut = unpaid.some(({ first_day, last_day }) => first_day <= '2026-04-01' && '2026-04-01' <= last_day)
        if (!isCut) expect(now).toEqual(before)
      }),
    )
  })
})
