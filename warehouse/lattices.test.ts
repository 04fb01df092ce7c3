import { expect, it } from 'vitest'
import { changeLog, sliceKey, type CellChange } from './cell-changes.ts'
import { directoryOf } from './directory.ts'
import { bookingRow, commit, smallDirectory, testWarehouse } from './fixture.ts'
import { Lattices, type Subject } from './lattices.ts'
import { monthOf } from './month.ts'
import { positionOf } from './query.ts'

const of = (measure: string): Subject => ({ measure, specialisation: 'all' })

it('what a view reads it decides on, however much it is; what was asked for before is forgotten', async () => {
  const { warehouse, remove } = await testWarehouse()
  await commit(warehouse, ...smallDirectory, { table: 'booking', added: [bookingRow()] })
  const lattices = new Lattices(warehouse, await directoryOf(warehouse), warehouse.changes.generation(), 1)
  const position = await warehouse.ask(positionOf)
  const months = [monthOf('2026-01'), monthOf('2026-02')]
  const isThere = (measure: string) => lattices.moveTo(position, [{ measure, specialisation: 'all' }], months)
  const read = (...measures: string[]) =>
    warehouse.read((connection) =>
      lattices.read(
        connection,
        position,
        measures.map((measure) => ({ measure, specialisation: 'all' })),
        months,
      ),
    )
  await read('case_count', 'case_stock')
  expect(['case_count', 'case_stock'].map(isThere)).toEqual([true, true])
  await read('away_bookings', 'rated_per_day', 'cases_begun')
  expect(['away_bookings', 'rated_per_day', 'cases_begun'].map(isThere)).toEqual([true, true, true])
  expect(['case_count', 'case_stock'].map(isThere)).toContain(false)
  await remove()
})

it('numbers that were forgotten come again as commits left them, and only where these changed something is decided anew', async () => {
  const { warehouse, remove } = await testWarehouse()
  await commit(warehouse, ...smallDirectory)
  const flensburg = smallDirectory.find(({ table }) => table === 'youth_authority')!.added!.find(({ id }) => id === '01001')!
  await commit(warehouse, { table: 'youth_authority', removed: [flensburg], added: [{ ...flensburg, data_from: '2025-01-01' }] })
  const bookings = () => [bookingRow(), bookingRow({ youth_authority_id: '01001' })]
  await commit(warehouse, { table: 'booking', added: bookings() })
  const directory = await directoryOf(warehouse)
  const months = [monthOf('2026-01')]
  const lattices = new Lattices(warehouse, directory, warehouse.changes.generation(), 1)
  const read = (subject: Subject) =>
    warehouse.read(async (connection) => lattices.read(connection, await positionOf(connection), [subject], months))
  const asKept = () => {
    const kept = lattices.of(of('case_count'), months)
    return { cells: lattices.cells(kept, ['MV', 'SH'], 0), versions: ['MV', 'SH'].map((state) => lattices.version(kept[0]!, state)) }
  }
  await read(of('case_count'))
  const before = asKept()
  await read(of('case_stock'))
  await commit(warehouse, { table: 'booking', added: bookings().slice(0, 1) })
  expect(lattices.moveTo(await warehouse.ask(positionOf), [of('case_count')], months)).toBe(false)
  await read(of('case_count'))
  const after = asKept()
  expect(after.versions[0]).toBeGreaterThan(before.versions[0]!)
  expect(after.versions[1]).toBe(before.versions[1])
  expect([before, after].map(({ cells }) => cells.cases.flatMap((months) => [...months]))).toEqual([
    [1, 0, 0, 1],
    [2, 0, 0, 1],
  ])
  await remove()
})

/** Read after one booking was committed; what is added to `changes` comes after. */
const latticesOfABooking = async (subjects: Subject[]) => {
  const { warehouse, remove } = await testWarehouse()
  await commit(warehouse, ...smallDirectory, { table: 'booking', added: [bookingRow()] })
  const changes = changeLog()
  const position = await warehouse.ask(positionOf)
  const lattices = new Lattices({ ...warehouse, changes }, await directoryOf(warehouse), changes.generation())
  const months = [monthOf('2026-01')]
  await warehouse.read((connection) => lattices.read(connection, position, subjects, months))
  return { changes, lattices, position, months, remove }
}

it('numbers beyond 16 bits are as right as others', async () => {
  const { changes, lattices, position, months, remove } = await latticesOfABooking([of('case_count')])
  changes.add(position + 1, [changeOf({ value: 32_767, cases: 32_766 })])
  changes.add(position + 2, [changeOf({ value: -70_000, cases: 0 })])
  const numbersAt = (at: number) => {
    lattices.moveTo(at, [of('case_count')], months)
    const { value, cases } = lattices.cells(lattices.of(of('case_count'), months), ['MV'], 0)
    return [value[0]![0], cases[0]![0]]
  }
  expect([0, 1, 2, 1, 0].map((on) => numbersAt(position + on))).toEqual([
    [1, 1],
    [32_768, 32_767],
    [-37_232, 32_767],
    [32_768, 32_767],
    [1, 1],
  ])
  await remove()
})

const changeOf = (change: { value: number; cases: number }): CellChange => ({
  measure: 'case_count',
  specialisation: 'all',
  month: monthOf('2026-01'),
  place: 13075000,
  service_kind: 's34',
  also_all: true,
  ...change,
})

it('what nobody asks for moves on before it is forgotten what commits changed', async () => {
  const { warehouse, remove } = await testWarehouse()
  await commit(warehouse, ...smallDirectory, { table: 'booking', added: [bookingRow()] })
  const position = await warehouse.ask(positionOf)
  const changes = changeLog(2)
  let reached = position
  const freshness = () => ({ data_lsn: `0/${reached.toString(16)}`, data_as_of: new Date(0).toISOString() })
  const lattices = new Lattices({ ...warehouse, changes, freshness }, await directoryOf(warehouse), changes.generation())
  const months = [monthOf('2026-01')]
  await warehouse.read((connection) => lattices.read(connection, position, [of('case_count')], months))
  for (let n = 1; n <= 8; n += 1) {
    changes.add((reached = position + n), n === 1 ? [changeOf({ value: 1, cases: 1 })] : [])
    lattices.moveOn()
  }
  expect(lattices.moveTo(reached, [of('case_count')], months)).toBe(true)
  expect(lattices.cells(lattices.of(of('case_count'), months), ['MV'], 0).value[0]).toEqual(Float64Array.of(2))
  expect(changes.between(sliceKey('case_count', 'all', months[0]!), position, reached)).toBeUndefined()
  await remove()
})

it('how a part is related to its whole is told anew when cells of it are filled, grow or become empty', async () => {
  const [whole, part] = [of('case_count'), of('away_bookings')]
  const { changes, lattices, position, months, remove } = await latticesOfABooking([whole, part])
  const steps: CellChange[][] = [
    // the one case is away, then there is another that is not, which ends, as the one away does, and comes again
    [{ ...changeOf({ value: 1, cases: 1 }), measure: 'away_bookings' }],
    [changeOf({ value: 1, cases: 1 })],
    [changeOf({ value: -1, cases: -1 })],
    [{ ...changeOf({ value: -1, cases: -1 }), measure: 'away_bookings' }],
    [{ ...changeOf({ value: 1, cases: 1 }), measure: 'away_bookings' }],
  ]
  steps.forEach((step, at) => changes.add(position + at + 1, step))
  const relationAt = (at: number) => {
    expect(lattices.moveTo(at, [whole, part], months)).toBe(true)
    return lattices.relation(lattices.of(part, months)[0]!, lattices.of(whole, months)[0]!, 'MV')
  }
  const [none, equal, ...then] = [0, 1, 2, 3, 4, 5].map((after) => relationAt(position + after))
  expect(equal).not.toBe(none)
  expect(then).toEqual([none, equal, none, equal])
  await remove()
})
