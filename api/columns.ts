export type Cell = string | number | null

/** A table to be taken away: columns of equal length. */
export type Columns = Record<string, { type: 'text' | 'number'; values: Cell[] }>

const rowsOfPart = 2048

/** The same columns some rows at a time, so that others get their turn while a long table is written; at least one part. */
export function* partsOf(columns: Columns): Generator<Columns> {
  const all = Object.entries(columns)
  const length = all[0]?.[1].values.length ?? 0
  for (let from = 0; from === 0 || from < length; from += rowsOfPart) {
    yield Object.fromEntries(all.map(([name, { type, values }]) => [name, { type, values: values.slice(from, from + rowsOfPart) }]))
  }
}
