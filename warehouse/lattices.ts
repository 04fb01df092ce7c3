import type { DuckDBConnection } from '@duckdb/node-api'
import { sliceKey, type CellChange } from './cell-changes.ts'
import { codeNumber, liftedCells, placeNumber } from './contributions.ts'
import { formKey, type Directory } from './directory.ts'
import { columnsOf, emptyLattice, type Lattice } from './disclosure.ts'
import { monthOf, type Month } from './month.ts'
import { executeForChunks, numberColumns } from './statement.ts'
import type { Warehouse } from './warehouse.ts'

/** A measure of one specialisation, or of all. */
export type Subject = { measure: string; specialisation: string }

/** Measures whose published values are numbers of bookings or reservations; of amounts the cases stand for the value. */
const countsFacts = new Set([
  'case_count',
  'case_stock',
  'cases_begun',
  'cases_ended',
  'ended_without_handover',
  'dropouts',
  'away_bookings',
  'foreign_occupancy',
  'occupied',
  'occupied_by_others',
  'reservations',
  'dearer_choices',
  'answered_requests',
  'declined_requests',
  'reservations_expired',
  'booked_after_search',
])

/** Cells of a state's authorities: row × (kinds, then all kinds together). `version` grows with every change. */
type StateCells = { cases: Int32Array; value: Int32Array; version: number }
/** All that is counted of a subject in a month, as of a position of the stream. */
type Slice = { position: number; states: (StateCells | undefined)[] }
type Row = { state: number; row: number; begins: Month }

/** More numbers than this are not kept. */
const mostNumbers = 60_000_000

const kept = new WeakMap<Warehouse, Lattices>()

/** What is kept of a warehouse's cells under a directory. */
export const latticesOf = (warehouse: Warehouse, directory: Directory): Lattices => {
  const generation = warehouse.changes.generation()
  let lattices = kept.get(warehouse)
  if (lattices?.generation !== generation || lattices.directory !== directory)
    kept.set(warehouse, (lattices = new Lattices(warehouse, directory, generation)))
  return lattices
}

/** Some that nobody else moves or keeps: they stay at the position at which they are read. */
export const latticesOfAView = (warehouse: Warehouse, directory: Directory): Lattices => new Lattices(warehouse, directory, null)

/**
 * The cells on which disclosure control decides, in memory: read once, then moved on to the position of a view by what commits added.
 */
export class Lattices {
  /** Of the data they hold; null: of one moment. */
  readonly generation: number | null
  readonly directory: Directory
  readonly shape: Shape
  readonly #warehouse: Warehouse
  readonly #slices = new Map<string, Slice>()
  readonly #rows = new Map<number, Row>()
  readonly #states = new Map<string, number>()
  readonly #rowsOf: number[] = []
  #numbers = 0
  #versions = 0

  constructor(warehouse: Warehouse, directory: Directory, generation: number | null) {
    this.#warehouse = warehouse
    this.directory = directory
    this.generation = generation
    this.shape = shapeOf(directory)
    for (const { id, federal_state, data_from } of directory.authorities) {
      const state = this.#states.get(federal_state) ?? this.#rowsOf.push(0) - 1
      this.#states.set(federal_state, state)
      // what stands before the first complete month is not shown, so nothing can hide behind it
      this.#rows.set(placeNumber(id), { state, row: this.#rowsOf[state]!, begins: data_from ? monthOf(data_from) : Infinity })
      this.#rowsOf[state]! += 1
    }
  }

  /** Moves all of it to a position; false where something has to be read first. */
  moveTo(position: number, subjects: Subject[], months: Month[]): boolean {
    if (this.generation !== null && this.generation !== this.#warehouse.changes.generation()) return false
    return subjects.every((subject) => months.every((month) => this.#move(subject, month, position)))
  }

  #move({ measure, specialisation }: Subject, month: Month, position: number): boolean {
    const key = sliceKey(measure, specialisation, month)
    const slice = this.#slices.get(key)
    if (!slice) return false
    if (slice.position === position) return true
    const { between } = this.#warehouse.changes
    const [changes, sign] =
      slice.position < position ? [between(key, slice.position, position), 1] : [between(key, position, slice.position), -1]
    if (!changes) return false
    for (const change of changes) this.#add(slice, change, sign)
    slice.position = position
    return true
  }

  #add(slice: Slice, { measure, place, service_kind, month, value, cases, also_all }: CellChange, sign: number): void {
    const row = this.#rows.get(place)
    if (!row || month < row.begins) return
    const all = this.shape.kinds.length
    const kind = service_kind === 'all' ? all : this.shape.kinds.indexOf(service_kind)
    if (kind < 0) return
    for (const column of also_all ? [kind, all] : [kind]) {
      const cells = this.#cellsOf(slice, measure, row.state)
      const at = row.row * (all + 1) + column
      cells.cases[at]! += sign * cases
      if (cells.value !== cells.cases) cells.value[at]! += sign * value
      cells.version = ++this.#versions
    }
  }

  #cellsOf(slice: Slice, measure: string, state: number): StateCells {
    let cells = slice.states[state]
    if (!cells) {
      const numbers = this.#rowsOf[state]! * (this.shape.kinds.length + 1)
      const cases = new Int32Array(numbers)
      cells = { cases, value: countsFacts.has(measure) ? new Int32Array(numbers) : cases, version: ++this.#versions }
      slice.states[state] = cells
      this.#numbers += cells.value === cases ? numbers : 2 * numbers
    }
    return cells
  }

  /** Reads what is not there, inside a transaction that reads at the position. */
  async read(connection: DuckDBConnection, position: number, subjects: Subject[], months: Month[]): Promise<void> {
    const lacks = (subject: Subject) => months.filter((month) => !this.#move(subject, month, position))
    if (this.#numbers > mostNumbers) {
      this.#slices.clear()
      this.#numbers = 0
    }
    const lacking = subjects.filter((subject) => lacks(subject).length > 0)
    if (lacking.length === 0) return
    const lackingMonths = lacking.flatMap(lacks)
    const [first, last] = [Math.min(...lackingMonths), Math.max(...lackingMonths)]
    const fresh = lacking.map(() => Array.from({ length: last - first + 1 }, (): Slice => ({ position, states: [] })))
    const all = this.shape.kinds.length
    for (const chunk of await readCells(connection, this.shape, lacking, { first, last })) {
      const [slots, places, inMonth, kinds, values, cases] = numberColumns(chunk, 6)
      for (let i = 0; i < slots!.length; i += 1) {
        const row = this.#rows.get(places![i]!)
        if (!row || inMonth![i]! < row.begins) continue
        const cells = this.#cellsOf(fresh[slots![i]!]![inMonth![i]! - first]!, lacking[slots![i]!]!.measure, row.state)
        const at = row.row * (all + 1) + (kinds![i]! < 0 ? all : kinds![i]!)
        cells.cases[at] = cases![i]!
        if (cells.value !== cells.cases) cells.value[at] = values![i]!
      }
    }
    lacking.forEach((subject, slot) =>
      fresh[slot]!.forEach((slice, at) => {
        const { measure, specialisation } = subject
        if (!this.#move(subject, first + at, position)) this.#slices.set(sliceKey(measure, specialisation, first + at), slice)
      }),
    )
  }

  /** Grows with every change of the cells of a state; 0 while there are none. */
  version({ measure, specialisation }: Subject, state: string, month: Month): number {
    return this.#cells(sliceKey(measure, specialisation, month), state)?.version ?? 0
  }

  /** The lattice of a state's cells with their sums. */
  lattice({ measure, specialisation }: Subject, state: string, month: Month): Lattice {
    const { kinds, form_of, forms } = this.shape
    const rows = this.#rowsOf[this.#states.get(state)!]!
    const lattice = emptyLattice(rows, this.shape)
    const cells = this.#cells(sliceKey(measure, specialisation, month), state)
    if (!cells) return lattice
    const columns = columnsOf(this.shape)
    const all = kinds.length
    const summe = rows * columns
    for (const [into, from] of [
      [lattice.cases, cells.cases],
      [lattice.value, cells.value],
    ] as const) {
      for (let row = 0; row < rows; row += 1) {
        const first = row * columns
        for (let kind = 0; kind < all; kind += 1) {
          const n = from[row * (all + 1) + kind]!
          if (n === 0) continue
          into[first + kind] = n
          into[first + all + form_of[kind]!]! += n
        }
        into[first + all + forms] = from[row * (all + 1) + all]!
        for (let column = 0; column < columns; column += 1) into[summe + column]! += into[first + column]!
      }
    }
    return lattice
  }

  #cells(slice: string, state: string): StateCells | undefined {
    return this.#slices.get(slice)?.states[this.#states.get(state)!]
  }
}

export type Shape = { kinds: string[]; form_of: number[]; forms: number; form_keys: string[] }

export const shapeOf = (directory: Directory): Shape => {
  const forms = [...new Set(directory.service_kinds.map(({ form }) => form))]
  return {
    kinds: directory.service_kinds.map(({ code }) => code),
    form_of: directory.service_kinds.map(({ form }) => forms.indexOf(form)),
    forms: forms.length,
    form_keys: forms.map(formKey),
  }
}

/** Where the cells of a service kind, of a form or of all lie. */
export const columnOf = ({ kinds, form_keys }: Shape, kind: string): number => {
  const column = [...kinds, ...form_keys, 'all'].indexOf(kind)
  if (column < 0) throw new Error(`${kind} is not in the lattice`)
  return column
}

/** Rows of numbers: the subject's position, place, month, position of the service kind (−1: all), value and cases. */
const readCells = (connection: DuckDBConnection, { kinds }: Shape, subjects: Subject[], { first, last }: { first: Month; last: Month }) => {
  const literal = (code: string) => codeNumber(`'${code}'`)
  const measures = [...new Set(subjects.map(({ measure }) => measure))].map(literal)
  const chosen = codeNumber('$specialisation::varchar')
  const chosenOf = ({ specialisation }: Subject) => (specialisation === 'all' ? literal('all') : chosen)
  // those of all specialisations are many: read only where they are asked for
  const asked = [...new Set(subjects.map(chosenOf))]
  const slots = subjects.map(
    (subject, slot) => `when measure = ${literal(subject.measure)} and specialisation = ${chosenOf(subject)} then ${slot}`,
  )
  const rows = (table: string) =>
    `from ${table} where measure in (${measures.join(', ')})
     and month between $first_month::integer and $last_month::integer and specialisation in (${asked.join(', ')})`
  const kindOf = `case service_kind when ${literal('all')} then -1 ${kinds.map((code, at) => `when ${literal(code)} then ${at}`).join(' ')} end`
  const sql = `
    select slot::double, place::double, month::double, kind::double, value::double, cases::double
    from (
      select case ${slots.join(' ')} end as slot, place, month, ${kindOf} as kind, sum(value)::bigint as value, sum(cases)::integer as cases
      from (${rows('marts.cell')} union all ${liftedCells(rows('marts.cell_appended'))})
      group by slot, place, month, kind having sum(cases) > 0
    )
    where slot is not null and kind is not null`
  const one = subjects.find(({ specialisation }) => specialisation !== 'all')
  return executeForChunks(connection, sql, { ...(one && { specialisation: one.specialisation }), first_month: first, last_month: last })
}
