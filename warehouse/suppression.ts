import type { DuckDBConnection } from '@duckdb/node-api'
import { codeNumber, liftedCells, placeNumber, placesIn } from './contributions.ts'
import { parameterOn, type Directory } from './directory.ts'
import { columnsOf, emptyLattice, suppressWithParts, type Lattice } from './disclosure.ts'
import { wholeOf } from './key-figures.ts'
import { firstDay, monthOf, type Month } from './month.ts'
import { positionFrom, positionOf, type Freshness, type Span } from './query.ts'
import { executeForChunks, numberColumns } from './statement.ts'
import type { Warehouse } from './warehouse.ts'

/** What of a view is hidden: `hidden[row][month]` is not zero. */
export type Suppression = { hidden: ArrayLike<number>[]; total_hidden: ArrayLike<number> }

/** Also what of the Summe of each state is hidden, in a view of several. */
export type StateSuppression = Suppression & { state_totals: Map<string, ArrayLike<number>> }

/** What decides on a view's cells: the measures that protect it, codes of its service kind and specialisation or 'all'. */
export type Protected = {
  directory: Directory
  measures: string[]
  kind: string
  specialisation: string
  /** The authorities of the view, state by state. */
  regions: { id: string; federal_state: string }[]
  /** The authority whose reader sees its own row, or null. */
  own: string | null
}

/**
 * Reads facts and tells what of them is hidden, both of one moment. Hidden is decided by all cells of a state and month together; what
 * was decided is kept until some of them change.
 */
export const readSuppressed = async <Facts extends { freshness: Freshness }>(
  warehouse: Warehouse,
  view: Protected,
  span: Span,
  readFacts: (connection: DuckDBConnection) => Promise<Facts>,
): Promise<{ facts: Facts; suppression: StateSuppression }> => {
  const decisions = decisionsOf(warehouse, view.directory)
  const groups = groupsOf(view)
  const needed = view.measures.flatMap((measure) => groups.map((group) => ({ measure, group })))
  const months = Array.from({ length: span.months }, (_, i) => span.first + i)
  const { generation } = decisions
  const before = decisions.known(view, needed, months) ? await warehouse.ask(readFacts) : undefined
  if (before && decisions.missing(view, needed, months, positionFrom(before.freshness.data_lsn)).length === 0)
    return { facts: before, suppression: suppressionOf(view, groups, span, decisions.decided(view, needed, months)) }
  return warehouse.read(async (connection) => {
    const position = await positionOf(connection)
    const isSame = before && generation === warehouse.touches.generation() && positionFrom(before.freshness.data_lsn) === position
    const facts = isSame ? before : await readFacts(connection)
    const missing = decisions.missing(view, needed, months, position)
    // taken now: while the others are made, these may be replaced by decisions on later data, or forgotten
    const decided = decisions.decided(view, needed, months)
    const made = await decide(connection, view, missing)
    decisions.keep(made, position, generation)
    for (const { month, bits, ...each } of made) decided.get(keyOf(each, each))?.set(month, bits)
    return { facts, suppression: suppressionOf(view, groups, span, decided) }
  })
}

/** The authorities of a state, as far as rows of a view. */
type Group = { state: string; ags: string; place: number; first_row: number; ids: string[]; own: number | null }

const groupsOf = ({ directory, regions, own }: Protected): Group[] => {
  const groups: Group[] = []
  regions.forEach(({ id, federal_state }, row) => {
    let group = groups.at(-1)
    if (group?.state !== federal_state) {
      const ags = directory.states.find(({ code }) => code === federal_state)!.ags
      groups.push((group = { state: federal_state, ags, place: placeNumber(ags), first_row: row, ids: [], own: null }))
    }
    if (id === own) group.own = group.ids.length
    group.ids.push(id)
  })
  return groups
}

type Needed = { measure: string; group: Group }
/** Bits of the hidden cells of a lattice by month; null where nothing is hidden. */
type Decided = Map<Month, { position: number; bits: Uint8Array | null }>
type Missing = Needed & { months: Month[] }
type Made = Needed & Subject & { month: Month; bits: Uint8Array | null }

const decisionsByWarehouse = new WeakMap<Warehouse, Decisions>()
const mostTables = 200_000

const decisionsOf = (warehouse: Warehouse, directory: Directory): Decisions => {
  const generation = warehouse.touches.generation()
  let decisions = decisionsByWarehouse.get(warehouse)
  if (decisions?.generation !== generation || decisions.directory !== directory)
    decisionsByWarehouse.set(warehouse, (decisions = new Decisions(warehouse, directory, generation)))
  return decisions
}

/** What was decided on the data of one generation (touches.ts), under one directory. */
class Decisions {
  readonly generation: number
  readonly directory: Directory
  readonly #warehouse: Warehouse
  readonly #decided = new Map<string, Decided>()
  #tables = 0

  constructor(warehouse: Warehouse, directory: Directory, generation: number) {
    this.#warehouse = warehouse
    this.directory = directory
    this.generation = generation
  }

  /** Whether all that is needed was decided on at some time. */
  known(view: Protected, needed: Needed[], months: Month[]): boolean {
    return needed.every((each) => {
      const decided = this.#decided.get(keyOf(view, each))
      return decided !== undefined && months.every((month) => decided.has(month))
    })
  }

  /** What is to be decided for data of a position of the stream. */
  missing(view: Protected, needed: Needed[], months: Month[], position: number): Missing[] {
    const { between } = this.#warehouse.touches
    const changedSince = new Map<number, ReturnType<typeof between>>()
    return needed.flatMap(({ measure, group }) => {
      const decided = this.#decided.get(keyOf(view, { measure, group }))
      const lacking = months.filter((month) => {
        const known = decided?.get(month)
        if (!known) return true
        if (known.position === position) return false
        let changed = changedSince.get(known.position)
        if (!changed) changedSince.set(known.position, (changed = between(known.position, position)))
        if (changed(group.place, month)) return true
        known.position = Math.max(known.position, position)
        return false
      })
      return lacking.length === 0 ? [] : [{ measure, group, months: lacking }]
    })
  }

  keep(made: Made[], position: number, generation: number): void {
    if (generation !== this.#warehouse.touches.generation()) return
    if (this.#tables + made.length > mostTables) {
      this.#decided.clear()
      this.#tables = 0
    }
    for (const { month, bits, ...each } of made) {
      const key = keyOf(each, each)
      let decided = this.#decided.get(key)
      if (!decided) this.#decided.set(key, (decided = new Map()))
      const known = decided.get(month)
      if (known && known.position > position) continue
      if (!known) this.#tables += 1
      decided.set(month, { position, bits })
    }
  }

  /** What is decided of months, by the key of what is needed. */
  decided(view: Protected, needed: Needed[], months: Month[]): Map<string, Map<Month, Uint8Array | null>> {
    return new Map(
      needed.map((each) => {
        const key = keyOf(view, each)
        const decided = this.#decided.get(key)
        return [key, new Map(months.flatMap((month) => (decided?.has(month) ? [[month, decided.get(month)!.bits]] : [])))]
      }),
    )
  }
}

const keyOf = ({ specialisation }: Pick<Subject, 'specialisation'>, { measure, group }: Needed): string =>
  `${measure} ${specialisation} ${group.state} ${group.own ?? ''}`

/** Refuses where anything is not decided: undecided is not open. */
const suppressionOf = (
  view: Protected,
  groups: Group[],
  span: Span,
  decided: ReadonlyMap<string, ReadonlyMap<Month, Uint8Array | null>>,
): StateSuppression => {
  const hidden = view.regions.map(() => new Uint8Array(span.months))
  const total_hidden = new Uint8Array(span.months)
  const state_totals = new Map(groups.map(({ state }) => [state, new Uint8Array(span.months)]))
  const shape = shapeOf(view.directory)
  const columns = columnsOf(shape)
  const column = view.kind === 'all' ? columns - 1 : shape.kinds.indexOf(view.kind)
  for (const measure of view.measures) {
    for (const group of groups) {
      const ofMonths = decided.get(keyOf(view, { measure, group }))
      for (let at = 0; at < span.months; at += 1) {
        const bits = ofMonths?.get(span.first + at)
        if (bits === undefined) throw new Error(`disclosure of ${measure} in ${group.state} is not decided`)
        if (bits === null) continue
        for (let row = 0; row < group.ids.length; row += 1) if (isSet(bits, row * columns + column)) hidden[group.first_row + row]![at] = 1
        if (isSet(bits, group.ids.length * columns + column)) total_hidden[at] = state_totals.get(group.state)![at] = 1
      }
    }
  }
  return { hidden, total_hidden, state_totals }
}

const isSet = (bits: Uint8Array, at: number): boolean => (bits[at >> 3]! & (1 << (at & 7))) !== 0

const packed = (cells: Uint8Array): Uint8Array | null => {
  if (!cells.includes(1)) return null
  const bits = new Uint8Array((cells.length + 7) >> 3)
  cells.forEach((cell, at) => {
    if (cell) bits[at >> 3]! |= 1 << (at & 7)
  })
  return bits
}

type Shape = { kinds: string[]; form_of: number[]; forms: number }
const shapes = new WeakMap<Directory, Shape>()

const shapeOf = (directory: Directory): Shape => {
  let shape = shapes.get(directory)
  if (!shape) {
    const forms = [...new Set(directory.service_kinds.map(({ form }) => form))]
    shape = {
      kinds: directory.service_kinds.map(({ code }) => code),
      form_of: directory.service_kinds.map(({ form }) => forms.indexOf(form)),
      forms: forms.length,
    }
    shapes.set(directory, shape)
  }
  return shape
}

/** A measure of one specialisation, or of all. */
type Subject = { measure: string; specialisation: string }

/** What a subject is part of, so that where that is hidden it is hidden too. */
const wholesOf = ({ measure, specialisation }: Subject): Subject[] => {
  const whole = wholeOf(measure)
  return [...(whole ? [{ measure: whole, specialisation }] : []), ...(specialisation === 'all' ? [] : [{ measure, specialisation: 'all' }])]
}

/** Subjects with all they are part of, wholes before their parts. */
const withWholes = (subjects: Subject[]): Subject[] => {
  const found = new Map<string, Subject>()
  const add = (subject: Subject) => {
    for (const whole of wholesOf(subject)) add(whole)
    found.set(nameOf(subject), subject)
  }
  for (const subject of subjects) add(subject)
  return [...found.values()]
}

const nameOf = ({ measure, specialisation }: Subject): string => `${measure} ${specialisation}`

/** States whose cells are read one by one; more are read together. */
const fewStates = 2

const decide = async (connection: DuckDBConnection, view: Protected, missing: Missing[]): Promise<Made[]> => {
  if (missing.length === 0) return []
  const { directory, specialisation } = view
  const wanted = [...new Set(missing.map(({ measure }) => measure))].map((measure) => ({ measure, specialisation }))
  const subjects = withWholes(wanted)
  const groups = new Map<string, { group: Group; months: Set<Month> }>()
  for (const { group, months } of missing) {
    const known = groups.get(group.state)
    if (known) for (const month of months) known.months.add(month)
    else groups.set(group.state, { group, months: new Set(months) })
  }
  const shape = shapeOf(directory)
  const names = subjects.map(nameOf)
  const latticeOf = await readLattices(connection, directory, subjects, [...groups.values()])
  const thresholds = new Map<Month, number>()
  const thresholdIn = (month: Month): number => {
    if (!thresholds.has(month)) thresholds.set(month, parameterOn(directory, 'disclosure_threshold', firstDay(month)))
    return thresholds.get(month)!
  }
  return [...groups.values()].flatMap(({ group, months }, g) =>
    [...months].flatMap((month) => {
      const options = { own: group.own, threshold: thresholdIn(month) }
      const measures = subjects.map((subject, at) => ({
        lattice: latticeOf(at, g, month) ?? emptyLattice(group.ids.length, shape),
        wholes: wholesOf(subject).map((whole) => names.indexOf(nameOf(whole))),
      }))
      const hidden = suppressWithParts(measures, options)
      return subjects.map((subject, at): Made => ({ ...subject, group, month, bits: packed(hidden[at]!) }))
    }),
  )
}

/** Forms from their kinds, the Summe from its authorities. */
const addSums = (table: Lattice, { kinds, form_of, forms }: Shape): void => {
  const columns = kinds.length + forms + 1
  const summe = table.rows * columns
  for (const numbers of [table.cases, table.value]) {
    for (let first = 0; first < summe; first += columns) {
      for (let kind = 0; kind < form_of.length; kind += 1) numbers[first + kinds.length + form_of[kind]!]! += numbers[first + kind]!
      for (let column = 0; column < columns; column += 1) numbers[summe + column]! += numbers[first + column]!
    }
  }
}

/** All cells of the subjects by name, state and month, where there are any. */
const readLattices = async (
  connection: DuckDBConnection,
  directory: Directory,
  subjects: Subject[],
  groups: { group: Group; months: Set<Month> }[],
): Promise<(subject: number, group: number, month: Month) => Lattice | undefined> => {
  const months = groups.flatMap((each) => [...each.months])
  const span = { first: Math.min(...months), last: Math.max(...months) }
  const length = span.last - span.first + 1
  const at = (subject: number, group: number, month: Month) => (subject * groups.length + group) * length + month - span.first
  const places = groups.length <= fewStates ? groups.map(({ group }) => group.ags) : ['de']
  const lattices: Lattice[] = []
  const shape = shapeOf(directory)
  const columns = columnsOf(shape)
  const begins = beginsOf(directory)
  const rowsOf = new Map(
    groups.flatMap(({ group }, g) =>
      group.ids.map((id, row) => [placeNumber(id), { g, row, rows: group.ids.length, begins: begins.get(id) ?? Infinity }]),
    ),
  )
  const counts = subjects.map(({ measure }) => countsBookings.has(measure))
  for (const place of places) {
    for (const chunk of await readCells(connection, shape, subjects, { ...span, place })) {
      const [slots, places, inMonth, kinds, values, cases] = numberColumns(chunk, 6)
      for (let i = 0; i < slots!.length; i += 1) {
        const found = rowsOf.get(places![i]!)
        // what stands before the first complete month is not shown, so nothing can hide behind it
        if (!found || inMonth![i]! < found.begins) continue
        const key = at(slots![i]!, found.g, inMonth![i]!)
        const lattice = (lattices[key] ??= emptyLattice(found.rows, shape))
        const cell = found.row * columns + (kinds![i]! < 0 ? columns - 1 : kinds![i]!)
        lattice.cases[cell] = cases![i]!
        lattice.value[cell] = counts[slots![i]!] ? values![i]! : cases![i]!
      }
    }
  }
  for (const lattice of lattices) if (lattice) addSums(lattice, shape)
  return (subject, group, month) => lattices[at(subject, group, month)]
}

const begins = new WeakMap<Directory, Map<string, Month>>()

const beginsOf = (directory: Directory): Map<string, Month> => {
  let known = begins.get(directory)
  if (!known) {
    known = new Map(directory.authorities.flatMap(({ id, data_from }) => (data_from ? [[id, monthOf(data_from)]] : [])))
    begins.set(directory, known)
  }
  return known
}

/** Measures whose published values are numbers of bookings. */
const countsBookings = new Set([
  'case_count',
  'case_stock',
  'cases_begun',
  'cases_ended',
  'ended_without_handover',
  'dropouts',
  'away_bookings',
  'foreign_occupancy',
])

/** Rows of numbers: the subject's position, place, month, position of the service kind (−1: all), value and cases. */
const readCells = (
  connection: DuckDBConnection,
  { kinds }: Shape,
  subjects: Subject[],
  { first, last, place }: { first: Month; last: Month; place: string },
) => {
  const literal = (code: string) => codeNumber(`'${code}'`)
  const measures = [...new Set(subjects.map(({ measure }) => measure))].map(literal)
  const chosen = codeNumber('$specialisation::varchar')
  const chosenOf = ({ specialisation }: Subject) => (specialisation === 'all' ? literal('all') : chosen)
  const slots = subjects.map(
    (subject, slot) => `when measure = ${literal(subject.measure)} and specialisation = ${chosenOf(subject)} then ${slot}`,
  )
  const rows = (table: string) =>
    `from ${table} where measure in (${measures.join(', ')}) and place between $first_place::integer and $last_place::integer
     and month between $first_month::integer and $last_month::integer and specialisation in (${chosen}, ${literal('all')})`
  const kindOf = `case service_kind when ${literal('all')} then -1 ${kinds.map((code, at) => `when ${literal(code)} then ${at}`).join(' ')} end`
  const places = placesIn(place)
  const sql = `
    select slot::double, place::double, month::double, kind::double, value::double, cases::double
    from (
      select case ${slots.join(' ')} end as slot, place, month, ${kindOf} as kind, sum(value)::bigint as value, sum(cases)::integer as cases
      from (${rows('marts.cell')} union all ${liftedCells(rows('marts.cell_appended'))})
      group by slot, place, month, kind having sum(cases) > 0
    )
    where slot is not null and kind is not null`
  return executeForChunks(connection, sql, {
    specialisation: subjects.find(({ specialisation }) => specialisation !== 'all')?.specialisation ?? 'all',
    first_place: places.first,
    last_place: places.last,
    first_month: first,
    last_month: last,
  })
}
