import type { ValidationTargets } from 'hono'
import { validator } from 'hono-openapi'
import type { ZodType } from 'zod'
import './messages.ts'
import { problem } from './problem.ts'

/** Refuses what does not fit the schema, naming each field and what to do. */
export const validate = <Target extends keyof ValidationTargets, Schema extends ZodType>(target: Target, schema: Schema) =>
  validator(target, schema, (result, c) => {
    if (result.success) return undefined
    const details = result.error.map((issue) => {
      const path = (issue.path ?? []).map((step) => String(typeof step === 'object' ? step.key : step)).join('.')
      const unknown = (issue as { keys?: string[] }).keys
      return { field: unknown?.join(', ') ?? path, message: issue.message }
    })
    return problem(c, 400, 'invalid_input', 'Die Anfrage ist so nicht möglich.', details)
  })
