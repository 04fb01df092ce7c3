/**
 * What PostgreSQL tells of a commit, in the words of pgoutput (protocol version 1):
 *
 *   begin · (relation) · row · row · … · commit
 *
 * A transaction arrives whole and once it is committed, in commit order. `relation` describes a table before its first row and
 * after every change of its columns. A row carries its old version, its new version or both: insert has no old, delete no new one
 * (published tables have REPLICA IDENTITY FULL). Each version becomes one signed row of the warehouse: the old one with sign −1,
 * the new one with sign +1 (signed-rows.ts); apply.ts stores them with the progress, ingest.ts keeps it all running.
 *
 * https://www.postgresql.org/docs/18/protocol-logicalrep-message-formats.html
 */
export type Change =
  | { kind: 'begin'; commit_lsn: bigint; committed_at: bigint }
  | { kind: 'commit'; commit_lsn: bigint; end_lsn: bigint }
  | { kind: 'relation'; relation: Relation }
  | Row
  | { kind: 'nothing' }

/** `old` and `new` are the offsets in `message` at which the tuples begin; values stay the text that PostgreSQL wrote. */
export type Row = { kind: 'row'; relation_id: number; message: Buffer; old: number | undefined; new: number | undefined }

export type Relation = { id: number; schema: string; name: string; columns: RelationColumn[] }
export type RelationColumn = { name: string; type_id: number; type_modifier: number }

const code = (letter: string): number => letter.charCodeAt(0)
const [BEGIN, COMMIT, RELATION, INSERT, UPDATE, DELETE, TRUNCATE] = [...'BCRIUDT'].map(code)
const OLD = code('O')

/** Kinds of values in a tuple. */
export const NULL = code('n')
export const UNCHANGED = code('u')
export const TEXT = code('t')

const nothing: Change = { kind: 'nothing' }

/**
 * Decodes one message; the buffer is the connection's and valid only until the next one.
 * @throws where rows cannot be told: a table without REPLICA IDENTITY FULL, or TRUNCATE
 */
export const decodeChange = (message: Buffer): Change => {
  switch (message[0]) {
    case INSERT:
      return { kind: 'row', relation_id: message.readUInt32BE(1), message, old: undefined, new: 6 }
    case UPDATE:
      return decodeUpdate(message)
    case DELETE:
      if (message[5] !== OLD) throw keyOnly()
      return { kind: 'row', relation_id: message.readUInt32BE(1), message, old: 6, new: undefined }
    case BEGIN:
      return { kind: 'begin', commit_lsn: message.readBigUInt64BE(1), committed_at: unixMicroseconds(message, 9) }
    case COMMIT:
      return { kind: 'commit', commit_lsn: message.readBigUInt64BE(2), end_lsn: message.readBigUInt64BE(10) }
    case RELATION:
      return { kind: 'relation', relation: decodeRelation(message) }
    case TRUNCATE:
      throw new Error('a published table was truncated: truncate sends no rows')
    default:
      return nothing
  }
}

const decodeUpdate = (message: Buffer): Row => {
  if (message[5] !== OLD) throw keyOnly()
  return { kind: 'row', relation_id: message.readUInt32BE(1), message, old: 6, new: endOfTuple(message, 6) + 1 }
}

const keyOnly = (): Error => new Error('a published table does not send its old rows: alter table … replica identity full')

/** Where the values of a tuple end. */
export const endOfTuple = (message: Buffer, start: number): number => {
  const columns = message.readUInt16BE(start)
  let offset = start + 2
  for (let column = 0; column < columns; column += 1) offset = endOfValue(message, offset)
  return offset
}

/** Where the value that begins at `offset` ends. */
export const endOfValue = (message: Buffer, offset: number): number =>
  message[offset] === TEXT ? offset + 5 + message.readUInt32BE(offset + 1) : offset + 1

const postgresEpoch = 946_684_800_000_000n

/** PostgreSQL counts microseconds from 2000-01-01, everybody else from 1970-01-01. */
export const unixMicroseconds = (message: Buffer, offset: number): bigint => message.readBigInt64BE(offset) + postgresEpoch

const decodeRelation = (message: Buffer): Relation => {
  let offset = 5
  const text = (): string => {
    const end = message.indexOf(0, offset)
    const value = message.toString('utf8', offset, end)
    offset = end + 1
    return value
  }
  const schema = text()
  const name = text()
  const columns = message.readUInt16BE(offset + 1)
  offset += 3
  const relation: Relation = { id: message.readUInt32BE(1), schema, name, columns: [] }
  for (let column = 0; column < columns; column += 1) {
    offset += 1
    const columnName = text()
    relation.columns.push({ name: columnName, type_id: message.readUInt32BE(offset), type_modifier: message.readInt32BE(offset + 4) })
    offset += 8
  }
  return relation
}
