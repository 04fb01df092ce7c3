import { describe, expect, test } from 'vitest'
import type { Comparison } from './client.ts'
import type { Selection } from './selection.ts'
import { answerText, headingText, trendTitle } from './sentence.ts'

const selection = (change: Partial<Selection> = {}) =>
  ({
    figure: { label: 'Fallzahl' },
    service_kind: null,
    specialisation: null,
    month: '2026-10',
    area: { code: 'MV' },
    ...change,
  }) as Selection

const answer = (total: Partial<Comparison['total']>, change: Partial<Comparison> = {}) =>
  ({
    month: '2026-10',
    area: 'MV',
    running: false,
    unit: 'cases',
    digits: 0,
    ...change,
    total: { current: 332, previous: 333, change: 0.025, signs: {}, ...total },
  }) as Comparison
const figure = { flow: false, protected: true }

describe('the heading', () => {
  test('names all helps or the one chosen', () => {
    expect(headingText(selection())).toBe('Fallzahl aller Hilfearten im Oktober 2026')
    const chosen = {
      service_kind: { legal_basis: '§ 34 SGB VIII', label: 'Heimerziehung, Wohngruppe' } as Selection['service_kind'],
      specialisation: { code: 'traumapaedagogik', label: 'Traumapädagogik' },
    }
    expect(headingText(selection(chosen))).toBe('Fallzahl für §\u00a034 Heimerziehung, Wohngruppe (Traumapädagogik) im Oktober 2026')
  })
  test('names the law where it is not the SGB VIII', () => {
    const service_kind = { legal_basis: '§ 113 SGB IX', label: 'Besondere Wohnform' } as Selection['service_kind']
    expect(headingText(selection({ service_kind }))).toContain('§\u00a0113 SGB IX Besondere Wohnform')
  })
})

describe('the answer', () => {
  test('tells the value, the step from last month, and the year', () => {
    expect(answerText(answer({}), figure)).toBe(
      '332\u00a0Fälle im Land, 1 weniger als im September. Der Monatsdurchschnitt 2026 liegt 2,5\u00a0% über dem des Vorjahres.',
    )
  })
  test('does not hold part of a month against a whole one', () => {
    expect(answerText(answer({}, { running: true, unit: 'cents', digits: 2 }), { flow: true, protected: true })).not.toContain('als im')
  })
  test('says how a running month counts', () => {
    expect(answerText(answer({}, { running: true }), figure)).toContain('Der Oktober läuft noch und zählt, wie bis zu seinem Ende geplant.')
  })
  test('says why there is no value', () => {
    expect(answerText(answer({ current: null, signs: { current: '.' } }), figure)).toBe('Kein Wert im Land: geheim.')
  })
  test('says why a comparison is missing', () => {
    const secret = { signs: { previous: '.', change: '.' } } as const
    expect(answerText(answer({ previous: null, change: null, ...secret }), figure)).toBe(
      '332\u00a0Fälle im Land. Kein Vergleich mit dem September und dem Vorjahr: geheim.',
    )
    expect(answerText(answer({ change: null, previous: 332, signs: { change: '…' } }), figure)).toBe(
      '332\u00a0Fälle im Land, so viel wie im September. Kein Vergleich mit dem Vorjahr: Angabe folgt später.',
    )
    expect(answerText(answer({ previous: null, change: null, signs: { previous: '–', change: '.' } }), figure)).toBe(
      '332\u00a0Fälle im Land. Kein Vergleich mit dem September: nichts vorhanden. Kein Vergleich mit dem Vorjahr: geheim.',
    )
    // part of a month is held against nothing anyway
    const flow = { flow: true, protected: true }
    expect(answerText(answer({ previous: null, signs: { previous: '.' } }, { running: true }), flow)).not.toContain('Kein Vergleich')
  })
})

describe('the title of a trend', () => {
  const months = ['2025-01', '2025-02', '2025-03', '2025-04']
  const cases = { unit: 'cases', digits: 0 } as const
  const title = (values: (number | null)[]) => trendTitle({ name: 'VG', values, months }, cases)
  test('says the direction from the first to the last open value', () => {
    expect(title([55, 58, 60, 64])).toBe('VG steigt seit Januar 2025 von 55 auf 64 Fälle')
    expect(title([null, 34, 30, 29])).toBe('VG sinkt seit Februar 2025 von 34 auf 29 Fälle')
  })
  test('calls noise noise', () => {
    expect(title([40, 30, 50, 41])).toBe('VG schwankt seit Januar 2025 zwischen 30 und 50 Fällen')
  })
  test('says that nothing changes', () => expect(title([5, 5, 5, 5])).toBe('VG bleibt seit Januar 2025 bei 5 Fällen'))
  test('claims nothing from one value', () => expect(title([null, null, 5, null])).toBe('VG: zu wenige offene Werte für einen Verlauf'))
})
