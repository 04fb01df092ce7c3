import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Catalogue } from './client.ts'
import {
  comparableGroups,
  lastCompleteMonth,
  monthBefore,
  monthsOf,
  readChoice,
  resolveChoice,
  trendStart,
  writeChoice,
} from './selection.ts'

const catalogue = {
  figures: [{ name: 'budget' }, { name: 'case_count' }],
  service_kinds: [{ code: 's34' }],
  specialisations: [{ code: 'traumapaedagogik' }],
  groups: [],
  areas: [{ code: 'SH' }, { code: 'MV' }, { code: 'de' }],
  months: { first: '2025-11', last: '2026-02', running: '2026-02' },
} as unknown as Catalogue

describe('the address', () => {
  test('holds only what was chosen', () => {
    expect(writeChoice({})).toBe('')
    expect(writeChoice({ month: '2026-01', figure: 'budget' })).toBe('?figure=budget&month=2026-01')
    expect(writeChoice({ figure: 'budget', region: undefined })).toBe('?figure=budget')
  })

  test('gives back every choice that was written', () => {
    const text = fc.string({ minLength: 1 })
    const choice = fc.record({ figure: text, service_kind: text, month: text, region: text, cell: text, sort: text }, { requiredKeys: [] })
    fc.assert(
      fc.property(choice, (chosen) => {
        expect(readChoice(writeChoice(chosen))).toEqual(chosen)
      }),
    )
  })

  test('ignores parameters that are none of the view', () => {
    expect(readChoice('?figure=budget&utm_source=x&month=')).toEqual({ figure: 'budget' })
  })
})

describe('what is shown', () => {
  test('without a choice: the number of cases of the own state in the running month', () => {
    const { selection, unknown } = resolveChoice({}, catalogue, 'MV')
    expect(selection.figure.name).toBe('case_count')
    expect(selection.area.code).toBe('MV')
    expect(selection.month).toBe('2026-02')
    expect([selection.service_kind, selection.specialisation, unknown]).toEqual([null, null, []])
  })

  test('unknown values are named and their defaults shown', () => {
    const { selection, unknown } = resolveChoice({ figure: 'nonsense', month: '2031-01', service_kind: 's34' }, catalogue, 'MV')
    expect(unknown).toEqual(['nonsense', '2031-01'])
    expect(selection.figure.name).toBe('case_count')
    expect(selection.service_kind?.code).toBe('s34')
  })
})

test('nobody is compared with a group of one', () => {
  const group = (code: string, ...members: string[]) => ({ code, name: code, grouping: 'Größe', explanation: '', members })
  const groups = [group('g1', '13004'), group('g2', '13003', '13075'), group('g3')]
  expect(comparableGroups({ groups }).map(({ code }) => code)).toEqual(['g2'])
})

describe('months', () => {
  test('count back over the turn of the year', () => expect(monthBefore('2026-01')).toBe('2025-12'))
  test('are offered newest first', () => expect(monthsOf(catalogue.months)).toEqual(['2026-02', '2026-01', '2025-12', '2025-11']))
  test('are told up to the last complete one', () => {
    expect(lastCompleteMonth({ months: { first: '2023-11', last: '2026-11', running: '2026-11' } })).toBe('2026-10')
    expect(lastCompleteMonth({ months: { first: '2026-11', last: '2026-11', running: '2026-11' } })).toBe('2026-11')
  })
  test('of the trend begin with the year before, or with the data', () => {
    expect(trendStart('2026-10', '2020-01')).toBe('2025-01')
    expect(trendStart('2026-10', '2025-11')).toBe('2025-11')
  })
})
