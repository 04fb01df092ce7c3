import { expect, test } from 'vitest'
import { RuleViolation } from '../rule-violation.ts'
import { reservationStates, type ReservationState } from '../vocabulary.ts'
import { assertReason, heldUntil, possibleSteps, takeStep, type Moment, type Standing, type Step } from './reservation.ts'

const now = new Date('2026-03-10T09:00:00Z')
const moment: Moment = {
  now,
  today: '2026-03-10',
  days: { reservation_days: 7, consent_days: 5, booking_days: 14, longest_hold_days: 42 },
  by: 'caseworker',
  undo_days: 14,
}
const held = (state: ReservationState, held_until = '2026-03-12T09:00:00Z', given: Partial<Standing> = {}): Standing => ({
  state,
  held_until,
  reserved_on: '2026-03-05',
  declined_on: state === 'declined' ? '2026-03-10' : null,
  dearer_cents: 0,
  dearer_reason: null,
  answered_by: 'caseworker',
  ...given,
})
const refusal = (state: ReservationState, step: Step, held_until?: string, given?: Partial<Standing>, at = moment) => {
  try {
    takeStep(held(state, held_until, given), step, at)
  } catch (error) {
    if (error instanceof RuleViolation) return error.code
    throw error
  }
  return undefined
}

const provider: Moment = { ...moment, by: 'provider' }

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
  const all: Step[] = [
    'renewed',
    'requested',
    'reminded',
    'withdrawn',
    'consented',
    'consent_withdrawn',
    'declined',
    'decline_undone',
    'booked',
    'released',
    'explained',
  ]
  for (const state of reservationStates)
    expect(possibleSteps(held(state), now, moment)).toEqual(all.filter((step) => refusal(state, step) === undefined))
  expect(possibleSteps(held('requested'), now, provider)).toEqual(['consented', 'declined'])
  expect(possibleSteps(held('consented'), now, provider)).toEqual(['consent_withdrawn'])
  expect(possibleSteps(held('declined'), now, provider)).toEqual([])
})

test('once its time is over, a place is held no longer, whether or not anybody has written that down', () => {
  expect(refusal('consented', 'booked', '2026-03-10T09:00:00Z')).toBe('reservation_expired')
  expect(refusal('expired', 'renewed')).toBe('reservation_expired')
  expect(possibleSteps(held('consented', '2026-03-10T09:00:00Z'), now, moment)).toEqual([])
})

test('a consent is taken back until it is booked: by the provider, or by the authority that recorded it', () => {
  const back = { state: 'requested', held_until: new Date('2026-03-15T09:00:00Z'), consented_on: null }
  expect(takeStep(held('consented'), 'consent_withdrawn', moment)).toEqual(back)
  expect(takeStep(held('consented', undefined, { answered_by: 'provider' }), 'consent_withdrawn', provider)).toEqual(back)
  expect(takeStep(held('consented'), 'consent_withdrawn', provider)).toEqual(back)
  expect(refusal('consented', 'consent_withdrawn', undefined, { answered_by: 'provider' })).toBe('reservation_consent_stands')
  expect(refusal('booked', 'consent_withdrawn')).toBe('reservation_step')
})

test('a decline is taken back for some days where the authority recorded it; what a provider declined stays declined', () => {
  expect(takeStep(held('declined', '2026-03-09T09:00:00Z'), 'decline_undone', moment)).toEqual({
    state: 'requested',
    held_until: new Date('2026-03-15T09:00:00Z'),
    declined_on: null,
    decline_reason: null,
  })
  const on = (declined_on: string) => refusal('declined', 'decline_undone', undefined, { declined_on })
  expect([on('2026-02-24'), on('2026-02-23')]).toEqual([undefined, 'reservation_decline_stands'])
  expect(refusal('declined', 'decline_undone', undefined, { answered_by: 'provider' })).toBe('reservation_decline_stands')
})

test('both say why', () => {
  expect(() => assertReason('consent_withdrawn', undefined)).toThrow('reason_missing')
  expect(() => assertReason('decline_undone', undefined)).toThrow('reason_missing')
  expect(() => assertReason('consented', undefined)).not.toThrow()
})

test('a hold is extended up to the longest one, and only a consent goes beyond it', () => {
  const soon = { reserved_on: '2026-01-29' }
  expect(takeStep(held('reserved', '2026-03-11T09:00:00Z', soon), 'renewed', moment).held_until).toEqual(new Date('2026-03-12T09:00:00Z'))
  expect(refusal('reserved', 'renewed', '2026-03-12T09:00:00Z', soon)).toBe('reservation_hold_limit')
  expect(refusal('consented', 'renewed', '2026-03-12T09:00:00Z', soon)).toBe('reservation_hold_limit')
  // asked or taken back beyond it, the place is held as it was
  const late = { reserved_on: '2026-01-01' }
  for (const [state, step] of [
    ['reserved', 'requested'],
    ['requested', 'withdrawn'],
    ['consented', 'consent_withdrawn'],
  ] as const)
    expect(takeStep(held(state, undefined, late), step, moment).held_until).toEqual(new Date('2026-03-12T09:00:00Z'))
  expect(takeStep(held('requested', undefined, late), 'consented', moment).held_until).toEqual(new Date('2026-03-24T09:00:00Z'))
  expect(refusal('declined', 'decline_undone', undefined, late)).toBe('reservation_hold_limit')
})

test('why a dearer offer was chosen is told once, also when it is booked', () => {
  const dearer = { dearer_cents: 262_444 }
  expect(takeStep(held('booked', '2026-03-01T09:00:00Z', dearer), 'explained', moment)).toEqual({ state: 'booked' })
  expect(possibleSteps(held('booked', '2026-03-01T09:00:00Z', dearer), now, moment)).toEqual(['explained'])
  expect(refusal('booked', 'explained')).toBe('reservation_explained')
  expect(refusal('booked', 'explained', undefined, { ...dearer, dearer_reason: 'nearness' })).toBe('reservation_explained')
})
