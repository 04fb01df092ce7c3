import { tableFromIPC } from 'apache-arrow'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { DeskAnswer, DeskSchemaAnswer, Problem } from './answers.ts'
import { startPortal, type TestPortal } from './portal.fixture.ts'

let portal: TestPortal
beforeAll(async () => {
  portal = await startPortal({ demonstration: 0.05 })
})
afterAll(() => portal.stop())

const cookies = new Map<string, string>()
const cookieOf = async (user_name: string) => {
  const known = cookies.get(user_name)
  if (known) return known
  const response = await fetch(`${portal.url}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ state: 'MV', user_name, password: 'sojus-demo', pledge: true }),
  })
  const cookie = response.headers.get('set-cookie')!.split(';')[0]!
  cookies.set(user_name, cookie)
  return cookie
}
const ask = async (
  body: unknown,
  { user = 'controlling.vg', headers = {} as Record<string, string>, signal = null as AbortSignal | null } = {},
) =>
  fetch(`${portal.url}/api/desk`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', cookie: await cookieOf(user), ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
    signal,
  })
const refusal = async (body: unknown, options?: Parameters<typeof ask>[1]) => {
  const response = await ask(body, options)
  return (await response.json()) as Problem
}

const own = `select value from cell where measure = 'case_count' and service_kind = 'all' and specialisation = 'all' and month = '2026-09-01'`

describe('the desk', () => {
  test('tells its tables, measures and examples', async () => {
    const response = await fetch(`${portal.url}/api/desk`, { headers: { cookie: await cookieOf('controlling.vg') } })
    const schema = (await response.json()) as DeskSchemaAnswer
    expect(schema.tables.map(({ name }) => name)).toContain('cell')
    expect(schema.examples).toHaveLength(4)
    expect([schema.most_rows, schema.most_seconds]).toEqual([100_000, 20])
  })

  test('answers the figure the comparison shows to its controllers', async () => {
    const response = await ask({ sql: own })
    const answer = (await response.json()) as DeskAnswer
    const comparison = await fetch(`${portal.url}/api/comparison?figure=case_count&month=2026-09`, {
      headers: { cookie: await cookieOf('controlling.vg') },
    })
    const { rows } = (await comparison.json()) as { rows: { region: string; current: number }[] }
    expect(answer).toMatchObject({
      columns: [{ name: 'value', type: 'BIGINT' }],
      rows: [[rows.find(({ region }) => region === 'VG')!.current]],
      row_count: 1,
      cut: false,
    })
    expect(response.headers.get('cache-control')).toBe('private, no-store')
    expect(response.headers.get('x-data-as-of')).toBe(answer.data_as_of)
  })

  test('is taken away as CSV, Parquet and Arrow, columns of the same name told apart', async () => {
    const sql = `select 'a;b' as text, 1.5 as zahl, 2 as zahl, true as wahr`
    const csv = await ask({ sql }, { headers: { accept: 'text/csv' } })
    expect(csv.headers.get('content-disposition')).toContain('abfrage.csv')
    expect(await csv.text()).toBe('text;zahl;zahl_2;wahr\r\n"a;b";1,5;2;true\r\n')
    const parquet = await ask({ sql }, { headers: { accept: 'application/vnd.apache.parquet' } })
    expect((await parquet.text()).slice(0, 4)).toBe('PAR1')
    const arrow = await ask({ sql }, { headers: { accept: 'application/vnd.apache.arrow.stream' } })
    expect(
      tableFromIPC(new Uint8Array(await arrow.arrayBuffer()))
        .toArray()
        .map((row) => (row as { toJSON: () => object }).toJSON()),
    ).toEqual([{ text: 'a;b', zahl: 1.5, zahl_2: 2, wahr: 'true' }])
  })

  test('tells a file that was cut by its name', async () => {
    const csv = await ask({ sql: 'from range(100001)' }, { headers: { accept: 'text/csv' } })
    expect(csv.headers.get('content-disposition')).toContain('abfrage_erste_100000_zeilen.csv')
    expect(csv.headers.get('x-result-cut')).toBe('true')
    expect((await csv.text()).trim().split('\r\n')).toHaveLength(100_001)
  })

  test('says in German what is wrong, where, and what DuckDB says', async () => {
    expect(await refusal({ sql: 'select *\nfrom cell\nwhere nichts = 1' })).toMatchObject({
      status: 422,
      code: 'unknown_name',
      details: [
        { field: 'sql', position: 25, message: expect.stringMatching(/^Zeile 3, Spalte 7: DuckDB meldet: Referenced column "nichts"/) },
      ],
    })
    expect(await refusal({ sql: `from read_csv('/etc/passwd')` })).toMatchObject({
      status: 422,
      title: 'Diese Funktion gibt es hier nicht.',
      details: [{ message: expect.stringContaining('„read_csv“ ist nicht verfügbar.') }],
    })
    expect(await refusal({ sql: `copy cell to '/tmp/x'` })).toMatchObject({ status: 422, title: 'Hier wird nur gelesen.' })
  })

  test('who goes away leaves no query behind', async () => {
    const endless = 'with recursive t as (select 1 as n union all select n + 1 from t) select count(*) from t'
    const leaving = [new AbortController(), new AbortController()]
    const asked = leaving.map(({ signal }) => ask({ sql: endless }, { signal }).catch((error: unknown) => (error as Error).name))
    await new Promise((resolve) => setTimeout(resolve, 2500))
    for (const each of leaving) each.abort()
    expect(await Promise.all(asked)).toEqual(['AbortError', 'AbortError'])
    // both places are free again, long before the time of a query is over
    const before = performance.now()
    expect((await ask({ sql: 'select 1' })).status).toBe(200)
    expect(performance.now() - before).toBeLessThan(12_000)
  })
})

describe('there is no desk', () => {
  test.each(['politik', 'fall.vg', 'finanzen.vg', 'fall.hro', 'anbieter.1', 'landesjugendamt', 'admin'])('for %s', async (user) => {
    expect(await refusal({ sql: 'select 1' }, { user })).toMatchObject({ status: 404, code: 'not_found' })
    const schema = await fetch(`${portal.url}/api/desk`, { headers: { cookie: await cookieOf(user) } })
    expect(schema.status).toBe(404)
  })

  test('for who is not signed in, and by access token', async () => {
    expect((await ask({ sql: 'select 1' }, { headers: { cookie: '' } })).status).toBe(401)
    const made = await fetch(`${portal.url}/service/access-tokens`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', cookie: await cookieOf('controlling.vg') },
      body: JSON.stringify({ name: 'Auswertung' }),
    })
    const { token } = (await made.json()) as { token: string }
    expect(await refusal({ sql: 'select 1' }, { headers: { cookie: '', authorization: `Bearer ${token}` } })).toMatchObject({
      status: 401,
      code: 'token_refused',
    })
  })

  test('for foreign pages and their forms', async () => {
    expect(await refusal({ sql: 'select 1' }, { headers: { origin: 'https://example.org' } })).toMatchObject({
      status: 403,
      code: 'wrong_origin',
    })
    expect(await refusal({ sql: 'select 1' }, { headers: { 'sec-fetch-site': 'cross-site' } })).toMatchObject({ status: 403 })
    expect(await refusal('sql=select', { headers: { 'content-type': 'text/plain' } })).toMatchObject({ status: 415 })
  })

  test('for broken and huge requests', async () => {
    expect(await refusal('{"sql":')).toMatchObject({ status: 400, code: 'malformed_json' })
    expect(await refusal({ sql: 'select 1', own: '13003' })).toMatchObject({ status: 400, code: 'invalid_input' })
    expect(await refusal({ sql: 'x'.repeat(20_001) })).toMatchObject({ status: 400, details: [{ field: 'sql' }] })
    expect(await refusal({ sql: 'x'.repeat(200_000) })).toMatchObject({ status: 413 })
  })
})
