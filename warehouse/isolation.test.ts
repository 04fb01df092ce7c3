import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { expect, test } from 'vitest'
import { fold } from './compaction.ts'
import { testWarehouse } from './fixture.ts'
import { monthOf } from './month.ts'
import { append, forgetAppends, hideLargeAppends } from './isolation.ts'

/** How many of some hundred readings of a growing table show a part of a transaction, or change within a reading. */
const tornReadings = async (hide: boolean): Promise<number> => {
  const folder = await mkdtemp(join(tmpdir(), 'sojus-isolation-'))
  const instance = await DuckDBInstance.create(join(folder, 'test.duckdb'), { preserve_insertion_order: 'false' })
  const writer = await instance.connect()
  const readers = await Promise.all([instance.connect(), instance.connect()])
  await writer.run('create schema marts')
  await writer.run(`create table marts.fact as select 1 as place, 'fact ' || i as name from range(1000) as rows (i)`)
  const count = async (reader: (typeof readers)[number]) =>
    Number((await reader.runAndReadAll('select count(*) from marts.fact where place = 1')).value(0, 0))
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
    for (let part = 0; part < 4; part += 1) await append(writer, 'marts.fact', `select 1, 'fact ' || i from range(200000) as rows (i)`)
    if (hide) await hideLargeAppends(writer)
    else forgetAppends(writer)
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

/** A warehouse with so many searches of as many cells each month, and what readers see of their sum while something goes on. */
const searched = async (searches: number, cellsOfMonth: number) => {
  const { warehouse, remove } = await testWarehouse()
  await warehouse.write((connection) =>
    connection.run(`insert into history.search by name
      select 1 as sign, 1 as commit_lsn, now() as committed_at, uuid() as id, lpad((10000 + i % 400)::varchar, 5, '0') as youth_authority_id,
        'kind_' || (i // 400) % ${cellsOfMonth / 400} as service_kind, [] as specialisations,
        date '2020-01-01' + ((i // ${cellsOfMonth}) * 30)::integer as searched_on, 1 as offers_matching, 0 as offers_available
      from range(${searches}) as rows (i)`),
  )
  await warehouse.rebuildMarts()
  const sum = () =>
    warehouse.read(async (connection) => {
      const reader = await connection.runAndReadAll(
        `select sum(value)::integer from marts.cell where measure = hash('searches') and service_kind <> hash('all')`,
      )
      return Number(reader.value(0, 0))
    })
  const seenDuring = async (work: () => Promise<unknown>): Promise<number[]> => {
    let ended = false
    const seen = new Set<number>()
    const reading = (async () => {
      while (!ended) seen.add(await sum())
    })()
    for (let round = 0; round < 3; round += 1) await work()
    ended = true
    await reading
    return [...seen]
  }
  return { warehouse, remove, seenDuring }
}

test('a rebuild is never seen in part: readers find the same figures before, during and after it', { timeout: 60_000 }, async () => {
  const { warehouse, remove, seenDuring } = await searched(400_000, 8000)
  expect(await seenDuring(() => warehouse.rebuildMarts())).toEqual([400_000])
  await remove()
})

test('nor is the folding of a large month', { timeout: 60_000 }, async () => {
  const { warehouse, remove, seenDuring } = await searched(200_000, 200_000)
  const folding = () => warehouse.write((connection) => fold(connection, 'cell', monthOf('2020-01')))
  expect(await seenDuring(folding)).toEqual([200_000])
  await remove()
})
