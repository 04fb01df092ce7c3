import { setImmediate as turn } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { bookingRow, commit, many, smallDirectory, testWarehouse } from '../warehouse/fixture.ts'
import { monthOf } from '../warehouse/month.ts'
import { comparison } from '../warehouse/views.ts'
import type { Warehouse } from '../warehouse/warehouse.ts'
import { computeOnce } from './compute-once.ts'

let warehouse: Warehouse
let remove: () => Promise<void>
beforeAll(async () => {
  ;({ warehouse, remove } = await testWarehouse())
  await commit(warehouse, ...smallDirectory, { table: 'booking', added: [bookingRow()] })
})
afterAll(() => remove())

const query = {
  figure: 'case_count',
  service_kind: null,
  specialisation: null,
  area: 'MV',
  month: monthOf('2026-03'),
  running: monthOf('2026-04'),
}
let computed = 0
let release: Promise<void> | undefined
const table = async (...asked: Parameters<typeof comparison>) => {
  computed += 1
  await release
  return comparison(...asked)
}
beforeEach(() => {
  computed = 0
  release = undefined
})

const ask = async (own_authority: string | null) => (await computeOnce(table, warehouse, query, { own_authority })).rows[0]!.current
const another = () => commit(warehouse, { table: 'booking', added: [bookingRow()] })

test('what many ask of the same data is computed once, and to each with his own rights', async () => {
  const asked = await Promise.all(Array.from({ length: 100 }, (_, nth) => ask([null, '13075', '13003'][nth % 3]!)))
  expect(asked.slice(0, 3)).toEqual(['.', 1, '.'])
  for (const [nth, value] of asked.entries()) expect(value).toBe(asked[nth % 3])
  expect(computed).toBe(3)
  expect([await ask(null), await ask('13075'), computed]).toEqual(['.', 1, 3])
})

test('after a commit it is computed anew, and what failed too', async () => {
  expect(await ask('13075')).toBe(1)
  await another()
  expect(await ask('13075')).toBe(2)
  const before = computed
  release = Promise.reject(new Error('broken'))
  await expect(ask(null)).rejects.toThrow('broken')
  release = undefined
  expect([await ask(null), computed]).toEqual(['.', before + 2])
})

test('who comes while older data are computed shares the next computation with all who come so', async () => {
  let open: () => void = () => undefined
  release = new Promise((resolve) => (open = resolve))
  await another()
  const early = ask('13075')
  await another()
  const late = Array.from({ length: 50 }, () => ask('13075'))
  await another()
  const later = Array.from({ length: 50 }, () => ask('13075'))
  open()
  expect(new Set(await Promise.all([...late, ...later]))).toEqual(new Set([5]))
  expect(await early).toBe(5)
  expect(computed).toBe(2)
})

test('no answer is of older data than had been committed when it was asked for', async () => {
  let bookings = 5
  const writing = (async () => {
    for (let n = 0; n < 8; n += 1) {
      await commit(warehouse, { table: 'booking', added: many(2, bookingRow) })
      bookings += 2
    }
  })()
  let done = false
  void writing.then(() => (done = true))
  while (!done) {
    await turn()
    const least = bookings
    for (const value of await Promise.all(Array.from({ length: 5 }, () => ask('13075')))) expect(value).toBeGreaterThanOrEqual(least)
  }
  await writing
  expect(await ask(null)).toBe(21)
})
