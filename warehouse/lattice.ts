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

export const grow = 1
export const shrink = 2

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
