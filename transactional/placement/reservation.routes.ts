import { Hono } from 'hono'
import { sql, type Kysely, type Transaction } from 'kysely'
import { z } from 'zod'
import { answerOnce } from '../access/answer-once.ts'
import { asReader } from '../access/as-reader.ts'
import type { Reader } from '../access/reader.ts'
import { after, page, PageQuery, pageOf } from '../cursor.ts'
import type { Database } from '../database.ts'
import { text } from '../input.ts'
import { only, operation, pathId, validate, type Deps, type ServiceContext, type ServiceEnv } from '../route.ts'
import { rowMissing, RuleViolation } from '../rule-violation.ts'
import { countingRules, dearerReasons, declineReasons, reservationStates, reservationSteps, sexes, units } from '../vocabulary.ts'
import { beginBoundsOn } from './bounds.ts'
import { PocketMoney, shownPocketMoney } from './expected-pocket-money.ts'
import { berlinDay } from './period.ts'
import { undoDaysOn } from './booking-log.ts'
import { parallel } from './place-booking.ts'
import { heldUntil, possibleSteps, type Asking, type Standing, type Step } from './reservation.ts'
import { advance, answeredBy, NewReservation, reservationDaysOn, reserve, sideOf, type Taken } from './reserve.ts'

const Reservation = z
  .object({
    id: z.uuid(),
    /** null for the provider, and once the file is deleted */
    case_id: z.uuid().nullable(),
    case_number: z.string().nullable(),
    youth_authority_id: z.string(),
    authority_name: z.string(),
    service_kind: z.string(),
    service_kind_label: z.string(),
    legal_basis: z.string(),
    specialisations: z.array(z.string()),
    provider_id: z.uuid(),
    provider_name: z.string(),
    facility_id: z.uuid(),
    facility_name: z.string(),
    offer_id: z.uuid(),
    counting_rule: z.enum(countingRules),
    first_day: z.iso.date(),
    last_day: z.iso.date(),
    unit: z.enum(units),
    rate_cents: z.int(),
    units_per_week: z.number(),
    planned_units: z.number(),
    planned_cents: z.int(),
    age_at_begin: z.int(),
    sex: z.enum(sexes),
    /** planned cost above that of the cheapest offer that was free; told to the authority only */
    dearer_cents: z.int().nullable(),
    dearer_reason: z.enum(dearerReasons).nullable(),
    state: z.enum(reservationStates),
    held_until: z.string(),
    reserved_on: z.iso.date(),
    requested_on: z.iso.date().nullable(),
    /** what the provider was told when last asked */
    request_note: z.string().nullable(),
    /** when the provider was last reminded of an answer */
    reminded_at: z.string().nullable(),
    consented_on: z.iso.date().nullable(),
    declined_on: z.iso.date().nullable(),
    decline_reason: z.enum(declineReasons).nullable(),
    booked_on: z.iso.date().nullable(),
    released_on: z.iso.date().nullable(),
    expired_on: z.iso.date().nullable(),
    booking_id: z.uuid().nullable(),
    /** what the reader may do now */
    possible: z.array(z.enum(reservationSteps)),
  })
  .meta({ id: 'Reservation' })
export type Reservation = z.infer<typeof Reservation>

const ToldStep = z.object({
  step: z.enum(reservationSteps),
  at: z.string(),
  /** null: by the passing of time */
  by: z.string().nullable(),
  note: z.string().nullable(),
})
const ReservationWithSteps = Reservation.extend({
  steps: z.array(ToldStep),
  /** as it was shown at the reservation; null for the provider */
  pocket_money: PocketMoney.nullable(),
}).meta({ id: 'ReservationWithSteps' })
export type ReservationWithSteps = z.infer<typeof ReservationWithSteps>

const Terms = z.object({
  earliest_begin: z.iso.date().describe('The first day on which a help may begin that is reserved today'),
  latest_begin: z.iso.date().describe('The last such day'),
  consent_held_until: z.string().describe('Until when a place is held that is consented to now'),
})
export type ReservationTerms = z.infer<typeof Terms>

/** What the reader may see, policies decide; the explicit condition lets a list walk along one index. */
const reservations = (db: Kysely<Database>, reader: Reader) =>
  db
    .selectFrom('reservation')
    .innerJoin('provider', 'provider.id', 'reservation.provider_id')
    .innerJoin('facility', 'facility.id', 'reservation.facility_id')
    .innerJoin('youth_authority', 'youth_authority.id', 'reservation.youth_authority_id')
    .innerJoin('service_kind', 'service_kind.code', 'reservation.service_kind')
    .leftJoin('case_link', 'case_link.case_key', 'reservation.case_key')
    .leftJoin('case', 'case.id', 'case_link.case_id')
    .where((eb) =>
      reader.youth_authority_id !== null
        ? eb('reservation.youth_authority_id', '=', reader.youth_authority_id)
        : eb('reservation.provider_id', '=', reader.provider_id),
    )
    .selectAll('reservation')
    .select(answeredBy.as('answered_by'))
    .select([
      'case.id as case_id',
      'case.case_number',
      'provider.name as provider_name',
      'facility.name as facility_name',
      'youth_authority.name as authority_name',
      'service_kind.label as service_kind_label',
      'service_kind.legal_basis',
    ])
    .select((eb) =>
      eb
        .selectFrom('reservation_step')
        .whereRef('reservation_step.reservation_id', '=', 'reservation.id')
        .where('step', '=', 'requested')
        .orderBy('at', 'desc')
        .limit(1)
        .select('note')
        .as('request_note'),
    )
    .select((eb) =>
      eb
        .selectFrom('reservation_step')
        .whereRef('reservation_step.reservation_id', '=', 'reservation.id')
        .where('step', '=', 'reminded')
        .select(({ fn }) => fn.max('at').as('at'))
        .as('reminded_at'),
    )
type Row = Awaited<ReturnType<ReturnType<typeof reservations>['execute']>>[number]

type Asked = Omit<Asking, 'by'> & { now: Date }
const viewOf = (row: Row, reader: Reader, { now, ...asked }: Asked): Reservation => {
  const by = sideOf(reader)
  const isOpen = reader.roles.includes(by)
  const told = by === 'provider' ? { dearer_cents: null, dearer_reason: null } : {}
  return Reservation.parse({
    ...row,
    ...told,
    possible: isOpen ? possibleSteps(row as Standing, now, { ...asked, by }) : [],
  })
}

const readReservation = async (
  trx: Transaction<Database>,
  reader: Reader,
  id: string,
  { now, today }: Omit<Asked, 'undo_days'>,
): Promise<ReservationWithSteps> => {
  const row = await reservations(trx, reader).where('reservation.id', '=', id).executeTakeFirstOrThrow(rowMissing)
  // who acts for the authority stays with the authority, as for the provider
  const own = reader.youth_authority_id !== null ? sql<boolean>`account.provider_id is null` : sql<boolean>`account.provider_id is not null`
  const steps = await trx
    .selectFrom('reservation_step')
    .leftJoin('user_account as account', 'account.id', 'reservation_step.user_account_id')
    .where('reservation_step.reservation_id', '=', id)
    .orderBy('reservation_step.at')
    .orderBy('reservation_step.id')
    .select(['step', 'at', 'note', 'account.display_name', own.as('own')])
    .execute()
  return {
    ...viewOf(row, reader, { now, today, undo_days: await undoDaysOn(trx, today) }),
    pocket_money: await shownPocketMoney(trx, id),
    steps: steps.map(({ own, display_name, ...step }) =>
      ToldStep.parse({
        ...step,
        by: display_name === null ? null : own ? display_name : reader.youth_authority_id !== null ? row.provider_name : row.authority_name,
      }),
    ),
  }
}

const Note = z.strictObject({ note: text(1, 1000).optional() }).optional()
const Booked = z.strictObject({ note: text(1, 1000).optional(), parallel: parallel.optional() }).optional()
const Decline = z.strictObject({ decline_reason: z.enum(declineReasons), note: text(1, 1000).optional() })

const Explanation = z.strictObject({ dearer_reason: z.enum(dearerReasons), note: text(1, 1000).optional() })

const ListQuery = PageQuery.extend({ state: z.enum(reservationStates).optional() })
const ListKey = z.tuple([z.uuid()])

const tag = 'placement'
const readers = ['caseworker', 'finance', 'provider'] as const
const changed = { 200: { description: 'The reservation as it is now', schema: ReservationWithSteps } }
const transition = (summary: string, roles: readonly ('caseworker' | 'provider')[]) =>
  operation({ summary, tag, roles, once: true, answers: changed })
const bothSides = ['caseworker', 'provider'] as const

export const reservationRoutes = (deps: Deps) => {
  const moment = () => {
    const now = deps.now()
    return { now, today: berlinDay(now) }
  }
  const step = (c: ServiceContext, id: string, name: Step, taken: Taken = {}) =>
    answerOnce(c, deps, { id, ...taken }, async (trx) => {
      const { reader } = c.var
      const at = moment()
      await advance(trx, reader, { id, step: name, taken, ...at })
      return { status: 200, body: await readReservation(trx, reader, id, at) }
    })
  return new Hono<ServiceEnv>()
    .get(
      '/reservations',
      operation({
        summary: 'Reservations of the own authority, or those a provider was asked about, newest first',
        tag,
        roles: readers,
        answers: { 200: { description: 'A page', schema: pageOf(Reservation) } },
      }),
      only(...readers),
      validate('query', ListQuery),
      async (c) => {
        const { limit, cursor, state } = c.req.valid('query')
        const { reader } = c.var
        const last = after(cursor, ListKey)
        const at = moment()
        const { rows, undo_days } = await asReader(deps.db, reader, async (trx) => ({
          undo_days: await undoDaysOn(trx, at.today),
          rows: await reservations(trx, reader)
            .$if(state !== undefined, (query) => query.where('reservation.state', '=', state!))
            .$if(last !== undefined, (query) => query.where('reservation.id', '<', last![0]))
            .orderBy('reservation.id', 'desc')
            .limit(limit + 1)
            .execute(),
        }))
        const { items, next_cursor } = page(rows, limit, (row) => [row.id])
        return c.json({ items: items.map((row) => viewOf(row, reader, { ...at, undo_days })), next_cursor })
      },
    )
    .post(
      '/reservations',
      operation({
        summary: 'Hold a place of an offer for a case',
        tag,
        roles: ['caseworker'],
        once: true,
        answers: { 201: { description: 'Held', schema: ReservationWithSteps, location: true } },
      }),
      only('caseworker'),
      validate('json', NewReservation),
      (c) =>
        answerOnce(c, deps, c.req.valid('json'), async (trx) => {
          const at = moment()
          const id = await reserve(trx, c.var.reader, c.req.valid('json'), at)
          return { status: 201, location: `/service/reservations/${id}`, body: await readReservation(trx, c.var.reader, id, at) }
        }),
    )
    .get(
      '/reservation-terms',
      operation({
        summary: 'What holds for whatever is reserved or consented to now',
        tag,
        roles: bothSides,
        answers: { 200: { description: 'Today', schema: Terms } },
      }),
      only(...bothSides),
      async (c) => {
        const { now, today } = moment()
        const [days, { earliest, latest }] = await asReader(
          deps.db,
          c.var.reader,
          async (trx) => [await reservationDaysOn(trx, today), await beginBoundsOn(trx, today)] as const,
        )
        const consent_held_until = heldUntil('consented', now, days).toISOString()
        return c.json({ earliest_begin: earliest, latest_begin: latest, consent_held_until })
      },
    )
    .get(
      '/reservations/:id',
      operation({
        summary: 'One reservation with all that happened to it',
        tag,
        roles: readers,
        answers: { 200: { description: 'The reservation', schema: ReservationWithSteps } },
      }),
      only(...readers),
      pathId,
      async (c) =>
        c.json(await asReader(deps.db, c.var.reader, (trx) => readReservation(trx, c.var.reader, c.req.valid('param').id, moment()))),
    )
    .post(
      '/reservations/:id/renew',
      transition('Hold the place for longer', ['caseworker']),
      only('caseworker'),
      pathId,
      validate('json', Note),
      (c) => step(c, c.req.valid('param').id, 'renewed', c.req.valid('json')),
    )
    .post(
      '/reservations/:id/request-consent',
      transition('Ask the provider for consent', ['caseworker']),
      only('caseworker'),
      pathId,
      validate('json', Note),
      (c) => step(c, c.req.valid('param').id, 'requested', c.req.valid('json')),
    )
    .post(
      '/reservations/:id/remind',
      transition('Remind the provider of an answer, once a day at most', ['caseworker']),
      only('caseworker'),
      pathId,
      validate('json', Note),
      (c) => step(c, c.req.valid('param').id, 'reminded', c.req.valid('json')),
    )
    .post(
      '/reservations/:id/withdraw-request',
      transition('Take the request back; the place stays held', ['caseworker']),
      only('caseworker'),
      pathId,
      validate('json', Note),
      (c) => step(c, c.req.valid('param').id, 'withdrawn', c.req.valid('json')),
    )
    .post(
      '/reservations/:id/consent',
      transition('Consent, or record a consent given otherwise', bothSides),
      only(...bothSides),
      pathId,
      validate('json', Note),
      (c) => step(c, c.req.valid('param').id, 'consented', c.req.valid('json')),
    )
    .post(
      '/reservations/:id/withdraw-consent',
      transition('Take a consent back until it is booked; the request waits for an answer again', bothSides),
      only(...bothSides),
      pathId,
      validate('json', Note),
      (c) => step(c, c.req.valid('param').id, 'consent_withdrawn', c.req.valid('json')),
    )
    .post(
      '/reservations/:id/undo-decline',
      transition('Take back a decline that was recorded by mistake, where the place is still free', ['caseworker']),
      only('caseworker'),
      pathId,
      validate('json', Note),
      (c) => step(c, c.req.valid('param').id, 'decline_undone', c.req.valid('json')),
    )
    .post(
      '/reservations/:id/explain',
      transition('Tell later why a dearer offer was chosen', ['caseworker']),
      only('caseworker'),
      pathId,
      validate('json', Explanation),
      (c) => {
        const { dearer_reason, note } = c.req.valid('json')
        if (dearer_reason === 'other' && note === undefined) throw new RuleViolation('reason_missing')
        return step(c, c.req.valid('param').id, 'explained', { dearer_reason, note })
      },
    )
    .post(
      '/reservations/:id/decline',
      transition('Decline with a reason; the place is free again', bothSides),
      only(...bothSides),
      pathId,
      validate('json', Decline),
      (c) => {
        const { decline_reason, note } = c.req.valid('json')
        if (decline_reason === 'other' && note === undefined) throw new RuleViolation('decline_note_missing')
        return step(c, c.req.valid('param').id, 'declined', { decline_reason, note })
      },
    )
    .post(
      '/reservations/:id/release',
      transition('Give the place up', ['caseworker']),
      only('caseworker'),
      pathId,
      validate('json', Note),
      (c) => step(c, c.req.valid('param').id, 'released', c.req.valid('json')),
    )
    .post(
      '/reservations/:id/book',
      transition('Book what was consented to', ['caseworker']),
      only('caseworker'),
      pathId,
      validate('json', Booked),
      (c) => step(c, c.req.valid('param').id, 'booked', c.req.valid('json')),
    )
}
