import { describe, expect, test } from 'vitest'
import type { Unusual, UnusualRow } from '../../client.ts'
import { countText, nothingText, placesOf, reasonText, usualText, valueText } from './unusual.ts'

const row = (more: Partial<UnusualRow>): UnusualRow => ({
  figure: 'away_bookings',
  service_kind: null,
  unit: 'cases',
  digits: 0,
  region: 'VR',
  id: '13073',
  ags: '13073',
  name: 'Vorpommern-Rügen',
  value: 61,
  values: [45, 46, 61],
  usual_from: 37.2,
  usual_to: 52.8,
  own_months: 24,
  change: null,
  median_change: null,
  compared_with: null,
  ...more,
})
const groups = [{ code: 'g4', name: 'Landkreise', grouping: 'Stadt und Land', explanation: 'nach der Art', members: ['13073'] }]
const answer = { month: '2026-10', months: ['2026-08', '2026-09', '2026-10'] }
const told = (more: Partial<UnusualRow>) =>
  [valueText(row(more)), usualText(row(more)), reasonText(row(more), answer, groups)].map((text) => text.replaceAll('\u00a0', ' '))

describe('an unusual value is told with what is usual and why it is told', () => {
  test('against the own months', () => {
    expect(told({})).toEqual([
      '61',
      'üblich 38 bis 52',
      'Vorpommern-Rügen liegt seit Oktober 2026 darüber. Grund: mehr als in den 24 Monaten davor üblich.',
    ])
    expect(told({ value: 20, values: [30, null, 20], own_months: 15 })).toEqual([
      '20',
      'üblich 38 bis 52',
      'Vorpommern-Rügen liegt mindestens seit August 2026 in allen offenen Monaten darunter. Grund: weniger als in den 15 offenen Monaten davor üblich.',
    ])
    expect(told({ figure: 'dropouts', value: 9, values: [6, 7, 9], usual_from: 0, usual_to: 6.4 })).toEqual([
      '9',
      'üblich höchstens 6',
      'Vorpommern-Rügen liegt seit September 2026 ohne Unterbrechung darüber. Grund: mehr als in den 24 Monaten davor üblich.',
    ])
    expect(told({ figure: 'dropouts', value: 1, values: [0, 0, 1], usual_from: 0, usual_to: 0.4 })[1]).toBe('üblich keine')
  })

  test('against the other regions', () => {
    const other = {
      figure: 'payments',
      unit: 'cents' as const,
      digits: 2,
      value: 89_256_797,
      values: [100_000_000, 90_000_000, 89_256_797],
      usual_from: 92_024_267,
      usual_to: 214_604_468,
      own_months: null,
      change: -0.37,
      median_change: 0.083,
    }
    const since = 'Vorpommern-Rügen liegt seit September 2026 ohne Unterbrechung darunter.'
    const found = ['892.568 €', 'üblich 920.243 € bis 2,15 Mio. €']
    expect(told({ ...other, compared_with: { group: 'g4', regions: 6 } })).toEqual([
      ...found,
      `${since} Grund: −37,0 % gegenüber dem Monatsdurchschnitt 2025, im Median der 6 Träger seiner Vergleichsgruppe „Stadt und Land: Landkreise“ +8,3 %.`,
    ])
    expect(told({ ...other, compared_with: { group: null, regions: 8 } })).toEqual([
      ...found,
      `${since} Grund: −37,0 % gegenüber dem Monatsdurchschnitt 2025, im Median aller 8 vergleichbaren örtlichen Träger, weil keine seiner Vergleichsgruppen genug offene Werte hat, +8,3 %.`,
    ])
  })

  test('and is never told by the same text as an end of what is usual', () => {
    const near = {
      figure: 'payments',
      unit: 'cents' as const,
      digits: 2,
      value: 189_312_345,
      usual_from: 123_000_000,
      usual_to: 188_998_877,
    }
    expect(told(near).slice(0, 2)).toEqual(['1.893.123,45 €', 'üblich 1.230.000,00 bis 1.889.988,77 €'])
  })

  test('against both', () => {
    expect(
      told({
        figure: 'rate_median',
        unit: 'cents_per_unit',
        digits: 2,
        value: 17_257,
        values: [17_200, 17_250, 17_257],
        usual_from: 15_000,
        usual_to: 17_000,
        change: 0.1,
        median_change: 0.02,
        compared_with: { group: 'g4', regions: 5 },
      }),
    ).toEqual([
      '172,57 €',
      'üblich 150,00 bis 170,00 €',
      'Vorpommern-Rügen liegt mindestens seit August 2026 ohne Unterbrechung darüber. Grund: mehr als in den 24 Monaten davor üblich; +10,0 % gegenüber dem Monatsdurchschnitt 2025, im Median der 5 Träger seiner Vergleichsgruppe „Stadt und Land: Landkreise“ +2,0 %.',
    ])
  })
})

test('how many there are, or that there is nothing', () => {
  expect([1, 4, 31, 0].map((found) => countText(found))).toEqual([
    'Ein Wert ist auffällig.',
    'Vier Werte sind auffällig.',
    '31 Werte sind auffällig.',
    '',
  ])
  expect([countText(1, true), countText(4, true)]).toEqual(['Im Land ist ein Wert auffällig.', 'Im Land sind vier Werte auffällig.'])
  expect(nothingText({ compared: 56, month: '2026-10' } as Unusual)).toBe(
    'Im Oktober 2026 ist nichts auffällig: Alle 56 verglichenen Werte liegen im üblichen Bereich.',
  )
  expect(nothingText({ compared: 0, month: '2026-10' } as Unusual)).toContain('zu wenige offene Monate')
})

test('the value lies outside the band it is drawn beside', () => {
  expect(placesOf({ value: 90, usual_from: 0, usual_to: 60 })).toEqual({ from: 13.5 / 117, to: 73.5 / 117, value: 103.5 / 117 })
  expect(placesOf({ value: 3, usual_from: 3, usual_to: 3 })).toEqual({ from: 0.5, to: 0.5, value: 0.5 })
})
