import { afterAll, beforeAll, expect, test } from 'vitest'
import { bookingRow, commit, many, smallDirectory, testWarehouse } from '../fixture.ts'
import { keyFigures, standing } from '../key-figures.ts'
import type { Warehouse } from '../warehouse.ts'
import { ownRows } from './own-rows.ts'
import { endMeasures } from '../own-structure.ts'
import { classMeasures, deskMeasures } from './tables.ts'

let warehouse: Warehouse
let remove: () => Promise<void>
beforeAll(async () => {
  ;({ warehouse, remove } = await testWarehouse())
  await commit(warehouse, ...smallDirectory)
  await commit(
    warehouse,
    {
      table: 'booking',
      added: [
        ...many(2, () => bookingRow({ last_day: '2026-02-20', end_reason: 20, specialisations: ['trauma'] })),
        bookingRow({ service_kind: 's31', unit: 'hour', last_day: '2026-01-31', rate_cents: [7_000] }),
        // of Rostock in a facility of Vorpommern-Greifswald: a foreign occupancy there
        ...many(5, () => bookingRow({ youth_authority_id: '13003', facility_authority_id: '13075', rate_cents: [77_777] })),
      ],
    },
    {
      table: 'budget',
      added: [
        { youth_authority_id: '13075', year: 2026, service_kind: 's34', amount_cents: 1_200_000 },
        { youth_authority_id: '13003', year: 2026, service_kind: 's34', amount_cents: 9_900_000 },
      ],
    },
  )
})
afterAll(() => remove())

type Row = Record<string, string | number | boolean | null>
const rowsOf = async (own: string): Promise<Record<string, Row[]>> => {
  const tables: Record<string, Row[]> = {}
  for (const { table, rows } of (await ownRows(warehouse, own, 'from class_cell')).parts)
    (tables[table] ??= []).push(...(JSON.parse(rows) as Row[]))
  return tables
}
const sorted = (tables: Record<string, Row[]>) =>
  Object.fromEntries(Object.entries(tables).map(([table, rows]) => [table, rows.map((row) => JSON.stringify(row)).sort()]))

test('numbers become codes again, and months days', async () => {
  const { cell, histogram } = await rowsOf('13075')
  const january = { month: '2026-01-01', specialisation: 'all' }
  const cases = cell!.filter(
    ({ measure, month, specialisation }) => measure === 'case_count' && month === january.month && specialisation === 'all',
  )
  expect(cases.map(({ service_kind, value, cases }) => [service_kind, value, cases]).sort()).toEqual([
    ['all', 3, 3],
    ['s31', 1, 1],
    ['s34', 2, 2],
  ])
  expect(cell).toContainEqual({
    measure: 'dropouts',
    service_kind: 's34',
    specialisation: 'trauma',
    month: '2026-02-01',
    value: 2,
    cases: 2,
  })
  expect(histogram).toContainEqual({ series: 'rate_per_hour', service_kind: 'all', ...january, value: 7_000, n: 1 })
  expect(histogram).toContainEqual({
    series: 'dwell_days',
    service_kind: 's34',
    specialisation: 'all',
    month: '2026-02-01',
    value: 41,
    n: 2,
  })
})

test('nothing of another authority is among the rows', async () => {
  const tables = await rowsOf('13075')
  expect(tables.youth_authority).toEqual([
    { ags: '13075', abbreviation: 'VG', name: 'Vorpommern-Greifswald', federal_state: 'MV', data_from: '2025-01-01' },
  ])
  expect(tables.budget).toEqual([{ year: 2026, service_kind: 's34', amount_cents: 1_200_000 }])
  expect(tables.population!.map(({ inhabitants }) => inhabitants).sort()).toEqual([200_000, 40_000])
  expect(tables.histogram!.some(({ value }) => value === 77_777)).toBe(false)
  expect(JSON.stringify(tables)).not.toMatch(/13003|Rostock|9900000/)
})

test('what is folded and what is appended give the same rows', async () => {
  const before = sorted(await rowsOf('13075'))
  await warehouse.rebuildMarts()
  await warehouse.read(async (connection) => {
    const appended = await connection.runAndReadAll('select count(*) from marts.histogram_appended')
    expect(Number(appended.value(0, 0))).toBe(0)
  })
  expect(sorted(await rowsOf('13075'))).toEqual(before)
})

test('measures whose own row is closed are left out, and those kept by changes; all others have a name', () => {
  const measures = warehouse.lineage().flatMap((each) => each.measures)
  const closed = keyFigures.filter((figure) => !figure.own_row_open).flatMap(({ rests_on }) => rests_on)
  expect(closed).toEqual(['foreign_occupancy', 'occupied', 'occupied_by_others'])
  expect(deskMeasures.map(({ name }) => name).sort()).toEqual(
    [...new Set(measures)].filter((measure) => !closed.includes(measure) && !standing.has(measure) && measure !== 'budget').sort(),
  )
  for (const { name, label } of deskMeasures) expect(label).not.toBe(name)
})

test('the cells of the foreign occupancy stay out although they stand at the own place', async () => {
  const { cell } = await rowsOf('13075')
  expect(cell!.some(({ measure }) => measure === 'foreign_occupancy')).toBe(false)
})

test('classes are told all together, and add up to the values that are told without them', async () => {
  const { cell, class_cell, class: classes } = await rowsOf('13075')
  expect(class_cell).toContainEqual({
    measure: 'dropouts',
    service_kind: 's34',
    age_group: 'a10_15',
    sex: 'w',
    provider: 'none',
    end_reason: '20',
    month: '2026-02-01',
    value: 2,
  })
  const sums = (rows: Row[]) => {
    const sum = new Map<string, number>()
    for (const { measure, service_kind, month, value } of rows) {
      const key = `${String(measure)} ${String(service_kind)} ${String(month)}`
      sum.set(key, (sum.get(key) ?? 0) + Number(value))
    }
    return Object.fromEntries([...sum].sort())
  }
  const told = new Set(Object.values(classMeasures).flat())
  const without = cell!.filter((row) => told.has(String(row.measure)) && row.specialisation === 'all' && row.service_kind !== 'all')
  expect(sums(class_cell!)).toEqual(sums(without))
  // reasons only of what ends
  for (const row of class_cell!) expect([row, row.end_reason !== null]).toEqual([row, endMeasures.includes(String(row.measure))])
  expect(classes).toContainEqual({ dimension: 'end_reason', code: '20', label: expect.stringContaining('abweichend') })
})

test('classes are read for the queries that name them alone', async () => {
  const tablesFor = async (sql: string) => (await ownRows(warehouse, '13075', sql)).parts.map(({ table }) => table)
  expect(await tablesFor('from cell')).not.toContain('class_cell')
  expect(await tablesFor('select * from "CLASS_CELL"')).toContain('class_cell')
})
