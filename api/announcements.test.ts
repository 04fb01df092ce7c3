import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { announce, streamOf } from './announcements.ts'
import type { FiguresEvent } from './answers.ts'

const start = () => {
  let apply: (event: { tables: string[]; data_lsn: string; data_as_of: string }) => void = () => undefined
  let told = 0
  const ingest = { onApplied: (listener: typeof apply) => ((apply = listener), () => undefined) }
  const lineage = () => [
    { mart: 'search', table: 'search', measures: ['searches', 'fruitless'] },
    { mart: 'payment', table: 'payment_line', measures: ['paid'] },
  ]
  const announcements = announce(ingest, { lineage })
  announcements.hear(() => (told += 1))
  const commit = (position: number, table: string) =>
    apply({ tables: [table], data_lsn: `0/${position}`, data_as_of: new Date(position).toISOString() })
  const open = (mayHear = async () => true, everyMs = 60_000) => {
    const reader = streamOf(announcements, { mayHear, everyMs }).getReader()
    const next = async () => {
      const { value, done } = await reader.read()
      if (done) return undefined
      const text = new TextDecoder().decode(value)
      return text.startsWith('event') ? (JSON.parse(text.split('data: ')[1]!) as FiguresEvent).data_lsn : text.trim()
    }
    return { next, leave: () => reader.cancel() }
  }
  return { commit, open, told: () => told }
}

test('the first commit is told at once, those of the next tenth of a second as one event', async () => {
  const { commit, open, told } = start()
  const { next, leave } = open()
  expect(await next()).toBe(': open')
  for (let position = 1; position <= 9; position += 1) commit(position, 'search')
  expect(told()).toBe(1)
  expect([await next(), await next(), told()]).toEqual(['0/1', '0/9', 2])
  await sleep(150)
  commit(10, 'search')
  expect(told()).toBe(3)
  await leave()
})

test('who reads slowly hears all that he missed as one event', async () => {
  const { commit, open, told } = start()
  const { next, leave } = open()
  for (let position = 1; position <= 5; position += 1) {
    commit(position, position % 2 ? 'search' : 'payment_line')
    await sleep(120)
  }
  expect(told()).toBe(5)
  expect([await next(), await next(), await next()]).toEqual([': open', '0/1', '0/5'])
  await leave()
})

test('a reader who may hear no more is left', async () => {
  const { open } = start()
  let may = true
  const { next } = open(async () => may, 20)
  expect([await next(), await next()]).toEqual([': open', ': still here'])
  may = false
  await expect.poll(next).toBeUndefined()
})
