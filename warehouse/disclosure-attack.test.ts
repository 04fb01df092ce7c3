import fc from 'fast-check'
import loadSolver, { type Highs } from 'highs'
import { expect, it } from 'vitest'
import { suppressWithParts } from './disclosure.ts'
import { columnsOf, type Lattice } from './lattice.ts'
import { latticeOf } from './lattice.fixture.ts'

/**
 * What an attacker has: all that is published of one state and month, at every level and for every measure. He knows that a hidden
 * number is at least 1, that no part is larger than its whole, and his own row. HiGHS tells him how small and how large each hidden
 * number can be: where both are the same he knows it.
 */
const solver = await (loadSolver as unknown as () => Promise<Highs>)()

type Published = { lattice: Lattice; hidden: Uint8Array; wholes: number[] }

const rulesOf = (published: Published[], own: number | null): string[] => {
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
        // nothing may be in what is hidden because it is part of something hidden, nor in a column hidden as a whole
        const isWhole = Array.from({ length: rows }, (_, each) => each).every((each) => each === own || hidden[each * columns + column])
        const least = isWhole || wholes.some((whole) => published[whole]!.hidden[cell]) ? 0 : 1
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

type Booking = { special: boolean; ended: boolean; dropped: boolean }
const some = (n: number, like: Booking): Booking[] => Array.from({ length: n }, () => like)
const booking = fc.record({ special: fc.boolean(), ended: fc.boolean(), dropped: fc.boolean() })

/** Bookings as [authority][service kind], of them some are of a specialisation, some ended, some dropped out, some of all that; or all alike. */
const world = fc.integer({ min: 1, max: 5 }).chain((rows) =>
  fc.integer({ min: 1, max: 4 }).chain((kinds) =>
    fc.record({
      form_of: fc
        .array(fc.nat(1), { minLength: kinds, maxLength: kinds })
        .map((forms) => forms.map((form) => (forms.includes(0) ? form : 0))),
      own: fc.option(fc.nat(rows - 1)),
      threshold: fc.constantFrom(3, 3, 3, 5),
      bookings: fc.array(
        fc.array(
          fc.oneof(
            fc.array(booking, { maxLength: 7 }),
            fc.tuple(booking, fc.nat(9)).map(([each, n]) => some(n, each)),
          ),
          {
            minLength: kinds,
            maxLength: kinds,
          },
        ),
        { minLength: rows, maxLength: rows },
      ),
    }),
  ),
)

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
  const rules = rulesOf(published, own)
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

/** Bookings, of these the ended ones, and of these the dropouts. */
const nested = [
  { counts: anyBooking, wholes: [] },
  { counts: ({ ended }: Booking) => ended, wholes: [0] },
  { counts: ({ ended, dropped }: Booking) => ended && dropped, wholes: [1] },
]

it('nor do its parts and the parts of these', () => {
  fc.assert(
    fc.property(world, (each) => attack(each, nested)),
    { numRuns: 300 },
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

/** Bookings, and two kinds of them that have nothing to do with each other. */
const beside = [
  { counts: anyBooking, wholes: [] },
  { counts: ({ ended }: Booking) => ended, wholes: [0] },
  { counts: ({ special }: Booking) => special, wholes: [0] },
]

it('nor do several parts together', () => {
  fc.assert(
    fc.property(world, (each) => attack(each, beside)),
    { numRuns: 200 },
  )
})

it('nor do two parts each of which lets it vary another way', () => {
  const [none, ended, special, both] = [[], ['ended'], ['special'], ['ended', 'special']].map(
    (of) => (n: number) => some(n, { special: of.includes('special'), ended: of.includes('ended'), dropped: false }),
  )
  const bookings = [
    [special!(12), none!(6)],
    [
      [...ended!(4), ...special!(2)],
      [...none!(1), ...both!(1)],
    ],
    [[], ended!(4)],
    [special!(4), both!(5)],
  ]
  attack({ form_of: [0, 0], own: 1, threshold: 5, bookings }, beside)
})

/** [others, ended, of these dropouts] */
const bookingsOf = (numbers: number[][][]): Booking[][][] =>
  numbers.map((ofRow) =>
    ofRow.map(([others, ended, dropouts]) => [
      ...some(others!, { special: false, ended: false, dropped: false }),
      ...some(ended! - dropouts!, { special: false, ended: true, dropped: false }),
      ...some(dropouts!, { special: false, ended: true, dropped: true }),
    ]),
  )

it('nor does a part that is as large as its whole and cannot shrink with it', () => {
  // the third has few of both kinds and none ended; only the fourth could take what it gives, but all its helps of the second kind ended
  const bookings = bookingsOf([
    [[1, 6, 0], [0, 1, 0]],
    [[4, 3, 0], [4, 3, 0]],
    [[2, 0, 0], [1, 0, 0]],
    [[3, 3, 0], [0, 4, 0]],
  ]) // prettier-ignore
  attack({ form_of: [1, 0], own: 1, threshold: 3, bookings }, nested.slice(0, 2))
})

it('nor does a part of a part that is', () => {
  // the first has one of either kind; only the second could take its second one, but all helps of that are dropouts, which are told
  const bookings = bookingsOf([
    [[0, 1, 0], [0, 1, 1]],
    [[0, 0, 0], [0, 5, 5]],
    [[0, 7, 0], [6, 0, 0]],
  ]) // prettier-ignore
  attack({ form_of: [0, 0], own: null, threshold: 3, bookings }, nested)
})

it('nor does a part of which nothing else could be: its whole column is hidden', () => {
  // of the first kind, the other authority has one help, and it dropped out; the dropouts of all kinds are no more than those ended of two kinds
  const bookings = bookingsOf([
    [[0, 0, 0], [8, 0, 0], [0, 6, 6]],
    [[0, 1, 1], [2, 0, 0], [0, 9, 0]],
  ]) // prettier-ignore
  attack({ form_of: [1, 0, 0], own: 0, threshold: 5, bookings }, nested)
})

it('nor does a Summe of which nothing else could be', () => {
  // the only authority: one dropout, and no other ended help of a kind of which ends are hidden
  const bookings = bookingsOf([[[2, 1, 1], [2, 0, 0], [0, 0, 0], [0, 5, 0]]]) // prettier-ignore
  attack({ form_of: [0, 0, 0, 0], own: null, threshold: 3, bookings }, nested)
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
