import { Hono } from 'hono'
import { sql, type Transaction } from 'kysely'
import { z } from 'zod'
import { answerOnce } from '../access/answer-once.ts'
import { asReader } from '../access/as-reader.ts'
import type { Reader } from '../access/reader.ts'
import type { Database } from '../database.ts'
import { Id } from '../input.ts'
import { only, operation, pathId, validate, type Deps, type ServiceEnv } from '../route.ts'
import { rowMissing, RuleViolation } from '../rule-violation.ts'
import { countingRules, waitingStates } from '../vocabulary.ts'
import { hasDays, inOrder, noDays, orderFault } from './criteria.ts'
import { berlinDay } from './period.ts'
import { placeOfOffer, termFields, termsOf } from './place-booking.ts'
import { assertAdmitted } from './reserve.ts'

const NewEntry = z
  .strictObject({ ...termFields, offer_id: Id })
  .refine(inOrder, orderFault)
  .refine(hasDays, noDays)

const WaitingEntry = z
  .object({
    id: z.uuid(),
    case_id: z.uuid(),
    offer_id: z.uuid(),
    facility_name: z.string(),
    provider_name: z.string(),
    service_kind: z.string(),
    first_day: z.iso.date(),
    last_day: z.iso.date(),
    counting_rule: z.enum(countingRules),
    units_per_week: z.number().nullable(),
    specialisations: z.array(z.string()),
    waiting_since: z.string(),
    state: z.enum(waitingStates),
    /** in the line of all authorities; null once it waits no longer */
    position: z.int().nullable(),
    /** places free in its period */
    free_places: z.int(),
  })
  .meta({ id: 'WaitingEntry' })
export type WaitingEntry = z.infer<typeof WaitingEntry>
const Nothing = z.strictObject({}).optional()
const Entries = z.object({ items: z.array(WaitingEntry) })

const entries = (trx: Transaction<Database>) =>
  trx
    .selectFrom('waiting_entry')
    .innerJoin('offer', 'offer.id', 'waiting_entry.offer_id')
    .innerJoin('facility', 'facility.id', 'offer.facility_id')
    .innerJoin('provider', 'provider.id', 'offer.provider_id')
    .select(['waiting_entry.id', 'case_id', 'offer_id', 'facility.name as facility_name', 'provider.name as provider_name', 'service_kind'])
    .select(['first_day', 'last_day', 'counting_rule', 'units_per_week', 'waiting_entry.specialisations', 'waiting_since', 'state'])
    .select([
      sql<number | null>`case state when 'waiting' then waiting_position(waiting_entry) end`.as('position'),
      sql<number>`free_places(offer_id, occupied_days(first_day, last_day, counting_rule))`.as('free_places'),
    ])

const readEntry = async (trx: Transaction<Database>, id: string): Promise<WaitingEntry> =>
  WaitingEntry.parse(await entries(trx).where('waiting_entry.id', '=', id).executeTakeFirstOrThrow(rowMissing))

const wait = async (trx: Transaction<Database>, reader: Reader, request: z.infer<typeof NewEntry>, now: Date): Promise<string> => {
  if (request.last_day < berlinDay(now)) throw new RuleViolation('waiting_past')
  const place = await placeOfOffer(trx, request)
  const { fact, units_per_week } = await termsOf(trx, request, async () => place)
  await assertAdmitted(trx, place.facility_id, fact)
  const { case_id, offer_id, first_day, last_day, counting_rule, specialisations } = request
  const { id } = await trx
    .insertInto('waiting_entry')
    .values({
      case_id,
      offer_id,
      first_day,
      last_day,
      counting_rule,
      specialisations,
      units_per_week,
      waiting_since: now,
      youth_authority_id: fact.youth_authority_id,
      user_account_id: reader.user_account_id,
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  const entry = await readEntry(trx, id)
  if (entry.free_places > 0) throw new RuleViolation('waiting_place_free')
  return id
}

const tag = 'placement'

export const waitingRoutes = (deps: Deps) =>
  new Hono<ServiceEnv>()
    .get(
      '/waiting-entries',
      operation({
        summary: 'What a case waits for, longest first',
        tag,
        roles: ['caseworker'],
        answers: { 200: { description: 'Its entries', schema: Entries } },
      }),
      only('caseworker'),
      validate('query', z.strictObject({ case_id: Id })),
      async (c) => {
        const items = await asReader(deps.db, c.var.reader, (trx) =>
          entries(trx)
            .where('case_id', '=', c.req.valid('query').case_id)
            .where('state', '=', 'waiting')
            .orderBy('waiting_since')
            .execute(),
        )
        return c.json(Entries.parse({ items }))
      },
    )
    .post(
      '/waiting-entries',
      operation({
        summary: 'Wait for a place of an offer that is full',
        tag,
        roles: ['caseworker'],
        once: true,
        answers: { 201: { description: 'Waiting', schema: WaitingEntry, location: true } },
      }),
      only('caseworker'),
      validate('json', NewEntry),
      (c) =>
        answerOnce(c, deps, c.req.valid('json'), async (trx) => {
          const id = await wait(trx, c.var.reader, c.req.valid('json'), deps.now())
          return { status: 201, location: `/service/waiting-entries/${id}`, body: await readEntry(trx, id) }
        }),
    )
    .get(
      '/waiting-entries/:id',
      operation({ summary: 'One entry', tag, roles: ['caseworker'], answers: { 200: { description: 'The entry', schema: WaitingEntry } } }),
      only('caseworker'),
      pathId,
      async (c) => c.json(await asReader(deps.db, c.var.reader, (trx) => readEntry(trx, c.req.valid('param').id))),
    )
    .post(
      '/waiting-entries/:id/leave',
      operation({
        summary: 'Wait no longer',
        tag,
        roles: ['caseworker'],
        once: true,
        answers: { 200: { description: 'As it is now', schema: WaitingEntry } },
      }),
      only('caseworker'),
      pathId,
      validate('json', Nothing),
      (c) =>
        answerOnce(c, deps, { id: c.req.valid('param').id }, async (trx) => {
          const { id } = c.req.valid('param')
          const entry = await readEntry(trx, id)
          if (entry.state !== 'waiting') throw new RuleViolation('waiting_over')
          await trx
            .updateTable('waiting_entry')
            .set({ state: 'left', ended_on: berlinDay(deps.now()) })
            .where('id', '=', id)
            .execute()
          return { status: 200, body: await readEntry(trx, id) }
        }),
    )
