import { parse, CsvError } from 'csv-parse/sync'
import type { Fault } from './fault.ts'

/** German name first, then English; headers are compared without case, umlauts and punctuation. */
export type Columns = Record<string, { names: readonly [german: string, ...others: string[]]; required?: boolean }>
export type Row = { line: number; cells: Record<string, string> }
export type Table = { rows: Row[]; faults: Fault[]; headers: Record<string, string> }

/** UTF-16 where it says so, UTF-8 where it is valid, else Windows-1252, the Latin-1 of office programs. */
export const decode = (bytes: Uint8Array): string => {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return new TextDecoder('windows-1252').decode(bytes)
  }
}

const asCsv = 'Bitte in Excel oder LibreOffice mit „Speichern unter“ als CSV speichern und diese Datei nehmen.'

/** Why a file is no text at all, and what to do about it; undefined: it is one. */
export const noText = (text: string): string | undefined => {
  // a packed file, and the first bytes of old office files as Windows-1252
  if (text.startsWith('PK\u0003\u0004') || text.startsWith('ÐÏ\u0011à')) return `Das ist eine Tabelle als Excel-Datei, kein CSV. ${asCsv}`
  return text.includes('\u0000') ? `Das ist keine Textdatei. ${asCsv}` : undefined
}

const plain = (name: string): string =>
  name
    .trim()
    .toLowerCase()
    .replaceAll('ä', 'ae')
    .replaceAll('ö', 'oe')
    .replaceAll('ü', 'ue')
    .replaceAll('ß', 'ss')
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_|_$/g, '')

const delimiterOf = (text: string): string => {
  const header = text.slice(0, text.search(/[\r\n]|$/))
  return [';', ',', '\t'].reduce((best, one) => (header.split(one).length > header.split(best).length ? one : best), ';')
}

export type Record_ = { record: string[]; info: { lines: number } }

const readHeader = (names: string[], columns: Columns): { fields: (string | null)[]; faults: Fault[] } => {
  const faults: Fault[] = []
  const fault = (column: string, reason: string) => void faults.push({ line: 1, column, reason })
  const fields = names.map((name) => Object.keys(columns).find((field) => columns[field]!.names.includes(plain(name))) ?? null)
  for (const [index, field] of fields.entries()) {
    if (field === null)
      fault(
        names[index]!,
        `Diese Spalte gibt es hier nicht. Bekannt: ${Object.values(columns)
          .map((column) => column.names[0])
          .join(', ')}.`,
      )
    else if (fields.indexOf(field) < index) fault(names[index]!, 'Die Spalte steht zweimal da.')
  }
  for (const [field, { names, required }] of Object.entries(columns))
    if (required && !fields.includes(field)) fault(names[0], 'Die Spalte fehlt.')
  return { fields, faults }
}

const records = (text: string): Record_[] =>
  parse(text, {
    delimiter: delimiterOf(text),
    bom: true,
    relax_column_count: true,
    skip_records_with_empty_values: true,
    trim: true,
    info: true,
  }) as unknown as Record_[]

const headersOf = (columns: Columns) => Object.fromEntries(Object.entries(columns).map(([field, { names }]) => [field, names[0]]))

/** Rows by field; `info.lines` of the parser is the line on which a record ends. */
export const tableOf = ([header, ...body]: Record_[], columns: Columns): Table => {
  const headers = headersOf(columns)
  if (!header) return { rows: [], headers, faults: [{ line: 0, column: null, reason: 'Die Datei ist leer.' }] }
  const { fields, faults } = readHeader(header.record, columns)
  if (faults.length > 0) return { rows: [], headers, faults }
  const rows = body.map(({ record, info }): Row => {
    if (record.length > fields.length)
      faults.push({ line: info.lines, column: null, reason: `Die Zeile hat ${record.length} Werte, die Kopfzeile ${fields.length}.` })
    return { line: info.lines, cells: Object.fromEntries(fields.map((field, index) => [field!, record[index] ?? ''])) }
  })
  return { rows, headers, faults }
}

export const readTable = (bytes: Uint8Array, columns: Columns): Table => {
  const headers = headersOf(columns)
  try {
    const text = decode(bytes)
    const reason = noText(text)
    if (reason !== undefined) return { rows: [], headers, faults: [{ line: 0, column: null, reason }] }
    return tableOf(records(text), columns)
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    const line = Number((error as unknown as { lines?: number }).lines ?? 1)
    return { rows: [], headers, faults: [{ line, column: null, reason: 'Die Anführungszeichen gehen nicht auf.' }] }
  }
}
