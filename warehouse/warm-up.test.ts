import { pino } from 'pino'
import { expect, it } from 'vitest'
import { directoryOf } from './directory.ts'
import { bookingRow, commit, smallDirectory, testWarehouse } from './fixture.ts'
import { latticesOf } from './lattices.ts'
import { monthOf } from './month.ts'
import { positionOf } from './query.ts'
import { warmUp } from './warm-up.ts'

it('what was computed ahead moves on with commits and is not read again', async () => {
  const { warehouse, remove } = await testWarehouse()
  await commit(warehouse, ...smallDirectory, { table: 'booking', added: [bookingRow()] })
  const ready = async (measure: string, month: string, specialisation = 'all') => {
    const lattices = latticesOf(warehouse, await directoryOf(warehouse))
    return lattices.moveTo(await warehouse.ask(positionOf), [{ measure, specialisation }], [monthOf(month)])
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
  expect([await ready('dropouts', '2025-01', 'trauma'), await ready('case_stock', '2026-04', 'trauma')]).toEqual([true, true])
  await remove()
})
