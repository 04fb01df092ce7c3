import { Hono } from 'hono'
import { z } from 'zod'
import { after, page, PageQuery, pageOf } from '../cursor.ts'
import { Day, text } from '../input.ts'
import { addDays, berlinDay } from '../placement/period.ts'
import { operation, pathId, validate, type Deps, type ServiceEnv } from '../route.ts'
import { rowMissing, RuleViolation } from '../rule-violation.ts'
import { longestLifetime, newToken, usualLifetime } from './access-token.ts'
import { answerOnce } from './answer-once.ts'
import { asReader } from './as-reader.ts'
import { hashToken } from './session.ts'

const NewAccessToken = z.strictObject({
  name: text(1, 60),
  /** the last day it is good for */
  expires_on: Day.optional(),
})

const AccessToken = z
  .object({
    id: z.uuid(),
    name: z.string(),
    created_on: z.iso.date(),
    expires_on: z.iso.date(),
    last_used_on: z.iso.date().nullable(),
    expired: z.boolean(),
  })
  .meta({ id: 'AccessToken' })
const MadeAccessToken = AccessToken.extend({
  token: z.string().optional().describe('Told this once: not in the answer to a repetition, for it is stored nowhere'),
}).meta({ id: 'MadeAccessToken' })
const columns = ['id', 'name', 'created_on', 'expires_on', 'last_used_on'] as const

const lastDay = (wanted: string | undefined, today: string): string => {
  const latest = addDays(today, longestLifetime)
  const expires_on = wanted ?? addDays(today, usualLifetime)
  if (expires_on < today) throw new RuleViolation('access_token_past')
  if (expires_on > latest) throw new RuleViolation('access_token_lifetime')
  return expires_on
}

const tag = 'access'

/** The reader's own access tokens; a session is needed for them, a token opens nothing here. */
export const accessTokenRoutes = (deps: Deps) =>
  new Hono<ServiceEnv>()
    .get(
      '/access-tokens',
      operation({
        summary: 'The own access tokens, newest first; expired ones for another month',
        tag,
        answers: { 200: { description: 'A page', schema: pageOf(AccessToken) } },
      }),
      validate('query', PageQuery),
      async (c) => {
        const { limit, cursor } = c.req.valid('query')
        const last = after(cursor, z.tuple([z.uuid()]))
        const rows = await asReader(deps.db, c.var.reader, (trx) =>
          trx
            .selectFrom('access_token')
            .$if(last !== undefined, (query) => query.where('id', '<', last![0]))
            .select(columns)
            .orderBy('id', 'desc')
            .limit(limit + 1)
            .execute(),
        )
        const today = berlinDay(deps.now())
        const { items, next_cursor } = page(rows, limit, ({ id }) => [id])
        return c.json({ items: items.map((row) => ({ ...row, expired: row.expires_on < today })), next_cursor })
      },
    )
    .post(
      '/access-tokens',
      operation({
        summary: `Make a token that reads /api in the own rights; good for ${usualLifetime} days unless asked otherwise, at most ${longestLifetime}`,
        tag,
        once: true,
        answers: { 201: { description: 'Made', schema: MadeAccessToken, location: true } },
      }),
      validate('json', NewAccessToken),
      (c) =>
        answerOnce(c, deps, c.req.valid('json'), async (trx) => {
          const { name, expires_on } = c.req.valid('json')
          const created_on = berlinDay(deps.now())
          const token = newToken()
          const row = await trx
            .insertInto('access_token')
            .values({
              name,
              created_on,
              expires_on: lastDay(expires_on, created_on),
              user_account_id: c.var.reader.user_account_id,
              token_hash: hashToken(token),
            })
            .returning(columns)
            .executeTakeFirstOrThrow()
          return { status: 201, location: `/service/access-tokens/${row.id}`, body: { ...row, expired: false }, told_once: { token } }
        }),
    )
    .get(
      '/access-tokens/:id',
      operation({ summary: 'One own access token', tag, answers: { 200: { description: 'The token', schema: AccessToken } } }),
      pathId,
      async (c) => {
        const row = await asReader(deps.db, c.var.reader, (trx) =>
          trx.selectFrom('access_token').where('id', '=', c.req.valid('param').id).select(columns).executeTakeFirstOrThrow(rowMissing),
        )
        return c.json({ ...row, expired: row.expires_on < berlinDay(deps.now()) })
      },
    )
    .delete(
      '/access-tokens/:id',
      operation({ summary: 'Revoke an own access token, at once', tag, answers: { 204: { description: 'Revoked' } } }),
      pathId,
      async (c) => {
        await asReader(deps.db, c.var.reader, (trx) =>
          trx.deleteFrom('access_token').where('id', '=', c.req.valid('param').id).returning('id').executeTakeFirstOrThrow(rowMissing),
        )
        return c.body(null, 204)
      },
    )
