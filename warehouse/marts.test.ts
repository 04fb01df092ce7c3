import fc from 'fast-check'
import { expect, it } from 'vitest'
import { fold, gather, scatteredKeys, waitingMonths } from './compaction.ts'
import { bookingRow, commit, reservationRow, testWarehouse, waitRow, type Change, type Row } from './fixture.ts'
import { append } from './isolation.ts'
import { martsDifferingFromRebuild } from './rebuild.ts'
import type { Warehouse } from './warehouse.ts'

const day = fc.integer({ min: 0, max: 500 }).map((n) => new Date(Date.UTC(2025, 0, 1 + n)).toISOString().slice(0, 10))
const authority = fc.constantFrom('13075', '13003')
const caseKey = fc.constantFrom(...[1, 2, 3, 4].map((n) => `00000000-0000-4000-8000-00000000000${n}`))
const specialisations = fc.subarray(['autism', 'trauma'])
const kind = fc.constantFrom(['s34', 'day'], ['s31', 'hour'], ['s33', 'flat'])

const booking = fc
  .record({
    case_key: caseKey,
    youth_authority_id: authority,
    specialisations,
    kind,
    days: fc.tuple(day, day),
    rates: fc.tuple(fc.nat(5), fc.nat(5)),
  })
  .chain(({ kind: [service_kind, unit], days, rates, ...row }) => {
    const [first_day, last_day] = [...days].sort() as [string, string]
    const step = new Date(Date.parse(first_day) + 20 * 86_400_000).toISOString().slice(0, 10)
    const end_reason = fc.constantFrom(null, 0, 10, 20, 40)
    return fc
      .record({ end_reason, away: fc.boolean(), cancelled: fc.constantFrom(false, false, true), stepped: fc.boolean() })
      .map((rest) =>
        bookingRow({
          ...row,
          service_kind,
          unit,
          first_day,
          last_day,
          end_reason: rest.cancelled ? null : rest.end_reason,
          away: rest.away,
          facility_authority_id: rest.away ? null : '13003',
          cancelled: rest.cancelled,
          rate_from: rest.stepped ? [first_day, step] : [first_day],
          rate_cents: rest.stepped ? rates.map((n) => n * 100) : [rates[0] * 100],
          units_per_week: rest.stepped ? [7, 5] : [7],
        }),
      )
  })
const payment = fc
  .record({
    case_key: caseKey,
    youth_authority_id: authority,
    specialisations,
    paid_on: day,
    amount_cents: fc.integer({ min: -3, max: 3 }),
  })
  .map((row) => ({
    ...row,
    id: crypto.randomUUID(),
    service_kind: 's34',
  }))
const offerRate = fc
  .record({ youth_authority_id: authority, specialisations, days: fc.tuple(day, fc.option(day, { freq: 20 })), rate_cents: fc.nat(4) })
  .map(({ days, ...row }) => {
    const [valid_from, valid_to] = days[1] === null ? [days[0], null] : ([...days].sort() as [string, string])
    return { ...row, id: crypto.randomUUID(), service_kind: 's34', unit: 'day', valid_from, valid_to }
  })
const offerCapacity = fc
  .record({ youth_authority_id: authority, days: fc.tuple(day, fc.option(day, { freq: 20 })), places: fc.nat(4) })
  .map(({ days, ...row }) => {
    const [valid_from, valid_to] = days[1] === null ? [days[0], null] : ([...days].sort() as [string, string])
    return { ...row, id: crypto.randomUUID(), service_kind: 's34', valid_from, valid_to }
  })
const search = fc.record({ youth_authority_id: authority, specialisations, searched_on: day, offers_available: fc.nat(1) }).map((row) => ({
  ...row,
  id: crypto.randomUUID(),
  service_kind: 's34',
}))
const budget = fc
  .record({ youth_authority_id: authority, year: fc.constantFrom(2025, 2026), amount_cents: fc.nat(1000) })
  .map((row) => ({ ...row, service_kind: 's34' }))

// a later state of a reservation is another row under its id
const reservation = fc
  .record({
    case_key: caseKey,
    youth_authority_id: authority,
    specialisations,
    days: fc.tuple(day, day, day, day),
    state: fc.constantFrom('reserved', 'requested', 'consented', 'declined', 'booked', 'released', 'expired'),
    is_searched: fc.boolean(),
    dearer_cents: fc.nat(1),
  })
  .map(({ days, state, is_searched, ...row }) => {
    const [searched_on, reserved_on, answered_on, ended_on] = days.toSorted() as [string, string, string, string]
    return reservationRow({
      ...row,
      state,
      searched_on: is_searched ? searched_on : null,
      reserved_on,
      consented_on: state === 'consented' || state === 'booked' ? answered_on : null,
      declined_on: state === 'declined' ? answered_on : null,
      booked_on: state === 'booked' ? ended_on : null,
      expired_on: state === 'expired' ? ended_on : null,
    })
  })

const wait = fc
  .record({
    case_key: caseKey,
    youth_authority_id: authority,
    specialisations,
    days: fc.tuple(day, day, day),
    state: fc.constantFrom('waiting', 'reserved', 'left', 'over'),
  })
  .map(({ days, state, ...row }) => {
    const [entered_on, ended_on, last_day] = days.toSorted() as [string, string, string]
    return waitRow({ ...row, state, entered_on, first_day: entered_on, last_day, ended_on: state === 'waiting' ? null : ended_on })
  })

const generators = {
  booking,
  payment_line: payment,
  offer_rate: offerRate,
  offer_capacity: offerCapacity,
  search,
  budget,
  reservation,
  wait,
} as const
type Table = keyof typeof generators
const step = fc.oneof(
  ...(Object.keys(generators) as Table[]).map((table) =>
    fc.record({
      table: fc.constant(table),
      added: fc.array(generators[table] as fc.Arbitrary<Row>, { minLength: 1, maxLength: 4 }),
      // which of the rows there now are removed or replaced
      picks: fc.array(fc.nat(20), { maxLength: 3 }),
      replace: fc.boolean(),
      folding: fc.boolean(),
    }),
  ),
)

it('whatever sequence of changes and foldings, the marts are what a rebuild gives', { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 10 }), async (steps) => {
      const { warehouse, remove } = await testWarehouse()
      try {
        const current = new Map<Table, Row[]>()
        for (const { table, added, picks, replace, folding } of steps) {
          await commit(warehouse, nextChange(current, { table, added, picks, replace }))
          if (folding) await foldAll(warehouse)
        }
        expect(await warehouse.write(martsDifferingFromRebuild)).toEqual([])
        await foldAll(warehouse)
        expect(await warehouse.write(martsDifferingFromRebuild)).toEqual([])
        await warehouse.rebuildMarts()
        expect(await warehouse.write(martsDifferingFromRebuild)).toEqual([])
      } finally {
        await remove()
      }
    }),
    { numRuns: 8 },
  )
})

const nextChange = (current: Map<Table, Row[]>, step: { table: Table; added: Row[]; picks: number[]; replace: boolean }): Change => {
  const rows = (current.get(step.table) as Row[] | undefined) ?? []
  const removed = [...new Set(step.picks)].flatMap((n): Row[] => (rows[n] ? [rows[n]] : []))
  const added = step.replace ? step.added.map((row, i) => (removed[i] ? { ...row, id: removed[i]['id'] } : row)) : step.added
  current.set(step.table, [...rows.filter((row) => !removed.includes(row)), ...added])
  return { table: step.table, removed, added }
}

const foldAll = async (warehouse: Warehouse): Promise<void> => {
  const waiting = await warehouse.read(waitingMonths)
  for (const { table, month } of waiting.slice(0, 10)) await warehouse.write((connection) => fold(connection, table, month))
}

it('so do changes of many cases at once, which are looked up and added up another way', { timeout: 60_000 }, async () => {
  const { warehouse, remove } = await testWarehouse()
  const cases = Array.from({ length: 150 }, () => crypto.randomUUID())
  const bookings = (n: number, seed: number): Row[] =>
    fc.sample(booking, { numRuns: n, seed }).map((row, i) => ({ ...row, case_key: cases[(i * 7) % cases.length] }))
  const first = bookings(400, 1)
  await commit(warehouse, { table: 'booking', added: first })
  expect(await warehouse.write(martsDifferingFromRebuild)).toEqual([])
  // some are changed, some removed, some new in cases that history knows
  const changed = bookings(200, 2).map((row, i) => ({ ...row, id: first[i]!['id'] }))
  await commit(warehouse, { table: 'booking', removed: first.slice(0, 250), added: [...changed, ...bookings(150, 3)] })
  expect(await warehouse.write(martsDifferingFromRebuild)).toEqual([])
  await foldAll(warehouse)
  expect(await warehouse.write(martsDifferingFromRebuild)).toEqual([])
  const keys = await warehouse.read(async (connection) =>
    (
      await connection.runAndReadAll(
        `select 'cell' as table, measure::varchar as key from marts.cell union select 'statistic', service_kind::varchar from marts.statistic`,
      )
    ).getRowObjectsJson(),
  )
  expect(keys.length).toBeGreaterThan(10)
  for (const key of keys) await warehouse.write((connection) => gather(connection, key as Parameters<typeof gather>[1]))
  expect(await warehouse.write(martsDifferingFromRebuild)).toEqual([])
  await remove()
})

it('what lies scattered over a table is found and gathered', { timeout: 60_000 }, async () => {
  const { warehouse, remove } = await testWarehouse()
  // three measures taking turns through thirty row groups, of which each fills ten
  await warehouse.write((connection) =>
    append(connection, 'marts.cell', `select i % 3, 13075000, 1, 1, 24300 + i % 200, 1, 1 from range(30 * 122880) as rows(i)`),
  )
  const scattered = await warehouse.read(scatteredKeys)
  expect(scattered.map(({ table, key }) => `${table} ${key}`).sort()).toEqual(['cell 0', 'cell 1', 'cell 2'])
  for (const key of scattered) await warehouse.write((connection) => gather(connection, key))
  expect(await warehouse.read(scatteredKeys)).toEqual([])
  const sums = await warehouse.read((connection) =>
    connection.runAndReadAll('select measure::integer, sum(value)::integer, count(*)::integer from marts.cell group by 1 order by 1'),
  )
  expect(sums.getRows()).toEqual([0, 1, 2].map((measure) => [measure, 10 * 122880, 10 * 122880]))
  await remove()
})
