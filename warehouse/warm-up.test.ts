import { pino } from 'pino'
import { expect, it } from 'vitest'
import { directoryOf } from './directory.ts'
import { bookingRow, commit, smallDirectory, testWarehouse } from './fixture.ts'
import { Lattices, latticesOf } from './lattices.ts'
import { monthOf } from './month.ts'
import { positionOf } from './query.ts'
import { warmUp } from './warm-up.ts'

it('what was computed ahead moves on with commits and is not read again', async () => {
  const { warehouse, remove } = await testWarehouse()
  await commit(warehouse, ...smallDirectory, { table: 'booking', added: [bookingRow()] })
  const ready = async (measure: string, month: string) => {
    const lattices = latticesOf(warehouse, await directoryOf(warehouse))
    return lattices.moveTo(await warehouse.ask(positionOf), [{ measure, specialisation: 'all' }], [monthOf(month)])
  }
  expect(await ready('dropouts', '2026-02')).toBe(false)
  const log = pino({ level: 'silent' })
  await warmUp(warehouse, { now: () => new Date('2026-04-10'), log }).finished
  await commit(warehouse, { table: 'booking', added: [bookingRow()] })
  expect([await ready('dropouts', '2026-02'), await ready('case_stock', '2025-01'), await ready('dropouts', '2024-12')]).toEqual([
    true,
    true,
    false,
  ])
  await remove()
})

it('what a view reads it decides on, however much it is; what was asked for before is forgotten', async () => {
  const { warehouse, remove } = await testWarehouse()
  await commit(warehouse, ...smallDirectory, { table: 'booking', added: [bookingRow()] })
  const lattices = new Lattices(warehouse, await directoryOf(warehouse), warehouse.changes.generation(), 1)
  const position = await warehouse.ask(positionOf)
  const months = [monthOf('2026-01'), monthOf('2026-02')]
  const isThere = (measure: string) => lattices.moveTo(position, [{ measure, specialisation: 'all' }], months)
  const read = (...measures: string[]) =>
    warehouse.read((connection) =>
      lattices.read(
        connection,
        position,
        measures.map((measure) => ({ measure, specialisation: 'all' })),
        months,
      ),
    )
  await read('case_count', 'case_stock')
  expect(['case_count', 'case_stock'].map(isThere)).toEqual([true, true])
  await read('away_bookings', 'rated_per_day', 'cases_begun')
  expect(['away_bookings', 'rated_per_day', 'cases_begun'].map(isThere)).toEqual([true, true, true])
  expect(['case_count', 'case_stock'].map(isThere)).toContain(false)
  await remove()
})
