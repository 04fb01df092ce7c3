// npm run bench:query -- [--bookings 1200000] [--requests 200]
// The comparison table through HTTP against the same table by SQL in PostgreSQL, and against one bare sum over the cells in DuckDB.
// All districts, ten years; a commit touches the cells before each request, so no answer can be an old one.
import { Agent, get } from 'node:http'
import { parseArgs } from 'node:util'
import pg from 'pg'
import { pino } from 'pino'
import { startPortal, type TestPortal } from '../api/portal.fixture.ts'
import { loadDemonstration } from '../transactional/demo/demonstration.ts'
import { berlinDay } from '../transactional/placement/period.ts'
import { startTestServer } from '../transactional/postgres.fixture.ts'
import type { ComparisonAnswer } from '../api/answers.ts'
import { baselineOf, coveringIndexes, type BaselineRow } from './query-baseline.bench.ts'
import { startCompaction } from './compaction.ts'
import { printFor, quantile, round, say } from './figure.bench.ts'
import { keyFigureByName, measuresOf } from './key-figures.ts'
import { firstDay, januaryOf, monthAt, monthText, type Month } from './month.ts'
import { execute } from './statement.ts'
import { warmUp } from './warm-up.ts'

type Request = { figure: string; month: Month; service_kind: string | null; specialisation: string | null }
type Filter = 'all' | 'kind' | 'kind_specialisation'
type Measure = 'additive' | 'median'

const { values: given } = parseArgs({ options: { bookings: { type: 'string' }, requests: { type: 'string' } } })
const bookings = Number(given.bookings ?? 1_200_000)
const requestsPerClass = Number(given.requests ?? 200)
/** Neither PostgreSQL nor a state made of all history would answer in the time there is. */
const isLarge = bookings > 2_000_000
/** Service kinds differ a hundredfold in size, so that few of them say little. */
const baselineRuns = (filter: Filter) => (isLarge ? 0 : filter === 'all' ? 5 : 40)
const figures = {
  additive: ['case_count', 'case_stock', 'cases_begun', 'cases_ended', 'dropouts', 'away_bookings'],
  median: ['rate_median'],
}

const print = printFor(bookings)
const median = (values: number[]) => quantile(values, 0.5)

const agent = new Agent({ keepAlive: true })
const fetchText = (url: string, cookie: string): Promise<{ text: string; lsn: string; ms: number }> =>
  new Promise((resolve, reject) => {
    const begun = performance.now()
    get(url, { agent, headers: { cookie } }, (response) => {
      const parts: Buffer[] = []
      response.on('data', (part: Buffer) => parts.push(part))
      response.on('end', () => {
        const text = Buffer.concat(parts).toString()
        if (response.statusCode !== 200) return reject(new Error(`${response.statusCode} ${text}`))
        resolve({ text, lsn: String(response.headers['x-data-lsn']), ms: performance.now() - begun })
      })
    }).on('error', reject)
  })

/** `baseline` reads as PostgreSQL would by itself; `committing` looks bookings up to copy them. */
type Bench = { portal: TestPortal; cookie: string; baseline: pg.Client; committing: pg.Client }

const connect = async (portal: TestPortal): Promise<pg.Client> => {
  const client = new pg.Client({ connectionString: portal.database.owner_url })
  await client.connect()
  return client
}

const signIn = async (url: string): Promise<string> => {
  const body = JSON.stringify({ state: 'MV', user_name: 'politik', password: 'sojus-demo', pledge: true })
  const response = await fetch(`${url}/api/session`, { method: 'POST', body, headers: { 'content-type': 'application/json', origin: url } })
  const cookie = response.headers.getSetCookie()[0]?.split(';')[0]
  if (!cookie) throw new Error(`sign-in failed: ${response.status} ${await response.text()}`)
  return cookie
}

const urlOf = (portal: TestPortal, { figure, month, service_kind, specialisation }: Request): string => {
  const query = new URLSearchParams({ figure, month: monthText(month), area: 'de' })
  if (service_kind) query.set('service_kind', service_kind)
  if (specialisation) query.set('specialisation', specialisation)
  return `${portal.url}/api/comparison?${query}`
}

type Booked = { kind: string; unit: string; specialisation: string | null }

/** Different requests of a class, over figures, months of the last eight years, and kinds and specialisations as often as they are booked. */
const requestsOf = (filter: Filter, measure: Measure, booked: Booked[]): Request[] => {
  const inUse = booked.filter(
    ({ unit, specialisation }) =>
      (measure === 'additive' || unit === 'day') && (filter !== 'kind_specialisation' || specialisation !== null),
  )
  const running = monthAt(new Date())
  const seen = new Map<string, Request>()
  for (let i = 0; seen.size < requestsPerClass && i < requestsPerClass * 50; i += 1) {
    const pair = inUse[(i * 7) % inUse.length]!
    const request: Request = {
      figure: figures[measure][i % figures[measure].length]!,
      month: running - ((i * 13) % 96),
      service_kind: filter === 'all' ? null : pair.kind,
      specialisation: filter === 'kind_specialisation' ? pair.specialisation : null,
    }
    seen.set(JSON.stringify(request), request)
  }
  const distinct = [...seen.values()]
  return Array.from({ length: requestsPerClass }, (_, i) => distinct[i % distinct.length]!)
}

const copied = `case_key, youth_authority_id, service_kind, specialisations, provider_id, facility_id, offer_id, facility_authority_id, away,
  counting_rule, first_day, last_day, end_reason, cancelled, unit, rate_from, rate_cents, units_per_week, planned_units, agreed_days,
  agreed_cents, age_at_begin, sex`

/**
 * Commits one more booking to the cells a request reads, of another case each time (nobody books one case hundreds of times), and waits
 * until the warehouse has it.
 */
const touch = async ({ portal, committing }: Bench, request: Request, nth: number): Promise<void> => {
  const { month, service_kind, specialisation } = request
  const { rowCount } = await committing.query(
    `with fitting as materialized (
       select ${copied} from booking
       where away and not cancelled and ($1::text is null or service_kind = $1) and ($2::text is null or specialisations @> array[$2])
         and first_day <= $3 and last_day >= $3 limit $4 + 1
     )
     insert into booking (${copied}) select ${copied} from fitting offset $4 % greatest(1, (select count(*) from fitting)) limit 1`,
    [service_kind, specialisation, firstDay(month), nth],
  )
  if (rowCount === 0)
    await committing.query(`insert into booking (${copied}) select ${copied} from booking where away and not cancelled limit 1`)
  const { rows } = await committing.query<{ lsn: string }>('select pg_current_wal_flush_lsn()::text as lsn')
  while (numberOf(portal.ingest.status().data_lsn) < numberOf(rows[0]!.lsn)) await new Promise((resolve) => setTimeout(resolve, 2))
}

const numberOf = (lsn: string): bigint => {
  const [high, low] = lsn.split('/')
  return (BigInt(`0x${high}`) << 32n) + BigInt(`0x${low}`)
}

/** One bare sum over the rows the request reads: the cells, or for medians the order statistics. */
const bareSum = (portal: TestPortal, { figure, month, service_kind, specialisation }: Request): Promise<number> => {
  const definition = keyFigureByName.get(figure)!
  const filters = [service_kind ?? 'all', specialisation ?? 'all', januaryOf(month) - 12, month]
  const where = 'service_kind = hash($1::varchar) and specialisation = hash($2::varchar) and month between $3::integer and $4::integer'
  const measures = measuresOf(definition, 'day').all
  return portal.warehouse.read(async (connection) => {
    const begun = performance.now()
    if (definition.compute.from === 'statistic') {
      await execute(
        connection,
        `select sum(n), sum(middles) from marts.statistic where series = hash('rate_per_day') and ${where}`,
        filters,
      )
    } else {
      const named = measures.map((_, i) => `hash($${i + 5}::varchar)`).join(', ')
      await execute(connection, `select sum(value), sum(cases) from marts.cell where measure in (${named}) and ${where}`, [
        ...filters,
        ...measures,
      ])
    }
    return performance.now() - begun
  })
}

/** The numbers that both answers show must be the same; tells how many there were. */
const compareAnswers = (answer: ComparisonAnswer, baseline: BaselineRow[]): number => {
  const theirs = new Map(baseline.map((row) => [row.youth_authority_id, row]))
  let compared = 0
  for (const row of answer.rows) {
    for (const column of ['current', 'previous', 'year_average', 'previous_year_average'] as const) {
      const [a, b] = [row[column], theirs.get(row.id)?.[column] ?? null]
      if (a === null || (b === null && a === 0)) continue
      if (b === null || Math.abs(a - b) > 1e-6 * Math.max(1, Math.abs(a)))
        throw new Error(`${row.name}, ${column}: ours ${a}, PostgreSQL ${b}`)
      compared += 1
    }
  }
  return compared
}

const throughput = async ({ portal, cookie }: Bench, requests: Request[]): Promise<number> => {
  const until = performance.now() + 5000
  let answered = 0
  const client = async (offset: number) => {
    for (let i = offset; performance.now() < until; i += 8) {
      await fetchText(urlOf(portal, requests[i % requests.length]!), cookie)
      answered += 1
    }
  }
  await Promise.all(Array.from({ length: 8 }, (_, i) => client(i)))
  return answered / 5
}

const measureClass = async (bench: Bench, filter: Filter, measure: Measure, requests: Request[]) => {
  const { portal, cookie, baseline } = bench
  const ours: number[] = []
  const bare: number[] = []
  const theirs: number[] = []
  const runs = baselineRuns(filter)
  let compared = 0
  for (const [i, request] of requests.entries()) {
    await touch(bench, request, i)
    const { text, ms } = await fetchText(urlOf(portal, request), cookie)
    ours.push(ms)
    bare.push(await bareSum(portal, request))
    // requests come in no order of size
    if (i >= runs) continue
    const { sql, values } = baselineOf(request)
    if (i === 0) {
      const plan = await baseline.query<{ 'QUERY PLAN': string }>(`explain ${sql}`, values)
      say(`${filter}.${measure}:\n${plan.rows.map((row) => row['QUERY PLAN']).join('\n')}`)
      await baseline.query(sql, values)
    }
    const begun = performance.now()
    const { rows } = await baseline.query<BaselineRow>(sql, values)
    theirs.push(performance.now() - begun)
    compared += compareAnswers(JSON.parse(text) as ComparisonAnswer, rows)
  }
  const name = `${filter}.${measure}`
  print({ figure: `comparison_p50_ms.${name}`, value: median(ours), unit: 'ms' })
  print({ figure: `comparison_p95_ms.${name}`, value: quantile(ours, 0.95), unit: 'ms' })
  const scan = { baseline: 'one sum over the same cells in DuckDB', ours: round(median(ours)), theirs: round(median(bare)) }
  print({ figure: `comparison_vs_cell_scan.${name}`, value: median(ours) / median(bare), unit: 'x', ...scan })
  if (theirs.length === 0) return { ours, bare }
  if (compared === 0) throw new Error(`${name}: no number could be compared with PostgreSQL's`)
  say(`${name}: ${compared} numbers equal PostgreSQL's`)
  const postgres = { baseline: 'the same table by SQL in PostgreSQL', ours: round(median(ours)), theirs: round(median(theirs)) }
  print({ figure: `comparison_vs_postgres.${name}`, value: median(theirs) / median(ours), unit: 'x', ...postgres })
  return { ours, bare }
}

/** A pivot of states, service kinds and quarters, each after a commit, against one bare sum of the same cells by the same three. */
const measureEvaluation = async (bench: Bench): Promise<void> => {
  const { portal, cookie } = bench
  const ours: number[] = []
  const bare: number[] = []
  const last = monthAt(new Date()) - 1
  for (let i = 0; i < 24; i += 1) {
    const to = last - i * 3
    const from = to - 23
    await touch(bench, { figure: 'case_count', month: to, service_kind: null, specialisation: null }, i)
    const query = new URLSearchParams({
      figures: 'case_count',
      rows: 'state,service_kind',
      columns: 'period',
      grain: 'quarter',
      area: 'de',
    })
    const period = `from=${monthText(from)}&to=${monthText(to)}`
    ours.push((await fetchText(`${portal.url}/api/evaluation?${query}&${period}`, cookie)).ms)
    const ms = await portal.warehouse.read(async (connection) => {
      const begun = performance.now()
      await execute(
        connection,
        `select place // 1000000 as state, service_kind, (month - 1) // 3 as quarter, sum(value), sum(cases) from marts.cell
         where measure = hash('case_count') and specialisation = hash('all') and month between $1::integer and $2::integer group by all`,
        [from, to],
      )
      return performance.now() - begun
    })
    bare.push(ms)
  }
  const scan = { baseline: 'one sum over the same cells by the same three dimensions in DuckDB' }
  print({ figure: 'evaluation_p50_ms', value: median(ours), unit: 'ms' })
  print({
    figure: 'evaluation_vs_cell_scan',
    value: median(ours) / median(bare),
    unit: 'x',
    ...scan,
    ours: round(median(ours)),
    theirs: round(median(bare)),
  })
}

/** How far back a past state is asked for. */
const monthsBack = 24

/** As if all had been recorded when it happened; what has no day, and the load knows no better, before everything else. */
const spreadHistory = (portal: TestPortal): Promise<void> =>
  portal.warehouse.write(async (connection) => {
    const tables = await connection.runAndReadAll(`
      select table_name, coalesce(max(column_name) filter (column_name in ('first_day', 'paid_on')), 'null') from duckdb_columns()
      where schema_name = 'history' and database_name = current_database()
      group by table_name having bool_or(column_name = 'sign')`)
    for (const [table, day] of tables.getRowsJson())
      await connection.run(
        `update history.${table} set committed_at = least(committed_at, greatest(${day}::timestamptz, timestamptz '2010-01-01'))`,
      )
  })

/** The table as of a month's end two years back against today's, and how long that state takes to be made of history. */
const measureAsOf = async ({ portal, cookie }: Bench, current: Request[]): Promise<void> => {
  await spreadHistory(portal)
  const as_of = monthText(monthAt(new Date()) - monthsBack)
  const requests = current.map((request) => ({ ...request, month: request.month - monthsBack }))
  const begun = performance.now()
  for (;;) {
    const response = await fetch(`${urlOf(portal, requests[0]!)}&as_of=${as_of}`, { headers: { cookie } })
    if (response.ok) break
    if (response.status !== 503) throw new Error(`${response.status} ${await response.text()}`)
  }
  print({ figure: 'as_of_first_s', value: (performance.now() - begun) / 1000, unit: 's' })
  const now: number[] = []
  const then: number[] = []
  for (const request of requests) {
    now.push((await fetchText(urlOf(portal, request), cookie)).ms)
    then.push((await fetchText(`${urlOf(portal, request)}&as_of=${as_of}`, cookie)).ms)
  }
  const today = { baseline: 'the same table of today', ours: round(median(then)), theirs: round(median(now)) }
  print({ figure: 'as_of_vs_current', value: median(then) / median(now), unit: 'x', ...today })
}

const run = async (): Promise<void> => {
  const server = await startTestServer({ shared_buffers: '2GB', work_mem: '256MB', maintenance_work_mem: '1GB', max_wal_size: '8GB' })
  try {
    const log = pino({ level: 'error' }, pino.destination(2))
    const portal = await startPortal({
      server,
      fill: ({ owner_url }) =>
        loadDemonstration({ owner_url, bookings, area: 'de', years: 10, today: berlinDay(new Date()), detail: 0.02, log, progress: say }),
    })
    say('warehouse loaded')
    const begun = performance.now()
    await warmUp(portal.warehouse, { now: () => new Date(), log }).finished
    print({ figure: 'computed_ahead_s', value: (performance.now() - begun) / 1000, unit: 's' })
    const compaction = startCompaction(portal.warehouse, log)
    const [baseline, committing] = await Promise.all([connect(portal), connect(portal)])
    // a commit is in the log's flushed part when its answer comes: `touch` waits for that position
    await committing.query('set synchronous_commit = on')
    try {
      if (baselineRuns('all') > 0) await coveringIndexes(baseline)
      // of many bookings `touch` would read most before it came to a fitting one
      await committing.query('create index on booking (last_day) where away and not cancelled; set enable_seqscan = off')
      const { rows: booked } = await baseline.query<Booked>(
        `select service_kind as kind, unit, specialisations[1] as specialisation from booking where not cancelled order by md5(id::text) limit 2000`,
      )
      const bench = { portal, cookie: await signIn(portal.url), baseline, committing }
      for (const measure of ['additive', 'median'] as const) {
        const all: { ours: number[]; bare: number[] } = { ours: [], bare: [] }
        for (const filter of ['all', 'kind', 'kind_specialisation'] as const) {
          const requests = requestsOf(filter, measure, booked)
          const { ours, bare } = await measureClass(bench, filter, measure, requests)
          all.ours.push(...ours)
          all.bare.push(...bare)
        }
        const scan = { baseline: 'one sum over the same cells in DuckDB', ours: round(median(all.ours)), theirs: round(median(all.bare)) }
        print({ figure: `comparison_vs_cell_scan.${measure}`, value: median(all.ours) / median(all.bare), unit: 'x', ...scan })
      }
      await measureEvaluation(bench)
      if (!isLarge) await measureAsOf(bench, requestsOf('kind', 'additive', booked))
      print({ figure: 'requests_per_s', value: await throughput(bench, requestsOf('kind', 'additive', booked)), unit: '1/s' })
      print({ figure: 'peak_memory_mb', value: process.resourceUsage().maxRSS / 1024, unit: 'MB' })
    } finally {
      await Promise.all([baseline.end(), committing.end()])
      await compaction.stop()
      await portal.stop()
    }
  } finally {
    await server.stop()
    agent.destroy()
  }
}

await run()
