import { Hono } from 'hono'
import { sql, type Kysely } from 'kysely'
import { z } from 'zod'
import { answerOnce } from '../access/answer-once.ts'
import { asReader } from '../access/as-reader.ts'
import type { Reader } from '../access/reader.ts'
import type { Database } from '../database.ts'
import { Day, text } from '../input.ts'
import { berlinDay } from '../placement/period.ts'
import { only, operation, validate, type Deps, type ServiceEnv } from '../route.ts'
import { rowMissing, RuleViolation } from '../rule-violation.ts'
import { deletionRules, documentKinds, retentionStarts } from '../vocabulary.ts'
import { deleteWhatIsOver } from './deletion.ts'

const RetentionRule = z.strictObject({
  document_kind: z.enum(documentKinds),
  valid_from: Day,
  years: z.int().min(1).max(100),
  counted_from: z.enum(retentionStarts),
  source: text(3, 200),
})
export type RetentionRule = z.infer<typeof RetentionRule>
const Planned = RetentionRule.pick({ document_kind: true, valid_from: true })
const RetentionRules = z
  .object({
    /** of what belongs to a help (§ 9b SGB VIII) */
    help: z.object({ years: z.int(), from_age: z.int() }),
    /** on which a rule is in force, or planned */
    today: z.iso.date(),
    /** by kind, the newest first */
    items: z.array(RetentionRule),
  })
  .meta({ id: 'RetentionRules' })
export type RetentionRules = z.infer<typeof RetentionRules>

const Counted = z.object({
  rule: z.enum(deletionRules),
  /** null: whole files */
  document_kind: z.enum(documentKinds).nullable(),
  count: z.int(),
})
const Deletions = z
  .object({
    runs: z.array(
      z.object({
        id: z.uuid(),
        /** null: a run that found nothing */
        youth_authority: z.string().nullable(),
        at: z.string(),
        /** null: by the clock */
        started_by: z.string().nullable(),
        items: z.array(Counted),
      }),
    ),
    /** what falls due within twelve months, by its month */
    due: z.array(Counted.extend({ youth_authority: z.string(), month: z.iso.date() })),
    due_until: z.iso.date(),
  })
  .meta({ id: 'Deletions' })
export type Deletions = z.infer<typeof Deletions>
const Started = z.object({ files: z.int(), documents: z.int() }).meta({ id: 'DeletionStarted' })
const Nothing = z.strictObject({}).optional()

const mostRuns = 100
const tag = 'file'

const rulesOf = async (db: Kysely<Database>, federal_state: string, today: string): Promise<RetentionRules> => {
  const { rows } = await sql<RetentionRules['help']>`
    select parameter_on('file_retention_years', ${today}) as years, parameter_on('file_retention_from_age', ${today}) as from_age
  `.execute(db)
  const items = await db
    .selectFrom('retention_rule')
    .where((eb) => eb.or([eb('federal_state', '=', federal_state), eb('federal_state', 'is', null)]))
    .select(['document_kind', 'valid_from', 'years', 'counted_from', 'source'])
    .orderBy('document_kind')
    .orderBy('valid_from', 'desc')
    .execute()
  return RetentionRules.parse({ help: rows[0], today, items })
}

/** Runs and what is due of the authorities of the reader's state, as far as he may see them. */
const deletionsOf = async (db: Kysely<Database>, { federal_state }: Reader, today: string): Promise<Deletions> => {
  const runs = await db
    .selectFrom('deletion_run')
    .leftJoin('youth_authority', 'youth_authority.id', 'deletion_run.youth_authority_id')
    .leftJoin('user_account', 'user_account.id', 'deletion_run.started_by')
    .where((eb) => eb.or([eb('youth_authority.federal_state', '=', federal_state), eb('user_account.federal_state', '=', federal_state)]))
    .select(['deletion_run.id', 'youth_authority.name as youth_authority', 'at', 'user_account.display_name as started_by'])
    .select(
      sql<unknown>`(
        select coalesce(json_agg(json_build_object('rule', rule, 'document_kind', document_kind, 'count', count) order by document_kind nulls first), '[]')
        from deletion_item where deletion_run_id = deletion_run.id
      )`.as('items'),
    )
    .orderBy('at', 'desc')
    .orderBy('deletion_run.id', 'desc')
    .limit(mostRuns)
    .execute()
  const until = `${Number(today.slice(0, 4)) + 1}${today.slice(4)}`.replace('-02-29', '-02-28')
  const { rows: due } = await sql<Deletions['due'][number]>`
    select youth_authority.name as youth_authority, month, rule, document_kind, count
    from deletion_due(${today}::date, ${until}::date) as due join youth_authority on youth_authority.id = due.youth_authority_id
    where federal_state = ${federal_state}
    order by month, sort_order, rule, document_kind nulls first
  `.execute(db)
  return Deletions.parse({ runs, due, due_until: until })
}

/** How long documents are kept, what went, and what will. */
export const retentionRoutes = (deps: Deps) => {
  const { db, now } = deps
  const today = () => berlinDay(now())
  return new Hono<ServiceEnv>()
    .get(
      '/retention-rules',
      operation({
        summary: 'How long documents of the own state are kept, by kind',
        tag,
        roles: ['admin'],
        answers: { 200: { description: 'All rules, those of the past too', schema: RetentionRules } },
      }),
      only('admin'),
      async (c) => c.json(await asReader(db, c.var.reader, (trx) => rulesOf(trx, c.var.reader.federal_state, today()))),
    )
    .put(
      '/retention-rules',
      operation({
        summary: 'Set how long a kind of document is kept from a later day on; one of the same day is replaced',
        tag,
        roles: ['admin'],
        answers: { 200: { description: 'All rules', schema: RetentionRules } },
      }),
      only('admin'),
      validate('json', RetentionRule),
      async (c) => {
        const rule = c.req.valid('json')
        const { federal_state } = c.var.reader
        if (rule.valid_from <= today()) throw new RuleViolation('retention_tomorrow')
        const rules = await asReader(db, c.var.reader, async (trx) => {
          const { years, counted_from, source } = rule
          await trx
            .insertInto('retention_rule')
            .values({ ...rule, federal_state })
            .onConflict((conflict) =>
              conflict.columns(['federal_state', 'document_kind', 'valid_from']).doUpdateSet({ years, counted_from, source }),
            )
            .execute()
          return rulesOf(trx, federal_state, today())
        })
        return c.json(rules)
      },
    )
    .post(
      '/retention-rules/withdraw',
      operation({
        summary: 'Take back a rule whose day has not come',
        tag,
        roles: ['admin'],
        once: true,
        answers: { 200: { description: 'All rules', schema: RetentionRules } },
      }),
      only('admin'),
      validate('json', Planned),
      (c) => {
        const { document_kind, valid_from } = c.req.valid('json')
        const { federal_state } = c.var.reader
        if (valid_from <= today()) throw new RuleViolation('retention_in_force')
        return answerOnce(c, deps, { document_kind, valid_from }, async (trx) => {
          await trx
            .deleteFrom('retention_rule')
            .where('federal_state', '=', federal_state)
            .where('document_kind', '=', document_kind)
            .where('valid_from', '=', valid_from)
            .returning('valid_from')
            .executeTakeFirstOrThrow(rowMissing)
          return { status: 200, body: await rulesOf(trx, federal_state, today()) }
        })
      },
    )
    .get(
      '/deletions',
      operation({
        summary: 'What was deleted when and by which rule, and what falls due: numbers only',
        tag,
        roles: ['admin', 'controlling'],
        answers: { 200: { description: 'The newest runs, and the next twelve months', schema: Deletions } },
      }),
      only('admin', 'controlling'),
      async (c) => c.json(await asReader(db, c.var.reader, (trx) => deletionsOf(trx, c.var.reader, today()))),
    )
    .post(
      '/deletions',
      operation({
        summary: 'Delete for good what need not be kept any longer, without waiting for the clock',
        tag,
        roles: ['admin'],
        once: true,
        answers: { 200: { description: 'How much went', schema: Started } },
      }),
      only('admin'),
      validate('json', Nothing),
      (c) =>
        answerOnce(c, deps, {}, async (trx) => ({ status: 200, body: await deleteWhatIsOver(trx, now(), c.var.reader.user_account_id) })),
    )
}
