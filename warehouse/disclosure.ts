/**
 * The one place where cells are suppressed (domain.md 3, disclosure control). Decided by what the data are, never by what is asked: all
 * requests together tell no more than each alone.
 */

import { columnsOf, type Counts, type Lattice } from './lattice.ts'
import { movesOf, Ways, type Cycle, type Moves } from './ways.ts'

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
  const ways = new Ways(lattice, hidden, own)
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
    ways ??= new Ways(lattice, hidden, own, moves)
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
