// Messages of pgoutput as PostgreSQL writes them.

const bytes = (...parts: (Buffer | string)[]): Buffer =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part)))
const int16 = (value: number): Buffer => {
  const buffer = Buffer.alloc(2)
  buffer.writeInt16BE(value)
  return buffer
}
const int32 = (value: number): Buffer => {
  const buffer = Buffer.alloc(4)
  buffer.writeInt32BE(value)
  return buffer
}
const int64 = (value: bigint): Buffer => {
  const buffer = Buffer.alloc(8)
  buffer.writeBigInt64BE(value)
  return buffer
}

export const unchanged = Symbol('unchanged')
export type Value = string | null | typeof unchanged

const tuple = (values: Value[]): Buffer =>
  bytes(
    int16(values.length),
    ...values.map((value) => {
      if (value === null) return 'n'
      if (typeof value === 'symbol') return 'u'
      return bytes('t', int32(Buffer.byteLength(value)), value)
    }),
  )

/** 2026-01-01 00:00:00 UTC in PostgreSQL's and in Unix microseconds. */
export const newYear = { postgres: 820_540_800_000_000n, unix: 1_767_225_600_000_000n }

export const begin = (lsn: bigint, time = newYear.postgres): Buffer => bytes('B', int64(lsn), int64(time), int32(700))
export const commit = (lsn: bigint, end: bigint, time = newYear.postgres): Buffer =>
  bytes('C', Buffer.of(0), int64(lsn), int64(end), int64(time))
export const relation = (id: number, name: string, columns: string[], identity = 'f'): Buffer =>
  bytes(
    'R',
    int32(id),
    'public\0',
    name,
    '\0',
    identity,
    int16(columns.length),
    ...columns.map((column) => bytes(Buffer.of(1), column, '\0', int32(25), int32(-1))),
  )
export const insert = (id: number, row: Value[]): Buffer => bytes('I', int32(id), 'N', tuple(row))
export const update = (id: number, old: Value[], row: Value[]): Buffer => bytes('U', int32(id), 'O', tuple(old), 'N', tuple(row))
export const remove = (id: number, old: Value[]): Buffer => bytes('D', int32(id), 'O', tuple(old))
export const updateByKey = (id: number, row: Value[]): Buffer => bytes('U', int32(id), 'N', tuple(row))
export const removeByKey = (id: number, key: Value[]): Buffer => bytes('D', int32(id), 'K', tuple(key))
export const truncate = (id: number): Buffer => bytes('T', int32(1), Buffer.of(0), int32(id))
