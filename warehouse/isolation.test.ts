import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { expect, test } from 'vitest'
import { hideUntilCommit } from './isolation.ts'

/** How many of some hundred readings of a growing table show a part of a transaction, or change within a reading. */
const tornReadings = async (hide: boolean): Promise<number> => {
  const folder = await mkdtemp(join(tmpdir(), 'sojus-isolation-'))
  const instance = await DuckDBInstance.create(join(folder, 'test.duckdb'), { preserve_insertion_order: 'false' })
  const writer = await instance.connect()
  const readers = await Promise.all([instance.connect(), instance.connect()])
  await writer.run(`create table fact as select 1 as id, 'fact ' || i as name from range(1000) as rows (i)`)
  const count = async (reader: (typeof readers)[number]) =>
    Number((await reader.runAndReadAll('select count(*) from fact where id = 1')).value(0, 0))
  let ended = false
  let torn = 0
  const reading = readers.map(async (reader) => {
    while (!ended) {
      await reader.run('begin transaction read only')
      const [first, second] = [await count(reader), await count(reader)]
      await reader.run('commit')
      if ((first - 1000) % 800_000 !== 0 || first !== second) torn += 1
    }
  })
  for (let round = 0; round < 4; round += 1) {
    await writer.run('begin')
    for (let part = 0; part < 4; part += 1) await writer.run(`insert into fact select 1, 'fact ' || i from range(200000) as rows (i)`)
    if (hide) await hideUntilCommit(writer, 'fact', 'id', '0')
    await writer.run('commit')
  }
  ended = true
  await Promise.all(reading)
  for (const connection of [writer, ...readers]) connection.closeSync()
  instance.closeSync()
  await rm(folder, { recursive: true })
  return torn
}

test('a large append that is hidden until its commit is never seen in part', async () => {
  expect(await tornReadings(true)).toBe(0)
})
