import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { expect, test } from 'vitest'
import { bookingRow, commit, fillBatches, many, smallDirectory, testWarehouse } from './fixture.ts'
import { absorb } from './marts.ts'
import { monthOf } from './month.ts'
import { freshness } from './query.ts'
import { martsDifferingFromRebuild } from './rebuild.ts'
import { comparison } from './views.ts'
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

test('what is announced is seen before its commit, the file is read after it, and what fails after all is taken back', async () => {
  const { warehouse, remove } = await testWarehouse()
  const month = monthOf('2026-02')
  const cases = async () => {
    const query = { figure: 'case_count', service_kind: null, specialisation: null, area: 'MV', month, running: month + 1 }
    const { rows, data_lsn } = await comparison(warehouse, query, { own_authority: null })
    return [rows[0]!.current, data_lsn]
  }
  await commit(warehouse, ...smallDirectory, { table: 'booking', added: many(4, bookingRow) })
  expect(await cases()).toEqual([4, '0/1'])
  const seen: unknown[] = []
  let readAfter: Promise<string> | undefined
  const write = (position: number, fails: boolean) =>
    warehouse.write(async (connection, announce) => {
      await fillBatches(connection, [{ table: 'booking', added: many(3, bookingRow) }])
      await absorb(connection, [{ table: 'booking' }], () =>
        announce({ data_lsn: `0/${position}`, data_as_of: '2026-03-01T00:00:01.000Z' }),
      )
      seen.push(await cases())
      readAfter = warehouse.ask(freshness).then(({ data_lsn }) => data_lsn)
      await connection.run(`update history.progress set applied_lsn = ${position}`)
      if (fails) throw new Error('no space left')
    })
  const before = warehouse.writes()
  await expect(write(2, true)).rejects.toThrow('no space left')
  expect([seen.pop(), await readAfter, await cases(), warehouse.freshness().data_lsn]).toEqual([[7, '0/2'], '0/1', [4, '0/1'], '0/1'])
  // what is committed at a position that failed before is of unknown effect, and read from the file; then all goes on
  for (const expected of [5, 6]) {
    await commit(warehouse, { table: 'booking', added: [bookingRow()] })
    expect(await cases()).toEqual([expected, `0/${expected - 3}`])
  }
  await write(4, false)
  expect([seen.pop(), await readAfter, await cases()]).toEqual([[9, '0/4'], '0/4', [9, '0/4']])
  expect(warehouse.writes()).toBe(before + 5)
  expect(await warehouse.write(martsDifferingFromRebuild)).toEqual([])
  await remove()
})

test('a write announces again and again, and all of it is taken back together', async () => {
  const { warehouse, remove } = await testWarehouse()
  const month = monthOf('2026-02')
  const counted = async () => {
    const query = { figure: 'case_count', service_kind: null, specialisation: null, area: 'MV', month, running: month + 1 }
    const { current, cases } = (await comparison(warehouse, query, { own_authority: null })).rows[0]!
    return `${String(current)} of ${cases}`
  }
  const known = many(4, bookingRow)
  await commit(warehouse, ...smallDirectory, { table: 'booking', added: known })
  // history is looked up by its index
  await warehouse.rebuildMarts()
  await counted()
  // the case of each change is that of the change before, which is in no commit yet
  const more = [bookingRow({ case_key: known[0]!['case_key'] }), bookingRow(), bookingRow()]
  const steps: Parameters<typeof fillBatches>[1][] = [
    [{ table: 'booking', added: more }],
    [{ table: 'booking', removed: [more[1]!], added: [{ ...more[1]!, last_day: '2026-03-15' }] }],
    [{ table: 'booking', removed: [more[0]!, more[2]!] }],
  ]
  const write = (position: number, fails: boolean) => {
    const seen: unknown[] = []
    let asked: Promise<string> | undefined
    const done = warehouse.write(async (connection, announce) => {
      for (const [at, changes] of steps.entries()) {
        await fillBatches(connection, changes)
        const now = { data_lsn: `0/${position + at}`, data_as_of: '2026-03-01T00:00:01.000Z' }
        await absorb(connection, [{ table: 'booking' }], () => announce(now))
        seen.push(await counted(), warehouse.isAwaited())
      }
      asked = warehouse.ask(freshness).then(({ data_lsn }) => data_lsn)
      seen.push(warehouse.isAwaited())
      await connection.run(`update history.progress set applied_lsn = ${position + 2}`)
      if (fails) throw new Error('no space left')
    })
    return done.catch(() => seen.push('failed')).then(async () => [...seen, await asked, await counted(), warehouse.isAwaited()])
  }
  const committed = ['7 of 6', false, '7 of 6', false, '5 of 5', false, true, '0/4', '5 of 5', false]
  expect(await write(2, false)).toEqual(committed)
  expect(await warehouse.write(martsDifferingFromRebuild)).toEqual([])
  const undone = ['8 of 6', false, '8 of 6', false, '6 of 5', false, true, 'failed', '0/4', '5 of 5', false]
  expect(await write(5, true)).toEqual(undone)
  expect(await warehouse.write(martsDifferingFromRebuild)).toEqual([])
  await remove()
})
