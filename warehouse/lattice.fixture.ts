import { columnsOf, emptyLattice, type Lattice } from './lattice.ts'

/** A lattice from the cases of authorities by service kind; kinds are of one form unless told. */
export const latticeOf = (cases: number[][], { form_of = cases[0]!.map(() => 0) }: { form_of?: number[] } = {}): Lattice => {
  const forms = Math.max(...form_of) + 1
  const lattice = emptyLattice(cases.length, { form_of, forms })
  const columns = columnsOf(lattice)
  cases.forEach((ofRow, row) => {
    ofRow.forEach((n, kind) => {
      for (const line of [row, cases.length])
        for (const column of [kind, form_of.length + form_of[kind]!, columns - 1]) lattice.cases[line * columns + column]! += n
    })
  })
  return { ...lattice, value: lattice.cases }
}
