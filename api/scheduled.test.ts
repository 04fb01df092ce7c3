import { expect, test } from 'vitest'
import { queryAt } from './scheduled.ts'

const november = new Date('2026-11-02T05:00:00Z')
const latest = { period: 'latest' } as const

test('a view that follows the time shows the last period that is over', () => {
  expect(queryAt({ ...latest, view: 'comparison', query: { figure: 'case_count', month: '2026-03' } }, november)).toEqual({
    figure: 'case_count',
    month: '2026-10',
  })
  const sideBySide = (period: string, at = november) => queryAt({ ...latest, view: 'side_by_side', query: { period } }, at)['period']
  expect(sideBySide('2026-03')).toBe('2026-10')
  expect(sideBySide('2026-Q1')).toBe('2026-Q3')
  expect(sideBySide('2026-Q1', new Date('2027-01-04T05:00:00Z'))).toBe('2026-Q4')
  expect(sideBySide('2024')).toBe('2025')
})

test('an evaluation keeps its length and ends with a whole month, quarter or year', () => {
  const evaluation = (query: Record<string, string>) => queryAt({ ...latest, view: 'evaluation', query }, november)
  expect(evaluation({ from: '2026-01', to: '2026-06' })).toEqual({ from: '2026-05', to: '2026-10' })
  expect(evaluation({ from: '2025-01', to: '2025-12', grain: 'quarter' })).toEqual({ from: '2025-10', to: '2026-09', grain: 'quarter' })
  expect(evaluation({ from: '2023-01', to: '2024-12', grain: 'year' })).toEqual({ from: '2024-01', to: '2025-12', grain: 'year' })
  // without a period it is the last twelve months anyway
  expect(evaluation({ figures: 'case_count' })).toEqual({ figures: 'case_count' })
})

test('a fixed period stays', () => {
  const query = { figure: 'case_count', month: '2026-03' }
  expect(queryAt({ period: 'fixed', view: 'comparison', query }, november)).toEqual(query)
})
