import { describe, expect, test } from 'vitest'
import { behindOf } from './behind.ts'
import type { Comparison, KeyFigure, Session } from './client.ts'
import type { Row } from './comparison.ts'
import type { Column } from './format.ts'
import type { Selection } from './selection.ts'

const figure = {
  name: 'cases_ended',
  flow: true,
  by_specialisation: true,
  facts_behind: { facts: 'bookings', counted: 'cases_ended' },
} as KeyFigure
const session = (roles: Session['roles'], id = '13075') => ({ roles, youth_authority: { id } }) as Session
const rowOf = (key: string, kind: Row['kind'] = 'region') => {
  const cell = { text: '5', sign: null, uncertain: false }
  const all = <Item>(item: Item) =>
    Object.fromEntries(['current', 'previous', 'year_average', 'previous_year_average', 'change'].map((name) => [name, item]))
  return { key, kind, values: all(5), cells: all(cell) } as unknown as Row
}
const controlling = session(['controlling'])
type Changed = {
  row?: Row
  as_of?: string
  session?: Session
  figure?: Partial<KeyFigure>
  month?: string
  specialisation?: Selection['specialisation']
}
const behind = (column: Column, changed: Changed = {}) => {
  const { month = '2026-10', specialisation = null } = changed
  const service_kind = { code: 's34' } as Selection['service_kind']
  const area = { code: 'MV', name: 'Mecklenburg-Vorpommern' }
  return behindOf({
    selection: { figure: { ...figure, ...changed.figure }, service_kind, specialisation, month, area },
    answer: { month, running: month === '2026-10' } as Comparison,
    row: changed.row ?? rowOf('13075'),
    column,
    as_of: changed.as_of,
    session: changed.session ?? controlling,
  })
}
const span = (column: Column, changed?: Changed) => {
  const { query } = behind(column, changed)
  return query && [query.from, query.to]
}

describe('the months behind a value', () => {
  test('are the month, that before, or those of an average without a running flow', () => {
    expect(span('current')).toEqual(['2026-10', '2026-10'])
    expect(behind('previous').query!.month).toBe('2026-10')
    expect(span('previous')).toEqual(['2026-09', '2026-09'])
    expect(span('year_average')).toEqual(['2026-01', '2026-09'])
    expect(span('year_average', { figure: { flow: false } })).toEqual(['2026-01', '2026-10'])
    expect(span('previous_year_average')).toEqual(['2025-01', '2025-12'])
    expect(span('change')).toEqual(['2025-01', '2026-09'])
    expect(behind('change').results.map(({ label }) => label)).toEqual(['Mittel Vorjahr', 'Mittel Jahr'])
  })
  test('are none for the weighted average, and for what makes no sense', () => {
    expect(span('current', { row: rowOf('weighted_average', 'weighted_average') })).toBeUndefined()
    expect(span('current', { figure: { by_specialisation: false }, specialisation: { code: 'x', label: 'X' } })).toBeUndefined()
  })
})

describe('the bookings behind a value', () => {
  test('are reached by those who see their own authority’s', () => {
    const { linesHref, month } = behind('current')
    expect(month).toBe('2026-10')
    expect(linesHref!('2026-10')).toBe(
      '/basics/schnellauswertung/ueberoertliche-kennzahlen/buchungen?figure=cases_ended&service_kind=s34&month=2026-10',
    )
    expect(behind('year_average')).toMatchObject({ month: undefined, linesHref: expect.any(Function) })
  })
  test('are not there for others, of other rows, or of other figures', () => {
    const none = [
      { session: session(['politics']) },
      { session: session(['controlling', 'politics']) },
      { session: session(['controlling'], '13003') },
      { row: rowOf('total', 'total') },
      { figure: { facts_behind: null } },
    ]
    for (const changed of none) expect(behind('current', changed).linesHref).toBeUndefined()
  })
})

test('the address of a value says everything it depends on, so that others find the same', () => {
  expect(behind('previous', { as_of: '2026-09', month: '2026-08' }).address).toBe(
    '/basics/schnellauswertung/ueberoertliche-kennzahlen?figure=cases_ended&service_kind=s34&month=2026-08&area=MV&cell=13075-previous&as_of=2026-09',
  )
})
