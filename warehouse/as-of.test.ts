import { expect, it } from 'vitest'
import { GapInHistory, stateAsOf } from './as-of.ts'
import { bookingRow, commit, testWarehouse } from './fixture.ts'

it('history gives the rows as they stood at any past moment, and refuses a moment inside a gap with its bounds', async () => {
  const { warehouse, remove } = await testWarehouse()
  const begun = bookingRow({ specialisations: ['trauma'] })
  const ended = { ...begun, end_reason: 10, last_day: '2026-03-31' }
  await commit(warehouse, { table: 'booking', added: [begun], committed_at: '2026-01-10T10:00:00Z' })
  await commit(warehouse, { table: 'booking', removed: [begun], added: [ended], committed_at: '2026-03-31T10:00:00Z' })
  await commit(warehouse, { table: 'booking', removed: [ended], committed_at: '2026-05-01T10:00:00Z' })
  await warehouse.write((c) => c.run(`insert into history.gap values ('2026-06-01T00:00:00Z', '2026-06-03T00:00:00Z', 'slot lost')`))
  const at = (moment: string) => warehouse.read((connection) => stateAsOf(connection, 'booking', moment))
  expect(await at('2026-01-10T09:59:59Z')).toEqual([])
  expect(await at('2026-01-10T10:00:00Z')).toMatchObject([{ case_key: begun['case_key'], end_reason: null, specialisations: ['trauma'] }])
  expect(await at('2026-04-01T00:00:00Z')).toMatchObject([{ end_reason: 10, last_day: '2026-03-31' }])
  expect(await at('2026-05-02T00:00:00Z')).toEqual([])
  await expect(at('2026-06-02T00:00:00Z')).rejects.toThrow(GapInHistory)
  expect(await at('2026-06-03T00:00:00Z')).toEqual([])
  await remove()
})
