import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { tableFromIPC } from 'apache-arrow'
import type { ComparisonAnswer, DistributionAnswer, ProviderRankingAnswer, SideBySideAnswer, TrendAnswer } from './answers.ts'
import { arrowMediaType, parquetMediaType, xlsxMediaType } from './export.ts'
import { startPortal, type TestPortal } from './portal.fixture.ts'
import { columnNames } from './report/comparison.ts'
import { changeFormat, figureFormat, numberText, shortMonthText } from './report/format.ts'
import { collisionsIn, linesOf, readPdf, readPdfText, readXlsx } from './report/read.fixture.ts'

let portal: TestPortal
let politics: Ask
let controlling: Ask
type Ask = (path: string, accept?: string) => Promise<Response>

const signIn = async (user_name: string): Promise<Ask> => {
  const headers = { 'content-type': 'application/json' }
  const body = JSON.stringify({ state: 'MV', user_name, password: 'sojus-demo', pledge: true })
  const response = await fetch(`${portal.url}/api/session`, { method: 'POST', headers, body })
  const cookie = response.headers.get('set-cookie')!.split(';')[0]!
  return (url, accept = 'application/json') => fetch(portal.url + url, { headers: { cookie, accept } })
}

const json = async <Answer>(ask: Ask, url: string) => (await (await ask(url)).json()) as Answer
const file = async (ask: Ask, url: string, accept: string) => {
  const response = await ask(url, accept)
  expect([url, response.status, response.headers.get('content-type')]).toEqual([url, 200, accept])
  return { bytes: new Uint8Array(await response.arrayBuffer()), name: response.headers.get('content-disposition') }
}

beforeAll(async () => {
  portal = await startPortal({ demonstration: 0.25 })
  ;[politics, controlling] = await Promise.all([signIn('politik'), signIn('controlling.vg')])
})
afterAll(() => portal.stop())

const parquetRows = async (bytes: Uint8Array) => {
  const folder = await mkdtemp(path.join(tmpdir(), 'sojus-read-'))
  const instance = await DuckDBInstance.create(':memory:')
  try {
    await writeFile(path.join(folder, 'read.parquet'), bytes)
    const connection = await instance.connect()
    const read = await connection.runAndReadAll(`select * from '${path.join(folder, 'read.parquet')}'`)
    const types = read.columnTypes().map(String)
    return { rows: read.getRowObjectsJS(), names: read.columnNames(), types }
  } finally {
    instance.closeSync()
    await rm(folder, { recursive: true })
  }
}

const everyRow = ({ rows, total, weighted_average }: ComparisonAnswer) => [
  ...rows.map((row) => ({ ...row, kind: 'region' })),
  { ...total, region: '', name: 'Summe', kind: 'total' },
  { ...weighted_average, cases: null, region: '', name: 'EW-gewichteter Durchschnitt', kind: 'average' },
]
const averaged = (kind: string, column: string) => kind === 'average' || column.endsWith('year_average')

const views = [
  'figure=case_count&service_kind=s34&month=2026-09',
  'figure=payments&month=2026-10',
  'figure=dropout_rate&month=2026-09',
  'figure=rate_median&service_kind=s31&month=2026-09',
  'figure=budget&specialisation=traumapaedagogik&month=2026-09',
  'figure=case_density&area=de&month=2026-09',
]

describe.each(views)('%s', (view) => {
  const url = `/api/comparison?${view}`

  test('is the same in Parquet as in Arrow, with its types', async () => {
    const parquet = await file(politics, url, parquetMediaType)
    const arrow = tableFromIPC((await file(politics, url, arrowMediaType)).bytes)
    const { rows, names, types } = await parquetRows(parquet.bytes)
    expect(names).toEqual(arrow.schema.fields.map(({ name }) => name))
    expect(types).toEqual(arrow.schema.fields.map(({ type }) => (String(type) === 'Utf8' ? 'VARCHAR' : 'DOUBLE')))
    // another commit or heartbeat may have come in between
    const timeless = (row: Record<string, unknown>) => ({ ...row, data_as_of: null })
    expect(rows.map(timeless)).toEqual(arrow.toArray().map((row) => timeless(row.toJSON())))
    expect(parquet.name).toMatch(/^attachment; filename="[a-z_]+_2026-\d\d_(mv|de)\.parquet"$/)
  })

  test('is the same as a workbook: real numbers, signs as text', async () => {
    const answer = await json<ComparisonAnswer>(politics, url)
    const { bytes, name } = await file(politics, url, xlsxMediaType)
    expect(name).toMatch(/\.xlsx"$/)
    const { sheets } = readXlsx(bytes)
    expect(Object.keys(sheets)).toEqual(['Vergleich', 'Definition', 'Verlauf'])
    const cents = answer.unit.startsWith('cents')
    const expected = everyRow(answer).map((row) => [
      row.region,
      row.name,
      ...columnNames.map((column) =>
        row[column] === null ? row.signs[column] : cents && column !== 'change' ? row[column] / 100 : row[column],
      ),
    ])
    const lines = linesOf(sheets['Vergleich']!, 7)
    const first = lines.findIndex(([head]) => head === 'Kürzel')
    expect(lines[first]!.slice(2)).toEqual([
      'Aktueller Monat',
      'Vormonat',
      'Monatsdurchschnitt im Jahr',
      'Monatsdurchschnitt im Vorjahr',
      'Veränderung in\u00a0%',
    ])
    expect(lines.slice(first + 2, first + 2 + expected.length)).toEqual(expected)
    // nothing else is a number
    expect(Object.values(sheets['Vergleich']!).filter(({ value }) => typeof value === 'number')).toHaveLength(
      expected.flat().filter((value) => typeof value === 'number').length,
    )
    const trend = await json<TrendAnswer>(politics, `${url.replace('comparison', 'trend').replace('month=', 'from=2025-01&to=')}`)
    const months = linesOf(sheets['Verlauf']!, 2 + trend.months.length)
    const head = months.findIndex(([text]) => text === 'Kürzel')
    expect(months.slice(head + 2, head + 4 + trend.rows.length).map((line) => line.slice(2))).toEqual(
      [...trend.rows, trend.total, trend.weighted_average].map(({ values, signs }) =>
        values.map((value, i) => (value === null ? signs[i] : cents ? value / 100 : value)),
      ),
    )
  })

  test('is the same as a PDF, told by its tags', async () => {
    const answer = await json<ComparisonAnswer>(politics, url)
    const { bytes } = await file(politics, url, 'application/pdf')
    const { tables, pages, title, language, roles } = await readPdf(bytes)
    const texts = everyRow(answer).map((row) => [
      row.region,
      row.name,
      ...columnNames.map((column) => {
        const value = row[column]
        if (value === null) return row.signs[column]
        return numberText(value, column === 'change' ? changeFormat : figureFormat(answer, averaged(row.kind, column)))
      }),
    ])
    const shown = tables.flat().filter((row) => row.length === 7)
    expect(shown[0]!.slice(0, 2)).toEqual(['Kürzel', 'Örtlicher Träger'])
    expect(shown.slice(1).map((row) => row.map((text) => text.replace(/^\((.*)\)$/, '$1')))).toEqual(texts)
    expect([title, language]).toEqual([expect.stringMatching(/im (September|Oktober) 2026$/), 'de-DE'])
    expect([...roles]).toEqual(expect.arrayContaining(['H1', 'H2', 'P', 'Table', 'TR', 'TH', 'TD', 'Figure']))
    pages.forEach((page, index) => {
      expect(page).toContain(`Seite ${index + 1} von ${pages.length}`)
      expect(page).toMatch(/Stand \d\d\.\d\d\.\d{4}, \d\d:\d\d:\d\d/)
    })
    expect(pages[0]).toContain(`${portal.url}/basics/schnellauswertung/ueberoertliche-kennzahlen?figure=${answer.figure}`)
  })
})

test('what is secret for politics is nowhere in its files, though the own controllers see it', async () => {
  const secrets: { url: string; column: (typeof columnNames)[number]; row: number }[] = []
  for (const figure of ['case_count', 'cases_ended', 'payments']) {
    for (const kind of ['s29', 's30', 's31', 's32', 's34', 's35']) {
      const url = `/api/comparison?figure=${figure}&service_kind=${kind}&month=2026-09`
      const [open, controlled] = await Promise.all([json<ComparisonAnswer>(controlling, url), json<ComparisonAnswer>(politics, url)])
      for (const [row, { signs }] of controlled.rows.entries())
        for (const column of columnNames) if (signs[column] === '.' && open.rows[row]![column] !== null) secrets.push({ url, column, row })
    }
  }
  expect(secrets.length).toBeGreaterThan(0)
  for (const { url, column, row } of secrets.slice(0, 12)) {
    const [{ sheets }, { tables, pages }, own] = await Promise.all([
      file(politics, url, xlsxMediaType).then(({ bytes }) => readXlsx(bytes)),
      file(politics, url, 'application/pdf').then(({ bytes }) => readPdf(bytes)),
      file(controlling, url, 'application/pdf').then(({ bytes }) => readPdf(bytes)),
    ])
    const at = columnNames.indexOf(column)
    const lines = linesOf(sheets['Vergleich']!, 7)
    expect(lines[lines.findIndex(([head]) => head === 'Kürzel') + 2 + row]![2 + at]).toBe('.')
    expect(tables[0]![1 + row]![2 + at]).toBe('.')
    expect(own.tables[0]![1 + row]![2 + at]).not.toBe('.')
    expect(pages[0]).toContain('Werte aus zu wenigen Fällen sind geheim gehalten')
    expect(own.pages[0]).toContain('Nur für das Jugendamt Vorpommern-Greifswald')
  }
})

const density = '/api/comparison?figure=case_density&month=2026-09'
test.each([
  { chart: 'trend', url: density, kind: 'Verlauf', texts: ['gew. Durchschnitt', 'VG', '2025'] },
  { chart: 'map', url: density, kind: 'Karte', texts: ['© GeoBasis-DE / BKG 2019, dl-de/by-2-0, Daten verändert', 'LUP'] },
  { chart: 'dots', url: density, kind: 'Rangfolge', texts: ['Median', 'EW-Ø', '95-%-Intervall'] },
  {
    chart: 'distribution',
    url: '/api/comparison?figure=rate_median&service_kind=s34&month=2026-09',
    kind: 'Verteilung',
    texts: ['Anteil der Buchungen, vom niedrigsten Entgelt an'],
  },
  {
    chart: 'funnel',
    url: '/api/comparison?figure=dropout_rate&month=2026-09',
    kind: 'Trichter',
    texts: ['Fälle hinter dem Wert', '95-%-Grenzen'],
  },
  { chart: 'multiples', url: density, kind: 'Verläufe', texts: ['Alle auf derselben Skala', 'MSE'] },
  {
    chart: 'age_sex',
    url: '/api/comparison?figure=case_stock&month=2026-09',
    kind: 'Alter und Geschlecht',
    texts: ['weiblich', 'männlich'],
  },
])('the PDF of a comparison holds the drawing looked at: $chart', async ({ chart, url, kind, texts }) => {
  const { bytes } = await file(politics, `${url}&chart=${chart}&region=13075`, 'application/pdf')
  const { pages, alts } = await readPdf(bytes)
  expect(pages[0]).toContain(`chart=${chart}`)
  expect(pages[0]).toContain('region=13075')
  for (const text of texts) expect(pages[1]).toContain(text)
  expect(alts.filter((alt) => alt.startsWith(`${kind}: `))).toHaveLength(1)
  // shapes and texts, not their picture
  expect(Buffer.from(bytes).includes('/Subtype /Image')).toBe(false)
})

test('a drawing that makes no sense is told on the cover, and the report comes without it', async () => {
  const { bytes } = await file(politics, '/api/comparison?figure=case_count&month=2026-09&chart=map', 'application/pdf')
  const { pages, alts } = await readPdf(bytes)
  expect(pages[0]).toContain('Karte: Anzahlen und Beträge stehen nicht auf der Karte')
  expect(alts.filter((alt) => alt.startsWith('Karte'))).toEqual([])
  expect((await politics('/api/comparison?figure=case_count&chart=pie', 'application/pdf')).status).toBe(400)
})

test('the PDF of an evaluation holds its drawing: the usual one, or the one chosen', async () => {
  const url = '/api/evaluation?figures=case_density&rows=region&from=2025-01&to=2025-12'
  const told = async (chart: string) =>
    (await readPdf((await file(politics, url + chart, 'application/pdf')).bytes)).alts.map((alt) => alt.split(':')[0])
  expect(await told('')).toEqual(['Punkte'])
  expect(await told('&chart=map')).toEqual(['Karte'])
  expect(await told('&columns=period&grain=quarter')).toEqual(['Linien'])
})

test('a ranking comes as a workbook and as a PDF as well', async () => {
  const url = '/api/rankings/providers?service_kind=s34&month=2026-09'
  const { rows } = await json<ProviderRankingAnswer>(politics, url)
  expect(rows.length).toBeGreaterThan(0)
  const { sheets } = readXlsx((await file(politics, url, xlsxMediaType)).bytes)
  expect(Object.keys(sheets)).toEqual(['Trägerranking', 'Definition'])
  const lines = linesOf(sheets['Trägerranking']!, 12)
  const first = lines.findIndex(([head]) => head === 'Anbieter') + 2
  const missing = (cases: number | null) => (cases === null ? '.' : '–')
  expect(lines.slice(first, first + rows.length).map((line) => [line[0], ...line.slice(2)])).toEqual(
    rows.map((row) => [
      row.name,
      row.rank ?? '–',
      row.score ?? 'x',
      row.structure ?? missing(row.rated_cases),
      row.process ?? missing(row.rated_cases),
      row.duration_ratio ?? missing(row.ended_cases),
      row.duration_grade ?? missing(row.ended_cases),
      row.costs_ratio ?? missing(row.ended_cases),
      row.costs_grade ?? missing(row.ended_cases),
      row.rated_cases ?? '.',
      row.ended_cases ?? '.',
    ]),
  )
  const { tables } = await readPdf((await file(politics, url, 'application/pdf')).bytes)
  expect(
    tables
      .flat()
      .slice(1)
      .map(([name]) => name),
  ).toEqual(rows.map(({ name }) => name))
  const { rows: parquet } = await parquetRows((await file(politics, url, parquetMediaType)).bytes)
  expect(parquet.map(({ score }) => score)).toEqual(rows.map(({ score }) => score))
})

test('key figures side by side come as a workbook and as a PDF as well', async () => {
  const url = '/api/side-by-side?figures=case_count,payments,dropout_rate&period=2026-Q3'
  const { rows, columns } = await json<SideBySideAnswer>(politics, url)
  const { sheets } = readXlsx((await file(politics, url, xlsxMediaType)).bytes)
  const lines = linesOf(sheets['Nebeneinander']!, 14)
  const first = lines.findIndex(([head]) => head === 'Kürzel') + 2
  expect(lines[first - 2]!.filter((_, at) => at > 3 && at % 4 === 0)).toEqual([
    'Veränderung in\u00a0%',
    'Veränderung in\u00a0%',
    'Veränderung relativ in\u00a0%',
  ])
  const rankOf = ({ value, rank_from, rank_to }: (typeof rows)[number]['cells'][number]) =>
    value === null ? '–' : rank_from === null ? 'x' : rank_from === rank_to ? rank_from : `${rank_from}–${rank_to}`
  const divisor = (figure: number) => (figure === 1 ? 100 : 1)
  expect(lines.slice(first, first + rows.length)).toEqual(
    rows.map(({ region, name, cells }) => [
      region,
      name,
      ...cells.flatMap((cell, figure) => {
        const { value, reference, change, signs } = cell
        return [
          value === null ? signs.value : value / divisor(figure),
          reference === null ? signs.reference : reference / divisor(figure),
          change ?? signs.change,
          rankOf(cell),
        ]
      }),
    ]),
  )
  expect(rows.flatMap(({ cells }) => cells.map(rankOf)).some((rank) => /^\d–\d$/.test(String(rank)))).toBe(true)
  const below = lines.slice(first + rows.length + 2, first + rows.length + 6)
  const spread = (figure: number) => columns[figure]!.spread!
  expect(below.map(([, name, cases, , , , money]) => [name, cases, money])).toEqual([
    ['Minimum', spread(0).lowest, spread(1).lowest / 100],
    ['Median', spread(0).median, spread(1).median / 100],
    ['Maximum', spread(0).highest, spread(1).highest / 100],
    ['Variationskoeffizient in\u00a0%', spread(0).variation, spread(1).variation],
  ])
  const { tables } = await readPdf((await file(politics, url, 'application/pdf')).bytes)
  expect(tables.map(([head]) => (head!.length - 2) % 4)).toEqual(tables.map(() => 0))
  expect(tables[0]!.slice(1).map(([region]) => region)).toEqual([...rows.map(({ region }) => region), '', '', '', '', '', ''])
  expect(tables[0]!.slice(1, 1 + rows.length).map((row) => row[5])).toEqual(rows.map(({ cells }) => String(rankOf(cells[0]!))))

  const parquet = (await parquetRows((await file(politics, url, parquetMediaType)).bytes)).rows
  const told = (kind: string) => parquet.filter(({ row_kind, figure }) => row_kind === kind && figure === 'case_count')
  expect(told('region').map(({ value, rank_from, rank_to }) => [value, rank_from, rank_to])).toEqual(
    rows.map(({ cells: [cell] }) => [cell!.value, cell!.rank_from, cell!.rank_to]),
  )
  expect(['lowest', 'median', 'highest', 'variation'].flatMap(told).map(({ value, unit }) => [value, unit])).toEqual([
    [spread(0).lowest, 'cases'],
    [spread(0).median, 'cases'],
    [spread(0).highest, 'cases'],
    [spread(0).variation, 'ratio'],
  ])

  const paidBy = { s31: '€ je Stunde', s34: '€ je Tag' }
  for (const [kind, unit] of Object.entries(paidBy)) {
    const rates = `/api/side-by-side?figures=rate_median&period=2026-09&service_kind=${kind}`
    const workbook = readXlsx((await file(politics, rates, xlsxMediaType)).bytes)
    const heads = linesOf(workbook.sheets['Nebeneinander']!, 6).find(([head]) => head === 'Kürzel')!
    expect(heads[2]).toContain(`Entgelt: Median, ${unit}`)
    const { tables: paper } = await readPdf((await file(politics, rates, 'application/pdf')).bytes)
    expect(paper[0]![0]![2]).toContain(unit)
  }
})

test('a median of rates has the interval, and so the ranks, that its distribution tells the same reader', async () => {
  const query = 'figure=rate_median&service_kind=s34&month=2026-09'
  for (const ask of [politics, controlling]) {
    const [side, { rows: curves }] = await Promise.all([
      json<SideBySideAnswer>(ask, '/api/side-by-side?figures=payments,rate_median&service_kind=s34&period=2026-09'),
      json<DistributionAnswer>(ask, `/api/distribution?${query}`),
    ])
    const cells = side.rows.map(({ cells: [, cell] }) => cell!)
    expect(cells.map(({ interval }) => interval)).toEqual(curves.map(({ median_interval }) => median_interval))
    const known = cells.filter(({ interval }) => interval !== null)
    expect(known.length).toBeGreaterThan(2)
    for (const { value, interval } of known) expect(interval!.from <= value! && value! <= interval!.to).toBe(true)
    const shown = cells.filter(({ value }) => value !== null)
    for (const { interval, rank_from, rank_to } of shown)
      if (interval === null) expect([rank_from, rank_to]).toEqual([1, shown.length])
      else expect(rank_from).toBe(1 + known.filter((other) => other.interval!.from > interval.to).length)
    expect(cells.filter(({ value }) => value === null).map(({ interval, rank_from }) => [interval, rank_from])).toEqual(
      curves.filter(({ values }) => values.length === 0).map(() => [null, null]),
    )
  }
})

const wide = [
  'evaluation?figures=case_count,dropout_rate,payments&rows=form,service_kind&columns=period&grain=quarter&from=2025-01&to=2026-10',
  'evaluation?figures=payments&rows=specialisation,period&columns=region&grain=quarter&from=2026-01&to=2026-09',
  'evaluation?figures=case_count,payments,dropout_rate,rate_median,case_density&rows=group,region&from=2025-01&to=2026-10&against=previous_year',
  'side-by-side?figures=case_count,payments,dropout_rate,rate_median,case_density,budget,cases_begun,cases_ended&period=2026-Q3',
  'side-by-side?figures=payments,dropout_rate&period=2026-Q3&area=de',
  'comparison?figure=payments&month=2026-09&chart=dots',
  'distribution?figure=rate_median&service_kind=s34&month=2026-09',
  'rankings/providers?service_kind=s34&month=2026-09',
]
test.each(wide)('no text of a PDF lies upon another, and no page holds signs alone: %s', async (url) => {
  const { bytes } = await file(politics, `/api/${url}`, 'application/pdf')
  expect(await collisionsIn(bytes)).toEqual([])
  for (const page of await readPdfText(bytes)) expect(page).not.toMatch(/^\s*Zeichen:/)
})

test('the distribution of rates comes as a workbook and as a PDF as well', async () => {
  const url = '/api/distribution?figure=rate_median&service_kind=s34&month=2026-09'
  const { rows, total } = await json<DistributionAnswer>(politics, url)
  const steps = Math.max(...[...rows, total].map(({ values }) => values.length - 1))
  const expected = [...rows, { ...total, name: 'Summe' }].map(({ name, values, sign, cases }) => [
    name,
    ...Array.from({ length: steps + 1 }, (_, step) => {
      const value = values[(step * (values.length - 1)) / steps]
      return value === undefined ? (sign ?? '.') : value / 100
    }),
    cases ?? '–',
  ])
  expect(expected.flat()).toContain('.')
  const { sheets } = readXlsx((await file(politics, url, xlsxMediaType)).bytes)
  expect(Object.keys(sheets)).toEqual(['Verteilung', 'Definition'])
  const lines = linesOf(sheets['Verteilung']!, steps + 4).map((line) => line.slice(1))
  const first = lines.findIndex(([head]) => head === 'Örtlicher Träger') + 2
  expect(lines.slice(first, first + expected.length)).toEqual(expected)
  const { tables, pages, title } = await readPdf((await file(politics, url, 'application/pdf')).bytes)
  expect(title).toMatch(/^Verteilung der Entgelte für §\s34 .* im September 2026$/)
  const read = (cell: unknown) =>
    typeof cell === 'number' ? numberText(cell * 100, figureFormat({ unit: 'cents_per_unit', digits: 2 })) : cell
  expect(tables[0]!.slice(1).map((row) => row.slice(1, 4))).toEqual(expected.map((row) => row.slice(0, 3).map(read)))
  expect(pages.join(' ')).toContain('chart=distribution')
})

test('all of Germany over 240 months comes whole', async () => {
  const url = '/api/trend?figure=case_count&area=de&from=2006-11&to=2026-10'
  const { rows, months } = await json<TrendAnswer>(politics, url)
  expect([rows.length, months.length]).toEqual([401, 240])
  const cells = 403 * 240
  expect((await (await politics(url, 'text/csv')).text()).trim().split('\r\n')).toHaveLength(cells + 1)
  expect(tableFromIPC((await file(politics, url, arrowMediaType)).bytes).numRows).toBe(cells)
  expect((await parquetRows((await file(politics, url, parquetMediaType)).bytes)).rows).toHaveLength(cells)
  const { sheets } = readXlsx((await file(politics, url, xlsxMediaType)).bytes)
  expect(Object.keys(sheets['Verlauf']!).filter((address) => /^IH\d+$/.test(address)).length).toBeGreaterThanOrEqual(403)
})

test('a long PDF has every month as a head and every authority as a row of every year', async () => {
  const url = '/api/trend?figure=case_count&area=de&from=2024-11&to=2026-10'
  const { rows, months } = await json<TrendAnswer>(politics, url)
  const pages = await readPdfText((await file(politics, url, 'application/pdf')).bytes)
  const text = pages.join(' ')
  for (const month of months) expect(text).toContain(shortMonthText(month))
  for (const name of [rows[0]!.name, rows[200]!.name, rows[400]!.name, 'EW-gewichteter Durchschnitt'])
    expect(text.split(` ${name} `).length - 1).toBeGreaterThanOrEqual(2)
  expect(pages.at(-1)).toContain(`Seite ${pages.length} von ${pages.length}`)
})

test('nothing of a file stays behind', async () => {
  const left = async () => (await readdir(tmpdir())).filter((name) => name.startsWith('sojus-parquet-'))
  const before = await left()
  await file(politics, '/api/comparison?figure=case_count', parquetMediaType)
  expect(await left()).toEqual(before)
})

test('JSON is answered where no other form is asked for, and what is preferred where several are', async () => {
  const url = '/api/comparison?figure=case_count'
  for (const accept of ['*/*', 'text/html, */*;q=0.8', 'image/png']) {
    expect((await politics(url, accept)).headers.get('content-type')).toBe('application/json')
  }
  expect((await politics(url, 'text/csv;q=0.5, application/pdf')).headers.get('content-type')).toBe('application/pdf')
})
