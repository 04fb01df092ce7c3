import { createHash } from 'node:crypto'
import type { Transaction } from 'kysely'
import type { Database, JsonObject } from '../database.ts'
import { RuleViolation } from '../rule-violation.ts'
import type { Deps, ServiceContext } from '../route.ts'
import { asReader } from './as-reader.ts'
import type { Reader } from './reader.ts'

/** `told_once`: fields of the first answer that are stored nowhere, and so missing from the answer to a repetition. */
export type Answer = { status: 200 | 201; location?: string; body: object; told_once?: object }

const keyShape = /^[\x21-\x7e]{8,128}$/

const keyOf = (c: ServiceContext): string | undefined => {
  const key = c.req.header('idempotency-key')
  if (key !== undefined && !keyShape.test(key)) throw new RuleViolation('idempotency_key_invalid')
  return key
}

/** Claims the key, waiting for another request that is at work with it; the stored answer if that one was first. */
const claim = async (
  trx: Transaction<Database>,
  reader: Reader,
  key: string,
  request_hash: Buffer,
  now: Date,
): Promise<Answer | undefined> => {
  const { user_account_id } = reader
  const claimed = await trx
    .insertInto('idempotency_key')
    .values({ user_account_id, key, request_hash, created_at: now })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst()
  if (claimed.numInsertedOrUpdatedRows === 1n) return undefined
  const stored = await trx
    .selectFrom('idempotency_key')
    .where('user_account_id', '=', user_account_id)
    .where('key', '=', key)
    .select(['request_hash', 'status', 'location', 'body'])
    .executeTakeFirstOrThrow()
  if (!stored.request_hash.equals(request_hash)) throw new RuleViolation('idempotency_key_reused')
  return {
    status: stored.status as 200 | 201,
    body: stored.body as JsonObject,
    ...(stored.location !== null && { location: stored.location }),
  }
}

const store = (trx: Transaction<Database>, reader: Reader, key: string, { status, location, body }: Answer) =>
  trx
    .updateTable('idempotency_key')
    .set({ status, location: location ?? null, body: JSON.stringify(body) })
    .where('user_account_id', '=', reader.user_account_id)
    .where('key', '=', key)
    .execute()

/**
 * Runs a writing route in one transaction as its reader and answers with what it returns. With an Idempotency-Key the answer is
 * stored in the same transaction: a repetition gets it again, and a failed attempt leaves nothing behind.
 */
export const answerOnce = async (
  c: ServiceContext,
  { db, now }: Deps,
  request: unknown,
  work: (trx: Transaction<Database>) => Promise<Answer>,
) => {
  const { reader } = c.var
  const key = keyOf(c)
  const hash = createHash('sha256')
    .update(`${c.req.method} ${c.req.path}\n${JSON.stringify(request ?? null)}`)
    .digest()
  const answer = await asReader(db, reader, async (trx) => {
    if (key === undefined) return work(trx)
    const stored = await claim(trx, reader, key, hash, now())
    if (stored !== undefined) return stored
    const fresh = await work(trx)
    await store(trx, reader, key, fresh)
    return fresh
  })
  if (answer.location !== undefined) c.header('Location', answer.location)
  return c.json({ ...answer.body, ...answer.told_once }, answer.status)
}
