import { setImmediate } from 'node:timers/promises'
import type { DuckDBConnection } from '@duckdb/node-api'
import { directoryOf, type Directory } from './directory.ts'
import { suppressWithParts } from './disclosure.ts'
import { wholeOf } from './key-figures.ts'
import { columnsOf } from './lattice.ts'
import { columnOf, latticesOf, latticesOfAView, type Kept, type Lattices, type Subject } from './lattices.ts'
import type { Month } from './month.ts'
import { freshness, positionFrom, type Cells, type Freshness, type Span } from './query.ts'
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

/** What is wanted of a view: service kinds by their codes, forms by their keys (`formKey`), or 'all'; and the measures it shows. */
type Wanted = { kinds: string[]; shown: string[] }

/** Of each kind wanted the cells of the measures shown, and what of them is hidden. */
export type Suppressed = { cells: Map<string, Cells>; suppressions: StateSuppression[] }

/**
 * The cells of a view and what of them is hidden, where commits have taken the warehouse. Hidden is decided by all cells of a state and
 * month together; what was decided is kept until some of them change in a way that may matter.
 */
export const suppressedNow = (warehouse: Warehouse, view: Protected & Wanted, span: Span): Promise<Suppressed & { facts: Read }> => {
  const { directory } = view
  const { reading, decidedOn } = decidingOn<Read>(view, span)
  const known = decidedOn(latticesOf(warehouse, directory), { freshness: warehouse.freshness() })
  if (known) return Promise.resolve(known)
  return readDecided(warehouse, directory, reading, readNoFacts, decidedOn)
}

/** Likewise with facts that are read besides, all of one moment. */
export const readSuppressed = async <Facts extends Read>(
  warehouse: Warehouse,
  view: Protected & Wanted,
  span: Span,
  readFacts: (connection: DuckDBConnection) => Promise<Facts>,
): Promise<Suppressed & { facts: Facts }> => {
  const { directory } = view
  const { reading, decidedOn } = decidingOn<Facts>(view, span)
  const known = decidedOn(latticesOf(warehouse, directory), await warehouse.ask(readFacts))
  return known ?? readDecided(warehouse, directory, reading, readFacts, decidedOn)
}

type Read = { freshness: Freshness }
type Reading = { subjects: Subject[]; months: Month[] }

/** What has to be in memory for a view, and what is decided where it is; undefined where it is not. */
const decidingOn = <Facts extends Read>(view: Protected & Wanted, span: Span) => {
  const { measures, shown, specialisation } = view
  const subjects = withWholes([...measures, ...shown].map((measure) => ({ measure, specialisation })))
  const months = monthsOf(span)
  // decided without a pause, so that nobody moves the lattices meanwhile
  const decidedOn = (lattices: Lattices, facts: Facts): (Suppressed & { facts: Facts }) | undefined => {
    if (!lattices.moveTo(positionFrom(facts.freshness.data_lsn), subjects, months)) return undefined
    return { facts, cells: cellsOf(view, lattices, months), suppressions: suppressionsOf(view, lattices, months) }
  }
  return { reading: { subjects, months }, decidedOn }
}

/**
 * Decides on all cells of a specialisation in some months, for readers without an own row, so that nobody waits for that. Others have
 * their turn after each measure of a month.
 */
export const decideAhead = async (warehouse: Warehouse, measures: string[], specialisation: string, span: Span): Promise<void> => {
  const directory = await directoryOf(warehouse)
  const subjects = withWholes(measures.map((measure) => ({ measure, specialisation })))
  const groups = groupsOf({ regions: directory.authorities, own: null })
  const months = monthsOf(span)
  await readDecided(warehouse, directory, { subjects, months }, readNoFacts, () => true)
  for (const month of months) {
    for (const subject of subjects) {
      const lattices = latticesOf(warehouse, directory)
      // what was forgotten meanwhile is decided on when somebody asks for it
      if (!lattices.moveTo(positionFrom(warehouse.freshness().data_lsn), subjects, [month])) return
      const hiddenIn = decisionsOn(lattices).on(subject, [month])
      for (const group of groups) hiddenIn(group)(0)
      await setImmediate()
    }
  }
  const specialised = subjects.filter((subject) => subject.specialisation === specialisation)
  latticesOf(warehouse, directory).release(specialised, months)
}

const readNoFacts = async (connection: DuckDBConnection): Promise<Read> => ({ freshness: await freshness(connection) })

const monthsOf = ({ first, months }: Span): Month[] => Array.from({ length: months }, (_, i) => first + i)

/**
 * Reads facts of one state and tells where the Summe of its measures is hidden, both of one moment: in each column of the lattice
 * (`shapeOf`), whatever the view's service kinds.
 */
export const readWithTotals = <Facts extends Read>(
  warehouse: Warehouse,
  view: Protected,
  span: Span,
  readFacts: (connection: DuckDBConnection) => Promise<Facts>,
): Promise<{ facts: Facts; isHidden: (measure: string, column: number, month: Month) => boolean }> => {
  const { specialisation } = view
  const subjects = withWholes(view.measures.map((measure) => ({ measure, specialisation })))
  const months = monthsOf(span)
  const [group] = groupsOf(view) as [Group]
  return readDecided(warehouse, view.directory, { subjects, months }, readFacts, (lattices, facts) => {
    if (!lattices.moveTo(positionFrom(facts.freshness.data_lsn), subjects, months)) return undefined
    const columns = columnsOf(lattices.shape)
    const decided = new Map(
      view.measures.map((measure) => {
        const hiddenIn = decisionsOn(lattices).on({ measure, specialisation }, months)(group)
        return [measure, months.map((_, at) => hiddenIn(at))]
      }),
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
const readDecided = <Facts extends Read, Told>(
  warehouse: Warehouse,
  directory: Directory,
  { subjects, months }: Reading,
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

const cellsOf = (
  { regions, kinds, shown, specialisation }: Protected & Wanted,
  lattices: Lattices,
  months: Month[],
): Map<string, Cells> => {
  const states = [...new Set(regions.map(({ federal_state }) => federal_state))]
  const kept = new Map(shown.map((measure) => [measure, lattices.of({ measure, specialisation }, months)]))
  const ofKind = (kind: string): Cells => {
    const column = columnOf(lattices.shape, kind)
    return new Map([...kept].map(([measure, numbers]) => [measure, lattices.cells(numbers, states, column)]))
  }
  return new Map(kinds.map((kind) => [kind, ofKind(kind)]))
}

/** The authorities of a state, as far as rows of a view. */
type Group = { state: string; first_row: number; ids: string[]; own: number | null }

const groupsOf = ({ regions, own }: Pick<Protected, 'regions' | 'own'>): Group[] => {
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

/** Of the last of a chain of subjects in a month, and by what of the whole chain it was decided. */
type Decision = { bits: Bits; basis: string; versions: number[]; decisive: number[]; relations: string[] }

/** A subject after all it is part of: the positions of its wholes in the chain, and of all it rests on, itself the last. */
type Link = { subject: Subject; wholes: number[]; rests_on: number[] }

const mostTables = 1_000_000

/** What was decided on a set of lattices. */
class Decisions {
  readonly #lattices: Lattices
  readonly #decided = new Map<string, Map<Month, Decision>>()
  #tables = 0

  constructor(lattices: Lattices) {
    this.#lattices = lattices
  }

  /** Tells what is hidden of a subject among a state's cells, as they are now, by the position of the month. */
  on(subject: Subject, months: Month[]): (group: Group) => (at: number) => Bits {
    const chain = chainOf(subject)
    const kept = chain.map((link) => this.#lattices.of(link.subject, months))
    return (group) => {
      const decided = chain.map((link) => this.#decidedOf(link.subject, group))
      const last = decided.at(-1)!
      return (at) => {
        const known = last.get(months[at]!)
        // asked thousands of times for a table, and mostly so
        if (known && this.#lattices.isAt(known.versions, kept, at, group.state)) return known.bits
        const ofMonth = kept.map((each) => each[at]!)
        return this.#decide(chain, ofMonth, decided, group, months[at]!)
      }
    }
  }

  #decide(chain: Link[], kept: Kept[], decided: Map<Month, Decision>[], { state, own }: Group, month: Month): Bits {
    const versions = kept.map((each) => this.#lattices.version(each, state))
    const decisive = kept.map((each) => this.#lattices.decisive(each, state))
    const last = decided.at(-1)!
    if (versions.every((version) => version === 0)) {
      this.#keep(last, month, { bits: null, basis: '', versions, decisive, relations: [] })
      return null
    }
    const known = last.get(month)
    const relations = this.#relationsOf(chain, kept, state, versions, known)
    // without an own row, and with what is the same in all that matters, the decision is the same
    if (known && own === null && isSame(known.decisive, decisive) && isSame(known.relations, relations)) {
      known.versions = versions
      return known.bits
    }
    const lattices = kept.map((each) => this.#lattices.lattice(each, state))
    const cells = lattices[0]!.cases.length
    const hidden = suppressWithParts(
      chain.map(({ wholes }, at) => ({ lattice: lattices[at]!, wholes })),
      { own, threshold: this.#lattices.threshold(month) },
      {
        recall: (at, basis) => {
          const before = decided[at]!.get(month)
          if (!before) return undefined
          const isAsBefore = chain[at]!.rests_on.every((position, nth) => versions[position] === before.versions[nth])
          return isAsBefore || before.basis === basis() ? unpacked(before.bits, cells) : undefined
        },
        keep: (at, basis, cells) =>
          void this.#keep(decided[at]!, month, { bits: packed(cells), basis, versions: [], decisive: [], relations: [] }),
      },
    )
    chain.forEach(({ rests_on }, at) => {
      const of = decided[at]!.get(month)
      if (!of) return
      of.versions = rests_on.map((position) => versions[position]!)
      of.decisive = rests_on.map((position) => decisive[position]!)
      of.relations = rests_on.map((position) => relations[position]!)
    })
    return packed(hidden.at(-1)!)
  }

  /** How the cells of each are related to those of its wholes; where neither has changed, as they were. */
  #relationsOf(chain: Link[], kept: Kept[], state: string, versions: number[], known: Decision | undefined): string[] {
    return chain.map(({ wholes }, at) => {
      const before = known?.relations[at]
      const isAsBefore = before !== undefined && [at, ...wholes].every((position) => known!.versions[position] === versions[position])
      if (isAsBefore) return before
      return wholes.map((whole) => this.#lattices.relation(kept[at]!, kept[whole]!, state)).join(' ')
    })
  }

  #decidedOf(subject: Subject, { state, own }: Group): Map<Month, Decision> {
    const key = `${nameOf(subject)} ${state} ${own ?? ''}`
    let decided = this.#decided.get(key)
    if (!decided) this.#decided.set(key, (decided = new Map()))
    return decided
  }

  #keep(decided: Map<Month, Decision>, month: Month, made: Decision): void {
    if (!decided.has(month) && (this.#tables += 1) > mostTables) {
      for (const each of this.#decided.values()) each.clear()
      this.#tables = 1
    }
    decided.set(month, made)
  }
}

const isSame = <Item>(some: Item[], others: Item[]): boolean =>
  some.length === others.length && some.every((item, at) => item === others[at])

const decisions = new WeakMap<Lattices, Decisions>()

const decisionsOn = (lattices: Lattices): Decisions => {
  const known = decisions.get(lattices) ?? new Decisions(lattices)
  decisions.set(lattices, known)
  return known
}

const suppressionsOf = (view: Protected & Wanted, lattices: Lattices, months: Month[]): StateSuppression[] => {
  const groups = groupsOf(view)
  const made = decisionsOn(lattices)
  const { shape } = lattices
  const columns = columnsOf(shape)
  const open = months.map(() => 0)
  const ofKinds = view.kinds.map((kind) => ({
    column: columnOf(shape, kind),
    // most rows are open in all months, and share what tells it
    hidden: view.regions.map(() => open),
    total_hidden: months.map(() => 0),
    state_totals: new Map(groups.map(({ state }) => [state, months.map(() => 0)])),
  }))
  for (const measure of view.measures) {
    const hiddenIn = made.on({ measure, specialisation: view.specialisation }, months)
    for (const group of groups) {
      for (const own of [group.own, ...besides(view, group)]) {
        const hiddenAt = hiddenIn({ ...group, own })
        for (let at = 0; at < months.length; at += 1) {
          const bits = hiddenAt(at)
          if (bits === null) continue
          for (const { column, hidden, total_hidden, state_totals } of ofKinds) {
            for (let row = 0, cell = column; row < group.ids.length; row += 1, cell += columns) {
              if (!isSet(bits, cell)) continue
              const at_row = group.first_row + row
              if (hidden[at_row] === open) hidden[at_row] = open.slice()
              hidden[at_row]![at] = 1
            }
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

const chains = new Map<string, Link[]>()

const chainOf = (subject: Subject): Link[] => {
  const known = chains.get(nameOf(subject))
  if (known) return known
  const subjects = withWholes([subject])
  const names = subjects.map(nameOf)
  const positions = (some: Subject[]) => some.map((each) => names.indexOf(nameOf(each)))
  const chain = subjects.map((each) => ({ subject: each, wholes: positions(wholesOf(each)), rests_on: positions(withWholes([each])) }))
  chains.set(nameOf(subject), chain)
  return chain
}

const nameOf = ({ measure, specialisation }: Subject): string => `${measure} ${specialisation}`
