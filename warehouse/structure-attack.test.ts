import fc from 'fast-check'
import loadSolver, { type Highs } from 'highs'
import { expect, it } from 'vitest'
import { suppressWithParts } from './disclosure.ts'
import { columnsOf, type Lattice } from './lattice.ts'
import { latticeOf } from './lattice.fixture.ts'
import { hiddenIn, type Counts, type Structure } from './structure.ts'

/**
 * What an attacker has of one state and year: the lattice of regions and service kinds of every month, the structure of the year, and
 * his own authority in any detail. HiGHS tells him how small and how large each number can be.
 */
const solver = await (loadSolver as unknown as () => Promise<Highs>)()

const months = 2
type Type = { name: string; dropped: boolean; handed_over: boolean }
type Measures = Record<string, { counts: (type: Type) => boolean; wholes: number[] }>
/** What bookings are told apart by in a structure and its figures, and by the figures of regions with what these are part of. */
type Kind = {
  structure: Structure
  classes: string[]
  /** Bookings of one type count in the same figures and are of the same class. */
  types: Type[]
  figures: string[]
  /** What is told of regions, and what each is part of. */
  measures: Measures
  /** Classes that are decided on together: what is hidden as a whole may be nothing. */
  parts: string[][]
}
type Booking = { type: number; month: number }
type World = { form_of: number[]; own: number | null; threshold: number; bookings: Booking[][][] }

const ofHelps: Measures = {
  cases_ended: { counts: () => true, wholes: [] },
  ended_without_handover: { counts: ({ handed_over }) => !handed_over, wholes: [0] },
  dropouts: { counts: ({ dropped }) => dropped, wholes: [1] },
}
/** Of requests the declined are those that dropped. */
const ofRequests: Measures = {
  answered_requests: { counts: () => true, wholes: [] },
  declined_requests: { counts: ({ dropped }) => dropped, wholes: [0] },
}

const worldOf = ({ types }: Kind): fc.Arbitrary<World> =>
  fc.integer({ min: 1, max: 4 }).chain((rows) =>
    fc.integer({ min: 1, max: 3 }).chain((kinds) =>
      fc.record({
        form_of: fc
          .array(fc.nat(1), { minLength: kinds, maxLength: kinds })
          .map((forms) => forms.map((form) => (forms.includes(0) ? form : 0))),
        own: fc.option(fc.nat(rows - 1)),
        threshold: fc.constantFrom(3, 3, 5),
        bookings: fc.array(
          fc.array(
            fc.oneof(
              fc.array(fc.record({ type: fc.nat(types.length - 1), month: fc.nat(months - 1) }), { maxLength: 6 }),
              fc.array(fc.record({ type: fc.nat(1), month: fc.nat(months - 1) }), { minLength: 8, maxLength: 16 }),
            ),
            { minLength: kinds, maxLength: kinds },
          ),
          { minLength: rows, maxLength: rows },
        ),
      }),
    ),
  )

const inColumn = (form_of: number[], column: number): number[] => {
  const forms = Math.max(...form_of) + 1
  return form_of.flatMap((form, kind) =>
    column === kind || column === form_of.length + form || column === form_of.length + forms ? [kind] : [],
  )
}

type Chosen = { rows: number[]; kinds: number[]; types: number[]; months: number[] }

const attack = (of: Kind, { form_of, own, threshold, bookings }: World): void => {
  const { measures } = of
  const names = Object.keys(measures)
  const forms = Math.max(...form_of) + 1
  const shape = { kinds: form_of.map((_, kind) => `k${kind}`), form_of, forms, form_keys: [] }
  const columns = columnsOf(shape)
  const others = bookings.flatMap((_, row) => (row === own ? [] : [row]))
  const allMonths = Array.from({ length: months }, (_, month) => month)
  const typesIn = (name: string) => of.types.flatMap((type, at) => (measures[name]!.counts(type) ? [at] : []))
  const countOf = ({ rows, kinds, types, months: during }: Chosen): number =>
    rows.reduce(
      (sum, row) =>
        sum +
        kinds.reduce(
          (n, kind) => n + bookings[row]![kind]!.filter(({ type, month }) => types.includes(type) && during.includes(month)).length,
          0,
        ),
      0,
    )
  const sumOf = ({ rows, kinds, types, months: during }: Chosen): string[] =>
    rows.flatMap((row) => kinds.flatMap((kind) => types.flatMap((type) => during.map((month) => `y${row}_${kind}_${type}_${month}`))))
  const rules: string[] = []
  const tell = (chosen: Chosen, hidden: boolean, least: number, ownCount: number) => {
    const rest = sumOf(chosen)
    if (rest.length === 0) return
    if (!hidden) rules.push(`${rest.join(' + ')} = ${countOf(chosen)}`)
    else if (least > ownCount) rules.push(`${rest.join(' + ')} >= ${least - ownCount}`)
  }
  // regions, month by month
  const isOpen = new Map(names.map((name) => [name, new Array<boolean>(columns).fill(true)]))
  const targets: { chosen: Chosen; cases: number; text: string }[] = []
  for (const month of allMonths) {
    const lattices = names.map((name): Lattice =>
      latticeOf(
        bookings.map((_, row) => form_of.map((__, kind) => countOf({ rows: [row], kinds: [kind], types: typesIn(name), months: [month] }))),
        { form_of },
      ),
    )
    const hidden = suppressWithParts(
      lattices.map((lattice, at) => ({ lattice, wholes: measures[names[at]!]!.wholes })),
      { own, threshold },
    )
    names.forEach((name, at) => {
      for (let row = 0; row <= bookings.length; row += 1) {
        if (row === own) continue
        for (let column = 0; column < columns; column += 1) {
          const cell = row * columns + column
          const isHidden = hidden[at]![cell] === 1
          const rows = row === bookings.length ? others : [row]
          const chosen = { rows, kinds: inColumn(form_of, column), types: typesIn(name), months: [month] }
          const ownCount = row === bookings.length && own !== null ? lattices[at]!.cases[own * columns + column]! : 0
          const isWhole = others.every((each) => hidden[at]![each * columns + column])
          const least = isWhole || measures[name]!.wholes.some((whole) => hidden[whole]![cell]) ? 0 : 1
          tell(chosen, isHidden, least, ownCount)
          if (row === bookings.length && isHidden) isOpen.get(name)![column] = false
          const cases = countOf(chosen)
          if (cases > 0 && cases + ownCount < threshold && isHidden)
            targets.push({ chosen, cases, text: `${name} of region ${row}, column ${column}, month ${month}` })
        }
      }
    })
  }
  // the structure of all months together
  const ofClass = (figure: string, name: string) =>
    of.types.flatMap((type, at) => (type.name === name && (figure !== 'dropouts' || type.dropped) ? [at] : []))
  const counts = new Map(
    ['case_stock', 'cases_begun', 'cases_ended', 'dropouts', 'declined_requests'].map((figure): [string, Counts] => {
      const cells = new Float64Array((of.classes.length + 1) * columns)
      of.classes.forEach((name, at) => {
        for (let column = 0; column < columns; column += 1)
          cells[at * columns + column] = countOf({
            rows: others,
            kinds: inColumn(form_of, column),
            types: ofClass(figure, name),
            months: allMonths,
          })
      })
      return [figure, { all: cells, rest: cells, cases: cells }]
    }),
  )
  const hidden = hiddenIn(of.structure, of.classes, counts, {
    shape,
    isOpen: (measure) => isOpen.get(measure) ?? new Array<boolean>(columns).fill(true),
    threshold,
  })
  for (const figure of of.figures) {
    const cells = hidden.get(figure)!
    for (let column = 0; column < columns; column += 1) {
      of.classes.forEach((name, at) => {
        const cell = at * columns + column
        const chosen = { rows: others, kinds: inColumn(form_of, column), types: ofClass(figure, name), months: allMonths }
        const part = of.parts.find((classes) => classes.includes(name))!
        const isWhole = part.every((each) => cells[of.classes.indexOf(each) * columns + column])
        const least = isWhole || (figure === 'dropouts' && hidden.get('cases_ended')![cell]) ? 0 : 1
        tell(chosen, cells[cell] === 1, least, 0)
        const cases = countOf(chosen)
        if (cases === 0 || cases >= threshold) return
        const text = `${figure} of class ${name}, column ${column}`
        expect(cells[cell], `${text} is open`).toBe(1)
        // what was handed over is told by two figures of the state
        if (name !== '40') targets.push({ chosen, cases, text })
      })
    }
  }
  for (const { chosen, cases, text } of targets.filter((_, at) => at % Math.ceil(targets.length / 8) === 0)) {
    const end = (direction: 'Minimize' | 'Maximize') => {
      const { Status, ObjectiveValue } = solver.solve(
        `${direction}\nobj: ${sumOf(chosen).join(' + ')}\nSubject To\n${rules.join('\n')}\nEnd`,
      )
      if (Status !== 'Unbounded' && Status !== 'Optimal') throw new Error(`what is told contradicts itself: ${Status}`)
      return Status === 'Unbounded' ? Infinity : ObjectiveValue
    }
    const isTold = end('Maximize') < cases + 0.5 && end('Minimize') > cases - 0.5
    expect(isTold, `${text} can be computed`).toBe(false)
  }
}

const classes = ['u3 w', 'u3 m', 'a3_6 w']
const ageAndSex: Kind = {
  structure: 'age_sex',
  classes,
  types: classes.flatMap((name) =>
    ['as planned', 'dropped', 'handed over'].map((end) => ({ name, dropped: end === 'dropped', handed_over: end === 'handed over' })),
  ),
  figures: ['cases_ended', 'dropouts'],
  measures: ofHelps,
  parts: [classes],
}
const reasons = ['10', '20', '21', '22', '30', '40', '50']
const endReasons: Kind = {
  structure: 'end_reason',
  classes: reasons,
  types: reasons.map((name) => ({ name, dropped: name.startsWith('2'), handed_over: name === '40' })),
  figures: ['cases_ended'],
  measures: ofHelps,
  parts: [['20', '21', '22'], ['10', '30', '50'], ['40']],
}

const declines = ['no_place', 'not_suitable', 'staff']
const declineReasons: Kind = {
  structure: 'decline_reason',
  classes: declines,
  types: [...declines, 'consented'].map((name) => ({ name, dropped: name !== 'consented', handed_over: false })),
  figures: ['declined_requests'],
  measures: ofRequests,
  parts: [declines],
}

it.each([ageAndSex, endReasons, declineReasons])(
  'whoever knows all that is published of regions, of $structure and of his own authority cannot tell what is hidden',
  (kind) => {
    fc.assert(
      fc.property(worldOf(kind), (world) => attack(kind, world)),
      { numRuns: 150 },
    )
  },
)
