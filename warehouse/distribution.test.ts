import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest'
import { fold, waitingMonths } from './compaction.ts'
import { distribution, quantilesOf, stepsFor, type Curve } from './distribution.ts'
import { bookingRow, commit, smallDirectory, testWarehouse, type Row } from './fixture.ts'
import { monthOf } from './month.ts'
import { comparison } from './views.ts'
import type { Warehouse } from './warehouse.ts'

let warehouse: Warehouse
let remove: () => Promise<void>
beforeAll(async () => {
  ;({ warehouse, remove } = await testWarehouse())
  await commit(warehouse, ...smallDirectory)
})
afterAll(() => remove())

const month = monthOf('2026-02')
const valuesOf = (curve: Curve) => (typeof curve === 'string' ? curve : curve.values)

describe('a curve', () => {
  test('runs from the lowest to the highest by the rule of the median', () => {
    // worked by hand: 1 2 2 5 9 12, halves lie between the third and the fourth, quarters on the second and the fifth
    const histogram = [
      { value: 12, count: 1 },
      { value: 2, count: 2 },
      { value: 1, count: 1 },
      { value: 9, count: 1 },
      { value: 5, count: 1 },
    ]
    expect(quantilesOf(histogram, 2)).toEqual([1, 3.5, 12])
    expect(quantilesOf(histogram, 4)).toEqual([1, 2, 3.5, 9, 12])
    expect(quantilesOf([{ value: 7, count: 1 }], 20)).toEqual(Array.from({ length: 21 }, () => 7))
  })
  test('has as many steps as rest on enough cases', () => {
    expect([60, 59, 30, 29, 12, 11, 6, 3].map((cases) => stepsFor(cases, cases, 3))).toEqual([20, 10, 10, 4, 4, 2, 2, 2])
  })
  it('has in every step the bookings of enough cases, wherever those of one case lie', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 6, maxLength: 200 }),
        fc.integer({ min: 3, max: 6 }),
        (each, threshold) => {
          const bookings = each.reduce((sum, n) => sum + n, 0)
          const steps = stepsFor(bookings, each.length, threshold)
          if (steps === 2) return
          // the worst: a step is filled with the bookings of those who have most
          let left = Math.floor(bookings / steps)
          let cases = 0
          for (const n of each.toSorted((a, b) => b - a)) {
            if (left <= 0) break
            left -= n
            cases += 1
          }
          expect(cases).toBeGreaterThanOrEqual(threshold)
        },
      ),
    )
  })
})

describe('the distribution of rates', () => {
  const booked = (youth_authority_id: string, n: number, more: Row = {}) =>
    Array.from({ length: n }, (_, i) => bookingRow({ youth_authority_id, rate_cents: [100_00 + ((i * 37) % 100) * 100], ...more }))

  test('agrees with minimum, median and maximum of every reader, folded or not, and hides what they hide', async () => {
    await commit(warehouse, {
      table: 'booking',
      added: [
        ...booked('13075', 80),
        ...booked('13003', 14),
        ...booked('13004', 2),
        ...booked('13003', 4, { service_kind: 's31', unit: 'hour' }),
      ],
    })
    const seen: unknown[] = []
    for (const folded of [false, true]) {
      if (folded)
        for (const { table, month: waiting } of await warehouse.read(waitingMonths)) await warehouse.write((c) => fold(c, table, waiting))
      for (const own_authority of [null, '13075', '13004']) {
        for (const service_kind of [null, 's34', 's31']) {
          for (const area of ['MV', 'de']) {
            const view = { service_kind, specialisation: null, area, month, running: month }
            const { rows, total, regions } = await distribution(warehouse, { figure: 'rate_median', ...view }, { own_authority })
            const curves = [...rows, total].map(valuesOf)
            for (const [figure, share] of [
              ['rate_min', 0],
              ['rate_median', 0.5],
              ['rate_max', 1],
            ] as const) {
              // prettier-ignore
              const table = await comparison(warehouse, { figure, ...view }, { own_authority })
              expect(curves.map((values) => (typeof values === 'string' ? values : values[(values.length - 1) * share]))).toEqual(
                [...table.rows, table.total].map(({ current }) => current),
              )
            }
            seen.push([own_authority, service_kind, area, regions.map(({ region }) => region), curves])
          }
        }
      }
    }
    expect(seen.slice(0, seen.length / 2)).toEqual(seen.slice(seen.length / 2))
  })

  test('has fewer steps on fewer cases, but the own row is shown as it is', async () => {
    const view = { figure: 'rate_max', service_kind: 's34', specialisation: null, area: 'MV', month }
    const stepsOf = async (own_authority: string | null) => {
      const { rows, total } = await distribution(warehouse, view, { own_authority })
      return [...rows, total].map((curve) => (typeof curve === 'string' ? curve : curve.values.length - 1))
    }
    // Schwerin has two cases, Rostock hides them
    expect(await stepsOf(null)).toEqual([20, '.', '.', 20])
    // two cases are all that Schwerin's readers do not know with Rostock's 14
    expect(await stepsOf('13003')).toEqual(['.', 10, '.', 20])
    // whoever knows the 80 sees the Summe as coarsely as the others' 16 cases allow
    expect((await stepsOf('13075')).slice(0, 3)).toEqual([20, '.', '.'])
    expect((await stepsOf('13075'))[3]).toBe(4)
  })

  test('of offers tells nothing about persons and is as fine as there are offers', async () => {
    const offered = (rate_cents: number, valid_to: string | null) => {
      const place = { youth_authority_id: '13075', service_kind: 's34', specialisations: [] }
      return { ...place, id: randomUUID(), unit: 'day', rate_cents, valid_from: '2025-06-01', valid_to }
    }
    const added = [80_00, 90_00, 95_00, 99_00].map((rate) => offered(rate, null))
    await commit(warehouse, { table: 'offer_rate', added: [...added, offered(10_00, '2026-01-31')] })
    const view = { figure: 'offer_rate_median', service_kind: 's34', specialisation: null, area: 'MV', month }
    const { rows, total } = await distribution(warehouse, view, { own_authority: null })
    expect([...rows, total].map(valuesOf)).toEqual([[80_00, 85_00, 92_50, 97_00, 99_00], '–', '–', [80_00, 85_00, 92_50, 97_00, 99_00]])
    const before = await distribution(warehouse, { ...view, month: monthOf('2026-01') }, { own_authority: null })
    // until 31 January: the fifth counts once more
    expect(valuesOf(before.rows[0]!)[0]).toBe(10_00)
  })

  it('is refused for other figures', async () => {
    const view = { figure: 'dwell_time_median', service_kind: null, specialisation: null, area: 'MV', month }
    await expect(distribution(warehouse, view, { own_authority: null })).rejects.toThrow('unknown figure')
  })
})
