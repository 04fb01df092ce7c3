import type { Month } from './month.ts'

/** The states (as place numbers) and months in which a write changed cells; null: anywhere. */
export type Touched = Map<number, { first: Month; last: Month }> | null

/** What writes changed lately, so that what was computed of one position of the stream is known to be right at another. */
export type Touches = {
  /** Before the commit that takes the warehouse to the position. */
  add(position: number, touched: Touched): void
  /** After it. */
  committed(): void
  /** Changes with every write that did not move the position on: what was computed before is no use after. */
  generation(): number
  /** Tells whether cells of a state and month changed between two positions, as far as is known. */
  between(one: number, other: number): (state: number, month: Month) => boolean
}

const longest = 4096

export const touchLog = (): Touches => {
  let entries: { position: number; touched: Touched }[] = []
  let generation = 0
  let ambiguous = false
  /** Of what happened up to here nothing is known any more. */
  let floor = -1
  let last = -1
  return {
    add: (position, touched) => {
      ambiguous = position <= last
      if (ambiguous) generation += 1
      last = Math.max(last, position)
      entries.push({ position, touched })
      if (entries.length <= longest) return
      floor = entries[longest / 2]!.position
      entries = entries.slice(longest / 2 + 1)
    },
    committed: () => {
      if (ambiguous) generation += 1
      ambiguous = false
    },
    generation: () => generation,
    between: (one, other) => {
      const [from, to] = one < other ? [one, other] : [other, one]
      if (from === to) return () => false
      if (from < floor) return () => true
      const relevant: Touched[] = []
      for (let i = entries.length - 1; i >= 0 && entries[i]!.position > from; i -= 1)
        if (entries[i]!.position <= to) relevant.push(entries[i]!.touched)
      return (state, month) =>
        relevant.some((touched) => {
          const months = touched?.get(state)
          return touched === null || (months !== undefined && months.first <= month && month <= months.last)
        })
    },
  }
}
