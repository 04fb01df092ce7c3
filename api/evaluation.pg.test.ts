import { tableFromIPC } from 'apache-arrow'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { extractText, getDocumentProxy } from 'unpdf'
import { totalDefinition } from '../dashboards/pages/overview/pinned-total.ts'
import { catalogue } from '../warehouse/catalogue.ts'
import { liftedCells, placeNumber } from '../warehouse/contributions.ts'
import { monthOf, monthText } from '../warehouse/month.ts'
import type {
  ComparisonAnswer,
  KeyFiguresAnswer,
  EvaluationAnswer,
  EvaluationSizeAnswer,
  Problem,
  ProvidersAnswer,
  SideBySideAnswer,
  TrendAnswer,
} from './answers.ts'
import { askEverything, attackerOn, countedFigures, type Counted } from './attacker.fixture.ts'
import { arrowMediaType, xlsxMediaType } from './export.ts'
import { startPortal, type TestPortal } from './portal.fixture.ts'
import { readXlsx } from './report/read.fixture.ts'
import { askYear, computedOf, countsOf, type Target } from './structure-attacker.fixture.ts'

let portal: TestPortal
let cookies: Record<string, string>

const signIn = async (user_name: string) => {
  const response = await fetch(`${portal.url}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ state: 'MV', user_name, password: 'sojus-demo', pledge: true }),
  })
  return response.headers.get('set-cookie')!.split(';')[0]!
}
const ask = (path: string, { user = 'politik', accept = 'application/json' } = {}) =>
  fetch(portal.url + path, { headers: { cookie: cookies[user]!, accept } })
const read = async <Answer>(path: string, user = 'politik'): Promise<Answer> => {
  const response = await ask(path, { user })
  expect([path, response.status]).toEqual([path, 200])
  return (await response.json()) as Answer
}

beforeAll(async () => {
  portal = await startPortal({ demonstration: 0.25 })
  const users = ['politik', 'controlling.vg', 'fall.vg', 'finanzen.vg', 'anbieter.1', 'landesjugendamt', 'admin']
  cookies = Object.fromEntries(await Promise.all(users.map(async (user) => [user, await signIn(user)] as const)))
})
afterAll(() => portal.stop())

const byRegion =
  '/api/evaluation?figures=case_count,dropout_rate&rows=region&columns=service_kind&service_kinds=s34,s31&from=2026-01&to=2026-06'

test('rows in which nothing is may be left out, in every form alike, and no other: what is secret stays', async () => {
  for (const user of ['politik', 'controlling.vg']) {
    // providers and small kinds are many, and some have nothing
    for (const asked of [
      'figures=cases_begun,dropout_rate&rows=region,service_kind&from=2026-09&to=2026-09',
      'figures=dropouts&rows=service_kind&columns=period&from=2026-07&to=2026-09&against=previous_year',
    ]) {
      const path = `/api/evaluation?${asked}`
      const whole = await read<EvaluationAnswer>(path, user)
      const shown = await read<EvaluationAnswer>(`${path}&empty=hide`, user)
      const kept = new Set(shown.rows.map(({ keys }) => keys.join()))
      const left = whole.rows.filter(({ keys }) => !kept.has(keys.join()))
      expect([whole.hidden_rows, shown.hidden_rows, left.length > 0]).toEqual([0, left.length, true])
      expect(shown.rows).toEqual(whole.rows.filter(({ keys }) => kept.has(keys.join())))
      for (const { values, signs, compared } of left)
        for (const row of [{ values, signs }, ...(compared ? [compared.references] : [])])
          row.values.forEach((value, at) => expect([0, '–', 'x']).toContain(value ?? row.signs[at]))
      expect(
        shown.rows.every(({ keys, values, signs, compared }) => {
          const nothing = (row: { values: (number | null)[]; signs: (string | null)[] }) =>
            row.values.every((value, at) => value === 0 || row.signs[at] === '–' || row.signs[at] === 'x')
          return keys.every((key) => key === null) || !nothing({ values, signs }) || (compared && !nothing(compared.references))
        }),
      ).toBe(true)
      const csv = await (await ask(`${path}&empty=hide`, { user, accept: 'text/csv' })).text()
      expect(csv.trim().split('\r\n')).toHaveLength(shown.rows.length * shown.columns.length + 1)
      const file = await (await ask(`${path}&empty=hide`, { user, accept: xlsxMediaType })).arrayBuffer()
      const texts = JSON.stringify(readXlsx(new Uint8Array(file)).sheets)
      expect(texts).toContain(`${left.length} ausgeblendet`)
      const pdf = await (await ask(`${path}&empty=hide`, { user, accept: 'application/pdf' })).arrayBuffer()
      const { text } = await extractText(await getDocumentProxy(new Uint8Array(pdf)), { mergePages: true })
      expect(text).toContain(`${left.length} ausgeblendet`)
    }
  }
})

test('values and totals are those of trend and of side by side for the same reader', async () => {
  for (const user of ['politik', 'controlling.vg']) {
    const table = await read<EvaluationAnswer>(
      '/api/evaluation?figures=cases_begun&rows=region,period&columns=service_kind&from=2026-01&to=2026-06',
      user,
    )
    expect(table.cells).toBe(table.rows.length * table.columns.length)
    const at = (keys: (string | null)[], kind: string | null) =>
      table.rows.find((row) => `${row.keys}` === `${keys}`)!.values[table.columns.findIndex(({ key }) => key === kind)]
    for (const kind of [null, 's34', 's19']) {
      const filter = kind ? `&service_kind=${kind}` : ''
      const trend = await read<TrendAnswer>(`/api/trend?figure=cases_begun&from=2026-01&to=2026-06${filter}`, user)
      for (const [i, month] of trend.months.entries()) {
        expect(at([null, month], kind)).toBe(trend.total.values[i])
        for (const { id, values } of trend.rows) expect(at([id, month], kind)).toBe(values[i])
      }
      const beside = await read<SideBySideAnswer>(`/api/side-by-side?figures=cases_begun&period=2026-Q2${filter}`, user)
      const quarters = await read<EvaluationAnswer>(
        `/api/evaluation?figures=cases_begun&rows=region&from=2026-04&to=2026-06&grain=quarter${kind ? `&service_kinds=${kind}` : ''}`,
        user,
      )
      expect(quarters.rows.map(({ values }) => values[0])).toEqual([
        ...beside.rows.map(({ cells }) => cells[0]!.value),
        beside.columns[0]!.total.value,
      ])
    }
  }
})

test('forms have cells of their own: right where all their kinds are shown, and told where some of these are secret', async () => {
  const { service_kinds } = await read<KeyFiguresAnswer>('/api/key-figures')
  const path = '/api/evaluation?figures=case_stock,dropout_rate,rate_median&rows=region,period&from=2025-07&to=2026-06&grain=quarter'
  const [forms, kinds] = await Promise.all([
    read<EvaluationAnswer>(`${path}&columns=form`),
    read<EvaluationAnswer>(`${path}&columns=service_kind`),
  ])
  expect(forms.members.form!.map(({ label }) => label)).toEqual(['Ambulant', 'Teilstationär', 'Stationär'])
  const at = ({ columns }: EvaluationAnswer, key: string | null, figure: string) =>
    columns.findIndex((column) => column.key === key && column.figure === figure)
  let [added, told] = [0, 0]
  forms.rows.forEach((row, i) => {
    for (const { key: form } of forms.members.form!) {
      const value = row.values[at(forms, form, 'case_stock')]!
      const parts = service_kinds
        .filter((kind) => kind.form === form)
        .map(({ code }) => kinds.rows[i]!.values[at(kinds, code, 'case_stock')]!)
      if (value === null) continue
      if (parts.includes(null!)) told += 1
      else {
        added += 1
        expect(value).toBeCloseTo(
          parts.reduce((sum, part) => sum + part),
          9,
        )
      }
      // of several kinds there is no median
      expect(row.signs[at(forms, form, 'rate_median')]).toBe('x')
    }
    expect(row.values[at(forms, null, 'dropout_rate')]).toBe(kinds.rows[i]!.values[at(kinds, null, 'dropout_rate')])
  })
  expect([added > 20, told > 50]).toEqual([true, true])

  const nested = await read<EvaluationAnswer>('/api/evaluation?figures=cases_begun&rows=form,service_kind&from=2026-01&to=2026-06')
  const lines = nested.rows.map(({ keys }) => keys.map((key) => key ?? 'total').join(' '))
  expect(lines).toContain('stationaer s34')
  expect(lines).toContain('stationaer total')
  expect(lines).not.toContain('ambulant s34')
  for (const rows of ['rows=service_kind,form', 'rows=form&columns=service_kind', 'rows=service_kind&columns=form']) {
    const refused = await ask(`/api/evaluation?figures=case_count&${rows}`)
    expect([rows, refused.status, ((await refused.json()) as Problem).details[0]!.field]).toEqual([rows, 400, 'rows'])
  }
})

test('what runs counts until a month that is told of each figure; unless asked otherwise, quarters end with the last whole one', async () => {
  const { months } = await read<KeyFiguresAnswer>('/api/key-figures')
  const running = monthOf(months.last)
  const quarter = running - (running % 3)
  const path = '/api/evaluation?figures=payments,case_count&rows=period&totals=no&grain='
  const usual = await read<EvaluationAnswer>(`${path}quarter`)
  expect([usual.from, usual.to, usual.running_month, usual.rows.length]).toEqual([monthText(quarter - 12), monthText(quarter - 1), null, 4])
  expect(usual.figures.map(({ until }) => until)).toEqual([null, null])
  const asked = await read<EvaluationAnswer>(`${path}quarter&from=${months.last}`)
  expect([asked.from, asked.to, asked.running_month]).toEqual([monthText(quarter), monthText(quarter + 2), months.last])
  expect(asked.figures.map(({ until }) => until)).toEqual([monthText(running - 1), months.last])
  const years = await read<EvaluationAnswer>(`${path}year`)
  const january = running - 1 - ((running - 1) % 12)
  expect([years.from, years.to]).toEqual([monthText(january - 12), monthText(january + 11)])
  // what is told to be counted is what the months of it come to
  const paid = await read<EvaluationAnswer>(`${path}month&from=${asked.from}&to=${months.last}`)
  const complete = paid.rows.filter(({ keys }) => keys[0]! < months.last).map(({ values }) => values[0]!)
  if (complete.length > 0) expect(asked.rows[0]!.values[0]).toBe(complete.reduce((sum, value) => sum + value))
  else expect(asked.rows[0]!.signs[0]).toBe('…')
})

test('politics sees less than the authority does of itself', async () => {
  const path = '/api/evaluation?figures=cases_ended&rows=region&columns=service_kind&from=2026-09&to=2026-09'
  const [controlled, own] = await Promise.all([read<EvaluationAnswer>(path), read<EvaluationAnswer>(path, 'controlling.vg')])
  const secret = ({ rows }: EvaluationAnswer) => rows[0]!.signs.filter((sign) => sign === '.').length
  expect(own.rows[0]!.keys).toEqual(['13075'])
  expect(secret(controlled)).toBeGreaterThan(0)
  expect(secret(own)).toBe(0)
})

test('specialisations are told apart as their filter tells each, and all together is no sum of them', async () => {
  const asked = '/api/evaluation?figures=case_count,dropout_rate,rate_median,budget&rows=region&service_kinds=s34&from=2026-06&to=2026-06'
  for (const user of ['politik', 'controlling.vg']) {
    const table = await read<EvaluationAnswer>(`${asked}&columns=specialisation`, user)
    const keys = [...new Set(table.columns.map(({ key }) => key))]
    expect(keys.length).toBeGreaterThan(10)
    expect(keys.at(-1)).toBeNull()
    for (const key of ['traumapaedagogik', 'schulverweigerung', null]) {
      const alone = await read<EvaluationAnswer>(`${asked}${key ? `&specialisation=${key}` : ''}`, user)
      const at = keys.indexOf(key) * 4
      expect(table.rows.map(({ values }) => values.slice(at, at + 4))).toEqual(alone.rows.map(({ values }) => values))
      expect(table.rows.map(({ signs }) => signs.slice(at, at + 4))).toEqual(alone.rows.map(({ signs }) => signs))
    }
  }
  const lines = (await (await ask(`${asked}&columns=specialisation`, { accept: 'text/csv' })).text()).replace('\uFEFF', '').split('\r\n')
  expect(lines[0]).toMatch(/^region;region_name;specialisation;specialisation_name;figure;/)
  expect(lines[1]).toMatch(/^[^;]+;[^;]+;traumapaedagogik;Traumapädagogik;case_count;/)
  expect(lines[0]!.split(';').filter((name) => name === 'specialisation')).toHaveLength(1)
  expect(lines.filter((line) => line.includes(';Alle;Alle;case_count;'))).toHaveLength(9)
})

test('is the same as JSON, Arrow and CSV, one row per value', async () => {
  const { rows, columns } = await read<EvaluationAnswer>(byRegion)
  const flat = rows.flatMap(({ values }) => values)
  const arrow = tableFromIPC(new Uint8Array(await (await ask(byRegion, { accept: arrowMediaType })).arrayBuffer()))
  expect([...arrow.getChild('value')!]).toEqual(flat)
  expect([...arrow.getChild('sign')!]).toEqual(rows.flatMap(({ signs }) => signs))
  expect([...arrow.getChild('figure')!].slice(0, columns.length)).toEqual(columns.map(({ figure }) => figure))
  const csv = await ask(byRegion, { accept: 'text/csv' })
  expect(csv.headers.get('content-disposition')).toContain('auswertung_2026-01_2026-06_mv.csv')
  const lines = (await csv.text()).replace('\uFEFF', '').trim().split('\r\n')
  expect(lines[0]!.split(';').slice(0, 8)).toEqual([
    'region',
    'region_name',
    'service_kind',
    'service_kind_name',
    'figure',
    'unit',
    'value',
    'sign',
  ])
  expect(lines).toHaveLength(1 + flat.length)
  expect(lines.at(-1)).toMatch(/^Summe;Summe;Summe;Summe;dropout_rate;ratio;/)
})

test('a comparison is that of side by side for the same reader, quotients in percentage points, in every form', async () => {
  const figures = ['cases_begun', 'dropout_rate']
  const asked = `figures=${figures}&rows=region&columns=period&service_kinds=s34&from=2026-04&to=2026-06&grain=quarter&against=previous_year`
  let [secret, open] = [0, 0]
  for (const user of ['politik', 'controlling.vg']) {
    const table = await read<EvaluationAnswer>(`/api/evaluation?${asked}`, user)
    const beside = await read<SideBySideAnswer>(
      `/api/side-by-side?figures=${figures}&period=2026-Q2&service_kind=s34&against=previous_year`,
      user,
    )
    table.rows.forEach(({ values, signs, compared }, i) =>
      figures.forEach((_, at) => {
        const { references, changes } = compared!
        const { value, reference, change } = beside.rows[i]?.cells[at] ?? beside.columns[at]!.total
        expect([values[at], references.values[at]]).toEqual([value, reference])
        const isQuotient = figures[at] === 'dropout_rate' && value !== null && reference !== null
        expect(changes.values[at]).toBe(isQuotient ? value - reference : change)
        expect(changes.signs[at] === '.').toBe([signs[at], references.signs[at]].includes('.'))
        if (changes.signs[at] === '.') secret += 1
        if (changes.values[at] !== null) open += 1
      }),
    )
  }
  expect(Math.min(secret, open)).toBeGreaterThan(3)

  const { rows, cells } = await read<EvaluationAnswer>(`/api/evaluation?${asked}`)
  expect([cells, (await read<EvaluationSizeAnswer>(`/api/evaluation/size?${asked}`)).cells]).toEqual([9 * 2 * 2, 9 * 2 * 2])
  const arrow = tableFromIPC(new Uint8Array(await (await ask(`/api/evaluation?${asked}`, { accept: arrowMediaType })).arrayBuffer()))
  expect([...arrow.getChild('reference')!]).toEqual(rows.flatMap(({ compared }) => compared!.references.values))
  expect([...arrow.getChild('change')!]).toEqual(rows.flatMap(({ compared }) => compared!.changes.values))
  expect([...arrow.getChild('sign_change')!]).toEqual(rows.flatMap(({ compared }) => compared!.changes.signs))
  const csv = await (await ask(`/api/evaluation?${asked}`, { accept: 'text/csv' })).text()
  expect(csv.split('\r\n')[0]).toContain(';value;sign;against;reference;sign_reference;change;sign_change;')
  const pdf = await (await ask(`/api/evaluation?${asked}`, { accept: 'application/pdf' })).arrayBuffer()
  const { text } = await extractText(await getDocumentProxy(new Uint8Array(pdf)), { mergePages: true })
  for (const words of ['verglichen mit: Vorjahreszeitraum', 'Prozentpunkten', 'geheim, wo einer der beiden Werte es ist'])
    expect(text.replaceAll(/\s+/g, ' ')).toContain(words)
  expect((await ask(`/api/evaluation?${asked}`, { accept: xlsxMediaType })).status).toBe(200)
})

test('is a workbook and a PDF as well', async () => {
  for (const [accept, begins] of [
    [xlsxMediaType, 'PK'],
    ['application/pdf', '%PDF'],
  ] as const) {
    for (const path of [byRegion, '/api/evaluation?figures=payments&rows=service_kind,period&grain=quarter']) {
      const response = await ask(path, { accept, user: 'controlling.vg' })
      expect([path, response.status, response.headers.get('content-type')]).toEqual([path, 200, accept])
      expect(
        Buffer.from(await response.arrayBuffer())
          .toString('latin1')
          .startsWith(begins),
      ).toBe(true)
    }
  }
})

test('tells its size before, and by default the twelve months to the last complete one', async () => {
  const query = 'figures=case_count&rows=region&columns=period'
  const size = await read<EvaluationSizeAnswer>(`/api/evaluation/size?${query}`)
  expect(size).toEqual({
    cells: 9 * 13,
    most: 50_000,
    parts: [
      { dimension: 'period', count: 13 },
      { dimension: 'region', count: 9 },
    ],
  })
  const { columns, cells } = await read<EvaluationAnswer>(`/api/evaluation?${query}`)
  expect(cells).toBe(size.cells)
  expect(columns.map(({ key }) => key)).toEqual([
    '2025-10', '2025-11', '2025-12', '2026-01', '2026-02', '2026-03', '2026-04', '2026-05', '2026-06', '2026-07', '2026-08', '2026-09', null,
  ]) // prettier-ignore
})

/** Cases and values of a month as they are, from the cells themselves. */
const truthOf = async (month: string) => {
  const rows = (table: string) => `from ${table} where month = ${monthOf(month)}`
  const { directory } = await catalogue(portal.warehouse)
  const codes = [...directory.service_kinds.map(({ code }) => code), ...directory.specialisations.map(({ code }) => code), 'all']
  const names = `(select unnest([${[...codes, ...countedFigures].map((code) => `'${code}'`).join(', ')}]) as code)`
  const found = await portal.warehouse.ask((connection) =>
    connection.runAndReadAll(`
      with names as (from ${names} select code, hash(code) as key),
      cells as (from (${rows('marts.cell')} union all by name ${liftedCells(rows('marts.cell_appended'))})
        select measure, place, service_kind, specialisation, sum(value)::integer as value, sum(cases)::integer as cases group by all)
      select m.code as figure, place, k.code as kind, nullif(s.code, 'all') as specialisation, value, cases
      from cells join names m on m.key = measure join names k on k.key = service_kind join names s on s.key = specialisation
      where cases > 0`),
  )
  return found.getRowObjectsJson() as {
    figure: Counted
    place: number
    kind: string
    specialisation: string | null
    value: number
    cases: number
  }[]
}

test.each([
  ['politik', null],
  ['controlling.vg', '13075'],
])('%s can compute no number of one or two cases from all that is published', async (user, own) => {
  const { rows, kinds, months } = await askEverything((path) => read(path, user), { area: 'MV', from: '2026-08', to: '2026-09' })
  const places = new Map<number, string[]>(rows.map((id) => [placeNumber(id), [id]])).set(placeNumber('13'), rows)
  let attacked = 0
  for (const [month, told] of months) {
    const compute = attackerOn(told)
    const few = (await truthOf(month)).filter(({ cases, place }) => cases < 3 && places.has(place) && places.get(place)![0] !== own)
    for (const { figure, place, kind, specialisation, value } of spread(few, 4)) {
      const target = { figure, specialisation, rows: places.get(place)!, kinds: kind === 'all' ? kinds : [kind] }
      const { least, most } = compute(target)
      expect([month, target, value, least < most], `${least} to ${most}`).toEqual([month, target, value, true])
      attacked += 1
    }
  }
  expect(attacked).toBe(8)
})

/** As many of them, from all over. */
const spread = <Item>(items: Item[], count: number): Item[] =>
  items.filter((_, at) => Math.floor((at * count) / items.length) !== Math.floor(((at - 1) * count) / items.length))

test('a hidden month hides its quarter, its year and the averages of the year', async () => {
  let hiding = 0
  for (const user of ['politik', 'controlling.vg']) {
    for (const figure of countedFigures) {
      for (const kind of ['', '&service_kind=s34', '&service_kind=s35', '&service_kind=s19']) {
        const trend = await read<TrendAnswer>(`/api/trend?figure=${figure}&from=2025-01&to=2026-09${kind}`, user)
        const table = await read<ComparisonAnswer>(`/api/comparison?figure=${figure}&month=2026-09${kind}`, user)
        const [quarter, year] = await Promise.all(
          ['2026-Q3', '2025'].map((period) =>
            read<SideBySideAnswer>(`/api/side-by-side?figures=${figure}&period=${period}&against=previous${kind}`, user),
          ),
        )
        for (const [at, { signs }] of [...trend.rows, trend.total].entries()) {
          const hidden = (from: string, to: string) => trend.months.some((month, i) => from <= month && month <= to && signs[i] === '.')
          const row = table.rows[at] ?? table.total
          const held = ({ rows, columns }: SideBySideAnswer) => rows[at]?.cells[0] ?? columns[0]!.total
          for (const [of, value] of [
            [hidden('2026-01', '2026-09'), row.year_average],
            [hidden('2025-01', '2025-12'), row.previous_year_average],
            [hidden('2025-01', '2026-09'), row.change],
            [hidden('2026-07', '2026-09'), held(quarter!).value],
            [hidden('2026-04', '2026-06'), held(quarter!).reference],
            [hidden('2026-04', '2026-09'), held(quarter!).change],
            [hidden('2025-01', '2025-12'), held(year!).value],
          ] as const) {
            if (!of) continue
            expect([user, figure, kind, at, value]).toEqual([user, figure, kind, at, null])
            hiding += 1
          }
        }
      }
    }
  }
  expect(hiding).toBeGreaterThan(500)
})

describe('structures of a state', () => {
  const year = 'from=2025-01&to=2025-12&grain=year'
  const asked = [
    { rows: 'age_group,sex', figures: ['case_stock', 'cases_begun', 'cases_ended', 'dropouts'] },
    { rows: 'provider', figures: ['case_stock', 'cases_begun', 'cases_ended', 'dropouts'] },
    { rows: 'end_reason', figures: ['cases_ended'] },
  ]
  const atEnd = (user: string) =>
    read<EvaluationAnswer>('/api/evaluation?figures=case_stock&rows=period&columns=service_kind&from=2025-12&to=2025-12', user)

  test.each(['politik', 'controlling.vg'])(
    'make up what %s is told of the state anyway, and are exact where they are open',
    async (user) => {
      const flows = await read<EvaluationAnswer>(
        `/api/evaluation?figures=cases_begun,cases_ended,dropouts&rows=period&columns=service_kind&${year}`,
        user,
      )
      const stock = await atEnd(user)
      let [open, hidden] = [0, 0]
      for (const { rows, figures } of asked) {
        const table = await read<EvaluationAnswer>(
          `/api/evaluation?figures=${figures.join(',')}&rows=${rows}&columns=service_kind&${year}`,
          user,
        )
        const summe = table.rows.at(-1)!
        table.columns.forEach(({ key, figure }, at) => {
          const published = figure === 'case_stock' ? stock : flows
          const column = published.columns.findIndex((each) => each.key === key && each.figure === figure)
          const { values, signs } = published.rows[0]!
          expect([rows, key, figure, summe.values[at], summe.signs[at]]).toEqual([rows, key, figure, values[column], signs[column]])
          const cells = table.rows.filter(({ keys }) => keys.every((each) => each !== null)).map((row) => row.values[at])
          hidden += cells.filter((value) => value === null).length
          if (cells.includes(null)) return
          open += 1
          expect(cells.reduce<number>((sum, value) => sum + value!, 0)).toBe(values[column])
        })
      }
      expect(Math.min(open, hidden)).toBeGreaterThan(3)
    },
  )

  test.each([
    ['politik', null],
    ['controlling.vg', '13075'],
  ])('%s can compute no number of one or two cases from them and all that is published of regions', async (user, own) => {
    const countOf = await countsOf(portal.warehouse, { ags: '13', year: 2025 })
    const year = await askYear(
      (path) => read(path, user),
      { area: 'MV', year: 2025 },
      (target) => countOf(target).bookings,
    )
    const othersOf = (target: Target) => countOf(target, own).bookings
    const ownOf = (target: Target) => (own === null ? 0 : countOf(target).bookings - othersOf(target))
    const few = year.told.filter((target) => {
      const { cases } = countOf(target, own)
      return cases > 0 && cases < 3
    })
    expect(few.filter(({ value }) => value !== null)).toEqual([])
    const targets = (['region', 'age_sex', 'provider', 'end_reason'] as const).flatMap((axis) =>
      spread(
        few.filter((target) => target.axis === axis),
        4,
      ),
    )
    expect(targets).toHaveLength(4 * 4)
    expect(await computedOf(targets, year, { own, ownOf, othersOf })).toEqual([])
  })

  test('of a running year have the stock of the last complete month and no flows yet', async () => {
    const { rows, figures } = await read<EvaluationAnswer>(
      '/api/evaluation?figures=case_stock,cases_begun&rows=age_group&columns=period&from=2025-01&to=2026-10&grain=year&totals=no',
    )
    expect(figures.map(({ totals }) => totals)).toEqual(['last', 'sum'])
    expect(rows.map(({ keys }) => keys[0])).toContain('a10_15')
    for (const { signs } of rows) expect(signs.slice(2)).toEqual([expect.not.stringMatching('…'), '…'])
  })

  test('are the same in every form, with their names', async () => {
    const path = `/api/evaluation?figures=cases_begun&rows=age_group&columns=sex&${year}`
    const csv = await (await ask(path, { accept: 'text/csv' })).text()
    expect(csv).toMatch(/\r\na10_15;10 bis unter 15 Jahre;w;weiblich;cases_begun;cases;/)
    for (const accept of [xlsxMediaType, 'application/pdf', arrowMediaType]) expect((await ask(path, { accept })).status).toBe(200)
  })

  test('chosen alone are the slice of the table that tells them apart, for politics and for controllers', async () => {
    const tables: [string, string][] = [
      ['age_group', 'case_stock,cases_begun'],
      ['sex', 'case_stock,dropouts'],
      ['provider', 'case_stock,cases_ended'],
      ['end_reason', 'cases_ended'],
    ]
    let [open, hidden] = [0, 0]
    for (const user of ['politik', 'controlling.vg']) {
      for (const [name, figures] of tables) {
        const query = `figures=${figures}&columns=period&from=2024-01&to=2026-10&grain=year&against=previous`
        const table = await read<EvaluationAnswer>(`/api/evaluation?rows=${name},service_kind&${query}`, user)
        for (const { key, label } of table.members[name as 'sex']!.slice(0, 5)) {
          const alone = await read<EvaluationAnswer>(`/api/evaluation?rows=service_kind&${name}=${key}&${query}`, user)
          const slice = table.rows.flatMap(({ keys: [outer, ...keys], ...row }) => (outer === key ? [{ ...row, keys }] : []))
          expect(alone.rows).toEqual(slice)
          expect([alone[name as 'sex'], alone.figures]).toEqual([key, table.figures])
          expect(alone.members[name as 'sex']).toEqual([expect.objectContaining({ key, label })])
          open += slice.flatMap(({ values }) => values).filter((value) => value !== null && value > 0).length
          hidden += slice.flatMap(({ signs }) => signs).filter((sign) => sign === '.').length
        }
      }
    }
    expect(Math.min(open, hidden)).toBeGreaterThan(100)
  })

  test('chosen alone are named in every form, and listed where they can be chosen', async () => {
    const { providers } = await read<ProvidersAnswer>('/api/evaluation/providers?area=MV')
    const { members } = await read<EvaluationAnswer>(`/api/evaluation?figures=cases_begun&rows=provider&${year}`)
    const known = new Map(providers.map(({ code, label }) => [code, label]))
    expect(members.provider!.length).toBeGreaterThan(3)
    for (const { key, label } of members.provider!) expect(known.get(key)).toBe(label)
    const { sexes, age_groups, end_reasons } = await read<KeyFiguresAnswer>('/api/key-figures')
    expect([sexes.length, age_groups.length, end_reasons.length]).toEqual([3, 8, 7])

    const { key, label } = members.provider!.find(({ key: code }) => code !== 'none')!
    const path = `/api/evaluation?figures=cases_begun&rows=service_kind&provider=${key}&${year}`
    const csv = (await (await ask(path, { accept: 'text/csv' })).text()).replace('\uFEFF', '').split('\r\n')
    expect(csv[0]).toMatch(/;specialisation;provider;provider_name;from;/)
    expect(csv[1]).toContain(`;${key};`)
    const arrow = tableFromIPC(new Uint8Array(await (await ask(path, { accept: arrowMediaType })).arrayBuffer()))
    expect(new Set(arrow.getChild('provider_name')!)).toEqual(new Set([label]))
    const pdf = await (await ask(path, { accept: 'application/pdf' })).arrayBuffer()
    const { text } = await extractText(await getDocumentProxy(new Uint8Array(pdf)), { mergePages: true })
    expect(text.replaceAll(/\s+/g, ' ')).toContain(`Anbieter „${label}“`)
    const { sheets } = readXlsx(new Uint8Array(await (await ask(path, { accept: xlsxMediaType })).arrayBuffer()))
    const texts = Object.values(sheets).flatMap((sheet) => Object.values(sheet).map(({ value }) => String(value)))
    expect(texts).toContain(label)
  })

  const start = `/api/evaluation?figures=cases_ended&${year}`
  test.each([
    [`${start}&rows=age_group,provider`, 'rows', 'Nach Alter und Anbieter zusammen gibt es keine Zahlen'],
    [`${start}&rows=sex&columns=end_reason`, 'rows', 'Bitte eines weglassen'],
    [`${start}&rows=provider,region`, 'rows', 'nur für ein Land insgesamt'],
    [`${start}&rows=age_group&columns=group`, 'columns', 'nur für ein Land insgesamt'],
    [`${start}&rows=age_group&area=de`, 'area', 'Bitte ein Land wählen'],
    [`${start}&rows=age_group&area=XX`, 'area', 'Gebiet'],
    [`${start}&rows=age_group&specialisation=trauma`, 'specialisation', 'alle Spezialisierungen'],
    [`${start}&rows=provider&columns=specialisation`, 'columns', 'alle Spezialisierungen'],
    ['/api/evaluation?figures=cases_ended&rows=age_group', 'grain', 'nur je Jahr'],
    [
      '/api/evaluation?figures=case_count&rows=sex&grain=year',
      'figures',
      'Bestand am Monatsende, Begonnene Hilfen, Beendete Hilfen, Abbrüche',
    ],
    ['/api/evaluation?figures=dropouts&rows=end_reason&grain=year', 'figures', 'nur diese Kennzahlen: Beendete Hilfen'],
    [`${start}&rows=sex&sex=w`, 'sex', 'Geschlecht steht schon in den Zeilen oder Spalten'],
    [`${start}&rows=period&columns=provider&provider=none`, 'provider', 'Anbieter steht schon in den Zeilen oder Spalten'],
    [`${start}&rows=sex&end_reason=10`, 'end_reason', 'Bitte eines weglassen'],
    [`${start}&rows=period&age_group=u3&sex=w&provider=none`, 'provider', 'Bitte eines weglassen'],
    [`${start}&rows=region&sex=w`, 'rows', 'nur für ein Land insgesamt'],
    [`${start}&rows=period&sex=w&area=de`, 'area', 'Bitte ein Land wählen'],
    [`${start}&rows=period&columns=specialisation&sex=w`, 'columns', 'alle Spezialisierungen'],
    ['/api/evaluation?figures=cases_ended&rows=period&sex=w', 'grain', 'nur je Jahr'],
    ['/api/evaluation?figures=payments&rows=period&sex=w&grain=year', 'figures', 'Nach Geschlecht gibt es nur diese Kennzahlen'],
    [`${start}&rows=period&sex=x`, 'sex', 'Dieses Geschlecht gibt es nicht'],
    [`${start}&rows=period&age_group=old`, 'age_group', 'Diese Altersgruppe gibt es nicht'],
    [`${start}&rows=period&end_reason=99`, 'end_reason', 'Diesen Grund der Beendigung gibt es nicht'],
    [`${start}&rows=period&provider=nobody`, 'provider', 'Diesen Anbieter gibt es in diesem Land nicht'],
    ['/api/evaluation/providers?area=XX', 'area', 'Dieses Gebiet gibt es nicht'],
  ])('%s is refused with what to do', async (path, field, words) => {
    const response = await ask(path)
    const { details, title } = (await response.json()) as Problem
    expect([response.status, details[0]?.field]).toEqual([400, field])
    expect(`${title} ${details[0]!.message}`).toContain(words)
  })
})

describe('bad input gets a clear message that names the field', () => {
  const start = '/api/evaluation?figures=case_count&rows=region'
  const cases: [string, string][] = [
    ['/api/evaluation', 'figures'],
    ['/api/evaluation?figures=case_count', 'rows'],
    ['/api/evaluation?figures=unknown&rows=region', 'figures'],
    ['/api/evaluation?figures=&rows=region', 'figures'],
    ['/api/evaluation?figures=case_count,case_count&rows=region', 'figures'],
    ['/api/evaluation?figures=case_count,case_stock,cases_begun,cases_ended,dropouts,payments,budget&rows=region', 'figures'],
    ['/api/evaluation?figures=case_count&rows=colour', 'rows'],
    ['/api/evaluation?figures=case_count&rows=region,region', 'rows'],
    ['/api/evaluation?figures=case_count&rows=region,period,service_kind', 'rows'],
    ['/api/evaluation?figures=case_count&rows=region,state', 'rows'],
    [`${start}&columns=region`, 'columns'],
    [`${start}&columns=state`, 'columns'],
    [`${start}&columns=colour`, 'columns'],
    [`${start}&area=XX`, 'area'],
    [`${start}&service_kinds=s34,s99`, 'service_kinds'],
    [`${start}&service_kinds=s34,s34`, 'service_kinds'],
    [`${start}&service_kinds=${encodeURIComponent("s34' or '1'='1")}`, 'service_kinds'],
    [`${start}&specialisation=unknown`, 'specialisation'],
    [`${start}&from=2026-13`, 'from'],
    [`${start}&from=1999-01`, 'from'],
    [`${start}&from=2026-05&to=2026-04`, 'from'],
    [`${start}&from=2010-01`, 'from'],
    [`${start}&to=2026-11`, 'to'],
    [`${start}&grain=week`, 'grain'],
    [`${start}&totals=maybe`, 'totals'],
    [`${start}&against=median`, 'against'],
    [`${start}&sort=region`, 'sort'],
  ]
  test.each(cases)('%s', async (path, field) => {
    for (const asked of [path, path.replace('/evaluation', '/evaluation/size')]) {
      const response = await ask(asked)
      const problem = (await response.json()) as Problem
      expect([response.status, response.headers.get('content-type')]).toEqual([400, 'application/problem+json'])
      expect(problem.details.map((detail) => detail.field)).toContain(field)
      expect(JSON.stringify(problem)).not.toMatch(/or '1'|select |Invalid|expected/)
    }
  })

  test('too many cells are refused before anything is read, with what to narrow', async () => {
    const query = 'figures=case_count,payments&rows=region,period&columns=service_kind&area=de&from=2024-01'
    const response = await ask(`/api/evaluation?${query}`)
    const problem = (await response.json()) as Problem
    expect([response.status, problem.code]).toEqual([400, 'too_many_cells'])
    expect(problem.title).toMatch(/^Die Auswertung hätte [\d.]+ Werte, möglich sind 50\.000\./)
    expect(problem.details[0]).toEqual({ field: 'area', message: '402 örtliche Träger: bitte ein kleineres Gebiet wählen.' })
    expect(problem.details.map(({ field }) => field).sort()).toEqual(['area', 'from', 'service_kinds'])
    expect((await read<EvaluationSizeAnswer>(`/api/evaluation/size?${query}`)).cells).toBeGreaterThan(50_000)
  })
})

describe('comparison groups', () => {
  const groups = async () => (await read<KeyFiguresAnswer>('/api/key-figures')).groups
  const send = (user: string, method: string, path: string, body?: object) =>
    fetch(`${portal.url}/service/${path}`, {
      method,
      headers: { cookie: cookies[user]!, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    })
  const refused = async (path: string) => {
    const response = await ask(path)
    return [response.status, ((await response.json()) as Problem).details.map(({ field }) => field)]
  }

  test('stand for an area, with the rows of their members and a Summe only where all are shown', async () => {
    const rural = (await groups()).find(({ name }) => name === 'Landkreise')!
    let [hidden, shown] = [0, 0]
    for (const figure of ['case_count', 'dropouts', 'payments', 'away_bookings']) {
      for (const kind of ['', '&service_kind=s34', '&service_kind=s35', '&service_kind=s19']) {
        const view = `figure=${figure}&month=2026-09${kind}`
        const all = await read<ComparisonAnswer>(`/api/comparison?${view}`)
        const some = await read<ComparisonAnswer>(`/api/comparison?${view}&area=${rural.code}`)
        expect(some.rows).toEqual(all.rows.filter(({ id }) => rural.members.includes(id)))
        const values = some.rows.map(({ current }) => current)
        const sum = values.includes(null) ? null : values.reduce<number>((total, value) => total + value!, 0)
        expect([some.total.current, some.total.signs.current]).toEqual([sum, sum === null ? '.' : undefined])
        if (sum === null) hidden += 1
        else shown += 1
      }
    }
    expect(Math.min(hidden, shown)).toBeGreaterThan(0)
  })

  test('are what figures are held against, and stand in rows and files of evaluations', async () => {
    const large = (await groups()).find(({ name }) => name.startsWith('40.000'))!
    const path = `/api/side-by-side?figures=case_count,payments&period=2026-Q3&against=group_median&group=${large.code}`
    const { columns, rows, group } = await read<SideBySideAnswer>(path)
    expect(group).toBe(large.code)
    columns.forEach((_, at) => {
      const members = rows.filter(({ id }) => large.members.includes(id)).map(({ cells }) => cells[at]!.value!)
      const [, median] = members.toSorted((a, b) => a - b)
      for (const { cells } of rows) expect(cells[at]).toMatchObject({ reference: median, change: cells[at]!.value! / median! - 1 })
    })
    const query = '/api/evaluation?figures=case_count&rows=group,region&from=2026-07&to=2026-09'
    const table = await read<EvaluationAnswer>(query)
    expect(table.members.group!.map(({ label }) => label)).toContain('Stadt und Land: Landkreise')
    const within = table.rows.flatMap(({ keys }) => (keys[0] === large.code ? [keys[1]!] : []))
    expect([within.slice(0, -1).toSorted(), within.at(-1)]).toEqual([large.members.toSorted(), null])
    for (const accept of ['application/pdf', xlsxMediaType, 'text/csv'])
      for (const url of [query, path, `/api/comparison?figure=case_count&month=2026-09&area=${large.code}`])
        expect([url, accept, (await ask(url, { accept })).status]).toEqual([url, accept, 200])
  })

  test('that are missing or stand twice are refused by name', async () => {
    expect(await refused('/api/comparison?figure=case_count&area=g999999')).toEqual([400, ['area']])
    expect(await refused('/api/evaluation?figures=case_count&rows=region&area=g999999')).toEqual([400, ['area']])
    expect(await refused('/api/side-by-side?figures=case_count&against=group_median')).toEqual([400, ['group']])
    expect(await refused('/api/side-by-side?figures=case_count&against=group_median&group=MV')).toEqual([400, ['group']])
    expect(await refused('/api/evaluation?figures=case_count&rows=region,group')).toEqual([400, ['rows']])
    expect(await refused('/api/evaluation?figures=case_count&rows=state,group')).toEqual([400, ['rows']])
    expect(await refused('/api/evaluation?figures=case_count&rows=group&columns=region')).toEqual([400, ['columns']])
  })

  test('deleted ones leave published numbers as they were, and everything else says that they are gone', async () => {
    const towns = (await groups()).find(({ name }) => name === 'kreisfreie Städte')!
    const view = { figure: 'case_count', month: '2026-09', area: towns.code }
    const published = (await (await send('politik', 'POST', 'published-views', { title: 'Städte', view })).json()) as { id: string }
    const url = `/api/comparison?${new URLSearchParams({ ...view, as_of: published.id })}`
    const before = await read<ComparisonAnswer>(url)
    expect((await send('admin', 'DELETE', `comparison-groups/${towns.code.slice(1)}`)).status).toBe(204)
    await expect.poll(async () => (await groups()).map(({ code }) => code)).not.toContain(towns.code)
    expect(await read<ComparisonAnswer>(url)).toEqual(before)
    const file = await (await ask(url, { accept: 'application/pdf' })).arrayBuffer()
    const { text } = await extractText(await getDocumentProxy(new Uint8Array(file)), { mergePages: true })
    expect(text).toContain('Frühere Vergleichsgruppe')
    expect(await refused(`/api/comparison?${new URLSearchParams(view)}`)).toEqual([400, ['area']])
  })
})

test('exists for those who evaluate or are shown evaluations, and for nobody else', async () => {
  for (const [user, status] of [
    ['controlling.vg', 200],
    ['fall.vg', 200],
    ['finanzen.vg', 200],
    ['anbieter.1', 404],
    ['landesjugendamt', 404],
    ['admin', 404],
  ] as const)
    expect([user, (await ask(byRegion, { user })).status]).toEqual([user, status])
  expect((await fetch(portal.url + byRegion)).status).toBe(401)
})

test('the short question the overview asks for the total of a pinned evaluation has just that total, for each reader', async () => {
  const asked = [
    { figures: 'case_count,payments', rows: 'region', columns: 'period', from: '2025-11', to: '2026-06' },
    { figures: 'payments', rows: 'form,service_kind', columns: 'period', grain: 'quarter', from: '2025-02', to: '2026-06' },
    { figures: 'dropout_rate', rows: 'region', columns: 'service_kind', service_kinds: 's34,s31', from: '2026-01', to: '2026-06' },
    { figures: 'rate_median', rows: 'region', columns: 'specialisation', service_kinds: 's34', from: '2026-03', to: '2026-06' },
    { figures: 'case_density', rows: 'group,region', columns: 'form', from: '2026-01', to: '2026-03' },
    { figures: 'budget_share_paid', rows: 'region', columns: 'period', from: '2026-01', to: '2026-06' },
    { figures: 'cases_begun', rows: 'service_kind', columns: 'age_group', grain: 'year', from: '2025-01', to: '2025-12' },
    { figures: 'cases_ended', rows: 'service_kind', sex: 'w', grain: 'year', from: '2024-01', to: '2025-12' },
    { figures: 'dropouts', rows: 'region', service_kinds: 's35', from: '2026-05', to: '2026-06' },
  ]
  const totals: (number | null)[] = []
  for (const definition of asked) {
    for (const user of ['politik', 'controlling.vg']) {
      const totalIn = async (question: Record<string, string | undefined>) => {
        const given = Object.entries(question).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]))
        const { columns, rows } = await read<EvaluationAnswer>(`/api/evaluation?${new URLSearchParams(given).toString()}`, user)
        const at = columns.findIndex(({ key, figure }) => key === null && figure === question['figures']!.split(',')[0])
        const row = rows.find(({ keys }) => keys.every((key) => key === null))!
        return [row.values[at], row.signs[at]]
      }
      const whole = await totalIn(definition)
      expect([definition, user, await totalIn(totalDefinition(definition))]).toEqual([definition, user, whole])
      totals.push(whole[0] as number | null)
    }
  }
  expect(totals.filter((total) => total !== null).length).toBeGreaterThan(10)
})
