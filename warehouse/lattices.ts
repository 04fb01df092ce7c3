import { totalmem } from 'node:os'
import type { DuckDBConnection } from '@duckdb/node-api'
import { sliceKey, type CellChange } from './cell-changes.ts'
import { codeNumber, liftedCells, placeNumber } from './contributions.ts'
import { formKey, parameterOn, type Directory } from './directory.ts'
import { mayDecide, relationOf } from './disclosure.ts'
import { columnsOf, emptyLattice, type Counts, type Lattice } from './lattice.ts'
import { firstDay, monthOf, type Month } from './month.ts'
import { positionFrom, rowsOf } from './query.ts'
import { executeForChunks, numberColumns } from './statement.ts'
import type { Warehouse } from './warehouse.ts'

/** A measure of one specialisation, or of all. */
export type Subject = { measure: string; specialisation: string }

/** Measures whose published values are numbers of bookings, reservations or waits; of amounts the cases stand for the value. */
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
  'waiting_stock',
  'waits_ended',
  'waits_with_place',
  'waits_without_place',
])

/** Of each state: grows with every change, and with those that may change a decision. */
type Versions = { versions: Float64Array; decisive: Float64Array }
/** The cells of all states, one state after the other as in disclosure.ts: [row * columns + column], the last row of each its Summe. */
type Numbers = Versions & {
  /** In 16 bits as long as these are enough. */
  cases: Counts
  /** Of amounts, beyond 32 bits. */
  value: Counts | Float64Array
  /** By state, once asked for: its cells in which anything is counted. */
  filled: (Int32Array | undefined)[]
}
/**
 * All that is counted of a subject in a month, as of a position of the stream; null: nothing yet. `was`: the numbers were forgotten, but
 * not what was decided on them.
 */
type Slice = { position: number; used: number; numbers: Numbers | null; was?: Versions }
type State = { at: number; rows: number; first: number }
type Row = { state: State; row: number; begins: Month }

/** The numbers asked for least recently go when more than this is kept; warehouses of past moments keep theirs beside. */
const mostBytes = Math.min(2 * 1024 ** 3, totalmem() / 12)

const kept = new WeakMap<Warehouse, Lattices>()

/** What is kept of a warehouse's cells under a directory. */
export const latticesOf = (warehouse: Warehouse, directory: Directory): Lattices => {
  const generation = warehouse.changes.generation()
  let lattices = kept.get(warehouse)
  if (lattices?.generation !== generation || lattices.directory !== directory)
    kept.set(warehouse, (lattices = new Lattices(warehouse, directory, generation)))
  lattices.moveOn()
  return lattices
}

/** Some that nobody else moves or keeps: they stay at the position at which they are read. */
export const latticesOfAView = (warehouse: Warehouse, directory: Directory): Lattices => new Lattices(warehouse, directory, null)

/**
 * The cells of authorities in memory, with the sums on which disclosure control decides: read once, then moved on to the position of a
 * view by what commits added.
 */
export class Lattices {
  /** Of the data they hold; null: of one moment. */
  readonly generation: number | null
  readonly directory: Directory
  readonly shape: Shape
  readonly #warehouse: Warehouse
  readonly #slices = new Map<string, Slice>()
  readonly #rows = new Map<number, Row>()
  readonly #states = new Map<string, State>()
  readonly #thresholds = new Map<Month, number>()
  readonly #columns: number
  /** Of the lattice, in which a cell of a service kind counts; of all kinds together it is one. */
  readonly #columnsOfKind: number[][]
  readonly #columnOfAll: number[]
  readonly #columnsByCode: Map<string, number[]>
  #cells = 0
  #bytes = 0
  #uses = 0
  #versions = 0

  readonly #mostBytes: number
  #pages: number

  constructor(warehouse: Warehouse, directory: Directory, generation: number | null, most_bytes = mostBytes) {
    this.#mostBytes = most_bytes
    this.#pages = warehouse.changes.pages()
    this.#warehouse = warehouse
    this.directory = directory
    this.generation = generation
    this.shape = shapeOf(directory)
    this.#columns = columnsOf(this.shape)
    this.#columnsOfKind = this.shape.form_of.map((form, kind) => [kind, this.shape.kinds.length + form])
    this.#columnOfAll = [this.#columns - 1]
    this.#columnsByCode = new Map(this.shape.kinds.map((code, kind) => [code, this.#columnsOfKind[kind]!]))
    this.#columnsByCode.set('all', this.#columnOfAll)
    for (const { id, federal_state, data_from } of directory.authorities) {
      let state = this.#states.get(federal_state)
      if (!state) this.#states.set(federal_state, (state = { at: this.#states.size, rows: 0, first: 0 }))
      // what stands before the first complete month is not shown, so nothing can hide behind it
      this.#rows.set(placeNumber(id), { state, row: state.rows, begins: data_from ? monthOf(data_from) : Infinity })
      state.rows += 1
    }
    for (const state of this.#states.values()) {
      state.first = this.#cells
      this.#cells += (state.rows + 1) * this.#columns
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
    if (!slice || slice.was) return false
    slice.used = ++this.#uses
    if (slice.position === position) return true
    const { between } = this.#warehouse.changes
    const [changes, sign] =
      slice.position < position ? [between(key, slice.position, position), 1] : [between(key, position, slice.position), -1]
    if (!changes) return false
    for (const change of changes) this.#add(slice, change, sign)
    slice.position = position
    return true
  }

  /** Moves all that is kept to where commits have taken the warehouse, before it is forgotten what they changed. */
  moveOn(): void {
    const pages = this.#warehouse.changes.pages()
    if (pages === this.#pages) return
    this.#pages = pages
    const position = positionFrom(this.#warehouse.freshness().data_lsn)
    for (const [key, slice] of this.#slices) {
      if (slice.position >= position) continue
      const changes = this.#warehouse.changes.between(key, slice.position, position)
      if (!changes) {
        this.#forget(slice)
        this.#slices.delete(key)
        continue
      }
      if (slice.was) this.#touch(slice.was, changes)
      else for (const change of changes) this.#add(slice, change, 1)
      slice.position = position
    }
  }

  /** What commits changed has to be decided anew. */
  #touch({ versions, decisive }: Versions, changes: CellChange[]): void {
    for (const { place } of changes) {
      const state = this.#rows.get(place)?.state.at
      if (state !== undefined) versions[state] = decisive[state] = ++this.#versions
    }
  }

  #add(slice: Slice, { measure, place, service_kind, month, value, cases, also_all }: CellChange, sign: number): void {
    const row = this.#rows.get(place)
    if (!row || month < row.begins) return
    const ofKind = this.#columnsByCode.get(service_kind)
    if (!ofKind) return
    const numbers = this.#numbersOf(slice, measure)
    const change = { value: sign * value, cases: sign * cases }
    const by = countsFacts.has(measure) ? change.value : change.cases
    const { first, rows, at } = row.state
    const threshold = this.threshold(month)
    const lattice = { rows, columns: this.#columns, first, ...countedIn(numbers, measure) }
    let decisive = false
    const addAt = (cell: number) => {
      this.#count(numbers, first + cell, change)
      // they may have been widened
      ;({ cases: lattice.cases, value: lattice.value } = countedIn(numbers, measure))
      const counted = lattice.value[first + cell]!
      if (counted === 0 || counted === by) numbers.filled[at] = undefined
      decisive ||= mayDecide(lattice, cell, change, threshold)
    }
    const addTo = (column: number) => {
      addAt(row.row * this.#columns + column)
      addAt(rows * this.#columns + column)
    }
    for (const column of ofKind) addTo(column)
    if (also_all) for (const column of this.#columnOfAll) addTo(column)
    numbers.versions[at] = ++this.#versions
    if (decisive) numbers.decisive[at] = this.#versions
  }

  #numbersOf(slice: Slice, measure: string): Numbers {
    if (slice.numbers) return slice.numbers
    slice.numbers = {
      cases: new Int16Array(this.#cells),
      value: countsFacts.has(measure) ? new Int16Array(this.#cells) : new Float64Array(this.#cells),
      versions: new Float64Array(this.#states.size).fill(++this.#versions),
      decisive: new Float64Array(this.#states.size).fill(this.#versions),
      filled: [],
    }
    this.#bytes += bytesOf(slice.numbers)
    return slice.numbers
  }

  #count(numbers: Numbers, cell: number, change: { cases: number; value: number }): void {
    const cases = numbers.cases[cell]! + change.cases
    const value = numbers.value[cell]! + change.value
    if (isWide(cases) && numbers.cases instanceof Int16Array) this.#widen(numbers, 'cases')
    if (isWide(value) && numbers.value instanceof Int16Array) this.#widen(numbers, 'value')
    numbers.cases[cell] = cases
    numbers.value[cell] = value
  }

  #widen(numbers: Numbers, field: 'cases' | 'value'): void {
    this.#bytes -= bytesOf(numbers)
    numbers[field] = Int32Array.from(numbers[field])
    this.#bytes += bytesOf(numbers)
  }

  /** Reads what is not there, inside a transaction that reads at the position. */
  async read(connection: DuckDBConnection, position: number, subjects: Subject[], months: Month[]): Promise<void> {
    const before = this.#uses
    const lacking = subjects.map((subject) => months.filter((month) => !this.#move(subject, month, position)))
    const asked = subjects.filter((_, at) => lacking[at]!.length > 0)
    if (asked.length === 0) return
    const lackingMonths = lacking.flat()
    const [first, last] = [Math.min(...lackingMonths), Math.max(...lackingMonths)]
    const fresh = asked.map(() => Array.from({ length: last - first + 1 }, (): Slice => ({ position, used: ++this.#uses, numbers: null })))
    const change = { cases: 0, value: 0 }
    for (const chunk of await readCells(connection, this.shape, asked, { first, last })) {
      const [slots, places, inMonth, kinds, values, cases] = numberColumns(chunk, 6)
      for (let i = 0; i < slots!.length; i += 1) {
        const row = this.#rows.get(places![i]!)
        if (!row || inMonth![i]! < row.begins) continue
        const numbers = this.#numbersOf(fresh[slots![i]!]![inMonth![i]! - first]!, asked[slots![i]!]!.measure)
        for (const column of kinds![i]! < 0 ? this.#columnOfAll : this.#columnsOfKind[kinds![i]!]!) {
          change.cases = cases![i]!
          change.value = values![i]!
          this.#count(numbers, row.state.first + row.row * this.#columns + column, change)
          this.#count(numbers, row.state.first + row.state.rows * this.#columns + column, change)
        }
      }
    }
    asked.forEach((subject, slot) =>
      fresh[slot]!.forEach((slice, at) => {
        const { measure, specialisation } = subject
        if (this.#move(subject, first + at, position)) this.#forget(slice)
        else this.#keep(sliceKey(measure, specialisation, first + at), slice)
      }),
    )
    if (this.#bytes > this.#mostBytes) this.#forgetOldest(before)
  }

  /** The numbers of some subjects may go before all others. */
  release(subjects: Subject[], months: Month[]): void {
    for (const { measure, specialisation } of subjects) {
      for (const month of months) {
        const slice = this.#slices.get(sliceKey(measure, specialisation, month))
        if (slice) slice.used = 0
      }
    }
  }

  #keep(key: string, slice: Slice): void {
    const before = this.#slices.get(key)
    if (before?.was) this.#carryOn(key, before.was, before.position, slice)
    else if (before) this.#forget(before)
    this.#slices.set(key, slice)
  }

  /** What was read again is as it was but for what commits have added since. */
  #carryOn(key: string, was: Versions, since: number, { numbers, position }: Slice): void {
    const changes = this.#warehouse.changes.between(key, Math.min(since, position), Math.max(since, position))
    if (!numbers || !changes) return
    numbers.versions.set(was.versions)
    numbers.decisive.set(was.decisive)
    this.#touch(numbers, changes)
  }

  #forget(slice: Slice): void {
    if (!slice.numbers) return
    this.#bytes -= bytesOf(slice.numbers)
    const { versions, decisive } = slice.numbers
    slice.was = { versions, decisive }
    slice.numbers = null
  }

  /**
   * Of what was asked for until then, whatever was longest ago, and a quarter more than has to go; what a view has just read it also
   * decides on, however much it is.
   */
  #forgetOldest(until: number): void {
    const kept = [...this.#slices.values()].filter(({ used, numbers }) => numbers !== null && used <= until)
    for (const slice of kept.sort((a, b) => a.used - b.used)) {
      if (this.#bytes <= this.#mostBytes * 0.75) return
      this.#forget(slice)
    }
  }

  /** Of few cases, as valid in a month. */
  threshold(month: Month): number {
    let threshold = this.#thresholds.get(month)
    if (threshold === undefined)
      this.#thresholds.set(month, (threshold = parameterOn(this.directory, 'disclosure_threshold', firstDay(month))))
    return threshold
  }

  /** All that is kept of a subject in some months, after `moveTo` said that it is there; good until the next move. */
  of({ measure, specialisation }: Subject, months: Month[]): Kept[] {
    return months.map((month) => {
      const { numbers } = this.#slices.get(sliceKey(measure, specialisation, month))!
      return { measure, numbers }
    })
  }

  /** Grows with every change of a state's cells; 0: there are none. */
  version({ numbers }: Kept, state: string): number {
    return numbers ? numbers.versions[this.#states.get(state)!.at]! : 0
  }

  /** Whether the cells of a state have these versions, of each subject in the month at a position. */
  isAt(versions: number[], kept: Kept[][], at: number, state: string): boolean {
    const { at: of } = this.#states.get(state)!
    for (let position = 0; position < kept.length; position += 1) {
      const { numbers } = kept[position]![at]!
      if (versions[position] !== (numbers ? numbers.versions[of] : 0)) return false
    }
    return true
  }

  /** Grows with every change after which a decision without own rows may be another. */
  decisive({ numbers }: Kept, state: string): number {
    return numbers ? numbers.decisive[this.#states.get(state)!.at]! : 0
  }

  /** How a part's cells in a state are related to those of its whole. */
  relation(part: Kept, whole: Kept, state: string): string {
    if (!part.numbers || !whole.numbers) return ''
    const { first } = this.#states.get(state)!
    const ofPart = countedIn(part.numbers, part.measure).value
    return relationOf(ofPart, countedIn(whole.numbers, whole.measure).value, first, this.#filledIn(part.numbers, ofPart, state))
  }

  #filledIn({ filled }: Numbers, counted: Counts, state: string): Int32Array {
    const { at, first, rows } = this.#states.get(state)!
    const known = filled[at]
    if (known) return known
    const cells: number[] = []
    for (let cell = 0; cell < (rows + 1) * this.#columns; cell += 1) if (counted[first + cell] !== 0) cells.push(cell)
    return (filled[at] = Int32Array.from(cells))
  }

  /** The lattice of a state's cells with their sums; good until the next move. */
  lattice({ measure, numbers }: Kept, state: string): Lattice {
    const { first, rows } = this.#states.get(state)!
    if (!numbers) return emptyLattice(rows, this.shape)
    const { cases, value } = countedIn(numbers, measure)
    const [from, to] = [first, first + (rows + 1) * this.#columns]
    return emptyLattice(rows, this.shape, { cases: cases.subarray(from, to), value: value.subarray(from, to) })
  }

  /** The cells of a column, of the authorities of some states one after the other, as [row][month]. */
  cells(kept: Kept[], states: string[], column: number): { value: Float64Array[]; cases: Float64Array[] } {
    const cells = states.flatMap((state) => {
      const { first, rows } = this.#states.get(state)!
      return Array.from({ length: rows }, (_, row) => first + row * this.#columns + column)
    })
    const months = kept.length
    const [value, cases] = [new Float64Array(cells.length * months), new Float64Array(cells.length * months)]
    kept.forEach(({ numbers }, month) => {
      if (!numbers) return
      for (let row = 0, at = month; row < cells.length; row += 1, at += months) {
        value[at] = numbers.value[cells[row]!]!
        cases[at] = numbers.cases[cells[row]!]!
      }
    })
    return { value: rowsOf(value, months), cases: rowsOf(cases, months) }
  }
}

/** What is kept of a subject in a month. */
export type Kept = { measure: string; numbers: Numbers | null }

const bytesOf = ({ cases, value }: Numbers): number => cases.byteLength + value.byteLength

const isWide = (count: number): boolean => count > 0x7fff || count < -0x8000

/** Of amounts the cases stand for the value. */
const countedIn = ({ cases, value }: Numbers, measure: string): { cases: Counts; value: Counts } => ({
  cases,
  value: countsFacts.has(measure) ? (value as Counts) : cases,
})

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
      group by slot, place, month, kind having sum(cases) <> 0 or sum(value) <> 0
    )
    where slot is not null and kind is not null`
  const one = subjects.find(({ specialisation }) => specialisation !== 'all')
  return executeForChunks(connection, sql, { ...(one && { specialisation: one.specialisation }), first_month: first, last_month: last })
}
