import { expect, test } from 'vitest'
import { columnsKey } from './history-schema.ts'
import { Inbox, RelationChanged } from './inbox.ts'
import { begin, commit, insert, newYear, relation } from './message.fixture.ts'
import type { Progress, Reconciliation } from './progress.ts'

const progress: Progress = { commit_lsn: 90n, committed_at: 0n, applied_lsn: 100n, system_identifier: '1', timeline: 1, slot_name: 's' }
const reconciled = (table_name: string, columns: string[], commit_lsn = 50n, committed_at = 0n): [string, Reconciliation] => [
  table_name,
  { table_name, columns: columnsKey(columns.map((name) => ({ name, type_id: 25, type_modifier: -1 }))), commit_lsn, committed_at },
]

const opened = (...tables: [string, Reconciliation][]) => {
  const flow = { paused: false, together: false }
  const inbox = new Inbox(progress, new Map(tables.length > 0 ? tables : [reconciled('a', ['x']), reconciled('b', ['y', 'z'])]), {
    pause: () => (flow.paused = true),
    resume: () => (flow.paused = false),
    readTogether: (together) => (flow.together = together),
  })
  inbox.message(relation(1, 'a', ['x']))
  inbox.message(relation(2, 'b', ['y', 'z']))
  return { inbox, flow }
}
const send = (inbox: Inbox, ...messages: Buffer[]): void => messages.forEach((message) => inbox.message(message))
const transaction = (lsn: bigint, ...rows: Buffer[]): Buffer[] => [begin(lsn), ...rows, commit(lsn, lsn + 8n)]
const large = 'x'.repeat(1024 * 1024)
const megabytes = (count: number): Buffer[] => Array.from({ length: count }, () => insert(1, [large]))
const isReady = (promise: Promise<void>): Promise<boolean> =>
  Promise.race([promise.then(() => true), new Promise<boolean>((resolve) => setTimeout(() => resolve(false), 20))])

test('only whole transactions are handed out, in order', async () => {
  const { inbox } = opened()
  send(inbox, ...transaction(100n, insert(1, ['1']), insert(2, ['2', '3'])), begin(108n), insert(1, ['4']))
  await inbox.ready()
  const first = inbox.take()
  expect(first).toMatchObject({ commit: { commit_lsn: 100n, committed_at: newYear.unix }, applied_lsn: 108n, open: false })
  expect(first.tables.map(({ name, columns, rows }) => ({ name, columns, rows }))).toEqual([
    { name: 'a', columns: ['x'], rows: 1 },
    { name: 'b', columns: ['y', 'z'], rows: 1 },
  ])
  expect(await isReady(inbox.ready())).toBe(false)
  send(inbox, commit(108n, 120n))
  await inbox.ready()
  expect(inbox.take()).toMatchObject({ applied_lsn: 120n, tables: [{ name: 'a', rows: 1 }] })
})

test('whether only a few rows wait, of whole transactions and of tables that may, is told before they are taken', () => {
  const { inbox } = opened()
  const holdsFew = () => inbox.holdsFew(2, (table) => table !== 'b')
  const seen = [holdsFew()]
  for (const messages of [[begin(100n), insert(1, ['1'])], [commit(100n, 108n)], transaction(108n, insert(1, ['2']), insert(1, ['3']))]) {
    send(inbox, ...messages)
    seen.push(holdsFew())
  }
  inbox.take()
  send(inbox, ...transaction(116n, insert(1, ['4'])))
  seen.push(holdsFew())
  send(inbox, ...transaction(124n, insert(2, ['5', '6'])))
  seen.push(holdsFew())
  expect(seen).toEqual([false, false, true, false, true, false])
})

test('what the warehouse has already is skipped, by transaction and by table', () => {
  const { inbox } = opened(reconciled('a', ['x']), reconciled('b', ['y', 'z'], 110n))
  send(
    inbox,
    ...transaction(99n, insert(1, ['1'])),
    ...transaction(100n, insert(1, ['2']), insert(2, ['3', '4'])),
    ...transaction(110n, insert(2, ['5', '6'])),
  )
  expect(inbox.take().tables.map(({ name, rows }) => [name, rows])).toEqual([
    ['a', 1],
    ['b', 1],
  ])
})

test('commit times never run back, neither behind the last one nor behind a snapshot', () => {
  const { inbox } = opened(reconciled('a', ['x'], 130n, newYear.unix + 500n), reconciled('b', ['y', 'z']))
  const committedAt = (lsn: bigint, time: bigint): bigint => {
    send(inbox, begin(lsn, newYear.postgres + time), insert(2, ['1', '2']), commit(lsn, lsn + 1n))
    return inbox.take().commit!.committed_at - newYear.unix
  }
  expect([committedAt(100n, 20n), committedAt(110n, 10n), committedAt(120n, 30n), committedAt(130n, 40n), committedAt(140n, 900n)]).toEqual(
    [20n, 20n, 30n, 500n, 900n],
  )
})

test('a heartbeat moves the position when nothing is pending, and not inside a transaction', async () => {
  const { inbox } = opened()
  inbox.heartbeat(150n)
  await inbox.ready()
  expect(inbox.holdsRows).toBe(false)
  expect(inbox.take()).toMatchObject({ applied_lsn: 150n, tables: [], commit: undefined })
  send(inbox, begin(160n), insert(1, ['1']))
  inbox.heartbeat(159n)
  expect(await isReady(inbox.ready())).toBe(false)
  inbox.heartbeat(140n)
  send(inbox, commit(160n, 170n))
  inbox.heartbeat(180n)
  expect(inbox.take()).toMatchObject({ applied_lsn: 180n, commit: { commit_lsn: 160n } })
})

test('a transaction larger than a parcel is handed out in parts of one write, and the stream waits meanwhile', async () => {
  const { inbox, flow } = opened()
  send(inbox, begin(100n), ...megabytes(97))
  expect(flow).toEqual({ paused: true, together: true })
  await inbox.ready()
  const first = inbox.take()
  expect(first).toMatchObject({ open: true, commit: undefined, applied_lsn: 100n })
  expect(first.tables[0]!.rows).toBe(97)
  expect(flow).toEqual({ paused: false, together: false })
  send(inbox, ...megabytes(3))
  expect(await isReady(inbox.rest())).toBe(false)
  send(inbox, commit(100n, 200n))
  await inbox.rest()
  expect(inbox.take()).toMatchObject({ open: false, commit: { commit_lsn: 100n }, applied_lsn: 200n, tables: [{ rows: 3 }] })
})

test('many small transactions make parcels, not one endless write', async () => {
  const { inbox } = opened()
  for (let lsn = 100n; lsn < 200n; lsn += 10n) send(inbox, ...transaction(lsn, ...megabytes(1)))
  send(inbox, begin(200n), insert(1, ['1']))
  await inbox.ready()
  expect(inbox.take()).toMatchObject({ open: false, commit: { commit_lsn: 190n }, tables: [{ rows: 10 }] })
})

test('changed columns end the stream before anything of them is taken, and what follows is ignored', async () => {
  const { inbox } = opened()
  send(inbox, ...transaction(100n, insert(1, ['1'])), begin(110n), insert(1, ['2']), relation(1, 'a', ['x', 'new']))
  expect(() => inbox.message(insert(1, ['3', '4']))).toThrow(RelationChanged)
  send(inbox, commit(110n, 120n))
  inbox.heartbeat(130n)
  await expect(inbox.ready()).rejects.toThrow(RelationChanged)
  expect(inbox.take()).toMatchObject({ applied_lsn: 108n, tables: [{ name: 'a', rows: 1 }] })
})

test('changed columns are no concern in what the snapshot covers', () => {
  const { inbox } = opened(reconciled('a', ['x', 'new'], 120n), reconciled('b', ['y', 'z']))
  send(inbox, ...transaction(110n, insert(1, ['1'])), relation(1, 'a', ['x', 'new']), ...transaction(120n, insert(1, ['1', '2'])))
  expect(inbox.take().tables).toMatchObject([{ name: 'a', rows: 1, columns: ['x', 'new'] }])
})

test('far behind the server, transactions are gathered; near it they are handed out at once', async () => {
  const { inbox } = opened()
  send(inbox, ...transaction(100n, insert(1, ['1'])))
  inbox.serverReached(1_000_000_000n)
  const waiting = inbox.ready()
  expect(await isReady(waiting)).toBe(false)
  send(inbox, ...transaction(999_000_000n, insert(1, ['2'])))
  await waiting
  expect(inbox.take()).toMatchObject({ applied_lsn: 999_000_008n, tables: [{ name: 'a', rows: 2 }] })
  send(inbox, ...transaction(999_100_000n, insert(1, ['3'])))
  expect(await isReady(inbox.ready())).toBe(true)
})

test('whoever waits hears of a failure', async () => {
  const { inbox } = opened()
  const waiting = inbox.ready()
  inbox.fail(new Error('gone'))
  await expect(waiting).rejects.toThrow('gone')
  await expect(inbox.rest()).rejects.toThrow('gone')
})
