import { expect, test } from 'vitest'
import { formatLsn, parseLsn } from './lsn.ts'

test('a log position is read, compared and written again', () => {
  for (const text of ['0/0', '0/1A2B3C', '1/0', 'FFFFFFFF/FFFFFFFF']) expect(formatLsn(parseLsn(text))).toBe(text)
  expect(parseLsn('1/0') > parseLsn('0/FFFFFFFF')).toBe(true)
})

test('anything else is refused', () => {
  for (const text of ['', '0', '0/', '/1', '0/1/2', '0/G', '0/123456789']) expect(() => parseLsn(text)).toThrow('not a log position')
})
