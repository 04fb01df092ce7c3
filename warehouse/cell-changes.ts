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
  /** After it. */
  committed(): void
  /** Changes with every write that told of no changes, or did not move the position on: what was read before is no use after. */
  generation(): number
  /** What was added to a slice after one position and up to a later one; undefined where that is not known. */
  between(slice: string, from: number, to: number): CellChange[] | undefined
}

const longest = 4096

export const changeLog = (): ChangeLog => {
  let entries: { position: number; slices: Map<string, CellChange[]> }[] = []
  let generation = 0
  let ambiguous = false
  /** Of what happened up to here nothing is known any more. */
  let floor = -1
  let last = -1
  return {
    add: (position, changes) => {
      ambiguous ||= changes === null || position <= last
      if (ambiguous) generation += 1
      last = Math.max(last, position)
      if (ambiguous) {
        entries = []
        floor = last
        return
      }
      entries.push({ position, slices: bySlice(changes!) })
      if (entries.length <= longest) return
      floor = entries[longest / 2]!.position
      entries = entries.slice(longest / 2 + 1)
    },
    committed: () => {
      if (ambiguous) generation += 1
      ambiguous = false
    },
    generation: () => generation,
    between: (slice, from, to) => {
      if (from < floor) return undefined
      const found: CellChange[] = []
      for (let i = entries.length - 1; i >= 0 && entries[i]!.position > from; i -= 1) {
        const { position, slices } = entries[i]!
        const changes = position <= to ? slices.get(slice) : undefined
        if (changes) found.push(...changes)
      }
      return found
    },
  }
}

const bySlice = (changes: CellChange[]): Map<string, CellChange[]> => {
  const slices = new Map<string, CellChange[]>()
  for (const change of changes) {
    const key = sliceKey(change.measure, change.specialisation, change.month)
    const slice = slices.get(key)
    if (slice) slice.push(change)
    else slices.set(key, [change])
  }
  return slices
}
