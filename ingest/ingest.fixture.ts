import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { pino } from 'pino'
import { openWarehouse, type Warehouse } from '../warehouse/warehouse.ts'
import { publishedTables, quoted, type PublishedTable } from './history-schema.ts'
import { startIngest, type Ingest } from './ingest.ts'
import { parseLsn } from './lsn.ts'
import type { AskRecorded } from './snapshot.ts'

export const silent = pino({ enabled: false })

export const connected = async (url: string): Promise<pg.Client> => {
  const client = new pg.Client({ connectionString: url })
  // a server that stops tells so, and then the next query does
  client.on('error', () => undefined)
  await client.connect()
  return client
}

export const temporaryFolder = async (): Promise<{ path: string; remove(): Promise<void> }> => {
  const path = await mkdtemp(join(tmpdir(), 'sojus-ingest-'))
  return { path, remove: () => rm(path, { recursive: true, force: true }) }
}

export type Running = { warehouse: Warehouse; ingest: Ingest; stop(): Promise<void> }

export const startRunning = async (database: { ingest_url: string }, data_dir: string, recorded?: AskRecorded): Promise<Running> => {
  const warehouse = await openWarehouse({ path: join(data_dir, 'warehouse.duckdb'), log: silent })
  try {
    const ingest = await startIngest({ ingest_url: database.ingest_url, warehouse, data_dir, log: silent, recorded })
    return {
      warehouse,
      ingest,
      stop: async () => {
        await ingest.stop()
        await warehouse.close()
      },
    }
  } catch (error) {
    await warehouse.close()
    throw error
  }
}

export const until = async (condition: () => boolean | Promise<boolean>, what: string, milliseconds = 30_000): Promise<void> => {
  const end = performance.now() + milliseconds
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`waited in vain until ${what}`)
    await sleep(10)
  }
}

/** Waits until everything that has committed by now is in the warehouse. */
export const caughtUp = async (client: pg.Client, ingest: Ingest): Promise<void> => {
  // also flushes what a server without care for its disk would leave lying for a while
  const { rows } = await client.query<{ lsn: string }>(`select pg_logical_emit_message(false, 'test', '', true)::text as lsn`)
  const target = parseLsn(rows[0]!.lsn)
  await until(() => parseLsn(ingest.status().data_lsn) >= target, `the warehouse reaches ${rows[0]!.lsn}`, 60_000)
}

/** Rows that the current state of history has and PostgreSQL has not, or the other way round; at most 20 as text. */
export const differences = async (client: pg.Client, warehouse: Warehouse): Promise<string[]> => {
  const found: string[] = []
  for (const table of await publishedTables(client)) {
    const theirs = (await client.query<{ row: string }>(postgresRows(table))).rows.map(({ row }) => row)
    const ours = await warehouse.read(
      async (connection) => (await connection.runAndReadAll(historyRows(table))).getRowsJS() as [string, bigint | number][],
    )
    const counts = new Map<string, number>()
    for (const row of theirs) counts.set(row, (counts.get(row) ?? 0) + 1)
    for (const [row, sum] of ours) counts.set(row, (counts.get(row) ?? 0) - Number(sum))
    for (const [row, count] of counts) if (count !== 0) found.push(`${table.name} ${count > 0 ? 'lacks' : 'has too many'}: ${row}`)
  }
  return found.slice(0, 20)
}

const postgresRows = ({ name, columns }: PublishedTable): string => {
  const texts = columns.map((column) => {
    const value = quoted(column.name)
    if (column.duckdb_type.endsWith('[]')) return `'[' || array_to_string(${value}, ', ', 'NULL') || ']'`
    if (column.duckdb_type === 'TIMESTAMPTZ') return `(extract(epoch from ${value}) * 1000000)::bigint::text`
    return `${value}::text`
  })
  return `select concat_ws('|', ${texts.map((text) => `coalesce(${text}, '␀')`).join(', ')}) as row from ${quoted(name)}`
}

const historyRows = ({ name, columns }: PublishedTable): string => {
  const texts = columns.map((column) => {
    const value = quoted(column.name)
    if (column.duckdb_type.endsWith('[]')) {
      const elements = `array_to_string(list_transform(${value}, lambda element: coalesce(element::varchar, 'NULL')), ', ')`
      return `case when ${value} is not null then '[' || coalesce(${elements}, '') || ']' end`
    }
    return column.duckdb_type === 'TIMESTAMPTZ' ? `epoch_us(${value})::varchar` : `${value}::varchar`
  })
  return `select concat_ws('|', ${texts.map((text) => `coalesce(${text}, '␀')`).join(', ')}) as row, sum(sign) from history.${quoted(name)}
    group by 1 having sum(sign) <> 0`
}
