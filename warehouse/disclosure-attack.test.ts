import fc from 'fast-check'
import loadSolver, { type Highs } from 'highs'
import { expect, it } from 'vitest'
import { columnsOf, suppressWithParts, type Lattice } from './disclosure.ts'
import { latticeOf } from './lattice.fixture.ts'

/**
 * What an attacker has: all that is published of one state and month, at every level and for every measure. He knows that a hidden
 * number is at least 1, that no part is larger than its whole, and his own row. HiGHS tells him how small and how large each hidden
 * number can be: where both are the same he knows it.
 */
const solver = await (loadSolver as unknown as () => Promise<Highs>)()

type Published = { lattice: Lattice; hidden: Uint8Array; wholes: number[] }

const rulesOf = (published: Published[]): string[] => {
  const rules: string[] = []
  published.forEach(({ lattice, hidden, wholes }, table) => {
    const { rows, form_of, value } = lattice
    const columns = columnsOf(lattice)
    const kinds = form_of.map((_, kind) => kind)
    for (let row = 0; row <= rows; row += 1) {
      for (let column = 0; column < columns; column += 1) {
        const cell = row * columns + column
        const sum = leaves(lattice, row, column)
          .map((leaf) => `x${table}_${leaf}`)
          .join(' + ')
        // what is part of something hidden is hidden with it, though nothing may be there
        const least = wholes.some((whole) => published[whole]!.hidden[cell]) ? 0 : 1
        rules.push(hidden[cell] ? `${sum} >= ${least}` : `${sum} = ${value[cell]}`)
      }
      if (row < rows)
        for (const kind of kinds)
          for (const whole of wholes) rules.push(`x${table}_${row * columns + kind} - x${whole}_${row * columns + kind} <= 0`)
    }
  })
  return rules
}

/** The cells of authorities and service kinds that make up a cell. */
const leaves = ({ rows, form_of, forms }: Lattice, row: number, column: number): number[] => {
  const columns = columnsOf({ form_of, forms })
  const kinds = form_of.flatMap((form, kind) =>
    column === kind || column === form_of.length + form || column === columns - 1 ? [kind] : [],
  )
  const inRows = row === rows ? Array.from({ length: rows }, (_, each) => each) : [row]
  return inRows.flatMap((each) => kinds.map((kind) => each * columns + kind))
}

/** Whether the attacker can tell a cell from what he knows. */
const isTold = (published: Published[], rules: string[], table: number, cell: number): boolean => {
  const { lattice } = published[table]!
  const columns = columnsOf(lattice)
  const sum = leaves(lattice, Math.floor(cell / columns), cell % columns)
    .map((leaf) => `x${table}_${leaf}`)
    .join(' + ')
  const end = (direction: 'Minimize' | 'Maximize') => {
    const { Status, ObjectiveValue } = solver.solve(`${direction}\nobj: ${sum}\nSubject To\n${rules.join('\n')}\nEnd`)
    return Status === 'Unbounded' ? Infinity : ObjectiveValue
  }
  return end('Maximize') < lattice.value[cell]! + 0.5 && end('Minimize') > lattice.value[cell]! - 0.5
}

/** Bookings as [authority][service kind], of them some are of a specialisation, some ended, some both. */
const world = fc.integer({ min: 1, max: 5 }).chain((rows) =>
  fc.integer({ min: 1, max: 4 }).chain((kinds) =>
    fc.record({
      form_of: fc
        .array(fc.nat(1), { minLength: kinds, maxLength: kinds })
        .map((forms) => forms.map((form) => (forms.includes(0) ? form : 0))),
      own: fc.option(fc.nat(rows - 1)),
      threshold: fc.constantFrom(3, 3, 3, 5),
      bookings: fc.array(
        fc.array(fc.array(fc.record({ special: fc.boolean(), ended: fc.boolean() }), { maxLength: 7 }), {
          minLength: kinds,
          maxLength: kinds,
        }),
        { minLength: rows, maxLength: rows },
      ),
    }),
  ),
)

type Booking = { special: boolean; ended: boolean }
const anyBooking = () => true

const attack = (
  { form_of, own, threshold, bookings }: { form_of: number[]; own: number | null; threshold: number; bookings: Booking[][][] },
  measures: { counts: (booking: Booking) => boolean; wholes: number[] }[],
): void => {
  const tables = measures.map(({ counts, wholes }) => ({
    lattice: latticeOf(
      bookings.map((ofRow) => ofRow.map((ofKind) => ofKind.filter(counts).length)),
      { form_of },
    ),
    wholes,
  }))
  const hidden = suppressWithParts(tables, { own, threshold })
  const published = tables.map((table, at) => ({ ...table, hidden: hidden[at]! }))
  const rules = rulesOf(published)
  published.forEach(({ lattice, hidden: cells }, table) => {
    const columns = columnsOf(lattice)
    lattice.cases.forEach((n, cell) => {
      const row = Math.floor(cell / columns)
      if (row === own) expect(cells[cell]).toBe(0)
      const known = own !== null && row === lattice.rows ? lattice.cases[own * columns + (cell % columns)]! : 0
      if (row === own || n === known || n >= threshold) return
      expect(cells[cell], `table ${table}, cell ${cell} is open`).toBe(1)
      expect(isTold(published, rules, table, cell), `table ${table}, cell ${cell} can be computed`).toBe(false)
    })
  })
}

it('whoever knows all that is published of a measure cannot tell what is hidden', () => {
  fc.assert(
    fc.property(world, (each) => attack(each, [{ counts: anyBooking, wholes: [] }])),
    { numRuns: 1000 },
  )
})

it('nor does what is published of a specialisation tell it', () => {
  const measures = [
    { counts: anyBooking, wholes: [] },
    { counts: ({ special }: Booking) => special, wholes: [0] },
  ]
  fc.assert(
    fc.property(world, (each) => attack(each, measures)),
    { numRuns: 400 },
  )
})

it('nor do its parts and the parts of these', () => {
  const measures = [
    { counts: anyBooking, wholes: [] },
    { counts: ({ ended }: Booking) => ended, wholes: [0] },
    { counts: ({ special, ended }: Booking) => special && ended, wholes: [1] },
  ]
  fc.assert(
    fc.property(world, (each) => attack(each, measures)),
    { numRuns: 200 },
  )
})

it('nor does a part of a part and of a specialisation', () => {
  const measures = [
    { counts: anyBooking, wholes: [] },
    { counts: ({ special }: Booking) => special, wholes: [0] },
    { counts: ({ ended }: Booking) => ended, wholes: [0] },
    { counts: ({ special, ended }: Booking) => special && ended, wholes: [1, 2] },
  ]
  fc.assert(
    fc.property(world, (each) => attack(each, measures)),
    { numRuns: 60 },
  )
})

it('nor does a part that is as large as its whole and cannot shrink with it', () => {
  // [of these ended, not ended]: the third has few of both kinds and none ended; only the fourth could take what it gives, but all its helps of the second kind ended
  const bookings = [
    [[6, 1], [1, 0]],
    [[3, 4], [3, 4]],
    [[0, 2], [0, 1]],
    [[3, 3], [4, 0]],
  ].map((ofRow) => ofRow.map(([ended, others]) => Array.from({ length: ended! + others! }, (_, at) => ({ special: false, ended: at < ended! })))) // prettier-ignore
  const measures = [
    { counts: anyBooking, wholes: [] },
    { counts: ({ ended }: Booking) => ended, wholes: [0] },
  ]
  attack({ form_of: [1, 0], own: 1, threshold: 3, bookings }, measures)
})

it('hides no more than the authority with few cases and one to hide behind where that does', () => {
  const hidden = suppressWithParts([{ lattice: latticeOf([[1], [9], [4], [0]]), wholes: [] }], { own: null, threshold: 3 })
  expect([...hidden[0]!]).toEqual([1, 1, 1, 0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0])
})

it('hides a square of cells where the sum of all service kinds would tell one', () => {
  // VG has 2 of the first kind, HRO 5; VG has 20 of both kinds: without a second pair the sums of the authorities would tell the 2
  const hidden = suppressWithParts(
    [
      {
        lattice: latticeOf([
          [2, 18],
          [5, 7],
          [30, 40],
        ]),
        wholes: [],
      },
    ],
    { own: null, threshold: 3 },
  )
  const kinds = [0, 1, 2, 3].map((row) => Array.from(hidden[0]!.slice(row * 4, row * 4 + 2)))
  expect(kinds).toEqual([
    [1, 1],
    [1, 1],
    [0, 0],
    [0, 0],
  ])
})

it('a Summe that tells an authority how few cases all others have is not told by the sum of all service kinds either', () => {
  // others have 1 and 1 of the first kind; of both kinds together everything is large
  const lattice = latticeOf([
    [5, 4],
    [1, 9],
    [1, 8],
  ])
  const [hidden] = suppressWithParts([{ lattice, wholes: [] }], { own: 0, threshold: 3 })
  const [first, second, form, all] = [12, 13, 14, 15].map((cell) => hidden![cell])
  expect(first).toBe(1)
  expect([second, form].includes(1) && [second, all].includes(1)).toBe(true)
})
