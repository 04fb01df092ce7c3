import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ownArea } from './directory.ts'
import { evaluation, type EvaluationQuery } from './evaluation.ts'
import { bookingRow, commit, reservationRow, smallDirectory, testWarehouse, type Row } from './fixture.ts'
import { keyFigureByName } from './key-figures.ts'
import { monthOf } from './month.ts'
import { ownFigures } from './own-structure.ts'
import { allClasses } from './structure.ts'
import type { Warehouse } from './warehouse.ts'

const running = monthOf('2026-03')
const own = { own_authority: '13075' }
const [haven, harbour] = ['00000000-0000-4000-8000-00000000000a', '00000000-0000-4000-8000-00000000000b']

const queryOf = (change: Partial<EvaluationQuery>): EvaluationQuery => ({
  figures: ['case_count'],
  rows: ['provider'],
  columns: null,
  area: ownArea('13075'),
  service_kinds: [],
  specialisation: null,
  ...allClasses,
  from: monthOf('2026-02'),
  to: monthOf('2026-02'),
  grain: 'month',
  totals: true,
  against: null,
  running,
  ...change,
})
const payment = (booking: Row, amount_cents: number, paid_on = '2026-02-10'): Row => ({
  id: randomUUID(),
  payment_id: randomUUID(),
  invoice_line_id: randomUUID(),
  booking_id: booking.id,
  case_key: booking.case_key,
  youth_authority_id: booking.youth_authority_id,
  provider_id: booking.provider_id ?? null,
  service_kind: booking.service_kind,
  specialisations: booking.specialisations,
  paid_on,
  amount_cents,
})

const asked = '00000000-0000-4000-8000-00000000000c'
const requested = (age_at_begin: number, row: Row): Row =>
  reservationRow({ sex: 'w', age_at_begin, state: row.declined_on ? 'declined' : 'requested', reserved_on: '2026-02-02', ...row })

describe('worked by hand', () => {
  const girl = { sex: 'w', age_at_begin: 12, provider_id: haven, first_day: '2025-11-10', last_day: '2026-02-20', end_reason: 20 }
  const boy = { sex: 'm', age_at_begin: 12, provider_id: haven, first_day: '2026-01-05', last_day: '2026-02-10', end_reason: 10 }
  const at16 = { age_at_begin: 16, provider_id: harbour }
  const bookings = [
    bookingRow({ ...girl, rate_cents: [100_00], specialisations: ['trauma'] }),
    bookingRow({ ...boy, rate_cents: [120_00] }),
    // the rate rises in the middle of February
    bookingRow({ ...at16, first_day: '2026-02-01', rate_from: ['2026-02-01', '2026-02-15'], rate_cents: [90_00, 140_00] }),
    bookingRow({ ...at16, first_day: '2026-01-15', facility_authority_id: '13003', rate_cents: [110_00] }),
    // by the hour, outside the system, handed over at the end
    bookingRow({
      service_kind: 's31',
      unit: 'hour',
      away: true,
      sex: 'm',
      age_at_begin: 16,
      rate_cents: [60_00],
      first_day: '2026-01-01',
      last_day: '2026-02-28',
      end_reason: 40,
    }),
    // counts nowhere, yet something was paid for it; a move within the help ends nothing
    bookingRow({ ...girl, age_at_begin: 2, cancelled: true }),
    bookingRow({ ...boy, first_day: '2025-12-01', last_day: '2026-01-05', end_reason: 0 }),
    // another authority's
    bookingRow({ ...girl, youth_authority_id: '13003' }),
  ]
  let warehouse: Warehouse
  let remove: () => Promise<void>
  beforeAll(async () => {
    ;({ warehouse, remove } = await testWarehouse())
    await commit(warehouse, ...smallDirectory)
    await commit(
      warehouse,
      {
        table: 'provider',
        added: [
          { id: haven, name: 'Anker' },
          { id: harbour, name: 'Bucht' },
          { id: asked, name: 'Deich' },
        ],
      },
      { table: 'booking', added: bookings },
      {
        table: 'reservation',
        added: [
          // three were asked who never were booked; one asked in January declined in February
          requested(12, { declined_on: '2026-02-05', decline_reason: 'staff', provider_id: haven }),
          requested(16, { declined_on: '2026-02-05', decline_reason: 'staff', provider_id: asked }),
          requested(16, { reserved_on: '2026-01-20', declined_on: '2026-02-01', decline_reason: 'too_late', provider_id: asked }),
          requested(16, { reserved_on: '2026-01-20', declined_on: '2026-01-28', decline_reason: 'staff', provider_id: asked }),
          requested(12, { dearer_cents: 1, dearer_reason: 'nearness', provider_id: asked }),
          requested(12, { dearer_cents: 1, provider_id: haven }),
          requested(12, { provider_id: haven }),
          requested(12, { declined_on: '2026-02-05', decline_reason: 'staff', youth_authority_id: '13003' }),
        ],
      },
      {
        table: 'payment_line',
        added: [
          payment(bookings[0]!, 500_00),
          payment(bookings[0]!, -100_00),
          payment(bookings[2]!, 700_00),
          payment(bookings[5]!, 33_00),
          payment(bookings[7]!, 9_00),
        ],
      },
    )
  })
  afterAll(() => remove())

  const evaluated = async (change: Partial<EvaluationQuery>) => {
    const { layout, values } = await evaluation(warehouse, queryOf(change), own)
    return Object.fromEntries(layout.rows.map(({ keys }, row) => [keys.map((key) => key ?? 'all').join(' '), values[row]]))
  }

  it('by provider and sex, nothing hidden, with totals that hold what is in no class', async () => {
    const figures = ['case_count', 'case_stock', 'away_bookings', 'payments', 'dropout_rate']
    expect(await evaluated({ figures, rows: ['provider', 'sex'] })).toEqual({
      [`${haven} w`]: [1, 0, 0, 433_00, 1],
      [`${haven} m`]: [1, 0, 0, 0, 0],
      [`${haven} d`]: [0, 0, 0, 0, '–'],
      [`${haven} all`]: [2, 0, 0, 433_00, 0.5],
      [`${harbour} w`]: [2, 2, 1, 700_00, '–'],
      [`${harbour} m`]: [0, 0, 0, 0, '–'],
      [`${harbour} d`]: [0, 0, 0, 0, '–'],
      [`${harbour} all`]: [2, 2, 1, 700_00, '–'],
      'none w': [0, 0, 0, 0, '–'],
      // handed over: in no rate
      'none m': [1, 1, 1, 0, '–'],
      'none d': [0, 0, 0, 0, '–'],
      'none all': [1, 1, 1, 0, '–'],
      'all w': [3, 2, 1, 1_133_00, 1],
      'all m': [2, 1, 1, 0, 0],
      'all d': [0, 0, 0, 0, '–'],
      'all all': [5, 3, 2, 1_133_00, 0.5],
    })
    // what was paid for the cancelled help is the one of the girl of two
    expect(await evaluated({ figures: ['payments'], rows: ['age_group'], sex: 'w' })).toMatchObject({
      u3: [33_00],
      a10_15: [400_00],
      a15_18: [700_00],
      all: [1_133_00],
    })
  })

  it('medians are those of all bookings of a total, and rates are of one unit', async () => {
    // durations of 102, 36 and 58 days; rates by the day of 100, 120, 140 and 110 euros
    const figures = ['dwell_time_median', 'dwell_time_mean', 'rate_median', 'rate_min', 'rate_max']
    expect(await evaluated({ figures })).toEqual({
      [haven]: [69, 69, 110_00, 100_00, 120_00],
      [harbour]: ['–', '–', 125_00, 110_00, 140_00],
      none: [58, 58, '–', '–', '–'],
      all: [58, 196 / 3, 115_00, 100_00, 140_00],
    })
    expect(await evaluated({ figures: ['rate_median'], rows: ['form', 'service_kind'], provider: 'none' })).toEqual({
      'stationaer s34': ['–'],
      'ambulant s31': [60_00],
      'all all': ['–'],
    })
    // the two kinds chosen together are told by the day
    expect(await evaluated({ figures: ['rate_median'], service_kinds: ['s31', 's34'], rows: ['sex'] })).toMatchObject({ all: [115_00] })
  })

  it('reasons of ending with age and sex, and what is asked of one specialisation', async () => {
    const ended = await evaluated({
      figures: ['cases_ended', 'dropouts', 'dwell_time_median'],
      rows: ['end_reason', 'age_group'],
      sex: 'm',
    })
    expect([ended['10 a10_15'], ended['40 a15_18'], ended['20 all'], ended['all all']]).toEqual([
      [1, 0, 36],
      [1, 0, 58],
      [0, 0, '–'],
      [2, 0, 47],
    ])
    expect(await evaluated({ figures: ['cases_ended'], rows: ['sex'], specialisation: 'trauma' })).toMatchObject({
      w: [1],
      m: [0],
      all: [1],
    })
    expect(await evaluated({ figures: ['case_count'], rows: ['specialisation'] })).toEqual({ trauma: [1] })
  })

  it('reasons of declining by provider, also of one that was only asked, and of dearer choices by age', async () => {
    expect(await evaluated({ figures: ['declined_requests'], rows: ['decline_reason', 'provider'] })).toMatchObject({
      [`staff ${haven}`]: [1],
      [`staff ${asked}`]: [1],
      [`too_late ${asked}`]: [1],
      'staff all': [2],
      [`all ${asked}`]: [2],
      'all all': [3],
    })
    const chosen = await evaluated({ figures: ['dearer_choices'], rows: ['dearer_reason', 'age_group'] })
    expect([chosen['nearness a10_15'], chosen['none a10_15'], chosen['none a15_18'], chosen['all all']]).toEqual([[1], [1], [0], [2]])
  })

  it('months, quarters and years as everywhere: flows add up, stocks and medians are means of the months', async () => {
    const asked = { from: monthOf('2025-10'), to: monthOf('2026-03'), grain: 'quarter', rows: ['sex', 'period'] } as const
    const values = await evaluated({ ...asked, rows: [...asked.rows], figures: ['cases_begun', 'case_count', 'dropouts', 'rate_median'] })
    // of the first quarter of 2026, January and February are over; the running month counts with stocks
    expect([values['w 2025-Q4'], values['w 2026-Q1'], values['m 2026-Q1']]).toEqual([
      [1, 2 / 3, 0, 100_00],
      [2, (2 + 3 + 2) / 3, 1, (105_00 + 110_00 + 125_00) / 3],
      [2, (3 + 2 + 0) / 3, 0, (110_00 + 120_00) / 2],
    ])
    const before = await evaluation(
      warehouse,
      queryOf({ ...asked, rows: ['sex'], columns: 'period', grain: 'month', against: 'previous' }),
      own,
    )
    expect(before.compared!.references[0]).toEqual(
      before.values[0]!.map((_, at) => (at === 0 ? 0 : at < 6 ? before.values[0]![at - 1] : 0)),
    )
    const early = await evaluated({ from: monthOf('2024-11'), to: monthOf('2025-01'), rows: ['period'], sex: 'w', totals: false })
    expect(early).toEqual({ '2024-11': ['…'], '2024-12': ['…'], '2025-01': [0] })
  })

  it('is told to nobody else', async () => {
    for (const eyes of [{ own_authority: null }, { own_authority: '13003' }, { own_authority: null, beside: '13075' }])
      await expect(evaluation(warehouse, queryOf({}), eyes)).rejects.toThrow('own readers')
    await expect(evaluation(warehouse, queryOf({ area: ownArea('99999') }), own)).rejects.toMatchObject({ field: 'area' })
  })
})

describe('totals are what the ordinary evaluation tells of the own row', () => {
  const day = fc.integer({ min: 0, max: 480 }).map((days) => new Date(Date.UTC(2025, 0, 1 + days)).toISOString().slice(0, 10))
  const booking = fc
    .record({
      youth_authority_id: fc.constantFrom('13075', '13075', '13075', '13003'),
      facility_authority_id: fc.constantFrom('13075', '13003'),
      away: fc.boolean(),
      service_kind: fc.constantFrom('s34', 's31'),
      specialisations: fc.constantFrom([], ['trauma']),
      provider_id: fc.constantFrom(haven, harbour, null),
      age_at_begin: fc.integer({ min: 0, max: 26 }),
      sex: fc.constantFrom('w', 'm', 'd'),
      days: fc.tuple(day, day),
      end_reason: fc.constantFrom(null, null, 0, 10, 20, 21, 22, 30, 40, 50),
      cancelled: fc.constantFrom(false, false, false, true),
      rates: fc.tuple(fc.integer({ min: 50, max: 60 }), fc.integer({ min: 50, max: 60 })),
      paid: fc.array(fc.tuple(day, fc.integer({ min: -500, max: 2_000 })), { maxLength: 3 }),
    })
    .map(({ days, rates, paid, ...row }) => {
      const [first_day, last_day] = days.toSorted() as [string, string]
      const steps = first_day < last_day ? { rate_from: [first_day, last_day], rate_cents: [...rates] } : { rate_cents: [rates[0]] }
      const made = bookingRow({ ...row, first_day, last_day, unit: row.service_kind === 's31' ? 'hour' : 'day', ...steps })
      return { booking: made, payments: paid.map(([on, cents]) => payment(made, cents, on)) }
    })
  const reservation = fc
    .record({
      youth_authority_id: fc.constantFrom('13075', '13075', '13075', '13003'),
      service_kind: fc.constantFrom('s34', 's31'),
      specialisations: fc.constantFrom([], ['trauma']),
      provider_id: fc.constantFrom(haven, harbour),
      age_at_begin: fc.integer({ min: 0, max: 26 }),
      sex: fc.constantFrom('w', 'm', 'd'),
      days: fc.tuple(day, day),
      decline_reason: fc.constantFrom(null, 'staff', 'no_place', 'too_late'),
      dearer_cents: fc.constantFrom(0, 100),
      dearer_reason: fc.constantFrom(null, 'nearness'),
    })
    .map(({ days, decline_reason, dearer_cents, dearer_reason, ...row }) => {
      const [reserved_on, answered_on] = days.toSorted() as [string, string]
      return reservationRow({
        ...row,
        reserved_on,
        state: decline_reason ? 'declined' : 'consented',
        decline_reason,
        dearer_cents,
        dearer_reason: dearer_cents > 0 ? dearer_reason : null,
        [decline_reason ? 'declined_on' : 'consented_on']: answered_on,
      })
    })
  let warehouse: Warehouse
  let remove: () => Promise<void>
  beforeAll(async () => {
    ;({ warehouse, remove } = await testWarehouse())
    await commit(warehouse, ...smallDirectory)
    const made = fc.sample(booking, { numRuns: 400, seed: 7 })
    await commit(
      warehouse,
      { table: 'booking', added: made.map((each) => each.booking) },
      { table: 'payment_line', added: made.flatMap((each) => each.payments) },
      { table: 'reservation', added: fc.sample(reservation, { numRuns: 300, seed: 11 }) },
    )
    // some are corrected: the old row goes, a later end, another age and another rate come
    const corrected = made.slice(0, 60).map((each) => each.booking)
    await commit(warehouse, {
      table: 'booking',
      removed: corrected,
      added: corrected.map((row) => ({
        ...row,
        last_day: '2026-04-20',
        end_reason: 20,
        age_at_begin: 13,
        rate_from: [row.first_day],
        rate_cents: [77_00],
      })),
    })
  })
  afterAll(() => remove())

  const figures = ownFigures([]).map(({ name }) => name)
  const structures = [
    ['age_group', 'sex'],
    ['sex', 'provider'],
    ['provider', 'age_group'],
  ] as const

  it.each([
    ['month', [], null],
    ['quarter', ['s34'], null],
    ['year', ['s31'], null],
    ['month', ['s34'], 'trauma'],
  ] as const)('by %s, of %j and specialisation %s', async (grain, service_kinds, specialisation) => {
    const span = { from: monthOf('2025-01'), to: monthOf('2026-06'), grain, against: 'previous_year' as const }
    for (const name of figures) {
      const asked = { ...span, figures: [name], service_kinds: [...service_kinds], specialisation, columns: 'period' as const }
      const ordinary = await evaluation(warehouse, queryOf({ ...asked, area: 'MV', rows: ['region'] }), own)
      expect(ordinary.layout.rows[0]!.keys).toEqual(['13075'])
      for (const rows of structures) {
        const { layout, values, compared } = await evaluation(warehouse, queryOf({ ...asked, rows: [...rows] }), own)
        expect([name, layout.rows.at(-1)!.keys]).toEqual([name, [null, null]])
        expect([name, values.at(-1)]).toEqual([name, ordinary.values[0]])
        expect([name, compared!.references.at(-1)]).toEqual([name, ordinary.compared!.references[0]])
        const { compute, unit } = keyFigureByName.get(name)!
        if (compute.from !== 'sum') continue
        // every booking is of one class: counts add up to their totals, and so does money
        const single = values.filter((_, row) => layout.rows[row]!.keys.every((key) => key !== null))
        values.at(-1)!.forEach((total, at) => {
          if (typeof total !== 'number') return
          const sum = single.reduce((added, row) => added + (row[at] as number), 0)
          expect([name, unit, sum]).toEqual([name, unit, expect.closeTo(total, 6)])
        })
      }
    }
    const ends = {
      ...queryOf({ ...span, service_kinds: [...service_kinds], specialisation, columns: 'period' }),
      figures: ['cases_ended', 'dropouts', 'dwell_time_mean', 'dwell_time_median'],
    }
    const told = await evaluation(warehouse, { ...ends, rows: ['end_reason', 'sex'] }, own)
    const row = await evaluation(warehouse, { ...ends, area: 'MV', rows: ['region'] }, own)
    expect(told.values.at(-1)).toEqual(row.values[0])
    for (const [figure, reason] of [
      ['declined_requests', 'decline_reason'],
      ['dearer_choices', 'dearer_reason'],
    ] as const) {
      const asked = { ...ends, figures: [figure] }
      const byReason = await evaluation(warehouse, { ...asked, rows: [reason] }, own)
      const whole = await evaluation(warehouse, { ...asked, area: 'MV', rows: ['region'] }, own)
      expect(byReason.values.at(-1)).toEqual(whole.values[0])
      const single = byReason.values.slice(0, -1)
      expect(single[0]!.map((_, at) => single.reduce((sum, values) => sum + (values[at] as number), 0))).toEqual(whole.values[0])
    }
  })

  it('more than zeros were compared', async () => {
    const { values } = await evaluation(
      warehouse,
      queryOf({ figures: [...figures], from: monthOf('2025-07'), to: monthOf('2026-02') }),
      own,
    )
    values.at(-1)!.forEach((value, at) => expect([figures[at], value]).toEqual([figures[at], expect.toSatisfy((each) => each > 0)]))
  })
})
