import type { Context, MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import type { Logger } from 'pino'
import { problemHandler } from '../problem.ts'
import { RuleViolation } from '../rule-violation.ts'

const safe = new Set(['GET', 'HEAD', 'OPTIONS'])
export const largestBody = 256 * 1024
/** Room for what a form says beside its file. */
const besideFile = 64 * 1024

const hostOf = (origin: string) => (URL.canParse(origin) ? new URL(origin).host : undefined)

/** Browsers say where a request comes from; programs without a browser say nothing and hold no cookie of ours by accident. */
const comesFromHere = (c: Context): boolean => {
  const site = c.req.header('sec-fetch-site')
  if (site !== undefined) return site === 'same-origin' || site === 'none'
  const origin = c.req.header('origin')
  return origin === undefined || hostOf(origin) === (c.req.header('host') ?? new URL(c.req.url).host)
}

// the adapter gives every request but GET a stream, so over HTTP only the headers tell of a body
/** A body says that it is JSON; a request that says nothing has none. */
const isJsonOrEmpty = (c: Context): boolean => {
  const type = c.req.header('content-type')
  if (type === undefined) return Number(c.req.header('content-length') ?? 0) === 0
  return /^application\/json\s*(;|$)/i.test(type)
}

/** Against forged requests: what changes something comes from our own pages, and as JSON, which no foreign form can send. */
export const sameOrigin: MiddlewareHandler = async (c, next) => {
  mustBeOurs(c)
  await next()
}

/** The same for an app with other answers to errors: it refuses by itself. */
export const sameOriginElsewhere = (log: Logger): MiddlewareHandler => {
  const refuse = problemHandler(log)
  return async (c, next) => {
    try {
      mustBeOurs(c)
    } catch (error) {
      return refuse(error as RuleViolation, c)
    }
    return next()
  }
}

/** Files come as a form, with a key: a foreign form can send files, but no header. */
const isUpload = (c: Context): boolean =>
  /^multipart\/form-data\s*;/i.test(c.req.header('content-type') ?? '') && c.req.header('idempotency-key') !== undefined

const mustBeOurs = (c: Context): void => {
  if (safe.has(c.req.method)) return
  if (!comesFromHere(c)) throw new RuleViolation('wrong_origin')
  if (!isJsonOrEmpty(c) && !isUpload(c)) throw new RuleViolation('wrong_content_type')
}

const limitJson = bodyLimit({
  maxSize: largestBody,
  onError: () => {
    throw new RuleViolation('body_too_large')
  },
})

/** Bodies are small, but for those with a file of up to so many bytes. */
export const limitBody = (most_bytes: number): MiddlewareHandler => {
  const limitUpload = bodyLimit({
    maxSize: most_bytes + besideFile,
    onError: () => {
      throw new RuleViolation('document_too_large')
    },
  })
  return (c, next) => (isUpload(c) ? limitUpload : limitJson)(c, next)
}
