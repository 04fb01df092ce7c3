import { endOfValue, NULL, TEXT, UNCHANGED, type Row } from './change.ts'

/**
 * Signed rows of one table as text, the form in which they go to DuckDB in one piece (apply.ts casts them there):
 * values separated by `\0,`, rows ended by `\0;`, NULL as `\0N`. No text of PostgreSQL contains the character 0, so nothing needs escaping.
 */
export const SEPARATOR = '\0,'
export const ROW_END = '\0;'
export const NULL_TEXT = '\0N'

const [ZERO, COMMA, SEMICOLON, N] = [...'\0,;N'].map((letter) => letter.charCodeAt(0)) as [number, number, number, number]

/** What a commit's rows begin with: sign, commit LSN and commit time in microseconds. */
export type RowHeads = { minus: Buffer; plus: Buffer }
export const rowHeads = (commitLsn: bigint, committedAt: bigint): RowHeads => {
  const rest = `${SEPARATOR}${commitLsn}${SEPARATOR}${committedAt}`
  return { minus: Buffer.from(`-1${rest}`), plus: Buffer.from(`1${rest}`) }
}

/** The different values of a column whose texts are ASCII. */
export const distinctTexts = (bytes: Buffer, column: number): string[] => {
  const rows = bytes.toString('latin1').split(ROW_END).slice(0, -1)
  return [...new Set(rows.map((row) => row.split(SEPARATOR)[3 + column]!))]
}

export class SignedRows {
  #bytes = Buffer.allocUnsafe(16 * 1024)
  #length = 0
  #rows = 0
  #marked = { length: 0, rows: 0 }

  get length(): number {
    return this.#length
  }

  get rows(): number {
    return this.#rows
  }

  /** Rows that `take` would give. */
  get marked(): number {
    return this.#marked.rows
  }

  /** The old version with sign −1, the new one with sign +1. */
  append({ message, old, new: fresh }: Row, heads: RowHeads): void {
    if (old !== undefined) this.#appendTuple(heads.minus, message, old, old)
    if (fresh !== undefined) this.#appendTuple(heads.plus, message, fresh, old)
  }

  /** Everything so far belongs to whole transactions. */
  mark(): void {
    this.#marked = { length: this.#length, rows: this.#rows }
  }

  /** Gives the rows up to the last mark away and keeps what came after; undefined when there are none. */
  take(): { bytes: Buffer; rows: number } | undefined {
    const { length, rows } = this.#marked
    if (rows === 0) return undefined
    const taken = { bytes: this.#bytes.subarray(0, length), rows }
    const rest = this.#bytes.subarray(length, this.#length)
    this.#bytes = Buffer.allocUnsafe(Math.max(16 * 1024, rest.length * 2))
    this.#length = rest.copy(this.#bytes)
    this.#rows -= rows
    this.#marked = { length: 0, rows: 0 }
    return taken
  }

  #appendTuple(head: Buffer, message: Buffer, tuple: number, old: number | undefined): void {
    this.#reserve(head.length)
    this.#length += head.copy(this.#bytes, this.#length)
    const columns = message.readUInt16BE(tuple)
    let offset = tuple + 2
    for (let column = 0; column < columns; column += 1) {
      const end = endOfValue(message, offset)
      // a large value that the update left alone is not sent again: the old row has it
      if (message[offset] !== UNCHANGED) this.#appendValue(message, offset, end)
      else this.#appendOldValue(message, old, column)
      offset = end
    }
    this.#reserve(2)
    this.#bytes[this.#length] = ZERO
    this.#bytes[this.#length + 1] = SEMICOLON
    this.#length += 2
    this.#rows += 1
  }

  #appendOldValue(message: Buffer, old: number | undefined, column: number): void {
    if (old === undefined) throw new Error('an unchanged value came without its old row')
    let offset = old + 2
    for (let before = 0; before < column; before += 1) offset = endOfValue(message, offset)
    this.#appendValue(message, offset, endOfValue(message, offset))
  }

  #appendValue(message: Buffer, offset: number, end: number): void {
    const kind = message[offset]
    if (kind !== TEXT && kind !== NULL) throw new Error(`a value came in the unknown form ${kind}`)
    this.#reserve(end - offset + 4)
    const bytes = this.#bytes
    let at = this.#length
    bytes[at] = ZERO
    bytes[at + 1] = COMMA
    at += 2
    if (kind === NULL) {
      bytes[at] = ZERO
      bytes[at + 1] = N
      this.#length = at + 2
      return
    }
    const start = offset + 5
    // a call of copy costs more than a short loop
    if (end - start > 40) message.copy(bytes, at, start, end)
    else for (let from = start, to = at; from < end; from += 1, to += 1) bytes[to] = message[from]!
    this.#length = at + end - start
  }

  #reserve(bytes: number): void {
    if (this.#length + bytes <= this.#bytes.length) return
    const larger = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#length + bytes))
    this.#bytes.copy(larger, 0, 0, this.#length)
    this.#bytes = larger
  }
}
