import type { Context } from 'hono'
import type { Deps } from '../route.ts'
import { readerByToken } from './access-token.ts'
import { addressOf } from './address.ts'
import { countGuesses } from './guesses.ts'
import { readerOf, type Reader } from './reader.ts'
import { hashToken } from './session.ts'

type Refusal = 'not_signed_in' | 'token_refused' | 'token_throttled'

const bearer = /^bearer(?: +(.*))?$/i
const reading = new Set(['GET', 'HEAD'])

/** Who reads figures: by an access token where the request brings one, else by its session. Nothing else of the service takes tokens. */
export const apiReaderOf = ({ db, now, secure }: Pick<Deps, 'db' | 'now' | 'secure'>) => {
  const readerOfSession = readerOf(db, now)
  const guesses = countGuesses(now)
  return async (c: Context): Promise<Reader | Refusal> => {
    const brought = bearer.exec(c.req.header('authorization') ?? '')
    if (!brought) return (await readerOfSession(c.req.raw)) ?? 'not_signed_in'
    if (!reading.has(c.req.method)) return 'token_refused'
    const address = addressOf(c, secure)
    if (guesses.areTooMany(address)) return 'token_throttled'
    const token = brought[1] ?? ''
    const reader = await readerByToken(db, token, now())
    if (reader === undefined) guesses.note(address, hashToken(token))
    return reader ?? 'token_refused'
  }
}
