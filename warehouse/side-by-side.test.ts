import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bookingRow, commit, many, smallDirectory, testWarehouse } from './fixture.ts'
import { monthOf } from './month.ts'
import { sideBySide, type Against } from './side-by-side.ts'
import type { Warehouse } from './warehouse.ts'

/*
 * By hand: VG (13075), HRO (13003), LHSN (13004); data from January 2025. May 2026 is running.
 * Begun in VG: 4 in February 2025, 6 in March 2025; 5 in February 2026, 7 in March 2026, 9 in May 2026; HRO 10 in March 2026; LHSN 4 in March 2026.
 * Each lasts to the 20th of the month after it began and is ended then; of VG's seven begun in March 2026, three are dropouts.
 */
const begun = (n: number, authority: string, month: string, until: string, dropouts = 0) =>
  many(n, () => bookingRow({ youth_authority_id: authority, first_day: `${month}-03`, last_day: `${until}-20`, end_reason: 10 })).map(
    (row, i) => (i < dropouts ? { ...row, end_reason: 20 } : row),
  )

let warehouse: Warehouse
let remove: () => Promise<void>
beforeAll(async () => {
  ;({ warehouse, remove } = await testWarehouse())
  await commit(warehouse, ...smallDirectory, {
    table: 'booking',
    added: [
      ...begun(4, '13075', '2025-02', '2025-03'),
      ...begun(6, '13075', '2025-03', '2025-04'),
      ...begun(5, '13075', '2026-02', '2026-03'),
      ...begun(7, '13075', '2026-03', '2026-04', 3),
      ...begun(10, '13003', '2026-03', '2026-04'),
      ...begun(4, '13004', '2026-03', '2026-04'),
      ...many(9, () => bookingRow({ first_day: '2026-05-03', last_day: '2026-07-20' })),
    ],
  })
})
afterAll(() => remove())

const columns = async (figures: string[], period: [string, string], against: Against) => {
  const query = { area: 'MV', service_kind: null, specialisation: null, running: monthOf('2026-05') }
  const held = { first: monthOf(period[0]), last: monthOf(period[1]) }
  return (await sideBySide(warehouse, { ...query, figures, period: held, against }, { own_authority: null })).columns
}

describe('of a quarter', () => {
  it('flows are added up, stocks are monthly means, ratios are numerators by denominators', async () => {
    const [flow, stock, ratio, density] = await columns(
      ['cases_begun', 'case_stock', 'dropout_rate', 'case_density'],
      ['2026-01', '2026-03'],
      'previous_year',
    )
    expect(flow!.rows.map(({ value, reference, change }) => [value, reference, change])).toEqual([
      [12, 10, 12 / 10 - 1],
      [10, 0, 'x'],
      [4, 0, 'x'],
    ])
    expect(flow!.total).toEqual({ value: 26, reference: 10, change: 26 / 10 - 1 })
    // stock at the ends of January 0, February 5, March 7
    expect(stock!.rows[0]).toMatchObject({ value: 4 })
    expect(stock!.total.value).toBe((0 + 5 + 21) / 3)
    expect(ratio!.rows.map(({ value }) => value)).toEqual([0, '–', '–'])
    // behind a density stands the mean stock: in the first row 4
    expect(density!.rows.map(({ base }) => base)).toEqual(stock!.rows.map(({ value }) => value))
  })

  it('a running one counts as far as it is over, against as many months of the other', async () => {
    const [flow, rate] = await columns(['cases_begun', 'dropout_rate'], ['2026-04', '2026-06'], 'previous')
    expect(flow!.counted).toEqual({ first: monthOf('2026-04'), last: monthOf('2026-04') })
    expect(flow!.compared).toEqual({ first: monthOf('2026-01'), last: monthOf('2026-01') })
    expect(flow!.rows.map(({ value }) => value)).toEqual([0, 0, 0])
    // April: 3 of 7, 0 of 10, 0 of 4; together 3 of 21
    expect(rate!.rows.map(({ value, base }) => [value, base])).toEqual([
      [3 / 7, 7],
      [0, 10],
      [0, 4],
    ])
    expect(rate!.total.value).toBe(3 / 21)
  })
})

it('the year so far is held against the same months of the year before', async () => {
  const [flow, count] = await columns(['cases_begun', 'case_count'], ['2026-05', '2026-05'], 'year_to_date')
  expect(flow!.counted).toEqual({ first: monthOf('2026-01'), last: monthOf('2026-04') })
  expect(flow!.compared).toEqual({ first: monthOf('2025-01'), last: monthOf('2025-04') })
  expect(flow!.rows[0]).toMatchObject({ value: 12, reference: 10 })
  // January to May: 0, 5, 12, 7, 9; the running month counts as planned
  expect(count!.rows[0]).toMatchObject({ value: 33 / 5, reference: (0 + 4 + 10 + 6 + 0) / 5 })
})

it('values are ranked, spread and held against the median or the weighted average of all', async () => {
  const [among] = await columns(['cases_begun'], ['2026-03', '2026-03'], 'median')
  expect(among!.rows.map(({ value, reference, rank }) => [value, reference, rank])).toEqual([
    [7, 7, 2],
    [10, 7, 1],
    [4, 7, 3],
  ])
  expect(among!.total).toEqual({ value: 21, reference: 'x', change: 'x' })
  expect(among!.spread).toEqual({ lowest: 4, median: 7, highest: 10, variation: Math.sqrt(6) / 7, count: 3 })
  const [average] = await columns(['cases_begun'], ['2026-03', '2026-03'], 'average')
  // 200,000, 100,000 and 50,000 inhabitants
  expect(average!.rows[0]!.reference).toBeCloseTo((7 * 200 + 10 * 100 + 4 * 50) / 350, 10)
})

it('a period with a hidden month is hidden, and takes no part in ranks and spread', async () => {
  await commit(warehouse, { table: 'booking', added: begun(2, '13004', '2026-01', '2026-02') })
  const [flow] = await columns(['cases_begun'], ['2026-01', '2026-03'], 'previous_year')
  expect(flow!.rows[2]).toMatchObject({ value: '.', change: '.', rank: null })
  expect(flow!.spread!.count).toBe(flow!.rows.filter(({ value }) => typeof value === 'number').length)
})
