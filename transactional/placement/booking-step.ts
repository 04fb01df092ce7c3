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
  prolongation_undone: 'running',
  changed: 'running',
  change_undone: 'running',
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

/** What each step that takes something back takes back. */
const undoes = {
  prolongation_undone: 'prolonged',
  change_undone: 'changed',
  end_undone: 'ended',
  cancellation_undone: 'cancelled',
} as const
export type Undo = keyof typeof undoes
const isUndo = (step: BookingStep): step is Undo => step in undoes

/** What was recorded without what was taken back again; the last of it is what may be taken back. */
export const standing = <Recorded extends { step: BookingStep }>(recorded: readonly Recorded[]): Recorded[] =>
  recorded.reduce<Recorded[]>((left, each) => {
    if (!isUndo(each.step)) return [...left, each]
    const { step } = each
    const at = left.findLastIndex((former) => former.step === undoes[step])
    return left.filter((_, index) => index !== at)
  }, [])

/** `last`: what stands last, and whether it keeps the plan before it; undefined where that is not known, as for a booking taken over. */
export type Undoing = {
  first_day: string
  last: { step: BookingStep; at: string | null; keeps_plan: boolean } | undefined
  undo_days: number
  today: string
}

const isUndoable = (step: Step, { first_day, last, undo_days, today }: Undoing): boolean => {
  if (!isUndo(step)) return true
  if (step === 'cancellation_undone') return today < first_day
  return last?.step === undoes[step] && last.keeps_plan && last.at !== null && today <= addDays(berlinDay(new Date(last.at)), undo_days)
}

const stands = {
  prolongation_undone: 'booking_prolongation_stands',
  change_undone: 'booking_change_stands',
  end_undone: 'booking_end_stands',
  cancellation_undone: 'booking_cancellation_stands',
} as const

/** Refuses to take back what has stood for too long, or what something else was built on. */
export const assertUndoable = (step: Undo, undoing: Undoing): void => {
  if (!isUndoable(step, undoing)) throw new RuleViolation(stands[step])
}

/** What an end says by its reason and an interruption by its own, these say in words. */
const explained = new Set<BookingStep>(['prolonged', 'prolongation_undone', 'changed', 'change_undone', 'cancelled'])
export const assertReason = (step: BookingStep, note: string | undefined): void => {
  if (explained.has(step) && note === undefined) throw new RuleViolation('reason_missing')
}

/** Which steps somebody may take today. What stands against one that is taken back, such as a released invoice, shows when it is tried. */
export const possibleSteps = (booking: State, undoing: Undoing, interruptions: readonly { last_day: string }[]): Step[] =>
  (Object.keys(from) as Step[]).filter(
    (step) =>
      from[step] === stateOf(booking) &&
      isUndoable(step, undoing) &&
      (step !== 'resumed' || interruptions.some(({ last_day }) => last_day >= undoing.today)),
  )
