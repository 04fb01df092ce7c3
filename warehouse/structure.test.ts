import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { evaluation, type EvaluationQuery } from './evaluation.ts'
import { bookingRow, commit, many, reservationRow, smallDirectory, testWarehouse, type Row } from './fixture.ts'
import { monthOf } from './month.ts'
import { allClasses, structureDimensions, type StructureDimension } from './structure.ts'
import type { Eyes } from './views.ts'
import type { Warehouse } from './warehouse.ts'

const running = monthOf('2026-03')
const politics = { own_authority: null }
const [rostock, schwerin] = ['13003', '13004']
const lasting = (n: number, authority: string, age_at_begin: number, sex: string, row: Row = {}) =>
  many(n, () => bookingRow({ youth_authority_id: authority, first_day: '2025-02-03', last_day: '2026-06-30', age_at_begin, sex, ...row }))
const ended = (n: number, end_reason: number, row: Row = {}) =>
  lasting(n, '13075', 4, 'm', { first_day: '2025-03-01', last_day: '2025-09-20', end_reason, ...row })

const declined = (n: number, decline_reason: string, row: Row = {}) =>
  many(n, () =>
    reservationRow({
      state: 'declined',
      reserved_on: '2025-03-01',
      requested_on: '2025-03-01',
      declined_on: '2025-03-08',
      decline_reason,
      ...row,
    }),
  )

const haven = '00000000-0000-4000-8000-000000000001'

let warehouse: Warehouse
let remove: () => Promise<void>
beforeAll(async () => {
  ;({ warehouse, remove } = await testWarehouse())
  await commit(
    warehouse,
    ...smallDirectory,
    {
      table: 'population',
      added: [
        ['13075', 'a10_15', 'w', 8_000],
        ['13003', 'a10_15', 'w', 6_000],
        ['01001', 'a10_15', 'w', 900],
        ['13075', 'a10_15', 'all', 15_000],
        ['13075', 'a25_30', 'w', 5_000],
      ].map(([ags, age_group, sex, inhabitants]) => ({ ags, age_group, sex, inhabitants, reference_date: '2019-12-31', origin: 'test' })),
    },
    {
      table: 'reservation',
      added: [
        // § 34 in 2025: Vorpommern-Greifswald 5 for lack of staff, 4 for lack of places and 2 unsuitable, Rostock 3 for lack of staff; one in 2026
        ...declined(5, 'staff'),
        ...declined(4, 'no_place'),
        ...declined(2, 'not_suitable'),
        ...declined(3, 'staff', { youth_authority_id: rostock }),
        ...declined(3, 'other', { declined_on: '2026-01-08' }),
        // 4 dearer choices for nearness, 3 of which nobody has told why, and one that was the cheapest
        ...many(4, () => reservationRow({ reserved_on: '2025-04-02', dearer_cents: 900, dearer_reason: 'nearness' })),
        ...many(3, () => reservationRow({ reserved_on: '2025-04-02', dearer_cents: 500, youth_authority_id: rostock })),
        reservationRow({ reserved_on: '2025-04-02' }),
      ],
    },
    { table: 'provider', added: [{ id: haven, name: 'Hafen' }] },
    {
      table: 'booking',
      added: [
        // § 34: Vorpommern-Greifswald 5 girls of 12, Rostock 4 boys of 16, Schwerin 2 of 7 years
        ...lasting(5, '13075', 12, 'w', { provider_id: haven }),
        ...lasting(4, rostock, 16, 'm'),
        ...lasting(2, schwerin, 7, 'd'),
        // § 31: Vorpommern-Greifswald 6 girls of 12
        ...lasting(6, '13075', 12, 'w', { service_kind: 's31', unit: 'hour' }),
        // ended in September, boys of 4: 16 in all, of which 7 dropouts; a move within the help is no end, what is cancelled counts nowhere
        ...ended(6, 10),
        ...ended(4, 20),
        ...ended(3, 22),
        ...ended(3, 50),
        ...ended(3, 0),
        ...ended(5, 10, { cancelled: true }),
      ],
    },
  )
})
afterAll(() => remove())

const queryOf = (change: Partial<EvaluationQuery>): EvaluationQuery => ({
  figures: ['case_stock'],
  rows: ['age_group', 'sex'],
  columns: null,
  area: 'MV',
  service_kinds: [],
  specialisation: null,
  ...allClasses,
  from: monthOf('2025-01'),
  to: monthOf('2025-12'),
  grain: 'year',
  totals: true,
  against: null,
  running,
  ...change,
})
const evaluated = async (change: Partial<EvaluationQuery>, eyes: Eyes = politics) => {
  const { layout, values } = await evaluation(warehouse, queryOf(change), eyes)
  return Object.fromEntries(layout.rows.map(({ keys }, at) => [keys.map((key) => key ?? 'all').join(' '), values[at]!]))
}
const some = (values: Record<string, unknown[]>, keys: string[]) => keys.map((key) => values[key]![0])

describe('worked by hand', () => {
  const cells = ['a10_15 w', 'a15_18 m', 'a6_10 d', 'u3 w']

  it('two of a class are hidden, and with them the smallest class of three at least; the Summe is what is published anyway', async () => {
    const of34 = { service_kinds: ['s34'] }
    expect(some(await evaluated(of34), cells)).toEqual([5, '.', '.', 0])
    // with § 31 there are 11 girls, and what is hidden stays so: nobody else is of § 31
    const values = await evaluated({})
    expect(some(values, cells)).toEqual([11, '.', '.', 0])
    expect(some(values, ['a10_15 all', 'a15_18 all', 'all w', 'all m', 'all all'])).toEqual([11, '.', 11, '.', 17])
    expect(some(await evaluated({ figures: ['cases_begun'] }), ['a10_15 w', 'a15_18 m', 'a3_6 m', 'all all'])).toEqual([11, '.', 19, 36])
  })

  it('readers know their own authority: what is left of it is what is protected', async () => {
    const of34 = { service_kinds: ['s34'] }
    // Rostock: of the others 5 and 2 are left, and its own 4 hide nothing; Schwerin: the two are its own
    expect(some(await evaluated(of34, { own_authority: rostock }), cells)).toEqual(['.', 4, '.', 0])
    expect(some(await evaluated(of34, { own_authority: schwerin }), cells)).toEqual([5, 4, 2, 0])
  })

  it('the stock is that of the last complete month, and flows come when their year is over', async () => {
    const years = { rows: ['age_group', 'period'] as const, from: monthOf('2024-01'), to: monthOf('2026-12'), totals: false }
    const figures = ['case_stock', 'cases_begun']
    const {
      'a10_15 2024': before,
      'a10_15 2025': first,
      'a10_15 2026': second,
    } = await evaluated({ ...years, rows: [...years.rows], figures })
    expect([before, first, second]).toEqual([
      ['…', '…'],
      [11, 11],
      [11, '…'],
    ])
  })

  it('years are held against the year before: of the running one the stock, flows when it is over', async () => {
    const asked = queryOf({ figures: ['case_stock', 'cases_begun'], from: monthOf('2025-01'), to: monthOf('2026-12'), columns: 'period' })
    const { layout, values, compared } = await evaluation(warehouse, { ...asked, against: 'previous' }, politics)
    const row = layout.rows.findIndex(({ keys }) => `${keys}` === 'a10_15,w')
    const held = values[row]!.map((value, at) => [value, compared!.references[row]![at], compared!.changes[row]![at]])
    expect(held.slice(0, 4)).toEqual([
      [11, '…', '…'],
      [11, '…', '…'],
      [11, 11, 0],
      ['…', '…', '…'],
    ])
    // of both years together the flows are those of 2025, held against 2023
    expect(held.slice(4)).toEqual([
      [11, '…', '…'],
      [11, '…', '…'],
    ])
  })

  it('ended helps by their reasons, and dropouts as part of them', async () => {
    expect(await evaluated({ figures: ['cases_ended'], rows: ['end_reason'] })).toEqual({
      '10': [6],
      '20': [4],
      '21': [0],
      '22': [3],
      '30': [0],
      '40': [0],
      '50': [3],
      all: [16],
    })
    const values = await evaluated({ figures: ['cases_ended', 'dropouts'], columns: null })
    expect([values['a3_6 m'], values['all all']]).toEqual([
      [16, 7],
      [16, 7],
    ])
  })

  it('declined requests and dearer choices by their reasons', async () => {
    // two unsuitable are hidden with the smallest reason of three at least
    const declines = { figures: ['declined_requests'], rows: ['decline_reason' as const] }
    expect(await evaluated(declines)).toEqual({ no_place: ['.'], not_suitable: ['.'], staff: [8], too_late: [0], other: [0], all: [14] })
    expect(some(await evaluated({ ...declines, service_kinds: ['s31'] }), ['staff', 'all'])).toEqual([0, 0])
    // Vorpommern-Greifswald knows its own: of Rostock alone three are left
    expect(some(await evaluated(declines, { own_authority: '13075' }), ['no_place', 'not_suitable', 'staff'])).toEqual([4, 2, 8])
    expect(await evaluated({ figures: ['dearer_choices'], rows: ['dearer_reason'] })).toEqual({
      guardians_wish: [0],
      suitability: [0],
      nearness: [4],
      continuity: [0],
      other: [0],
      none: [3],
      all: [7],
    })
  })

  it('inhabitants by age and sex, where these are told apart', async () => {
    const { inhabitants, population_date } = await evaluation(warehouse, queryOf({}), politics)
    expect([population_date, inhabitants]).toEqual(['2019-12-31', [{ age_group: 'a10_15', sex: 'w', inhabitants: 14_000 }]])
    expect((await evaluation(warehouse, queryOf({ rows: ['provider'] }), politics)).inhabitants).toEqual([])
  })

  it('one class alone is the slice of the table that tells all of them apart', async () => {
    const tables: Partial<EvaluationQuery>[] = [
      { rows: ['age_group', 'service_kind'], figures: ['case_stock', 'cases_begun', 'cases_ended', 'dropouts'] },
      { rows: ['sex', 'service_kind'], figures: ['case_stock', 'cases_begun', 'cases_ended', 'dropouts'] },
      { rows: ['sex', 'age_group'], figures: ['case_stock', 'cases_ended'] },
      { rows: ['provider', 'service_kind'], figures: ['case_stock', 'cases_begun'] },
      { rows: ['end_reason', 'form'], figures: ['cases_ended'] },
      { rows: ['decline_reason', 'form'], figures: ['declined_requests'] },
      { rows: ['dearer_reason', 'service_kind'], figures: ['dearer_choices'] },
    ]
    let [open, hidden] = [0, 0]
    for (const table of tables) {
      for (const eyes of [politics, { own_authority: rostock }, { own_authority: schwerin }]) {
        const asked = { columns: 'period' as const, from: monthOf('2025-01'), to: monthOf('2026-12'), against: 'previous' as const }
        const [name, inner] = table.rows as [StructureDimension, EvaluationQuery['rows'][number]]
        const whole = await evaluation(warehouse, queryOf({ ...asked, ...table }), eyes)
        for (const { key, label } of whole.layout.members[name]!) {
          const alone = await evaluation(warehouse, queryOf({ ...asked, ...table, rows: [inner], [name]: key }), eyes)
          const slice = whole.layout.rows.flatMap(({ keys }, at) => (keys[0] === key ? [at] : []))
          expect(alone.layout.rows.map(({ keys }) => keys)).toEqual(slice.map((at) => whole.layout.rows[at]!.keys.slice(1)))
          expect(alone.values).toEqual(slice.map((at) => whole.values[at]))
          expect(alone.compared!.changes).toEqual(slice.map((at) => whole.compared!.changes[at]))
          expect(alone.layout.members[name]).toEqual([expect.objectContaining({ key, label })])
          open += alone.values.flat().filter((value) => typeof value === 'number' && value > 0).length
          hidden += alone.values.flat().filter((value) => value === '.').length
        }
      }
    }
    expect(Math.min(open, hidden)).toBeGreaterThan(20)
  })

  it('a class that there is not is refused by name', async () => {
    for (const name of structureDimensions)
      await expect(evaluated({ rows: ['service_kind'], [name]: 'x' })).rejects.toMatchObject({ field: name })
  })

  it('providers by name, with what is booked outside the system', async () => {
    const values = await evaluated({ rows: ['provider'], columns: 'service_kind', figures: ['case_stock'] })
    expect(values).toEqual({ [haven]: [5, 0, 5], none: [6, 6, 12], all: [11, 6, 17] })
  })
})
