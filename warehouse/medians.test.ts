import { expect, it } from 'vitest'
import { fold, waitingMonths } from './compaction.ts'
import { bookingRow, commit, smallDirectory, testWarehouse, type Row } from './fixture.ts'
import { monthOf } from './month.ts'
import { comparison } from './views.ts'
import type { Warehouse } from './warehouse.ts'

const month = monthOf('2026-02')
const medians = async (warehouse: Warehouse, area: string, figure = 'rate_median') => {
  const view = { figure, service_kind: 's34', specialisation: null, area, month, running: month }
  const { rows, total } = await comparison(warehouse, view, { own_authority: null })
  return { rows: rows.map(({ current }) => current), total: total.current }
}
const foldAll = async (warehouse: Warehouse): Promise<void> => {
  for (const { table, month } of await warehouse.read(waitingMonths)) await warehouse.write((connection) => fold(connection, table, month))
}

it('is right where more was appended than what is kept near the statistic can tell', async () => {
  const { warehouse, remove } = await testWarehouse()
  await commit(warehouse, ...smallDirectory)
  // 600 rates from 1 to 600 €; then 1, 100 and 500 above them all, and the 100 are taken back
  const rates = (n: number, from: number) => Array.from({ length: n }, (_, i) => bookingRow({ rate_cents: [(from + i) * 100] }))
  await commit(warehouse, { table: 'booking', added: rates(600, 1) })
  await foldAll(warehouse)
  expect(await medians(warehouse, 'MV')).toMatchObject({ rows: [300_50, '–', '–'], total: 300_50 })
  await commit(warehouse, { table: 'booking', added: rates(1, 1000) })
  expect(await medians(warehouse, 'MV')).toMatchObject({ rows: [301_00, '–', '–'], total: 301_00 })
  const above = rates(100, 2000)
  await commit(warehouse, { table: 'booking', added: above })
  expect(await medians(warehouse, 'MV')).toMatchObject({ rows: [351_00, '–', '–'], total: 351_00 })
  await commit(warehouse, { table: 'booking', added: rates(500, 3000) })
  expect((await medians(warehouse, 'de')).total).toBe(1000_00)
  await commit(warehouse, { table: 'booking', removed: above })
  expect(await medians(warehouse, 'MV')).toMatchObject({ rows: [551_00, '–', '–'], total: 551_00 })
  await remove()
})

it('is right in a hundred places at once', async () => {
  const { warehouse, remove } = await testWarehouse()
  await commit(warehouse, ...smallDirectory)
  const ids = Array.from({ length: 120 }, (_, i) => String(1101 + i).padStart(5, '0'))
  const authority = (id: string): Row => ({
    id,
    ags: id,
    federal_state: 'SH',
    abbreviation: id,
    name: id,
    sort_order: Number(id),
    data_from: '2025-01-01',
  })
  await commit(warehouse, { table: 'youth_authority', added: ids.map(authority) })
  const booked = (cents: (i: number) => number) =>
    ids.map((id, i) => bookingRow({ youth_authority_id: id, facility_authority_id: id, rate_cents: [cents(i)] }))
  for (const shift of [-1, 0, 1]) await commit(warehouse, { table: 'booking', added: booked((i) => (i + 10) * 100 + shift) })
  await foldAll(warehouse)
  await commit(warehouse, { table: 'booking', added: booked((i) => (i + 10) * 100 + 1) })
  const { rows, total } = await medians(warehouse, 'SH')
  expect(rows.slice(1)).toEqual(ids.map((_, i) => (i + 10) * 100 + 0.5))
  // between the highest rate of the 60th authority and the lowest of the 61st
  expect(total).toBe((69_01 + 69_99) / 2)
  await remove()
})

it('is right after each of many small commits', async () => {
  const { warehouse, remove } = await testWarehouse()
  await commit(warehouse, ...smallDirectory)
  // rates in whole Euros, chosen by a fixed sequence: many stand twice, most of 900 are not kept
  let state = 7
  const random = (below: number): number => (state = (state * 48271) % 2147483647) % below
  const booked = () => bookingRow({ rate_cents: [(50 + random(400)) * 100] })
  let standing = Array.from({ length: 900 }, booked)
  await commit(warehouse, { table: 'booking', added: standing })
  await foldAll(warehouse)
  for (let i = 0; i < 25; i += 1) {
    const added = Array.from({ length: random(6) }, booked)
    const removed = Array.from({ length: random(6) }, () => standing[random(standing.length)]!)
    const gone = new Set([...removed, ...(i % 5 === 0 ? [standing.toSorted((a, b) => centsOf(a) - centsOf(b))[0]!] : [])])
    standing = [...standing.filter((row) => !gone.has(row)), ...added]
    await commit(warehouse, { table: 'booking', removed: [...gone], added })
    const sorted = standing.map(centsOf).sort((a, b) => a - b)
    const n = sorted.length
    expect((await medians(warehouse, 'MV')).total).toBe((sorted[Math.floor((n - 1) / 2)]! + sorted[Math.floor(n / 2)]!) / 2)
    expect((await medians(warehouse, 'MV', 'rate_min')).total).toBe(sorted[0])
    expect((await medians(warehouse, 'MV', 'rate_max')).total).toBe(sorted[n - 1])
  }
  await remove()
})

const centsOf = (row: Row): number => (row.rate_cents as [number])[0]
