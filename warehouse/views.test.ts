import { expect, it } from 'vitest'
import { bookingRow, commit, smallDirectory, testWarehouse } from './fixture.ts'
import { monthOf, monthText } from './month.ts'
import { behind, comparison } from './views.ts'

it('the months behind an average are those it is made of, by the inhabitants of the view', async () => {
  const { warehouse, remove } = await testWarehouse()
  const grown = { ags: '13075', reference_date: '2025-12-31', sex: 'all', origin: 'test', estimated: false }
  const population = [
    { ...grown, age_group: 'total', inhabitants: 250_000 },
    { ...grown, age_group: 'u21', inhabitants: 50_000 },
  ]
  const added = Array.from({ length: 10 }, (_, i) => bookingRow({ first_day: '2025-03-01', last_day: i < 4 ? '2025-06-15' : '2026-06-30' }))
  await commit(warehouse, ...smallDirectory, { table: 'population', added: population }, { table: 'booking', added })
  const [month, from, to] = [monthOf('2026-02'), monthOf('2025-01'), monthOf('2025-12')]
  const view = { figure: 'case_density', service_kind: null, specialisation: null, area: 'MV' }
  const { rows } = await comparison(warehouse, { ...view, month, running: month }, { own_authority: null })
  const found = (await behind(warehouse, { ...view, row: '13075', month, from, to }, { own_authority: null }))!
  // 10 of 50,000 in March, April and May, then 6
  expect(found.months.map(({ value }) => value)).toEqual([0, 0, 2, 2, 2, 1.2, 1.2, 1.2, 1.2, 1.2, 1.2, 1.2])
  const values = found.months.map(({ value }) => value as number)
  expect(values.reduce((sum, value) => sum + value, 0) / 12).toBeCloseTo(rows[0]!.previous_year_average as number, 12)
  expect(found.months[2]).toMatchObject({ month: monthText(from + 2), cases: 10, parts: { numerator: 10, denominator: 50_000 } })
  expect(await behind(warehouse, { ...view, row: '01001', month, from, to }, { own_authority: null })).toBeUndefined()
  await remove()
})
