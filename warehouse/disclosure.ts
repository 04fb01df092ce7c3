/**
 * The one place where cells are suppressed (domain.md 3, disclosure control). Decided by what the data are, never by what is asked: all
 * requests together tell no more than each alone.
 */

export type Counts = Int16Array | Int32Array

/**
 * Everything published of one measure, month and specialisation (or all) that adds up: the authorities of a state and their Summe as
 * rows, service kinds, their forms and "all" as columns. Cells are [row * columns + column], the last row is the Summe; columns are
 * kinds, then forms, then "all".
 */
export type Lattice = {
  rows: number
  /** The form of each service kind. */
  form_of: readonly number[]
  forms: number
  /** Distinct cases with a non-zero contribution. */
  cases: Counts
  /** What is published, as far as it counts something; for amounts the cases again. */
  value: Counts
  /** Where an attacker knows the value from elsewhere: neither hidden nor used to hide behind. */
  known: Uint8Array
  /** No more than that, because the cell is part of others. */
  upper: Float64Array
  /** Of how many wholes the cell is part, and of how many hidden ones: such a cell is to be hidden, as it would tell how large they are at least. */
  wholes: number
  hidden_wholes: Uint8Array
  /** Whether all wholes can grow or shrink there along with the cell. */
  along: Uint8Array
  /** Where it has to shrink by itself, as a whole no larger would be told if it could not. */
  pulled: Uint8Array
}

const grow = 1
const shrink = 2

export const columnsOf = ({ form_of, forms }: Pick<Lattice, 'form_of' | 'forms'>): number => form_of.length + forms + 1

/** Part of nothing, and with nothing counted in it unless numbers are given. */
export const emptyLattice = (
  rows: number,
  { form_of, forms }: Pick<Lattice, 'form_of' | 'forms'>,
  numbers?: Pick<Lattice, 'cases' | 'value'>,
): Lattice => {
  const cells = (rows + 1) * columnsOf({ form_of, forms })
  return {
    rows,
    form_of,
    forms,
    ...(numbers ?? { cases: new Int32Array(cells), value: new Int32Array(cells) }),
    known: new Uint8Array(cells),
    upper: new Float64Array(cells).fill(Infinity),
    wholes: 0,
    hidden_wholes: new Uint8Array(cells),
    along: new Uint8Array(cells).fill(grow | shrink),
    pulled: new Uint8Array(cells),
  }
}

/**
 * Tells which cells are hidden (1) so that no cell resting on fewer cases than the threshold, but at least one, can be computed from
 * the others. Each column with such a cell also hides its smallest open cell of at least the threshold, else its Summe. Where sums over
 * service kinds would still tell a cell, few further cases are hidden to leave it open. The reader's own row (`own`, or null)
 * is neither hidden nor used to hide behind: who knows it could subtract it. Where a cell would be told all the same, by a known Summe or
 * by all it is part of, its whole column is hidden, also where nothing is.
 *
 * A cell is safe when the published figures are just as right with it one higher or lower: there is a cycle through it in the network
 * whose arcs are the cells and in whose nodes they add up, along hidden cells that can grow or shrink. A part can grow as far as its
 * whole is larger, or where that grows with it along the same hidden cells.
 */
export const suppress = (lattice: Lattice, { own, threshold }: { own: number | null; threshold: number }): Uint8Array => {
  const { rows, cases, known, hidden_wholes } = lattice
  const columns = columnsOf(lattice)
  const hidden = new Uint8Array(cases.length)
  const protectedCells: number[] = []
  for (let row = 0; row <= rows; row += 1) {
    if (row === own) continue
    for (let column = 0; column < columns; column += 1) {
      const cell = row * columns + column
      if (known[cell]) continue
      const others = othersIn(lattice, cell, own)
      if (hidden_wholes[cell] || (others > 0 && others < threshold)) protectedCells.push(cell)
    }
  }
  if (protectedCells.length === 0) return hidden
  for (const cell of protectedCells) hidden[cell] = 1
  const few = protectedCells.filter((cell) => cases[cell]! > 0 && cases[cell]! < threshold)
  for (const column of new Set(few.map((cell) => cell % columns))) {
    const shield = (smallestOpen(lattice, column, own, threshold) ?? rows) * columns + column
    if (!known[shield]) hidden[shield] = 1
  }
  const ways = new Ways(networkOf(rows, lattice.form_of, lattice.forms), lattice, hidden, own)
  // that there is nothing may be computed
  const told = protectedCells.filter((cell) => cases[cell]! > 0 && !ways.letVary(cell))
  const wider = told.length > 0 ? withWholeColumns(lattice, told) : undefined
  return wider ? suppress(wider, { own, threshold }) : hidden
}

/** The cases of a cell; of a Summe what is left without the reader's own. */
const othersIn = (lattice: Lattice, cell: number, own: number | null): number => {
  const { rows, cases } = lattice
  const columns = columnsOf(lattice)
  return own !== null && cell >= rows * columns ? cases[cell]! - cases[own * columns + (cell % columns)]! : cases[cell]!
}

/** With all of the columns of some cells to be hidden, and their Summe where that is one of these; of every column where these are already. */
const withWholeColumns = (lattice: Lattice, told: number[]): Lattice | undefined => {
  const columns = columnsOf(lattice)
  const hidden_wholes = lattice.hidden_wholes.slice()
  const cellsOf = (column: number) => {
    const summe = lattice.rows * columns + column
    const cells = Array.from({ length: lattice.rows }, (_, row) => row * columns + column)
    return told.includes(summe) ? [...cells, summe] : cells
  }
  const open = Array.from({ length: columns }, (_, column) => column).filter((column) =>
    cellsOf(column).some((cell) => !hidden_wholes[cell]),
  )
  if (open.length === 0) return undefined
  const concerned = open.filter((column) => told.some((cell) => cell % columns === column))
  for (const column of concerned.length > 0 ? concerned : open) for (const cell of cellsOf(column)) hidden_wholes[cell]! ||= 1
  return { ...lattice, hidden_wholes }
}

/** What was decided before, by the position of the measure and, where that is asked for, all that the decision rests on. */
export type Memory = {
  recall(measure: number, basis: () => string): Uint8Array | undefined
  keep(measure: number, basis: string, hidden: Uint8Array): void
}

/**
 * Suppresses measures of one state and month of which some are part of others, wholes before their parts: `wholes` are the positions of
 * those, of which each part of a part is one too. A part of a hidden cell is hidden too, and a cell does not pass for larger than an open
 * one it is part of.
 */
export const suppressWithParts = (
  measures: { lattice: Lattice; wholes: number[] }[],
  options: { own: number | null; threshold: number },
  memory?: Memory,
): Uint8Array[] => {
  const decided: { above: number[]; hidden: Uint8Array; asWhole?: Whole }[] = []
  const wholeAt = (position: number): Whole => {
    const { lattice } = measures[position]!
    const { hidden } = decided[position]!
    return (decided[position]!.asWhole ??= { lattice, hidden, moves: movesOf(lattice, hidden, options.own) })
  }
  measures.forEach(({ lattice, wholes }, at) => {
    const above = [...new Set(wholes.flatMap((position) => [...decided[position]!.above, position]))]
    const holding = above.map(wholeAt)
    for (const whole of holding) hold(lattice, whole)
    // what is part of several wholes shrinks by itself wherever it is as large as they are
    const cycles = holding.length === 1 ? () => cyclesOf(holding[0]!, options) : () => []
    let basis: string | undefined
    const known = memory?.recall(at, () => (basis ??= basisOf(lattice, options, cycles())))
    if (known) return decided.push({ above, hidden: known })
    giveWay(lattice, cycles())
    const hidden = suppress(lattice, options)
    memory?.keep(at, basis ?? basisOf(lattice, options, cycles()), hidden)
    return decided.push({ above, hidden })
  })
  return decided.map(({ hidden }) => hidden)
}

/** Hidden cells of which some grow and the others shrink by one, and everything still adds up. */
type Cycle = { growing: number[]; shrinking: number[] }

/** What is decided of a whole, how its cells can vary, and cycles along which all those do that rest on few cases. */
type Whole = { lattice: Lattice; hidden: Uint8Array; moves: Moves; cycles?: Cycle[] }

/** Makes a lattice part of a whole. */
const hold = (lattice: Lattice, { lattice: whole, hidden, moves }: Whole): void => {
  const { hidden_wholes, upper, along } = lattice
  const { alone, 'with wholes': together } = moves
  for (let cell = 0; cell < hidden.length; cell += 1) {
    const most = whole.value[cell]!
    if (most < upper[cell]!) upper[cell] = most
    if (hidden[cell]) {
      hidden_wholes[cell]! += 1
      along[cell]! &= alone[cell]! | together[cell]!
    } else along[cell] = 0
  }
  lattice.wholes += 1
}

/** Cycles along which every hidden cell with few cases varies, the reader's own aside, of what is part of nothing. */
const cyclesOf = (whole: Whole, { own, threshold }: { own: number | null; threshold: number }): Cycle[] => {
  if (whole.cycles) return whole.cycles
  const { lattice, hidden, moves } = whole
  const cycles: Cycle[] = []
  let ways: Ways | undefined
  for (let cell = 0; cell < hidden.length; cell += 1) {
    if (!hidden[cell]) continue
    const others = othersIn(lattice, cell, own)
    if (others <= 0 || others >= threshold) continue
    ways ??= new Ways(networkOf(lattice.rows, lattice.form_of, lattice.forms), lattice, hidden, own, moves)
    const cycle = ways.cycle(cell)
    if (cycle) cycles.push(cycle)
  }
  return (whole.cycles = cycles)
}

/**
 * Has a part let its whole vary along each of its cycles, whatever other parts do: it follows along it, or it shrinks by itself where it
 * is as large.
 */
const giveWay = ({ value, known, upper, pulled }: Lattice, cycles: Cycle[]): void => {
  for (const { growing, shrinking } of cycles) {
    if (shrinking.every((cell) => value[cell]! > 0 && !known[cell]) && growing.every((cell) => !known[cell])) continue
    for (const cell of shrinking) if (value[cell]! > 0 && value[cell]! >= upper[cell]!) pulled[cell] = 1
  }
}

/**
 * Everything the decision rests on, in short: it is the same for lattices of which only numbers grew or shrank that are large anyway.
 * Cells cost what they weigh, so this is much.
 */
const basisOf = (lattice: Lattice, { own, threshold }: { own: number | null; threshold: number }, cycles: Cycle[]): string => {
  const { rows, cases, value, known, upper, hidden_wholes, along } = lattice
  const columns = columnsOf(lattice)
  const summe = rows * columns
  const withFew = new Uint8Array(columns)
  const numbers: number[] = []
  for (let row = 0; row <= rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      const cell = row * columns + column
      const n = cases[cell]!
      const v = value[cell]!
      const others = own !== null && cell >= summe ? n - cases[own * columns + column]! : n
      let number = sizeOf(n, v, threshold)
      number += (along[cell]! << 5) + (hidden_wholes[cell]! << 7) + (known[cell]! << 10)
      if (n > 0 && n < threshold) withFew[column] = 1
      if (n > 0 && others > 0 && others < threshold) number += 2
      if (v < upper[cell]!) number += 16
      numbers.push(number)
    }
  }
  for (let column = 0; column < columns; column += 1) {
    if (withFew[column]) numbers.push(smallestOpen(lattice, column, own, threshold) ?? rows)
  }
  for (const { growing, shrinking } of cycles) numbers.push(...growing, -1, ...shrinking, -2)
  return digestOf(numbers).join(' ')
}

/** What a decision rests on of a cell by itself, leaving bits 1, 4 to 10 to the rest: of at most 7 wholes. */
const sizeOf = (n: number, v: number, threshold: number): number =>
  (Math.clz32(n) << 11) + (n === 0 ? 0 : (n < threshold ? 1 : 0) + (v === 0 ? 0 : n > 1 && v > 1 ? 12 : 4))

/**
 * Whether what is decided without own rows may be something else, now that a cell has become larger by `change`. Otherwise all that it
 * rests on of these cells is the same as before; that on which part and whole are compared is `relationOf`. A state's cells begin at `first`.
 */
export const mayDecide = (
  { rows, columns, cases, value, first }: { rows: number; columns: number; cases: Counts; value: Counts; first: number },
  cell: number,
  change: { cases: number; value: number },
  threshold: number,
): boolean => {
  const [n, v] = [cases[first + cell]!, value[first + cell]!]
  const before = n - change.cases
  if (sizeOf(n, v, threshold) !== sizeOf(before, v - (value === cases ? change.cases : change.value), threshold)) return true
  if (cell >= rows * columns || n === before || n < threshold) return false
  // it is, or was, the smallest open one of a column with few cases
  let withFew = false
  let smallest = Infinity
  for (let other = first + (cell % columns), row = 0; row < rows; row += 1, other += columns) {
    const m = cases[other]!
    if (other === first + cell || m === 0) continue
    if (m < threshold) withFew = true
    else if (m < smallest) smallest = m
  }
  return withFew && Math.min(n, before) <= smallest
}

/**
 * Tells where a part is as large as its whole, by the values of both, of a state's cells from `first` on those in which the part is `filled`;
 * where nothing is, both are the same anyway.
 */
export const relationOf = (part: Counts, whole: Counts, first: number, filled: ArrayLike<number>): string => {
  const cells: number[] = []
  for (let i = 0; i < filled.length; i += 1) {
    const cell = first + filled[i]!
    if (part[cell]! > 0 && part[cell]! >= whole[cell]!) cells.push(filled[i]!)
  }
  return cells.length === 0 ? '' : digestOf(cells).join(' ')
}

/** A number of 64 bits, as two. */
const digestOf = (numbers: number[]): [number, number] => {
  let [one, other] = [0x811c9dc5, 0x1b873593]
  for (const number of numbers) {
    one = Math.imul(one ^ number, 0x01000193)
    other = Math.imul((other << 13) | (other >>> 19), 5) + Math.imul(number + 0x2545f491, 0x85ebca6b)
  }
  return [one, other]
}

/** What hiding so many cases costs: the power of two below, so that decisions do not change with every case. */
const weightOf = (cases: number): number => (cases <= 0 ? 0 : 1 << (31 - Math.clz32(cases)))

const smallestOpen = (
  { rows, cases, known, ...shape }: Lattice,
  column: number,
  own: number | null,
  threshold: number,
): number | undefined => {
  const columns = columnsOf(shape)
  let smallest: number | undefined
  for (let row = 0; row < rows; row += 1) {
    const n = cases[row * columns + column]!
    if (
      row !== own &&
      !known[row * columns + column] &&
      n >= threshold &&
      (smallest === undefined || n < cases[smallest * columns + column]!)
    )
      smallest = row
  }
  return smallest
}

/** Cells as arcs; in every node what comes in is what goes out. `at[node]` lists the arcs that touch it. */
type Network = { from: Int32Array; to: Int32Array; at: Int32Array[] }

const networks = new Map<string, Network>()

/**
 * The Summe of all kinds flows to the authorities, on to their forms, to their kinds; there all authorities' cells of a kind come
 * together in its Summe, these in those of the forms, and these in the Summe of all kinds again.
 */
const networkOf = (rows: number, form_of: readonly number[], forms: number): Network => {
  const key = `${rows} ${forms} ${form_of.join(' ')}`
  const known = networks.get(key)
  if (known) return known
  const kinds = form_of.length
  const columns = kinds + forms + 1
  const [source, sink] = [0, 1]
  const authority = (row: number) => 2 + row
  const formOf = (row: number, form: number) => 2 + rows + row * forms + form
  const kind = (k: number) => 2 + rows + rows * forms + k
  const formOfAll = (form: number) => 2 + rows + rows * forms + kinds + form
  const from = new Int32Array((rows + 1) * columns)
  const to = new Int32Array((rows + 1) * columns)
  const put = (cell: number, start: number, end: number) => {
    from[cell] = start
    to[cell] = end
  }
  for (let row = 0; row < rows; row += 1) {
    form_of.forEach((form, k) => put(row * columns + k, formOf(row, form), kind(k)))
    for (let form = 0; form < forms; form += 1) put(row * columns + kinds + form, authority(row), formOf(row, form))
    put(row * columns + kinds + forms, source, authority(row))
  }
  form_of.forEach((form, k) => put(rows * columns + k, kind(k), formOfAll(form)))
  for (let form = 0; form < forms; form += 1) put(rows * columns + kinds + form, formOfAll(form), sink)
  put(rows * columns + kinds + forms, sink, source)
  const lists: number[][] = Array.from({ length: 2 + rows + rows * forms + kinds + forms }, () => [])
  for (let cell = 0; cell < from.length; cell += 1) {
    lists[from[cell]!]!.push(cell)
    lists[to[cell]!]!.push(cell)
  }
  const network = { from, to, at: lists.map((list) => Int32Array.from(list)) }
  networks.set(key, network)
  return network
}

/** Along cells while their wholes stay as they are, along hidden cells in which the wholes move too, or whatever the wholes say. */
type Move = 'alone' | 'with wholes' | 'anyhow'
type Moves = Record<Move, Uint8Array>
/** Whether cells can grow or shrink; neither where nothing is there or an attacker knows them. */
const movesOf = (lattice: Lattice, hidden: Uint8Array, own: number | null): Moves => {
  const { cases, value, known, upper, wholes, hidden_wholes, along } = lattice
  const columns = columnsOf(lattice)
  const anyhow = new Uint8Array(cases.length)
  const [firstOwn, lastOwn] = own === null ? [-1, -1] : [own * columns, (own + 1) * columns - 1]
  for (let cell = 0; cell < cases.length; cell += 1) {
    if (known[cell] || (cases[cell] === 0 && !hidden[cell]) || (firstOwn <= cell && cell <= lastOwn)) continue
    // what is hidden is known to be at least 1, unless it is only part of what is hidden
    const least = hidden_wholes[cell] ? 0 : 1
    anyhow[cell] = cases[cell]! > least && value[cell]! > least ? grow | shrink : grow
  }
  if (wholes === 0) return { alone: anyhow, 'with wholes': anyhow, anyhow }
  const alone = new Uint8Array(cases.length)
  const together = new Uint8Array(cases.length)
  for (let cell = 0; cell < cases.length; cell += 1) {
    alone[cell] = value[cell]! < upper[cell]! ? anyhow[cell]! : anyhow[cell]! & shrink
    together[cell] = anyhow[cell]! & along[cell]!
  }
  return { alone, 'with wholes': together, anyhow }
}

/** The cells that lead from a node to one joined with the end sought (`met`), and what hiding them costs. */
type Way = { cost: number; cells: number[]; met: number }

/** Finds the cheapest way to let a cell vary: what is hidden already costs nothing, anything else about its cases. */
class Ways {
  readonly #network: Network
  readonly #lattice: Lattice
  readonly #hidden: Uint8Array
  readonly #can: Moves
  /** Cells found to lie on a cycle of hidden ones, and those found to shrink along one while their wholes stay as they are. */
  readonly #safe: Uint8Array
  readonly #shrinks: Uint8Array
  /** Nodes joined by such cycles: between two of a group there is a way in either direction, and not through a cell that is on none. */
  readonly #joined: Partial<Record<Move, Groups>> = {}
  /** Lists of the hidden cells at each node: the first one, and of a cell those after it where it leaves and where it ends; −1: none. */
  readonly #first: Int32Array
  readonly #afterFrom: Int32Array
  readonly #afterTo: Int32Array
  /** Through which cell a search came to a node. */
  readonly #by: Int32Array
  /** Nodes reached by a search along hidden cells. */
  readonly #seen: Uint8Array

  constructor(network: Network, lattice: Lattice, hidden: Uint8Array, own: number | null, can = movesOf(lattice, hidden, own)) {
    const nodes = network.at.length
    this.#network = network
    this.#lattice = lattice
    this.#hidden = hidden
    this.#can = can
    this.#safe = new Uint8Array(hidden.length)
    this.#shrinks = new Uint8Array(hidden.length)
    this.#by = new Int32Array(nodes)
    this.#seen = new Uint8Array(nodes)
    this.#first = new Int32Array(nodes).fill(-1)
    this.#afterFrom = new Int32Array(hidden.length)
    this.#afterTo = new Int32Array(hidden.length)
    for (let cell = 0; cell < hidden.length; cell += 1) if (hidden[cell]) this.#list(cell)
  }

  #list(cell: number): void {
    const { from, to } = this.#network
    this.#afterFrom[cell] = this.#first[from[cell]!]!
    this.#first[from[cell]!] = cell
    this.#afterTo[cell] = this.#first[to[cell]!]!
    this.#first[to[cell]!] = cell
  }

  #hide(cell: number): void {
    if (this.#hidden[cell]) return
    this.#hidden[cell] = 1
    this.#list(cell)
  }

  /** Finds at once most of what is on cycles of hidden cells, when that is asked for. */
  #groupsOf(move: Move): Groups {
    const known = this.#joined[move]
    if (known) return known
    const groups = new Groups(this.#first.length)
    this.#joined[move] = groups
    if (move !== 'anyhow') {
      this.#joinTwoWays(move)
      this.#joinOneWays(move)
    }
    return groups
  }

  /** Whether it is known to be on a cycle of hidden cells. */
  #isSafe(cell: number, move: Move): boolean {
    const { from, to } = this.#network
    const groups = this.#groupsOf(move)
    return this.#safe[cell] === 1 || (this.#can[move][cell]! > 0 && groups.together(from[cell]!, to[cell]!))
  }

  /** Cells that can both grow and shrink are on a cycle of such cells but for bridges between parts of the network (Tarjan). */
  #joinTwoWays(move: Move): void {
    const { from, to, at } = this.#network
    const can = this.#can[move]
    const found = new Int32Array(at.length)
    const low = new Int32Array(at.length)
    const next = this.#first.slice()
    const by = this.#by.fill(-1)
    let count = 0
    for (let root = 0; root < at.length; root += 1) {
      if (found[root]) continue
      let node = root
      found[node] = low[node] = ++count
      for (;;) {
        if (next[node]! >= 0) {
          const cell = next[node]!
          next[node] = from[cell] === node ? this.#afterFrom[cell]! : this.#afterTo[cell]!
          if (cell === by[node] || can[cell] !== (grow | shrink)) continue
          const other = from[cell] === node ? to[cell]! : from[cell]!
          if (found[other]) {
            if (found[other]! < low[node]!) low[node] = found[other]!
            this.#keepOne(cell, move, true)
            continue
          }
          by[other] = cell
          found[other] = low[other] = ++count
          node = other
          continue
        }
        const cell = by[node]!
        if (cell < 0) break
        const above = from[cell] === node ? to[cell]! : from[cell]!
        if (low[node]! < low[above]!) low[above] = low[node]!
        if (low[node]! < found[node]!) this.#keepOne(cell, move, true)
        node = above
      }
    }
  }

  /** Cells that can only grow or only shrink are on a cycle where their nodes lead to each other (Tarjan's other algorithm). */
  #joinOneWays(move: Move): void {
    const { from, to, at } = this.#network
    const can = this.#can[move]
    const found = new Int32Array(at.length)
    const low = new Int32Array(at.length)
    const next = this.#first.slice()
    const above = this.#by.fill(-1)
    const component = new Int32Array(at.length)
    const open: number[] = []
    let count = 0
    for (let root = 0; root < at.length; root += 1) {
      if (found[root]) continue
      let node = root
      found[node] = low[node] = ++count
      open.push(node)
      for (;;) {
        if (next[node]! >= 0) {
          const cell = next[node]!
          next[node] = from[cell] === node ? this.#afterFrom[cell]! : this.#afterTo[cell]!
          const leaves = from[cell] === node
          if (!(can[cell]! & (leaves ? grow : shrink))) continue
          const other = leaves ? to[cell]! : from[cell]!
          if (!found[other]) {
            above[other] = node
            found[other] = low[other] = ++count
            open.push(other)
            node = other
          } else if (!component[other] && found[other]! < low[node]!) low[node] = found[other]!
          continue
        }
        if (low[node] === found[node]) {
          let last: number
          do component[(last = open.pop()!)] = node + 1
          while (last !== node)
        }
        if (node === root) break
        const up = above[node]!
        if (low[node]! < low[up]!) low[up] = low[node]!
        node = up
      }
    }
    for (let cell = 0; cell < can.length; cell += 1) {
      if ((can[cell] === grow || can[cell] === shrink) && this.#hidden[cell] && component[from[cell]!] === component[to[cell]!])
        this.#keepOne(cell, move, can[cell] === shrink)
    }
  }

  #keepOne(cell: number, move: Move, shrinks: boolean): void {
    this.#safe[cell] = 1
    if (shrinks && move === 'alone') this.#shrinks[cell] = 1
    this.#joined[move]!.join(this.#network.from[cell]!, this.#network.to[cell]!)
  }

  /** Hides what has to be hidden, besides all that is already, so that the cell can vary; false where nothing lets it for certain. */
  letVary(cell: number): boolean {
    const { from, to } = this.#network
    const isSafe = this.#isSafe(cell, 'alone')
    if (this.#pulls(cell)) {
      const jump = this.#safe[cell] === 0
      const [start, end] = [from[cell]!, to[cell]!]
      const way = this.#freeWay(start, end, cell, 'alone', false, jump) ?? this.#way(start, end, cell, 'alone', false, Infinity, jump)
      if (way) {
        for (const each of this.#sensesOf(way).shrinking) this.#shrinks[each] = 1
        return this.#keep(cell, way, 'alone')
      }
    }
    if (isSafe) return true
    for (const move of this.#moves()) {
      if (this.#isSafe(cell, move)) return true
      const hidden = this.#free(cell, move)
      if (hidden) return this.#keep(cell, hidden, move)
    }
    const alone = this.#cheapest(cell, 'alone')
    if (alone) return this.#keep(cell, alone, 'alone')
    const anyhow = this.#free(cell, 'anyhow') ?? this.#cheapest(cell, 'anyhow')
    for (const each of anyhow?.cells ?? []) this.#hide(each)
    return false
  }

  /** A cycle of hidden cells on which it varies alone; undefined where it is on one found before, or on none. */
  cycle(cell: number): Cycle | undefined {
    if (this.#safe[cell]) return undefined
    const [from, to] = [this.#network.from[cell]!, this.#network.to[cell]!]
    for (const sense of [grow, shrink]) {
      if (!(this.#can.alone[cell]! & sense)) continue
      const way =
        sense === grow ? this.#freeWay(to, from, cell, 'alone', false, false) : this.#freeWay(from, to, cell, 'alone', false, false)
      if (!way) continue
      for (const each of [cell, ...way.cells]) this.#safe[each] = 1
      const { growing, shrinking } = this.#sensesOf(way)
      return sense === grow ? { growing: [cell, ...growing], shrinking } : { growing, shrinking: [cell, ...shrinking] }
    }
    return undefined
  }

  #moves(): readonly ('alone' | 'with wholes')[] {
    return this.#lattice.wholes > 0 ? ['alone', 'with wholes'] : ['alone']
  }

  /** Which cells grow and which shrink along a way that was not sought backward. */
  #sensesOf({ met, cells }: Way): Cycle {
    const { from, to } = this.#network
    const senses: Cycle = { growing: [], shrinking: [] }
    let node = met
    for (const cell of cells) {
      const grows = to[cell] === node
      senses[grows ? 'growing' : 'shrinking'].push(cell)
      node = grows ? from[cell]! : to[cell]!
    }
    return senses
  }

  /**
   * Where the cell is as large as what it is part of, that can only shrink with it: as its other wholes may stand against this along the
   * same cells, or one of them is held fast, it has to be able to by others.
   */
  #pulls(cell: number): boolean {
    const { wholes, hidden_wholes, value, upper, pulled } = this.#lattice
    return (
      (wholes > 1 || pulled[cell] === 1) &&
      !this.#shrinks[cell] &&
      hidden_wholes[cell]! > 0 &&
      !(value[cell]! < upper[cell]!) &&
      (this.#can.alone[cell]! & shrink) !== 0
    )
  }

  /** Hides a cycle and remembers it: the cell can vary. */
  #keep(cell: number, { cells, met }: Way, move: Move): true {
    const { from, to } = this.#network
    const joined = this.#groupsOf(move)
    for (const each of [cell, ...cells]) {
      this.#safe[each] = 1
      joined.join(met, from[each]!)
      joined.join(met, to[each]!)
    }
    for (const each of cells) this.#hide(each)
    return true
  }

  /** Its growing or its shrinking along what is hidden already. */
  #free(cell: number, move: Move): Way | undefined {
    const [from, to] = [this.#network.from[cell]!, this.#network.to[cell]!]
    const can = this.#can[move][cell]!
    const [start, end] = this.#ends(cell, move)
    const growing = can & grow ? this.#freeWay(start, end, cell, move, start === from, true) : undefined
    return growing ?? (can & shrink ? this.#freeWay(start, end, cell, move, start === to, true) : undefined)
  }

  /** The cheaper of its growing and its shrinking. */
  #cheapest(cell: number, move: Move): Way | undefined {
    const [from, to] = [this.#network.from[cell]!, this.#network.to[cell]!]
    const can = this.#can[move][cell]!
    const [start, end] = this.#ends(cell, move)
    const growing = can & grow ? this.#way(start, end, cell, move, start === from, Infinity, true) : undefined
    return (can & shrink ? this.#way(start, end, cell, move, start === to, growing?.cost ?? Infinity, true) : undefined) ?? growing
  }

  /** That which less is joined with first. */
  #ends(cell: number, move: Move): [number, number] {
    const [from, to] = [this.#network.from[cell]!, this.#network.to[cell]!]
    const joined = this.#groupsOf(move)
    return joined.sizeOf(to) <= joined.sizeOf(from) ? [to, from] : [from, to]
  }

  /** A way along hidden cells, against their direction where `backward`; it ends at what is joined with the end where it may `jump`. */
  #freeWay(start: number, end: number, except: number, move: Move, backward: boolean, jump: boolean): Way | undefined {
    const { from, to } = this.#network
    const can = this.#can[move]
    const joined = jump ? this.#groupsOf(move) : undefined
    const group = joined?.of(end)
    if (start === end || (joined && joined.of(start) === group)) return { cost: 0, cells: [], met: start }
    const [leaving, entering] = backward ? [shrink, grow] : [grow, shrink]
    const by = this.#by
    const seen = this.#seen
    const reached = [start]
    seen[start] = 1
    let met = -1
    for (let at = 0; at < reached.length && met < 0; at += 1) {
      const node = reached[at]!
      for (let cell = this.#first[node]!, after = 0; cell >= 0; cell = after) {
        const leaves = from[cell] === node
        after = leaves ? this.#afterFrom[cell]! : this.#afterTo[cell]!
        if (cell === except || !(can[cell]! & (leaves ? leaving : entering))) continue
        const next = leaves ? to[cell]! : from[cell]!
        if (seen[next]) continue
        seen[next] = 1
        by[next] = cell
        reached.push(next)
        if (next === end || (joined && joined.of(next) === group)) {
          met = next
          break
        }
      }
    }
    for (const node of reached) seen[node] = 0
    return met < 0 ? undefined : { cost: 0, cells: this.#cellsTo(met, start), met }
  }

  /** Dijkstra's algorithm, against the direction of the cells where `backward`. */
  #way(start: number, end: number, except: number, move: Move, backward: boolean, most: number, jump: boolean): Way | undefined {
    const { from, to, at } = this.#network
    const { cases } = this.#lattice
    const hidden = this.#hidden
    const can = this.#can[move]
    const joined = this.#groupsOf(move)
    const group = joined.of(end)
    const [leaving, entering] = backward ? [shrink, grow] : [grow, shrink]
    const by = this.#by
    const cost = new Float64Array(at.length).fill(Infinity)
    const done = new Uint8Array(at.length)
    const nearest = new Heap()
    // what costs nothing more need not be ordered
    const asNear = [start]
    cost[start] = 0
    for (;;) {
      const node = asNear.pop() ?? nearest.pop()
      if (node === undefined) return undefined
      if (done[node]) continue
      done[node] = 1
      const here = cost[node]!
      if (node === end || (jump && joined.of(node) === group)) return { cost: here, cells: this.#cellsTo(node, start), met: node }
      for (const cell of at[node]!) {
        const leaves: boolean = from[cell] === node
        if (cell === except || !(can[cell]! & (leaves ? leaving : entering))) continue
        const through = hidden[cell] ? here : here + weightOf(cases[cell]!)
        const next = leaves ? to[cell]! : from[cell]!
        if (through >= cost[next]! || through >= most) continue
        cost[next] = through
        by[next] = cell
        if (through > here) nearest.push(next, through)
        else if (next === end || (jump && joined.of(next) === group)) return { cost: here, cells: this.#cellsTo(next, start), met: next }
        else asNear.push(next)
      }
    }
  }

  #cellsTo(end: number, start: number): number[] {
    const { from, to } = this.#network
    const cells: number[] = []
    for (let node = end; node !== start;) {
      const cell = this.#by[node]!
      cells.push(cell)
      node = from[cell] === node ? to[cell]! : from[cell]!
    }
    return cells
  }
}

/** Which nodes belong together. */
class Groups {
  readonly #parent: Int32Array
  readonly #size: Int32Array

  constructor(nodes: number) {
    this.#parent = new Int32Array(nodes)
    for (let node = 0; node < nodes; node += 1) this.#parent[node] = node
    this.#size = new Int32Array(nodes).fill(1)
  }

  /** What stands for a node's group. */
  of(node: number): number {
    const parent = this.#parent
    while (parent[node] !== node) node = parent[node] = parent[parent[node]!]!
    return node
  }

  together(one: number, other: number): boolean {
    return this.of(one) === this.of(other)
  }

  sizeOf(node: number): number {
    return this.#size[this.of(node)]!
  }

  join(one: number, other: number): void {
    const [a, b] = [this.of(one), this.of(other)]
    if (a === b) return
    const [large, small] = this.#size[a]! >= this.#size[b]! ? [a, b] : [b, a]
    this.#parent[small] = large
    this.#size[large]! += this.#size[small]!
  }
}

/** Nodes by their cost, the cheapest first. */
class Heap {
  readonly #nodes: number[] = []
  readonly #costs: number[] = []

  push(node: number, cost: number): void {
    let at = this.#nodes.push(node) - 1
    this.#costs.push(cost)
    while (at > 0) {
      const above = (at - 1) >> 1
      if (this.#costs[above]! <= this.#costs[at]!) return
      this.#swap(above, at)
      at = above
    }
  }

  pop(): number | undefined {
    const first = this.#nodes[0]
    const [node, cost] = [this.#nodes.pop(), this.#costs.pop()]
    if (this.#nodes.length === 0 || node === undefined) return first
    this.#nodes[0] = node
    this.#costs[0] = cost!
    for (let at = 0; ;) {
      const [left, right] = [2 * at + 1, 2 * at + 2]
      let least = at
      if (left < this.#costs.length && this.#costs[left]! < this.#costs[least]!) least = left
      if (right < this.#costs.length && this.#costs[right]! < this.#costs[least]!) least = right
      if (least === at) return first
      this.#swap(at, least)
      at = least
    }
  }

  #swap(one: number, other: number): void {
    const [nodes, costs] = [this.#nodes, this.#costs]
    ;[nodes[one], nodes[other]] = [nodes[other]!, nodes[one]!]
    ;[costs[one], costs[other]] = [costs[other]!, costs[one]!]
  }
}
