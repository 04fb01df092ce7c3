import { expect, test } from 'vitest'
import type { Comparison, ComparisonRow } from '../../client.ts'
import { tableRows } from '../../comparison.ts'
import { changesSection, laterChanges } from './later-changes.ts'

const row = (current: number, year_average: number): ComparisonRow => ({
  region: 'VG',
  id: '13075',
  ags: '13075',
  name: 'Vorpommern-Greifswald',
  current,
  previous: 312,
  year_average,
  previous_year_average: 274.6,
  change: year_average / 274.6 - 1,
  cases: current,
  parts: null,
  signs: {},
})
const rowsOf = (current: number, year_average: number) => {
  const only = row(current, year_average)
  return tableRows({ unit: 'cases', digits: 0, rows: [only], total: only, weighted_average: only } as unknown as Comparison, undefined)
}
const wordsOf = (text: unknown): string => {
  if (Array.isArray(text)) return text.map(wordsOf).join('')
  if (typeof text !== 'object' || text === null) return String(text ?? '')
  const { strings, values } = text as { strings?: string[]; values: unknown[] }
  return strings ? strings.map((part, at) => part + wordsOf(values[at])).join('') : ''
}

test('an effect is the difference of the values as they read, the largest first', () => {
  const [then, now] = [rowsOf(311, 242.27), rowsOf(310, 242.24)]
  const columns = laterChanges(then, now).map(({ column }) => column)
  expect(columns.slice(0, 3)).toEqual(['current', 'current', 'current'])
  expect(columns.slice(3)).toEqual(['year_average', 'year_average', 'year_average'])
  const shown = { month: '2026-10', running: false, flow: false, unit: 'cases', digits: 0 } as const
  const lines = wordsOf(changesSection(then, now, shown))
    .split('<tr role="row">')
    .slice(2)
    .map((line) =>
      line
        .replace(/<[^>]*>/g, ' ')
        .replace(/\s+/g, ' ')
        .trim(),
    )
  expect(lines[0]).toContain('311 310 −1')
  expect(lines[3]).toContain('242,3 242,2 −0,1')
})
