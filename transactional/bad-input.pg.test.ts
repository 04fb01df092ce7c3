import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { largestBody } from './access/same-origin.ts'
import {
  branchesOf,
  fieldName,
  fieldsOf,
  permits,
  sampleOf,
  withValue,
  writingOperations,
  type Operation,
  type Schema,
} from './operations.fixture.ts'
import type { Problem } from './problem.ts'
import { RuleViolation } from './rule-violation.ts'
import { startService, type Reply, type Service } from './service.fixture.ts'

let service: Service
let known: Record<'client_id' | 'case_id' | 'offer_id' | 'booking_id' | 'invoice_id', string>
beforeAll(async () => {
  // without a warehouse nothing is published and no report made
  const takeView = () => Promise.reject(new RuleViolation('not_found'))
  const checkReport = async () => [{ field: 'query', message: 'gibt es hier nicht.' }]
  service = await startService({ takeView, checkReport })
  const { client_id, case_id } = await service.openCase()
  const offer_id = await service.offer({ capacity: 50 })
  const booking = await service.book('fall.vg', { case_id, offer_id })
  const lines = [{ booking_id: booking.body.id, period_from: '2026-01-01', period_to: '2026-01-31', units: 31, rate_cents: 7600 }]
  const invoice = await service.as('finanzen2.vg')<{ id: string }>('POST', '/service/invoices', {
    invoice_number: 'R-1',
    issued_on: '2026-02-01',
    lines,
  })
  known = { client_id, case_id, offer_id, booking_id: booking.body.id, invoice_id: invoice.body.id }
  await noteChanges()
})
afterAll(() => service.stop())

/** How many rows were written so far, sessions and attempts to sign in aside. */
const written = async () => (await service.one<{ written: number }>('select count(*)::integer as written from noted_change')).written

const noteChanges = () =>
  service.owner.query(`
    create table noted_change (table_name text);
    create function note_change() returns trigger language plpgsql security definer as $$
    begin
      insert into noted_change values (tg_table_name);
      return null;
    end $$;
    do $$
    declare name text;
    begin
      for name in select tablename from pg_tables where schemaname = 'public' and tablename not in ('noted_change', 'session', 'sign_in', 'access_counter') loop
        execute format('create trigger zz_noted after insert or update or delete on %I for each row execute function note_change()', name);
      end loop;
    end $$
  `)

/** What stands for the fields of a name, so that a request reaches the rules behind the edge. */
const samples = () => ({
  ...known,
  user_account_id: service.ids['fall2.vg'],
  last_day: '2026-09-30',
  begin_on: '2026-01-01',
  birth_date: '2015-01-01',
  service_kind: 's34',
  rate_cents: 7600,
  units_per_week: 5,
  specialisations: [],
  area: 'MV',
  new_password: 'ein anderes langes Kennwort',
  address: 'kim@example.de',
  lines: [{ booking_id: known.booking_id, period_from: '2026-01-01', period_to: '2026-01-31', units: 31, rate_cents: 7600 }],
  goal_attainment: [{ rated_by: 'provider', person: 1, grade: 2 }],
  state: 'MV',
  age: 12,
  to_id: service.ids['fall2.vg'],
  reviewed_on: '2026-02-01',
  period_from: '2026-01-01',
  period_to: '2026-01-31',
  issued_on: '2026-02-01',
  paid_on: '2026-03-01',
  held_on: '2026-03-10',
  expires_on: '2026-05-01',
  valid_from: '2026-06-01',
  members: ['13003'],
  figures: 'case_count',
  rows: 'region',
  figure: 'case_count',
  month: '2026-01',
  version: 0,
  file: 'Fallnummer;Vorname;Nachname;Geburtsdatum;Geschlecht\nX-1;Kim;Muster;2012-01-01;w\n',
})

const users: Record<string, string> = {
  caseworker: 'fall.vg',
  finance: 'finanzen.vg',
  provider: 'anbieter.1',
  admin: 'admin',
  controlling: 'controlling.vg',
  politics: 'politik',
}
const userOf = ({ roles }: Operation) => users[roles[0] ?? 'caseworker']!

let groupings = 0
/** Something of its own for each operation, so that what is done to it stands in no other one's way. */
const made: Record<string, (user: string) => Promise<string>> = {
  cases: async () => known.case_id,
  clients: async () => known.client_id,
  invoices: async () => known.invoice_id,
  facilities: async () => service.providers[0]!.facilities[0]!,
  drafts: async () => 'selection',
  bookings: async () => (await service.book('fall.vg', { case_id: known.case_id, offer_id: known.offer_id })).body.id,
  reservations: () =>
    make('reservations', {
      case_id: known.case_id,
      offer_id: known.offer_id,
      first_day: '2026-04-01',
      last_day: '2026-09-30',
      parallel: true,
    }),
  consultations: () =>
    make('consultations', {
      case_id: known.case_id,
      question: 'Was hilft?',
      held_on: '2026-03-10',
      participants: [{ user_account_id: service.ids['fall2.vg'], function: 'ASD' }],
    }),
  notices: () => make(`cases/${known.case_id}/notices`, { kind: 'grant', service_kind: 's34', booking_id: known.booking_id }),
  'comparison-groupings': () => make('comparison-groupings', { name: `Lage ${++groupings}`, explanation: 'am Meer' }, 'admin'),
  'comparison-groups': async () =>
    make('comparison-groups', { name: 'Küste', members: ['13003'], grouping_id: await made['comparison-groupings']!('admin') }, 'admin'),
  evaluations: (user) => make('evaluations', { name: 'Blick', definition: { figures: 'case_count', rows: 'region' } }, user),
}
const make = async (path: string, body: object, user = 'fall.vg') => {
  const reply = await service.as(user)<{ id: string } & Problem>('POST', `/service/${path}`, body)
  if (reply.status !== 201) throw new Error(`${path}: ${JSON.stringify(reply.body)}`)
  return reply.body.id
}
const someId = '018f0000-0000-7000-8000-000000000000'
const pathOf = async (asked: Operation) => {
  const { path } = asked
  const [, resource] = /^\/service\/([\w-]+)\/\{/.exec(path) ?? []
  return resource === undefined ? path : path.replace(/\{\w+\}/, (await made[resource]?.(userOf(asked))) ?? someId)
}

/** Fields that are not required by themselves, but that the request makes no sense without. */
const besides: Record<string, string[]> = {
  '/service/invoices': ['lines'],
  '/service/ratings': ['goal_attainment'],
  '/service/bookings/{id}/change': ['units_per_week'],
}
const bodyOf = ({ path }: Operation, branch: Schema): Record<string, unknown> => {
  const given: Record<string, unknown> = samples()
  const more = (besides[path] ?? []).map((name) => [name, given[name]] as const)
  return { ...(sampleOf(branch, given) as object), ...Object.fromEntries(more) }
}

const operations = async () => (await writingOperations(service.app)).filter(({ schema }) => schema !== undefined)

const formOf = (body: Record<string, unknown>) => {
  const form = new FormData()
  for (const [name, value] of Object.entries(body)) {
    if (name === 'file') form.append(name, new File([String(value)], 'x.pdf', { type: 'application/pdf' }))
    else if (value !== undefined) form.append(name, String(value))
  }
  return form
}

const nonsense: unknown[] = [
  null,
  true,
  -1,
  1e308,
  '',
  'x'.repeat(5000),
  "'; drop table booking; --<script>",
  'a\u0000b',
  '\ud800',
  '2026-02-30',
  [[]],
  { $ne: null },
]

const isClear = (problem: Problem) => {
  expect(problem.title).toMatch(/^[A-ZÄÖÜ].*\.$/)
  const told = [problem.title, ...problem.details.map(({ message }) => message)].join(' ')
  expect(told).not.toMatch(/select |insert |sojus_|constraint|relation|column|stack|node_modules|at Object/i)
}

/** What is sent in place of a field's value, and in place of one in an object within the body. */
const deeper = [null, '', -1, 'a\u0000b', {}]

type Attempt = { asked: Operation; schema: Schema; name: string; value: unknown }
/** What is wrong with the answer to a value in a field; undefined: nothing. */
const faultIn = ({ asked, schema, name, value }: Attempt, isPermitted: boolean, { status, headers, body }: Reply<Problem>) => {
  if (status < 300) return isPermitted ? undefined : 'accepted'
  const refusals = asked.path.startsWith('/api/session') ? [400, 401, 403, 409, 422, 429] : [400, 404, 409, 422]
  if (!refusals.includes(status)) return status
  if (headers.get('content-type') !== 'application/problem+json') return 'no problem'
  isClear(body)
  // what is permitted may be refused all the same
  if (isPermitted) return undefined
  // without its kind, a request has other fields
  const isOther = schema.const !== undefined || (value === undefined && branchesOf(asked.schema!).length > 1)
  const isNamed = isOther || body.details.some(({ field, message }) => field.startsWith(name) && message.endsWith('.'))
  return status === 400 && isNamed ? undefined : `${status} ${JSON.stringify(body.details)}`
}

describe('nonsense', () => {
  test('in any field of any operation is refused by name, and what is refused changes nothing', { timeout: 240_000 }, async () => {
    const faults: string[] = []
    const accepted = new Set<string>()
    for (const asked of await operations()) {
      const path = await pathOf(asked)
      const isJson = asked.media_type === 'application/json'
      for (const branch of branchesOf(asked.schema!)) {
        const body = bodyOf(asked, branch)
        for (const { path: field, schema, required } of fieldsOf(branch)) {
          const name = fieldName(field)
          const top = String(field[0])
          const whole = field.length === 1 ? body : { ...body, [top]: body[top] ?? sampleOf(branch.properties![top]!, samples(), top) }
          const isPermitted = permits(schema)
          const values = [...(field.length === 1 ? nonsense : deeper), ...(required ? [undefined] : [])]
          const before = await written()
          const attempts = values
            .filter((value) => isJson || typeof value === 'string')
            .map(async (value) => {
              const sent = withValue(whole, field, value) as Record<string, unknown>
              const reply = await service.as(userOf(asked))(
                asked.method,
                path,
                isJson ? sent : formOf(sent),
                isJson ? {} : { 'idempotency-key': crypto.randomUUID() },
              )
              const fault = faultIn({ asked, schema, name, value }, value !== undefined && isPermitted(value), reply)
              if (fault !== undefined) faults.push(`${asked.method} ${asked.path} ${name} ${JSON.stringify(value)?.slice(0, 60)}: ${fault}`)
              return reply.status < 300
            })
          if ((await Promise.all(attempts)).some((taken) => taken)) accepted.add(`${asked.path} ${name}`)
          else if ((await written()) !== before) faults.push(`${asked.method} ${asked.path} ${name} wrote`)
        }
      }
    }
    expect(faults).toEqual([])
    const told = ['/service/clients family_name', '/service/bookings/{id}/change note', '/service/consultations question']
    expect([...accepted]).toEqual(expect.arrayContaining(told))
    expect(service.lines.filter((line) => line.includes('"level":50'))).toEqual([])
  })

  test('besides what is asked for is refused by name, also inside lists', async () => {
    const faults: string[] = []
    for (const asked of await operations()) {
      if (asked.media_type !== 'application/json') continue
      const body = bodyOf(asked, branchesOf(asked.schema!)[0]!)
      const path = await pathOf(asked)
      const before = await written()
      const reply = await service.as(userOf(asked))(asked.method, path, { ...body, youth_authority: 1 })
      const told = JSON.stringify(reply.body.details)
      const isNamed = told.includes('{"field":"youth_authority","message":"ist hier nicht vorgesehen."}')
      if (reply.status !== 400 || !isNamed) faults.push(`${asked.path}: ${reply.status} ${told}`)
      if ((await written()) !== before) faults.push(`${asked.path} wrote`)
    }
    expect(faults).toEqual([])
    const lines = [
      {
        booking_id: known.booking_id,
        period_from: '2026-01-01',
        period_to: '2026-01-31',
        units: 31,
        rate_cents: 7600,
        released_on: '2026-01-01',
      },
    ]
    expect(
      await service.as('anbieter.1')('POST', '/service/invoices', { invoice_number: 'R-10', issued_on: '2026-02-01', lines }),
    ).toMatchObject({
      status: 400,
      body: { details: [{ field: 'lines[0].released_on' }] },
    })
  })

  test('in a path leads nowhere', async () => {
    for (const id of ['1', 'undefined', "1'%20or%201=1", '..%2f..%2fetc', '%3Cscript%3E', '00000000-0000-0000-0000-000000000000', '%00']) {
      for (const path of [`bookings/${id}`, `clients/${id}`, `cases/${id}`, `searches/${id}`]) {
        const { status, body } = await service.as('fall.vg')('GET', `/service/${path}`)
        expect([path, status, body.code]).toEqual([path, 404, 'not_found'])
      }
    }
    for (const path of ['nonsense', 'bookings/x/y/z', '']) expect((await service.as('fall.vg')('GET', `/service/${path}`)).status).toBe(404)
    expect((await service.as('fall.vg')('PUT', '/service/bookings', {})).status).toBe(404)
  })
})

describe('text', () => {
  const names = [
    "Robert'); drop table client; --",
    '<img src=x onerror=alert(1)>',
    'Zoë Ñandú-Ólafsdóttir',
    '王小明',
    '🙂'.repeat(20),
    '{{7*7}} ${7*7}',
  ]

  test('is kept exactly as it was written', async () => {
    for (const family_name of names) {
      const { status, body } = await service.as('fall.vg')('POST', '/service/clients', {
        given_name: 'A',
        family_name,
        birth_date: '2015-01-01',
        sex: 'd',
      })
      expect([status, body['family_name']]).toEqual([201, family_name])
      expect((await service.as('fall.vg')('GET', `/service/clients/${body['id']}`)).body['family_name']).toBe(family_name)
    }
  })

  test('is trimmed and composed', async () => {
    const { body } = await service.as('fall.vg')('POST', '/service/clients', {
      given_name: '  Zoe\u0308 ',
      family_name: 'B',
      birth_date: '2015-01-01',
      sex: 'd',
    })
    expect(body['given_name']).toBe('Zo\u00eb')
  })
})

describe('a body', () => {
  const post = async (body: string, headers: Record<string, string> = {}) =>
    service.request<Problem>('POST', '/service/clients', body, { cookie: await service.cookieOf('fall.vg'), ...headers })

  test('that is too large is refused', async () => {
    const before = await written()
    expect(await post(JSON.stringify({ given_name: 'x'.repeat(largestBody) }))).toMatchObject({
      status: 413,
      body: { code: 'body_too_large' },
    })
    expect(await written()).toEqual(before)
  })

  test('that is no JSON is refused', async () => {
    for (const body of ['{', '', 'null', '"text"', '[]', '1', '{"a":1}}', "{'a':1}"]) {
      const reply = await post(body)
      expect([body, reply.status]).toEqual([body, 400])
      isClear(reply.body)
    }
    expect((await post('{')).body).toMatchObject({ code: 'malformed_json' })
  })

  test('of another kind is refused', async () => {
    expect(await post('given_name=A', { 'content-type': 'application/x-www-form-urlencoded' })).toMatchObject({
      status: 415,
      body: { code: 'wrong_content_type' },
    })
    expect(await post('<client/>', { 'content-type': 'application/xml' })).toMatchObject({ status: 415 })
  })

  test('nested a thousand deep or with a polluted prototype is refused', async () => {
    expect((await post('['.repeat(1000) + ']'.repeat(1000))).status).toBe(400)
    expect(
      (await post('{"__proto__":{"roles":["admin"]},"given_name":"A","family_name":"B","birth_date":"2015-01-01","sex":"d"}')).status,
    ).toBeLessThan(500)
    expect(({} as Record<string, unknown>)['roles']).toBeUndefined()
  })
})

test('a fault of ours is told without details and logged once without personal data', async () => {
  service.lines.length = 0
  await service.owner.query('alter table client rename column external_reference to renamed')
  const { status, body, headers } = await service.as('fall.vg')('POST', '/service/clients', {
    given_name: 'Geheim',
    family_name: 'Vertraulich',
    birth_date: '2015-01-01',
    sex: 'd',
  })
  await service.owner.query('alter table client rename column renamed to external_reference')
  expect(status).toBe(500)
  expect(body).toEqual({ type: 'about:blank', title: expect.any(String) as string, status: 500, code: 'internal_error', details: [] })
  expect(headers.get('content-type')).toBe('application/problem+json')
  expect(service.lines).toHaveLength(1)
  expect(service.lines[0]).toContain('42703')
  expect(service.lines[0]).not.toMatch(/Geheim|Vertraulich|2015-01-01/)
})
