import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest'
import type { Value } from './comparison.ts'
import { bookingRow, commit, many, smallDirectory, testWarehouse, type Row } from './fixture.ts'
import { keyFigureByName } from './key-figures.ts'
import { monthOf, monthText } from './month.ts'
import { findingsIn as findingsAmong, unusual, usualOf } from './unusual.ts'
import type { Warehouse } from './warehouse.ts'

const month = monthOf('2026-09')
const months = Array.from({ length: 25 }, (_, i) => monthText(month - 24 + i))
const region = (id: string) => ({ id, ags: id, federal_state: 'MV', region: id, name: id })
const trendOf = (rows: Value[][], figure = 'away_bookings') => ({
  figure: keyFigureByName.get(figure)!,
  regions: rows.map((_, i) => region(`R${i}`)),
  months,
  rows,
})
const findingsIn = (trend: Parameters<typeof findingsAmong>[0], groups: Parameters<typeof findingsAmong>[1] = []) =>
  findingsAmong(trend, groups)
const groupOf = (code: string, ...rows: number[]) => ({
  code,
  name: code,
  grouping: 'Lage',
  explanation: '',
  members: new Set(rows.map((row) => `R${row}`)),
})
/** 24 months that swing between two values, and the last one. */
const swinging = (a: number, b: number, last: Value): Value[] => [...Array.from({ length: 24 }, (_, i) => (i % 2 === 0 ? a : b)), last]

describe('by hand', () => {
  test('the usual range is the median and three times 1.4826 MAD to both sides', () => {
    const usual = usualOf([1, 8, 5, 6, 9], () => 0)
    expect(usual.middle).toBe(6)
    // the median is 6, and of the distances 5 2 1 0 3 it is 2
    expect(usual.deviation).toBeCloseTo(2.9652, 10)
    expect([usual.low, usual.high].map((end) => end.toFixed(4))).toEqual(['-2.8956', '14.8956'])
  })

  test('a count is compared with at least its Poisson noise', () => {
    // 16 every month: MAD 0, noise 4, so 4 to 28 is usual
    expect(usualOf([16, 16, 16], Math.sqrt)).toEqual({ low: 4, middle: 16, high: 28, deviation: 4 })
    expect(findingsIn(trendOf([swinging(16, 16, 28)])).findings).toEqual([])
    expect(findingsIn(trendOf([swinging(16, 16, 29)])).findings).toEqual([
      {
        region: region('R0'),
        value: 29,
        values: swinging(16, 16, 29),
        usual: { low: 4, high: 28 },
        own_months: 24,
        otherwise: null,
        distance: 3.25,
      },
    ])
    expect(findingsIn(trendOf([swinging(16, 16, 3)])).findings).toHaveLength(1)
  })

  test('an amount that never moved is unusual beyond six hundredths', () => {
    const of = (last: number) => findingsIn(trendOf([swinging(10_000, 10_000, last)], 'rate_median')).findings.length
    expect([of(10_600), of(10_601), of(9_400), of(9_399)]).toEqual([0, 1, 0, 1])
  })

  test('who develops otherwise than all the others is told, in the unit of the figure', () => {
    // 400 a month in 2025; five regions are at 400, 404, 396, 408 and 400 (changes 0, 1, −1, 2, 0 %), the sixth at 480 (+20 %)
    const rows = [400, 404, 396, 408, 400, 480].map((last) => swinging(300, 500, last))
    const { findings, compared } = findingsIn(trendOf(rows))
    // median of 0 1 −1 2 0 20: 0.5 %; of the distances 0.5 0.5 1.5 1.5 0.5 19.5: 1 %, less than the noise √400 ÷ 400 = 5 %
    expect(compared).toBe(6)
    expect(findings).toHaveLength(1)
    const { region: who, usual, own_months, otherwise, distance } = findings[0]!
    expect([who.id, own_months]).toEqual(['R5', null])
    expect(otherwise).toMatchObject({ group: null, regions: 6 })
    expect(otherwise!.change).toBeCloseTo(0.2, 10)
    expect(otherwise!.median_change).toBeCloseTo(0.005, 10)
    expect([usual.low, usual.high].map((end) => end.toFixed(6))).toEqual(['342.000000', '462.000000'])
    expect(distance).toBeCloseTo(3.9, 10)
  })

  test('a region is compared with its group, where five of it can be, else with all', () => {
    // 400 a month in 2025; five towns rose by a fifth, five districts did not, and one district rose as the towns did
    const rows = [480, 480, 480, 480, 480, 400, 400, 400, 400, 400, 480].map((last) => swinging(300, 500, last))
    const towns = groupOf('g1', 0, 1, 2, 3, 4)
    const districts = groupOf('g2', 5, 6, 7, 8, 9, 10)
    const found = (groups: Parameters<typeof findingsAmong>[1], of = rows) =>
      findingsIn(trendOf(of), groups).findings.map(({ region: { id }, otherwise }) => [id, otherwise!.group, otherwise!.regions])
    // of all together six rose by a fifth, which makes the five that did not unusual
    expect(found([])).toEqual(['R5', 'R6', 'R7', 'R8', 'R9'].map((id) => [id, null, 11]))
    expect(found([towns, districts])).toEqual([['R10', 'g2', 6]])
    // two groupings: the first one in which it has enough peers
    expect(found([groupOf('g0', 9, 10), towns, districts])).toEqual([['R10', 'g2', 6]])
    // with two of them secret, four are left of the group: they are compared with all nine; towns keep their group
    const secret = rows.map((row, i) => (i === 5 || i === 6 ? row.with(24, '.') : row)).with(4, swinging(300, 500, 700))
    expect(found([towns, districts], secret)).toEqual([['R4', 'g1', 5], ...['R7', 'R8', 'R9'].map((id) => [id, null, 9])])
  })

  test('months of which every one is nothing say nothing about an amount', () => {
    expect(findingsIn(trendOf([swinging(0, 0, 5_000)], 'payments'))).toEqual({ findings: [], compared: 0 })
  })

  test('fewer than twelve open months, or fewer than five regions, are nothing to compare with', () => {
    const short = (open: number, last: Value) => [...Array.from({ length: 24 }, (_, i): Value => (i < 24 - open ? '…' : 10)), last]
    expect(findingsIn(trendOf([short(11, 1000)]))).toEqual({ findings: [], compared: 0 })
    expect(findingsIn(trendOf([short(12, 1000)])).findings).toMatchObject([{ own_months: 12 }])
    const four = [400, 404, 396, 480].map((last) => swinging(300, 500, last))
    expect(findingsIn(trendOf(four)).findings).toEqual([])
  })
})

const value = fc.oneof(fc.integer({ min: 0, max: 500 }), fc.constantFrom<Value>('.', '–', '…'))
const groupings = fc.array(
  fc.uniqueArray(fc.nat(8), { maxLength: 9 }).map((rows) => groupOf(`g${rows.join('')}`, ...rows)),
  { maxLength: 3 },
)
const grid = fc.array(fc.array(value, { minLength: 25, maxLength: 25 }), { minLength: 1, maxLength: 9 })

describe('whatever a trend shows', () => {
  test('a hidden month never enters: it counts as if it had not been asked for', () => {
    fc.assert(
      fc.property(grid, fc.nat(), fc.nat(23), (rows, who, at) => {
        const row = rows[who % rows.length]!
        const hidden = rows.map((each) => (each === row ? each.with(at, '.') : each))
        const unknown = rows.map((each) => (each === row ? each.with(at, '…') : each))
        expect(findingsIn(trendOf(hidden))).toEqual(findingsIn(trendOf(unknown)))
        const own = findingsIn(trendOf(hidden)).findings.find(({ region: { id } }) => id === `R${who % rows.length}`)
        // neither does a mean of the previous year that contains it
        if (months[at]!.startsWith('2025')) expect(own?.otherwise ?? null).toBeNull()
      }),
    )
  })

  test('a region whose month is hidden is not told, and takes no part in what is usual for the others', () => {
    fc.assert(
      fc.property(grid, fc.nat(), groupings, (rows, who, groups) => {
        const gone = who % rows.length
        const hidden = rows.map((row, i) => (i === gone ? row.with(24, '.') : row))
        const left = findingsIn(trendOf(hidden), groups).findings
        expect(left.map(({ region: { id } }) => id)).not.toContain(`R${gone}`)
        const shorter = { ...trendOf(rows.toSpliced(gone, 1)), regions: trendOf(rows).regions.toSpliced(gone, 1) }
        const without = findingsIn(shorter, groups)
        expect(left).toEqual(without.findings)
      }),
    )
  })

  test('what is told lies outside the range it is told with', () => {
    fc.assert(
      fc.property(grid, (rows) => {
        for (const { value: told, usual, distance } of findingsIn(trendOf(rows)).findings) {
          expect(told < usual.low || told > usual.high).toBe(true)
          expect(distance).toBeGreaterThan(2.999)
        }
      }),
    )
  })
})

describe('in a warehouse', () => {
  let warehouse: Warehouse
  let remove: () => Promise<void>
  const running = monthOf('2027-02')
  const lasting = { first_day: '2025-01-01', last_day: '2027-12-31' }
  const added = { first_day: '2027-01-01', last_day: '2027-01-31' }
  const bookedBy = (id: string, period: Row) => bookingRow({ youth_authority_id: id, facility_authority_id: id, ...period })
  beforeAll(async () => {
    ;({ warehouse, remove } = await testWarehouse())
    await commit(warehouse, ...smallDirectory)
  })
  afterAll(() => remove())
  const found = async (own_authority: string | null) =>
    (await unusual(warehouse, { area: 'MV', month: running - 1 }, { own_authority })).findings.map(
      ({ figure, region: who, value: told }) => [figure.name, who.region, told],
    )

  it('tells the region whose cases rose, and the own authority first', async () => {
    await commit(warehouse, {
      table: 'booking',
      added: [
        ...many(16, () => bookedBy('13075', lasting)),
        ...many(20, () => bookedBy('13075', added)),
        ...many(16, () => bookedBy('13003', lasting)),
        ...many(40, () => bookedBy('13003', added)),
      ],
    })
    expect(await found(null)).toEqual([
      ['case_count', 'HRO', 56],
      ['case_count', 'VG', 36],
    ])
    expect((await found('13075'))[0]).toEqual(['case_count', 'VG', 36])
  })

  it('answers the same whether one or two cases are hidden', async () => {
    const ask = async () => {
      const { findings, compared } = await unusual(warehouse, { area: 'MV', month: running - 1 }, { own_authority: null })
      return { compared, findings }
    }
    await commit(warehouse, { table: 'booking', added: [bookedBy('13004', lasting)] })
    const one = await ask()
    await commit(warehouse, { table: 'booking', added: [bookedBy('13004', lasting)] })
    expect(await ask()).toEqual(one)
    await commit(warehouse, { table: 'booking', added: [bookedBy('13004', lasting)] })
    expect((await ask()).compared).toBeGreaterThan(one.compared)
  })
})
