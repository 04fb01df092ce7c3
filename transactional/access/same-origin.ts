import type { Context, MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { RuleViolation } from '../rule-violation.ts'

const safe = new Set(['GET', 'HEAD', 'OPTIONS'])
export const largestBody = 256 * 1024

const hostOf = (origin: string) => (URL.canParse(origin) ? new URL(origin).host : undefined)

/** Browsers say where a request comes from; programs without a browser say nothing and hold no cookie of ours by accident. */
const comesFromHere = (c: Context): boolean => {
  const site = c.req.header('sec-fetch-site')
  if (site !== undefined) return site === 'same-origin' || site === 'none'
  const origin = c.req.header('origin')
  return origin === undefined || hostOf(origin) === (c.req.header('host') ?? new URL(c.req.url).host)
}

// the adapter gives every request but GET a stream, so over HTTP only the headers tell of a body
const hasBody = (c: Context) =>
  c.req.header('transfer-encoding') !== undefined ||
  Number(c.req.header('content-length') ?? 0) > 0 ||
  (c.env?.incoming === undefined && c.req.raw.body !== null)
const isJson = (c: Context) => /^application\/json\s*(;|$)/i.test(c.req.header('content-type') ?? '')

/** Against forged requests: what changes something comes from our own pages, and as JSON, which no foreign form can send. */
export const sameOrigin: MiddlewareHandler = async (c, next) => {
  if (!safe.has(c.req.method)) {
    if (!comesFromHere(c)) throw new RuleViolation('wrong_origin')
    if (hasBody(c) && !isJson(c)) throw new RuleViolation('wrong_content_type')
  }
  await next()
}

export const limitBody = bodyLimit({
  maxSize: largestBody,
  onError: () => {
    throw new RuleViolation('body_too_large')
  },
})
