import { describe, expect, test } from 'vitest'
import type { Unusual, UnusualRow } from '../../client.ts'
import { countText, nothingText, placesOf, unusualText } from './unusual.ts'

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
const told = (more: Partial<UnusualRow>) => unusualText(row(more), answer, groups).replaceAll('\u00a0', ' ')

describe('an unusual value is told with what is usual and why it is told', () => {
  test('against the own months', () => {
    expect(told({})).toBe(
      'Vorpommern-Rügen: 61 auswärtige Buchungen, üblich sind 38 bis 52 (seit Oktober 2026 darüber); Grund: mehr als in den 24 Monaten davor üblich.',
    )
    expect(told({ value: 20, values: [30, null, 20], own_months: 15 })).toBe(
      'Vorpommern-Rügen: 20 auswärtige Buchungen, üblich sind 38 bis 52 (mindestens seit August 2026 in allen offenen Monaten darunter); Grund: weniger als in den 15 offenen Monaten davor üblich.',
    )
    expect(told({ figure: 'dropouts', value: 9, values: [6, 7, 9], usual_from: 0, usual_to: 6.4 })).toBe(
      'Vorpommern-Rügen: 9 Abbrüche, üblich sind höchstens 6 (seit September 2026 ohne Unterbrechung darüber); Grund: mehr als in den 24 Monaten davor üblich.',
    )
    expect(told({ figure: 'dropouts', value: 1, values: [4, 4, 1], usual_from: 4, usual_to: 12 })).toContain(
      ': 1 Abbruch, üblich sind 4 bis 12 (',
    )
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
    const found =
      'Vorpommern-Rügen: 892.568 € ausgezahlt, üblich sind 920.243 € bis 2,15 Mio. € (seit September 2026 ohne Unterbrechung darunter); Grund: −37,0 % gegenüber dem Monatsdurchschnitt 2025,'
    expect(told({ ...other, compared_with: { group: 'g4', regions: 6 } })).toBe(
      `${found} im Median der 6 Träger seiner Vergleichsgruppe „Stadt und Land: Landkreise“ +8,3 %.`,
    )
    expect(told({ ...other, compared_with: { group: null, regions: 8 } })).toBe(
      `${found} im Median aller 8 vergleichbaren örtlichen Träger, weil keine seiner Vergleichsgruppen genug offene Werte hat, +8,3 %.`,
    )
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
    ).toBe(
      'Vorpommern-Rügen: 172,57 € am Tag im Median, üblich sind 150,00 € bis 170,00 € (mindestens seit August 2026 ohne Unterbrechung darüber); Grund: mehr als in den 24 Monaten davor üblich; +10,0 % gegenüber dem Monatsdurchschnitt 2025, im Median der 5 Träger seiner Vergleichsgruppe „Stadt und Land: Landkreise“ +2,0 %.',
    )
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
