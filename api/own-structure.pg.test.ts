import { tableFromIPC } from 'apache-arrow'
import { extractText, getDocumentProxy } from 'unpdf'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { EvaluationAnswer, EvaluationSizeAnswer, KeyFiguresAnswer, Problem, ProvidersAnswer } from './answers.ts'
import { arrowMediaType, xlsxMediaType } from './export.ts'
import { startPortal, type TestPortal } from './portal.fixture.ts'
import { readXlsx } from './report/read.fixture.ts'

let portal: TestPortal
const cookies: Record<string, string> = {}

const ask = (path: string, user: string, { accept = 'application/json', body }: { accept?: string; body?: unknown } = {}) =>
  fetch(portal.url + path, {
    headers: { cookie: cookies[user]!, accept, ...(body ? { 'content-type': 'application/json' } : {}) },
    ...(body ? { method: 'POST', body: JSON.stringify(body) } : {}),
  })
const read = async <Answer>(path: string, user: string): Promise<Answer> => {
  let response = await ask(path, user)
  // a past state in preparation
  while (response.status === 503) response = await ask(path, user)
  expect([path, response.status]).toEqual([path, 200])
  return (await response.json()) as Answer
}
const refusal = async (path: string, user: string) => {
  const response = await ask(path, user)
  const { details } = (await response.json()) as Problem
  return { status: response.status, ...details[0]! }
}

beforeAll(async () => {
  portal = await startPortal({ demonstration: 0.1 })
  for (const user_name of ['politik', 'controlling.vg', 'fall.vg', 'finanzen.vg', 'fall.hro']) {
    const response = await fetch(`${portal.url}/api/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ state: 'MV', user_name, password: 'sojus-demo', pledge: true }),
    })
    cookies[user_name] = response.headers.get('set-cookie')!.split(';')[0]!
  }
})
afterAll(() => portal.stop())

const figures = 'case_count,case_stock,dropout_rate,dwell_time_median,rate_median,payments'
const span = 'from=2025-10&to=2026-09&grain=quarter&columns=period'
const own = `/api/evaluation?figures=${figures}&rows=provider,age_group&${span}&area=own`

describe('the own authority alone', () => {
  test.each([
    ['controlling.vg', '13075'],
    ['finanzen.vg', '13075'],
    ['fall.vg', '13075'],
    ['fall.hro', '13003'],
  ])('%s is told of it, by all classes together, and totals are the own row of everybody’s evaluation', async (user, id) => {
    for (const filter of ['', '&service_kinds=s34', '&service_kinds=s31']) {
      const table = await read<EvaluationAnswer>(own + filter, user)
      expect([table.area, table.authority!.id]).toEqual(['own', id])
      expect(table.rows.flatMap(({ signs }) => signs).filter((sign) => sign === '.' || sign === 'x')).toEqual([])
      const regions = await read<EvaluationAnswer>(`/api/evaluation?figures=${figures}&rows=region&${span}${filter}`, user)
      const row = regions.rows.find(({ keys }) => keys[0] === id)!
      const total = table.rows.at(-1)!
      expect([filter, total.keys, total.values]).toEqual([filter, [null, null], row.values])
      expect(total.signs).toEqual(row.signs)
      expect(table.figures).toEqual(regions.figures)
    }
  })

  test('is each reader’s own: the same question has another answer for another authority, and none for politics', async () => {
    const [vg, hro] = await Promise.all(['controlling.vg', 'fall.hro'].map((user) => read<EvaluationAnswer>(own, user)))
    expect([vg!.authority!.name, hro!.authority!.name]).toEqual([expect.stringContaining('Vorpommern'), expect.stringContaining('Rostock')])
    expect(vg!.rows.at(-1)!.values).not.toEqual(hro!.rows.at(-1)!.values)
    for (const path of [own, own.replace('?', '/size?'), '/api/evaluation/providers?area=own'])
      expect(await refusal(path, 'politik')).toEqual({
        status: 400,
        field: 'area',
        message: expect.stringContaining('nur dessen Controlling, Wirtschaftliche Jugendhilfe und Fachkräfte'),
      })
    // nobody's to name
    for (const area of ['own:13075', 'own%3A13003', '13075']) {
      const path = own.replace('area=own', `area=${area}`)
      expect([area, (await refusal(path, 'controlling.vg')).field]).toEqual([area, 'area'])
    }
    for (const path of ['/api/comparison?figure=case_count', '/api/side-by-side?figures=case_count', '/api/trend?figure=case_count'])
      expect([path, (await ask(`${path}&area=own`, 'controlling.vg')).status]).toEqual([path, 400])
  })

  test('is refused where it is published, and as of what is', async () => {
    const view = { kind: 'evaluation', figures: 'case_count', rows: 'sex', from: '2026-09', to: '2026-09' }
    const publish = (area: string) =>
      ask('/service/published-views', 'controlling.vg', { body: { title: 'Ausschuss', view: { ...view, area } } })
    const refused = await publish('own')
    expect([refused.status, ((await refused.json()) as Problem).details[0]]).toEqual([
      400,
      { field: 'view.area', message: expect.stringContaining('nicht für andere festhalten') },
    ])
    const { id } = (await (
      await ask('/service/published-views', 'controlling.vg', { body: { title: 'Land', view: { ...view, rows: 'region', area: 'MV' } } })
    ).json()) as { id: string }
    const asked = '/api/evaluation?figures=case_count&rows=sex&from=2026-09&to=2026-09&area=own'
    expect(await refusal(`${asked}&as_of=${id}`, 'controlling.vg')).toMatchObject({
      field: 'area',
      message: expect.stringContaining('festgehaltener Stand'),
    })
  })

  test('shared is the question: who opens it is told of his own', async () => {
    const definition = { figures: 'cases_ended', rows: 'end_reason,sex', area: 'own', from: '2026-01', to: '2026-09' }
    const saved = await ask('/service/evaluations', 'controlling.vg', { body: { name: 'Enden bei uns', shared: 'all', definition } })
    expect(saved.status).toBe(201)
    for (const user of ['fall.hro', 'politik']) {
      const { items } = await read<{ items: { definition: Record<string, string> }[] }>('/service/evaluations', user)
      const found = items.find((each) => each.definition.area === 'own')!
      expect(JSON.stringify(items)).not.toContain('13075')
      const answer = await ask(`/api/evaluation?${new URLSearchParams(found.definition)}`, user)
      expect([user, answer.status]).toEqual([user, user === 'politik' ? 400 : 200])
      if (user !== 'politik') expect(((await answer.json()) as EvaluationAnswer).authority!.id).toBe('13003')
    }
  })

  test('has providers of its own, and tells its size before', async () => {
    const { providers } = await read<ProvidersAnswer>('/api/evaluation/providers?area=own', 'controlling.vg')
    const ofState = await read<ProvidersAnswer>('/api/evaluation/providers?area=MV', 'controlling.vg')
    expect(providers.length).toBeGreaterThan(3)
    expect(providers.length).toBeLessThan(ofState.providers.length)
    const query = `figures=cases_ended&rows=end_reason,sex&columns=age_group&area=own&provider=${providers[0]!.code}`
    const { cells } = await read<EvaluationSizeAnswer>(`/api/evaluation/size?${query}`, 'controlling.vg')
    const table = await read<EvaluationAnswer>(`/api/evaluation?${query}`, 'controlling.vg')
    expect([table.cells, table.rows.length * table.columns.length]).toEqual([cells, cells])
    expect(table.members.provider).toEqual([{ key: providers[0]!.code, label: providers[0]!.label, short: providers[0]!.label }])
  })

  test('what a class makes no sense of is refused by name, as are other authorities', async () => {
    const of = (query: string) => refusal(`/api/evaluation?area=own&${query}`, 'controlling.vg')
    expect(await of('figures=case_count&rows=end_reason')).toEqual({
      status: 400,
      field: 'figures',
      message:
        'Vom eigenen Jugendamt allein gibt es nach Grund der Beendigung nur diese Kennzahlen: Beendete Hilfen, Abbrüche, Verweildauer: Mittel, Verweildauer: Median.',
    })
    expect(await of('figures=budget&rows=period')).toMatchObject({ field: 'figures' })
    expect(await of('figures=foreign_occupancy&rows=sex')).toMatchObject({ field: 'figures' })
    expect(await of('figures=case_count&rows=sex&columns=region')).toMatchObject({ field: 'columns' })
    expect(await of('figures=case_count&rows=state')).toMatchObject({ field: 'rows' })
    expect(await of('figures=case_count&rows=sex&sex=w')).toMatchObject({ field: 'sex' })
    const { figures: known } = await read<KeyFiguresAnswer>('/api/key-figures', 'controlling.vg')
    for (const { name, own_classes } of known)
      for (const dimension of ['age_group', 'sex', 'provider', 'end_reason'] as const) {
        const { status } = await ask(`/api/evaluation/size?area=own&figures=${name}&rows=${dimension}`, 'controlling.vg')
        expect([name, dimension, status]).toEqual([name, dimension, own_classes?.includes(dimension) ? 200 : 400])
      }
  })

  test('is the same in every form, which say whose it is and for whom', async () => {
    const path = '/api/evaluation?area=own&figures=cases_ended,dwell_time_median&rows=provider,sex&from=2026-01&to=2026-09'
    const { rows, data_as_of } = await read<EvaluationAnswer>(path, 'controlling.vg')
    const flat = rows.flatMap(({ values }) => values)
    expect(flat.some((value) => value === 1 || value === 2)).toBe(true)
    const csv = await ask(path, 'controlling.vg', { accept: 'text/csv' })
    expect(csv.headers.get('content-disposition')).toContain('auswertung_2026-01_2026-09_13075.csv')
    const lines = (await csv.text()).trim().split('\r\n')
    expect(lines).toHaveLength(flat.length + 1)
    expect(lines[0]).toMatch(/provider;provider_name;sex;sex_name;figure;unit;value;sign;area;/)
    const told = lines[1]!.split(';')
    expect(told[8]).toBe('13075')
    // data may have become newer between the two answers
    const instant = told.find((text) => /^20\d\d-\d\d-\d\dT.*Z$/.test(text))!
    expect(instant >= data_as_of).toBe(true)
    const arrow = tableFromIPC(new Uint8Array(await (await ask(path, 'controlling.vg', { accept: arrowMediaType })).arrayBuffer()))
    expect([...arrow.getChild('value')!]).toEqual(flat)
    const xlsx = readXlsx(new Uint8Array(await (await ask(path, 'controlling.vg', { accept: xlsxMediaType })).arrayBuffer()))
    const pdf = await (await ask(path, 'controlling.vg', { accept: 'application/pdf' })).arrayBuffer()
    const { text } = await extractText(await getDocumentProxy(new Uint8Array(pdf)), { mergePages: true })
    for (const words of ['Vorpommern-Greifswald', 'Nur für das Jugendamt', 'nicht aus den einzelnen Zeilen']) {
      expect(text.replaceAll(/\s+/g, ' ')).toContain(words)
      expect(JSON.stringify(xlsx.sheets)).toContain(words)
    }
    expect(text.replaceAll(/\s+/g, ' ')).toContain('nur die eigenen Fälle, keiner geheim gehalten')
    expect(text).not.toContain('aller örtlichen Träger')
  })
})
