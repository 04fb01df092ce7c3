import { Hono } from 'hono'
import { sql, type Kysely, type Transaction } from 'kysely'
import { z } from 'zod'
import { asReader } from '../access/as-reader.ts'
import type { Database, JsonObject } from '../database.ts'
import { Id } from '../input.ts'
import { operation, validate, type Deps, type ServiceEnv } from '../route.ts'
import { RuleViolation } from '../rule-violation.ts'
import { berlinDay } from '../placement/period.ts'

const longest = 60_000

// what PostgreSQL keeps as JSON: no NUL and no half of a pair
const kept = /^[^\0\p{Cs}]*$/u
const Name = z.string().max(60).regex(kept)
const Scalar = z.union([z.string().max(8000).regex(kept), z.number(), z.boolean(), z.null()])
const Row = z.union([Scalar, z.record(Name, Scalar)])
/** Fields of a form, and lists of rows of fields. */
const Content = z.record(Name, z.union([Scalar, z.array(Row).max(100), z.record(Name, Row)]))
const NewDraft = z.strictObject({ content: Content.refine((content) => JSON.stringify(content).length <= longest, 'ist zu lang.') })
const Draft = z.object({ draft: z.object({ content: Content, saved_at: z.string() }).nullable() }).meta({ id: 'Draft' })
export type Draft = z.infer<typeof Draft>
export type DraftContent = z.infer<typeof Content>

/**
 * `case`: a new person or case; `consultation`: its opening; `step`: what is done with a help, a consultation, a case, a change of authority or a
 * request; without a subject: with several helps at once.
 */
const forms = ['selection', 'case', 'care_plan', 'review', 'consultation', 'step'] as const
export type DraftForm = (typeof forms)[number]
const DraftKey = z.object({ form: z.enum(forms), subject: z.string() })
const Drafts = z.object({ items: z.array(DraftKey.extend({ saved_at: z.string() })) }).meta({ id: 'Drafts' })

/** What it is about: a help, a consultation, a case or a change of authority; left out where there is only one such form. */
const Subject = z.strictObject({ subject: Id.optional() })

const Form = z.object({ form: z.enum(forms) })
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

/**
 * The case, request or change of authority that a draft belongs to, in the reader's rights.
 * @throws RuleViolation where there is none for him
 */
const belongingOf = async (trx: Transaction<Database>, subject: string | undefined) => {
  if (subject === undefined) return { case_id: null, reservation_id: null, authority_change_id: null }
  const { rows } = await sql<{ case_id: string | null; reservation_id: string | null; authority_change_id: string | null }>`
    select "case".id as case_id, null::uuid as reservation_id, null::uuid as authority_change_id from "case" where id = ${subject}
    union all select case_id, null, null from consultation where id = ${subject}
    union all select case_id, null, null from booking join case_link using (case_key) where booking.id = ${subject}
    union all select case_id, null, null from reservation join case_link using (case_key) where reservation.id = ${subject}
    union all select null, id, null from reservation where id = ${subject} and state = 'requested' and has_role('provider')
    union all select null, null, id from authority_change where id = ${subject} and state = 'announced'
    limit 1
  `.execute(trx)
  if (rows[0] === undefined) throw new RuleViolation('not_found')
  return rows[0]
}

const tag = 'portal'
const told = { 200: { description: 'As it is kept', schema: Draft } }

/** Forms as they stand while they are filled in: of the reader alone, and for some days. */
export const draftRoutes = (deps: Deps) =>
  new Hono<ServiceEnv>()
    .get(
      '/drafts',
      operation({
        summary: 'Which forms there are own drafts of',
        tag,
        answers: { 200: { description: 'The newest first', schema: Drafts } },
      }),
      async (c) => {
        const items = await asReader(deps.db, c.var.reader, (trx) =>
          trx
            .selectFrom('draft')
            .where('expires_at', '>', deps.now().toISOString())
            .select(['form', 'subject', 'saved_at'])
            .orderBy('saved_at', 'desc')
            .limit(1000)
            .execute(),
        )
        return c.json({ items: items as z.infer<typeof Drafts>['items'] })
      },
    )
    .get(
      '/drafts/:form',
      operation({ summary: 'The own draft of a form; null: there is none', tag, answers: told }),
      validate('query', Subject),
      async (c) => {
        const form = pathForm(c.req.param('form'))
        const { subject = '' } = c.req.valid('query')
        const draft = await asReader(deps.db, c.var.reader, (trx) =>
          trx
            .selectFrom('draft')
            .where('form', '=', form)
            .where('subject', '=', subject)
            .where('expires_at', '>', deps.now().toISOString())
            .select(['content', 'saved_at'])
            .executeTakeFirst(),
        )
        return c.json({ draft: draft ?? null })
      },
    )
    .put(
      '/drafts/:form',
      operation({ summary: 'Keep the own draft of a form', tag, answers: told }),
      validate('query', Subject),
      validate('json', NewDraft),
      async (c) => {
        const form = pathForm(c.req.param('form'))
        const { subject } = c.req.valid('query')
        const { content } = c.req.valid('json')
        const { reader } = c.var
        const saved_at = deps.now()
        const draft = await asReader(deps.db, reader, async (trx) => {
          const belonging = await belongingOf(trx, subject)
          const days = await keptDays(trx, berlinDay(saved_at))
          const changed = { content: JSON.stringify(content), saved_at, expires_at: new Date(saved_at.getTime() + days * 86_400_000) }
          return trx
            .insertInto('draft')
            .values({ user_account_id: reader.user_account_id, form, subject: subject ?? '', ...belonging, ...changed })
            .onConflict((conflict) => conflict.columns(['user_account_id', 'form', 'subject']).doUpdateSet(changed))
            .returning(['content', 'saved_at'])
            .executeTakeFirstOrThrow()
        })
        return c.json({ draft: { ...draft, content: draft.content as JsonObject } })
      },
    )
    .delete(
      '/drafts/:form',
      operation({ summary: 'Discard it', tag, answers: { 204: { description: 'Discarded' } } }),
      validate('query', Subject),
      async (c) => {
        const form = pathForm(c.req.param('form'))
        const { subject = '' } = c.req.valid('query')
        await asReader(deps.db, c.var.reader, (trx) =>
          trx.deleteFrom('draft').where('form', '=', form).where('subject', '=', subject).execute(),
        )
        return c.body(null, 204)
      },
    )
