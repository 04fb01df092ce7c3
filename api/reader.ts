import type { Context, MiddlewareHandler } from 'hono'
import type { Logger } from 'pino'
import type { Eyes } from '../warehouse/views.ts'
import type { Source } from './moment.ts'
import { problem } from './problem.ts'

/** Who asks, as the service that keeps the sessions tells; the api knows no more about users. */
export type Reader = { roles: readonly string[]; federal_state: string; youth_authority_id: string | null }

/** `reached`: how far the stream was when the request came in. `published_as`: the title of the published view whose moment was asked for. */
export type ApiEnv = { Variables: { reader: Reader; reached: { data_as_of: string }; published_as?: string } }

type Refusal = 'not_signed_in' | 'token_refused' | 'token_throttled'

/** The reader behind a request, or why there is none. */
export type FindReader = (c: Context<ApiEnv>) => Promise<Reader | Refusal>

const refusals: Record<Refusal, { status: 401 | 429; title: string; headers: Record<string, string> }> = {
  not_signed_in: { status: 401, title: 'Bitte melden Sie sich an.', headers: {} },
  token_refused: {
    status: 401,
    title: 'Dieser Zugangsschlüssel gilt nicht oder nicht mehr. Einen neuen gibt es im Serviceportal unter „Datenzugang“.',
    headers: { 'WWW-Authenticate': 'Bearer error="invalid_token"' },
  },
  token_throttled: {
    status: 429,
    title: 'Zu viele falsche Zugangsschlüssel. Bitte in 15 Minuten noch einmal versuchen.',
    headers: { 'Retry-After': '900' },
  },
}

/** Lets readers pass; while they cannot be looked up, nobody. */
export const signedIn =
  (findReader: FindReader, log: Logger): MiddlewareHandler<ApiEnv> =>
  async (c, next) => {
    const reader = await findReader(c).catch((error: unknown) => {
      log.warn({ err: error }, 'the reader could not be looked up')
      return undefined
    })
    if (reader === undefined) {
      c.header('Retry-After', '1')
      return problem(c, 503, 'busy', 'Die Anmeldung lässt sich gerade nicht prüfen. Bitte noch einmal versuchen.')
    }
    if (typeof reader === 'string') {
      const { status, title, headers } = refusals[reader]
      for (const [name, value] of Object.entries(headers)) c.header(name, value)
      return problem(c, status, reader, title)
    }
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

/** What is published looks the same to everybody, and what is held against it too. */
export const eyesFor = (c: Context<ApiEnv>, { published }: Source): Eyes =>
  published ? { own_authority: null, beside: eyesOf(c).own_authority } : eyesOf(c)
