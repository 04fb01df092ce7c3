// How a place goes from reserved to booked: every step, who may take it, and how long the place is held. The schema knows the same steps.
import { RuleViolation } from '../rule-violation.ts'
import type { DearerReason, DeclineReason, ReservationState, ReservationStep } from '../vocabulary.ts'
import { addDays, daysBetween, dayText } from './period.ts'

/** Steps that somebody takes; a reservation begins by `reserved` and may end by the passing of time. */
export type Step = Exclude<ReservationStep, 'reserved' | 'expired'>

export type Side = 'caseworker' | 'provider'
type Rule = { from: readonly ReservationState[]; to: ReservationState | 'same'; by: readonly Side[] }

/** A caseworker records the consent of a provider who gave it by telephone. */
const steps: Record<Step, Rule> = {
  renewed: { from: ['reserved', 'requested', 'consented'], to: 'same', by: ['caseworker'] },
  requested: { from: ['reserved'], to: 'requested', by: ['caseworker'] },
  // the provider is asked once more; the place is held no longer for it
  reminded: { from: ['requested'], to: 'same', by: ['caseworker'] },
  withdrawn: { from: ['requested'], to: 'reserved', by: ['caseworker'] },
  consented: { from: ['requested'], to: 'consented', by: ['provider', 'caseworker'] },
  consent_withdrawn: { from: ['consented'], to: 'requested', by: ['provider', 'caseworker'] },
  declined: { from: ['requested'], to: 'declined', by: ['provider', 'caseworker'] },
  decline_undone: { from: ['declined'], to: 'requested', by: ['caseworker'] },
  booked: { from: ['consented'], to: 'booked', by: ['caseworker'] },
  released: { from: ['reserved', 'requested', 'consented'], to: 'released', by: ['caseworker'] },
  // why a dearer offer was chosen
  explained: { from: ['reserved', 'requested', 'consented', 'booked'], to: 'same', by: ['caseworker'] },
}

/** How many days a place is held from a step on, and all in all without a consent, by names of dated parameters. */
export type HoldDays = { reservation_days: number; consent_days: number; booking_days: number; longest_hold_days: number }

const heldFor: Partial<Record<ReservationState, 'reservation_days' | 'consent_days' | 'booking_days'>> = {
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
  consented_on?: string | null
  declined_on?: string | null
  decline_reason?: DeclineReason | null
  booked_on?: string
  released_on?: string
}

export type Standing = {
  state: ReservationState
  held_until: string
  reserved_on: string
  declined_on: string | null
  dearer_cents: number | null
  dearer_reason: DearerReason | null
  /** whose account recorded the answer that stands */
  answered_by: Side | null
}
export type Asking = { by: Side; today: string; undo_days: number }
export type Moment = { now: Date; days: HoldDays } & Asking

const isHeld = ({ state, held_until }: Pick<Standing, 'state' | 'held_until'>, now: Date) =>
  heldFor[state] === undefined || Date.parse(held_until) > now.getTime()

/** What stands against a step that otherwise follows: each side takes back what it recorded itself, a provider his consent in any case. */
const objection = ({ declined_on, dearer_cents, dearer_reason, answered_by }: Standing, step: Step, { by, today, undo_days }: Asking) => {
  if (step === 'consent_withdrawn' && by !== 'provider' && answered_by !== by) return 'reservation_consent_stands'
  if (step === 'decline_undone' && (answered_by !== by || today > addDays(declined_on!, undo_days))) return 'reservation_decline_stands'
  if (step === 'explained' && (!dearer_cents || dearer_reason !== null)) return 'reservation_explained'
  return undefined
}

/** Which steps somebody may take now. */
export const possibleSteps = (standing: Standing, now: Date, asking: Asking): Step[] =>
  isHeld(standing, now)
    ? (Object.keys(steps) as Step[]).filter(
        (step) =>
          steps[step].by.includes(asking.by) &&
          steps[step].from.includes(standing.state) &&
          objection(standing, step, asking) === undefined,
      )
    : []

/** Until when a step holds the place: only a consent holds it beyond the longest hold. */
const heldAfter = (
  step: Step,
  state: 'reserved' | 'requested' | 'consented',
  { held_until, reserved_on }: Standing,
  { now, today, days }: Moment,
): Date => {
  const fresh = heldUntil(state, now, days)
  if (step === 'consented') return fresh
  const former = Date.parse(held_until)
  const longest = addDays(reserved_on, days.longest_hold_days)
  const bounded = Math.min(fresh.getTime(), now.getTime() + daysBetween(today, longest) * dayLength)
  if ((step === 'renewed' && bounded <= former) || (step === 'decline_undone' && bounded <= now.getTime()))
    throw new RuleViolation('reservation_hold_limit', [
      {
        field: 'note',
        message: `Ohne Zusage wird ein Platz längstens ${days.longest_hold_days} Tage gehalten, hier bis zum ${dayText(longest)}.`,
      },
    ])
  return bounded > now.getTime() ? new Date(bounded) : new Date(former)
}

/**
 * What a step changes. Refuses one that does not follow (`reservation_step`), and any once the place is held no longer
 * (`reservation_expired`).
 */
export const takeStep = (standing: Standing, step: Step, moment: Moment): Change => {
  const { state } = standing
  const { from, to } = steps[step]
  if (state === 'expired' || (from.includes(state) && !isHeld(standing, moment.now))) throw new RuleViolation('reservation_expired')
  if (!from.includes(state)) throw new RuleViolation(step === 'reminded' ? 'reservation_not_requested' : 'reservation_step')
  const against = objection(standing, step, moment)
  if (against) throw new RuleViolation(against)
  const next = to === 'same' ? state : to
  const change: Change = { state: next }
  if (step === 'reminded' || step === 'explained') return change
  if (next === 'reserved' || next === 'requested' || next === 'consented') change.held_until = heldAfter(step, next, standing, moment)
  if (step === 'withdrawn') change.requested_on = null
  if (step === 'consent_withdrawn') change.consented_on = null
  if (step === 'decline_undone') return { ...change, declined_on: null, decline_reason: null }
  if (step in dayColumns) change[dayColumns[step as keyof typeof dayColumns]] = moment.today
  return change
}

/** What says nothing by itself says why. */
const reasoned = new Set<Step>(['consent_withdrawn', 'decline_undone'])
export const assertReason = (step: Step, note: string | undefined): void => {
  if (reasoned.has(step) && note === undefined) throw new RuleViolation('reason_missing')
}
