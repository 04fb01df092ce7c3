import { createHash, randomBytes } from 'node:crypto'
import type { Kysely } from 'kysely'
import type { Database } from '../database.ts'
import { activeAccounts } from './account.ts'

const minute = 60_000
/** Without a request for an hour, and after twelve hours in any case, a session is over. */
export const idleLimit = 60 * minute
export const absoluteLimit = 12 * 60 * minute
/** Seen within the last minutes counts as online. */
export const onlineWithin = 5 * minute

export const cookieName = (secure: boolean) => (secure ? '__Host-sojus_session' : 'sojus_session')

export const hashToken = (token: string): Buffer => createHash('sha256').update(token).digest()

const before = (instant: Date, milliseconds: number) => new Date(instant.getTime() - milliseconds).toISOString()

/** The token goes into the cookie and nowhere else: only its hash is stored. */
export const openSession = async (db: Kysely<Database>, user_account_id: string, now: Date): Promise<string> => {
  const token = randomBytes(32).toString('base64url')
  const expires_at = new Date(now.getTime() + absoluteLimit)
  await db
    .insertInto('session')
    .values({ token_hash: hashToken(token), user_account_id, created_at: now, last_seen_at: now, expires_at })
    .execute()
  return token
}

export const closeSession = (db: Kysely<Database>, token: string) =>
  db.deleteFrom('session').where('token_hash', '=', hashToken(token)).execute()

/** After a change of password nobody else stays signed in. */
export const closeOtherSessions = (db: Kysely<Database>, user_account_id: string, token: string) =>
  db.deleteFrom('session').where('user_account_id', '=', user_account_id).where('token_hash', '!=', hashToken(token)).execute()

/** The live session of a token with its account and roles; undefined when unknown, expired or closed. */
export const findSession = (db: Kysely<Database>, token: string, now: Date) =>
  activeAccounts(db)
    .innerJoin('session', 'session.user_account_id', 'user_account.id')
    .where('session.token_hash', '=', hashToken(token))
    .where('session.expires_at', '>', now.toISOString())
    .where('session.last_seen_at', '>', before(now, idleLimit))
    .select('session.last_seen_at')
    .executeTakeFirst()

/** Noted once a minute at most, so that reading writes little. */
export const noteSeen = async (db: Kysely<Database>, token: string, lastSeenAt: string, now: Date) => {
  if (now.getTime() - Date.parse(lastSeenAt) < minute) return
  await db.updateTable('session').set({ last_seen_at: now }).where('token_hash', '=', hashToken(token)).execute()
}

export const countOnline = async (db: Kysely<Database>, now: Date): Promise<number> => {
  const { online } = await db
    .selectFrom('session')
    .where('last_seen_at', '>', before(now, onlineWithin))
    .where('expires_at', '>', now.toISOString())
    .select(({ fn }) => fn.count<number>('user_account_id').distinct().as('online'))
    .executeTakeFirstOrThrow()
  return online
}
