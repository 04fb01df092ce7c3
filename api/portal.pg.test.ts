import { afterAll, beforeAll, expect, test } from 'vitest'
import { startPortal, type TestPortal } from './portal.fixture.ts'

let portal: TestPortal

beforeAll(async () => {
  portal = await startPortal({ demonstration: 0.05 })
})
afterAll(() => portal.stop())

const signIn = async (user_name: string) => {
  const response = await fetch(`${portal.url}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ state: 'MV', user_name, password: 'sojus-demo', pledge: true }),
  })
  expect(response.status).toBe(201)
  const cookie = response.headers.get('set-cookie')!.split(';')[0]!
  return (path: string, body?: unknown) =>
    fetch(portal.url + path, {
      headers: { cookie, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { method: 'POST', body: JSON.stringify(body) }),
    })
}
type Asking = Awaited<ReturnType<typeof signIn>>
type Comparison = { rows: { region: string; current: number | null }[]; total: { current: number | null } }

const casesOf = async (ask: Asking) => {
  const response = await ask('/api/comparison?figure=case_count&month=2026-10')
  const { rows, total } = (await response.json()) as Comparison
  return { vg: rows.find(({ region }) => region === 'VG')?.current, total: total.current, lsn: response.headers.get('x-data-lsn')! }
}

test('politics sees the table of Mecklenburg-Vorpommern, and nobody sees it without signing in', async () => {
  const politics = await signIn('politik')
  const response = await politics('/api/comparison?figure=case_count&month=2026-10')
  const { rows } = (await response.json()) as Comparison
  expect(rows.map(({ region }) => region)).toEqual(['VG', 'LHSN', 'LUP', 'NWM', 'HRO', 'LRO', 'VR', 'MSE'])
  expect(response.headers.get('x-data-as-of')).toMatch(/^20\d\d-/)
  expect((await fetch(`${portal.url}/api/comparison?figure=case_count&month=2026-10`)).status).toBe(401)
})

test('a booking made by a caseworker is in the comparison a moment later', async () => {
  const [caseworker, controlling] = await Promise.all([signIn('fall.vg'), signIn('controlling.vg')])
  const before = await casesOf(controlling)
  const client = await caseworker('/service/clients', { given_name: 'Mika', family_name: 'Muster', birth_date: '2012-04-01', sex: 'm' })
  expect(client.status).toBe(201)
  const { id: client_id } = (await client.json()) as { id: string }
  const file = await caseworker('/service/cases', { client_id, case_number: 'VG-E2E-1', begin_on: '2026-10-01' })
  expect(file.status).toBe(201)
  const { id: case_id } = (await file.json()) as { id: string }
  const booking = await caseworker('/service/bookings', {
    case_id,
    away: true,
    service_kind: 's34',
    rate_cents: 15000,
    units_per_week: 7,
    first_day: '2026-10-05',
    last_day: '2027-03-31',
  })
  expect([booking.status, await booking.text()]).toEqual([201, expect.any(String)])
  await expect.poll(async () => (await casesOf(controlling)).vg).toBe(before.vg! + 1)
})

type Parameter = { in: string; name: string; schema: { type?: string; enum?: unknown[]; const?: unknown; anyOf?: Parameter['schema'][] } }
type Described = { paths: Record<string, Record<string, { parameters?: Parameter[] }>> }
const isChosen = ({ type, enum: values, const: only, anyOf }: Parameter['schema']): boolean =>
  type === 'boolean' || values !== undefined || only !== undefined || (anyOf?.some(isChosen) ?? false)

test('a wrong value of any parameter is refused in German, by its name', async () => {
  const users = ['controlling.vg', 'fall.vg', 'finanzen.vg', 'anbieter.1', 'admin', 'politik', 'landesjugendamt']
  const asking = await Promise.all(users.map(signIn))
  const { paths } = (await (await asking[0]!('/api/openapi.json')).json()) as Described
  const asked = Object.entries(paths).flatMap(([path, { get }]) =>
    (get?.parameters ?? []).filter((parameter) => parameter.in === 'query').map((parameter) => ({ path, parameter })),
  )
  const chosen: string[] = []
  const faults: string[] = []
  for (const { path, parameter } of asked) {
    for (const wrong of ['maybe', 'x'.repeat(5000)]) {
      const address = `${path.replaceAll(/\{\w+\}/g, '018f0000-0000-7000-8000-000000000000')}?${parameter.name}=${wrong}`
      const answers = await Promise.all(
        asking.map(async (ask) => {
          const response = await ask(address)
          if (response.status !== 400) await response.body?.cancel()
          return response.status === 400
            ? ((await response.json()) as { details: { field: string; message: string }[] }).details
            : undefined
        }),
      )
      const details = answers.find((answer) => answer !== undefined)
      if (!details && isChosen(parameter.schema)) faults.push(`${address.slice(0, 80)}: not refused`)
      if (!details) continue
      if (isChosen(parameter.schema)) chosen.push(`${path} ${parameter.name}`)
      if (!details.some(({ field }) => field === parameter.name) && isChosen(parameter.schema))
        faults.push(`${address.slice(0, 80)}: not named`)
      for (const { message } of details)
        if (!/^[\p{L}„].*[.…]$/u.test(message) || /\b(Invalid|expected|Too|must|option|received|Required|string)\b/.test(message))
          faults.push(`${address.slice(0, 80)}: ${message}`)
    }
  }
  expect(faults).toEqual([])
  const known = ['/api/side-by-side against', '/api/evaluation totals', '/api/comparison chart', '/api/evaluation grain']
  expect(chosen).toEqual(expect.arrayContaining(known))
})
