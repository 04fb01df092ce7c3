import { Hono } from 'hono'
import type { Transaction } from 'kysely'
import { z } from 'zod'
import { answerOnce } from '../access/answer-once.ts'
import { asReader } from '../access/as-reader.ts'
import type { Reader } from '../access/reader.ts'
import type { Database } from '../database.ts'
import { Cents, Day, Id, text, UnitsPerWeek } from '../input.ts'
import { only, operation, pathId, validate, type Deps, type ServiceContext, type ServiceEnv } from '../route.ts'
import { rowMissing, RuleViolation } from '../rule-violation.ts'
import { endReasons, interruptionReasons, type BookingStep, type CountingRule, type Unit } from '../vocabulary.ts'
import {
  changeTerms,
  endBooking,
  formerPlan,
  interruptBooking,
  latestUnits,
  plannedCents,
  prolongBooking,
  prolongedFrom,
  resumeBooking,
  type Plan,
  type Term,
} from './booking.ts'
import { assertUsualRate, assertYoung } from './bounds.ts'
import {
  assertUnmoved,
  billedUntil,
  lastStanding,
  readInterruptions,
  tellStep,
  undoDaysOn,
  type FormerPlan,
  type Telling,
  type ToldInterruption,
} from './booking-log.ts'
import { assertReason, assertStep, assertUndoable } from './booking-step.ts'
import { Booking, bookings, readLatestDays, viewOf } from './booking-view.ts'
import { inOrder, orderFault, unitsPerWeek } from './criteria.ts'
import { assertNotParallel } from './parallel.ts'
import { berlinDay, dayText } from './period.ts'
import { offerOn, parallel } from './place-booking.ts'

/** `after_step`: the last step that was seen; the answer is 409 where another came after it. */
const common = { note: text(1, 1000).optional(), after_step: Id.nullable().optional() }
const Nothing = z.strictObject(common).optional()
const Again = z.strictObject({ parallel, ...common }).optional()
const End = z.strictObject({ last_day: Day, end_reason: z.literal(endReasons), ...common })
const Prolongation = z.strictObject({
  last_day: Day,
  units_per_week: UnitsPerWeek.optional(),
  rate_cents: Cents.optional(),
  /** said where the person will be older than the facility takes */
  older: z.boolean().default(false),
  parallel,
  ...common,
})
const Interrupting = z
  .strictObject({ first_day: Day, last_day: Day, reason: z.enum(interruptionReasons), paid: z.boolean(), ...common })
  .refine(inOrder, orderFault)
const Resuming = z.strictObject({ first_day: Day, ...common })

/** The rate a change brings: none of its own, the offer's of that day, or another one, which asks for a reason. */
const rates = ['kept', 'offer', 'other'] as const
const terms = { first_day: Day, rate: z.enum(rates).default('kept') }
const Change = z.strictObject({ ...terms, units_per_week: UnitsPerWeek.optional(), rate_cents: Cents.optional(), ...common })
const ChangeQuery = z.strictObject({
  ...terms,
  units_per_week: z.coerce.number().pipe(UnitsPerWeek).optional(),
  rate_cents: z.coerce.number().pipe(Cents).optional(),
})
type Terms = Pick<z.infer<typeof Change>, 'first_day' | 'rate' | 'units_per_week' | 'rate_cents'>

const Planned = z.object({ planned_units: z.number(), planned_cents: z.int() })
const ChangePreview = z
  .object({
    /** null: the offer has none on that day, or the help is outside the system */
    offer_rate_cents: z.int().nullable(),
    before: Planned,
    after: Planned,
  })
  .meta({ id: 'ChangePreview' })
export type ChangePreview = z.infer<typeof ChangePreview>

type Held = Term & {
  id: string
  case_key: string
  service_kind: string
  unit: Unit
  offer_id: string | null
  away: boolean
  cancelled: boolean
  end_reason: number | null
  interruptions: ToldInterruption[]
}

const columns = [
  'id',
  'case_key',
  'service_kind',
  'unit',
  'offer_id',
  'away',
  'first_day',
  'last_day',
  'counting_rule',
  'rate_from',
  'rate_cents',
  'units_per_week',
  'cancelled',
  'end_reason',
] as const

const readTerms = async (trx: Transaction<Database>, id: string, { locked }: { locked: boolean }): Promise<Held> => {
  const booking = await trx
    .selectFrom('booking')
    .where('id', '=', id)
    .select(columns)
    .$if(locked, (query) => query.forUpdate())
    .executeTakeFirstOrThrow(rowMissing)
  const { counting_rule, unit, ...terms } = booking
  return { ...terms, counting_rule: counting_rule as CountingRule, unit: unit as Unit, interruptions: await readInterruptions(trx, id) }
}

const readBooking = async (trx: Transaction<Database>, reader: Reader, id: string, today: string) => {
  const row = await bookings(trx, reader).where('booking.id', '=', id).executeTakeFirstOrThrow(rowMissing)
  return viewOf(row, today)
}

const writtenRate = async (trx: Transaction<Database>, { service_kind, unit }: Held, rate_cents: number, today: string) => {
  await assertUsualRate(trx, { service_kind, unit, rate_cents }, today)
  return rate_cents
}

/** An offer's rate on the first day added, else (§ 78d SGB VIII: an expired rate continues) the last one; away as told. */
const addedRate = async (trx: Transaction<Database>, booking: Held, given: number | undefined, today: string): Promise<number> => {
  const latest = booking.rate_cents.at(-1)!
  if (booking.away) return given === undefined ? latest : writtenRate(trx, booking, given, today)
  if (given !== undefined) throw new RuleViolation('booking_rate_given')
  return (await offerOn(trx, booking.offer_id!, prolongedFrom(booking))).rate_cents ?? latest
}

const offerRate = async (trx: Transaction<Database>, { offer_id }: Held, day: string): Promise<number | null> =>
  offer_id === null ? null : (await offerOn(trx, offer_id, day)).rate_cents

const changedRate = async (trx: Transaction<Database>, booking: Held, { rate, rate_cents, first_day }: Terms, today: string) => {
  if (rate === 'kept') return undefined
  if (rate === 'other') return rate_cents === undefined ? undefined : writtenRate(trx, booking, rate_cents, today)
  const offered = await offerRate(trx, booking, first_day)
  if (offered === null) throw new RuleViolation('booking_rate_none')
  return offered
}

const termsAfter = async (trx: Transaction<Database>, booking: Held, given: Terms, today: string): Promise<Plan> => {
  const { first_day, units_per_week } = given
  unitsPerWeek(booking.unit, units_per_week)
  const rate_cents = await changedRate(trx, booking, given, today)
  return changeTerms(booking, first_day, { units_per_week, rate_cents }, booking.interruptions)
}

/** The plan as it is, kept by the step that changes it. */
const planOf = ({ last_day, rate_from, rate_cents, units_per_week }: Held): FormerPlan => ({
  last_day,
  rate_from,
  rate_cents,
  units_per_week,
})
/** Refuses to go on beyond the ages of the law; beyond those of the facility only as long as nobody says that it is right. */
const assertAges = async (trx: Transaction<Database>, booking: Held, { last_day, older }: { last_day: string; older: boolean }) => {
  const { law, facility } = await readLatestDays(trx, booking)
  assertYoung(last_day, law)
  if (older || facility === null || last_day <= facility.last_day) return
  const until = `Die Einrichtung nimmt Personen bis ${facility.age_to} Jahre auf, das ist bis zum ${dayText(facility.last_day)}.`
  throw new RuleViolation('facility_age', [{ field: 'older', message: `${until} Bitte bestätigen, dass die Person dort bleiben kann.` }])
}

type Change = Partial<Plan> & { end_reason?: number | null; cancelled?: boolean }
/** `added`: days in which the person may already live elsewhere; on the day that was the last, one may move. */
type Taken = { columns?: Change; added?: { first_day: string; last_day: string } } & Omit<Telling, 'booking_id' | 'step' | 'at'>
type Common = { note?: string | undefined; after_step?: string | null | undefined; parallel?: boolean | undefined }

const tag = 'placement'
const changed = { 200: { description: 'The booking as it is now', schema: Booking } }
const transition = (summary: string) => operation({ summary, tag, roles: ['caseworker'], once: true, answers: changed })

/** What happens to a booking once it is made: each step checked, written down and answered with the booking as it then is. */
export const bookingStepRoutes = (deps: Deps) => {
  const today = () => berlinDay(deps.now())
  const take = (
    c: ServiceContext,
    id: string,
    step: BookingStep,
    request: Common | undefined,
    work: (trx: Transaction<Database>, booking: Held) => Promise<Taken>,
  ) =>
    answerOnce(c, deps, request ?? null, async (trx) => {
      const booking = await readTerms(trx, id, { locked: true })
      await assertUnmoved(trx, id, request?.after_step)
      assertReason(step, request?.note)
      const { columns, added, ...told } = await work(trx, booking)
      if (columns) await trx.updateTable('booking').set(columns).where('id', '=', id).execute()
      if (added && !request?.parallel) await assertNotParallel(trx, { ...booking, ...added, except: id })
      await tellStep(trx, c.var.reader, { booking_id: id, step, at: deps.now(), note: request?.note, ...told })
      return { status: 200, body: await readBooking(trx, c.var.reader, id, today()) }
    })
  /** The plan before what stands last, unless days that rest on it are billed. */
  const takeBack = async (
    trx: Transaction<Database>,
    booking: Held,
    step: 'prolongation_undone' | 'change_undone' | 'end_undone',
  ): Promise<Taken> => {
    assertStep(booking, step)
    const last = await lastStanding(trx, booking.id)
    assertUndoable(step, { first_day: booking.first_day, last, undo_days: await undoDaysOn(trx, today()), today: today() })
    const { first_day, former_plan } = last!
    const taken = { columns: formerPlan(booking, step, former_plan), last_day: former_plan.last_day }
    if (step === 'end_undone') return { ...taken, columns: { ...taken.columns, end_reason: null } }
    const billed = await billedUntil(trx, booking.id)
    const restsFrom = step === 'change_undone' ? first_day! : prolongedFrom({ ...booking, last_day: former_plan.last_day })
    if (billed !== null && billed >= restsFrom)
      throw new RuleViolation(step === 'change_undone' ? 'booking_change_billed' : 'booking_prolongation_billed')
    return step === 'change_undone' ? { columns: taken.columns, first_day: first_day! } : taken
  }
  return new Hono<ServiceEnv>()
    .post('/bookings/:id/end', transition('Record the end and its reason'), only('caseworker'), pathId, validate('json', End), (c) => {
      const { last_day, end_reason } = c.req.valid('json')
      return take(c, c.req.valid('param').id, 'ended', c.req.valid('json'), async (_, booking) => {
        return { columns: { ...endBooking(booking, last_day), end_reason }, last_day, former_plan: planOf(booking) }
      })
    })
    .post(
      '/bookings/:id/undo-end',
      transition('Take a recorded end back; the help goes on as it was planned'),
      only('caseworker'),
      pathId,
      validate('json', Again),
      (c) =>
        take(c, c.req.valid('param').id, 'end_undone', c.req.valid('json'), async (trx, booking) => {
          const taken = await takeBack(trx, booking, 'end_undone')
          return { ...taken, added: { first_day: booking.last_day, last_day: taken.last_day! } }
        }),
    )
    .post(
      '/bookings/:id/cancel',
      transition('Cancel what did not take place'),
      only('caseworker'),
      pathId,
      validate('json', Nothing),
      (c) =>
        take(c, c.req.valid('param').id, 'cancelled', c.req.valid('json'), async (_, booking) => {
          assertStep(booking, 'cancelled')
          return { columns: { cancelled: true } }
        }),
    )
    .post(
      '/bookings/:id/undo-cancellation',
      transition('Take a cancellation back before the first day, where the place is still free'),
      only('caseworker'),
      pathId,
      validate('json', Again),
      (c) =>
        take(c, c.req.valid('param').id, 'cancellation_undone', c.req.valid('json'), async (_, booking) => {
          assertStep(booking, 'cancellation_undone')
          const { first_day, last_day } = booking
          assertUndoable('cancellation_undone', { first_day, last: undefined, undo_days: 0, today: today() })
          return { columns: { cancelled: false }, added: { first_day, last_day } }
        }),
    )
    .post(
      '/bookings/:id/prolong',
      transition('Prolong at the rate then valid'),
      only('caseworker'),
      pathId,
      validate('json', Prolongation),
      (c) => {
        const { last_day, units_per_week, rate_cents, older } = c.req.valid('json')
        return take(c, c.req.valid('param').id, 'prolonged', c.req.valid('json'), async (trx, booking) => {
          unitsPerWeek(booking.unit, units_per_week)
          const terms = {
            rate_cents: await addedRate(trx, booking, rate_cents, today()),
            units_per_week: units_per_week ?? latestUnits(booking, booking.interruptions),
          }
          const columns = prolongBooking(booking, last_day, terms, booking.interruptions)
          await assertAges(trx, booking, { last_day, older })
          const added = { first_day: booking.last_day, last_day }
          return { columns, added, last_day, former_plan: planOf(booking) }
        })
      },
    )
    .post(
      '/bookings/:id/undo-prolongation',
      transition('Take a prolongation back; the help ends as it was planned before'),
      only('caseworker'),
      pathId,
      validate('json', Nothing),
      (c) =>
        take(c, c.req.valid('param').id, 'prolongation_undone', c.req.valid('json'), (trx, booking) =>
          takeBack(trx, booking, 'prolongation_undone'),
        ),
    )
    .get(
      '/bookings/:id/change',
      operation({
        summary: 'What a change of rate or units would make of the planned cost',
        tag,
        roles: ['caseworker'],
        answers: { 200: { description: 'Before and after', schema: ChangePreview } },
      }),
      only('caseworker'),
      pathId,
      validate('query', ChangeQuery),
      async (c) => {
        const given = c.req.valid('query')
        const preview = await asReader(deps.db, c.var.reader, async (trx) => {
          const booking = await readTerms(trx, c.req.valid('param').id, { locked: false })
          const offer_rate_cents = await offerRate(trx, booking, given.first_day)
          const before = await readBooking(trx, c.var.reader, booking.id, today())
          const isChange = given.units_per_week !== undefined || given.rate !== 'kept'
          const after = isChange ? await termsAfter(trx, booking, given, today()) : booking
          return { offer_rate_cents, before, after: { ...before, ...after, planned_cents: plannedCents({ ...booking, ...after }) } }
        })
        return c.json(ChangePreview.parse(preview))
      },
    )
    .post(
      '/bookings/:id/change',
      transition('New rate or new units from a day on'),
      only('caseworker'),
      pathId,
      validate('json', Change),
      (c) => {
        const given = c.req.valid('json')
        if (given.rate === 'other' && given.rate_cents === undefined) throw new RuleViolation('booking_rate_missing')
        return take(c, c.req.valid('param').id, 'changed', given, async (trx, booking) => {
          return { columns: await termsAfter(trx, booking, given, today()), first_day: given.first_day, former_plan: planOf(booking) }
        })
      },
    )
    .post(
      '/bookings/:id/undo-change',
      transition('Take new units or a new rate back'),
      only('caseworker'),
      pathId,
      validate('json', Nothing),
      (c) =>
        take(c, c.req.valid('param').id, 'change_undone', c.req.valid('json'), (trx, booking) => takeBack(trx, booking, 'change_undone')),
    )
    .post(
      '/bookings/:id/interrupt',
      transition('Let the help rest for some days'),
      only('caseworker'),
      pathId,
      validate('json', Interrupting),
      (c) => {
        const { first_day, last_day, reason, paid } = c.req.valid('json')
        return take(c, c.req.valid('param').id, 'interrupted', c.req.valid('json'), async (trx, booking) => {
          const columns = interruptBooking(booking, { first_day, last_day, paid }, booking.interruptions)
          await trx.insertInto('booking_interruption').values({ booking_id: booking.id, first_day, last_day, reason, paid }).execute()
          return { columns, first_day, last_day }
        })
      },
    )
    .post(
      '/bookings/:id/resume',
      transition('Let the help go on from a day within an interruption'),
      only('caseworker'),
      pathId,
      validate('json', Resuming),
      (c) => {
        const { first_day } = c.req.valid('json')
        return take(c, c.req.valid('param').id, 'resumed', c.req.valid('json'), async (trx, booking) => {
          const { plan, interruption, left } = resumeBooking(booking, first_day, booking.interruptions)
          if (left) {
            const { last_day } = left
            await trx.updateTable('booking_interruption').set({ last_day }).where('id', '=', interruption.id).execute()
          } else await trx.deleteFrom('booking_interruption').where('id', '=', interruption.id).execute()
          return { columns: plan, first_day }
        })
      },
    )
}
