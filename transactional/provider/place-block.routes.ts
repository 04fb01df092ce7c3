import { Hono } from 'hono'
import { sql, type Transaction } from 'kysely'
import { jsonArrayFrom } from 'kysely/helpers/postgres'
import { z } from 'zod'
import { answerOnce } from '../access/answer-once.ts'
import { asReader } from '../access/as-reader.ts'
import type { Database } from '../database.ts'
import { Day, Id } from '../input.ts'
import { inOrder, orderFault } from '../placement/criteria.ts'
import { berlinDay } from '../placement/period.ts'
import { only, operation, pathId, validate, type Deps, type ServiceEnv } from '../route.ts'
import { rowMissing, RuleViolation } from '../rule-violation.ts'
import { blockReasons } from '../vocabulary.ts'

const block = {
  places: z
    .int({ error: 'Bitte eine ganze Zahl angeben.' })
    .min(1, 'Bitte mindestens 1 angeben.')
    .max(1000, 'Bitte höchstens 1.000 angeben.'),
  reason: z.enum(blockReasons, { error: 'Bitte einen Grund wählen.' }),
  first_day: Day,
}
const NewBlock = z
  .strictObject({ offer_id: Id, ...block, last_day: Day.nullable() })
  .refine(({ first_day, last_day }) => last_day === null || inOrder({ first_day, last_day }), orderFault)
const Block = z.object({ id: z.uuid(), ...block, last_day: z.iso.date().nullable() })
const OwnOffer = z
  .object({
    id: z.uuid(),
    facility_id: z.uuid(),
    legal_basis: z.string(),
    service_kind_label: z.string(),
    capacity: z.int(),
    /** today, after bookings, live reservations and blocks */
    free_places: z.int(),
    /** those that are not over */
    blocks: z.array(Block),
  })
  .meta({ id: 'OwnOffer' })
export type OwnOffer = z.infer<typeof OwnOffer>
const OwnOffers = z.object({ items: z.array(OwnOffer) })

const ownOffers = (trx: Transaction<Database>, provider_id: string, today: string) =>
  trx
    .selectFrom('offer')
    .innerJoin('service_kind', 'service_kind.code', 'offer.service_kind')
    .where('provider_id', '=', provider_id)
    .select(['offer.id', 'facility_id', 'legal_basis', 'service_kind.label as service_kind_label', 'capacity'])
    .select(sql<number>`free_places(offer.id, daterange(${today}::date, ${today}::date, '[]'))`.as('free_places'))
    .select((eb) =>
      jsonArrayFrom(
        eb
          .selectFrom('place_block')
          .whereRef('offer_id', '=', 'offer.id')
          .where(sql<boolean>`coalesce(last_day, 'infinity') >= ${today}::date`)
          .select(['place_block.id', 'places', 'reason', 'first_day', 'last_day'])
          .orderBy('first_day')
          .orderBy('place_block.id'),
      ).as('blocks'),
    )
    .orderBy('service_kind.sort_order')
    .orderBy('offer.id')

const tag = 'provider'

/** Places a provider keeps back, or reports as taken from outside the system (domain.md 4.6). */
export const placeBlockRoutes = (deps: Deps) => {
  const today = () => berlinDay(deps.now())
  const readOffer = async (trx: Transaction<Database>, provider_id: string, id: string): Promise<OwnOffer> =>
    OwnOffer.parse(await ownOffers(trx, provider_id, today()).where('offer.id', '=', id).executeTakeFirstOrThrow(rowMissing))
  return new Hono<ServiceEnv>()
    .get(
      '/own-offers',
      operation({
        summary: 'The own offers with their free and blocked places',
        tag,
        roles: ['provider'],
        answers: { 200: { description: 'All of them', schema: OwnOffers } },
      }),
      only('provider'),
      async (c) => {
        const { provider_id } = c.var.reader
        const items = await asReader(deps.db, c.var.reader, (trx) => ownOffers(trx, provider_id!, today()).execute())
        return c.json(OwnOffers.parse({ items }))
      },
    )
    .post(
      '/place-blocks',
      operation({
        summary: 'Keep places back, or report them as taken from outside',
        tag,
        roles: ['provider'],
        once: true,
        answers: { 200: { description: 'The offer as it is now', schema: OwnOffer } },
      }),
      only('provider'),
      validate('json', NewBlock),
      (c) =>
        answerOnce(c, deps, c.req.valid('json'), async (trx) => {
          const given = c.req.valid('json')
          const { provider_id } = c.var.reader
          await readOffer(trx, provider_id!, given.offer_id)
          if (given.first_day < today())
            throw new RuleViolation('invalid_input', [
              { field: 'first_day', message: 'liegt in der Vergangenheit. Bitte frühestens heute.' },
            ])
          const { free } = await sql<{ free: number }>`
            select free_places(${given.offer_id}::uuid, daterange(${given.first_day}::date, ${given.last_day}::date, '[]')) as free`
            .execute(trx)
            .then(({ rows }) => rows[0]!)
          if (free < given.places)
            throw new RuleViolation('invalid_input', [
              { field: 'places', message: `In diesem Zeitraum sind an jedem Tag nur ${free} frei. Bitte höchstens so viele sperren.` },
            ])
          await trx
            .insertInto('place_block')
            .values({ ...given, provider_id: provider_id! })
            .execute()
          return { status: 200, body: await readOffer(trx, provider_id!, given.offer_id) }
        }),
    )
    .delete(
      '/place-blocks/:id',
      operation({ summary: 'Give blocked places back', tag, roles: ['provider'], answers: { 204: { description: 'They are free' } } }),
      only('provider'),
      pathId,
      async (c) => {
        await asReader(deps.db, c.var.reader, async (trx) => {
          await trx.deleteFrom('place_block').where('id', '=', c.req.valid('param').id).returning('id').executeTakeFirstOrThrow(rowMissing)
        })
        return c.body(null, 204)
      },
    )
}
