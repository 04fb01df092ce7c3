import { expect, test } from 'vitest'
import type { Catalogue, Evaluation } from './client.ts'
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
  expect(laterLines({ changes }, answer, catalogue).map(({ row, column }) => [row, column.replaceAll(noBreakSpace, ' ')])).toEqual([
    ['Mecklenburg-Vorpommern · Rostock', 'Entgelt: Median (€ je Stunde), März 2026'],
    ['Mecklenburg-Vorpommern · Summe', 'Entgelt: Median (€ je Stunde), Gesamter Zeitraum, Vorzeitraum'],
  ])
})
