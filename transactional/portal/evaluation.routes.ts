import { Hono } from 'hono'
import type { SelectQueryBuilder, Transaction } from 'kysely'
import { z } from 'zod'
import { answerOnce } from '../access/answer-once.ts'
import { asReader } from '../access/as-reader.ts'
import type { Reader } from '../access/reader.ts'
import { after, page, pageOf, PageQuery } from '../cursor.ts'
import type { Database } from '../database.ts'
import { Id, text } from '../input.ts'
import { only, operation, pathId, validate, type Deps, type ServiceEnv } from '../route.ts'
import { rowMissing } from '../rule-violation.ts'

export const Codes = z.string().regex(/^[A-Za-z0-9_-]{1,60}(,[A-Za-z0-9_-]{1,60}){0,59}$/, 'ist keine Liste von Schlüsseln.')
const Month = z.string().regex(/^20[0-3]\d-(0[1-9]|1[0-2])$/, 'steht in der Form JJJJ-MM.')

/** The query of GET /api/evaluation, which alone knows whether it can be answered, and how the page draws the answer. */
export const Definition = z.strictObject({
  figures: Codes,
  rows: Codes,
  columns: Codes.optional(),
  area: Codes.optional(),
  service_kinds: Codes.optional(),
  specialisation: Codes.optional(),
  age_group: Codes.optional(),
  sex: Codes.optional(),
  provider: Codes.optional(),
  end_reason: Codes.optional(),
  decline_reason: Codes.optional(),
  dearer_reason: Codes.optional(),
  from: Month.optional(),
  to: Month.optional(),
  grain: Codes.optional(),
  totals: Codes.optional(),
  empty: Codes.optional(),
  against: Codes.optional(),
  as_of: Codes.optional(),
  chart: Codes.optional(),
})
export type EvaluationDefinition = z.infer<typeof Definition>

const Shared = z.enum(['nobody', 'authority', 'all'])
const SavedEvaluation = z.strictObject({ name: text(1, 80), definition: Definition, shared: Shared.default('nobody') })

const Evaluation = z
  .object({
    id: z.uuid(),
    name: z.string(),
    definition: Definition,
    shared: Shared,
    own: z.boolean(),
    owner: z.string(),
    changed_at: z.iso.datetime(),
    pinned: z.boolean(),
  })
  .meta({ id: 'Evaluation' })
export type Evaluation = z.infer<typeof Evaluation>

const mostPinned = 4
const Pins = z.strictObject({
  evaluations: z
    .array(Id)
    .max(mostPinned)
    .refine((ids) => new Set(ids).size === ids.length, 'nennt eine Auswertung zweimal.'),
})
const Pinned = z.object({ items: z.array(Evaluation) })

const tag = 'portal'
const owners = ['controlling', 'politics', 'ministry'] as const
const readers = [...owners, 'finance', 'caseworker'] as const

/** What the reader may see, with the name of whose it is. */
const visible = (trx: Transaction<Database>, reader: Reader) =>
  trx
    .selectFrom('evaluation')
    .innerJoin('user_account', 'user_account.id', 'evaluation.owner_id')
    .leftJoin('evaluation_pin', (join) =>
      join.onRef('evaluation_pin.evaluation_id', '=', 'evaluation.id').on('evaluation_pin.user_account_id', '=', reader.user_account_id),
    )
    .select([
      'evaluation.id',
      'evaluation.name',
      'evaluation.definition',
      'evaluation.shared',
      'evaluation.owner_id',
      'evaluation.changed_at',
      'evaluation_pin.position',
      'user_account.display_name',
    ])

type Row = ReturnType<typeof visible> extends SelectQueryBuilder<infer _D, infer _T, infer Selected> ? Selected : never

const answerOf = (row: Row, reader: Reader): Evaluation => ({
  id: row.id,
  name: row.name,
  definition: row.definition as EvaluationDefinition,
  shared: Shared.parse(row.shared),
  own: row.owner_id === reader.user_account_id,
  owner: row.display_name,
  changed_at: new Date(row.changed_at).toISOString(),
  pinned: row.position !== null,
})

const one = async (trx: Transaction<Database>, reader: Reader, id: string): Promise<Evaluation> => {
  const row = await visible(trx, reader).where('evaluation.id', '=', id).executeTakeFirstOrThrow(rowMissing)
  return answerOf(row, reader)
}

const pinned = async (trx: Transaction<Database>, reader: Reader): Promise<Evaluation[]> => {
  const rows = await visible(trx, reader).where('evaluation_pin.position', 'is not', null).orderBy('evaluation_pin.position').execute()
  return rows.map((row) => answerOf(row, reader))
}

const valuesOf = ({ name, definition, shared }: z.infer<typeof SavedEvaluation>, reader: Reader, now: Date) => ({
  name,
  definition: JSON.stringify(definition),
  shared,
  youth_authority_id: shared === 'authority' ? reader.youth_authority_id : null,
  changed_at: now,
})

/** Saved evaluations (Eigene Auswertungen): shared is what is asked, and every reader gets the answer of his own rights. */
export const evaluationRoutes = (deps: Deps) =>
  new Hono<ServiceEnv>()
    .get(
      '/evaluations',
      operation({
        summary: 'The own evaluations and those shared with the reader, newest first',
        tag,
        roles: readers,
        answers: { 200: { description: 'A page', schema: pageOf(Evaluation) } },
      }),
      only(...readers),
      validate('query', PageQuery),
      async (c) => {
        const { limit, cursor } = c.req.valid('query')
        const { reader } = c.var
        const last = after(cursor, z.tuple([z.uuid()]))
        const rows = await asReader(deps.db, reader, (trx) =>
          visible(trx, reader)
            .$if(last !== undefined, (query) => query.where('evaluation.id', '<', last![0]))
            .orderBy('evaluation.id', 'desc')
            .limit(limit + 1)
            .execute(),
        )
        const { items, next_cursor } = page(rows, limit, ({ id }) => [id])
        return c.json({ items: items.map((row) => answerOf(row, reader)), next_cursor })
      },
    )
    .post(
      '/evaluations',
      operation({
        summary: 'Save an evaluation under a name, for oneself, the own authority or all',
        tag,
        roles: owners,
        once: true,
        answers: { 201: { description: 'Saved', schema: Evaluation, location: true } },
      }),
      only(...owners),
      validate('json', SavedEvaluation),
      (c) =>
        answerOnce(c, deps, c.req.valid('json'), async (trx) => {
          const { reader } = c.var
          const { id } = await trx
            .insertInto('evaluation')
            .values({ ...valuesOf(c.req.valid('json'), reader, deps.now()), owner_id: reader.user_account_id })
            .returning('id')
            .executeTakeFirstOrThrow()
          return { status: 201, location: `/service/evaluations/${id}`, body: await one(trx, reader, id) }
        }),
    )
    .get(
      '/evaluations/:id',
      operation({
        summary: 'One evaluation, own or shared',
        tag,
        roles: readers,
        answers: { 200: { description: 'The evaluation', schema: Evaluation } },
      }),
      only(...readers),
      pathId,
      async (c) => c.json(await asReader(deps.db, c.var.reader, (trx) => one(trx, c.var.reader, c.req.valid('param').id))),
    )
    .put(
      '/evaluations/:id',
      operation({
        summary: 'Change an own evaluation: its name, what it asks, with whom it is shared',
        tag,
        roles: owners,
        answers: { 200: { description: 'Changed', schema: Evaluation } },
      }),
      only(...owners),
      pathId,
      validate('json', SavedEvaluation),
      async (c) => {
        const { id } = c.req.valid('param')
        const { reader } = c.var
        const changed = await asReader(deps.db, reader, async (trx) => {
          await trx
            .updateTable('evaluation')
            .set(valuesOf(c.req.valid('json'), reader, deps.now()))
            .where('id', '=', id)
            .returning('id')
            .executeTakeFirstOrThrow(rowMissing)
          return one(trx, reader, id)
        })
        return c.json(changed)
      },
    )
    .delete(
      '/evaluations/:id',
      operation({ summary: 'Delete an own evaluation', tag, roles: owners, answers: { 204: { description: 'Deleted' } } }),
      only(...owners),
      pathId,
      async (c) => {
        await asReader(deps.db, c.var.reader, (trx) =>
          trx.deleteFrom('evaluation').where('id', '=', c.req.valid('param').id).returning('id').executeTakeFirstOrThrow(rowMissing),
        )
        return c.body(null, 204)
      },
    )
    .get(
      '/evaluation-pins',
      operation({
        summary: 'What the reader keeps on the overview, in order',
        tag,
        roles: readers,
        answers: { 200: { description: 'Evaluations', schema: Pinned } },
      }),
      only(...readers),
      async (c) => c.json({ items: await asReader(deps.db, c.var.reader, (trx) => pinned(trx, c.var.reader)) }),
    )
    .put(
      '/evaluation-pins',
      operation({
        summary: `Keep these evaluations on the overview, in this order; at most ${mostPinned}`,
        tag,
        roles: readers,
        answers: { 200: { description: 'Evaluations', schema: Pinned } },
      }),
      only(...readers),
      validate('json', Pins),
      async (c) => {
        const { reader } = c.var
        const { evaluations } = c.req.valid('json')
        const items = await asReader(deps.db, reader, async (trx) => {
          const { user_account_id } = reader
          await trx.deleteFrom('evaluation_pin').where('user_account_id', '=', user_account_id).execute()
          const rows = evaluations.map((evaluation_id, at) => ({ user_account_id, evaluation_id, position: at + 1 }))
          if (rows.length > 0) await trx.insertInto('evaluation_pin').values(rows).execute()
          return pinned(trx, reader)
        })
        return c.json({ items })
      },
    )
