import { Hono } from 'hono'
import type { Kysely } from 'kysely'
import { z } from 'zod'
import { asReader } from '../access/as-reader.ts'
import type { Database, JsonObject } from '../database.ts'
import { operation, validate, type Deps, type ServiceEnv } from '../route.ts'
import { RuleViolation } from '../rule-violation.ts'
import { berlinDay } from '../placement/period.ts'

const Content = z.record(z.string().max(60), z.union([z.string().max(8000), z.number(), z.boolean(), z.null()]))
const NewDraft = z.strictObject({ content: Content })
const Draft = z.object({ draft: z.object({ content: Content, saved_at: z.string() }).nullable() }).meta({ id: 'Draft' })
export type Draft = z.infer<typeof Draft>

const Form = z.object({ form: z.enum(['selection']) })
const pathForm = (form: string) => {
  const found = Form.safeParse({ form })
  if (!found.success) throw new RuleViolation('not_found')
  return found.data.form
}

const keptDays = async (db: Kysely<Database>, day: string): Promise<number> => {
  const row = await db
    .selectFrom('parameter')
    .where('name', '=', 'draft_days')
    .where('valid_from', '<=', day)
    .orderBy('valid_from', 'desc')
    .select('value')
    .executeTakeFirstOrThrow()
  return row.value
}

const tag = 'portal'
const told = { 200: { description: 'As it is kept', schema: Draft } }

/** Forms as they stand while they are filled in: of the reader alone, and for some days. */
export const draftRoutes = (deps: Deps) =>
  new Hono<ServiceEnv>()
    .get('/drafts/:form', operation({ summary: 'The own draft of a form; null: there is none', tag, answers: told }), async (c) => {
      const form = pathForm(c.req.param('form'))
      const draft = await asReader(deps.db, c.var.reader, (trx) =>
        trx
          .selectFrom('draft')
          .where('form', '=', form)
          .where('expires_at', '>', deps.now().toISOString())
          .select(['content', 'saved_at'])
          .executeTakeFirst(),
      )
      return c.json({ draft: draft ?? null })
    })
    .put(
      '/drafts/:form',
      operation({ summary: 'Keep the own draft of a form', tag, answers: told }),
      validate('json', NewDraft),
      async (c) => {
        const form = pathForm(c.req.param('form'))
        const { content } = c.req.valid('json')
        const { reader } = c.var
        const saved_at = deps.now()
        const draft = await asReader(deps.db, reader, async (trx) => {
          const days = await keptDays(trx, berlinDay(saved_at))
          const kept = { content: JSON.stringify(content), saved_at, expires_at: new Date(saved_at.getTime() + days * 86_400_000) }
          return trx
            .insertInto('draft')
            .values({ user_account_id: reader.user_account_id, form, ...kept })
            .onConflict((conflict) => conflict.columns(['user_account_id', 'form', 'subject']).doUpdateSet(kept))
            .returning(['content', 'saved_at'])
            .executeTakeFirstOrThrow()
        })
        return c.json({ draft: { ...draft, content: draft.content as JsonObject } })
      },
    )
    .delete('/drafts/:form', operation({ summary: 'Discard it', tag, answers: { 204: { description: 'Discarded' } } }), async (c) => {
      const form = pathForm(c.req.param('form'))
      await asReader(deps.db, c.var.reader, (trx) => trx.deleteFrom('draft').where('form', '=', form).execute())
      return c.body(null, 204)
    })
