import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { gunzipSync } from 'node:zlib'
import { Hono } from 'hono'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { assetHandler } from './assets.ts'
import { answerAs } from './export.ts'
import { portalApp } from './portal.ts'

let folder: string
let portal: Hono
const page = '<!doctype html><title>SoJuS</title>'
const script = `export const text = '${'x'.repeat(4000)}'`

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'sojus-assets-'))
  await mkdir(path.join(folder, 'assets'))
  await writeFile(path.join(folder, 'index.html'), page)
  await writeFile(path.join(folder, 'assets', 'main-abc.js'), script)
  await writeFile(path.join(folder, '.inputs'), 'secret')
  const analytic = new Hono()
  analytic.get('/api/figures', (c) => c.json({ figures: Array.from({ length: 200 }, (_, index) => index) }))
  analytic.get('/api/rows/:count', (c) => {
    const rows = Array.from({ length: Number(c.req.param('count')) }, () => 'Überörtlich')
    return answerAs(c, { rows }, { name: 'rows', columns: () => ({}) })
  })
  const transactional = new Hono()
  transactional.use(async (c, next) => {
    await next()
    c.header('X-Transactional', 'yes')
  })
  transactional.onError((error) => {
    throw error
  })
  transactional.get('/api/session', (c) => c.json({}))
  transactional.post('/service/bookings', async (c) => c.json({ length: (await c.req.text()).length }, 201))
  transactional.get('/service/fault', () => {
    throw new Error('secret detail')
  })
  portal = portalApp({ transactional, analytic, assets: await assetHandler(folder), log: pino({ enabled: false }), secure: true })
})

afterAll(() => rm(folder, { recursive: true, force: true }))

const get = (file: string, headers: Record<string, string> = {}) => portal.request(file, { headers })

test('every path of a page answers with the one page, which is asked for again each time', async () => {
  for (const file of ['/', '/kennzahlen', '/basics/kennzahlen?figure=case_count']) {
    const response = await get(file)
    expect([response.status, await response.text()]).toEqual([200, page])
    expect(response.headers.get('cache-control')).toBe('no-cache')
    expect((await get(file, { 'if-none-match': response.headers.get('etag')! })).status).toBe(304)
  }
})

test('files named by their content are kept for good and sent packed', async () => {
  const response = await get('/assets/main-abc.js', { 'accept-encoding': 'gzip, deflate' })
  expect(response.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
  expect(response.headers.get('content-encoding')).toBe('gzip')
  expect(gunzipSync(Buffer.from(await response.arrayBuffer())).toString()).toBe(script)
  expect(await (await get('/assets/main-abc.js')).text()).toBe(script)
})

test('a missing file, a hidden file and a path out of the folder are not found', async () => {
  for (const file of ['/assets/gone.js', '/.inputs', '/../package.json', '/%2e%2e/package.json']) {
    expect((await get(file)).status, file).toBe(404)
  }
})

test('every answer forbids foreign scripts, frames, sniffing and referrers', async () => {
  for (const file of ['/', '/api/figures', '/assets/gone.js']) {
    const { headers } = await get(file)
    expect(headers.get('content-security-policy')).toContain("default-src 'none'; script-src 'self'")
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'self'")
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('referrer-policy')).toBe('same-origin')
    expect(headers.get('strict-transport-security')).toBe('max-age=31536000')
  }
})

test('answers of the services are packed for those who take it', async () => {
  const response = await get('/api/figures', { 'accept-encoding': 'gzip' })
  expect(response.headers.get('content-encoding')).toBe('gzip')
})

test('views are packed where that takes less time than sending them as they are', async () => {
  const [small, large] = [
    await get('/api/rows/100', { 'accept-encoding': 'gzip' }),
    await get('/api/rows/2000', { 'accept-encoding': 'gzip' }),
  ]
  expect(small.headers.get('content-encoding')).toBe(null)
  const bytes = await small.arrayBuffer()
  expect(small.headers.get('content-length')).toBe(String(bytes.byteLength))
  expect(JSON.parse(Buffer.from(bytes).toString())).toEqual({ rows: Array(100).fill('Überörtlich') })
  expect([large.headers.get('content-encoding'), large.headers.get('content-length')]).toEqual(['gzip', null])
  expect(JSON.parse(gunzipSync(Buffer.from(await large.arrayBuffer())).toString())).toEqual({ rows: Array(2000).fill('Überörtlich') })
})

test('an oversized body is refused in words, announced or not', async () => {
  const announced = await portal.request('/service/bookings', { method: 'POST', body: 'x'.repeat(1024 * 1024 + 1) })
  expect(announced.status).toBe(413)
  expect(await announced.json()).toMatchObject({ status: 413, code: 'body_too_large' })
  const endless = new ReadableStream({
    pull: (controller) => controller.enqueue(new Uint8Array(256 * 1024)),
  })
  const streamed = await portal.request('/service/bookings', { method: 'POST', body: endless, duplex: 'half' } as RequestInit)
  expect(streamed.status).toBe(413)
})

test('sessions and services go to the one app, figures to the other, and neither meets the middleware of the other', async () => {
  expect((await get('/api/session')).headers.get('x-transactional')).toBe('yes')
  expect((await get('/service/unknown')).headers.get('x-transactional')).toBe('yes')
  expect((await get('/api/figures')).headers.get('x-transactional')).toBe(null)
  expect((await get('/')).headers.get('x-transactional')).toBe(null)
})

test('a fault tells nothing of itself, and what a service does not know is not the page', async () => {
  expect((await get('/api/unknown')).status).toBe(404)
  const fault = await get('/service/fault')
  expect(fault.status).toBe(500)
  expect(await fault.text()).not.toContain('secret')
})
