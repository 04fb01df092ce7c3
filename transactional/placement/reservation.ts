// How a place goes from reserved to booked: every step, who may take it, and how long the place is held. The schema knows the same steps.
import { RuleViolation } from '../rule-violation.ts'
import type { DeclineReason, ReservationState, ReservationStep } from '../vocabulary.ts'

/** Steps that somebody takes; a reservation begins by `reserved` and may end by the passing of time. */
export type Step = Exclude<ReservationStep, 'reserved' | 'expired'>

type Rule = { from: readonly ReservationState[]; to: ReservationState | 'same'; by: readonly ('caseworker' | 'provider')[] }

/** A caseworker records the consent of a provider who gave it by telephone. */
const steps: Record<Step, Rule> = {
  renewed: { from: ['reserved', 'requested', 'consented'], to: 'same', by: ['caseworker'] },
  requested: { from: ['reserved'], to: 'requested', by: ['caseworker'] },
  // the provider is asked once more; the place is held no longer for it
  reminded: { from: ['requested'], to: 'same', by: ['caseworker'] },
  withdrawn: { from: ['requested'], to: 'reserved', by: ['caseworker'] },
  consented: { from: ['requested'], to: 'consented', by: ['provider', 'caseworker'] },
  declined: { from: ['requested'], to: 'declined', by: ['provider', 'caseworker'] },
  booked: { from: ['consented'], to: 'booked', by: ['caseworker'] },
  released: { from: ['reserved', 'requested', 'consented'], to: 'released', by: ['caseworker'] },
}

/** How many days a place is held from a step on, by names of dated parameters. */
export type HoldDays = { reservation_days: number; consent_days: number; booking_days: number }

const heldFor: Partial<Record<ReservationState, keyof HoldDays>> = {
  reserved: 'reservation_days',
  requested: 'consent_days',
  consented: 'booking_days',
}

const dayLength = 86_400_000

/** The instant until which a place is held in a state that was reached, or renewed, now. */
export const heldUntil = (state: 'reserved' | 'requested' | 'consented', now: Date, days: HoldDays): Date =>
  new Date(now.getTime() + days[heldFor[state]!] * dayLength)

const dayColumns = {
  requested: 'requested_on',
  consented: 'consented_on',
  declined: 'declined_on',
  booked: 'booked_on',
  released: 'released_on',
} as const

export type Change = {
  state: ReservationState
  held_until?: Date
  requested_on?: string | null
  consented_on?: string
  declined_on?: string
  decline_reason?: DeclineReason
  booked_on?: string
  released_on?: string
}

export type Moment = { now: Date; today: string; days: HoldDays }

/** Which steps somebody may take now. */
export const possibleSteps = (
  { state, held_until }: { state: ReservationState; held_until: string },
  by: 'caseworker' | 'provider',
  now: Date,
): Step[] =>
  Date.parse(held_until) <= now.getTime()
    ? []
    : (Object.keys(steps) as Step[]).filter((step) => steps[step].by.includes(by) && steps[step].from.includes(state))

/**
 * What a step changes. Refuses one that does not follow (`reservation_step`), and any once the place is held no longer
 * (`reservation_expired`).
 */
export const takeStep = (
  { state, held_until }: { state: ReservationState; held_until: string },
  step: Step,
  { now, today, days }: Moment,
): Change => {
  const { from, to } = steps[step]
  if (state === 'expired' || (from.includes(state) && Date.parse(held_until) <= now.getTime()))
    throw new RuleViolation('reservation_expired')
  if (!from.includes(state)) throw new RuleViolation(step === 'reminded' ? 'reservation_not_requested' : 'reservation_step')
  const next = to === 'same' ? state : to
  const change: Change = { state: next }
  if (step === 'reminded') return change
  if (next === 'reserved' || next === 'requested' || next === 'consented') change.held_until = heldUntil(next, now, days)
  if (step === 'withdrawn') change.requested_on = null
  if (step in dayColumns) change[dayColumns[step as keyof typeof dayColumns]] = today
  return change
}
