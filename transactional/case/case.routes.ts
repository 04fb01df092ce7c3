import { Hono } from 'hono'
import type { Transaction } from 'kysely'
import { z } from 'zod'
import { answerOnce } from '../access/answer-once.ts'
import { asReader } from '../access/as-reader.ts'
import type { Reader } from '../access/reader.ts'
import { after, page, PageQuery, pageOf } from '../cursor.ts'
import type { Database } from '../database.ts'
import { Day, Id, text } from '../input.ts'
import { inOrder } from '../placement/criteria.ts'
import { berlinDay } from '../placement/period.ts'
import { only, operation, pathId, validate, type Deps, type ServiceEnv } from '../route.ts'
import { rowMissing, RuleViolation } from '../rule-violation.ts'
import { isKnown, NewClient, recordClient } from './client.routes.ts'

const inPeriod = ({ begin_on, end_on }: { begin_on: string; end_on: string | null }) =>
  end_on === null || inOrder({ first_day: begin_on, last_day: end_on })

const NewCase = z
  .strictObject({
    client_id: Id.optional(),
    /** in place of client_id: somebody new, recorded with the case or not at all */
    client: NewClient.optional(),
    /** that somebody of the same name and birth date is known is no mistake */
    namesake: z.boolean().default(false),
    case_number: text(1, 40),
    begin_on: Day,
    end_on: Day.nullable().default(null),
  })
  .refine(inPeriod, { path: ['end_on'], error: 'liegt vor dem Beginn.' })
  .refine(({ client_id, client }) => (client_id === undefined) !== (client === undefined), {
    path: ['client_id'],
    error: 'Entweder eine bekannte oder eine neue Person angeben.',
  })
/** `from_file`: a file of the specialist system */
type OpenedCase = { client_id: string; case_number: string; begin_on: string; end_on: string | null; from_file?: boolean }
const CasePeriod = z.strictObject({ begin_on: Day.optional(), end_on: Day.nullable().optional() })

const Case = z
  .object({
    id: z.uuid(),
    /** null for a case that was imported without its person */
    client_id: z.uuid().nullable(),
    case_number: z.string(),
    begin_on: z.iso.date(),
    end_on: z.iso.date().nullable(),
    caseworker_id: z.uuid().nullable(),
  })
  .meta({ id: 'Case' })
const columns = ['id', 'client_id', 'case_number', 'begin_on', 'end_on', 'caseworker_id'] as const
const CaseKey = z.tuple([z.uuid()])

/** A case and its random key in the world of facts come into being together. */
export const openCase = async (trx: Transaction<Database>, reader: Reader, request: OpenedCase, now: Date) => {
  const client = await trx.selectFrom('client').where('id', '=', request.client_id).select('id').executeTakeFirst()
  if (client === undefined) throw new RuleViolation('client_unknown')
  const opened = await trx
    .insertInto('case')
    .values({
      ...request,
      youth_authority_id: reader.youth_authority_id!,
      caseworker_id: reader.user_account_id,
      opened_by: reader.user_account_id,
      opened_at: now,
    })
    .returning(columns)
    .executeTakeFirstOrThrow()
  await trx.insertInto('case_link').values({ case_id: opened.id }).execute()
  return opened
}

const tag = 'case'
const readers = ['caseworker', 'finance'] as const

export const caseRoutes = (deps: Deps) =>
  new Hono<ServiceEnv>()
    .get(
      '/cases',
      operation({
        summary: 'Cases of the own authority, newest first',
        tag,
        roles: readers,
        answers: { 200: { description: 'A page', schema: pageOf(Case) } },
      }),
      only(...readers),
      validate('query', PageQuery),
      async (c) => {
        const { limit, cursor } = c.req.valid('query')
        const last = after(cursor, CaseKey)
        const rows = await asReader(deps.db, c.var.reader, (trx) =>
          trx
            .selectFrom('case')
            .where('youth_authority_id', '=', c.var.reader.youth_authority_id!)
            .$if(last !== undefined, (query) => query.where('id', '<', last![0]))
            .select(columns)
            .orderBy('id', 'desc')
            .limit(limit + 1)
            .execute(),
        )
        return c.json(page(rows, limit, (row) => [row.id]))
      },
    )
    .post(
      '/cases',
      operation({
        summary: 'Open a case for a client, known or new',
        tag,
        roles: ['caseworker'],
        once: true,
        answers: { 201: { description: 'Opened', schema: Case, location: true } },
      }),
      only('caseworker'),
      validate('json', NewCase),
      (c) =>
        answerOnce(c, deps, c.req.valid('json'), async (trx) => {
          const { client_id, client, namesake, ...request } = c.req.valid('json')
          if (client && !namesake && (await isKnown(trx, c.var.reader, client))) throw new RuleViolation('client_known')
          const now = deps.now()
          const of = client ? (await recordClient(trx, c.var.reader, client, berlinDay(now))).id : client_id!
          const opened = await openCase(trx, c.var.reader, { ...request, client_id: of }, now)
          return { status: 201, location: `/service/cases/${opened.id}`, body: opened }
        }),
    )
    .get(
      '/cases/:id',
      operation({ summary: 'One case', tag, roles: readers, answers: { 200: { description: 'The case', schema: Case } } }),
      only(...readers),
      pathId,
      async (c) => {
        const found = await asReader(deps.db, c.var.reader, (trx) =>
          trx.selectFrom('case').where('id', '=', c.req.valid('param').id).select(columns).executeTakeFirstOrThrow(rowMissing),
        )
        return c.json(found)
      },
    )
    .patch(
      '/cases/:id',
      operation({
        summary: 'Move begin or end of a case; its bookings stay within it',
        tag,
        roles: ['caseworker'],
        answers: { 200: { description: 'The case as it is now', schema: Case } },
      }),
      only('caseworker'),
      pathId,
      validate('json', CasePeriod),
      async (c) => {
        const period = Object.fromEntries(Object.entries(c.req.valid('json')).filter(([, day]) => day !== undefined))
        const { id } = c.req.valid('param')
        const moved = await asReader(deps.db, c.var.reader, (trx) =>
          Object.keys(period).length === 0
            ? trx.selectFrom('case').where('id', '=', id).select(columns).executeTakeFirstOrThrow(rowMissing)
            : trx.updateTable('case').set(period).where('id', '=', id).returning(columns).executeTakeFirstOrThrow(rowMissing),
        )
        return c.json(moved)
      },
    )
