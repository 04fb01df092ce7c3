import type { Context, MiddlewareHandler } from 'hono'
import type { Logger } from 'pino'
import type { Eyes } from '../warehouse/views.ts'
import { problem } from './problem.ts'

/** Who asks, as the service that keeps the sessions tells; the api knows no more about users. */
export type Reader = { roles: readonly string[]; federal_state: string; youth_authority_id: string | null }

/** `reached`: how far the stream was when the request came in. */
export type ApiEnv = { Variables: { reader: Reader; reached: { data_as_of: string } } }

/** Lets signed-in readers pass; while sessions cannot be looked up, nobody. */
export const signedIn =
  (readerOf: (request: Request) => Promise<Reader | undefined>, log: Logger): MiddlewareHandler<ApiEnv> =>
  async (c, next) => {
    const reader = await readerOf(c.req.raw).catch((error: unknown) => {
      log.warn({ err: error }, 'the session could not be looked up')
      return null
    })
    if (reader === null) {
      c.header('Retry-After', '1')
      return problem(c, 503, 'busy', 'Die Anmeldung lässt sich gerade nicht prüfen. Bitte noch einmal versuchen.')
    }
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
