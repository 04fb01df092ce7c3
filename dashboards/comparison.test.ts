import { describe, expect, test } from 'vitest'
import type { Comparison } from './client.ts'
import {
  changesBetween,
  columnHeads,
  isEmpty,
  nextSort,
  readCellKey,
  readSort,
  shortNames,
  sortRows,
  tableRows,
  toldChanges,
  writeSort,
} from './comparison.ts'

const values = (current: number | null, change: number | null = 0.025) => ({
  current,
  previous: 10,
  year_average: 30.25,
  previous_year_average: 29.5,
  change,
  cases: current,
  parts: null,
  signs: { ...(current === null ? { current: '.' as const } : {}), ...(change === null ? { change: 'x' as const } : {}) },
})
const answer = (currents: Record<string, number | null>, unit: Comparison['unit'] = 'cases'): Comparison => ({
  figure: 'case_count',
  month: '2026-10',
  service_kind: null,
  specialisation: null,
  area: 'MV',
  running: false,
  population_date: null,
  unit,
  digits: 0,
  as_of: null,
  data_as_of: '2026-11-21T13:03:12.000Z',
  rows: Object.entries(currents).map(([region, current]) => ({
    region,
    id: `id-${region}`,
    ags: '13075',
    name: { VG: 'Vorpommern-Greifswald', HRO: 'Rostock, Hansestadt', LRO: 'Landkreis Rostock' }[region] ?? region,
    ...values(current),
  })),
  total: values(120),
  weighted_average: { ...values(46.4) },
})
const rowsOf = (currents: Record<string, number | null>, unit?: Comparison['unit']) => tableRows(answer(currents, unit), undefined)

describe('a table', () => {
  test('shows counts whole, averages with one digit, the change with its sign', () => {
    const { cells } = rowsOf({ VG: 64 }).regions[0]!
    expect([cells.current.text, cells.year_average.text, cells.change.text]).toEqual(['64', '30,3', '+2,5'])
  })
  test('shows the weighted average of counts with a digit everywhere', () => {
    expect(rowsOf({ VG: 64 }).totals[1]!.cells.current.text).toBe('46,4')
  })
  test('shows the sign where there is no value', () => {
    const { cells } = rowsOf({ VG: null }).regions[0]!
    expect(cells.current).toEqual({ text: null, sign: '.', uncertain: false })
  })
  test('keeps money exact and offers it without cents where there is no room', () => {
    const { cells } = rowsOf({ VG: 291127_49 }, 'cents').regions[0]!
    expect(cells.current.rough).toBe('291.127')
  })
  test('shortens names only as long as they stay different', () => {
    expect(shortNames(['Rostock, Hansestadt', 'Landkreis Rostock'])).toEqual(['Rostock', 'Landkreis Rostock'])
    expect(shortNames(['München, Landeshauptstadt', 'München'])).toEqual(['München, Landeshauptstadt', 'München'])
  })
  test('is empty when nothing was counted in either year', () => {
    const nothing = {
      current: 0,
      previous: 0,
      year_average: 0,
      previous_year_average: 0,
      change: null,
      cases: 0,
      parts: null,
      signs: { change: 'x' as const },
    }
    const empty = { ...answer({}), rows: [], total: nothing, weighted_average: nothing }
    expect(isEmpty(tableRows(empty, undefined))).toBe(true)
    expect(isEmpty(rowsOf({ VG: 1 }))).toBe(false)
  })
})

describe('sorting', () => {
  const { regions } = rowsOf({ VG: 64, HRO: null, LRO: 90 })
  const order = (text: string) => sortRows(regions, readSort(text)).map(({ region }) => region)
  test('rows without a value stand at the end in either direction', () => {
    expect(order('-current')).toEqual(['LRO', 'VG', 'HRO'])
    expect(order('current')).toEqual(['VG', 'LRO', 'HRO'])
  })
  test('names sort as German does', () => expect(order('name')).toEqual(['LRO', 'HRO', 'VG']))
  test('numbers begin with the largest, the third click returns to the own order', () => {
    const first = nextSort(undefined, 'change')
    const second = nextSort(first, 'change')
    expect([writeSort(first), writeSort(second), writeSort(nextSort(second, 'change'))]).toEqual(['-change', 'change', undefined])
  })
  test('an unknown order is none', () => expect(readSort('-nonsense')).toBeUndefined())
})

describe('changes between two answers', () => {
  test('are the cells that read differently, told by authority', () => {
    const changes = changesBetween(rowsOf({ VR: 47, VG: 64 }), rowsOf({ VR: 48, VG: 64 }))
    expect(changes.map(({ key }) => key)).toEqual(['id-VR-current'])
    expect(toldChanges(changes)).toBe('VR: 47 → 48')
  })
  test('a value that becomes secret is a change', () => {
    expect(toldChanges(changesBetween(rowsOf({ VR: 3 }), rowsOf({ VR: null })))).toBe('VR: 3 → .')
  })
  test('many changes are named in part', () => {
    const before = rowsOf({ A: 1, B: 1, C: 1, D: 1, E: 1 })
    const after = rowsOf({ A: 2, B: 2, C: 2, D: 2, E: 2 })
    expect(toldChanges(changesBetween(before, after))).toBe('A: 1 → 2, B: 1 → 2, C: 1 → 2 und 2 weitere')
  })
})

describe('heads', () => {
  test('name the months behind every column', () => {
    const heads = columnHeads('2026-10', false, false)
    expect(heads.current.period).toBe('Okt. 2026')
    expect(heads.previous.period).toBe('Sep. 2026')
    expect(heads.year_average.period).toBe('Jan.–Okt. 2026')
    expect(heads.previous_year_average.period).toBe('2025')
  })
  test('mark a running month and leave a running flow out of the average', () => {
    const heads = columnHeads('2026-11', true, true)
    expect(heads.current.period).toBe('Nov. 2026, läuft')
    expect(heads.year_average.period).toBe('Jan.–Okt. 2026')
    expect(columnHeads('2026-01', true, true).year_average.period).toBe('2026')
  })
})

test('the key of a cell is read back', () => {
  expect(readCellKey('13075-year_average')).toEqual({ row: '13075', column: 'year_average' })
  expect(readCellKey('13075')).toBeUndefined()
  expect(readCellKey('13075-nonsense')).toBeUndefined()
})
