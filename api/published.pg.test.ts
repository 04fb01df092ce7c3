import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { PaymentLines } from '../transactional/billing/payment-lines.routes.ts'
import type { BookingLine, BookingLines } from '../transactional/placement/booking-lines.routes.ts'
import type { ReservationLines } from '../transactional/placement/reservation-lines.routes.ts'
import type {
  ComparisonAnswer,
  DistributionAnswer,
  EvaluationAnswer,
  ExplanationAnswer,
  KeyFiguresAnswer,
  Problem,
  ProviderRankingAnswer,
  SideBySideAnswer,
  SinceAnswer,
  TrendAnswer,
} from './answers.ts'
import { xlsxMediaType } from './export.ts'
import { startPortal, type TestPortal } from './portal.fixture.ts'
import { readPdfText, readXlsx } from './report/read.fixture.ts'

let portal: TestPortal
let controlling: Ask
let politics: Ask
let caseworker: Ask
type Ask = (path: string, body?: unknown, accept?: string) => Promise<Response>

const signIn = async (user_name: string): Promise<Ask> => {
  const headers = { 'content-type': 'application/json' }
  const body = JSON.stringify({ state: 'MV', user_name, password: 'sojus-demo', pledge: true })
  const response = await fetch(`${portal.url}/api/session`, { method: 'POST', headers, body })
  const cookie = response.headers.get('set-cookie')!.split(';')[0]!
  return (path, content, accept = 'application/json') =>
    fetch(portal.url + path, {
      headers: { cookie, accept, ...(content === undefined ? {} : headers) },
      ...(content === undefined ? {} : { method: 'POST', body: JSON.stringify(content) }),
    })
}

const read = async <Answer>(ask: Ask, path: string): Promise<Answer> => {
  let response = await ask(path)
  // a past state in preparation
  while (response.status === 503) response = await ask(path)
  expect([path, response.status]).toEqual([path, 200])
  return (await response.json()) as Answer
}

/** Books outside the system for a case, and waits until the figures have it. */
const book = async (month = '2026-10'): Promise<void> => {
  const { items } = await read<{ items: { id: string; begin_on: string; end_on: string | null }[] }>(caseworker, '/service/cases')
  const current = items.find(({ begin_on, end_on }) => begin_on <= `${month}-01` && (end_on === null || end_on >= `${month}-31`))!
  const before = await read<ComparisonAnswer>(caseworker, countedIn(month))
  const booking = {
    case_id: current.id,
    service_kind: 's34',
    away: true,
    parallel: true,
    first_day: `${month}-02`,
    last_day: `${month}-30`,
    rate_cents: 150_00,
    units_per_week: 7,
  }
  const response = await caseworker('/service/bookings', booking)
  expect([response.status, await response.text()]).toEqual([201, expect.any(String)])
  for (;;) {
    const after = await read<ComparisonAnswer>(caseworker, countedIn(month))
    if (after.total.current !== before.total.current) return
  }
}

/** What is shown of then is what was shown before; beside readers' own views more may be secret. */
const expectShownOf = (then: unknown, before: unknown, at = ''): void => {
  if (typeof then === 'number') expect([at, then]).toEqual([at, before])
  else if (then !== null && typeof then === 'object')
    for (const [name, value] of Object.entries(then))
      if (name !== 'signs') expectShownOf(value, (before as Record<string, unknown>)[name], `${at}/${name}`)
}

const view = { figure: 'case_count', service_kind: 's34', specialisation: null, month: '2026-10', area: 'MV' }
/** Kept with how it was looked at. */
const drawnView = { ...view, chart: 'dots', region: '13004' }
const countedIn = (month: string) => `/api/comparison?figure=case_count&service_kind=s34&month=${month}&area=MV`
const counted = countedIn('2026-10')

beforeAll(async () => {
  portal = await startPortal({ demonstration: 0.05 })
  ;[controlling, politics, caseworker] = await Promise.all([signIn('controlling.vg'), signIn('politik'), signIn('fall.vg')])
})
afterAll(() => portal.stop())

describe('a published view', () => {
  test('keeps its numbers whatever is booked later, for everybody alike, and any other figure can be asked for as of then', async () => {
    const before = await read<ComparisonAnswer>(politics, counted)
    const away = await read<ComparisonAnswer>(politics, '/api/comparison?figure=away_bookings&month=2026-10')
    const published = (await (await controlling('/service/published-views', { title: 'Ausschuss Oktober', view: drawnView })).json()) as {
      id: string
    }
    const rates = '/api/distribution?figure=rate_median&service_kind=s34&month=2026-10'
    const curves = await read<DistributionAnswer>(politics, rates)
    const evaluation = '/api/evaluation?figures=case_count&rows=region&service_kinds=s34&from=2026-10&to=2026-10'
    const beside = '/api/side-by-side?figures=case_count&service_kind=s34&period=2026-10&against=median'
    const evaluated = await read<EvaluationAnswer>(politics, evaluation)
    const held = await read<SideBySideAnswer>(politics, beside)
    const ranking = await read<ProviderRankingAnswer>(politics, '/api/rankings/providers?service_kind=s34&month=2026-09')
    await book()
    const now = await read<ComparisonAnswer>(politics, counted)
    expect(now.total.current).toBe(before.total.current! + 1)

    const answers = new Set<string>()
    for (const ask of [controlling, politics, caseworker]) {
      const then = await read<ComparisonAnswer>(ask, `${counted}&as_of=${published.id}`)
      expect([then.as_of, then.total.current, then.rows.length]).toEqual([published.id, before.total.current, before.rows.length])
      expectShownOf({ total: then.total, rows: then.rows }, before)
      answers.add(JSON.stringify([then.rows, then.total, then.weighted_average]))
    }
    expect(answers.size).toBe(1)
    const trend = await read<TrendAnswer>(politics, `/api/trend?figure=case_count&service_kind=s34&to=2026-10&as_of=${published.id}`)
    expect(trend.total.values.at(-1)).toBe(before.total.current)
    // on paper, under the title its publisher gave it
    const paper = await politics(`${counted}&chart=dots&region=13004&as_of=${published.id}`, undefined, 'application/pdf')
    const cover = (await readPdfText(new Uint8Array(await paper.arrayBuffer())))[0]!
    expect(cover).toMatch(/Ausschuss Oktober\s+Fallzahl für/)
    const current = await politics(`${counted}&chart=dots`, undefined, 'application/pdf')
    expect((await readPdfText(new Uint8Array(await current.arrayBuffer())))[0]).not.toContain('Ausschuss')
    // made from history: another figure of the same moment
    const then = await read<ComparisonAnswer>(politics, `/api/comparison?figure=away_bookings&month=2026-10&as_of=${published.id}`)
    expect(then).toMatchObject({ total: away.total, rows: away.rows })
    const today = await read<ComparisonAnswer>(politics, '/api/comparison?figure=away_bookings&month=2026-10')
    expect(today.total.current).toBe(away.total.current! + 1)
    for (const ask of [controlling, politics]) {
      const { rows } = await read<EvaluationAnswer>(ask, `${evaluation}&as_of=${published.id}`)
      expectShownOf(rows, evaluated.rows)
      const { columns, ...table } = await read<SideBySideAnswer>(ask, `${beside}&as_of=${published.id}`)
      expect(table.as_of).toBe(published.id)
      expectShownOf(
        table.rows.map(({ cells }) => cells.map(({ value, reference }) => ({ value, reference }))),
        held.rows.map(({ cells }) => cells),
      )
      expectShownOf(
        columns.map(({ total }) => total),
        held.columns.map(({ total }) => total),
      )
      const ranked = `/api/rankings/providers?service_kind=s34&month=2026-09&as_of=${published.id}`
      expect((await read<ProviderRankingAnswer>(ask, ranked)).rows).toEqual(ranking.rows)
    }
    expect((await read<EvaluationAnswer>(politics, evaluation)).rows).not.toEqual(evaluated.rows)
    for (const path of [evaluation, beside, '/api/rankings/providers?service_kind=s34&month=2026-09']) {
      const file = await politics(`${path}&as_of=${published.id}`, undefined, xlsxMediaType)
      const { sheets } = readXlsx(new Uint8Array(await file.arrayBuffer()))
      const texts = Object.values(sheets).flatMap((sheet) => Object.values(sheet).map(({ value }) => String(value)))
      expect([path, texts.some((text) => text.includes(`as_of=${published.id}`))]).toEqual([path, true])
    }
    const cells = '/api/explanation?figure=case_count&service_kind=s34&row=13075&month=2026-10'
    for (const ask of [controlling, politics]) {
      const { total, rows } = await read<DistributionAnswer>(ask, `${rates}&as_of=${published.id}`)
      expectShownOf({ total, rows }, curves)
      const { months } = await read<ExplanationAnswer>(ask, `${cells}&as_of=${published.id}`)
      expectShownOf(
        months.map(({ value }) => value),
        [before.rows[0]!.current],
      )
    }
    expect(await read(politics, '/service/published-views')).toMatchObject({
      items: [{ id: published.id, title: 'Ausschuss Oktober', view: drawnView }],
    })
  })

  test('has the single facts of then behind it, for those whose own they are', async () => {
    const published = (await (await controlling('/service/published-views', { title: 'Zeilen', view })).json()) as { id: string }
    const path = '/service/booking-lines?counted=case_count&service_kind=s34&month=2026-10&limit=200'
    const summary = '/service/booking-lines/summary?counted=case_count&service_kind=s34&month=2026-10'
    const payments = '/service/payment-lines?counted=payments&month=2026-09'
    const [before, named, sums, paid] = await Promise.all([
      read<BookingLines>(controlling, path),
      read<BookingLines>(caseworker, path),
      read(controlling, summary),
      read<PaymentLines>(controlling, payments),
    ])
    await book()
    const open = named.items.find(
      ({ end_reason, first_day, last_day }) => end_reason === null && first_day < '2026-10-01' && last_day > '2026-10-31',
    )!
    const ended = await caseworker(`/service/bookings/${open.id}/end`, { last_day: '2026-10-08', end_reason: 10 })
    expect([ended.status, await ended.text()]).toEqual([200, expect.any(String)])
    const today = await read<BookingLines>(controlling, path)
    expect(today.count).toBe(before.count + 1)
    expect(today.items.find(({ id }) => id === open.id)).toMatchObject({ last_day: '2026-10-08', end_reason: 10 })

    const then = await read<BookingLines>(controlling, `${path}&as_of=${published.id}`)
    expect([then.count, then.items]).toEqual([before.count, before.items])
    expect((await read<BookingLines>(caseworker, `${path}&as_of=${published.id}`)).items).toEqual(named.items)
    expect(await read(controlling, `${summary}&as_of=${published.id}`)).toEqual(sums)
    const paidThen = await read<PaymentLines>(controlling, `${payments}&as_of=${published.id}`)
    expect([paidThen.sum_cents, paidThen.items]).toEqual([paid.sum_cents, paid.items])
    expect(paid.count).toBeGreaterThan(0)
    const reserved = '/service/reservation-lines?counted=reservations&month=2026-09'
    expect((await read<ReservationLines>(caseworker, `${reserved}&as_of=${published.id}`)).items).toEqual(
      (await read<ReservationLines>(caseworker, reserved)).items,
    )
    expect((await politics(`${path}&as_of=${published.id}`)).status).toBe(404)

    type Since = { count: number; effect_count: number; effect_amount: number; items: Later[] }
    type Later = { id: string; effect_count: number; effect_amount: number; was: BookingLine | null; is: BookingLine }
    const since = (ask: Ask, asked: string) =>
      read<Since>(ask, `/service/booking-lines/since?service_kind=s34&as_of=${published.id}&${asked}`)
    // what was booked since counts; what ended since had counted as well
    const later = await since(controlling, 'counted=case_count&month=2026-10')
    expect(later).toMatchObject({ count: 1, effect_count: 1, items: [{ effect_count: 1, was: null, is: { first_day: '2026-10-02' } }] })
    expect(later.items[0]!.is).toMatchObject({ case_number: null, client_name: null })
    expect((await since(caseworker, 'counted=case_count&month=2026-10')).items[0]!.is.client_name).not.toBeNull()
    const ends = await since(controlling, 'counted=cases_ended&month=2026-10&by=amount')
    const days = (Date.parse('2026-10-08') - Date.parse(open.first_day)) / 86_400_000
    expect(ends.items.find(({ id }) => id === open.id)).toMatchObject({
      effect_count: 1,
      effect_amount: days,
      was: { last_day: open.last_day, end_reason: null },
      is: { last_day: '2026-10-08', end_reason: 10 },
    })
    const sizes = ends.items.map(({ effect_amount }) => Math.abs(effect_amount))
    expect(sizes).toEqual(sizes.toSorted((a, b) => b - a))
    // of two months, the second without the one that ended in the first
    const months = await since(controlling, 'counted=case_count&from=2026-10&month=2026-11')
    expect(months).toMatchObject({ count: 2, effect_count: 0 })
    expect(new Map(months.items.map(({ id, effect_count }) => [id, effect_count]))).toEqual(
      new Map([
        [later.items[0]!.id, 1],
        [open.id, -1],
      ]),
    )
    const tooFar = `/service/booking-lines/since?counted=case_count&from=2023-01&month=2026-10&as_of=${published.id}`
    expect(((await (await controlling(tooFar)).json()) as Problem).details.map(({ field }) => field)).toEqual(['from'])
    expect((await politics(`/service/booking-lines/since?counted=case_count&month=2026-10&as_of=${published.id}`)).status).toBe(404)
    for (const [query, field] of [
      ['as_of=gestern', 'as_of'],
      ['as_of=01a219ec-8edb-7cd3-b8a8-c513496f811e', 'as_of'],
      [`as_of=${published.id}&month=2027-03`, 'month'],
    ] as const) {
      const refused = await controlling(
        `/service/booking-lines?counted=case_count&${query}${query.includes('month') ? '' : '&month=2026-10'}`,
      )
      expect([query, refused.status, ((await refused.json()) as Problem).details.map((each) => each.field)]).toEqual([query, 400, [field]])
    }
  })

  test('leads to the single payments, reservations and waits that changed a number since, and these add up to the difference', async () => {
    const finance = await signIn('finanzen.vg')
    const published = (await (await controlling('/service/published-views', { title: 'Einzeln', view })).json()) as { id: string }
    type Changed = { effect_count: number; effect_amount: number; was: { state?: string } | null; is: { state?: string } }
    type Since = { count: number; effect_count: number; effect_amount: number; items: Changed[] }
    type Lines = { count: number; sum_cents?: number }
    const paths = {
      payments: 'payment-lines?counted=payments&month=2026-09',
      reservations: 'reservation-lines?counted=reservations&month=2026-10',
      answers: 'reservation-lines?counted=answered_requests&month=2026-10',
      waiting: 'wait-lines?counted=waiting_stock&month=2026-10',
      waited: 'wait-lines?counted=waits_ended&month=2026-10',
    }
    const numbers = async (): Promise<Record<string, Lines>> =>
      Object.fromEntries(
        await Promise.all(Object.entries(paths).map(async ([name, path]) => [name, await read(finance, `/service/${path}`)] as const)),
      ) as Record<string, Lines>
    const since = (name: keyof typeof paths) =>
      read<Since>(finance, `/service/${paths[name].replace('?', '/since?')}&by=amount&as_of=${published.id}`)
    const before = await numbers()
    for (const name of Object.keys(paths) as (keyof typeof paths)[]) expect([name, (await since(name)).count]).toEqual([name, 0])

    const owner = new pg.Client(portal.database.owner_url)
    await owner.connect()
    try {
      await owner.query(`with paid as (
          insert into payment (youth_authority_id, paid_on, amount_cents) values ('13075', '2026-09-30', -12345) returning id, youth_authority_id, paid_on
        )
        insert into payment_line (payment_id, booking_id, case_key, youth_authority_id, provider_id, service_kind, specialisations, paid_on, amount_cents)
        select paid.id, line.booking_id, line.case_key, line.youth_authority_id, line.provider_id, line.service_kind, line.specialisations, paid.paid_on, -12345
        from paid cross join lateral (select * from payment_line where youth_authority_id = '13075' limit 1) as line`)
      const { rows: declined } = await owner.query<{
        id: string
      }>(`update reservation set state = 'declined', declined_on = '2026-10-15', decline_reason = 'staff'
        where id = (select id from reservation where youth_authority_id = '13075' and state = 'requested' order by id limit 1) returning id`)
      expect(declined).toHaveLength(1)
      const entry = `insert into waiting_entry
          (offer_id, case_id, youth_authority_id, user_account_id, first_day, last_day, counting_rule, waiting_since, state, ended_on)
        select (select min(id::text)::uuid from offer), (select min(id::text)::uuid from "case" where youth_authority_id = '13075'), '13075',
          (select id from user_account where user_name = 'fall.vg'), '2027-01-01', '2027-06-30', 'last_day_free', '2026-10-02T08:00:00Z', $1, $2`
      await owner.query(entry, ['waiting', null])
      await owner.query(entry, ['left', '2026-10-09'])
    } finally {
      await owner.end()
    }
    const after = await numbers()
    const [paid, reserved, answers, waiting, waited] = await Promise.all(
      (['payments', 'reservations', 'answers', 'waiting', 'waited'] as const).map(since),
    )
    expect(paid).toMatchObject({ count: 1, effect_amount: -12345, items: [{ was: null }] })
    expect(after['payments']!.sum_cents! - before['payments']!.sum_cents!).toBe(-12345)
    expect(reserved).toMatchObject({ count: 0, items: [] })
    expect(answers).toMatchObject({
      count: 1,
      effect_count: 1,
      effect_amount: 1,
      items: [{ was: { state: 'requested' }, is: { state: 'declined' } }],
    })
    expect(waiting).toMatchObject({ count: 1, effect_count: 1, items: [{ was: null, is: { state: 'waiting' } }] })
    // one that ended, without a place
    expect(waited).toMatchObject({ count: 1, effect_count: 1, effect_amount: 1, items: [{ was: null, is: { state: 'left' } }] })
    for (const [name, later] of Object.entries({ reservations: reserved, answers, waiting, waited }))
      expect([name, after[name]!.count - before[name]!.count]).toEqual([name, later!.effect_count])
    for (const name of ['reservations', 'waiting'] as const) {
      const response = await controlling(`/service/${paths[name].replace('?', '/since?')}&as_of=${published.id}`)
      expect([name, response.status]).toEqual([name, 404])
    }
  })

  test('may be an evaluation or figures side by side: kept as everybody may see them, the same for all and for ever', async () => {
    const publish = async (title: string, asked: object): Promise<string> => {
      const response = await controlling('/service/published-views', { title, view: asked })
      expect([title, response.status]).toEqual([title, 201])
      return ((await response.json()) as { id: string }).id
    }
    const evaluation = { figures: 'case_count,dropout_rate', rows: 'region', columns: 'period', from: '2026-08', to: '2026-10', area: 'MV' }
    const beside = { figures: 'case_count,budget', period: '2026-10', against: 'median', service_kind: 's34', area: 'MV' }
    const ages = { figures: 'case_stock', rows: 'service_kind', sex: 'w', from: '2025-01', to: '2025-12', grain: 'year', area: 'MV' }
    const paths = { evaluation: '/api/evaluation', side_by_side: '/api/side-by-side', ages: '/api/evaluation' }
    const asking = (path: string, asked: Record<string, string>) => `${path}?${new URLSearchParams(asked)}`
    const before = {
      evaluation: await read<EvaluationAnswer>(politics, asking(paths.evaluation, evaluation)),
      side_by_side: await read<SideBySideAnswer>(politics, asking(paths.side_by_side, beside)),
      ages: await read<EvaluationAnswer>(politics, asking(paths.ages, ages)),
    }
    const ids = {
      evaluation: await publish('Auswertung', { kind: 'evaluation', ...evaluation, chart: 'dots' }),
      side_by_side: await publish('Nebeneinander', { kind: 'side_by_side', specialisation: null, group: null, ...beside }),
      ages: await publish('Mädchen', { kind: 'evaluation', ...ages }),
    }
    await book()
    expect((await read<EvaluationAnswer>(politics, asking(paths.evaluation, evaluation))).rows).not.toEqual(before.evaluation.rows)

    for (const [name, asked] of Object.entries({ evaluation, side_by_side: beside }) as ['evaluation' | 'side_by_side', typeof beside][]) {
      const url = asking(paths[name], { ...asked, as_of: ids[name] })
      const [first, ...others] = await Promise.all(
        [politics, controlling, caseworker].map((ask) => read<EvaluationAnswer | SideBySideAnswer>(ask, url)),
      )
      for (const other of others) expect(other).toEqual(first)
      expect(first!.as_of).toBe(ids[name])
      if (name === 'evaluation') {
        const values = (answer: EvaluationAnswer) => answer.rows.map((row) => row.values)
        expectShownOf(values(first as EvaluationAnswer), values(before.evaluation))
        const counted = ({ rows }: EvaluationAnswer) => rows.at(-1)!.values.filter((_, at) => at % 2 === 0)
        expect(counted(first as EvaluationAnswer)).toEqual(counted(before.evaluation))
      } else {
        const values = (answer: SideBySideAnswer) => answer.columns.map(({ total }) => total.value)
        expect(values(first as SideBySideAnswer)).toEqual(values(before.side_by_side))
      }
      const file = await politics(url, undefined, xlsxMediaType)
      const { sheets } = readXlsx(new Uint8Array(await file.arrayBuffer()))
      const texts = Object.values(sheets).flatMap((sheet) => Object.values(sheet).map(({ value }) => String(value)))
      expect(texts.some((text) => text.includes(`as_of=${ids[name]}`))).toBe(true)
    }
    // of classes the moment is kept, and the numbers are those of then
    const then = await read<EvaluationAnswer>(politics, asking(paths.ages, { ...ages, as_of: ids.ages }))
    expect(then.rows).toEqual(before.ages.rows)

    const owner = new pg.Client(portal.database.owner_url)
    await owner.connect()
    const stored = await owner.query(`select title, answer from published_view where title in ('Auswertung', 'Nebeneinander', 'Mädchen')`)
    await owner.end()
    const keptIn = Object.fromEntries(stored.rows.map(({ title, answer }) => [title, Object.keys(answer as object)]))
    expect(keptIn).toEqual({ Auswertung: ['evaluation'], Nebeneinander: ['side_by_side'], Mädchen: [] })
    const { items } = await read<{ items: { title: string; view: object }[] }>(politics, '/service/published-views')
    expect(items.find(({ title }) => title === 'Auswertung')!.view).toEqual({ kind: 'evaluation', ...evaluation, chart: 'dots' })
  })

  test('tells what has changed since by its effect, to each reader no more than both of his answers do', async () => {
    const paths = {
      comparison: counted,
      side_by_side: '/api/side-by-side?figures=case_count,rate_median&service_kind=s34&period=2026-10&against=previous&area=MV',
      evaluation: '/api/evaluation?figures=case_count&rows=region&columns=period&service_kinds=s34&from=2026-09&to=2026-10&area=MV',
    }
    const views = { comparison: view, side_by_side: {}, evaluation: {} } as Record<keyof typeof paths, object>
    for (const kind of ['side_by_side', 'evaluation'] as const)
      views[kind] = { kind, ...Object.fromEntries(new URLSearchParams(paths[kind].split('?')[1])) }
    const ids = {} as Record<keyof typeof paths, string>
    for (const [kind, asked] of Object.entries(views)) {
      const made = await controlling('/service/published-views', { title: `Seitdem: ${kind}`, view: asked })
      expect([kind, made.status]).toEqual([kind, 201])
      ids[kind as keyof typeof paths] = ((await made.json()) as { id: string }).id
    }
    const since = (ask: Ask, kind: keyof typeof paths) =>
      read<SinceAnswer>(ask, `${paths[kind].replace('?', '/since?')}&as_of=${ids[kind]}`)
    for (const kind of ['comparison', 'side_by_side', 'evaluation'] as const)
      expect([kind, (await since(politics, kind)).changes]).toEqual([kind, []])
    await book()

    type Cells = Map<string, number | null>
    const cellsOf = {
      comparison: ({ rows, total, weighted_average }: ComparisonAnswer): Cells =>
        new Map(
          [...rows, { id: 'total', ...total }, { id: 'weighted_average', ...weighted_average }].flatMap((row) =>
            (['current', 'previous', 'year_average', 'previous_year_average'] as const).map((part) => [
              `${row.id} case_count ${part}`,
              row[part],
            ]),
          ),
        ),
      side_by_side: ({ rows, columns }: SideBySideAnswer): Cells =>
        new Map(
          columns.flatMap((column, at) =>
            [
              ...rows.map(({ id, cells }) => ({ id, ...cells[at]! })),
              { id: 'total', ...column.total },
              { id: 'weighted_average', ...column.weighted_average },
            ].flatMap(({ id, value, reference }) => [
              [`${id} ${column.figure} value`, value] as const,
              [`${id} ${column.figure} reference`, reference] as const,
            ]),
          ),
        ),
      evaluation: ({ rows, columns }: EvaluationAnswer): Cells =>
        new Map(
          rows.flatMap(({ keys, values }) => columns.map(({ key, figure }, at) => [`${keys.join()} ${key} ${figure} value`, values[at]!])),
        ),
    }
    for (const ask of [controlling, politics, caseworker])
      for (const kind of ['comparison', 'side_by_side', 'evaluation'] as const) {
        const cells = cellsOf[kind] as (answer: unknown) => Cells
        const [then, now] = [cells(await read(ask, `${paths[kind]}&as_of=${ids[kind]}`)), cells(await read(ask, paths[kind]))]
        const answer = await since(ask, kind)
        const told = answer.changes.map(({ keys, column, figure, part, was, is }) => {
          const cell = kind === 'evaluation' ? `${keys.join()} ${column} ${figure} ${part}` : `${keys.join()} ${figure} ${part}`
          expect([kind, cell, was, is]).toEqual([kind, cell, then.get(cell), now.get(cell)])
          return cell
        })
        const total = {
          comparison: 'total case_count current',
          side_by_side: 'total case_count value',
          evaluation: ' 2026-10 case_count value',
        }
        expect(told).toContain(total[kind])
        expect(now.get(total[kind])).toBe(then.get(total[kind])! + 1)
        expect(answer.moved_by[0]).toEqual({ figure: 'case_count', text: 'steigt durch später erfasste oder verlängerte Buchungen' })
        const effects = answer.changes.map(({ was, is }) => Math.abs(is! - was!) / Math.max(is!, was!))
        expect(effects).toEqual(effects.toSorted((a, b) => b - a))
      }
    // and so do the reports, each in its reader's own rights
    for (const ask of [controlling, politics])
      for (const kind of ['comparison', 'side_by_side', 'evaluation'] as const) {
        const { changes } = await since(ask, kind)
        const url = `${paths[kind]}&as_of=${ids[kind]}`
        const file = await ask(url, undefined, xlsxMediaType)
        const sheet = readXlsx(new Uint8Array(await file.arrayBuffer())).sheets['Seitdem geändert']!
        const effects = Object.entries(sheet).filter(([, { value }]) => value === 'Wirkung')
        expect([kind, effects.length]).toEqual([kind, 1])
        const heads = Number(effects[0]![0].slice(1))
        const numbers = Object.entries(sheet).filter(
          ([at, { value }]) => /^[CD]/.test(at) && Number(at.slice(1)) > heads && typeof value === 'number',
        )
        const told = changes.flatMap(({ was, is }) => [was, is]).filter((value) => value !== null)
        for (const [, { value }] of numbers)
          expect([kind, told.some((each) => Math.abs(each - Number(value)) < 0.01 || Math.abs(each / 100 - Number(value)) < 0.01)]).toEqual(
            [kind, true],
          )
        expect([kind, numbers.length > 0]).toEqual([kind, true])
        const paper = await ask(url, undefined, 'application/pdf')
        expect((await readPdfText(new Uint8Array(await paper.arrayBuffer()))).join('\n')).toMatch(
          /Was sich seitdem geändert hat[^]*Wirkung/,
        )
        // of now nothing has changed since
        const current = await ask(paths[kind], undefined, xlsxMediaType)
        expect(Object.keys(readXlsx(new Uint8Array(await current.arrayBuffer())).sheets)).not.toContain('Seitdem geändert')
      }
    // his own row is shown to all alike, and so is its change: it is secret to nobody else either
    const rowsTold = (answer: SinceAnswer) => new Set(answer.changes.map(({ keys }) => keys.join()))
    const [own, theirs] = await Promise.all([since(controlling, 'evaluation'), since(politics, 'evaluation')])
    for (const row of rowsTold(own)) expect(rowsTold(theirs)).toContain(row)

    for (const kind of ['comparison', 'side_by_side', 'evaluation'] as const) {
      const path = paths[kind].replace('?', '/since?')
      const response = await politics(path)
      expect([kind, response.status, ((await response.json()) as Problem).details.map(({ field }) => field)]).toEqual([
        kind,
        400,
        ['as_of'],
      ])
      expect([kind, (await fetch(`${portal.url}${path}&as_of=${ids[kind]}`)).status]).toEqual([kind, 401])
    }
    const provider = await signIn('anbieter.1')
    expect((await provider(`${paths.evaluation.replace('?', '/since?')}&as_of=${ids.evaluation}`)).status).toBe(404)
  })

  test('kept before medians had their intervals shows them without, in every form', async () => {
    const asked = { figures: 'rate_median,case_count', period: '2026-09', against: 'median', service_kind: 's34', area: 'MV' }
    const body = { title: 'Von früher', view: { kind: 'side_by_side', specialisation: null, group: null, ...asked } }
    const { id } = (await (await controlling('/service/published-views', body)).json()) as { id: string }
    const path = `/api/side-by-side?${new URLSearchParams({ ...asked, as_of: id })}`
    const medians = async () => (await read<SideBySideAnswer>(politics, path)).rows.map(({ cells }) => cells[0]!)
    const told = await medians()
    expect(told.some(({ interval }) => interval !== null)).toBe(true)
    const owner = new pg.Client({ connectionString: portal.database.owner_url })
    await owner.connect()
    const { rows } = await owner.query<{ answer: { side_by_side: { answer: SideBySideAnswer } } }>(
      `select answer from published_view where id = $1`,
      [id],
    )
    const { answer } = rows[0]!
    for (const { cells } of answer.side_by_side.answer.rows) for (const cell of cells) delete (cell as { interval?: unknown }).interval
    await owner.query(`update published_view set answer = $2 where id = $1`, [id, answer])
    await owner.end()
    const before = await medians()
    expect(before.map(({ value, interval }) => [value, interval])).toEqual(told.map(({ value }) => [value, null]))
    for (const accept of ['text/csv', xlsxMediaType, 'application/pdf'])
      expect([accept, (await politics(path, undefined, accept)).status]).toEqual([accept, 200])
  })

  test('is published by controllers, politics and the ministry only, with a title and a view that exists', async () => {
    expect((await caseworker('/service/published-views', { title: 'Stand', view })).status).toBe(404)
    const refused = async (body: object) => {
      const response = await controlling('/service/published-views', body)
      const { details } = (await response.json()) as Problem
      return [response.status, details.map(({ field }) => field)]
    }
    expect(await refused({ title: 'x', view })).toEqual([400, ['title']])
    expect(await refused({ title: 'Stand', view: { ...view, figure: 'gibt_es_nicht' } })).toEqual([400, ['view.figure']])
    expect(await refused({ title: 'Stand', view: { ...view, service_kind: 's99' } })).toEqual([400, ['view.service_kind']])
    expect(await refused({ title: 'Stand', view: { ...view, month: '2027-01' } })).toEqual([400, ['view.month']])
    expect(await refused({ title: 'Stand', view: { ...view, chart: 'pie' } })).toEqual([400, ['view.chart']])
    expect(await refused({ title: 'Stand', view: { ...view, region: 'Kim' } })).toEqual([400, ['view.region']])
    const evaluation = { kind: 'evaluation', figures: 'case_count', rows: 'region', area: 'MV' }
    expect(await refused({ title: 'Stand', view: { ...evaluation, rows: 'colour' } })).toEqual([400, ['view.rows']])
    expect(await refused({ title: 'Stand', view: { ...evaluation, sex: 'w' } })).toEqual([400, expect.arrayContaining(['view.rows'])])
    expect(await refused({ title: 'Stand', view: { ...evaluation, service_kinds: 's99' } })).toEqual([400, ['view.service_kinds']])
    expect(await refused({ title: 'Stand', view: { ...evaluation, from: '2026-09', to: '2026-08' } })).toEqual([400, ['view.from']])
    const beside = { kind: 'side_by_side', figures: 'case_count', period: '2026-09', against: 'previous', area: 'MV' }
    expect(await refused({ title: 'Stand', view: { ...beside, period: '2031' } })).toEqual([400, ['view.period']])
    expect(await refused({ title: 'Stand', view: { ...beside, kind: 'ranking' } })).toEqual([400, ['view.kind']])
  })

  test('a moment that is none is refused by name, and none is told where history has only begun', async () => {
    for (const as_of of ['2026-09', '2026-10', '2031-01', '01a219ec-8edb-7cd3-b8a8-c513496f811e', 'gestern']) {
      const response = await politics(`${counted}&as_of=${as_of}`)
      expect([as_of, response.status]).toEqual([as_of, 400])
      expect(((await response.json()) as Problem).details.map(({ field }) => field)).toEqual(['as_of'])
    }
    const others = ['evaluation?figures=case_count&rows=region', 'side-by-side?figures=case_count', 'rankings/providers?service_kind=s34']
    for (const path of others) expect([path, (await politics(`/api/${path}&as_of=2026-10`)).status]).toEqual([path, 400])
    expect((await read<KeyFiguresAnswer>(politics, '/api/key-figures')).month_ends).toEqual([])
  })
})

describe('several figures side by side', () => {
  test('show what each shows alone, and say what is wrong with a question', async () => {
    const path = '/api/side-by-side?figures=case_count,dropout_rate,payments&period=2026-09&against=previous'
    const { columns, rows } = await read<SideBySideAnswer>(politics, path)
    for (const [at, { figure, total }] of columns.entries()) {
      const alone = await read<ComparisonAnswer>(politics, `/api/comparison?figure=${figure}&month=2026-09`)
      expect([total.value, total.reference]).toEqual([alone.total.current, alone.total.previous])
      expect(rows.map(({ cells }) => cells[at]!.value)).toEqual(alone.rows.map(({ current }) => current))
      expect(rows.map(({ cells }) => cells[at]!.signs.value)).toEqual(alone.rows.map(({ signs }) => signs.current))
    }
    const refused = async (query: string) => {
      const response = await politics(`/api/side-by-side?${query}`)
      return [response.status, ((await response.json()) as Problem).details.map(({ field }) => field)]
    }
    expect(await refused('figures=gibt_es_nicht')).toEqual([400, ['figures.0']])
    expect(await refused('figures=case_count,case_count')).toEqual([400, ['figures']])
    expect(await refused('figures=case_count&period=2026-Q5')).toEqual([400, ['period']])
    expect(await refused('figures=case_count&period=2031')).toEqual([400, ['period']])
    expect(await refused('figures=case_count&against=alles')).toEqual([400, ['against']])
  })
})

test('a month that is over can be chosen and keeps its numbers whatever is booked later; nothing later than it can be asked for', async () => {
  // all that was recorded so far was recorded in August
  await portal.warehouse.write(async (connection) => {
    const tables = await connection.runAndReadAll(
      `select table_name from duckdb_columns() where schema_name = 'history' and column_name = 'sign' and database_name = current_database()`,
    )
    for (const [table] of tables.getRowsJson()) await connection.run(`update history."${table}" set committed_at = '2026-08-20T10:00:00Z'`)
  })
  expect((await read<KeyFiguresAnswer>(politics, '/api/key-figures')).month_ends).toEqual(['2026-09', '2026-08'])
  const inSeptember = countedIn('2026-09')
  const before = await read<ComparisonAnswer>(politics, inSeptember)
  await book('2026-09')
  const now = await read<ComparisonAnswer>(politics, inSeptember)
  expect(now.total.current).toBe(before.total.current! + 1)
  for (const path of [inSeptember, inSeptember.replace('&month=2026-09', '')])
    for (const ask of [politics, controlling]) {
      const then = await read<ComparisonAnswer>(ask, `${path}&as_of=2026-09`)
      const told = [then.as_of, then.month, then.running, then.total.current]
      expect(told).toEqual(['2026-09', '2026-09', false, before.total.current])
    }
  expect(await read(politics, `${inSeptember}&as_of=2026-09`)).toMatchObject({ total: before.total, rows: before.rows })

  // of the own authority alone as well, by classes that no mart holds, and each reader of it of his own
  const own = '/api/evaluation?figures=case_count,cases_begun&rows=sex&service_kinds=s34&from=2026-09&to=2026-09&area=own'
  const ownRow = async (as_of: string) => {
    const { rows } = await read<EvaluationAnswer>(
      controlling,
      `${own.replace('area=own', 'area=MV').replace('rows=sex', 'rows=region')}${as_of}`,
    )
    return rows.find(({ keys }) => keys[0] === '13075')!.values
  }
  for (const ask of [controlling, caseworker]) {
    const then = await read<EvaluationAnswer>(ask, `${own}&as_of=2026-09`)
    const today = await read<EvaluationAnswer>(ask, own)
    expect([then.as_of, then.authority!.id, then.rows.at(-1)!.values]).toEqual(['2026-09', '13075', await ownRow('&as_of=2026-09')])
    expect(today.rows.at(-1)!.values).toEqual(await ownRow(''))
    expect(today.rows.at(-1)!.values).toEqual(then.rows.at(-1)!.values.map((value) => value! + 1))
    const { changes } = await read<SinceAnswer>(ask, `${own.replace('?', '/since?')}&as_of=2026-09`)
    expect(changes.filter(({ keys }) => keys[0] === null).map(({ figure, was, is }) => [figure, is! - was!])).toEqual(
      expect.arrayContaining([
        ['case_count', 1],
        ['cases_begun', 1],
      ]),
    )
  }
  expect((await politics(`${own}&as_of=2026-09`)).status).toBe(400)

  const late: [string, string][] = [
    ['comparison?figure=case_count&month=2026-09', 'month'],
    ['trend?figure=case_count&to=2026-09', 'to'],
    ['trend?figure=case_count&from=2026-09', 'from'],
    ['distribution?figure=rate_median&month=2026-09', 'month'],
    ['explanation?figure=case_count&row=total&month=2026-09', 'month'],
    ['rankings/providers?service_kind=s34&month=2026-09', 'month'],
  ]
  for (const [path, field] of late) {
    const response = await politics(`/api/${path}&as_of=2026-08`)
    const { details } = (await response.json()) as Problem
    expect([path, response.status, details.map((detail) => detail.field)]).toEqual([path, 400, [field]])
  }
})
