import type { Context, MiddlewareHandler, ValidationTargets } from 'hono'
import { describeRoute, resolver, validator } from 'hono-openapi'
import type { Kysely } from 'kysely'
import type { Logger } from 'pino'
import { z } from 'zod'
import type { Reader } from './access/reader.ts'
import type { Database } from './database.ts'
import { faultsOf, Id } from './input.ts'
import { rules, RuleViolation } from './rule-violation.ts'
import type { Role } from './vocabulary.ts'

export type Deps = { db: Kysely<Database>; now: () => Date; log: Logger; secure: boolean }
export type ServiceEnv = { Variables: { reader: Reader } }
export type ServiceContext = Context<ServiceEnv>

const Problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.enum(Object.keys(rules) as [string, ...string[]]),
    details: z.array(z.object({ field: z.string(), message: z.string() })),
  })
  .meta({ id: 'Problem' })

const jsonOf = (schema: z.ZodType) => ({ 'application/json': { schema: resolver(schema) } })
const problem = (description: string) => ({ description, content: { 'application/problem+json': { schema: resolver(Problem) } } })

/** `files`: media types of an answer that is none of JSON. */
type Answer = { description: string; schema?: z.ZodType; files?: string[]; location?: boolean }

const responseOf = ({ description, schema, files, location }: Answer) => ({
  description,
  ...(schema && { content: jsonOf(schema) }),
  ...(files && { content: Object.fromEntries(files.map((type) => [type, {}])) }),
  ...(location && { headers: { Location: { schema: { type: 'string' as const } } } }),
})

const idempotencyKey = {
  in: 'header' as const,
  name: 'Idempotency-Key',
  schema: { type: 'string' as const, minLength: 8, maxLength: 128 },
  description: 'The same key with the same request answers as the first time, for a day.',
}

/** OpenAPI of one route: what it does, who may use it and what it answers; problems are the same everywhere. */
export const operation = (o: { summary: string; tag: string; roles?: readonly Role[]; answers: Record<number, Answer>; once?: boolean }) =>
  describeRoute({
    summary: o.summary,
    tags: [o.tag],
    ...(o.roles && { description: `Roles: ${o.roles.join(', ')}. Anybody else gets 404.` }),
    ...(o.once && { parameters: [idempotencyKey] }),
    responses: {
      ...Object.fromEntries(Object.entries(o.answers).map(([status, answer]) => [status, responseOf(answer)])),
      400: problem('Not valid: details say what is wrong with which field.'),
      '4XX': problem('Refused: the title says why in German, details name the fields.'),
    },
  })

/** Strict parsing at the edge: 400 with one German sentence per field. */
export const validate = <Target extends keyof ValidationTargets, Schema extends z.ZodType>(target: Target, schema: Schema) =>
  validator(target, schema, (result) => {
    if (!result.success) throw new RuleViolation('invalid_input', faultsOf(result.error, result.data))
  })

const PathId = z.object({ id: Id })

/** An id in the path that is none leads nowhere. */
export const pathId = validator('param', PathId, (result) => {
  if (!result.success) throw new RuleViolation('not_found')
})

/** Rights are enforced by the data base; here they keep a route from existing for everybody else. */
export const only =
  (...roles: readonly Role[]): MiddlewareHandler<ServiceEnv> =>
  async (c, next) => {
    if (!c.var.reader.roles.some((role) => roles.includes(role))) throw new RuleViolation('not_found')
    await next()
  }
