import type { Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { Problem } from './answers.ts'

/** An answer that says in German what is wrong and what to do (RFC 9457). */
export const problem = (c: Context, status: ContentfulStatusCode, code: string, title: string, details: Problem['details'] = []) => {
  const body: Problem = { type: 'about:blank', title, status, code, details }
  return c.body(JSON.stringify(body), status, { 'Content-Type': 'application/problem+json' })
}
