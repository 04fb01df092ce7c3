import { Hono } from 'hono'
import { generateSpecs } from 'hono-openapi'
import type { Kysely } from 'kysely'
import { pino } from 'pino'
import { beforeAll, expect, test } from 'vitest'
import { transactionalApp } from './app.ts'
import type { Database } from './database.ts'

const app = new Hono().route(
  '/',
  transactionalApp({ db: {} as Kysely<Database>, now: () => new Date(0), log: pino({ enabled: false }), secure: false }),
)

type Operation = {
  summary?: string
  tags?: string[]
  parameters?: { in: string; name: string }[]
  requestBody?: { content: Record<string, { schema: object }> }
  responses: Record<string, { content?: Record<string, { schema: object }>; headers?: object }>
}
let paths: Record<string, Record<string, Operation>>
beforeAll(async () => {
  paths = (await generateSpecs(app)).paths as unknown as typeof paths
})

const operations = () =>
  Object.entries(paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, operation]) => ({ path, method, operation })))

test('OpenAPI describes every route', () => {
  const routes = app.routes.filter(({ method, path }) => method !== 'ALL' && !path.endsWith('*'))
  const wanted = new Set(routes.map(({ method, path }) => `${method.toLowerCase()} ${path.replace(/:(\w+)/g, '{$1}')}`))
  expect(wanted.size).toBeGreaterThan(25)
  expect(new Set(operations().map(({ path, method }) => `${method} ${path}`))).toEqual(wanted)
})

test('every operation has a summary, a tag, an answer with a schema and problems', () => {
  for (const { path, method, operation } of operations()) {
    const name = `${method} ${path}`
    expect(operation.summary, name).toBeTruthy()
    expect(operation.tags, name).toHaveLength(1)
    expect(operation.responses['4XX']?.content, name).toHaveProperty(['application/problem+json'])
    const [status, answer] = Object.entries(operation.responses).find(([code]) => code.startsWith('2'))!
    const files = Object.keys(answer.content ?? {}).some((type) => type !== 'application/json')
    if (status !== '204' && !files) expect(JSON.stringify(answer.content?.['application/json']?.schema), name).toMatch(/\$ref|properties/)
    if (status === '201' && path.startsWith('/service/')) expect(answer.headers, name).toHaveProperty('Location')
  }
})

// asked in a body because names and numbers stay out of addresses; they change nothing
const questions = new Set([
  '/service/clients/find',
  '/service/clients/take-over/check',
  '/service/case-manager',
  '/service/cases/{id}/documents/find',
  '/service/notice-templates/preview',
  '/service/own-bookings/find',
])
// sent as a form, with a file
const uploads = new Set(['/service/cases/{id}/documents', '/service/facilities/{id}/files'])

test('every writing operation describes its body, and creating ones take an Idempotency-Key', () => {
  const writing = operations().filter(({ method }) => method === 'post' || method === 'patch')
  for (const { path, method, operation } of writing) {
    expect(operation.requestBody?.content, `${method} ${path}`).toHaveProperty([
      uploads.has(path) ? 'multipart/form-data' : 'application/json',
    ])
    if (path.startsWith('/service/') && method === 'post' && !questions.has(path)) {
      expect(
        operation.parameters?.map((parameter) => parameter.name),
        path,
      ).toContain('Idempotency-Key')
    }
  }
})
