import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { expect, test } from 'vitest'
import { bookingRow, commit } from './fixture.ts'
import { martsDifferingFromRebuild } from './rebuild.ts'
import { openWarehouse } from './warehouse.ts'

test('a warehouse of an earlier version gets the columns that its models read by now', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sojus-warehouse-'))
  const open = () => openWarehouse({ path: join(folder, 'warehouse.duckdb'), log: pino({ level: 'silent' }) })
  const earlier = await open()
  await commit(earlier, { table: 'booking', added: [bookingRow()] })
  await earlier.write(async (connection) => {
    await connection.run('drop index if exists history.booking_case')
    await connection.run('alter table history.booking drop column away')
  })
  await earlier.close()

  const warehouse = await open()
  await commit(warehouse, { table: 'booking', added: [bookingRow({ away: true })] })
  const rows = await warehouse.read(async (connection) => (await connection.runAndReadAll('select away from history.booking')).getRowsJS())
  expect(rows).toEqual([[null], [true]])
  const indexes = await warehouse.read(async (connection) =>
    (await connection.runAndReadAll(`select index_name from duckdb_indexes() where table_name = 'booking'`)).getRowsJS(),
  )
  expect(indexes).toEqual([['booking_case']])
  expect(await warehouse.write(martsDifferingFromRebuild)).toEqual([])
  await warehouse.close()
  await rm(folder, { recursive: true })
})
