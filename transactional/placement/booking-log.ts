import { sql, type Kysely, type Transaction } from 'kysely'
import { z } from 'zod'
import type { Reader } from '../access/reader.ts'
import type { Database } from '../database.ts'
import { RuleViolation } from '../rule-violation.ts'
import { awayReasons, bookingSteps, interruptionReasons, type AwayReason, type BookingStep } from '../vocabulary.ts'
import type { Steps } from './booking.ts'
import { berlinDay, dayText } from './period.ts'

export const ToldBookingStep = z.object({
  /** null: nobody recorded it, the booking itself says so */
  id: z.uuid().nullable(),
  step: z.enum(bookingSteps),
  /** null: not known when */
  at: z.string().nullable(),
  by: z.string().nullable(),
  first_day: z.iso.date().nullable(),
  last_day: z.iso.date().nullable(),
  /** of a booking outside the system */
  away_reason: z.enum(awayReasons).nullable(),
  note: z.string().nullable(),
})
export type ToldBookingStep = z.infer<typeof ToldBookingStep>

export const ToldInterruption = z.object({
  id: z.uuid(),
  first_day: z.iso.date(),
  last_day: z.iso.date(),
  reason: z.enum(interruptionReasons),
  paid: z.boolean(),
})
export type ToldInterruption = z.infer<typeof ToldInterruption>

export type FormerPlan = Steps & { last_day: string }
export type Telling = {
  booking_id: string
  step: BookingStep
  at: Date
  first_day?: string | undefined
  last_day?: string | undefined
  note?: string | undefined
  away_reason?: AwayReason | null
  /** the plan an end cuts short */
  former_plan?: FormerPlan | undefined
}

export const tellStep = (trx: Transaction<Database>, reader: Reader, { former_plan, ...told }: Telling) =>
  trx
    .insertInto('booking_step')
    .values({ ...told, user_account_id: reader.user_account_id, former_plan: former_plan ? JSON.stringify(former_plan) : null })
    .execute()

const recordedSteps = (db: Kysely<Database>, booking_id: string) =>
  db
    .selectFrom('booking_step')
    .innerJoin('user_account as account', 'account.id', 'booking_step.user_account_id')
    .where('booking_step.booking_id', '=', booking_id)
    .select(['booking_step.id', 'step', 'at', 'first_day', 'last_day', 'away_reason', 'note', 'account.display_name as by'])

type Booking = {
  id: string
  created_at: string
  last_day: string
  end_reason: number | null
  cancelled: boolean
  reservation_id: string | null
}

/**
 * All that happened to a booking. A booking from before anything was recorded, or taken over, tells its beginning and its end itself; one
 * that was reserved begins with the steps of its reservation.
 */
export const readSteps = async (db: Kysely<Database>, booking: Booking): Promise<ToldBookingStep[]> => {
  const recorded = await recordedSteps(db, booking.id).orderBy('at').orderBy('booking_step.id').execute()
  const has = (step: BookingStep) => recorded.some((each) => each.step === step)
  const unrecorded = { id: null, by: null, first_day: null, last_day: null, away_reason: null, note: null }
  const begun = booking.reservation_id !== null || has('booked') ? [] : [{ ...unrecorded, step: 'booked', at: booking.created_at }]
  const over = booking.cancelled ? 'cancelled' : booking.end_reason === null ? undefined : 'ended'
  const ended = over === undefined || has(over) ? [] : [{ ...unrecorded, step: over, at: null, last_day: booking.last_day }]
  return z.array(ToldBookingStep).parse([...begun, ...recorded, ...ended])
}

export const readInterruptions = async (db: Kysely<Database>, booking_id: string): Promise<ToldInterruption[]> => {
  const rows = await db
    .selectFrom('booking_interruption')
    .where('booking_id', '=', booking_id)
    .orderBy('first_day')
    .select(['id', 'first_day', 'last_day', 'reason', 'paid'])
    .execute()
  return z.array(ToldInterruption).parse(rows)
}

const time = new Intl.DateTimeFormat('de-DE', { timeZone: 'Europe/Berlin', hour: '2-digit', minute: '2-digit' })

/** Refuses to act on what somebody else has changed: `after_step` is the last step its reader has seen, undefined where nobody looked. */
export const assertUnmoved = async (
  trx: Transaction<Database>,
  booking_id: string,
  after_step: string | null | undefined,
): Promise<void> => {
  if (after_step === undefined) return
  const last = await recordedSteps(trx, booking_id).orderBy('at', 'desc').orderBy('booking_step.id', 'desc').limit(1).executeTakeFirst()
  if (last === undefined || last.id === after_step) return
  const at = new Date(last.at)
  throw new RuleViolation('booking_moved', [
    { field: 'after_step', message: `Zuletzt ${last.by}, ${dayText(berlinDay(at))}, ${time.format(at)} Uhr.` },
  ])
}

/** The last recorded end: when, and the plan it cut short. */
export const lastEnd = async (db: Kysely<Database>, booking_id: string) => {
  const end = await db
    .selectFrom('booking_step')
    .where('booking_id', '=', booking_id)
    .where('step', '=', 'ended')
    .orderBy('at', 'desc')
    .orderBy('id', 'desc')
    .select(['at', 'former_plan'])
    .executeTakeFirst()
  return end && { at: end.at, former_plan: end.former_plan as unknown as FormerPlan }
}

export const undoDaysOn = async (db: Kysely<Database>, day: string): Promise<number> => {
  const { value } = await db
    .selectFrom('parameter')
    .where('name', '=', 'undo_days')
    .where('valid_from', '<=', day)
    .orderBy('valid_from', 'desc')
    .select('value')
    .executeTakeFirstOrThrow()
  return value
}

/** Until when it is billed; null: not at all, or not of the reader's authority. */
export const billedUntil = async (db: Kysely<Database>, booking_id: string): Promise<string | null> => {
  const { rows } = await sql<{ until: string | null }>`select booking_billed_until(${booking_id}) as until`.execute(db)
  return rows[0]!.until
}
