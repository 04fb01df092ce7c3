import type { Month } from './month.ts'

/** What a write added to a cell of an authority, by codes. `also_all`: at its service kind and at "all". */
export type CellChange = {
  measure: string
  place: number
  service_kind: string
  specialisation: string
  month: Month
  value: number
  cases: number
  also_all: boolean
}

/** What one write changed; null: more than is told. */
export type Changes = CellChange[] | null

/** What all cells of a measure, a specialisation (or all) and a month have in common. */
export const sliceKey = (measure: string, specialisation: string, month: Month): string => `${measure} ${specialisation} ${month}`

/** What writes changed lately: cells add up, so what was read at one position of the stream becomes right at another. */
export type ChangeLog = {
  /** Before the commit that takes the warehouse to the position. */
  add(position: number, changes: Changes): void
  /** After it, or when it was undone. */
  ended(): void
  /** Changes with every write that told of no changes, or did not move the position on: what was read before is no use after. */
  generation(): number
  /** Grows whenever half of what is known begins to be forgotten. */
  pages(): number
  /** What was added to a slice after one position and up to a later one; undefined where that is not known. */
  between(slice: string, from: number, to: number): CellChange[] | undefined
}

type Page = { slices: Map<string, { position: number; change: CellChange }[]>; positions: number; last: number }

/** So many positions make a page; the last two pages are kept. */
export const changeLog = (pagePositions = 2048): ChangeLog => {
  const newPage = (): Page => ({ slices: new Map(), positions: 0, last: -1 })
  let [earlier, current] = [newPage(), newPage()]
  let generation = 0
  let ambiguous = false
  /** Of what happened up to here nothing is known any more. */
  let floor = -1
  let last = -1
  let pages = 0
  return {
    add: (position, changes) => {
      ambiguous ||= changes === null || position <= last
      if (ambiguous) generation += 1
      last = Math.max(last, position)
      if (ambiguous) {
        ;[earlier, current] = [newPage(), newPage()]
        floor = last
        return
      }
      if (current.positions === pagePositions) {
        floor = Math.max(floor, earlier.last)
        ;[earlier, current] = [current, newPage()]
        pages += 1
      }
      current.positions += 1
      current.last = position
      for (const change of changes!) {
        const key = sliceKey(change.measure, change.specialisation, change.month)
        const known = current.slices.get(key)
        if (known) known.push({ position, change })
        else current.slices.set(key, [{ position, change }])
      }
    },
    ended: () => {
      if (ambiguous) generation += 1
      ambiguous = false
    },
    generation: () => generation,
    pages: () => pages,
    between: (slice, from, to) => {
      if (from < floor) return undefined
      const found: CellChange[] = []
      for (const { slices } of [earlier, current])
        for (const { position, change } of slices.get(slice) ?? []) if (from < position && position <= to) found.push(change)
      return found
    },
  }
}
