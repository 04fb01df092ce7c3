import { expect, test } from 'vitest'
import { keyFigures } from '../../warehouse/key-figures.ts'
import { hitsText, matching, queryOf, searchOf } from './catalogue-search.ts'

const found = (search: string) => matching(keyFigures, search).map(({ name }) => name)

test('a search finds figures by label, definition and group, whatever the case and however umlauts are written', () => {
  expect(found('fallzahl')).toContain('case_count')
  expect(found('ABBRUCH')).toEqual(['dropout_rate'])
  expect(found('auswaertige')).toEqual(['away_bookings'])
  expect(found('Belegung')).toEqual(expect.arrayContaining(['away_bookings', 'foreign_occupancy', 'fruitless_searches']))
  expect(found('Jugendämter')).toEqual(['dropout_rate'])
})

test('every word must be there, in any order', () => {
  expect(found('median entgelt')).toEqual(['rate_median', 'offer_rate_median'])
  expect(found('median xyz')).toEqual([])
  expect(found('  ')).toHaveLength(keyFigures.length)
})

test('the search stands in the address and is read from there', () => {
  expect(queryOf(' Ende & Grund ')).toBe('?q=Ende+%26+Grund')
  expect(searchOf(queryOf('Ende & Grund'))).toBe('Ende & Grund')
  expect([queryOf('  '), searchOf('')]).toEqual(['', ''])
  expect([hitsText(2, 19), hitsText(19, 19)]).toEqual(['2 von 19 Kennzahlen', '19 Kennzahlen'])
})
