import { setImmediate } from 'node:timers/promises'
import { Field, Float64, RecordBatchStreamWriter, Schema, Table, Utf8, vectorFromArray, type Vector } from 'apache-arrow'
import { stringify } from 'csv-stringify/sync'
import type { Context } from 'hono'
import { accepts } from 'hono/accepts'
import { type Cell, type Columns, partsOf } from './columns.ts'
import { parquetOf } from './parquet.ts'
import type { Report } from './report/report.ts'

/** What an answer is written from; asked for only in the forms that need it. Without a report it is told as a table only. */
export type Sources = { columns: () => Columns; report?: () => Promise<Report> }
type Form = { extension: string; document?: true; write: (sources: Sources) => Promise<Uint8Array | string> }

export const arrowMediaType = 'application/vnd.apache.arrow.stream'
export const parquetMediaType = 'application/vnd.apache.parquet'
export const xlsxMediaType = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'

// the libraries behind documents are loaded with the first one
const forms: Record<string, Form> = {
  [arrowMediaType]: { extension: 'arrows', write: ({ columns }) => arrowOf(columns()) },
  'text/csv': { extension: 'csv', write: ({ columns }) => csvOf(columns()) },
  [parquetMediaType]: { extension: 'parquet', write: ({ columns }) => parquetOf(columns()) },
  [xlsxMediaType]: {
    extension: 'xlsx',
    document: true,
    write: ({ report }) => inTurn(async () => (await import('./report/xlsx.ts')).reportXlsx(await report!())),
  },
  'application/pdf': {
    extension: 'pdf',
    document: true,
    write: ({ report }) => inTurn(async () => (await import('./report/pdf.ts')).reportPdf(await report!())),
  },
}

const described = (types: string[]) => Object.fromEntries(types.map((type) => [type, {}]))
const tableForms = Object.keys(forms).filter((type) => !forms[type]!.document)
/** The media types of the same answer, for the description of a route. */
export const mediaTypes = described(Object.keys(forms))
export const tableMediaTypes = described(tableForms)

/** The answer in the form the request asks for; JSON where it does not say. A file is named `name`, without what was asked. */
export const answerAs = async (c: Context, answer: object, { name, ...sources }: Sources & { name: string }): Promise<Response> => {
  const { report } = sources
  c.header('Vary', 'Accept', { append: true })
  const type = accepts(c, {
    header: 'Accept',
    supports: ['application/json', ...(report ? Object.keys(forms) : tableForms)],
    default: 'application/json',
  })
  const form = forms[type]
  if (!form) {
    const text = JSON.stringify(answer)
    // its length decides whether it is packed (portal.ts)
    return c.body(text, 200, { 'Content-Type': 'application/json', 'Content-Length': String(Buffer.byteLength(text)) })
  }
  const published_as = c.get('published_as') as string | undefined
  const body = await form.write({ ...sources, ...(report && { report: async () => ({ ...(await report()), published_as }) }) })
  return c.body(body as Uint8Array<ArrayBuffer>, 200, {
    'Content-Type': type === 'text/csv' ? 'text/csv; charset=utf-8' : type,
    'Content-Disposition': `attachment; filename="${name}.${form.extension}"`,
  })
}

/** As an Arrow IPC stream. */
const arrowOf = async (columns: Columns): Promise<Uint8Array> => {
  const types = { text: new Utf8(), number: new Float64() }
  const schema = new Schema(Object.entries(columns).map(([name, { type }]) => new Field(name, types[type], true)))
  const writer = new RecordBatchStreamWriter()
  for (const part of partsOf(columns)) {
    const vectors = Object.entries(part).map(([name, { type, values }]): [string, Vector] => [name, vectorFromArray(values, types[type])])
    for (const batch of new Table(schema, Object.fromEntries(vectors)).batches) writer.write(batch)
    await setImmediate()
  }
  writer.finish()
  return writer.toUint8Array()
}

/** As CSV the way German spreadsheets open it: semicolons, decimal commas, byte order mark; formulas disarmed. */
export const csvOf = async (columns: Columns): Promise<string> => {
  const names = Object.keys(columns)
  let text = csvLines([names], { bom: true })
  for (const part of partsOf(columns)) {
    const length = part[names[0]!]?.values.length ?? 0
    text += csvLines(Array.from({ length }, (_, row) => names.map((name) => part[name]!.values[row] ?? null)))
    await setImmediate()
  }
  return text
}

const csvLines = (records: Cell[][], { bom = false } = {}) =>
  stringify(records, {
    delimiter: ';',
    bom,
    record_delimiter: '\r\n',
    escape_formulas: true,
    cast: { number: (value) => ({ value: String(value).replace('.', ','), escape_formulas: false }) },
  })

let lastDocument: Promise<unknown> = Promise.resolve()
/** One document at a time: a long one takes hundreds of megabytes. */
const inTurn = <Made>(make: () => Promise<Made>): Promise<Made> => {
  const turn = lastDocument.then(make)
  lastDocument = turn.catch(() => undefined)
  return turn
}
