import { parse } from 'hono/utils/cookie'
import type { Kysely } from 'kysely'
import type { Database } from '../database.ts'
import type { Role } from '../vocabulary.ts'
import { cookieName, findSession, noteSeen } from './session.ts'

/** Who asks, and in whose name. */
export type Reader = {
  user_account_id: string
  user_name: string
  display_name: string
  federal_state: string
  roles: Role[]
  youth_authority_id: string | null
  provider_id: string | null
}

const tokenShape = /^[A-Za-z0-9_-]{43}$/

/** The session token of a request, whichever of the two cookie names this server uses. */
export const tokenOf = (request: Request): string | undefined => {
  const cookies = parse(request.headers.get('cookie') ?? '')
  const token = cookies[cookieName(true)] ?? cookies[cookieName(false)]
  return token !== undefined && tokenShape.test(token) ? token : undefined
}

/** The reader behind a request's session cookie; undefined when nobody is signed in. */
export const readerOf =
  (db: Kysely<Database>, now: () => Date) =>
  async (request: Request): Promise<Reader | undefined> => {
    const token = tokenOf(request)
    const session = token && (await findSession(db, token, now()))
    if (!token || !session) return undefined
    const { last_seen_at, roles, ...account } = session
    await noteSeen(db, token, last_seen_at, now())
    return { ...account, roles: (roles ?? []) as Role[] }
  }
