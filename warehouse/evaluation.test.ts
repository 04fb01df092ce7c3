import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { comparisons, evaluation, layoutOf, partsOf, wholePeriods, type EvaluationQuery } from './evaluation.ts'
import { bookingRow, commit, many, smallDirectory, testWarehouse, type Row } from './fixture.ts'
import { keyFigures } from './key-figures.ts'
import { monthOf, monthText } from './month.ts'
import { sideBySide } from './side-by-side.ts'
import { allClasses } from './structure.ts'
import { comparison, trend, UnknownFilter } from './views.ts'
import type { Warehouse } from './warehouse.ts'

const running = monthOf('2026-05')
const politics = { own_authority: null }

/** Begun in a month in facilities of the authority, lasting to the 20th of the month after it and ended then. */
const begun = (n: number, authority: string, month: string, until: string, row: Row = {}) =>
  many(n, () => bookingRow({ youth_authority_id: authority, first_day: `${month}-03`, last_day: `${until}-20`, end_reason: 10, ...row }))
const hourly = { service_kind: 's31', unit: 'hour' }

let warehouse: Warehouse
let remove: () => Promise<void>
beforeAll(async () => {
  ;({ warehouse, remove } = await testWarehouse())
  const flensburg = smallDirectory.find(({ table }) => table === 'youth_authority')!.added!.find(({ id }) => id === '01001')!
  await commit(warehouse, ...smallDirectory)
  await commit(
    warehouse,
    { table: 'youth_authority', removed: [flensburg], added: [{ ...flensburg, data_from: '2025-01-01' }] },
    {
      table: 'booking',
      added: [
        // VG begins in January s34 5, of which 3 drop out in February, and s31 6; in February 6 and 4; in March s34 7
        ...begun(5, '13075', '2026-01', '2026-02').map((row, i) => (i < 3 ? { ...row, end_reason: 20 } : row)),
        ...begun(6, '13075', '2026-01', '2026-02', hourly),
        ...begun(6, '13075', '2026-02', '2026-03'),
        ...begun(4, '13075', '2026-02', '2026-03', hourly),
        ...begun(7, '13075', '2026-03', '2026-04'),
        // HRO: s34 10 in March, s31 8 in February; LHSN: s34 2 in March, which are secret, s31 5 in February
        ...begun(10, '13003', '2026-03', '2026-04'),
        ...begun(8, '13003', '2026-02', '2026-03', hourly),
        ...begun(2, '13004', '2026-03', '2026-04'),
        ...begun(5, '13004', '2026-02', '2026-03', hourly),
        // a year before: 6 in January, of which 3 drop out in February
        ...begun(6, '13075', '2025-01', '2025-02').map((row, i) => (i < 3 ? { ...row, end_reason: 20 } : row)),
        // Flensburg: 9 in March
        ...begun(9, '01001', '2026-03', '2026-04'),
      ],
    },
  )
})
afterAll(() => remove())

const query = (change: Partial<EvaluationQuery>): EvaluationQuery => ({
  figures: ['cases_begun'],
  rows: ['region'],
  columns: null,
  area: 'MV',
  service_kinds: [],
  specialisation: null,
  ...allClasses,
  from: monthOf('2026-01'),
  to: monthOf('2026-03'),
  grain: 'month',
  totals: true,
  against: null,
  running,
  ...change,
})
const evaluated = (change: Partial<EvaluationQuery>) => evaluation(warehouse, query(change), politics)

describe('worked by hand', () => {
  it('regions by service kind of a quarter, with a hidden cell: totals are those of the lattice', async () => {
    const { layout, values } = await evaluated({ columns: 'service_kind', grain: 'quarter' })
    expect(layout.rows.map(({ keys }) => keys)).toEqual([['13075'], ['13003'], ['13004'], [null]])
    expect(layout.columns.map(({ keys }) => keys)).toEqual([['s34'], ['s31'], [null]])
    // Schwerin's 2 of March are secret, with what they could be reckoned from; the Summe holds them all the same: 5 + 6 + 7 + 10 + 2 of s34,
    // 6 + 4 + 8 + 5 of s31
    expect(values).toEqual([
      ['.', 10, '.'],
      ['.', 8, '.'],
      ['.', 5, '.'],
      [30, 23, 53],
    ])
  })

  it('months within service kinds, with all totals: stocks are monthly means, ratios numerators by denominators', async () => {
    const { layout, values } = await evaluated({
      figures: ['cases_begun', 'case_stock', 'dropout_rate'],
      rows: ['service_kind', 'period'],
      area: 'SH',
      from: monthOf('2026-02'),
      to: monthOf('2026-04'),
    })
    expect(layout.rows.map(({ keys }) => keys)).toEqual([
      ['s34', '2026-02'],
      ['s34', '2026-03'],
      ['s34', '2026-04'],
      ['s34', null],
      ['s31', '2026-02'],
      ['s31', '2026-03'],
      ['s31', '2026-04'],
      ['s31', null],
      [null, '2026-02'],
      [null, '2026-03'],
      [null, '2026-04'],
      [null, null],
    ])
    // nine begun in March and ended in April; the stock at the ends of the months is 0, 9, 0
    expect(values.slice(0, 4)).toEqual([
      [0, 0, '–'],
      [9, 9, '–'],
      [0, 0, 0],
      [9, 3, 0],
    ])
    expect(values[7]).toEqual([0, 0, '–'])
    expect(values.slice(8)).toEqual(values.slice(0, 4))
  })

  it('against the period before, and a year before: each value with its own reference, secret with either of both', async () => {
    const { layout, values, compared } = await evaluated({
      figures: ['cases_begun', 'dropout_rate'],
      columns: 'period',
      service_kinds: ['s34'],
      from: monthOf('2026-02'),
      to: monthOf('2026-04'),
      against: 'previous',
    })
    expect(layout.columns.map(({ keys }) => keys[0])).toEqual(['2026-02', '2026-03', '2026-04', null])
    expect(layout.cells).toBe(4 * 4 * 2 * 2)
    const held = values.map((ofRow, row) => ofRow.map((value, at) => [value, compared!.references[row]![at], compared!.changes[row]![at]]))
    const [vg, hro, lhsn, summe] = held.map((ofRow) => ofRow.filter((_, at) => at % 2 === 0))
    // VG and HRO protect Schwerin's 2 of March: secret in that month, in April as what April is held against, and in the whole period
    expect(vg).toEqual([
      [6, 5, 6 / 5 - 1],
      ['.', 6, '.'],
      ['.', '.', '.'],
      ['.', 5, '.'],
    ])
    expect([hro![0], hro![1]]).toEqual([
      [0, 0, 'x'],
      ['.', 0, '.'],
    ])
    expect(lhsn![1]).toEqual(['.', 0, '.'])
    // the three months to April against the three to January, which hold the 5 of VG
    expect(summe).toEqual([
      [6, 5, 6 / 5 - 1],
      [19, 6, 19 / 6 - 1],
      [0, 19, -1],
      [25, 5, 4],
    ])
    // in January nothing ended: a quotient of nothing
    expect(held[0]![1]).toEqual([0.6, '–', '–'])
  })

  it('quotients change by percentage points, a year before is a year before, and what is not over is not compared yet', async () => {
    const heldOf = async (change: Partial<EvaluationQuery>) => {
      const { values, compared } = await evaluated(change)
      return [values[0]![0], compared!.references[0]![0], compared!.changes[0]![0]]
    }
    const [february, march] = ['2026-02', '2026-03'].map((month) => ({ from: monthOf(month), to: monthOf(month) }))
    // VG: 3 of 11 dropped out, a year before 3 of 6
    expect(await heldOf({ ...february, figures: ['dropout_rate'], against: 'previous_year' })).toEqual([3 / 11, 1 / 2, 3 / 11 - 1 / 2])
    expect(await heldOf({ ...march, area: 'SH', rows: ['state'], against: 'previous_year' })).toEqual([9, 0, 'x'])
    // of the quarter one month is over: against the first of the quarter before
    const whole = { rows: ['state' as const], against: 'previous' as const }
    expect(await heldOf({ ...whole, from: monthOf('2026-04'), to: monthOf('2026-06'), grain: 'quarter' })).toEqual([0, 11, -1])
    expect(await heldOf({ ...whole, from: running, to: running })).toEqual([0, '…', '…'])
    expect((await evaluated({})).compared).toBeNull()
  })

  it('some service kinds together are added up, secret with any of them, and have no median', async () => {
    const { values } = await evaluated({
      figures: ['cases_begun', 'dropout_rate', 'dwell_time_mean', 'rate_median'],
      service_kinds: ['s34', 's31'],
      from: monthOf('2026-02'),
      to: monthOf('2026-02'),
    })
    // VG: begun 6 and 4; ended 5 of s34, of them 3 dropouts, and 6 of s31, all after 48 days
    expect(values[0]).toEqual([10, 3 / 11, 48, 'x'])
    const later = await evaluated({ service_kinds: ['s34', 's31'], from: monthOf('2026-02'), to: monthOf('2026-03') })
    expect(later.values[2]).toEqual(['.'])
  })

  it('the order statistic of a single service kind is exact at every level', async () => {
    const { values } = await evaluated({
      figures: ['rate_median'],
      rows: ['state', 'region'],
      area: 'de',
      service_kinds: ['s31'],
      from: monthOf('2026-02'),
      to: monthOf('2026-02'),
    })
    // Flensburg, VG, HRO, LHSN, MV, all
    expect(values.flat().filter((value) => typeof value === 'number')).toEqual([100_00, 100_00, 100_00, 100_00, 100_00])
  })
})

describe('the layout', () => {
  it('nests regions in their states, with a total of each state that has several and of all', async () => {
    const { rows, members } = await layoutOf(warehouse, query({ rows: ['state', 'region'], area: 'de' }))
    expect(rows.map(({ keys }) => keys)).toEqual([
      ['MV', '13075'],
      ['MV', '13003'],
      ['MV', '13004'],
      ['MV', null],
      ['SH', '01001'],
      [null, null],
    ])
    expect(members.state).toEqual([
      { key: 'MV', label: 'Mecklenburg-Vorpommern', short: 'MV' },
      { key: 'SH', label: 'Schleswig-Holstein', short: 'SH' },
    ])
  })

  it('tells the number of cells and what makes them before anything is read', async () => {
    const wide = query({
      figures: ['case_count', 'payments'],
      rows: ['region', 'period'],
      columns: 'service_kind',
      from: monthOf('2025-01'),
      to: monthOf('2026-05'),
    })
    const layout = await layoutOf(warehouse, wide)
    expect(layout.cells).toBe((3 + 1) * (17 + 1) * (2 + 1) * 2)
    expect(partsOf(layout, wide)).toEqual([
      { dimension: 'period', count: 18 },
      { dimension: 'region', count: 4 },
      { dimension: 'service_kind', count: 3 },
    ])
    expect((await layoutOf(warehouse, { ...wide, totals: false })).cells).toBe(3 * 17 * 2 * 2)
  })

  it('widens periods to whole ones, and ends with the running one', async () => {
    expect(wholePeriods(monthOf('2025-11'), monthOf('2026-05'), 'quarter')).toEqual({ from: monthOf('2025-10'), to: monthOf('2026-06') })
    const { rows } = await layoutOf(
      warehouse,
      query({ rows: ['period'], grain: 'year', from: monthOf('2025-01'), to: monthOf('2027-12'), totals: false }),
    )
    expect(rows.map(({ keys }) => keys)).toEqual([['2025'], ['2026']])
  })

  it('refuses what the directory does not know', async () => {
    await expect(evaluated({ area: 'XX' })).rejects.toThrow(UnknownFilter)
    await expect(evaluated({ service_kinds: ['s34', 's99'] })).rejects.toMatchObject({ field: 'service_kinds' })
  })
})

it('what knows no specialisations makes no sense for one', async () => {
  const { values } = await evaluated({ figures: ['budget', 'cases_begun'], specialisation: 'trauma' })
  expect(values.map(([budget]) => budget)).toEqual(['x', 'x', 'x', 'x'])
  expect(values[0]![1]).not.toBe('x')
})

it('the own row is open to its controllers, and only that', async () => {
  const own = await evaluation(warehouse, query({ service_kinds: ['s34'] }), { own_authority: '13004' })
  expect(own.values[2]).toEqual([2])
  expect((await evaluated({ service_kinds: ['s34'] })).values[2]).toEqual(['.'])
})

it('every total is what comparison, trend and side by side show of its level', async () => {
  const from = monthOf('2026-01')
  const to = monthOf('2026-04')
  const level = fc.record({
    figure: fc.constantFrom(...keyFigures.map(({ name }) => name)),
    area: fc.constantFrom('MV', 'SH', 'de'),
    service_kind: fc.constantFrom(null, 's34', 's31'),
    specialisation: fc.constantFrom(null, null, 'trauma'),
    own_authority: fc.constantFrom(null, '13004'),
    against: fc.constantFrom(...comparisons),
  })
  await fc.assert(
    fc.asyncProperty(level, async ({ figure, area, service_kind, specialisation, own_authority, against }) => {
      const eyes = { own_authority }
      const known = keyFigures.find(({ name }) => name === figure)!
      fc.pre(specialisation === null || known.by_specialisation)
      const view = { figure, area: area as string, service_kind, specialisation }
      const asked = { figures: [figure], area: 'de', specialisation, from, to, columns: 'service_kind' as const, against }
      const table = await evaluation(warehouse, query({ ...asked, rows: ['state', 'period'] }), eyes)
      const regions = await evaluation(warehouse, query({ ...asked, area, rows: ['region', 'period'] }), eyes)
      const at = ({ layout, values: all }: typeof table, keys: (string | null)[], kind: string | null, values = all) => {
        const [row, column] = [
          layout.rows.findIndex((line) => `${line.keys}` === `${keys}`),
          layout.columns.findIndex((each) => each.keys[0] === kind),
        ]
        return values[row]![column]
      }
      const key = area === 'de' ? null : area
      const { months, rows, total, regions: shown } = await trend(warehouse, { ...view, from, to }, eyes)
      months.forEach((month, i) => {
        expect(at(table, [key, month], service_kind)).toBe(total[i])
        shown.forEach(({ id }, row) => {
          // a single region needs no total of its own
          if (shown.length > 1) expect(at(regions, [id, month], service_kind)).toBe(rows[row]![i])
        })
      })
      const current = await comparison(warehouse, { ...view, month: to, running }, eyes)
      expect(at(table, [key, monthText(to)], service_kind)).toBe(current.total.current)
      const period = { first: from, last: to }
      const [column] = (await sideBySide(warehouse, { ...view, figures: [figure], period, against, running }, eyes)).columns
      expect(at(table, [key, null], service_kind)).toBe(column!.total.value)
      const { references, changes } = table.compared!
      expect(at(table, [key, null], service_kind, references)).toBe(column!.total.reference)
      const { value, reference, change } = column!.total
      expect(at(table, [key, null], service_kind, changes)).toBe(
        known.unit === 'ratio' && typeof change === 'number' ? (value as number) - (reference as number) : change,
      )
    }),
    { numRuns: 25 },
  )
})
