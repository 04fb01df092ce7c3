import { Hono } from 'hono'
import type { Kysely } from 'kysely'
import { z } from 'zod'
import { answerOnce } from '../access/answer-once.ts'
import { asReader } from '../access/as-reader.ts'
import type { Reader } from '../access/reader.ts'
import type { Database, JsonObject } from '../database.ts'
import { Id } from '../input.ts'
import { only, operation, pathId, validate, type Deps, type ServiceEnv } from '../route.ts'
import { RuleViolation, type Detail } from '../rule-violation.ts'
import { Codes, Definition } from './evaluation.routes.ts'

/** A state, a region, a service kind or a specialisation. */
const Key = z.string().regex(/^[A-Za-z][A-Za-z0-9_]{0,39}$/, 'ist kein gültiger Schlüssel.')
const Code = Key.nullable().default(null)

const Comparison = z.strictObject({
  kind: z.literal('comparison').optional(),
  figure: z.string().max(40),
  service_kind: Code,
  specialisation: Code,
  month: z.string().regex(/^20[0-3]\d-(0[1-9]|1[0-2])$/, 'Der Monat steht in der Form JJJJ-MM, zum Beispiel 2026-10.'),
  area: Key,
  /** How it is drawn, and the authority highlighted. */
  chart: z
    .string()
    .regex(/^[a-z_]{1,20}$/, 'ist keine Darstellung.')
    .optional(),
  region: z
    .string()
    .regex(/^[0-9]{5}([0-9]{3})?$/, 'ist kein Schlüssel eines örtlichen Trägers.')
    .optional(),
})
const Evaluation = Definition.omit({ as_of: true }).extend({ kind: z.literal('evaluation'), area: Key })
const SideBySide = z.strictObject({
  kind: z.literal('side_by_side'),
  figures: Codes,
  service_kind: Code,
  specialisation: Code,
  period: z.string().regex(/^20[0-3]\d(-(0[1-9]|1[0-2])|-Q[1-4])?$/, 'ist kein Monat, Quartal oder Jahr.'),
  against: Key,
  group: Code,
  area: Key,
})
/** What the addresses of the answers are asked by. */
const View = z.discriminatedUnion('kind', [Comparison, Evaluation, SideBySide])
export type PublishedViewQuery = z.infer<typeof View>

/** What the warehouse answers to a view at the moment it is taken, as everybody may see it; or what is wrong with the question. */
export type TakenView = { data_as_of: string; data_lsn: string; definitions: string; answer: JsonObject } | { faults: Detail[] }
export type TakeView = (view: PublishedViewQuery) => Promise<TakenView>

const title = z.string().trim().min(3).max(120)
const NewPublishedView = z.strictObject({ title, view: View })

const Summary = z.object({ id: z.uuid(), title: z.string(), view: View, data_as_of: z.iso.datetime(), published_at: z.iso.datetime() })
const List = z.object({ items: z.array(Summary) })

export type PublishedView = z.infer<typeof Summary> & { data_lsn: string; definitions: string; answer: JsonObject }

const summaryColumns = ['id', 'title', 'view', 'data_as_of', 'published_at'] as const
const instant = (value: string): string => new Date(value).toISOString()
const summaryOf = (row: {
  id: string
  title: string
  view: unknown
  data_as_of: string
  published_at: string
}): z.infer<typeof Summary> => ({
  ...row,
  view: row.view as PublishedViewQuery,
  data_as_of: instant(row.data_as_of),
  published_at: instant(row.published_at),
})

/** A published view with its numbers; undefined where there is none. */
export const publishedView = (db: Kysely<Database>, reader: Reader, id: string): Promise<PublishedView | undefined> =>
  asReader(db, reader, async (trx) => {
    const row = await trx
      .selectFrom('published_view')
      .where('id', '=', id)
      .select([...summaryColumns, 'data_lsn', 'definitions', 'answer'])
      .executeTakeFirst()
    return row && { ...summaryOf(row), data_lsn: row.data_lsn, definitions: row.definitions, answer: row.answer as JsonObject }
  })

const tag = 'portal'
const publishers = ['controlling', 'politics', 'ministry'] as const
/** The newest ones are listed; older ones stay reachable by their address. */
const listed = 200

/** Views of key figures and evaluations published with their numbers, which stay what they were (Festgehaltene Stände). */
export const publishedViewRoutes = (deps: Deps & { takeView: TakeView }) =>
  new Hono<ServiceEnv>()
    .post(
      '/published-views',
      operation({
        summary: 'Publish a view of key figures with its numbers of this moment',
        tag,
        roles: publishers,
        once: true,
        answers: { 201: { description: 'Published', schema: Summary, location: true } },
      }),
      only(...publishers),
      validate('json', NewPublishedView),
      async (c) => {
        const { title: named, view } = c.req.valid('json')
        const taken = await deps.takeView(view)
        if ('faults' in taken) throw new RuleViolation('invalid_input', taken.faults)
        return answerOnce(c, deps, c.req.valid('json'), async (trx) => {
          const row = await trx
            .insertInto('published_view')
            .values({
              title: named,
              view: JSON.stringify(view),
              data_as_of: taken.data_as_of,
              data_lsn: taken.data_lsn,
              definitions: taken.definitions,
              answer: JSON.stringify(taken.answer),
              published_by: c.var.reader.user_account_id,
              published_at: deps.now(),
            })
            .returning([...summaryColumns])
            .executeTakeFirstOrThrow()
          return { status: 201, location: `/service/published-views/${row.id}`, body: summaryOf(row) }
        })
      },
    )
    .get(
      '/published-views',
      operation({ summary: 'Published views, newest first', tag, answers: { 200: { description: 'List', schema: List } } }),
      async (c) => {
        const rows = await asReader(deps.db, c.var.reader, (trx) =>
          trx
            .selectFrom('published_view')
            .select([...summaryColumns])
            .orderBy('published_at', 'desc')
            .orderBy('id', 'desc')
            .limit(listed)
            .execute(),
        )
        return c.json({ items: rows.map(summaryOf) })
      },
    )
    .get(
      '/published-views/:id',
      operation({ summary: 'One published view', tag, answers: { 200: { description: 'Published view', schema: Summary } } }),
      pathId,
      async (c) => {
        const found = await publishedView(deps.db, c.var.reader, Id.parse(c.req.param('id')))
        if (!found) throw new RuleViolation('not_found')
        const { id, title: named, view, data_as_of, published_at } = found
        return c.json({ id, title: named, view, data_as_of, published_at })
      },
    )
