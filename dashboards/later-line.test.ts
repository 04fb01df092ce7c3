import { expect, test } from 'vitest'
import type { Catalogue, Evaluation, Session } from './client.ts'
import { noBreakSpace } from './format.ts'
import { type LaterLine, lineEffect, readsOtherwise } from './later-line.ts'
import { laterLines } from './pages/evaluation/evaluation-since.ts'

const line = (was: number | null, is: number | null, of: Partial<LaterLine> = {}): LaterLine => ({
  row: 'Rostock',
  column: 'Fallzahl',
  was,
  is,
  format: { unit: 'cases', digits: 0 },
  averaged: false,
  ...of,
})

test('an effect is the difference of the values as they read, in their unit', () => {
  expect(lineEffect(line(311, 310))).toBe('−1')
  expect(lineEffect(line(242.27, 242.24, { averaged: true }))).toBe('−0,1')
  // reads 167,88 and 167,36
  expect(lineEffect(line(16787.5, 16735.5, { format: { unit: 'cents_per_unit', digits: 2 } }))).toBe('−0,52')
  expect(lineEffect(line(0.2, 0.245, { format: { unit: 'ratio', digits: 1 } }))).toBe('+4,5')
  expect([lineEffect(line(null, 3)), lineEffect(line(3, null))]).toEqual(['neu', 'entfallen'])
})

test('what reads the same has not changed to the reader', () => {
  expect(readsOtherwise(line(242.27, 242.26, { averaged: true }))).toBe(false)
  expect(readsOtherwise(line(242.27, 242.24, { averaged: true }))).toBe(true)
  expect(readsOtherwise(line(null, 0))).toBe(true)
})

const controller = { roles: ['controlling'], youth_authority: { id: '13003' } } as unknown as Session

test('a value of the own authority leads to the facts that changed it, where its row says which these are', () => {
  const figure = { figure: 'case_count', unit: 'cases', digits: 0, totals: 'mean', until: null }
  const answerOf = (of: object) =>
    ({
      figures: [figure],
      column_dimension: 'period',
      service_kinds: [],
      specialisation: null,
      age_group: null,
      sex: null,
      provider: null,
      end_reason: null,
      grain: 'quarter',
      from: '2026-04',
      to: '2026-09',
      running_month: '2026-08',
      against: null,
      authority: null,
      members: {},
      rows: [],
      as_of: '2026-09',
      ...of,
    }) as unknown as Evaluation
  const catalogue = {
    figures: [{ name: 'case_count', label: 'Fallzahl', facts_behind: { facts: 'bookings', counted: 'case_count' }, unit: 'cases' }],
    service_kinds: [],
    months: { first: '2025-01', last: '2026-11', running: '2026-11' },
  } as unknown as Catalogue
  const hrefs = (of: object, cells: [(string | null)[], string | null][], session = controller) => {
    const changes = cells.map(([keys, column]) => ({ keys, column, figure: 'case_count', part: 'value' as const, was: 3, is: 4 }))
    return laterLines({ changes }, answerOf(of), catalogue, session).map(({ href }) => href?.split('?')[1])
  }
  const regions = { row_dimensions: ['region', 'service_kind'] }
  expect(
    hrefs(regions, [
      [['13003', 's34'], '2026-Q2'],
      [['13003', null], '2026-Q3'],
      [['13004', 's34'], '2026-Q2'],
      [[null, null], null],
    ]),
  ).toEqual([
    'figure=case_count&service_kind=s34&from=2026-04&month=2026-06&as_of=2026-09',
    // what had not begun then is not asked for
    'figure=case_count&from=2026-07&month=2026-08&as_of=2026-09',
    undefined,
    undefined,
  ])
  const politics = { ...controller, roles: ['controlling', 'politics'] } as Session
  expect(hrefs(regions, [[['13003', 's34'], '2026-Q2']], politics)).toEqual([undefined])
  // classes and several kinds are nothing the lists can be narrowed by
  const own = { authority: { id: '13003', name: 'Rostock' } }
  expect(hrefs({ ...own, row_dimensions: ['age_group'] }, [[['15'], '2026-Q2']])).toEqual([undefined])
  expect(hrefs({ ...own, row_dimensions: ['specialisation'], service_kinds: ['s31', 's34'] }, [[['trauma'], '2026-Q2']])).toEqual([
    undefined,
  ])
  expect(hrefs({ ...own, row_dimensions: ['specialisation'], service_kinds: ['s34'] }, [[['trauma'], '2026-Q2']])).toEqual([
    'figure=case_count&service_kind=s34&specialisation=trauma&from=2026-04&month=2026-06&as_of=2026-09',
  ])
})

test('a value of an evaluation is named by its row and column, its unit and what it is held against', () => {
  const answer = {
    figures: [{ figure: 'rate_median', unit: 'cents_per_unit', digits: 2, totals: 'mean' }],
    row_dimensions: ['state', 'region'],
    column_dimension: 'period',
    service_kinds: ['s31'],
    grain: 'month',
    from: '2026-03',
    to: '2026-04',
    running_month: null,
    against: 'previous',
    members: {
      state: [{ key: 'MV', label: 'Mecklenburg-Vorpommern', short: 'MV' }],
      region: [{ key: '13003', label: 'Rostock, Stadt', short: 'HRO' }],
    },
    rows: [],
  } as unknown as Evaluation
  const catalogue = {
    figures: [{ name: 'rate_median', label: 'Entgelt: Median' }],
    service_kinds: [
      { code: 's31', legal_basis: '§ 31', label: 'SPFH', unit: 'hour' },
      { code: 's34', legal_basis: '§ 34', label: 'Heimerziehung', unit: 'day' },
    ],
    months: { first: '2025-01', last: '2026-11', running: '2026-11' },
  } as unknown as Catalogue
  const change = { figure: 'rate_median', was: 60_00, is: 61_00 }
  const changes = [
    { ...change, keys: ['MV', '13003'], column: '2026-03', part: 'value' as const },
    { ...change, keys: ['MV', null], column: null, part: 'reference' as const },
  ]
  expect(
    laterLines({ changes }, answer, catalogue, controller).map(({ row, column }) => [row, column.replaceAll(noBreakSpace, ' ')]),
  ).toEqual([
    ['Mecklenburg-Vorpommern · Rostock', 'Entgelt: Median (€ je Stunde), März 2026'],
    ['Mecklenburg-Vorpommern · Summe', 'Entgelt: Median (€ je Stunde), Gesamter Zeitraum, Vorzeitraum'],
  ])
})
