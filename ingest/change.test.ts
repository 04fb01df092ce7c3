import { expect, test } from 'vitest'
import { decodeChange, type Row } from './change.ts'
import {
  begin,
  commit,
  insert,
  newYear,
  relation,
  remove,
  removeByKey,
  truncate,
  unchanged,
  update,
  updateByKey,
  type Value,
} from './message.fixture.ts'
import { distinctTexts, NULL_TEXT, ROW_END, rowHeads, SEPARATOR, SignedRows } from './signed-rows.ts'

const heads = rowHeads(5n, 7n)
const rowsOf = (...messages: Buffer[]): Value[][] => {
  const rows = new SignedRows()
  for (const message of messages) rows.append(decodeChange(message) as Row, heads)
  rows.mark()
  const { bytes } = rows.take()!
  return bytes
    .toString()
    .split(ROW_END)
    .slice(0, -1)
    .map((line) => line.split(SEPARATOR).map((value) => (value === NULL_TEXT ? null : value)))
}

test('a transaction begins and ends with its position and time', () => {
  expect(decodeChange(begin(0x1_0000_0002n))).toEqual({ kind: 'begin', commit_lsn: 0x1_0000_0002n, committed_at: newYear.unix })
  expect(decodeChange(commit(10n, 20n))).toEqual({ kind: 'commit', commit_lsn: 10n, end_lsn: 20n })
})

test('a relation names its columns in order', () => {
  expect(decodeChange(relation(9, 'provider', ['id', 'näme']))).toEqual({
    kind: 'relation',
    relation: {
      id: 9,
      schema: 'public',
      name: 'provider',
      columns: [
        { name: 'id', type_id: 25, type_modifier: -1 },
        { name: 'näme', type_id: 25, type_modifier: -1 },
      ],
    },
  })
})

test('an insert is a new row, a delete an old one, an update both, each with commit position and time', () => {
  expect(rowsOf(insert(9, ['a', null]), update(9, ['a', null], ['b', '']), remove(9, ['b', '']))).toEqual([
    ['1', '5', '7', 'a', null],
    ['-1', '5', '7', 'a', null],
    ['1', '5', '7', 'b', ''],
    ['-1', '5', '7', 'b', ''],
  ])
})

test('a large value that was not sent again is taken from the old row', () => {
  const large = 'x'.repeat(100_000)
  expect(rowsOf(update(9, ['a', null, large, 'z'], ['b', null, unchanged, 'y']))).toEqual([
    ['-1', '5', '7', 'a', null, large, 'z'],
    ['1', '5', '7', 'b', null, large, 'y'],
  ])
})

test('every text survives, whatever it is', () => {
  const texts = ['', ' ', '\\N', 'N', ',', ';', '\n\r\t\x01\x1f', 'ä€😀', '{a,"b"}', 'x'.repeat(41), 'y'.repeat(70_000)]
  expect(rowsOf(insert(9, texts))).toEqual([['1', '5', '7', ...texts]])
})

test('the different values of a column are told, whatever stands beside it', () => {
  const rows = new SignedRows()
  for (const values of [
    ['ä;,', 'one'],
    [null, 'two'],
    ['', 'one'],
  ])
    rows.append(decodeChange(insert(9, values)) as Row, heads)
  rows.mark()
  expect(distinctTexts(rows.take()!.bytes, 1)).toEqual(['one', 'two'])
})

test('rows are taken to the last mark, the rest stays', () => {
  const rows = new SignedRows()
  const add = (text: string) => rows.append(decodeChange(insert(9, [text])) as Row, heads)
  expect(rows.take()).toBeUndefined()
  add('first')
  rows.mark()
  add('second')
  expect(rows.take()).toMatchObject({ rows: 1 })
  expect(rows.rows).toBe(1)
  expect(rows.take()).toBeUndefined()
  rows.mark()
  expect(rows.take()!.bytes.toString()).toContain('second')
  expect(rows.length).toBe(0)
})

test('what cannot be told by its rows is refused', () => {
  for (const message of [updateByKey(9, ['a']), removeByKey(9, ['a'])]) expect(() => decodeChange(message)).toThrow('replica identity full')
  expect(() => decodeChange(truncate(9))).toThrow('truncated')
})

test('messages of no concern say nothing', () => {
  for (const letter of ['O', 'Y', 'M']) expect(decodeChange(Buffer.from(`${letter}....`))).toEqual({ kind: 'nothing' })
})
