import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { largestBody } from './access/same-origin.ts'
import type { Problem } from './problem.ts'
import { startService, type Service } from './service.fixture.ts'

let service: Service
let known: Record<'client_id' | 'case_id' | 'offer_id' | 'booking_id' | 'invoice_id', string>
beforeAll(async () => {
  service = await startService()
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
})
afterAll(() => service.stop())

const tables = [
  'client',
  '"case"',
  'case_link',
  'booking',
  'search',
  'search_request',
  'invoice',
  'invoice_line',
  'payment',
  'payment_line',
  'care_plan_review',
  'rating',
  'booking_step',
  'booking_interruption',
  'consultation',
  'consultation_participant',
]
/** Everything stored, in one number. */
const state = async () => {
  const parts = tables.map(
    (table) => `select md5(coalesce(string_agg(row::text, ',' order by row::text), '')) as hash from ${table} as row`,
  )
  return (await service.owner.query(parts.join(' union all '))).rows
}

type Case = { user: string; method: string; path: string; body: Record<string, unknown> }
/** A valid request of every writing route. */
const valid = (): Case[] => {
  const period = { first_day: '2026-01-01', last_day: '2026-02-01' }
  return [
    {
      user: 'fall.vg',
      method: 'POST',
      path: 'clients',
      body: {
        given_name: 'Kim',
        family_name: 'Muster',
        birth_date: '2015-01-01',
        sex: 'w',
        unaccompanied_minor: false,
        external_reference: 'PKZ 1',
      },
    },
    {
      user: 'fall.vg',
      method: 'POST',
      path: 'cases',
      body: { client_id: known.client_id, case_number: 'F-99', begin_on: '2026-01-01', end_on: '2026-12-31' },
    },
    { user: 'fall.vg', method: 'PATCH', path: `cases/${known.case_id}`, body: { begin_on: '2025-01-01', end_on: '2027-01-01' } },
    {
      user: 'fall.vg',
      method: 'POST',
      path: 'searches',
      body: {
        case_id: known.case_id,
        service_kind: 's34',
        ...period,
        specialisations: ['suchtmittel'],
        area: 'MV',
        sex: 'w',
        age: 12,
        units_per_week: 7,
        counting_rule: 'calendar_days',
      },
    },
    {
      user: 'fall.vg',
      method: 'POST',
      path: 'bookings',
      body: {
        case_id: known.case_id,
        offer_id: known.offer_id,
        away: false,
        ...period,
        units_per_week: 7,
        counting_rule: 'last_day_free',
        specialisations: [],
      },
    },
    {
      user: 'fall.vg',
      method: 'POST',
      path: 'bookings',
      body: { case_id: known.case_id, away: true, service_kind: 's34', rate_cents: 8000, ...period },
    },
    { user: 'fall.vg', method: 'POST', path: `bookings/${known.booking_id}/prolong`, body: { last_day: '2026-08-01', units_per_week: 5 } },
    {
      user: 'fall.vg',
      method: 'POST',
      path: `bookings/${known.booking_id}/change`,
      body: { first_day: '2026-05-01', rate: 'other', rate_cents: 8000, units_per_week: 5, note: 'Grund' },
    },
    {
      user: 'fall.vg',
      method: 'POST',
      path: `bookings/${known.booking_id}/interrupt`,
      body: { first_day: '2026-02-01', last_day: '2026-02-05', reason: 'clinic', paid: false },
    },
    {
      user: 'fall.vg',
      method: 'POST',
      path: 'consultations',
      body: { case_id: known.case_id, question: 'Was hilft?', held_on: '2026-03-10', participants: [{ name: 'Ina', function: 'Schule' }] },
    },
    { user: 'fall.vg', method: 'POST', path: `bookings/${known.booking_id}/end`, body: { last_day: '2026-03-01', end_reason: 10 } },
    {
      user: 'anbieter.1',
      method: 'POST',
      path: 'invoices',
      body: {
        invoice_number: 'R-9',
        issued_on: '2026-02-01',
        lines: [{ booking_id: known.booking_id, period_from: '2026-01-01', period_to: '2026-01-31', units: 31, rate_cents: 7600 }],
      },
    },
    {
      user: 'anbieter.1',
      method: 'POST',
      path: 'invoices',
      body: { invoice_number: 'S-9', issued_on: '2026-02-01', cancels: known.invoice_id },
    },
    {
      user: 'finanzen.vg',
      method: 'POST',
      path: 'payments',
      body: { invoice_id: known.invoice_id, paid_on: '2026-03-01', amount_cents: 1, reference: 'K' },
    },
    {
      user: 'fall.vg',
      method: 'POST',
      path: 'ratings',
      body: {
        case_id: known.case_id,
        booking_id: known.booking_id,
        reviewed_on: '2026-02-01',
        facility_structure: 1,
        service_structure: 2,
        goal_attainment: [{ rated_by: 'provider', person: 1, grade: 2 }],
      },
    },
  ]
}

const nonsense: unknown[] = [
  null,
  true,
  -1,
  1e308,
  0.001,
  2 ** 53,
  '',
  'x'.repeat(5000),
  "'; drop table booking; --",
  '<script>alert(1)</script>',
  'a\u0000b',
  '\ud800',
  '2026-02-30',
  '99999-01-01',
  [],
  {},
  [[]],
  { $ne: null },
  'NaN',
]

const isClear = (problem: Problem) => {
  expect(problem.title).toMatch(/^[A-ZÄÖÜ].*\.$/)
  expect(JSON.stringify(problem)).not.toMatch(/select |insert |sojus_|constraint|relation|column|stack|node_modules|at Object/i)
}

describe('nonsense', () => {
  test('in any field is answered clearly, field by field', { timeout: 120_000 }, async () => {
    const accepted: string[] = []
    for (const { user, method, path, body } of valid()) {
      for (const field of Object.keys(body)) {
        for (const value of nonsense) {
          const { status, body: problem, headers } = await service.as(user)(method, `/service/${path}`, { ...body, [field]: value })
          if (status < 300) accepted.push(`${path} ${field} ${JSON.stringify(value)}`)
          else {
            expect([path, field, value, status]).toEqual([
              path,
              field,
              value,
              expect.toSatisfy((code: number) => [400, 404, 409, 422].includes(code)),
            ])
            expect(headers.get('content-type')).toBe('application/problem+json')
            isClear(problem)
            const named = problem.details.map((detail) => detail.field).filter((name) => !name.startsWith(field) && name !== 'last_day')
            if (status === 400 && field !== 'away') expect([path, field, value, named]).toEqual([path, field, value, []])
          }
        }
      }
    }
    // accepted is text that may be a name, absence where absence is meant, and what is valid all the same
    expect(
      [
        ...new Set(
          accepted.map((line) =>
            line
              .split(' ')
              .slice(0, 2)
              .join(' ')
              .replace(/[0-9a-f-]{36}/, ':id'),
          ),
        ),
      ].sort(),
    ).toEqual([
      'bookings away',
      'bookings specialisations',
      'bookings/:id/change note',
      'bookings/:id/interrupt paid',
      'cases case_number',
      'cases end_on',
      'cases/:id end_on',
      'clients external_reference',
      'clients family_name',
      'clients given_name',
      'clients unaccompanied_minor',
      'consultations question',
      'invoices invoice_number',
      'ratings facility_structure',
      'searches specialisations',
    ])
    expect(service.lines.filter((line) => line.includes('"level":50'))).toEqual([])
  })

  test('besides what is asked for is refused by name, also inside lists', async () => {
    const before = await state()
    for (const { user, method, path, body } of valid()) {
      const { status, body: problem } = await service.as(user)(method, `/service/${path}`, { ...body, youth_authority_id: '13003' })
      expect([path, status, problem.details]).toEqual([path, 400, [{ field: 'youth_authority_id', message: 'ist hier nicht vorgesehen.' }]])
    }
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
    expect(await state()).toEqual(before)
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
    const before = await state()
    expect(await post(JSON.stringify({ given_name: 'x'.repeat(largestBody) }))).toMatchObject({
      status: 413,
      body: { code: 'body_too_large' },
    })
    expect(await state()).toEqual(before)
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
