import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { transactionalApp } from '../app.ts'
import { startService, type Service } from '../service.fixture.ts'

let service: Service
const servers: Server[] = []
let open: string
let proxied: string

const serve = async (secure: boolean) => {
  const app = transactionalApp({ db: service.db, now: () => service.clock.now, log: pino({ enabled: false }), secure })
  const server = createServer(getRequestListener(app.fetch)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  servers.push(server)
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
beforeAll(async () => {
  service = await startService()
  open = await serve(false)
  proxied = await serve(true)
})
afterAll(async () => {
  for (const server of servers) server.close()
  await service.stop()
})

const signIn = (origin: string, headers: Record<string, string> = {}) =>
  fetch(`${origin}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ state: 'MV', user_name: 'fall.vg', password: service.password, pledge: true }),
  })
const lastAddress = async () => (await service.one('select client_address from sign_in order by id desc limit 1'))['client_address']

test('behind TLS the cookie is bound to the host and never sent in the clear', async () => {
  const cookie = (await signIn(proxied)).headers.get('set-cookie')
  expect(cookie).toMatch(/^__Host-sojus_session=[A-Za-z0-9_-]{43}; Max-Age=43200; Path=\/; HttpOnly; Secure; SameSite=Strict$/)
  const seen = await fetch(`${proxied}/api/session`, { headers: { cookie: cookie!.split(';')[0]! } })
  expect(seen.status).toBe(200)
  expect(seen.headers.get('cache-control')).toBe('no-store')
})

test('attempts are counted by the address the own proxy noted, without a proxy by the connection’s', async () => {
  await signIn(proxied, { 'x-forwarded-for': '203.0.113.9, 198.51.100.7' })
  expect(await lastAddress()).toBe('198.51.100.7')
  await signIn(proxied)
  expect(await lastAddress()).toBe('127.0.0.1')
  await signIn(open, { 'x-forwarded-for': '203.0.113.9' })
  expect(await lastAddress()).toBe('127.0.0.1')
})

test('a step without a body needs no content type, a body does', async () => {
  const { case_id } = await service.openCase()
  const { body } = await service.book('fall.vg', { case_id, offer_id: await service.offer() })
  const cookie = await service.cookieOf('fall.vg')
  await service.as('fall.vg')('POST', `/service/bookings/${body.id}/end`, { last_day: '2026-03-01', end_reason: 10 })
  const undo = (init: RequestInit) => fetch(`${open}/service/bookings/${body.id}/undo-end`, { method: 'POST', ...init })
  expect((await undo({ headers: { cookie }, body: new Blob(['{}']) })).status).toBe(415)
  expect((await undo({ headers: { cookie } })).status).toBe(200)
})
