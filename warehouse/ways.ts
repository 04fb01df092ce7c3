import { columnsOf, grow, shrink, type Lattice } from './lattice.ts'

/** What hiding so many cases costs: the power of two below, so that decisions do not change with every case. */
const weightOf = (cases: number): number => (cases <= 0 ? 0 : 1 << (31 - Math.clz32(cases)))

/** Cells as arcs; in every node what comes in is what goes out. `at[node]` lists the arcs that touch it. */
type Network = { from: Int32Array; to: Int32Array; at: Int32Array[] }

const networks = new Map<string, Network>()

/**
 * The Summe of all kinds flows to the authorities, on to their forms, to their kinds; there all authorities' cells of a kind come
 * together in its Summe, these in those of the forms, and these in the Summe of all kinds again.
 */
const networkOf = ({ rows, form_of, forms }: Lattice): Network => {
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
export type Moves = Record<Move, Uint8Array>
/** Whether cells can grow or shrink; neither where nothing is there or an attacker knows them. */
export const movesOf = (lattice: Lattice, hidden: Uint8Array, own: number | null): Moves => {
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

/** Hidden cells of which some grow and the others shrink by one, and everything still adds up. */
export type Cycle = { growing: number[]; shrinking: number[] }

/** The cells that lead from a node to one joined with the end sought (`met`), and what hiding them costs. */
type Way = { cost: number; cells: number[]; met: number }

/** Finds the cheapest way to let a cell vary: what is hidden already costs nothing, anything else about its cases. */
export class Ways {
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

  constructor(lattice: Lattice, hidden: Uint8Array, own: number | null, can = movesOf(lattice, hidden, own)) {
    const network = networkOf(lattice)
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
