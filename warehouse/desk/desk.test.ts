import { existsSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bookingRow, commit, many, smallDirectory, testWarehouse } from '../fixture.ts'
import type { Warehouse } from '../warehouse.ts'
import { openDesk, type Desk } from './desk.ts'
import { DeskRefusal } from './refusal.ts'
import { deskExamples, deskTables } from './tables.ts'

let warehouse: Warehouse
let remove: () => Promise<void>
let desk: Desk
const pids: number[] = []
const started = (pid: number) => pids.push(pid)

beforeAll(async () => {
  ;({ warehouse, remove } = await testWarehouse())
  await commit(warehouse, ...smallDirectory)
  const foreign = { youth_authority_id: '13003', facility_authority_id: '13075', rate_cents: [77_777] }
  await commit(warehouse, { table: 'booking', added: [...many(3, () => bookingRow()), ...many(7, () => bookingRow(foreign))] })
  desk = openDesk({ warehouse, started })
})
afterAll(() => remove())

const never = new AbortController().signal
const ask = (sql: string, { signal = never, of = desk } = {}) => of.ask({ sql, youth_authority_id: '13075', signal })
const refusal = async (sql: string, options?: Parameters<typeof ask>[1]) => {
  const answer = await ask(sql, options).catch((error: unknown) => error)
  expect(answer).toBeInstanceOf(DeskRefusal)
  const { code, message, position } = answer as DeskRefusal
  return { code, message, position }
}
const isGone = (pid: number) => {
  try {
    process.kill(pid, 0)
    return false
  } catch {
    return true
  }
}

describe('a query', () => {
  test('has columns with their types and rows of plain values', async () => {
    const { columns, rows, cut, ms, data_lsn } = await ask(
      `select measure, month, value, value / 2 as half, sum(value) over () as total from cell
       where measure = 'case_count' and service_kind = 's34' and specialisation = 'all' order by month limit 1`,
    )
    expect(columns).toEqual([
      { name: 'measure', type: 'VARCHAR' },
      { name: 'month', type: 'DATE' },
      { name: 'value', type: 'BIGINT' },
      { name: 'half', type: 'DOUBLE' },
      { name: 'total', type: 'HUGEINT' },
    ])
    expect(rows).toEqual([['case_count', '2026-01-01', 3, 1.5, 18]])
    expect([cut, data_lsn]).toEqual([false, expect.stringMatching(/^0\//)])
    expect(ms).toBeGreaterThan(0)
  })

  test('keeps numbers exact that no double holds, and tells what no JSON number is', async () => {
    const { rows } = await ask(`select 12345678901234567::bigint, 0.1::decimal(4, 2), 'nan'::double, [1, 2], null, true`)
    expect(rows).toEqual([['12345678901234567', 0.1, 'NaN', '[1, 2]', null, true]])
  })

  test('may describe tables, and every example and every table can be asked', async () => {
    expect((await ask('describe cell')).rows.map(([name, type]) => `${String(name)} ${String(type)}`)).toEqual(
      deskTables[0]!.columns.map(({ name, type }) => `${name} ${type}`),
    )
    for (const { sql } of deskExamples) expect((await ask(sql)).columns.length).toBeGreaterThan(1)
    const { rows } = await ask('select table_name, column_name from information_schema.columns order by table_name, ordinal_position')
    const told = deskTables.toSorted((a, b) => a.name.localeCompare(b.name))
    expect(rows).toEqual(told.flatMap(({ name, columns }) => columns.map((column) => [name, column.name])))
  })

  test('is cut at 100,000 rows, and says so', async () => {
    expect(await ask('from range(100000)')).toMatchObject({ cut: false, rows: { length: 100_000 } })
    expect(await ask('from range(100001)')).toMatchObject({ cut: true, rows: { length: 100_000 } })
  })

  test('sees rows of the own authority alone', async () => {
    // the definition of a key figure may name what is left out
    const tables = deskTables.filter(({ name }) => name !== 'key_figure')
    const foreign = `'.*(13003|13004|Rostock|Schwerin|77777|foreign_occupancy).*'`
    const found = tables.map(({ name }) => `select '${name}', count(*) from ${name} t where t::varchar similar to ${foreign}`)
    expect((await ask(found.join(' union all '))).rows).toEqual(tables.map(({ name }) => [name, 0]))
    expect((await ask(`select distinct value from cell where measure = 'case_count'`)).rows).toEqual([[3]])
    expect((await ask(`select ags from youth_authority`)).rows).toEqual([['13075']])
  })
})

describe('refused are', () => {
  test.each([
    ['select 1; select 2', 'several_statements'],
    ['select nichts from cell', 'unknown_name'],
    ['from gibt_es_nicht', 'unknown_name'],
    [`select getenv('HOME')`, 'unknown_name'],
    [`from '/etc/passwd'`, 'unknown_name'],
    [`select read_text('/etc/passwd')`, 'unknown_name'],
    [`from read_csv('/etc/passwd')`, 'function_closed'],
    [`copy cell to '/tmp/cell.csv'`, 'not_reading'],
    [`select 'x'::integer`, 'failed'],
    [`select repeat('x', 10000) from range(100000)`, 'result_too_large'],
    ['select list(i) from range(1000000000000) t(i)', 'memory'],
    ['select count(*) from range(1000000000000) a, range(1000000000000) b', 'memory'],
    [`select repeat('x', 100000000) from range(100)`, 'memory'],
    [`select repeat('x', 1000000000)`, 'memory'],
  ])('%.70s', async (sql, code) => {
    expect((await refusal(sql)).code).toBe(code)
    expect(existsSync('/tmp/cell.csv')).toBe(false)
    await expect.poll(() => pids.every(isGone)).toBe(true)
  })

  test('faults with their place, counted in characters', async () => {
    expect(await refusal(`select 'Größe', nichts from cell`)).toMatchObject({ code: 'unknown_name', position: 16 })
    expect(await refusal('select *\nfrom cell\nwere value > 1')).toMatchObject({ code: 'syntax', position: 24 })
    expect(await refusal(`select 1 from read_csv('x')`)).toMatchObject({ message: 'read_csv', position: 14 })
  })
})

describe('the process of a query', () => {
  const endless = 'with recursive t as (select 1 as n union all select n + 1 from t) select count(*) from t'

  test('is killed when its time is over', async () => {
    const short = openDesk({ warehouse, started, longest: 4000 })
    const before = performance.now()
    expect((await refusal(endless, { of: short })).code).toBe('timeout')
    expect(performance.now() - before).toBeLessThan(8000)
    await expect.poll(() => isGone(pids.at(-1)!)).toBe(true)
  })

  test('is killed when who asked is gone', async () => {
    const leaving = new AbortController()
    const known = pids.length
    const answer = refusal(endless, { signal: leaving.signal })
    await expect.poll(() => pids.length).toBe(known + 1)
    await sleep(2500)
    expect(isGone(pids.at(-1)!)).toBe(false)
    leaving.abort()
    expect((await answer).code).toBe('cancelled')
    await expect.poll(() => isGone(pids.at(-1)!)).toBe(true)
  })

  test.runIf(process.platform === 'linux')('knows nothing of the environment of the product, and no file of the warehouse', async () => {
    process.env.SOJUS_SECRET_OF_TEST = 'geheim'
    const seen: string[] = []
    const look = openDesk({
      warehouse,
      started: (pid) => void setTimeout(() => seen.push(readFileSync(`/proc/${pid}/environ`, 'utf8')), 300),
    })
    await ask('select 1', { of: look })
    delete process.env.SOJUS_SECRET_OF_TEST
    expect(seen).toEqual([''])
  })

  test('is one of two at most; others wait their turn, and are sent away when too many wait', async () => {
    const narrow = openDesk({ warehouse, started, atOnce: 1, mostWaiting: 1, longest: 6000 })
    const leaving = new AbortController()
    const first = refusal(endless, { of: narrow, signal: leaving.signal })
    const second = ask('select 42', { of: narrow })
    expect((await refusal('select 43', { of: narrow })).code).toBe('busy')
    leaving.abort()
    expect((await first).code).toBe('cancelled')
    expect((await second).rows).toEqual([[42]])
    expect((await ask('select 44', { of: narrow })).rows).toEqual([[44]])
  })

  test('who leaves while waiting leaves the queue', async () => {
    const narrow = openDesk({ warehouse, started, atOnce: 1, mostWaiting: 1 })
    const [running, waiting] = [new AbortController(), new AbortController()]
    const first = refusal(endless, { of: narrow, signal: running.signal })
    const second = refusal('select 1', { of: narrow, signal: waiting.signal })
    await sleep(50)
    waiting.abort()
    expect((await second).code).toBe('cancelled')
    const third = ask('select 3', { of: narrow })
    running.abort()
    await first
    expect((await third).rows).toEqual([[3]])
  })
})
