import type { DuckDBConnection } from '@duckdb/node-api'
import { parameterOn, type Directory } from './directory.ts'
import { columnsOf, suppressWithParts } from './disclosure.ts'
import { wholeOf } from './key-figures.ts'
import { columnOf, latticesOf, latticesOfAView, type Lattices, type Subject } from './lattices.ts'
import { firstDay, type Month } from './month.ts'
import { positionFrom, type Freshness, type Span } from './query.ts'
import type { Warehouse } from './warehouse.ts'

/** All readers, each with his own view beside what is shown to all of them. */
export const everybody = 'everybody'

/** What of a view is hidden: `hidden[row][month]` is not zero. */
export type Suppression = { hidden: ArrayLike<number>[]; total_hidden: ArrayLike<number> }

/** Also what of the Summe of each state is hidden, in a view of several. */
export type StateSuppression = Suppression & { state_totals: Map<string, ArrayLike<number>> }

/** What decides on a view's cells: the measures that protect it, the code of its specialisation or 'all'. */
export type Protected = {
  directory: Directory
  measures: string[]
  specialisation: string
  /** The authorities of the view, state by state. */
  regions: { id: string; federal_state: string }[]
  /** The authority whose reader sees its own row, or null. */
  own: string | null
  /** The authority, or everybody, whose own views lie beside it. */
  beside?: string | null | undefined
}

/** Codes of service kinds, keys of forms (`formKey`), or 'all'. */
type OfKinds = { kinds: string[] }

/**
 * Reads facts and tells what of them is hidden, both of one moment. Hidden is decided by all cells of a state and month together; what
 * was decided is kept until some of them change. There is a suppression for each of the view's kinds.
 */
export const readSuppressed = async <Facts extends { freshness: Freshness }>(
  warehouse: Warehouse,
  view: Protected & OfKinds,
  span: Span,
  readFacts: (connection: DuckDBConnection) => Promise<Facts>,
): Promise<{ facts: Facts; suppressions: StateSuppression[] }> => {
  const subjects = withWholes(view.measures.map((measure) => ({ measure, specialisation: view.specialisation })))
  const months = Array.from({ length: span.months }, (_, i) => span.first + i)
  // decided without a pause, so that nobody moves the lattices meanwhile
  const decidedOn = (lattices: Lattices, facts: Facts) =>
    lattices.moveTo(positionFrom(facts.freshness.data_lsn), subjects, months)
      ? { facts, suppressions: suppressionsOf(view, lattices, span) }
      : undefined
  const known = decidedOn(latticesOf(warehouse, view.directory), await warehouse.ask(readFacts))
  return known ?? readDecided(warehouse, view.directory, { subjects, months }, readFacts, decidedOn)
}

/**
 * Reads facts of one state and tells where the Summe of its measures is hidden, both of one moment: in each column of the lattice
 * (`shapeOf`), whatever the view's service kinds.
 */
export const readWithTotals = <Facts extends { freshness: Freshness }>(
  warehouse: Warehouse,
  view: Protected,
  span: Span,
  readFacts: (connection: DuckDBConnection) => Promise<Facts>,
): Promise<{ facts: Facts; isHidden: (measure: string, column: number, month: Month) => boolean }> => {
  const { specialisation } = view
  const subjects = withWholes(view.measures.map((measure) => ({ measure, specialisation })))
  const months = Array.from({ length: span.months }, (_, i) => span.first + i)
  const [group] = groupsOf(view) as [Group]
  return readDecided(warehouse, view.directory, { subjects, months }, readFacts, (lattices, facts) => {
    if (!lattices.moveTo(positionFrom(facts.freshness.data_lsn), subjects, months)) return undefined
    const made = decisionsOn(lattices)
    const columns = columnsOf(lattices.shape)
    const decided = new Map(
      view.measures.map((measure) => [measure, months.map((month) => made.of(withWholes([{ measure, specialisation }]), group, month))]),
    )
    const isHidden = (measure: string, column: number, month: Month): boolean => {
      const bits = decided.get(measure)![month - span.first]
      if (bits === undefined) throw new Error(`disclosure of ${measure} is not decided in ${month}`)
      return bits !== null && isSet(bits, group.ids.length * columns + column)
    }
    return { facts, isHidden }
  })
}

/** Reads facts and all that decides on them in one transaction. */
const readDecided = <Facts extends { freshness: Freshness }, Told>(
  warehouse: Warehouse,
  directory: Directory,
  { subjects, months }: { subjects: Subject[]; months: Month[] },
  readFacts: (connection: DuckDBConnection) => Promise<Facts>,
  decidedOn: (lattices: Lattices, facts: Facts) => Told | undefined,
): Promise<Told> =>
  warehouse.read(async (connection) => {
    const facts = await readFacts(connection)
    const read = async (lattices: Lattices) => {
      await lattices.read(connection, positionFrom(facts.freshness.data_lsn), subjects, months)
      return decidedOn(lattices, facts)
    }
    const decided = await read(latticesOf(warehouse, directory))
    if (decided) return decided
    // a write of unknown effect came between: decided on what is read for this view alone
    return (await read(latticesOfAView(warehouse, directory)))!
  })

/** The authorities of a state, as far as rows of a view. */
type Group = { state: string; first_row: number; ids: string[]; own: number | null }

const groupsOf = ({ regions, own }: Protected): Group[] => {
  const groups: Group[] = []
  regions.forEach(({ id, federal_state }, row) => {
    let group = groups.at(-1)
    if (group?.state !== federal_state) {
      groups.push((group = { state: federal_state, first_row: row, ids: [], own: null }))
    }
    if (id === own) group.own = group.ids.length
    group.ids.push(id)
  })
  return groups
}

/** Bits of the hidden cells of a lattice; null where nothing is hidden. */
type Bits = Uint8Array | null
/** By month, with the versions of the lattices it was decided on. */
type Decided = Map<Month, { versions: number[]; basis: string; bits: Bits }>

const mostTables = 200_000

/** What was decided on a set of lattices. */
class Decisions {
  readonly #lattices: Lattices
  readonly #decided = new Map<string, Decided>()
  #tables = 0

  constructor(lattices: Lattices) {
    this.#lattices = lattices
  }

  /** What is hidden of the last of a chain of subjects, after all it is part of, among a state's cells of a month as they are now. */
  of(chain: Subject[], group: Group, month: Month): Bits {
    const { state, own } = group
    const subject = chain.at(-1)!
    const decided = this.#decidedOf(subject, group)
    const versions = chain.map((each) => this.#lattices.version(each, state, month))
    const known = decided.get(month)
    if (known && known.versions.every((version, at) => version === versions[at])) return known.bits
    if (versions.every((version) => version === 0)) return this.#keep(decided, month, { versions, basis: '', bits: null })
    const names = chain.map(nameOf)
    const measures = chain.map((each) => ({
      lattice: this.#lattices.lattice(each, state, month),
      wholes: wholesOf(each).map((whole) => names.indexOf(nameOf(whole))),
    }))
    const threshold = parameterOn(this.#lattices.directory, 'disclosure_threshold', firstDay(month))
    const ofEach = chain.map((each) => this.#decidedOf(each, group))
    const cells = measures[0]!.lattice.cases.length
    const hidden = suppressWithParts(
      measures,
      { own, threshold },
      {
        recall: (at, basis) => {
          const before = ofEach[at]!.get(month)
          return before?.basis === basis ? unpacked(before.bits, cells) : undefined
        },
        keep: (at, basis, hidden) => void this.#keep(ofEach[at]!, month, { versions: [], basis, bits: packed(hidden) }),
      },
    )
    chain.forEach((each, at) => {
      const of = ofEach[at]!.get(month)
      if (of) of.versions = withWholes([each]).map((part) => versions[names.indexOf(nameOf(part))]!)
    })
    return packed(hidden.at(-1)!)
  }

  #decidedOf(subject: Subject, { state, own }: Group): Decided {
    const key = `${nameOf(subject)} ${state} ${own ?? ''}`
    let decided = this.#decided.get(key)
    if (!decided) this.#decided.set(key, (decided = new Map()))
    return decided
  }

  #keep(decided: Decided, month: Month, made: { versions: number[]; basis: string; bits: Bits }): Bits {
    if (!decided.has(month) && (this.#tables += 1) > mostTables) {
      for (const each of this.#decided.values()) each.clear()
      this.#tables = 1
    }
    decided.set(month, made)
    return made.bits
  }
}

const decisions = new WeakMap<Lattices, Decisions>()

const decisionsOn = (lattices: Lattices): Decisions => {
  const known = decisions.get(lattices) ?? new Decisions(lattices)
  decisions.set(lattices, known)
  return known
}

const suppressionsOf = (view: Protected & OfKinds, lattices: Lattices, span: Span): StateSuppression[] => {
  const groups = groupsOf(view)
  const made = decisionsOn(lattices)
  const { shape } = lattices
  const columns = columnsOf(shape)
  const ofKinds = view.kinds.map((kind) => ({
    column: columnOf(shape, kind),
    hidden: view.regions.map(() => new Uint8Array(span.months)),
    total_hidden: new Uint8Array(span.months),
    state_totals: new Map(groups.map(({ state }) => [state, new Uint8Array(span.months)])),
  }))
  for (const measure of view.measures) {
    const chain = withWholes([{ measure, specialisation: view.specialisation }])
    for (const group of groups) {
      for (let at = 0; at < span.months; at += 1) {
        for (const own of [group.own, ...besides(view, group)]) {
          const bits = made.of(chain, { ...group, own }, span.first + at)
          if (bits === null) continue
          for (const { column, hidden, total_hidden, state_totals } of ofKinds) {
            for (let row = 0; row < group.ids.length; row += 1)
              if (isSet(bits, row * columns + column)) hidden[group.first_row + row]![at] = 1
            if (isSet(bits, group.ids.length * columns + column)) total_hidden[at] = state_totals.get(group.state)![at] = 1
          }
        }
      }
    }
  }
  return ofKinds.map(({ column: _, ...suppression }) => suppression)
}

/** The rows whose own views lie beside it. */
const besides = ({ beside }: Protected, { ids }: Group): number[] =>
  beside ? ids.flatMap((id, row) => (beside === everybody || id === beside ? [row] : [])) : []

const isSet = (bits: Uint8Array, at: number): boolean => (bits[at >> 3]! & (1 << (at & 7))) !== 0

const packed = (cells: Uint8Array): Uint8Array | null => {
  if (!cells.includes(1)) return null
  const bits = new Uint8Array((cells.length + 7) >> 3)
  for (let at = 0; at < cells.length; at += 1) if (cells[at]) bits[at >> 3]! |= 1 << (at & 7)
  return bits
}

const unpacked = (bits: Bits, cells: number): Uint8Array => {
  const hidden = new Uint8Array(cells)
  if (bits) for (let cell = 0; cell < cells; cell += 1) hidden[cell] = (bits[cell >> 3]! >> (cell & 7)) & 1
  return hidden
}

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
