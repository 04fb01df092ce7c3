import { z } from 'zod'
import type { CountingRule } from '../vocabulary.ts'
import { addDays, endOf } from './period.ts'

/** What is to be done once an end is recorded. */
export const followUps = ['notice', 'handover', 'next_help', 'last_invoice', 'rating'] as const

export const FollowUp = z.object({
  task: z.enum(followUps),
  /** null: not known to the system */
  done: z.boolean().nullable(),
  /** the day until which it has come so far, such as that of the last billed day */
  until: z.iso.date().nullable(),
  next_booking_id: z.uuid().nullable(),
})
export type FollowUp = z.infer<typeof FollowUp>

type Ended = {
  last_day: string
  counting_rule: CountingRule
  end_reason: number
  away: boolean
  planned_cents: number
  /** the last day invoices reach */
  billed_until: string | null
  reviewed_on: string | null
  /** the day its end was told by a notice */
  noticed_on: string | null
  next_booking_id: string | null
  /** the day from which another authority continues it, where it was handed over in the portal */
  handed_on: string | null
}

/** A review of so many days before the end still looks back on the help as a whole. */
const reviewDays = 30

/**
 * An internal move (0) goes on elsewhere, a handover (40) with another authority; everything else is told to the family by a notice. A help
 * at a provider is billed to its end and rated (domain.md 7.3).
 */
export const followUp = (ended: Ended): FollowUp[] => {
  const { last_day, end_reason, billed_until, reviewed_on, noticed_on, next_booking_id, handed_on } = ended
  const task = (name: FollowUp['task'], told: Partial<FollowUp> = {}): FollowUp => ({
    task: name,
    done: null,
    until: null,
    next_booking_id: null,
    ...told,
  })
  const lastBilled = addDays(endOf(last_day, ended.counting_rule), -1)
  return [
    ...(end_reason === 0 ? [task('next_help', { done: next_booking_id !== null, next_booking_id })] : []),
    ...(end_reason === 40 ? [task('handover', handed_on === null ? {} : { done: true, until: handed_on })] : []),
    ...(end_reason === 0 ? [] : [task('notice', { done: noticed_on !== null, until: noticed_on })]),
    ...(ended.planned_cents > 0 && !ended.away
      ? [task('last_invoice', { done: billed_until !== null && billed_until >= lastBilled, until: billed_until })]
      : []),
    ...(ended.away
      ? []
      : [task('rating', { done: reviewed_on !== null && reviewed_on >= addDays(last_day, -reviewDays), until: reviewed_on })]),
  ]
}
