import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { weightedAverage, type Value } from './comparison.ts'
import { directoryOf } from './directory.ts'
import { evaluation, type EvaluationQuery } from './evaluation.ts'
import { bookingRow, commit, many, smallDirectory, testWarehouse, type Row } from './fixture.ts'
import { monthOf } from './month.ts'
import { sideBySide, type Against } from './side-by-side.ts'
import { allClasses } from './structure.ts'
import { comparison, trend, UnknownFilter, type Eyes } from './views.ts'
import type { Warehouse } from './warehouse.ts'

const running = monthOf('2026-05')
const march = monthOf('2026-03')
const politics: Eyes = { own_authority: null }

const size = { id: 1, name: 'Größenklasse', explanation: 'nach Einwohnern unter 21' }
const coast = { id: 3, name: 'Küste', explanation: 'am Meer' }
const kind = { id: 2, name: 'Stadt und Land', explanation: 'nach der Art des Kreises' }
const group = (id: number, grouping_id: number, name: string) => ({ id, grouping_id, name })
const member = (group_id: number, grouping_id: number, youth_authority_id: string) => ({ group_id, grouping_id, youth_authority_id })
// g1 and g2 lie in Mecklenburg-Vorpommern, g4 in two states
const groups = [
  { table: 'comparison_grouping', added: [size, kind, coast] },
  {
    table: 'comparison_group',
    added: [group(1, 1, 'groß'), group(2, 1, 'klein'), group(3, 2, 'noch leer'), group(4, 2, 'Städte'), group(5, 3, 'am Meer')],
  },
  {
    table: 'comparison_group_member',
    added: [
      member(1, 1, '13075'),
      member(1, 1, '13003'),
      member(2, 1, '13004'),
      ...['13003', '13004', '01001'].map((id) => member(4, 2, id)),
      ...['13004', '13075'].map((id) => member(5, 3, id)),
    ],
  },
]

const began = (n: number, authority: string, row: Row = {}) =>
  many(n, () => bookingRow({ youth_authority_id: authority, first_day: '2026-03-03', last_day: '2026-04-20', end_reason: 10, ...row }))

const withFlensburg = () => {
  const flensburg = smallDirectory.find(({ table }) => table === 'youth_authority')!.added!.find(({ id }) => id === '01001')!
  return { table: 'youth_authority', removed: [flensburg], added: [{ ...flensburg, data_from: '2025-01-01' }] }
}

let warehouse: Warehouse
let remove: () => Promise<void>
beforeAll(async () => {
  ;({ warehouse, remove } = await testWarehouse())
  await commit(warehouse, ...smallDirectory, ...groups)
  await commit(warehouse, withFlensburg(), {
    table: 'booking',
    added: [
      ...began(6, '13075', { rate_cents: [100_00] }),
      ...began(12, '13003', { rate_cents: [130_00] }),
      // 2 are secret, and one more authority with them
      ...began(2, '13004', { service_kind: 's31', unit: 'hour' }),
      ...began(9, '13003', { service_kind: 's31', unit: 'hour' }),
      ...began(7, '13075', { service_kind: 's31', unit: 'hour' }),
      ...began(8, '01001'),
    ],
  })
})
afterAll(() => remove())

const compared = (area: string, service_kind: string | null, figure = 'cases_begun') =>
  comparison(warehouse, { figure, service_kind, specialisation: null, area, month: march, running }, politics)

describe('a group as the area', () => {
  it('the directory tells those with members', async () => {
    const { groups: known } = await directoryOf(warehouse)
    expect(known.map(({ code, grouping, name, members }) => [code, grouping, name, [...members].sort()])).toEqual([
      ['g1', 'Größenklasse', 'groß', ['13003', '13075']],
      ['g2', 'Größenklasse', 'klein', ['13004']],
      ['g4', 'Stadt und Land', 'Städte', ['01001', '13003', '13004']],
      ['g5', 'Küste', 'am Meer', ['13004', '13075']],
    ])
    await expect(compared('g3', null)).rejects.toThrow(UnknownFilter)
  })

  it('rows are its members, Summe is theirs, and the average is weighted by their inhabitants', async () => {
    const { regions, rows, total, weighted_average } = await compared('g1', 's34')
    expect(regions.map(({ id }) => id)).toEqual(['13075', '13003'])
    expect(rows.map(({ current, cases }) => [current, cases])).toEqual([
      [6, 6],
      [12, 12],
    ])
    expect([total.current, total.cases]).toEqual([18, 18])
    // 200,000 and 100,000 inhabitants
    expect(weighted_average.current).toBe(8)
  })

  it('its Summe is hidden where a member is, also over states', async () => {
    const whole = await compared('MV', 's31')
    expect(whole.rows.map(({ current }) => current)).toEqual(['.', 9, '.'])
    expect(whole.total.current).toBe(18)
    const { rows, total, weighted_average } = await compared('g1', 's31')
    expect(rows.map(({ current }) => current)).toEqual(['.', 9])
    expect(total).toMatchObject({ current: '.', cases: null, parts: null, year_average: '.', change: '.' })
    expect(weighted_average.current).toBe(9)
    const towns = await compared('g4', 's31')
    expect(towns.regions.map(({ id }) => id)).toEqual(['13003', '13004', '01001'])
    expect(towns.rows.map(({ current }) => current)).toEqual([9, '.', 0])
    expect(towns.total.current).toBe('.')
  })

  it('medians over all its bookings, which the members do not tell, make no sense', async () => {
    const { rows, total } = await compared('g1', 's34', 'rate_median')
    expect(rows.map(({ current }) => current)).toEqual([100_00, 130_00])
    expect(total).toMatchObject({ current: 'x', year_average: 'x', change: 'x' })
  })
})

describe('a group to compare with', () => {
  const held = async (against: Against, code: string | null, service_kind: string | null) => {
    const period = { first: march, last: march }
    const query = { figures: ['cases_begun'], service_kind, specialisation: null, area: 'MV', period, against, group: code, running }
    return (await sideBySide(warehouse, query, politics)).columns[0]!
  }

  it('its median and average run over the values shown of its members', async () => {
    const median = await held('group_median', 'g4', 's34')
    // 12, 0 and 8
    expect(median.rows.map(({ reference }) => reference)).toEqual([8, 8, 8])
    expect(median.rows.map(({ change }) => change)).toEqual([6 / 8 - 1, 12 / 8 - 1, -1])
    expect(median.total.reference).toBe('x')
    const average = await held('group_average', 'g4', 's31')
    // of Rostock alone: Schwerin is hidden, and Flensburg's inhabitants are unknown
    expect(average.rows.map(({ reference }) => reference)).toEqual([9, 9, 9])
    const hidden = await held('group_median', 'g5', 's31')
    expect(hidden.rows.map(({ reference, change }) => [reference, change])).toEqual(many(3, () => ['.', '.'] as unknown as Row))
    await expect(held('group_median', 'g9', 's34')).rejects.toThrow(UnknownFilter)
    // a single member is no group to compare with
    await expect(held('group_median', 'g2', 's34')).rejects.toThrow(UnknownFilter)
  })
})

describe('groups in evaluations', () => {
  const evaluated = (change: Partial<EvaluationQuery>) =>
    evaluation(
      warehouse,
      {
        figures: ['cases_begun'],
        rows: ['group'],
        columns: 'service_kind',
        area: 'MV',
        service_kinds: [],
        specialisation: null,
        ...allClasses,
        from: march,
        to: march,
        grain: 'month',
        totals: true,
        against: null,
        running,
        ...change,
      },
      politics,
    )

  it('stand in rows with what of them lies in the area, hidden where a member is', async () => {
    const { layout, values } = await evaluated({})
    expect(layout.members.group).toEqual([
      { key: 'g1', label: 'Größenklasse: groß', short: 'groß' },
      { key: 'g2', label: 'Größenklasse: klein', short: 'klein' },
      { key: 'g4', label: 'Stadt und Land: Städte', short: 'Städte' },
      { key: 'g5', label: 'Küste: am Meer', short: 'am Meer' },
    ])
    expect(layout.rows.map(({ keys }) => keys)).toEqual([['g1'], ['g2'], ['g4'], ['g5'], [null]])
    const { rows } = await compared('MV', null)
    const [vg, hro, lhsn] = rows.map(({ current }) => current)
    const sum = (...parts: Value[]): Value => (parts.includes('.') ? '.' : parts.reduce<number>((all, part) => all + (part as number), 0))
    expect(values).toEqual([
      [18, '.', sum(vg!, hro!)],
      [0, '.', lhsn],
      [12, '.', sum(hro!, lhsn!)],
      [6, '.', sum(vg!, lhsn!)],
      [18, 18, 36],
    ])
  })

  it('members stand within their groups', async () => {
    const { layout, values } = await evaluated({ rows: ['group', 'region'], columns: null, service_kinds: ['s34'], area: 'g4' })
    expect(layout.rows.map(({ keys }, row) => [...keys, ...values[row]!])).toEqual([
      ['g1', '13003', 12],
      ['g2', '13004', 0],
      ['g4', '13003', 12],
      ['g4', '13004', 0],
      ['g4', '01001', 8],
      ['g4', null, 20],
      ['g5', '13004', 0],
      [null, null, 20],
    ])
    const states = await evaluated({ rows: ['state'], columns: null, service_kinds: ['s34'], area: 'g4' })
    expect(states.layout.rows.map(({ keys }, row) => [...keys, ...states.values[row]!])).toEqual([
      ['MV', 12],
      ['SH', 8],
      [null, 20],
    ])
  })
})

it('whatever the groups, they tell nothing that the values shown of their members do not', async () => {
  const authorities = ['13075', '13003', '13004', '01001']
  const count = fc.constantFrom(0, 1, 2, 3, 5, 9)
  const bookings = fc.array(
    fc.record({ n: count, authority: fc.constantFrom(...authorities), hourly: fc.boolean(), dropped: fc.boolean() }),
    {
      maxLength: 14,
    },
  )
  const members = fc.subarray(authorities, { minLength: 1 })
  const own = fc.constantFrom(null, ...authorities)
  let hiddenTotals = 0
  let shownTotals = 0
  const each = await testWarehouse()
  await commit(each.warehouse, ...smallDirectory, withFlensburg(), { table: 'comparison_grouping', added: [size] })
  await commit(each.warehouse, { table: 'comparison_group', added: [group(1, 1, 'einige')] })
  let before: { table: string; added: Row[] }[] = []
  await fc.assert(
    fc.asyncProperty(bookings, members, own, async (facts, chosen, own_authority) => {
      const now = [
        { table: 'comparison_group_member', added: chosen.map((id) => member(1, 1, id)) },
        {
          table: 'booking',
          added: facts.flatMap(({ n, authority, hourly, dropped }) =>
            began(n, authority, { end_reason: dropped ? 20 : 10, ...(hourly && { service_kind: 's31', unit: 'hour' }) }),
          ),
        },
      ]
      await commit(each.warehouse, ...before.map(({ table, added }) => ({ table, removed: added })), ...now)
      before = now
      for (const figure of ['case_count', 'dropouts', 'dropout_rate', 'foreign_occupancy']) {
        for (const service_kind of [null, 's34', 's31']) {
          const view = { figure, service_kind, specialisation: null, from: march - 2, to: march + 1 }
          const whole = await trend(each.warehouse, { ...view, area: 'de' }, { own_authority })
          const some = await trend(each.warehouse, { ...view, area: 'g1' }, { own_authority })
          const rows = whole.rows.filter((_, row) => chosen.includes(whole.regions[row]!.id))
          expect(some.rows).toEqual(rows)
          some.total.forEach((total, month) => {
            const values = rows.map((row) => row[month]!)
            if (values.includes('.')) {
              expect(total).toBe('.')
              hiddenTotals += 1
            } else if (figure !== 'dropout_rate') {
              expect(total).toBe(values.reduce<number>((sum, value) => sum + (value as number), 0))
              shownTotals += 1
            }
            const weights = some.regions.map(({ id }) => ({ '13075': 200_000, '13003': 100_000, '13004': 50_000 })[id] ?? NaN)
            expect(some.weighted_average[month]).toEqual(
              weightedAverage(
                values.map((value) => ({ value })),
                'value',
                weights,
              ),
            )
          })
        }
      }
    }),
    { numRuns: 20 },
  )
  await each.remove()
  expect(hiddenTotals).toBeGreaterThan(20)
  expect(shownTotals).toBeGreaterThan(20)
}, 120_000)
