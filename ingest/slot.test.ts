import { expect, test } from 'vitest'
import type { Progress } from './progress.ts'
import { reasonToReconcile, slotName } from './slot.ts'

const progress: Progress = { commit_lsn: 90n, committed_at: 0n, applied_lsn: 100n, system_identifier: '1', timeline: 1, slot_name: 's' }
const server = { system_identifier: '1', timeline: 1, lsn: 100n }
const slot = { confirmed_lsn: 100n, lost: false }

test('the stream goes on when server, slot and warehouse fit together', () => {
  expect(reasonToReconcile(progress, server, slot)).toBeUndefined()
  expect(reasonToReconcile(progress, { ...server, lsn: 500n }, { ...slot, confirmed_lsn: 40n })).toBeUndefined()
})

test.each([
  ['first load', undefined, server, undefined],
  ['another server', progress, { ...server, system_identifier: '2' }, slot],
  ['the server was restored or replaced', progress, { ...server, timeline: 2 }, slot],
  ['the server was set back', progress, { ...server, lsn: 99n }, slot],
  ['the slot was lost', progress, server, undefined],
  ['the slot was lost', progress, server, { ...slot, lost: true }],
  ['the slot is ahead of the warehouse', progress, server, { ...slot, confirmed_lsn: 101n }],
])('%s is a reason to reconcile', (reason, before, server, slot) => {
  expect(reasonToReconcile(before, server, slot)).toBe(reason)
})

test('each warehouse has a slot of its own, the same again each time', () => {
  expect(slotName('host', '/a', 'sojus')).toBe(slotName('host', '/a', 'sojus'))
  const names = [
    slotName('host', '/a', 'sojus'),
    slotName('other', '/a', 'sojus'),
    slotName('host', '/b', 'sojus'),
    slotName('host', '/a', 'other'),
  ]
  expect(new Set(names).size).toBe(4)
  for (const name of names) expect(name).toMatch(/^[a-z0-9_]{1,50}$/)
})
