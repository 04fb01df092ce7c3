import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pino } from 'pino'
import { expect, it } from 'vitest'
import { ownArea } from './directory.ts'
import { evaluation } from './evaluation.ts'
import { bookingRow, commit, many, smallDirectory, type Change } from './fixture.ts'
import { monthOf } from './month.ts'
import { openPast } from './past.ts'
import { martsDifferingFromRebuild } from './rebuild.ts'
import { allClasses } from './structure.ts'
import { comparison, trend } from './views.ts'
import { openWarehouse, type Warehouse } from './warehouse.ts'

const log = pino({ level: 'silent' })
const eyes = { own_authority: null }
const view = { service_kind: null, specialisation: null, area: 'MV' }

const ways = [
  { way: 'taken back', most: 10_000 },
  { way: 'made anew', most: 0 },
]
it.each(ways)('a past month shows what was known when it ended, whatever came later being $way', async ({ most }) => {
  const folder = await mkdtemp(path.join(tmpdir(), 'sojus-past-'))
  const warehouse = await openWarehouse({ path: path.join(folder, 'warehouse.duckdb'), log })
  const at = (committed_at: string, changes: Change[]) => commit(warehouse, ...changes.map((change) => ({ ...change, committed_at })))
  await at('2026-01-05T10:00:00Z', smallDirectory)
  const early = many(5, () => bookingRow({ first_day: '2026-01-02', rate_cents: [80_00] }))
  await at('2026-01-31T22:59:59Z', [{ table: 'booking', added: early }])
  // half an hour into February in Berlin, and late: the bookings began in January
  await at('2026-01-31T23:30:00Z', [
    { table: 'booking', added: many(4, () => bookingRow({ first_day: '2026-01-02', rate_cents: [90_00] })) },
  ])
  await at('2026-03-10T08:00:00Z', [{ table: 'booking', removed: [early[0]!], added: [{ ...early[0]!, cancelled: true }] }])
  await warehouse.write((c) => c.run(`insert into history.gap values ('2026-04-10T00:00:00Z', '2026-05-03T00:00:00Z', 'slot lost')`))

  const said: string[] = []
  const past = await openPast({ warehouse, most, log: pino({ level: 'info' }, { write: (line) => void said.push(line) }) })
  const now = new Date('2026-06-15T12:00:00Z')
  // April ended inside a gap
  expect(await past.monthEnds(now)).toEqual(['2026-05', '2026-03', '2026-02', '2026-01'].map(monthOf))
  expect(await past.endOf(monthOf('2026-04'))).toBeUndefined()
  expect(await past.endOf(monthOf('2025-12'))).toBeUndefined()

  const january = monthOf('2026-01')
  const counted = async (month: string) => {
    const then = await past.at((await past.endOf(monthOf(month)))!)
    expect(await then.write(martsDifferingFromRebuild)).toEqual([])
    const { rows, total, data_as_of } = await comparison(
      then,
      { ...view, figure: 'case_count', month: january, running: monthOf(month) },
      eyes,
    )
    const rates = await trend(then, { ...view, figure: 'rate_median', from: january, to: january }, eyes)
    return { data_as_of, vg: rows[0]!.current, total: total.current, rate: rates.rows[0]![0] }
  }
  expect(await counted('2026-01')).toEqual({ data_as_of: '2026-01-31T22:59:59.000Z', vg: 5, total: 5, rate: 80_00 })
  expect(await counted('2026-02')).toMatchObject({ vg: 9, rate: 80_00 })
  expect(await counted('2026-03')).toMatchObject({ vg: 8, rate: 85_00 })
  // nothing came after March
  expect(said.filter((line) => line.includes('rebuilding'))).toHaveLength(most === 0 ? 2 : 0)
  const current = await comparison(warehouse, { ...view, figure: 'case_count', month: january, running: monthOf('2026-06') }, eyes)
  expect(current.rows[0]!.current).toBe(8)
  // the own authority taken apart is of then, too
  const own = async (then: Warehouse) => {
    const months = { from: january, to: january, grain: 'month' as const, running: monthOf('2026-06') }
    const asked = { figures: ['case_count', 'rate_median'], rows: ['sex' as const], columns: null, area: ownArea('13075'), ...months }
    const rest = { service_kinds: [], specialisation: null, ...allClasses, totals: false, against: null }
    return (await evaluation(then, { ...asked, ...rest }, { own_authority: '13075' })).values[0]
  }
  const [ofJanuary, ofMarch] = await Promise.all(['2026-01', '2026-03'].map(async (month) => past.at((await past.endOf(monthOf(month)))!)))
  expect([await own(ofJanuary!), await own(ofMarch!), await own(warehouse)]).toEqual([
    [5, 80_00],
    [8, 85_00],
    [8, 85_00],
  ])

  // built once: another process finds the files
  expect((await readdir(path.join(folder, 'past'))).filter((file) => file.endsWith('.duckdb'))).toHaveLength(3)
  await past.close()
  const again = await openPast({ warehouse, log })
  const then = await again.at((await again.endOf(january))!)
  expect((await comparison(then, { ...view, figure: 'case_count', month: january, running: january }, eyes)).rows[0]!.current).toBe(5)
  await again.close()
  await warehouse.close()
  await rm(folder, { recursive: true })
})
