import type { Context, ErrorHandler } from 'hono'
import { HTTPException } from 'hono/http-exception'
import pg from 'pg'
import type { Logger } from 'pino'
import { detailsOf, ruleNamed, rules, RuleViolation, type Detail, type RuleCode } from './rule-violation.ts'

/** RFC 9457, with German sentences for people and codes for programs. */
export type Problem = { type: string; title: string; status: number; code: RuleCode; details: Detail[] }

export const problemOf = (code: RuleCode, details: Detail[] = []): Problem => {
  const { status, title } = rules[code]
  return { type: 'about:blank', title, status, code, details: detailsOf(code, details) }
}

/** The column a constraint with PostgreSQL's own name is about: `<table>_<column>_fkey`. */
const columnOf = ({ constraint, table }: pg.DatabaseError): string | undefined =>
  new RegExp(`^${table}_(.+)_(?:fkey|check)$`).exec(constraint ?? '')?.[1]

const fieldOf = (error: pg.DatabaseError, message: string): Detail[] => {
  const field = error.column ?? columnOf(error)
  return field === undefined ? [] : [{ field, message }]
}

/** What PostgreSQL's refusals mean to the reader; undefined: a fault of ours. */
const violationOf = (error: pg.DatabaseError): RuleViolation | undefined => {
  const named = ruleNamed(error.constraint)
  if (named !== undefined) return new RuleViolation(named)
  switch (error.code) {
    case '42501':
      // a row the policies hide is a row that does not exist; a missing grant is our fault
      return error.message.includes('row-level security') ? new RuleViolation('not_found') : undefined
    case '23505':
      return new RuleViolation('already_exists')
    case '23503':
      return new RuleViolation('reference_unknown', fieldOf(error, 'gibt es nicht. Bitte auswählen.'))
    case '23514':
      return new RuleViolation('value_refused', fieldOf(error, 'ist nicht erlaubt. Bitte prüfen.'))
    case '23P01':
      return new RuleViolation('periods_overlap')
    case '22003':
    case '22007':
    case '22008':
    case '22021':
    case '22P02':
    case '22P05':
      return new RuleViolation('invalid_input')
    case '40001':
    case '40P01':
    case '55P03':
    case '57014':
    // the server is stopping, starting or full
    case '57P01':
    case '57P02':
    case '57P03':
    case '53300':
      return new RuleViolation('busy')
    default:
      return undefined
  }
}

const refusedRequest: Partial<Record<number, RuleCode>> = { 400: 'malformed_json', 413: 'body_too_large', 415: 'wrong_content_type' }

const unreachable = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT'])
const lostConnection = /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error)/

/** The data base cannot be asked at the moment: the connection to it broke, or none can be made. */
const isUnavailable = (error: unknown): boolean =>
  error instanceof Error && (unreachable.has(String((error as { code?: unknown }).code)) || lostConnection.test(error.message))

/** What was thrown as a refusal; undefined: a fault of ours. */
export const asViolation = (error: unknown): RuleViolation | undefined => {
  if (error instanceof RuleViolation) return error
  if (error instanceof pg.DatabaseError) return violationOf(error)
  if (isUnavailable(error)) return new RuleViolation('busy')
  if (error instanceof HTTPException) {
    const code = refusedRequest[error.status]
    return code && new RuleViolation(code)
  }
  return undefined
}

const harmless = ['TypeError', 'RangeError', 'ReferenceError', 'AssertionError']

/** A fault for the log: where it happened, never with which values (messages of the database and of parsers quote them). */
export const describeFault = (error: unknown) => {
  if (!(error instanceof Error)) return { type: typeof error }
  const frames = (error.stack ?? '').split('\n').filter((line) => line.startsWith('    at '))
  const { name, message } = error
  const database = error instanceof pg.DatabaseError && {
    sqlstate: error.code,
    table: error.table,
    constraint: error.constraint,
    where: error.routine,
  }
  return { type: name, ...(harmless.includes(name) && { message }), ...database, stack: frames.join('\n') }
}

const answer = (c: Context, problem: Problem) =>
  c.body(JSON.stringify(problem), problem.status as 400, { 'Content-Type': 'application/problem+json', 'Cache-Control': 'no-store' })

/** Turns whatever was thrown into one answer; what nobody foresaw is logged once and told without details. */
export const problemHandler =
  (log: Logger): ErrorHandler =>
  (error, c) => {
    const violation = asViolation(error)
    if (violation !== undefined) {
      const response = problemOf(violation.code, violation.details)
      if (response.status === 429) c.header('Retry-After', '900')
      if (response.status === 503) c.header('Retry-After', '1')
      return answer(c, response)
    }
    log.error({ fault: describeFault(error), method: c.req.method, route: c.req.routePath }, 'request failed')
    return answer(c, problemOf('internal_error'))
  }

export const notFound = (c: Context) => answer(c, problemOf('not_found'))
