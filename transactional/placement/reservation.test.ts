import { expect, test } from 'vitest'
import { RuleViolation } from '../rule-violation.ts'
import { reservationStates, type ReservationState } from '../vocabulary.ts'
import { heldUntil, possibleSteps, takeStep, type Step } from './reservation.ts'

const now = new Date('2026-03-10T09:00:00Z')
const moment = { now, today: '2026-03-10', days: { reservation_days: 7, consent_days: 5, booking_days: 14 } }
const held = (state: ReservationState, held_until = '2026-03-12T09:00:00Z') => ({ state, held_until })
const refusal = (state: ReservationState, step: Step, held_until?: string) => {
  try {
    takeStep(held(state, held_until), step, moment)
  } catch (error) {
    if (error instanceof RuleViolation) return error.code
    throw error
  }
  return undefined
}

test('a place is held for the days of the state it is in', () => {
  expect(heldUntil('reserved', now, moment.days).toISOString()).toBe('2026-03-17T09:00:00.000Z')
  expect(takeStep(held('reserved'), 'requested', moment)).toEqual({
    state: 'requested',
    held_until: new Date('2026-03-15T09:00:00Z'),
    requested_on: '2026-03-10',
  })
  expect(takeStep(held('requested'), 'consented', moment)).toMatchObject({
    state: 'consented',
    held_until: new Date('2026-03-24T09:00:00Z'),
  })
})

test('taken back, the request is forgotten and the place stays held', () => {
  expect(takeStep(held('requested'), 'withdrawn', moment)).toEqual({
    state: 'reserved',
    held_until: new Date('2026-03-17T09:00:00Z'),
    requested_on: null,
  })
})

test('a reminder changes nothing, and only a request has one', () => {
  expect(takeStep(held('requested'), 'reminded', moment)).toEqual({ state: 'requested' })
  expect(refusal('reserved', 'reminded')).toBe('reservation_not_requested')
})

test('an end changes the state and its day only', () => {
  expect(takeStep(held('consented'), 'booked', moment)).toEqual({ state: 'booked', booked_on: '2026-03-10' })
  expect(takeStep(held('requested'), 'declined', moment)).toEqual({ state: 'declined', declined_on: '2026-03-10' })
  expect(takeStep(held('reserved'), 'released', moment)).toEqual({ state: 'released', released_on: '2026-03-10' })
})

test('a step that does not follow is refused, and what is possible is exactly what is not refused', () => {
  expect(refusal('reserved', 'booked')).toBe('reservation_step')
  expect(refusal('declined', 'released')).toBe('reservation_step')
  const all: Step[] = ['renewed', 'requested', 'reminded', 'withdrawn', 'consented', 'declined', 'booked', 'released']
  for (const state of reservationStates)
    expect(possibleSteps(held(state), 'caseworker', now)).toEqual(all.filter((step) => refusal(state, step) === undefined))
  expect(possibleSteps(held('requested'), 'provider', now)).toEqual(['consented', 'declined'])
  expect(possibleSteps(held('consented'), 'provider', now)).toEqual([])
})

test('once its time is over, a place is held no longer, whether or not anybody has written that down', () => {
  expect(refusal('consented', 'booked', '2026-03-10T09:00:00Z')).toBe('reservation_expired')
  expect(refusal('expired', 'renewed')).toBe('reservation_expired')
  expect(possibleSteps(held('consented', '2026-03-10T09:00:00Z'), 'caseworker', now)).toEqual([])
})
