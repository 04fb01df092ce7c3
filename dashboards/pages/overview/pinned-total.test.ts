import { expect, test } from 'vitest'
import type { Catalogue, Evaluation } from '../../client.ts'
import { totalDefinition, totalOf } from './pinned-total.ts'

test('what a long evaluation comes to is asked shortly: its first figure by period, whatever stands in rows and columns', () => {
  const long = { figures: 'payments,case_count', rows: 'region,period', columns: 'service_kind', from: '2026-01', to: '2026-06', sex: 'w' }
  expect(totalDefinition({ ...long, totals: 'no', against: 'previous', chart: 'line' })).toEqual({
    figures: 'payments',
    rows: 'period',
    from: '2026-01',
    to: '2026-06',
    sex: 'w',
    totals: 'yes',
  })
  // totals over ages are sums of what is told
  expect(totalDefinition({ figures: 'cases_begun', rows: 'service_kind', columns: 'age_group', grain: 'year' })).toMatchObject({
    rows: 'service_kind',
    columns: 'age_group',
  })
})

test('its total is the value of all rows and columns, with how months make it', () => {
  const of = (value: number | null, more: object = {}) =>
    totalOf(
      {
        figures: [{ figure: 'case_stock', unit: 'cases', digits: 0, totals: 'mean' }],
        row_dimensions: ['period'],
        column_dimension: null,
        grain: 'month',
        from: '2026-01',
        to: '2026-02',
        columns: [{ key: null, figure: 'case_stock' }],
        rows: [
          { keys: ['2026-01'], values: [10], signs: [null] },
          { keys: [null], values: [value], signs: [value === null ? '.' : null] },
        ],
        ...more,
      } as unknown as Evaluation,
      { figures: [{ name: 'case_stock', label: 'Bestand' }] } as unknown as Catalogue,
    )
  expect(of(10.5)).toEqual({
    label: 'Bestand',
    value: 10.5,
    sign: null,
    format: { unit: 'cases', digits: 0 },
    averaged: true,
    how: 'Monatsdurchschnitt',
  })
  expect(of(null)).toMatchObject({ value: null, sign: '.' })
  expect(of(10, { from: '2026-01', to: '2026-01' })).toMatchObject({ how: 'Januar 2026', averaged: false })
  expect(of(10, { rows: [] })).toBeUndefined()
})
