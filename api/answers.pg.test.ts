import { tableFromIPC } from 'apache-arrow'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { PaymentLines, PaymentSummary } from '../transactional/billing/payment-lines.routes.ts'
import type { BookingLines, BookingSummary } from '../transactional/placement/booking-lines.routes.ts'
import type { WaitLines } from '../transactional/placement/wait-lines.routes.ts'
import type { ReservationLines } from '../transactional/placement/reservation-lines.routes.ts'
import { factsBehind, keyFigures } from '../warehouse/key-figures.ts'
import type {
  ComparisonAnswer,
  DistributionAnswer,
  ExplanationAnswer,
  Problem,
  ProviderRankingAnswer,
  TrendAnswer,
  UnusualAnswer,
} from './answers.ts'
import { arrowMediaType, xlsxMediaType } from './export.ts'
import { startPortal, type TestPortal } from './portal.fixture.ts'
import { readXlsx } from './report/read.fixture.ts'

let portal: TestPortal
let politics: Ask
let caseworker: Ask
let finance: Ask
let provider: Ask
let controlling: Ask

type Ask = (path: string, options?: { body?: unknown; accept?: string }) => Promise<Response>

const signIn = async (user_name: string): Promise<Ask> => {
  const headers = { 'content-type': 'application/json' }
  const body = JSON.stringify({ state: 'MV', user_name, password: 'sojus-demo', pledge: true })
  const response = await fetch(`${portal.url}/api/session`, { method: 'POST', headers, body })
  const cookie = response.headers.get('set-cookie')!.split(';')[0]!
  return (path, { body: content, accept = 'application/json' } = {}) =>
    fetch(portal.url + path, {
      headers: { cookie, accept, ...(content === undefined ? {} : headers) },
      ...(content === undefined ? {} : { method: 'POST', body: JSON.stringify(content) }),
    })
}

const read = async <Answer>(ask: Ask, path: string): Promise<Answer> => {
  const response = await ask(path)
  expect([path, response.status]).toEqual([path, 200])
  return (await response.json()) as Answer
}

const created = async (ask: Ask, path: string, body: unknown): Promise<string> => {
  const response = await ask(path, { body })
  const text = await response.text()
  expect([path, response.status, text]).toEqual([path, 201, text])
  return (JSON.parse(text) as { id: string }).id
}

beforeAll(async () => {
  portal = await startPortal({ demonstration: 0.25 })
  ;[politics, caseworker, finance, provider, controlling] = await Promise.all([
    signIn('politik'),
    signIn('fall.vg'),
    signIn('finanzen.vg'),
    signIn('anbieter.1'),
    signIn('controlling.vg'),
  ])
})
afterAll(() => portal.stop())

describe('every figure', () => {
  test.each(keyFigures.map(({ name }) => name))('%s answers for every area, and its trend ends with the current month', async (figure) => {
    for (const area of ['MV', 'de', 'SH']) {
      const table = await read<ComparisonAnswer>(politics, `/api/comparison?figure=${figure}&month=2026-09&area=${area}`)
      const trend = await read<TrendAnswer>(politics, `/api/trend?figure=${figure}&from=2025-10&to=2026-09&area=${area}`)
      expect(trend.rows.map(({ values }) => values.at(-1))).toEqual(table.rows.map(({ current }) => current))
      expect(trend.rows.map(({ values }) => values.at(-2))).toEqual(table.rows.map(({ previous }) => previous))
      expect(trend.total.values.at(-1)).toEqual(table.total.current)
      for (const row of [...table.rows, table.total, table.weighted_average]) {
        for (const column of ['current', 'previous', 'year_average', 'previous_year_average', 'change'] as const) {
          expect(row[column] === null).toBe(row.signs[column] !== undefined)
        }
      }
    }
  })

  test('of rates has its distribution, in every form', async () => {
    const path = '/api/distribution?figure=rate_median&month=2026-09'
    const { rows, total, area } = await read<DistributionAnswer>(politics, path)
    const medians = await read<ComparisonAnswer>(politics, '/api/comparison?figure=rate_median&month=2026-09')
    const middle = ({ values }: { values: number[] }) => values[(values.length - 1) / 2] ?? null
    expect([...rows, total].map(middle)).toEqual([...medians.rows, medians.total].map(({ current }) => current))
    expect([...rows, total].map(({ cases }) => cases)).toEqual([...medians.rows, medians.total].map(({ cases }) => cases))
    expect([area, total.values.length]).toEqual(['MV', 21])
    const table = tableFromIPC(new Uint8Array(await (await politics(path, { accept: arrowMediaType })).arrayBuffer()))
    expect([...table.getChild('value')!]).toEqual([...rows, total].flatMap(({ values }) => (values.length > 0 ? values : [null])))
    expect((await (await politics(path, { accept: 'text/csv' })).text()).split('\r\n')[0]).toContain('share;value;sign')
    const refused = await politics('/api/distribution?figure=case_count')
    expect(refused.status).toBe(400)
    expect(((await refused.json()) as Problem).details[0]).toMatchObject({
      field: 'figure',
      message: expect.stringContaining('nur für Entgelte'),
    })
  })

  test('is the same as JSON, Arrow and CSV', async () => {
    const path = '/api/comparison?figure=case_count&service_kind=s34&month=2026-09'
    const { rows, total, weighted_average } = await read<ComparisonAnswer>(politics, path)
    const arrow = await politics(path, { accept: arrowMediaType })
    expect(arrow.headers.get('content-type')).toBe(arrowMediaType)
    const table = tableFromIPC(new Uint8Array(await arrow.arrayBuffer()))
    const current = [...rows, total, weighted_average].map((row) => row.current)
    expect([...table.getChild('current')!]).toEqual(current)
    expect([...table.getChild('sign_current')!]).toEqual([...rows, total, weighted_average].map(({ signs }) => signs.current ?? null))
    const csv = await (await politics(path, { accept: 'text/csv' })).text()
    const lines = csv.replace('\uFEFF', '').trim().split('\r\n')
    const column = lines[0]!.split(';').indexOf('current')
    expect(lines.slice(1).map((line) => line.split(';')[column])).toEqual(
      current.map((value) => (value === null ? '' : String(value).replace('.', ','))),
    )
  })
})

describe('bad input gets a clear message that names the field', () => {
  const comparison = '/api/comparison?figure=case_count'
  const cases: [string, string][] = [
    ['/api/comparison', 'figure'],
    ['/api/comparison?figure=unknown', 'figure'],
    ['/api/comparison?figure=case_count&figure=payments', 'figure'],
    [`${comparison}&month=2026-11`, 'month'],
    [`${comparison}&month=2026-13`, 'month'],
    [`${comparison}&month=1999-12`, 'month'],
    [`${comparison}&month=Oktober`, 'month'],
    [`${comparison}&service_kind=s99`, 'service_kind'],
    [`${comparison}&service_kind=${encodeURIComponent("s34' or '1'='1")}`, 'service_kind'],
    [`${comparison}&specialisation=unknown`, 'specialisation'],
    [`${comparison}&specialisation=${encodeURIComponent('<script>alert(1)</script>')}`, 'specialisation'],
    [`${comparison}&area=XX`, 'area'],
    [`${comparison}&area=${'x'.repeat(5000)}`, 'area'],
    [`${comparison}&colour=red`, 'colour'],
    ['/api/trend?figure=case_count&from=2026-05&to=2026-04', 'from'],
    ['/api/trend?figure=case_count&from=2001-01&to=2026-04', 'from'],
    ['/api/explanation?figure=case_count', 'row'],
    ['/api/explanation?figure=case_count&row=09162', 'row'],
    ['/api/explanation?figure=case_count&row=total&from=2020-01&to=2026-09', 'from'],
    ['/api/explanation?figure=case_count&row=total&month=2026-08&to=2026-09', 'to'],
    ['/api/explanation?figure=budget&row=total&specialisation=traumapaedagogik', 'specialisation'],
    ['/api/distribution?figure=payments', 'figure'],
    ['/api/unusual?month=2026-10', 'month'],
    ['/api/unusual?month=2026-13', 'month'],
    ['/api/unusual?area=XX', 'area'],
    ['/api/unusual?figure=case_count', 'figure'],
    ['/api/rankings/providers', 'service_kind'],
    ['/api/rankings/providers?service_kind=s99', 'service_kind'],
  ]
  test.each(cases)('%s', async (path, field) => {
    const response = await politics(path)
    const problem = (await response.json()) as Problem
    expect([response.status, response.headers.get('content-type')]).toEqual([400, 'application/problem+json'])
    expect(problem.details.map((detail) => detail.field)).toContain(field)
    expect(JSON.stringify(problem)).not.toMatch(/<script>|or '1'|select|error:/i)
  })

  test('without a session nothing is told', async () => {
    for (const path of [
      comparison,
      '/api/key-figures',
      '/api/trend?figure=case_count',
      '/api/rankings/providers?service_kind=s34',
      '/api/unusual',
      '/api/events',
    ]) {
      const response = await fetch(portal.url + path, { headers: { cookie: 'sojus_session=forged' } })
      expect([path, response.status, ((await response.json()) as Problem).code]).toEqual([path, 401, 'not_signed_in'])
    }
  })
})

describe('behind a value', () => {
  test('stand its cells month by month, hidden as in the trend', async () => {
    for (const figure of ['case_count', 'case_density', 'dropout_rate', 'rate_median', 'budget_share_paid']) {
      const filter = `figure=${figure}&service_kind=s35&from=2025-10&to=2026-09`
      const trend = await read<TrendAnswer>(politics, `/api/trend?${filter}`)
      const table = await read<ComparisonAnswer>(politics, `/api/comparison?figure=${figure}&service_kind=s35&month=2026-09`)
      for (const row of [...trend.rows.map(({ id, values }) => ({ id, values })), { id: 'total', values: trend.total.values }]) {
        const { months } = await read<ExplanationAnswer>(politics, `/api/explanation?${filter}&row=${row.id}`)
        expect([figure, row.id, months.map(({ value }) => value)]).toEqual([figure, row.id, row.values])
        const shown = row.id === 'total' ? table.total : table.rows.find(({ id }) => id === row.id)!
        const { numerator, denominator, cases } = months.at(-1)!
        expect([cases, numerator, denominator]).toEqual([shown.cases, shown.parts?.numerator ?? null, shown.parts?.denominator ?? null])
        for (const { value, ...rest } of months)
          if (value === null) expect(rest).toMatchObject({ numerator: null, denominator: null, cases: null })
      }
    }
  })

  const filters = ['', '&service_kind=s34', '&service_kind=s31', '&service_kind=s34&specialisation=traumapaedagogik']
  const figuresOf = (facts: string) =>
    keyFigures.filter((figure) => factsBehind(figure)?.facts === facts).map((figure) => [figure.name, figure] as const)
  const ownOf = async (figure: string, month: string, filter: string) => {
    const { rows } = await read<ComparisonAnswer>(controlling, `/api/comparison?figure=${figure}&month=${month}${filter}`)
    return rows.find(({ id }) => id === '13075')!
  }

  test.each(figuresOf('bookings'))('%s of the own authority stand as many bookings as it counts', async (_, figure) => {
    let seen = 0
    for (const filter of filters) {
      for (const month of ['2026-08', '2026-10']) {
        const own = await ownOf(figure.name, month, filter)
        const asked = `counted=${factsBehind(figure)!.counted}&month=${month}${filter}`
        const path = `/service/booking-lines?${asked}&limit=200`
        const { count, items, next_cursor } = await read<BookingLines>(controlling, path)
        expect(items).toHaveLength(Math.min(count, 200))
        seen += count
        if (figure.unit === 'cases') expect(count).toBe(own.current)
        else if (figure.unit === 'per_10000') expect(count).toBe(own.parts!.numerator)
        else if (own.parts) expect(count).toBe(own.parts.denominator)
        else expect(count).toBeGreaterThanOrEqual(own.cases ?? 0)
        if (next_cursor !== null) {
          const further = await read<BookingLines>(controlling, `${path}&cursor=${next_cursor}`)
          expect(new Set([...items, ...further.items].map(({ id }) => id)).size).toBe(items.length + further.items.length)
        }
        const { providers, rates, days } = await read<BookingSummary>(controlling, `/service/booking-lines/summary?${asked}`)
        for (const counts of [providers, rates, days]) expect(counts.reduce((sum, each) => sum + each.count, 0)).toBe(count)
        if (figure.compute.from === 'statistic' && own.current !== null) {
          const values = (figure.name === 'dwell_time_median' ? days : rates).flatMap((each) => Array<number>(each.count).fill(each.value))
          const middle = (values[(values.length - 1) >> 1]! + values[values.length >> 1]!) / 2
          expect({ lowest: values[0], highest: values.at(-1), median: middle }[figure.compute.pick]).toBe(own.current)
        }
      }
    }
    expect(seen).toBeGreaterThan(0)
  })

  test.each(figuresOf('payments'))('%s of the own authority stand the payments it adds up', async (_, figure) => {
    const { counted } = factsBehind(figure)!
    for (const filter of figure.by_specialisation ? filters : filters.slice(0, 3)) {
      for (const month of ['2026-08', '2026-10']) {
        const own = await ownOf(figure.name, month, filter)
        const asked = `counted=${counted}&month=${month}${filter}`
        for (const ask of [controlling, finance]) {
          const { sum_cents, count, items } = await read<PaymentLines>(ask, `/service/payment-lines?${asked}&limit=200`)
          expect(sum_cents).toBe(figure.unit === 'cents' ? own.current : own.parts!.numerator)
          expect(items).toHaveLength(Math.min(count, 200))
          const { providers } = await read<PaymentSummary>(ask, `/service/payment-lines/summary?${asked}`)
          expect(providers.reduce((sum, each) => sum + each.sum_cents, 0)).toBe(sum_cents)
        }
      }
    }
    const { items } = await read<PaymentLines>(finance, `/service/payment-lines?counted=${counted}&month=2026-08&sort=-amount`)
    expect(items.map(({ amount_cents }) => amount_cents)).toEqual(items.map(({ amount_cents }) => amount_cents).toSorted((a, b) => b - a))
    expect(items.some(({ invoice_number, client_name }) => invoice_number !== null && client_name !== null)).toBe(true)
    const seen = await read<PaymentLines>(controlling, `/service/payment-lines?counted=${counted}&month=2026-08`)
    expect(seen.items.every(({ first_day, period_from }) => first_day !== null && period_from !== null)).toBe(true)
    const personal = seen.items.map(({ invoice_number, case_number, client_name }) => [invoice_number, case_number, client_name])
    expect(personal.flat().every((each) => each === null)).toBe(true)
    for (const ask of [politics, provider, caseworker])
      expect((await ask(`/service/payment-lines?counted=${counted}&month=2026-08`)).status).toBe(404)
  })

  test.each(figuresOf('reservations'))('%s of the own authority stand as many reservations as it counts', async (_, figure) => {
    const { counted } = factsBehind(figure)!
    let seen = 0
    for (const filter of filters) {
      for (const month of ['2026-08', '2026-09', '2026-10']) {
        const own = await ownOf(figure.name, month, filter)
        const { count } = await read<ReservationLines>(finance, `/service/reservation-lines?counted=${counted}&month=${month}${filter}`)
        expect(count).toBe(figure.unit === 'reservations' ? own.current : (own.parts?.denominator ?? 0))
        seen += count
      }
    }
    expect(seen).toBeGreaterThan(0)
    for (const ask of [politics, provider, controlling])
      expect((await ask(`/service/reservation-lines?counted=${counted}&month=2026-09`)).status).toBe(404)
  })

  test.each(figuresOf('waits'))('%s of the own authority stand as many waits as it counts', async (_, figure) => {
    const { counted } = factsBehind(figure)!
    let seen = 0
    for (const filter of filters) {
      for (const month of ['2026-06', '2026-08', '2026-09', '2026-10']) {
        const own = await ownOf(figure.name, month, filter)
        const { count, items } = await read<WaitLines>(finance, `/service/wait-lines?counted=${counted}&month=${month}${filter}&limit=200`)
        if (figure.unit === 'entries') expect(count).toBe(own.current ?? 0)
        else if (figure.unit === 'ratio') expect(count).toBe(own.parts?.denominator ?? 0)
        else {
          const days = items.map((line) => line.days!).toSorted((a, b) => a - b)
          const middle = (days[Math.floor((count - 1) / 2)]! + days[Math.floor(count / 2)]!) / 2
          expect(own.current).toBe(count === 0 ? null : middle)
        }
        seen += count
      }
    }
    expect(seen).toBeGreaterThan(0)
    for (const ask of [politics, provider, controlling])
      expect((await ask(`/service/wait-lines?counted=${counted}&month=2026-09`)).status).toBe(404)
  })

  test('stand in the order asked for, page after page', async () => {
    type Key = 'first_day' | 'last_day' | 'days' | 'provider_name' | 'rate_cents'
    const keys: Record<string, Key> = {
      first_day: 'first_day',
      last_day: 'last_day',
      days: 'days',
      provider: 'provider_name',
      rate: 'rate_cents',
    }
    const path = '/service/booking-lines?counted=case_count&month=2026-09'
    for (const [sort, key] of Object.entries(keys)) {
      const all = await read<BookingLines>(controlling, `${path}&sort=${sort}&limit=200`)
      const values = all.items.map((line) => line[key] ?? '')
      if (key !== 'provider_name') expect(values).toEqual(values.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0)))
      const paged: string[] = []
      for (let cursor: string | null = ''; cursor !== null && paged.length < 200;) {
        const page: BookingLines = await read<BookingLines>(controlling, `${path}&sort=${sort}&limit=40${cursor && `&cursor=${cursor}`}`)
        paged.push(...page.items.map(({ id }) => id))
        cursor = page.next_cursor
      }
      expect(paged.slice(0, 200)).toEqual(all.items.slice(0, paged.length).map(({ id }) => id))
    }
    expect((await controlling(`${path}&sort=client_name`)).status).toBe(400)
  })

  test('are taken away as a file of what the list shows', async () => {
    const owner = new pg.Client({ connectionString: portal.database.owner_url })
    await owner.connect()
    await owner.query(`update provider set name = '=1+1 ' || name where name not like '=%'`)
    await owner.end()
    const path = '/service/booking-lines?counted=case_stock&month=2026-09&service_kind=s34'
    const { count } = await read<BookingLines>(controlling, path)
    const file = await controlling(path, { accept: 'text/csv' })
    expect(file.headers.get('content-disposition')).toBe('attachment; filename="buchungen_case_stock_2026-09_13075.csv"')
    const lines = (await file.text()).replace('\uFEFF', '').trim().split('\r\n')
    expect(lines).toHaveLength(count + 1)
    expect(lines[0]).toBe('first_day;last_day;days;service_kind;provider_name;rate_cents;unit')
    expect(lines.slice(1).every((line) => line.includes(`;'=1+1 `) || line.includes('außerhalb'))).toBe(true)
    const named = (await (await caseworker(path, { accept: 'text/csv' })).text()).split('\r\n')[0]
    expect(named).toContain('case_number;client_name')
    const workbook = await controlling(path, { accept: xlsxMediaType })
    expect(workbook.headers.get('content-disposition')).toContain('.xlsx"')
    const { sheets } = readXlsx(new Uint8Array(await workbook.arrayBuffer()))
    expect(Object.keys(sheets)).toEqual(['Buchungen', 'Anbieter'])
    const { A5, F5 } = sheets['Buchungen']!
    expect([A5!.format, F5!.format]).toEqual(['dd.mm.yyyy', '#,##0.00 "€"'])
  })

  test('stand names only for those who may see cases, and nothing for others', async () => {
    const path = '/service/booking-lines?counted=case_stock&month=2026-09&service_kind=s34'
    const told = async (ask: Ask) =>
      (await read<BookingLines>(ask, path)).items.map(({ case_number, client_name }) => [case_number, client_name])
    expect((await told(controlling)).every(([number, name]) => number === null && name === null)).toBe(true)
    expect((await told(caseworker)).some(([number, name]) => number !== null && name !== null)).toBe(true)
    for (const ask of [politics, provider]) expect((await ask(path)).status).toBe(404)
    expect((await controlling('/service/booking-lines?counted=payments&month=2026-09')).status).toBe(400)
  })
})

test('what is unusual are values of the trend the same reader sees, of the last complete month', async () => {
  const { month, months, rows, found, compared, figures } = await read<UnusualAnswer>(politics, '/api/unusual')
  expect(month).toBe('2026-09')
  expect(rows.length).toBe(Math.min(5, found))
  expect(compared).toBeGreaterThan(20)
  expect(figures).toContain('dropouts')
  expect(rows.length).toBeGreaterThan(0)
  for (const { figure, service_kind, id, value, values, usual_from, usual_to } of rows) {
    const kind = service_kind === null ? '' : `&service_kind=${service_kind}`
    const trend = await read<TrendAnswer>(politics, `/api/trend?figure=${figure}${kind}&from=2024-09&to=2026-09`)
    expect(trend.rows.find((row) => row.id === id)?.values).toEqual(values)
    expect([trend.months, values.at(-1)]).toEqual([months, value])
    expect(value < usual_from || value > usual_to).toBe(true)
  }
})

test('a figure without specialisations says "x" for one', async () => {
  const { rows, total } = await read<ComparisonAnswer>(
    politics,
    '/api/comparison?figure=budget&specialisation=traumapaedagogik&month=2026-09',
  )
  expect([...rows, total].map(({ current, signs }) => [current, signs.current])).toEqual(Array.from({ length: 9 }, () => [null, 'x']))
})

test('politics never sees a value that rests on one or two cases', async () => {
  let secret = 0
  for (const service_kind of ['s34', 's35', 's19', 's20', 's32']) {
    for (const figure of ['case_count', 'cases_ended', 'dropouts', 'away_bookings', 'foreign_occupancy', 'payments']) {
      const { rows } = await read<ComparisonAnswer>(politics, `/api/comparison?figure=${figure}&service_kind=${service_kind}&month=2026-09`)
      for (const { cases, signs } of rows) {
        expect(cases === null || cases === 0 || cases >= 3).toBe(true)
        if (signs.current === '.') secret += 1
      }
    }
  }
  expect(secret).toBeGreaterThan(0)
})

/** Data of the next `figures` events, until one satisfies. */
const eventAfter = async (ask: Ask, act: () => Promise<void>, wanted: string): Promise<void> => {
  const response = await ask('/api/events', { accept: 'text/event-stream' })
  const events = response.body!.pipeThrough(new TextDecoderStream()).getReader()
  await events.read()
  await act()
  for (let text = ''; !text.includes(`"${wanted}"`);) text += (await events.read()).value ?? ''
  await events.cancel()
}

describe('what the service commits arrives', () => {
  let booking: { id: string; case_id: string; service_kind: string; rate_cents: number }

  beforeAll(async () => {
    const { provider: own } = await read<{ provider: { id: string } }>(provider, '/api/session')
    const period = { first_day: '2026-10-05', last_day: '2027-03-31' }
    for (const service_kind of ['s34', 's31', 's32', 's30', 's29']) {
      const query = new URLSearchParams({ service_kind, ...period, available: 'true', limit: '100' })
      const { items } = await read<{ items: { offer_id: string; provider_id: string; rate_cents: number }[] }>(
        caseworker,
        `/service/offers?${query}`,
      )
      const offer = items.find(({ provider_id }) => provider_id === own.id)
      if (!offer) continue
      const person = { given_name: 'Mika', family_name: 'Muster', birth_date: '2012-04-01', sex: 'm' }
      const client_id = await created(caseworker, '/service/clients', person)
      const case_id = await created(caseworker, '/service/cases', { client_id, case_number: 'VG-E2E-7', begin_on: '2026-09-01' })
      const request = { case_id, offer_id: offer.offer_id, units_per_week: 5, ...period }
      booking = { id: await created(caseworker, '/service/bookings', request), case_id, service_kind, rate_cents: offer.rate_cents }
      return
    }
    throw new Error('the demonstration provider has no free offer')
  })

  test('a payment in the payments, by its own amount and at once', async () => {
    const invoice = await created(provider, '/service/invoices', {
      invoice_number: 'RE-E2E-1',
      issued_on: '2026-10-14',
      lines: [{ booking_id: booking.id, period_from: '2026-10-05', period_to: '2026-10-14', units: 10, rate_cents: booking.rate_cents }],
    })
    const released = await finance(`/service/invoices/${invoice}/release`, { body: {} })
    expect(released.status).toBe(200)
    const path = `/api/comparison?figure=payments&service_kind=${booking.service_kind}&month=2026-10`
    const before = (await read<ComparisonAnswer>(finance, path)).rows[0]!.current!
    const pay = async () => {
      await created(finance, '/service/payments', {
        invoice_id: invoice,
        paid_on: '2026-10-15',
        amount_cents: 5 * booking.rate_cents,
        reference: 'E2E 1',
      })
    }
    await eventAfter(finance, pay, 'payments')
    expect((await read<ComparisonAnswer>(finance, path)).rows[0]!.current! - before).toBe(5 * booking.rate_cents)
  })

  test('a rating in the ranking', async () => {
    const path = `/api/rankings/providers?service_kind=${booking.service_kind}&month=2026-10`
    const { provider: own } = await read<{ provider: { id: string } }>(provider, '/api/session')
    const rated = async () =>
      (await read<ProviderRankingAnswer>(politics, path)).rows.find(({ provider_id }) => provider_id === own.id)?.rated_cases ?? 0
    const before = await rated()
    const rate = async () => {
      await created(caseworker, '/service/ratings', {
        case_id: booking.case_id,
        booking_id: booking.id,
        reviewed_on: '2026-10-15',
        facility_structure: 1,
        service_structure: 2,
        goal_attainment: [
          { rated_by: 'young_person', grade: 2 },
          { rated_by: 'authority', grade: 1 },
        ],
      })
    }
    await eventAfter(politics, rate, 'provider_ranking')
    expect(await rated()).toBe(before + 1)
  })
})
