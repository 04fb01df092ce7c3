import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bookingRow, commit, many, reservationRow, smallDirectory, testWarehouse, waitRow, type Row } from './fixture.ts'
import { keyFigures } from './key-figures.ts'
import { martsDifferingFromRebuild } from './rebuild.ts'
import { monthOf } from './month.ts'
import { comparison, trend } from './views.ts'
import type { Warehouse } from './warehouse.ts'

/*
 * February 2026, running month March 2026, § 34, worked by hand.
 *   Vorpommern-Greifswald (200,000 inhabitants, 40,000 under 21)
 *     4 from 10.01. to 30.06.2026 at home: 100, 100, 140 €, and 120 € that become 130 € on 15.02.
 *     3 from 01.07.2025, ended 20.02.2026 as planned, in Rostock: 80 €          (234 days)
 *     3 from 01.03.2025, dropped out 10.02.2026 at home: 90 €                   (346 days)
 *   Rostock (100,000; 20,000)
 *     5 from 01.02. to 31.12.2026 booked outside the system: 110 €
 *     3 from 01.01., handed to another authority 28.02.2026 at home: 100 €      (58 days)
 *   Schwerin (50,000; 10,000)
 *     3 cases from 01.01.2025, moved on 05.02.2026 (95 €), since then to 31.08.2026 in another facility (97 €)
 */
const vg: Row[] = [
  bookingRow({ rate_cents: [100_00] }),
  bookingRow({ rate_cents: [100_00] }),
  bookingRow({ rate_cents: [140_00] }),
  bookingRow({ rate_from: ['2026-01-10', '2026-02-15'], rate_cents: [120_00, 130_00], units_per_week: [7, 7] }),
  ...many(3, () =>
    bookingRow({ first_day: '2025-07-01', last_day: '2026-02-20', end_reason: 10, facility_authority_id: '13003', rate_cents: [80_00] }),
  ),
  ...many(3, () => bookingRow({ first_day: '2025-03-01', last_day: '2026-02-10', end_reason: 21, rate_cents: [90_00] })),
]
const hro: Row[] = [
  ...many(5, () =>
    bookingRow({ youth_authority_id: '13003', first_day: '2026-02-01', last_day: '2026-12-31', away: true, rate_cents: [110_00] }),
  ),
  ...many(3, () =>
    bookingRow({
      youth_authority_id: '13003',
      facility_authority_id: '13003',
      first_day: '2026-01-01',
      last_day: '2026-02-28',
      end_reason: 40,
    }),
  ),
]
const lhsn: Row[] = many(3, () => ({ case_key: randomUUID(), youth_authority_id: '13004', facility_authority_id: '13004' })).flatMap(
  (of) => [
    bookingRow({ ...of, first_day: '2025-01-01', last_day: '2026-02-05', end_reason: 0, rate_cents: [95_00] }),
    bookingRow({ ...of, first_day: '2026-02-05', last_day: '2026-08-31', rate_cents: [97_00] }),
  ],
)
/* hourly bookings that must never mix with daily rates, and one that was cancelled */
const others: Row[] = [
  ...many(3, () => bookingRow({ service_kind: 's31', unit: 'hour', rate_cents: [55_00], specialisations: ['trauma'] })),
  bookingRow({ cancelled: true, rate_cents: [1] }),
]

const [first, second, third] = vg.map(({ case_key }) => case_key)
const paymentLine = (case_key: unknown, paid_on: string, amount_cents: number): Row => ({
  id: randomUUID(),
  payment_id: randomUUID(),
  booking_id: randomUUID(),
  case_key,
  youth_authority_id: '13075',
  service_kind: 's34',
  specialisations: [],
  paid_on,
  amount_cents,
})
const payments: Row[] = [
  paymentLine(first, '2026-01-15', 3_000_00),
  paymentLine(second, '2026-01-15', 1_000_00),
  paymentLine(third, '2026-01-15', 1_000_00),
  paymentLine(first, '2026-02-15', 1_000_00),
  paymentLine(second, '2026-02-28', 2_000_01),
  paymentLine(third, '2026-02-28', 500_00),
  paymentLine(third, '2026-02-28', -100_00),
]
const search = (offers_available: number, searched_on = '2026-02-03'): Row => ({
  id: randomUUID(),
  youth_authority_id: '13075',
  service_kind: 's34',
  specialisations: [],
  searched_on,
  offers_matching: 5,
  offers_available,
})
const offerRate = (youth_authority_id: string, rate_cents: number, valid_from: string, valid_to: string | null): Row => ({
  id: randomUUID(),
  offer_id: randomUUID(),
  youth_authority_id,
  service_kind: 's34',
  specialisations: [],
  unit: 'day',
  rate_cents,
  valid_from,
  valid_to,
})
/* on 28.02.2026: VG 70 and 110 €, HRO 90 €; 200 € expired the day before, 60 € begins in March */
const offerRates: Row[] = [
  offerRate('13075', 70_00, '2020-01-01', null),
  offerRate('13075', 110_00, '2026-02-28', null),
  offerRate('13075', 200_00, '2020-01-01', '2026-02-27'),
  offerRate('13075', 60_00, '2026-03-01', null),
  offerRate('13003', 90_00, '2020-01-01', '2026-02-28'),
]
const offerCapacity = (youth_authority_id: string, places: number, valid_from: string, valid_to: string | null): Row => ({
  id: randomUUID(),
  offer_id: randomUUID(),
  youth_authority_id,
  service_kind: 's34',
  places,
  valid_from,
  valid_to,
})
/* on 28.02.2026: VG 5 and 3 places (5 and 2 until the day before), HRO 4; on that day VG has 4 of its own and HRO 3 (those of VG left on 20.02.) */
const offerCapacities: Row[] = [
  offerCapacity('13075', 5, '2020-01-01', null),
  offerCapacity('13075', 2, '2020-01-01', '2026-02-27'),
  offerCapacity('13075', 3, '2026-02-28', null),
  offerCapacity('13075', 9, '2026-03-01', null),
  offerCapacity('13003', 4, '2020-01-01', '2026-02-28'),
]

/*
 * Reservations
 *   Vorpommern-Greifswald
 *     4 searched 30.01. and 01.02., reserved 05.02., consented 10.02., booked 12.02. (11 and 13 days), 3 of them not the cheapest
 *     3 reserved 20.01., declined 02.02.
 *     3 reserved 03.02., expired 10.02.
 *   Rostock
 *     3 searched 20.01., reserved 28.01., consented 30.01., booked 03.02. (14 days)
 *     3 reserved 10.02. without a search, consented 15.02., booked 20.02.
 *     3 reserved 04.02., not the cheapest, declined 05.02.
 */
const consented = (searched_on: string | null, reserved_on: string, consented_on: string, booked_on: string, row: Row = {}): Row =>
  reservationRow({ state: 'booked', searched_on, reserved_on, requested_on: reserved_on, consented_on, booked_on, ...row })
const declined = (reserved_on: string, declined_on: string, row: Row = {}): Row =>
  reservationRow({ state: 'declined', reserved_on, requested_on: reserved_on, declined_on, decline_reason: 'staff', ...row })
const inRostock = { youth_authority_id: '13003', facility_authority_id: '13003' }
const reservations: Row[] = [
  ...many(2, () => consented('2026-02-01', '2026-02-05', '2026-02-10', '2026-02-12', { dearer_cents: 1_00 })),
  consented('2026-01-30', '2026-02-05', '2026-02-10', '2026-02-12', { dearer_cents: 500_00 }),
  consented('2026-01-30', '2026-02-05', '2026-02-10', '2026-02-12'),
  ...many(3, () => declined('2026-01-20', '2026-02-02')),
  ...many(3, () => reservationRow({ state: 'expired', expired_on: '2026-02-10' })),
  ...many(3, () => consented('2026-01-20', '2026-01-28', '2026-01-30', '2026-02-03', inRostock)),
  ...many(3, () => consented(null, '2026-02-10', '2026-02-15', '2026-02-20', inRostock)),
  ...many(3, () => declined('2026-02-04', '2026-02-05', { ...inRostock, dearer_cents: 20_00 })),
]

/*
 * Waiting lists
 *   Vorpommern-Greifswald
 *     4 entered 20.01., place reserved 03.02., 05.02., 09.02., 24.02.   (14, 16, 20 and 35 days: median 18)
 *     3 entered 10.01., left 12.02.
 *     3 entered 01.02., waiting until their period is over on 31.12.
 *     1 entered 02.02., left on the last day of the month
 *   Rostock
 *     3 entered 01.02., place reserved 11.02.                           (10 days)
 *     3 entered 15.12.2025, their period over on 14.02.
 *     3 entered 05.01., waiting until 31.12.; 3 entered 05.01., whose period is over on 20.02. without an end recorded
 */
const waited = (entered_on: string, state: string, ended_on: string, row: Row = {}): Row => waitRow({ entered_on, state, ended_on, ...row })
const waits: Row[] = [
  ...['2026-02-03', '2026-02-05', '2026-02-09', '2026-02-24'].map((day) => waited('2026-01-20', 'reserved', day)),
  ...many(3, () => waited('2026-01-10', 'left', '2026-02-12')),
  ...many(3, () => waitRow({ entered_on: '2026-02-01' })),
  waited('2026-02-02', 'left', '2026-02-28'),
  ...many(3, () => waited('2026-02-01', 'reserved', '2026-02-11', inRostock)),
  ...many(3, () => waited('2025-12-15', 'over', '2026-02-14', { ...inRostock, last_day: '2026-02-13' })),
  ...many(3, () => waitRow({ ...inRostock, entered_on: '2026-01-05' })),
  ...many(3, () => waitRow({ ...inRostock, entered_on: '2026-01-05', last_day: '2026-02-20' })),
]

let warehouse: Warehouse
let remove: () => Promise<void>
beforeAll(async () => {
  ;({ warehouse, remove } = await testWarehouse())
  await commit(warehouse, ...smallDirectory)
  await commit(warehouse, { table: 'booking', added: [...vg, ...hro, ...lhsn, ...others] })
  await commit(
    warehouse,
    { table: 'payment_line', added: payments },
    { table: 'search', added: [search(0), search(0), search(4), search(0, '2026-03-02')] },
    { table: 'budget', added: [{ youth_authority_id: '13075', year: 2026, service_kind: 's34', amount_cents: 120_000_00 }] },
    { table: 'offer_rate', added: offerRates },
    { table: 'offer_capacity', added: offerCapacities },
    { table: 'reservation', added: reservations },
    { table: 'wait', added: waits },
  )
})
afterAll(() => remove())

const february = { month: monthOf('2026-02'), running: monthOf('2026-03'), area: 'MV', service_kind: 's34', specialisation: null }
const table = (figure: string, filters = {}) => comparison(warehouse, { ...february, figure, ...filters }, { own_authority: null })

/* current month of VG, HRO, LHSN, Summe, EW-weighted average (weights 200 : 100 : 50) */
const current: Record<string, (number | string)[]> = {
  case_count: [10, 8, 6, 24, (10 * 200 + 8 * 100 + 6 * 50) / 350],
  case_stock: [4, 8, 3, 15, (4 * 200 + 8 * 100 + 3 * 50) / 350],
  cases_begun: [0, 5, 3, 8, (5 * 100 + 3 * 50) / 350],
  cases_ended: [6, 3, 0, 9, (6 * 200 + 3 * 100) / 350],
  case_density: [1, 4, 3, 150_000 / 70_000, 150_000 / 70_000],
  rate_min: [80_00, 100_00, 95_00, 80_00, (80_00 * 200 + 100_00 * 100 + 95_00 * 50) / 350],
  rate_max: [140_00, 110_00, 97_00, 140_00, (140_00 * 200 + 110_00 * 100 + 97_00 * 50) / 350],
  rate_median: [90_00, 110_00, 96_00, 98_50, (90_00 * 200 + 110_00 * 100 + 96_00 * 50) / 350],
  offer_rate_min: [70_00, 90_00, '–', 70_00, (70_00 * 200 + 90_00 * 100) / 300],
  offer_rate_max: [110_00, 90_00, '–', 110_00, (110_00 * 200 + 90_00 * 100) / 300],
  offer_rate_median: [90_00, 90_00, '–', 90_00, 90_00],
  budget: [10_000_00, 0, 0, 10_000_00, (10_000_00 * 200) / 350],
  payments: [3_400_01, 0, 0, 3_400_01, (3_400_01 * 200) / 350],
  budget_share_paid: [8_400_01 / 120_000_00, '–', '–', 8_400_01 / 120_000_00, 8_400_01 / 120_000_00],
  away_bookings: [3, 5, 0, 8, (3 * 200 + 5 * 100) / 350],
  foreign_occupancy: [0, 3, 0, 3, (3 * 100) / 350],
  occupancy_rate: [4 / 8, 3 / 4, '–', 10 / 12, ((4 / 8) * 200 + (3 / 4) * 100) / 300],
  fruitless_searches: [2, 0, 0, 2, (2 * 200) / 350],
  reservations: [7, 6, 0, 13, (7 * 200 + 6 * 100) / 350],
  declined_requests: [3, 3, 0, 6, (3 * 200 + 3 * 100) / 350],
  decline_rate: [3 / 7, 3 / 6, '–', 6 / 13, ((3 / 7) * 200 + (3 / 6) * 100) / 300],
  reservations_expired: [3, 0, 0, 3, (3 * 200) / 350],
  dearer_choices: [3, 3, 0, 6, (3 * 200 + 3 * 100) / 350],
  days_to_booking: [12, 14, '–', (2 * 11 + 2 * 13 + 3 * 14) / 7, (12 * 200 + 14 * 100) / 300],
  waiting_stock: [3, 3, 0, 6, (3 * 200 + 3 * 100) / 350],
  waiting_time_median: [18, 10, '–', 14, (18 * 200 + 10 * 100) / 300],
  waited_in_vain_rate: [4 / 8, 3 / 6, '–', 7 / 14, ((4 / 8) * 200 + (3 / 6) * 100) / 300],
  dropouts: [3, 0, 0, 3, (3 * 200) / 350],
  dropout_rate: [3 / 6, '–', '–', 3 / 6, 3 / 6],
  dwell_time_mean: [290, 58, '–', (3 * 234 + 3 * 346 + 3 * 58) / 9, (290 * 200 + 58 * 100) / 300],
  dwell_time_median: [290, 58, '–', 234, (290 * 200 + 58 * 100) / 300],
}

describe('every key figure has an example worked by hand', () => {
  it('and none is without one', () => {
    expect(Object.keys(current).sort()).toEqual(keyFigures.map(({ name }) => name).sort())
  })

  it('and quotients tell what they are made of', async () => {
    const rate = await table('dropout_rate')
    expect([rate.rows[0]!.parts, rate.total.parts, rate.rows[1]!.parts]).toEqual([
      { numerator: 3, denominator: 6 },
      { numerator: 3, denominator: 6 },
      null,
    ])
    expect((await table('case_count')).total.parts).toBeNull()
  })

  it.each(Object.entries(current))('%s in February 2026', async (figure, [inVg, inHro, inLhsn, total, weighted]) => {
    const answer = await table(figure)
    expect(answer.rows.map((row) => row.current)).toEqual([inVg, inHro, inLhsn])
    expect(answer.total.current).toEqual(total)
    if (typeof weighted === 'number') expect(answer.weighted_average.current).toBeCloseTo(weighted, 9)
    else expect(answer.weighted_average.current).toBe(weighted)
  })

  it('previous month, averages and change of the Fallzahl', async () => {
    const { rows, total, weighted_average } = await table('case_count')
    expect(rows.map((row) => row.previous)).toEqual([10, 3, 3])
    expect(rows.map((row) => row.year_average)).toEqual([10, 5.5, 4.5])
    expect(rows.map((row) => row.previous_year_average)).toEqual([4, 0, 3])
    expect(rows.map((row) => row.change)).toEqual([10 / 4 - 1, 'x', 4.5 / 3 - 1])
    expect(total).toMatchObject({ previous: 16, year_average: 20, previous_year_average: 7, change: 20 / 7 - 1 })
    expect(weighted_average.year_average).toBeCloseTo((10 * 200 + 5.5 * 100 + 4.5 * 50) / 350, 9)
    expect(weighted_average.change).toBeCloseTo((10 * 200 + 5.5 * 100 + 4.5 * 50) / (4 * 200 + 3 * 50) - 1, 9)
  })

  it('tells the distinct cases behind a value: two bookings of one case are one case', async () => {
    const { rows, total } = await table('case_count')
    expect(rows.map((row) => row.cases)).toEqual([10, 8, 3])
    expect(total.cases).toBe(21)
    const paid = await table('payments')
    expect(paid.rows[0]!.cases).toBe(3)
  })

  it('a wait counts at the end of each month until it ends, or until its period does', async () => {
    const { rows } = await table('waiting_stock', { month: monthOf('2026-01') })
    // VG 4 + 3, HRO 3 + 3 + 3; in December those of 15.12.; at the year's end the period of all is over the day after
    expect(rows.map(({ current, previous }) => [current, previous])).toEqual([
      [7, 0],
      [9, 3],
      [0, 0],
    ])
    const later = { running: monthOf('2027-02') }
    expect((await table('waiting_stock', { ...later, month: monthOf('2026-12') })).total.current).toBe(6)
    expect((await table('waiting_stock', { ...later, month: monthOf('2027-01') })).total.current).toBe(0)
  })

  it('a new rate counts from the month in which it holds on the last active day', async () => {
    const { rows } = await table('rate_max', { month: monthOf('2026-01') })
    expect(rows[0]!.current).toBe(140_00)
    const median = await table('rate_median', { month: monthOf('2026-01') })
    // January: 80 ×3, 90 ×3, 100, 100, 120, 140
    expect(median.rows[0]!.current).toBe(90_00)
  })

  it('never mixes hours and days: all service kinds show days, an hourly one hours', async () => {
    expect((await table('rate_min', { service_kind: null })).total.current).toBe(80_00)
    expect((await table('rate_median', { service_kind: 's31' })).rows[0]!.current).toBe(55_00)
    expect((await table('case_count', { service_kind: null })).rows[0]!.current).toBe(13)
  })

  it('places last until they change, before a view begins as well as in it', async () => {
    const { rows } = await table('occupancy_rate', { month: monthOf('2026-03') })
    // VG 4 of 5 + 3 + 9, before 4 of 5 + 3; HRO has no places any more
    expect(rows.map(({ current, previous }) => [current, previous])).toEqual([
      [4 / 17, 4 / 8],
      ['–', 3 / 4],
      ['–', '–'],
    ])
    expect((await table('occupancy_rate', { month: monthOf('2026-01') })).rows[0]!.parts).toEqual({ numerator: 7, denominator: 7 })
  })

  it('filters by specialisation, and "Alle" counts a booking once', async () => {
    expect((await table('case_count', { service_kind: null, specialisation: 'trauma' })).rows[0]!.current).toBe(3)
    expect((await table('case_count', { service_kind: 's34', specialisation: 'trauma' })).rows[0]!.current).toBe(0)
  })

  it('a flow of the running month is shown and stays out of the mean', async () => {
    const march = { month: monthOf('2026-03') }
    expect((await table('fruitless_searches', march)).rows[0]).toMatchObject({ current: 1, year_average: 1 })
    expect((await table('fruitless_searches', { month: monthOf('2026-01'), running: monthOf('2026-01') })).rows[0]).toMatchObject({
      current: 0,
      year_average: '…',
    })
    // stock counts as planned to the end of the running month and enters the mean: (10 + 10 + 4) / 3
    expect((await table('case_count', march)).rows[0]).toMatchObject({ current: 4, year_average: 8 })
  })

  it('authorities without data take no part', async () => {
    const germany = await table('case_count', { area: 'de' })
    expect(germany.regions.map(({ region }) => region)).toEqual(['VG', 'HRO', 'LHSN', 'FL'])
    expect(germany.rows[3]).toMatchObject({ current: '…', year_average: '…', change: '…', cases: null })
    expect(germany.total.current).toBe(24)
  })

  it('the trend gives the same monthly values as the table', async () => {
    const { months, rows, total } = await trend(
      warehouse,
      { figure: 'case_count', service_kind: 's34', specialisation: null, area: 'MV', from: monthOf('2025-01'), to: monthOf('2026-02') },
      { own_authority: null },
    )
    expect(months.at(-1)).toBe('2026-02')
    expect(rows[0]).toEqual([0, 0, 3, 3, 3, 3, 6, 6, 6, 6, 6, 6, 10, 10])
    expect(total.slice(-2)).toEqual([16, 24])
  })

  it('the marts are what a rebuild gives', async () => {
    expect(await warehouse.write(martsDifferingFromRebuild)).toEqual([])
  })
})
