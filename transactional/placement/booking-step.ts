// What may happen to a booking once it is made: every step, from which state, and how long it is taken back. The schema knows the same
// states.
import { RuleViolation } from '../rule-violation.ts'
import type { BookingStep } from '../vocabulary.ts'
import { addDays, berlinDay } from './period.ts'

export type BookingState = 'running' | 'ended' | 'cancelled'
export type State = { cancelled: boolean; end_reason: number | null }
/** Steps that somebody takes; a booking begins by `booked`. */
export type Step = Exclude<BookingStep, 'booked'>

const from: Record<Step, BookingState> = {
  prolonged: 'running',
  changed: 'running',
  interrupted: 'running',
  resumed: 'running',
  ended: 'running',
  cancelled: 'running',
  end_undone: 'ended',
  cancellation_undone: 'cancelled',
}

const stateOf = ({ cancelled, end_reason }: State): BookingState => (cancelled ? 'cancelled' : end_reason !== null ? 'ended' : 'running')

const refusals = { running: 'booking_running', ended: 'booking_ended', cancelled: 'booking_cancelled' } as const

/** Refuses a step that does not follow from the state. */
export const assertStep = (booking: State, step: Step): void => {
  const state = stateOf(booking)
  if (state !== from[step]) throw new RuleViolation(refusals[state])
}

/** `ended_at`: the instant an end was recorded; undefined where that is not known, as for a booking taken over. */
export type Undoing = { first_day: string; ended_at: string | undefined; undo_days: number; today: string }

const isUndoable = (step: Step, { first_day, ended_at, undo_days, today }: Undoing): boolean => {
  if (step === 'end_undone') return ended_at !== undefined && today <= addDays(berlinDay(new Date(ended_at)), undo_days)
  return step !== 'cancellation_undone' || today < first_day
}

/** Refuses to take back what has stood for too long. */
export const assertUndoable = (step: 'end_undone' | 'cancellation_undone', undoing: Undoing): void => {
  if (!isUndoable(step, undoing)) throw new RuleViolation(step === 'end_undone' ? 'booking_end_stands' : 'booking_cancellation_stands')
}

/** Which steps somebody may take today. What stands against one that is taken back, such as a released invoice, shows when it is tried. */
export const possibleSteps = (booking: State, undoing: Undoing, interruptions: readonly { last_day: string }[]): Step[] =>
  (Object.keys(from) as Step[]).filter(
    (step) =>
      from[step] === stateOf(booking) &&
      isUndoable(step, undoing) &&
      (step !== 'resumed' || interruptions.some(({ last_day }) => last_day >= undoing.today)),
  )
