// npm run bench:stream -- [--bookings 1200000] [--seconds 30] [--rate 200]
// The way of a commit into the answers of the portal, the first load, the rebuild of the marts and catching up, all on one data base.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { getRequestListener } from '@hono/node-server'
import pg from 'pg'
import { to as copyTo } from 'pg-copy-streams'
import { pino } from 'pino'
import type { ComparisonAnswer } from '../api/answers.ts'
import { apiApp } from '../api/app.ts'
import { listen } from '../api/http.ts'
import { portalApp } from '../api/portal.ts'
import { reportDrawings } from '../dashboards/report-drawings.ts'
import { apiReaderOf } from '../transactional/access/api-reader.ts'
import { sameOriginElsewhere } from '../transactional/access/same-origin.ts'
import { transactionalApp } from '../transactional/app.ts'
import { openDatabase } from '../transactional/connection.ts'
import { loadDemonstration } from '../transactional/demo/demonstration.ts'
import { berlinDay } from '../transactional/placement/period.ts'
import { serverUrl } from '../transactional/postgres-server.ts'
import { startTestServer, testDatabase, type TestDatabase, type TestServer } from '../transactional/postgres.fixture.ts'
import { startCompaction } from '../warehouse/compaction.ts'
import { printFor, quantile, round, say } from '../warehouse/figure.bench.ts'
import { openWarehouse, type Warehouse } from '../warehouse/warehouse.ts'
import { backlogOf, booked, consumeOnly } from './stream-parts.bench.ts'
import { publishedTables, quoted } from './history-schema.ts'
import { startIngest, type Ingest } from './ingest.ts'
import { parseLsn } from './lsn.ts'

const { values: given } = parseArgs({ options: { bookings: { type: 'string' }, seconds: { type: 'string' }, rate: { type: 'string' } } })
const bookings = Number(given.bookings ?? 1_200_000)
const seconds = Number(given.seconds ?? 30)
const rate = Number(given.rate ?? 200)
const transactions = 6000

const log = pino({ level: 'error' }, pino.destination(2))
const print = printFor(bookings)
const connect = async (url: string): Promise<pg.Client> => {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  return client
}

/** Rows and milliseconds of reading every published table by COPY, doing nothing with it. */
const copyAlone = async (url: string): Promise<{ rows: number; ms: number }> => {
  const client = await connect(url)
  let rows = 0
  const begun = performance.now()
  for (const { name } of await publishedTables(client)) {
    const copy = client.query(copyTo(`copy ${quoted(name)} to stdout`))
    for await (const chunk of copy) void chunk
    rows += copy.rowCount
  }
  const ms = performance.now() - begun
  await client.end()
  return { rows, ms }
}

/** The first load, told apart into history and marts. */
const firstLoad = async (database: TestDatabase, folder: string) => {
  const warehouse = await openWarehouse({ path: join(folder, 'warehouse.duckdb'), log })
  let historyMs = 0
  let rebuildMs = 0
  const begun = performance.now()
  const timed: Warehouse = {
    ...warehouse,
    write: async (work, ...rest) => {
      const result = await warehouse.write(work, ...rest)
      historyMs ||= performance.now() - begun
      return result
    },
    rebuildMarts: async () => {
      const before = performance.now()
      await warehouse.rebuildMarts()
      rebuildMs = performance.now() - before
    },
  }
  const ingest = await startIngest({ ingest_url: database.ingest_url, warehouse: timed, data_dir: folder, log })
  return { warehouse, ingest, historyMs, rebuildMs }
}

const serve = async (database: TestDatabase, warehouse: Warehouse, ingest: Ingest) => {
  const now = () => new Date()
  const db = openDatabase(database.app_url)
  const portal = portalApp({
    transactional: transactionalApp({ db, now, log, secure: false }),
    analytic: apiApp({
      warehouse,
      reader: apiReaderOf({ db, now, secure: false }),
      ingest,
      log,
      now,
      sameOrigin: sameOriginElsewhere(log),
      drawings: reportDrawings,
    }),
    assets: (c) => c.notFound(),
    log,
    secure: false,
  })
  const http = await listen(0, '127.0.0.1')
  http.answer(getRequestListener(portal.fetch))
  const url = `http://127.0.0.1:${http.port}`
  const body = JSON.stringify({ state: 'MV', user_name: 'politik', password: 'sojus-demo', pledge: true })
  const response = await fetch(`${url}/api/session`, { method: 'POST', body, headers: { 'content-type': 'application/json', origin: url } })
  const cookie = response.headers.getSetCookie()[0]!.split(';')[0]!
  return { url, cookie, stop: async () => (await http.drain(1000), await db.destroy()) }
}

const caughtUp = (ingest: Ingest, target: bigint): Promise<void> =>
  new Promise((resolve) => {
    const look = () => parseLsn(ingest.status().data_lsn) >= target
    if (look()) return resolve()
    const stop = ingest.onApplied(() => {
      if (!look()) return
      stop()
      resolve()
    })
  })

/** Milliseconds from COMMIT until the page's request shows the booking, for bookings made one after the other under load. */
const freshness = async (database: TestDatabase, warehouse: Warehouse, ingest: Ingest) => {
  const portal = await serve(database, warehouse, ingest)
  const client = await connect(database.owner_url)
  const bare = await consumeOnly(database.ingest_url)
  const { rows } = await client.query<{ authority: string; month: string }>(
    `select youth_authority_id as authority, to_char(current_date - interval '2 months', 'YYYY-MM') as month
     from booking where youth_authority_id like '13%' group by 1 order by count(*) desc limit 1`,
  )
  const { authority, month } = rows[0]!
  const cell = `${portal.url}/api/comparison?figure=case_count&month=${month}&area=MV`
  const read = async () => {
    const response = await fetch(cell, { headers: { cookie: portal.cookie } })
    const answer = (await response.json()) as ComparisonAnswer
    if (!response.ok) throw new Error(JSON.stringify(answer))
    return { lsn: parseLsn(response.headers.get('x-data-lsn')!), value: answer.rows.find(({ id }) => id === authority)?.current }
  }
  await client.query(
    `create temp table model as select row_number() over () - 1 as n, case_key, youth_authority_id, service_kind, specialisations, provider_id, true as away,
       date '${month}-01' as first_day, date '${month}-20' as last_day, unit, array[date '${month}-01'] as rate_from, rate_cents[1:1] as rate_cents,
       units_per_week[1:1] as units_per_week, planned_units, agreed_days, agreed_cents, age_at_begin, sex
     from booking where youth_authority_id = '${authority}' and not cancelled and first_day <= '${month}-01' and last_day >= '${month}-20' limit 500`,
  )
  // nobody books one case hundreds of times
  const { rows: models } = await client.query<{ count: number }>('select count(*)::integer as count from model')
  const load = spawn(
    process.execPath,
    ['--import', 'tsx', join(import.meta.dirname, 'stream-load.bench.ts'), database.owner_url, String(rate), authority],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  await Promise.race([once(load.stdout, 'data'), once(load, 'exit').then(() => Promise.reject(new Error('the load did not start')))])
  await sleep(3000)
  const ours: number[] = []
  const theirs: number[] = []
  let expected = (await read()).value
  if (typeof expected !== 'number') throw new Error(`no number for ${authority} in ${month}`)
  const end = performance.now() + seconds * 1000
  while (performance.now() < end) {
    await client.query('begin')
    await client.query(`insert into booking (${booked}) select ${booked} from model where n = $1`, [ours.length % models[0]!.count])
    const { rows: xids } = await client.query<{ xid: string }>('select pg_current_xact_id()::text as xid')
    await client.query('commit')
    const committed = performance.now()
    expected += 1
    const target = parseLsn((await client.query<{ lsn: string }>('select pg_current_wal_flush_lsn()::text as lsn')).rows[0]!.lsn)
    // asking again and again would slow down what is measured: the page, too, asks when it is told of a change
    await caughtUp(ingest, target)
    const { lsn, value } = await read()
    if (lsn < target || value !== expected) throw new Error(`${value} at ${lsn} where ${expected} was committed before ${target}`)
    ours.push(performance.now() - committed)
    theirs.push((await bare.seen(Number(xids[0]!.xid))) - committed)
    await sleep(20 + Math.random() * 60)
  }
  const report = once(load.stdout, 'data')
  load.kill('SIGTERM')
  say(`load: ${String((await report)[0]).trim()}, ${ours.length} commits measured`)
  await bare.stop()
  await client.end()
  await portal.stop()
  return { ours, theirs }
}

const catchUp = async (
  server: TestServer,
  database: TestDatabase,
  folder: string,
): Promise<{ rows: number; signed: number; ms: number }> => {
  const client = await connect(serverUrl(server.secrets, 'postgres', database.name))
  say('making a backlog')
  const rows = await backlogOf(client, transactions)
  const target = parseLsn((await client.query<{ lsn: string }>('select pg_current_wal_flush_lsn()::text as lsn')).rows[0]!.lsn)
  await client.query('checkpoint')
  await client.end()
  const warehouse = await openWarehouse({ path: join(folder, 'warehouse.duckdb'), log })
  const count = () =>
    warehouse.read(async (connection) => {
      const tables = ['booking', 'search', 'rating', 'payment_line', 'invoice_line'].map(
        (table) => `(select count(*) from history.${table})`,
      )
      return Number((await connection.runAndReadAll(`select ${tables.join(' + ')}`)).value(0, 0))
    })
  const before = await count()
  const compaction = startCompaction(warehouse, log)
  const begun = performance.now()
  const ingest = await startIngest({ ingest_url: database.ingest_url, warehouse, data_dir: folder, log })
  await caughtUp(ingest, target)
  const ms = performance.now() - begun
  const signed = (await count()) - before
  await compaction.stop()
  await ingest.stop()
  await warehouse.close()
  return { rows, signed, ms }
}

const run = async (): Promise<void> => {
  const settings = { fsync: 'on', synchronous_commit: 'on', full_page_writes: 'on', shared_buffers: '1GB', max_wal_size: '8GB' }
  const server = await startTestServer(settings)
  const folder = await mkdtemp(join(tmpdir(), 'sojus-stream-'))
  try {
    const database = await testDatabase(server)
    const { owner_url } = database
    await loadDemonstration({ owner_url, bookings, area: 'de', years: 10, today: berlinDay(new Date()), detail: 0.02, log, progress: say })
    const owner = await connect(owner_url)
    await owner.query('vacuum analyze')
    await owner.end()

    const copy = await copyAlone(owner_url)
    const { warehouse, ingest, historyMs, rebuildMs } = await firstLoad(database, folder)
    print({ figure: 'snapshot_rows_per_s', value: (copy.rows / historyMs) * 1000, unit: '1/s' })
    const baseline = 'COPY … TO STDOUT of the same tables, read in Node and thrown away'
    print({ figure: 'snapshot_vs_copy', value: copy.ms / historyMs, unit: 'x', baseline, ours: round(historyMs), theirs: round(copy.ms) })
    print({ figure: 'rebuild_rows_per_s', value: (copy.rows / rebuildMs) * 1000, unit: '1/s' })

    const compaction = startCompaction(warehouse, log)
    const { ours, theirs } = await freshness(database, warehouse, ingest)
    await compaction.stop()
    const bare = { baseline: 'a consumer that only decodes', ours: round(quantile(ours, 0.5)), theirs: round(quantile(theirs, 0.5)) }
    print({ figure: 'freshness_p50_ms', value: quantile(ours, 0.5), unit: 'ms', ...bare })
    print({ figure: 'freshness_p99_ms', value: quantile(ours, 0.99), unit: 'ms' })
    print({ figure: 'bare_stream_p50_ms', value: quantile(theirs, 0.5), unit: 'ms' })
    await ingest.stop()
    await warehouse.close()

    const { rows, signed, ms } = await catchUp(server, database, folder)
    say(`caught up: ${rows} changed rows, ${signed} signed rows, ${round(ms)} ms`)
    print({ figure: 'catch_up_rows_per_s', value: (rows / ms) * 1000, unit: '1/s' })
    print({ figure: 'peak_memory_mb', value: process.resourceUsage().maxRSS / 1024, unit: 'MB' })
    await database.drop()
  } finally {
    await server.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

await run()
