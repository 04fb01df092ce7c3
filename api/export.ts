import { Float64, Table, tableToIPC, Utf8, vectorFromArray, type Vector } from 'apache-arrow'
import { stringify } from 'csv-stringify/sync'
import type { Context } from 'hono'

export type Cell = string | number | null

/** A table to be taken away: columns of equal length. */
export type Columns = Record<string, { type: 'text' | 'number'; values: Cell[] }>

export const arrowMediaType = 'application/vnd.apache.arrow.stream'

/** The form of answer the request asks for; JSON where it does not say. */
export const wantedForm = (c: Context): 'json' | 'arrow' | 'csv' => {
  const accept = c.req.header('Accept') ?? ''
  if (accept.includes(arrowMediaType)) return 'arrow'
  return accept.includes('text/csv') ? 'csv' : 'json'
}

/** As an Arrow IPC stream. */
export const asArrow = (c: Context, columns: Columns) => {
  const vectors = Object.entries(columns).map(([name, { type, values }]): [string, Vector] => [
    name,
    type === 'text' ? vectorFromArray(values, new Utf8()) : vectorFromArray(values, new Float64()),
  ])
  const body = tableToIPC(new Table(Object.fromEntries(vectors)), 'stream')
  return c.body(body as Uint8Array<ArrayBuffer>, 200, { 'Content-Type': arrowMediaType })
}

/** As CSV the way German spreadsheets open it: semicolons, decimal commas, byte order mark; formulas disarmed. */
export const asCsv = (c: Context, columns: Columns, fileName: string) => {
  const names = Object.keys(columns)
  const length = columns[names[0]!]?.values.length ?? 0
  const records = Array.from({ length }, (_, row) => names.map((name) => columns[name]!.values[row] ?? null))
  const text = stringify([names, ...records], {
    delimiter: ';',
    bom: true,
    record_delimiter: '\r\n',
    escape_formulas: true,
    cast: { number: (value) => ({ value: String(value).replace('.', ','), escape_formulas: false }) },
  })
  return c.body(text, 200, { 'Content-Type': 'text/csv; charset=utf-8', 'Content-Disposition': `attachment; filename="${fileName}"` })
}
