import { expect, test } from 'vitest'
import type { Catalogue, SideBySide } from '../../client.ts'
import {
  changeHead,
  columnNote,
  describedText,
  findingText,
  headingOf,
  rankText,
  type SideBySideSelection,
  spreadText,
} from './side-by-side.ts'

const catalogue = {
  figures: [
    { name: 'case_count', label: 'Fallzahl' },
    { name: 'dropout_rate', label: 'Abbruchquote' },
    { name: 'rate_median', label: 'Entgelt: Median' },
  ],
  service_kinds: [
    { code: 's31', unit: 'hour' },
    { code: 's34', unit: 'day' },
  ],
} as unknown as Catalogue
const column = (figure: string, unit: string, value: number, reference: number) => ({
  figure,
  unit,
  digits: unit === 'ratio' ? 1 : 0,
  totals: unit === 'ratio' ? 'quotient' : 'mean',
  counted: { from: '2026-10', to: '2026-10' },
  compared: { from: '2025-10', to: '2025-10' },
  total: { value, reference, change: value / reference - 1, signs: {} },
})
const answer = (change: Partial<SideBySide> = {}) =>
  ({
    against: 'previous_year',
    columns: [column('case_count', 'cases', 1050, 1000), column('dropout_rate', 'ratio', 0.24, 0.2)],
    ...change,
  }) as unknown as SideBySide

test('the heading names one figure and counts several, which are named where it is told what was kept', () => {
  const chosen = (count: number) =>
    ({
      figures: catalogue.figures.slice(0, count),
      service_kind: null,
      specialisation: null,
      period: '2026-10',
    }) as unknown as SideBySideSelection
  expect([1, 2].map((count) => headingOf(chosen(count)))).toEqual([
    'Fallzahl aller Hilfearten, Oktober 2026',
    '2 Kennzahlen aller Hilfearten, Oktober 2026',
  ])
  expect(describedText(chosen(2))).toBe('Fallzahl und Abbruchquote aller Hilfearten, Oktober 2026')
})

test('the finding says against what it is, and tells quotients by percentage points and relatively', () => {
  expect(findingText(answer(), catalogue)!.replaceAll('\u00a0', ' ')).toBe(
    'Insgesamt, in Klammern gegenüber Okt. 2025: Fallzahl 1.050 Fälle (+5,0 %) · Abbruchquote 24,0 % (+4,0 Prozentpunkte, relativ +20,0 %).',
  )
})

test('rates say what they are paid by: the hour where the service kind chosen is, else the day', () => {
  const rate = column('rate_median', 'cents_per_unit', 90_00, 80_00)
  const noteOf = (service_kind: string | null) => {
    const held = answer({ service_kind, columns: [rate] as unknown as SideBySide['columns'] })
    return [columnNote(held.columns[0]!, held, catalogue), findingText(held, catalogue)!.replaceAll('\u00a0', ' ')]
  }
  expect(noteOf('s31')[0]).toBe('Okt. 2026, € je Stunde')
  expect(noteOf('s31')[1]).toContain('Entgelt: Median 90 € je Stunde')
  expect([noteOf('s34')[0], noteOf(null)[0]]).toEqual(['Okt. 2026, € je Tag', 'Okt. 2026, € je Tag'])
})

test('against the median of all there is no change to tell, and what is told of rows is how far they deviate', () => {
  const { columns } = answer()
  const held = answer({ against: 'median', columns: columns.map((each) => ({ ...each, compared: null })) })
  expect(findingText(held, catalogue)!.replaceAll('\u00a0', ' ')).toBe('Insgesamt: Fallzahl 1.050 Fälle · Abbruchquote 24,0 %.')
  const headsOf = (unit: 'cases' | 'ratio') =>
    (['previous_year', 'previous', 'year_to_date', 'median', 'average', 'group_median'] as const).map((against) =>
      changeHead({ unit }, against).replaceAll('\u00a0', ' '),
    )
  expect(headsOf('cases')).toEqual(['Veränd. %', 'Veränd. %', 'Veränd. %', 'Abw. %', 'Abw. %', 'Abw. %'])
  expect([...new Set(headsOf('ratio'))]).toEqual(['Veränd. relativ %', 'Abw. relativ %'])
})

test('ranks are told with what chance may make of them, and of fewer than three values there are none, nor a spread', () => {
  const cell = (value: number | null, rank_from: number | null, rank_to: number | null) =>
    rankText({ value, rank_from, rank_to } as Parameters<typeof rankText>[0])
  expect([cell(0.1, 2, 3), cell(0.3, 1, 1), cell(0.3, null, null), cell(null, null, null)]).toEqual(['2–3', '1', 'x', '–'])
  const [, dropouts] = answer().columns
  const spread = { lowest: 0.1, median: 0.2, highest: 0.3, variation: 0.5, count: 2 }
  expect(spreadText({ ...dropouts!, spread }, 'median')).toEqual({ text: null, sign: 'x' })
  expect(spreadText({ ...dropouts!, spread: { ...spread, count: 3 } }, 'median').text).toBe('20,0')
})
