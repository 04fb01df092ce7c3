import { describe, expect, test } from 'vitest'
import type { Catalogue, Comparison, KeyFigure } from '../../client.ts'
import { asOwn, changeSinceText, detailText, findingText, ownAuthority, pagesFirst, toldFigures } from './overview.ts'

const answer = (figure: string, total: Partial<Comparison['total']>, unit: Comparison['unit'] = 'cases') =>
  ({
    figure,
    month: '2026-10',
    unit,
    digits: unit === 'ratio' ? 1 : 0,
    total: { current: null, change: null, signs: {}, ...total },
  }) as Comparison
const totals = (...answers: Comparison[]) => new Map(answers.map((each) => [each.figure, each]))

describe('the finding', () => {
  test('says both directions once when they are the same', () => {
    const both = totals(answer('case_count', { change: 0.019 }), answer('payments', { change: 0.044 }))
    expect(findingText(both)).toBe('Gegenüber dem Vorjahr stiegen die Auszahlungen um 4,4\u00a0%, die Fallzahl um 1,9\u00a0%.')
  })
  test('says each direction when they differ', () => {
    const both = totals(answer('case_count', { change: -0.019 }), answer('payments', { change: 0.044 }))
    expect(findingText(both)).toBe('Gegenüber dem Vorjahr stiegen die Auszahlungen um 4,4\u00a0%, die Fallzahl sank um 1,9\u00a0%.')
  })
  test('is silent about what is not known', () => {
    expect(findingText(totals(answer('case_count', { change: -0.019 })))).toBe('Gegenüber dem Vorjahr sank die Fallzahl um 1,9\u00a0%.')
    expect(findingText(totals())).toBeUndefined()
  })
})

test('figures the catalogue does not have are left out', () => {
  const catalogue = { figures: [{ name: 'payments' }], service_kinds: [] } as unknown as Catalogue
  expect(toldFigures(catalogue).map(({ figure }) => figure.name)).toEqual(['payments'])
})

test('quotients change by percentage points, amounts by percent', () => {
  expect(changeSinceText(answer('dropout_rate', { year_average: 0.145, previous_year_average: 0.148 }, 'ratio'))).toBe('\u22120,3\u00a0PP')
  expect(changeSinceText(answer('payments', { change: 0.044 }, 'cents'))).toBe('+4,4\u00a0%')
  expect(changeSinceText(answer('payments', {}, 'cents'))).toBeUndefined()
})

test('a line tells more than its number, or at least what it counts', () => {
  const cases = answer('case_count', { current: 9412, previous_year_average: 9160 })
  const figure = { name: 'case_count', definition: 'Buchungen im Monat.' } as KeyFigure
  expect(detailText(cases, figure, totals(cases))).toBe('252 mehr als in einem Durchschnittsmonat 2025.')
  expect(detailText(answer('case_count', {}), figure, totals())).toBe('Buchungen im Monat.')
})

describe('per role', () => {
  const vg = { id: '13075', abbreviation: 'VG', name: 'Vorpommern-Greifswald' }

  test('an authority sees its own figures first, told in the same words as those of the land', () => {
    const cases = { ...answer('case_count', { current: 9412 }), rows: [{ id: vg.id, current: 47, previous_year_average: 40, change: 0.1 }] }
    const own = asOwn(cases as unknown as Comparison, vg.id)
    expect(own.total.current).toBe(47)
    expect(detailText(own, { name: 'case_count' } as KeyFigure, totals(own))).toBe('7 mehr als in einem Durchschnittsmonat 2025.')
    expect(asOwn(cases as unknown as Comparison, '13003').total.current).toBe(9412)
  })
  test('politics and providers see the land', () => {
    expect(ownAuthority({ roles: ['controlling'], youth_authority: vg })).toBe(vg)
    expect(ownAuthority({ roles: ['politics', 'controlling'], youth_authority: vg })).toBeNull()
    expect(ownAuthority({ roles: ['provider'], youth_authority: null })).toBeNull()
  })
  test('who works on cases or offers is led to the pages first', () => {
    expect(
      [['caseworker'], ['provider'], ['controlling'], ['politics'], ['caseworker', 'finance']].map((roles) => pagesFirst(roles as never)),
    ).toEqual([true, true, false, false, false])
  })
})
