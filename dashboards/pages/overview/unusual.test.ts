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
  usual_from: 37.2,
  usual_to: 52.8,
  own_months: 24,
  change: null,
  median_change: null,
  ...more,
})
const told = (more: Partial<UnusualRow>) => unusualText(row(more), '2026-10').replaceAll('\u00a0', ' ')

describe('an unusual value is told with what is usual and why it is told', () => {
  test('against the own months', () => {
    expect(told({})).toBe(
      'Vorpommern-Rügen: 61 auswärtige Buchungen, üblich sind 38 bis 52; Grund: mehr als in den 24 Monaten davor üblich.',
    )
    expect(told({ value: 20, own_months: 15 })).toBe(
      'Vorpommern-Rügen: 20 auswärtige Buchungen, üblich sind 38 bis 52; Grund: weniger als in den 15 offenen Monaten davor üblich.',
    )
    expect(told({ figure: 'dropouts', value: 9, usual_from: 0, usual_to: 6.4 })).toBe(
      'Vorpommern-Rügen: 9 Abbrüche, üblich sind höchstens 6; Grund: mehr als in den 24 Monaten davor üblich.',
    )
    expect(told({ figure: 'dropouts', value: 1, usual_from: 4, usual_to: 12 })).toContain(': 1 Abbruch, üblich sind 4 bis 12;')
  })

  test('against the other regions', () => {
    const other = { figure: 'payments', unit: 'cents' as const, digits: 2, own_months: null, change: -0.37, median_change: 0.083 }
    expect(told({ ...other, value: 89_256_797, usual_from: 92_024_267, usual_to: 214_604_468 })).toBe(
      'Vorpommern-Rügen: 892.568 € ausgezahlt, üblich sind 920.243 € bis 2,15 Mio. €; Grund: −37,0 % gegenüber dem Monatsdurchschnitt 2025, im Median aller örtlichen Träger +8,3 %.',
    )
  })

  test('against both', () => {
    expect(
      told({
        figure: 'rate_median',
        unit: 'cents_per_unit',
        digits: 2,
        value: 17_257,
        usual_from: 15_000,
        usual_to: 17_000,
        change: 0.1,
        median_change: 0.02,
      }),
    ).toBe(
      'Vorpommern-Rügen: 172,57 € am Tag im Median, üblich sind 150,00 € bis 170,00 €; Grund: mehr als in den 24 Monaten davor üblich; +10,0 % gegenüber dem Monatsdurchschnitt 2025, im Median aller örtlichen Träger +2,0 %.',
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
