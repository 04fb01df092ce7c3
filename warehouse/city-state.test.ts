import { expect, it } from 'vitest'
import { fold, waitingMonths } from './compaction.ts'
import { bookingRow, commit, many, smallDirectory, testWarehouse, type Row } from './fixture.ts'
import { monthOf } from './month.ts'
import { comparison } from './views.ts'

const hamburg: Row = {
  id: '02000',
  ags: '02000',
  federal_state: 'HH',
  abbreviation: 'HH',
  name: 'Hamburg',
  sort_order: 1,
  data_from: '2025-01-01',
}

it('a state that is one authority shows the same statistics for both: each value counts once', async () => {
  const { warehouse, remove } = await testWarehouse()
  await commit(warehouse, ...smallDirectory)
  await commit(
    warehouse,
    { table: 'federal_state', added: [{ code: 'HH', ags: '02', name: 'Hamburg' }] },
    { table: 'youth_authority', added: [hamburg] },
  )
  const booked = (rate_cents: number) =>
    bookingRow({ youth_authority_id: '02000', facility_authority_id: '02000', rate_cents: [rate_cents] })
  const offered = (rate_cents: number, valid_from: string): Row => ({
    id: crypto.randomUUID(),
    youth_authority_id: '02000',
    service_kind: 's34',
    specialisations: [],
    unit: 'day',
    rate_cents,
    valid_from,
    valid_to: null,
  })
  await commit(
    warehouse,
    { table: 'booking', added: [...many(3, () => booked(90_00)), ...many(3, () => booked(110_00))] },
    { table: 'offer_rate', added: [offered(80_00, '2026-01-01'), offered(120_00, '2026-01-01')] },
  )
  const medians = async (): Promise<unknown[]> => {
    const month = monthOf('2026-02')
    const found: unknown[] = []
    for (const figure of ['rate_median', 'offer_rate_median']) {
      for (const area of ['HH', 'de']) {
        const view = { figure, service_kind: 's34', specialisation: null, area, month, running: month }
        const { rows, total } = await comparison(warehouse, view, { own_authority: null })
        found.push(rows.find(({ current }) => typeof current === 'number')?.current, total.current)
      }
    }
    return found
  }
  expect(await medians()).toEqual(Array(8).fill(100_00))
  for (const { table, month } of await warehouse.read(waitingMonths)) await warehouse.write((c) => fold(c, table, month))
  // a value appended to what was folded, or built, moves the median of both from between the values to one of them
  await commit(warehouse, { table: 'booking', added: [booked(110_00)] }, { table: 'offer_rate', added: [offered(120_00, '2026-02-01')] })
  const moved = [...Array(4).fill(110_00), ...Array(4).fill(120_00)]
  expect(await medians()).toEqual(moved)
  await warehouse.rebuildMarts()
  expect(await medians()).toEqual(moved)
  await commit(warehouse, { table: 'booking', added: [booked(90_00)] }, { table: 'offer_rate', added: [offered(80_00, '2026-02-01')] })
  expect(await medians()).toEqual(Array(8).fill(100_00))
  await remove()
})
