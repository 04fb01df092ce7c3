import { describe, expect, test } from 'vitest'
import type { Comparison, KeyFigure } from './client.ts'
import { tableRows } from './comparison.ts'
import { explain } from './explanation.ts'
import type { Column } from './format.ts'
import type { Selection } from './selection.ts'

const figure = {
  name: 'case_count',
  label: 'Fallzahl',
  definition: 'Buchungen mit mindestens einem Leistungstag im Monat.',
  numerator: 'Buchungen mit Leistungstag im Monat',
  denominator: null,
  totals: 'Summe aller örtlichen Träger',
  legal_basis: '§§ 27 ff. SGB VIII',
  source: 'SoJuS, Buchungen',
  unit: 'cases',
  flow: false,
  protected: true,
  by_specialisation: true,
} as KeyFigure
const row = { current: 3, previous: 3, year_average: 2.9, previous_year_average: 4.17, change: -0.304, cases: 3, parts: null, signs: {} }
const answer = (change: Partial<Comparison['rows'][number]> = {}): Comparison => ({
  figure: 'case_count',
  month: '2026-10',
  service_kind: null,
  specialisation: null,
  area: 'MV',
  running: false,
  population_date: '2019-12-31',
  unit: 'cases',
  digits: 0,
  as_of: null,
  data_as_of: '2026-11-21T13:03:12.000Z',
  rows: [{ region: 'LHSN', id: '13004', ags: '13004', name: 'Schwerin', ...row, ...change }],
  total: row,
  weighted_average: row,
})
const explained = (column: Column, comparison = answer(), changed: Partial<Selection> = {}) => {
  const selection = { figure, service_kind: null, specialisation: null, month: '2026-10', area: { code: 'MV', name: 'MV' }, ...changed }
  const [first] = tableRows(comparison, undefined).regions
  const { terms, ...rest } = explain({ selection, answer: comparison, row: first!, column, dataAsOf: comparison.data_as_of })
  return { ...rest, terms: Object.fromEntries(terms.map(({ term, text }) => [term, text])) }
}

test('a quotient shows the numbers it is made of', () => {
  const rate = { ...figure, name: 'dropout_rate', unit: 'ratio', numerator: 'Abbrüche', denominator: 'Beendigungen' } as KeyFigure
  const comparison = { ...answer({ current: 0.1875, parts: { numerator: 39, denominator: 208 } }), unit: 'ratio' as const, digits: 1 }
  expect(explained('current', comparison, { figure: rate }).terms).toMatchObject({ Zähler: '39: Abbrüche', Nenner: '208: Beendigungen' })
  expect(explained('previous', comparison, { figure: rate }).terms).toMatchObject({ Zähler: 'Abbrüche', Nenner: 'Beendigungen' })
})

test('the weighted average says of how many it tells, where some are secret', () => {
  const of = (currents: (number | null)[]) => {
    const rows = currents.map((current, at) => ({ ...answer().rows[0]!, region: `R${at}`, current }))
    return explained('current', { ...answer(), rows }).terms['EW-gewichtet']
  }
  expect(of([null, 3, null])).toContain('der gezeigten Träger (1 von 3, nur R1), Bevölkerung')
  expect(of([2, 3, null])).toContain('der gezeigten Träger (2 von 3), Bevölkerung')
  expect(of([2, 3, 4])).toContain('der gezeigten Träger, Bevölkerung')
})

describe('a value', () => {
  test('is explained by what it counts, its cases, its weights and its time', () => {
    const { where, value, terms } = explained('current')
    expect([where, value]).toEqual(['LHSN, Oktober 2026', '3'])
    expect(terms).toMatchObject({
      Definition: figure.definition,
      Zähler: figure.numerator,
      Nenner: 'keiner',
      'Fälle dahinter': '3',
      'EW-gewichtet': 'Σ (Wert × Einwohner) geteilt durch Σ Einwohner der gezeigten Träger, Bevölkerung am 31.12.2019',
      Stand: '21.11.2026, 14:03:12',
    })
  })
  test('of a year names the months of its mean', () => {
    expect(explained('year_average').terms['Definition']).toMatch(/^Mittel der Monatswerte Januar bis Oktober 2026\./)
    expect(explained('previous_year_average').where).toBe('LHSN, Durchschnitt 2025')
  })
  test('of few cases tells how far a change may lie', () => {
    const { value, unit, terms } = explained('change')
    expect([value, unit]).toEqual(['(\u221230,4)', '%'])
    expect(terms['Fälle dahinter']).toContain('95-%-Intervall: \u221284\u00a0% bis +211\u00a0%')
    expect(terms).toMatchObject({ Zähler: '2,9 im Jahr', Nenner: '4,2 im Vorjahr' })
  })
})

describe('a sign', () => {
  test('of secrecy says why, and does not tell the cases', () => {
    const { value, sign, terms } = explained('current', answer({ current: null, cases: null, signs: { current: '.' } }))
    expect([value, sign]).toEqual(['geheim', '.'])
    expect(terms).toMatchObject({ 'Kein Wert': 'Geheim: 1 oder 2 Fälle, oder zum Schutz einer solchen Zelle.', 'Fälle dahinter': 'geheim' })
  })
  test('of no sense names the choice that makes none', () => {
    const senseless = answer({ current: null, cases: null, signs: { current: 'x' } })
    const specialisation = { code: 'traumapaedagogik', label: 'Traumapädagogik' }
    const { terms } = explained('current', senseless, {
      specialisation,
      figure: { ...figure, label: 'Haushaltsansatz', by_specialisation: false },
    })
    expect(terms['Kein Wert']).toBe('Nicht sinnvoll: Haushaltsansatz gibt es nicht je Spezialisierung.')
  })
  test('of no base says so', () => {
    expect(explained('change', answer({ change: null, signs: { change: 'x' } })).terms['Kein Wert']).toBe(
      'Nicht sinnvoll: Der Durchschnitt des Vorjahres ist null.',
    )
  })
})
