import { randomBytes } from 'node:crypto'
import { sql, type Kysely } from 'kysely'
import type { Database } from '../database.ts'
import { berlinDay } from '../placement/period.ts'
import type { Role } from '../vocabulary.ts'
import { activeAccounts } from './account.ts'
import { asReader } from './as-reader.ts'
import type { Reader } from './reader.ts'
import { hashToken } from './session.ts'

/** Days a token is good for: unless asked otherwise, and at most. */
export const usualLifetime = 90
export const longestLifetime = 366

const tokenShape = /^sojus_[A-Za-z0-9_-]{43}$/

/** By its prefix programs that look for published secrets recognise it. */
export const newToken = (): string => `sojus_${randomBytes(32).toString('base64url')}`

/** Written once a day, so that reading writes little and tells no more than the day. */
const noteUsed = async (db: Kysely<Database>, reader: Reader, id: string, today: string) =>
  asReader(db, reader, (trx) => trx.updateTable('access_token').set({ last_used_on: today }).where('id', '=', id).execute())

/** The reader behind a token, with the rights of this moment; undefined when it is unknown, expired or revoked, or its account closed. */
export const readerByToken = async (db: Kysely<Database>, token: string, now: Date): Promise<Reader | undefined> => {
  if (!tokenShape.test(token)) return undefined
  const today = berlinDay(now)
  const held = sql<{
    id: string
    user_account_id: string
    last_used_on: string | null
  }>`access_token_held(${hashToken(token)}, ${today}::date)`
  const found = await activeAccounts(db)
    .innerJoin(held.as('held'), 'held.user_account_id', 'user_account.id')
    .select(['held.id', 'held.last_used_on'])
    .executeTakeFirst()
  if (found === undefined) return undefined
  const { id, last_used_on, roles, ...account } = found
  const reader = { ...account, roles: (roles ?? []) as Role[] }
  if (last_used_on !== today) await noteUsed(db, reader, id, today)
  return reader
}
