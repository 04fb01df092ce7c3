import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { tableFromIPC } from 'apache-arrow'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { snippetsFor } from '../dashboards/pages/data-access/snippets.ts'
import type { ComparisonAnswer, Problem } from './answers.ts'
import { startPortal, type TestPortal } from './portal.fixture.ts'

const view = '/api/comparison?figure=case_count&service_kind=s34&month=2026-09&area=MV'
let portal: TestPortal
let cookie: string
let token: string
let id: string

const run = promisify(execFile)
const runs = (program: string, options: string[]) =>
  run(program, options).then(
    () => true,
    () => false,
  )
const [pythonReadsArrow, rReadsHttp] = await Promise.all([
  runs('python3', ['-c', 'import pyarrow.ipc']),
  runs('Rscript', ['-e', 'library(httr2)']),
])

beforeAll(async () => {
  portal = await startPortal({ demonstration: 0.05 })
  const headers = { 'content-type': 'application/json' }
  const credentials = JSON.stringify({ state: 'MV', user_name: 'controlling.vg', password: 'sojus-demo', pledge: true })
  const session = await fetch(`${portal.url}/api/session`, { method: 'POST', headers, body: credentials })
  cookie = session.headers.get('set-cookie')!.split(';')[0]!
  const made = await fetch(`${portal.url}/service/access-tokens`, {
    method: 'POST',
    headers: { ...headers, cookie },
    body: JSON.stringify({ name: 'Bericht' }),
  })
  ;({ token, id } = (await made.json()) as { token: string; id: string })
})
afterAll(() => portal.stop())

const bearing = (path: string, options: { method?: string; accept?: string; with?: string } = {}) =>
  fetch(portal.url + path, {
    method: options.method ?? 'GET',
    headers: { authorization: `Bearer ${options.with ?? token}`, accept: options.accept ?? 'application/json' },
  })

describe('a token', () => {
  test('reads what its user reads, and what anybody asks for under /api', async () => {
    const bySession = (await (await fetch(portal.url + view, { headers: { cookie } })).json()) as ComparisonAnswer
    const byToken = (await (await bearing(view)).json()) as ComparisonAnswer
    expect(byToken.rows).toEqual(bySession.rows)
    for (const path of ['/api/key-figures', '/api/trend?figure=payments', '/api/rankings/providers?service_kind=s34', '/api/health'])
      expect([path, (await bearing(path)).status]).toEqual([path, 200])
  })

  test('neither writes nor opens the services, the session or the tokens', async () => {
    for (const method of ['POST', 'PUT', 'DELETE']) expect((await bearing(view, { method })).status).toBeGreaterThanOrEqual(401)
    for (const path of ['/api/session', '/service/clients', '/service/access-tokens', `/service/access-tokens/${id}`])
      expect([path, (await bearing(path)).status]).toEqual([path, 401])
  })

  test('that is wrong is refused in words, even beside a session', async () => {
    const wrong = `sojus_${'x'.repeat(43)}`
    const response = await fetch(portal.url + view, { headers: { cookie, authorization: `Bearer ${wrong}` } })
    expect([response.status, response.headers.get('www-authenticate')]).toEqual([401, 'Bearer error="invalid_token"'])
    const problem = (await response.json()) as Problem
    expect(problem).toMatchObject({ code: 'token_refused', title: expect.stringContaining('Zugangsschlüssel') })
    expect(JSON.stringify(problem)).not.toContain(wrong)
  })
})

describe('the documented example', () => {
  const python = () => snippetsFor({ origin: portal.url, path: view }).find(({ name }) => name === 'python')!.code

  test('for Python sends a request that answers as an Arrow stream', async () => {
    const [, url] = /Request\(\s*"([^"]+)"/.exec(python())!
    const headers = Object.fromEntries(
      [...python().matchAll(/"(Authorization|Accept)": "([^"]+)"( \+ os\.environ\["SOJUS_TOKEN"\])?/g)].map(([, name, value, secret]) => [
        name!,
        secret === undefined ? value! : value! + token,
      ]),
    )
    expect(Object.keys(headers)).toEqual(['Authorization', 'Accept'])
    const response = await fetch(url!, { headers })
    expect(response.status).toBe(200)
    const table = tableFromIPC(new Uint8Array(await response.arrayBuffer()))
    const { rows, total, weighted_average } = (await (await bearing(view)).json()) as ComparisonAnswer
    expect([...table.getChild('region')!].slice(0, 3)).toEqual(['VG', 'LHSN', 'LUP'])
    expect([...table.getChild('current')!]).toEqual([...rows, total, weighted_average].map(({ current }) => current))
  })

  test.runIf(pythonReadsArrow)('for Python runs', async () => {
    const { stdout } = await run('python3', ['-c', python()], { env: { ...process.env, SOJUS_TOKEN: token } })
    expect(stdout).toMatch(/^\{'region': \['VG', 'LHSN', 'LUP',/)
  })

  test.runIf(rReadsHttp)('for R runs', async () => {
    const { code } = snippetsFor({ origin: portal.url, path: view }).find(({ name }) => name === 'r')!
    const types = 'cat(class(werte$current), class(werte$cases), nrow(werte))'
    const { stdout } = await run('Rscript', ['-e', `${code}${types}`], { env: { ...process.env, SOJUS_TOKEN: token } })
    expect(stdout).toMatch(/name +current sign_current\n1 +Vorpommern-Greifswald +\d+\.0+ [^]+\n9 +Summe +\d+\.0+ /)
    expect(stdout).toMatch(/(integer|numeric) (integer|numeric) 10$/)
  })

  test('for Excel finds its columns in the CSV', async () => {
    const { code } = snippetsFor({ origin: portal.url, path: view }).find(({ name }) => name === 'excel')!
    const wanted = [...code.matchAll(/\{"(\w+)", type number\}/g)].map(([, name]) => name!)
    const csv = await (await bearing(view, { accept: 'text/csv' })).text()
    const columns = csv.replace('\uFEFF', '').split('\r\n')[0]!.split(';')
    expect(columns).toEqual(expect.arrayContaining(wanted))
  })
})

test('a revoked token reads nothing', async () => {
  expect((await bearing(view)).status).toBe(200)
  const revoked = await fetch(`${portal.url}/service/access-tokens/${id}`, { method: 'DELETE', headers: { cookie } })
  expect(revoked.status).toBe(204)
  expect((await bearing(view)).status).toBe(401)
})
