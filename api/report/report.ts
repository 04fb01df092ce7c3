import type { Format } from './format.ts'

/** A number as it is stored, or the sign or text that stands in its place. */
export type ReportCell = string | { value: number; format: Format; uncertain?: boolean }
export type Term = { term: string; text: string }
/** `names`: what the row is called, one text per head of `stub`. */
export type ReportRow = { names: string[]; cells: ReportCell[]; total?: boolean }
export type ReportTable = {
  /** Also the name of its sheet. */
  name: string
  caption: string
  /** Sentences between the caption and the table. */
  notes?: string[]
  stub: string[]
  heads: { text: string; period: string }[]
  /** As many columns stay side by side on a page. */
  together?: number
  rows: ReportRow[]
}
export type Curve = { name: string; months: string[]; values: (number | null)[]; format: Format }

/** What the reader looked at beside the table. */
export type Drawing = {
  /** Which of the drawings it is: "Rangfolge". */
  kind: string
  title: string
  subtitle: string
  /** What it says, and what it cannot show. */
  notes: string[]
  source: string
  /** Its values, where no other table of the report holds them. */
  table: ReportTable | null
  /** In pixels. */
  draw: (width: number) => Promise<SVGSVGElement>
}
/** `missing`: why there is nothing to draw. */
export type Undrawn = Pick<Drawing, 'kind'> & { missing: string }

/** An answer in words and tables, before it becomes a workbook or a PDF. */
export type Report = {
  title: string
  /** The title under which its moment was published. */
  published_as?: string | undefined
  area: string
  period: string
  /** What the values say, in a sentence or two. */
  finding: string
  data_as_of: string
  /** Who may read it; nothing personal. */
  readers: string
  address: string
  table: ReportTable
  drawing: Drawing | Undrawn | null
  /** Values over time, drawn side by side, and the table of what is drawn. */
  curves: { title: string; panels: Curve[]; table: ReportTable | null } | null
  /** What has changed since the past moment it is of. */
  later: ReportTable | null
  /** Further sheets of the workbook. */
  sheets: ReportTable[]
  definition: Term[]
  signs: Term[]
}

/** Where the view is found again; without a moment in it, an address tells other numbers later. */
export const addressTerms = (address: string): Term[] => [
  { term: 'Adresse dieser Ansicht', text: address },
  ...(/[?&]as_of=/.test(address)
    ? []
    : [{ term: 'Unter dieser Adresse', text: 'steht immer der neueste Stand. Für feste Zahlen: „Stand festhalten“ neben der Ansicht.' }]),
]

export const signs: Term[] = [
  { term: '.', text: 'geheim: 1 oder 2 Fälle, oder Schutz solcher Zellen' },
  { term: '–', text: 'nichts vorhanden' },
  { term: 'x', text: 'nicht sinnvoll' },
  { term: '…', text: 'Angabe folgt später' },
]
export const uncertainSign = (cases: string): Term => ({ term: '( )', text: `unsicher: weniger als 20 ${cases}` })
/** Fewer cases than this make a change, a ratio or a duration uncertain. */
export const fewCases = 20
