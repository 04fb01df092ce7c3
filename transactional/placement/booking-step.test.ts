import { expect, test } from 'vitest'
import type { RuleViolation } from '../rule-violation.ts'
import type { BookingStep } from '../vocabulary.ts'
import { assertReason, assertStep, assertUndoable, possibleSteps, standing, type Step, type Undoing } from './booking-step.ts'

const running = { cancelled: false, end_reason: null }
const ended = { cancelled: false, end_reason: 10 }
const cancelled = { cancelled: true, end_reason: null }
const undoing: Undoing = { first_day: '2026-04-01', last: undefined, undo_days: 14, today: '2026-03-10' }
const last = (step: BookingStep, at: string | null, keeps_plan = true) => ({ step, at, keeps_plan })
const code = (work: () => void) => {
  try {
    work()
  } catch (error) {
    return (error as RuleViolation).code
  }
  return undefined
}

test('what runs may be changed, ended or cancelled; what is over is only taken back', () => {
  expect(possibleSteps(running, undoing, [])).toEqual(['prolonged', 'changed', 'interrupted', 'ended', 'cancelled'])
  expect(possibleSteps(running, undoing, [{ last_day: '2026-03-10' }])).toContain('resumed')
  expect(possibleSteps(running, undoing, [{ last_day: '2026-03-09' }])).not.toContain('resumed')
  expect(possibleSteps(ended, { ...undoing, last: last('ended', '2026-03-01T09:00:00Z') }, [])).toEqual(['end_undone'])
  expect(possibleSteps(cancelled, undoing, [])).toEqual(['cancellation_undone'])
})

test.each<[typeof ended | typeof running, Step, string | undefined]>([
  [running, 'prolonged', undefined],
  [ended, 'prolonged', 'booking_ended'],
  [cancelled, 'interrupted', 'booking_cancelled'],
  [ended, 'cancelled', 'booking_ended'],
  [ended, 'end_undone', undefined],
  [running, 'end_undone', 'booking_running'],
  [cancelled, 'end_undone', 'booking_cancelled'],
  [ended, 'cancellation_undone', 'booking_ended'],
])('%j: %s is refused as %s', (state, step, refused) => {
  expect(code(() => assertStep(state, step))).toBe(refused)
})

test('an end is taken back for so many days after the Berlin day it was recorded on, a cancellation until the first day', () => {
  // an hour before midnight UTC it is already the next day in Berlin
  const recorded = { ...undoing, last: last('ended', '2026-03-01T23:30:00Z') }
  expect(code(() => assertUndoable('end_undone', { ...recorded, today: '2026-03-16' }))).toBeUndefined()
  expect(code(() => assertUndoable('end_undone', { ...recorded, today: '2026-03-17' }))).toBe('booking_end_stands')
  expect(code(() => assertUndoable('end_undone', undoing))).toBe('booking_end_stands')
  expect(code(() => assertUndoable('cancellation_undone', { ...undoing, today: '2026-03-31' }))).toBeUndefined()
  expect(code(() => assertUndoable('cancellation_undone', { ...undoing, today: '2026-04-01' }))).toBe('booking_cancellation_stands')
})

test('only what stands last is taken back, and what was taken back lets what was before it stand last again', () => {
  const steps = (...names: BookingStep[]) => standing(names.map((step) => ({ step }))).map(({ step }) => step)
  expect(steps('booked', 'prolonged', 'changed')).toEqual(['booked', 'prolonged', 'changed'])
  expect(steps('booked', 'prolonged', 'ended', 'end_undone')).toEqual(['booked', 'prolonged'])
  expect(steps('booked', 'prolonged', 'prolonged', 'prolongation_undone', 'prolongation_undone')).toEqual(['booked'])
  // taken over: its end was recorded nowhere
  expect(steps('end_undone')).toEqual([])
  const at = '2026-03-01T09:00:00Z'
  const after = (step: BookingStep, keeps_plan = true) => ({ ...undoing, last: last(step, at, keeps_plan) })
  expect(possibleSteps(running, after('prolonged'), [])).toContain('prolongation_undone')
  expect(possibleSteps(running, after('changed'), [])).toContain('change_undone')
  expect(code(() => assertUndoable('prolongation_undone', after('interrupted')))).toBe('booking_prolongation_stands')
  expect(code(() => assertUndoable('change_undone', after('prolonged')))).toBe('booking_change_stands')
  expect(code(() => assertUndoable('prolongation_undone', after('prolonged', false)))).toBe('booking_prolongation_stands')
  expect(code(() => assertUndoable('prolongation_undone', { ...after('prolonged'), today: '2026-03-16' }))).toBe(
    'booking_prolongation_stands',
  )
})

test('what says nothing by itself asks why', () => {
  for (const step of ['prolonged', 'prolongation_undone', 'changed', 'change_undone', 'cancelled'] as const) {
    expect(code(() => assertReason(step, undefined))).toBe('reason_missing')
    expect(code(() => assertReason(step, 'Schuljahr'))).toBeUndefined()
  }
  expect(code(() => assertReason('ended', undefined))).toBeUndefined()
})
