import { expect, test } from 'vitest'
import { Freshness } from './freshness.ts'

const minute = (count: number): bigint => BigInt(count) * 60_000_000n

test('data time is that of the last applied commit, or of the last position reached', () => {
  const freshness = new Freshness()
  freshness.restart(100n, minute(1))
  expect(freshness.asOf).toBe('1970-01-01T00:01:00.000Z')
  freshness.applied(110n, minute(2))
  expect(freshness.asOf).toBe('1970-01-01T00:02:00.000Z')
  freshness.probe({ lsn: 120n, at: minute(5), asked: 1000 })
  expect(freshness.asOf).toBe('1970-01-01T00:02:00.000Z')
  freshness.applied(120n)
  expect(freshness.asOf).toBe('1970-01-01T00:05:00.000Z')
})

test('the lag counts from the oldest question that is not answered', () => {
  const freshness = new Freshness()
  freshness.restart(100n, 0n)
  freshness.probe({ lsn: 100n, at: 1n, asked: 1000 })
  expect(freshness.lagMs(1500)).toBe(0)
  freshness.probe({ lsn: 110n, at: 2n, asked: 2000 })
  freshness.probe({ lsn: 120n, at: 3n, asked: 3000 })
  expect(freshness.lagMs(3500)).toBe(1500)
  freshness.applied(110n, 2n)
  expect(freshness.lagMs(3500)).toBe(500)
  freshness.applied(120n, 3n)
  expect(freshness.lagMs(3500)).toBe(0)
})

test('however long nothing is applied, memory stays small and the oldest question stays', () => {
  const freshness = new Freshness()
  freshness.restart(0n, 0n)
  for (let second = 1; second <= 5000; second += 1) freshness.probe({ lsn: BigInt(second), at: BigInt(second), asked: second * 1000 })
  expect(freshness.lagMs(5_000_000)).toBe(4_999_000)
  freshness.applied(5000n)
  expect(freshness.lagMs(5_000_000)).toBe(0)
})
