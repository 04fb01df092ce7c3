import { expect, test } from 'vitest'
import { dueAfter } from './report-due.ts'

const after = (rhythm: 'weekly' | 'monthly' | 'quarterly', day: number, instant: string) =>
  dueAfter({ rhythm, day }, new Date(instant)).toISOString()

test('a weekly report is due on its weekday at six in Berlin, in summer and winter', () => {
  expect(after('weekly', 1, '2026-10-15T10:00:00Z')).toBe('2026-10-19T04:00:00.000Z')
  expect(after('weekly', 1, '2026-10-19T04:00:00Z')).toBe('2026-10-26T05:00:00.000Z')
  expect(after('weekly', 5, '2026-10-16T03:59:59Z')).toBe('2026-10-16T04:00:00.000Z')
  // Sunday, already Monday in Berlin
  expect(after('weekly', 1, '2026-10-18T22:30:00Z')).toBe('2026-10-19T04:00:00.000Z')
})

test('working days leave out weekends', () => {
  // 1 November 2026 is a Sunday, 1 August 2026 a Saturday
  expect(after('monthly', 1, '2026-10-15T10:00:00Z')).toBe('2026-11-02T05:00:00.000Z')
  expect(after('monthly', 5, '2026-11-02T10:00:00Z')).toBe('2026-11-06T05:00:00.000Z')
  expect(after('monthly', 6, '2026-11-02T10:00:00Z')).toBe('2026-11-09T05:00:00.000Z')
  expect(after('monthly', 1, '2026-07-31T10:00:00Z')).toBe('2026-08-03T04:00:00.000Z')
})

test('a quarterly report is due in the first month of the quarter, also across the year', () => {
  expect(after('quarterly', 15, '2026-10-15T10:00:00Z')).toBe('2026-10-21T04:00:00.000Z')
  expect(after('quarterly', 10, '2026-11-15T10:00:00Z')).toBe('2027-01-14T05:00:00.000Z')
})
