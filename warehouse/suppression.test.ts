import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { bookingRow, commit, smallDirectory, testWarehouse, type Row } from './fixture.ts'
import { monthOf } from './month.ts'
import { comparison, trend } from './views.ts'
import type { Warehouse } from './warehouse.ts'

let warehouse: Warehouse
let remove: () => Promise<void>
beforeAll(async () => {
  ;({ warehouse, remove } = await testWarehouse())
  await commit(warehouse, ...smallDirectory)
  const flensburg = smallDirectory.find(({ table }) => table === 'youth_authority')!.added!.find(({ id }) => id === '01001')!
  await commit(warehouse, { table: 'youth_authority', removed: [flensburg], added: [{ ...flensburg, data_from: '2025-01-01' }] })
})
afterAll(() => remove())

const figures = ['case_count', 'dropout_rate', 'rate_median']
const span = { from: monthOf('2025-12'), to: monthOf('2026-04') }
const views = figures.flatMap((figure) =>
  [null, 's31'].flatMap((service_kind) =>
    [null, 'trauma'].flatMap((specialisation) => ['MV', 'de'].map((area) => ({ figure, service_kind, specialisation, area, ...span }))),
  ),
)
const everything = (own_authority: string | null) =>
  Promise.all(
    views.map(async (view) => {
      const { rows, total } = await trend(warehouse, view, { own_authority })
      return { ...view, rows, total }
    }),
  )

const anyBooking = fc
  .record({
    youth_authority_id: fc.constantFrom('13075', '13003', '13004', '01001'),
    service_kind: fc.constantFrom('s34', 's31'),
    first_day: fc.constantFrom('2025-11-03', '2026-01-10', '2026-02-20'),
    last_day: fc.constantFrom('2026-02-25', '2026-03-31', '2026-06-30'),
    end_reason: fc.constantFrom(null, null, 10, 20, 40),
    specialisations: fc.constantFrom<string[]>([], ['trauma']),
  })
  .map((row): Row => ({ ...bookingRow(row), id: randomUUID(), case_key: randomUUID(), unit: row.service_kind === 's34' ? 'day' : 'hour' }))

it('what was decided before a commit is decided anew where the commit changed something, and only that is kept', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(anyBooking, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 3 }), async (commits) => {
      for (const added of commits) {
        await commit(warehouse, { table: 'booking', added })
        const kept = await Promise.all([everything(null), everything('13003')])
        // a write that does not move the stream's position makes all that was decided useless
        warehouse.changes.add(0, null)
        warehouse.changes.ended()
        expect(kept).toEqual(await Promise.all([everything(null), everything('13003')]))
      }
    }),
    { numRuns: 4 },
  )
})

it('every reader sees the same of a moment, whatever was asked before and in whatever table', async () => {
  const seen = await everything(null)
  for (const ofGermany of seen.filter(({ area }) => area === 'de')) {
    const ofState = seen.find(
      (each) =>
        each.area === 'MV' &&
        each.figure === ofGermany.figure &&
        each.service_kind === ofGermany.service_kind &&
        each.specialisation === ofGermany.specialisation,
    )!
    // states in alphabetical order: Mecklenburg-Vorpommern first
    expect(ofGermany.rows.slice(0, 3)).toEqual(ofState.rows)
    ofState.total.forEach((value, at) => {
      if (value === '.') expect(ofGermany.total[at]).toBe('.')
    })
  }
})

it('a figure is hidden with what it is part of', async () => {
  const part = await trend(
    warehouse,
    { figure: 'cases_ended', service_kind: 's31', specialisation: 'trauma', area: 'de', ...span },
    { own_authority: null },
  )
  const whole = await trend(
    warehouse,
    { figure: 'case_count', service_kind: 's31', specialisation: null, area: 'de', ...span },
    { own_authority: null },
  )
  whole.rows.forEach((values, row) => values.forEach((value, at) => value === '.' && expect(part.rows[row]![at]).toBe('.')))
  const { rows } = await comparison(
    warehouse,
    { figure: 'case_count', service_kind: null, specialisation: null, area: 'MV', month: span.to, running: monthOf('2026-05') },
    { own_authority: '13075' },
  )
  expect(rows[0]!.current).toEqual(expect.any(Number))
})
