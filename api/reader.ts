import type { Context, MiddlewareHandler } from 'hono'
import type { Eyes } from '../warehouse/views.ts'
import { problem } from './problem.ts'

/** Who asks, as the service that keeps the sessions tells; the api knows no more about users. */
export type Reader = { roles: readonly string[]; federal_state: string; youth_authority_id: string | null }

/** `reached`: how far the stream was when the request came in. */
export type ApiEnv = { Variables: { reader: Reader; reached: { data_as_of: string } } }

/** Lets signed-in readers pass. */
export const signedIn =
  (readerOf: (request: Request) => Promise<Reader | undefined>): MiddlewareHandler<ApiEnv> =>
  async (c, next) => {
    const reader = await readerOf(c.req.raw)
    if (!reader) return problem(c, 401, 'not_signed_in', 'Bitte melden Sie sich an.')
    c.set('reader', reader)
    c.header('Cache-Control', 'private, no-store')
    return next()
  }

const seesOwnFigures = new Set(['controlling', 'finance', 'caseworker'])

/** Own figures are open to an authority's controllers, finance officers and caseworkers; politics is always controlled. */
export const eyesOf = (c: Context<ApiEnv>): Eyes => {
  const { roles, youth_authority_id } = c.get('reader')
  const open = roles.some((role) => seesOwnFigures.has(role)) && !roles.includes('politics')
  return { own_authority: open ? youth_authority_id : null }
}
