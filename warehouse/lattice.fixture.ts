import { columnsOf, type Lattice } from './disclosure.ts'

/** A lattice from the cases of authorities by service kind; kinds are of one form unless told. */
export const latticeOf = (cases: number[][], { form_of = cases[0]!.map(() => 0) }: { form_of?: number[] } = {}): Lattice => {
  const forms = Math.max(...form_of) + 1
  const columns = columnsOf({ form_of, forms })
  const table = (kinds: (row: number, kind: number) => number) => {
    const cells = new Float64Array((cases.length + 1) * columns)
    cases.forEach((ofRow, row) => {
      ofRow.forEach((_, kind) => {
        for (const line of [row, cases.length])
          for (const column of [kind, form_of.length + form_of[kind]!, columns - 1]) cells[line * columns + column]! += kinds(row, kind)
      })
    })
    return cells
  }
  const n = table((row, kind) => cases[row]![kind]!)
  return {
    rows: cases.length,
    form_of,
    forms,
    cases: n,
    value: n,
    upper: n.map(() => Infinity),
    wholes: 0,
    hidden_wholes: new Uint8Array(n.length),
    along: new Uint8Array(n.length).fill(3),
  }
}
