// npm run bench:booking -- [--seconds 15] [--offers 100000] [--attempts 10000]
// Bookings through HTTP against the same statements by `pg` on the same offers, the warehouse following both; live counts over many
// offers against their bare statement; and last places that many want at the same time.
import { randomUUID } from 'node:crypto'
import { Agent, request } from 'node:http'
import { parseArgs } from 'node:util'
import { Hono } from 'hono'
import { Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import { pino } from 'pino'
import { startPortal } from '../../api/portal.fixture.ts'
import { quantile, round, say } from '../../warehouse/figure.bench.ts'
import { transactionalApp } from '../app.ts'
import { columnTypes } from '../connection.ts'
import type { Database } from '../database.ts'
import { startTestServer } from '../postgres.fixture.ts'

const { values: given } = parseArgs({ options: { seconds: { type: 'string' }, offers: { type: 'string' }, attempts: { type: 'string' } } })
const seconds = Number(given.seconds ?? 15)
const offerCount = Number(given.offers ?? 100_000)
const attempts = Number(given.attempts ?? 10_000)
const clients = 16
const password = 'sojus-demo'
const now = () => new Date('2026-02-10T10:00:00Z')

const print = (line: Record<string, unknown>) => void process.stdout.write(`${JSON.stringify(line)}\n`)

const agent = new Agent({ keepAlive: true, maxSockets: clients })
type Reply = { status: number; body: Record<string, unknown>; ms: number }
type Asked = [url: string, method: string, cookie: string, body?: unknown, headers?: Record<string, string>]
/** Undefined where the server had closed the connection before anything was sent: nothing has happened. */
const attempt = (...[url, method, cookie, body, headers]: Asked): Promise<Reply | undefined> =>
  new Promise((resolve, reject) => {
    const begun = performance.now()
    const text = body === undefined ? undefined : JSON.stringify(body)
    const options = { method, agent, headers: { cookie, ...(text && { 'content-type': 'application/json' }), ...headers } }
    const sent = request(url, options, (response) => {
      const parts: Buffer[] = []
      response.on('data', (part: Buffer) => parts.push(part))
      response.on('end', () => {
        const answer = Buffer.concat(parts).toString()
        resolve({ status: response.statusCode!, body: JSON.parse(answer || '{}') as Reply['body'], ms: performance.now() - begun })
      })
    })
    sent.on('error', (error: NodeJS.ErrnoException) =>
      sent.reusedSocket && error.code === 'ECONNRESET' ? resolve(undefined) : reject(error),
    )
    sent.end(text)
  })
const call = async (...asked: Asked): Promise<Reply> => (await attempt(...asked)) ?? call(...asked)

const signIn = async (url: string, user_name: string): Promise<string> => {
  const body = JSON.stringify({ state: 'MV', user_name, password, pledge: true })
  const response = await fetch(`${url}/api/session`, { method: 'POST', body, headers: { 'content-type': 'application/json', origin: url } })
  return response.headers.getSetCookie()[0]!.split(';')[0]!
}

/** As many workers until the time is over; tells how often the work was done a second. */
const perSecond = async (work: (nth: number) => Promise<void>): Promise<number> => {
  const begun = performance.now()
  let done = 0
  const worker = async () => {
    while (performance.now() - begun < seconds * 1000) await work(done++)
  }
  await Promise.all(Array.from({ length: clients }, worker))
  return done / ((performance.now() - begun) / 1000)
}

type Statement = { sql: string; parameters: readonly unknown[] }

/** The statements behind one request, as the service sends them. */
const statementsOf = async (app_url: string, send: (app: Hono) => Promise<Response>): Promise<Statement[]> => {
  const statements: Statement[] = []
  const pool = new pg.Pool({ connectionString: app_url, max: 2, types: columnTypes, options: '-c TimeZone=UTC -c DateStyle=ISO' })
  const db = new Kysely<Database>({
    dialect: new PostgresDialect({ pool }),
    log: ({ query: { sql, parameters } }) => void statements.push({ sql, parameters }),
  })
  const app = new Hono().route('/', transactionalApp({ db, now, log: pino({ level: 'silent' }), secure: false }))
  try {
    const response = await send(app)
    if (!response.ok) throw new Error(`${response.status} ${await response.text()}`)
    return statements
  } finally {
    await db.destroy()
  }
}

const isFrame = ({ sql }: Statement) => /^(begin|start transaction|commit|set transaction)/i.test(sql)
/** Everything of the service's statements but what it asks before it knows who asks runs in one transaction. */
const replay = async (pool: pg.Pool, statements: Statement[], changed: (parameter: unknown) => unknown) => {
  const client = await pool.connect()
  try {
    const first = statements.findIndex(({ sql }) => sql.includes('set_config'))
    for (const [at, { sql, parameters }] of statements.filter((each) => !isFrame(each)).entries()) {
      if (at === statements.slice(0, first).filter((each) => !isFrame(each)).length)
        await client.query('begin isolation level read committed')
      await client.query(sql, parameters.map(changed))
    }
    await client.query('commit')
  } finally {
    client.release()
  }
}

type Place = { id: string; facility_id: string }

/** Places to book: each offer in a facility of its own, so that they stand in nobody's way. */
const makeOffers = async (owner: pg.Client, count: number, capacity: number, provider_id: string): Promise<Place[]> => {
  const { rows } = await owner.query<Place>(
    `with made as (
       insert into facility (provider_id, name, youth_authority_id, ags, licensed_places)
       select $3, 'Haus ' || n, '13075', '13075', $2 from generate_series(1, $1::integer) as n returning id
     ), offered as (
       insert into offer (facility_id, provider_id, service_kind, capacity) select id, $3, 's34', $2 from made returning id, facility_id
     ), rated as (
       insert into offer_rate (offer_id, youth_authority_id, service_kind, unit, rate_cents, valid_from)
       select id, '13075', 's34', 'day', 15000, '2020-01-01' from offered
     )
     select id, facility_id from offered`,
    [count, capacity, provider_id],
  )
  return rows
}

const bookings = async (context: Context): Promise<void> => {
  const { url, cookie, case_id, pool, owner, app_url, provider_id } = context
  const offers = await makeOffers(owner, 3000, 1000, provider_id)
  const terms = { case_id, first_day: '2026-03-01', last_day: '2026-08-31', parallel: true }
  const bodyOf = (nth: number) => ({ ...terms, offer_id: offers[nth % offers.length]!.id })
  const sample = bodyOf(0)
  const key = 'bench-key-of-the-statements'
  const statements = await statementsOf(app_url, (app) =>
    Promise.resolve(
      app.request('/service/bookings', {
        method: 'POST',
        body: JSON.stringify(sample),
        headers: { cookie, 'content-type': 'application/json', 'idempotency-key': key },
      }),
    ),
  )
  const sent = statements.filter((each) => !isFrame(each))
  say(`one booking is ${sent.length} statements`)
  print({ figure: 'statements_per_booking', value: sent.length, unit: 'statements' })
  const through = () =>
    perSecond(async (nth) => {
      const { status, body } = await call(`${url}/service/bookings`, 'POST', cookie, bodyOf(nth), { 'idempotency-key': randomUUID() })
      if (status !== 201) throw new Error(JSON.stringify(body))
    })
  const bare = () =>
    perSecond((nth) => {
      const fresh = randomUUID()
      const place = offers[nth % offers.length]!
      const changed = new Map<unknown, string>([
        [key, fresh],
        [offers[0]!.id, place.id],
        [offers[0]!.facility_id, place.facility_id],
      ])
      return replay(pool, statements, (parameter) => changed.get(parameter) ?? parameter)
    })
  // in turns, so that both meet the same data
  const ours: number[] = []
  const theirs: number[] = []
  for (let round = 0; round < 2; round += 1) {
    ours.push(await through())
    theirs.push(await bare())
  }
  const [a, b] = [Math.max(...ours), Math.max(...theirs)]
  print({ figure: 'bookings_per_s', value: round(a), unit: '1/s' })
  print({ figure: 'bookings_vs_bare_sql', value: round(a / b), unit: 'x', baseline: 'the same statements by pg without HTTP', ours: round(a), theirs: round(b) }) // prettier-ignore
}

const searches = async (context: Context): Promise<void> => {
  const { url, cookie, pool, owner, app_url, provider_id } = context
  say(`${offerCount} offers`)
  await owner.query(
    `with kinds as (select array_agg(code order by sort_order) as codes from service_kind where unit = 'day'),
     places as (select array_agg(id order by id) as ids from youth_authority),
     made as (
       insert into facility (provider_id, name, youth_authority_id, ags, licensed_places, age_from, age_to, sex_admitted)
       select $2, 'Haus ' || n, ids[1 + n % cardinality(ids)], (select ags from youth_authority where id = ids[1 + n % cardinality(ids)]), 12,
         n % 15, 18 + n % 9, (array['all', 'all', 'm', 'w'])[1 + n % 4]
       from generate_series(1, $1::integer / 4) as n, places returning id, youth_authority_id
     ), offered as (
       insert into offer (facility_id, provider_id, service_kind, capacity)
       select made.id, $2, codes[1 + (hashtext(made.id::text || m) & 1023) % cardinality(codes)], 3 from made, generate_series(1, 4) as m, kinds returning id, facility_id, service_kind
     )
     insert into offer_rate (offer_id, youth_authority_id, service_kind, unit, rate_cents, valid_from)
     select offered.id, made.youth_authority_id, service_kind, 'day', 9000 + (hashtext(offered.id::text) & 8191), '2020-01-01'
     from offered join made on made.id = offered.facility_id`,
    [offerCount, provider_id],
  )
  await owner.query('analyze offer; analyze facility; analyze offer_rate; analyze booking')
  const queryOf = (nth: number) =>
    new URLSearchParams({
      service_kind: nth % 2 ? 's34' : 's32',
      first_day: '2026-03-01',
      last_day: '2026-08-31',
      area: ['13003', 'MV', 'NI', 'de'][nth % 4]!,
      age: String(6 + (nth % 12)),
      sex: nth % 3 ? 'm' : 'w',
      available: 'true',
      limit: '20',
    })
  const captured = new Map<number, Statement[]>()
  const ours: number[] = []
  const theirs: number[] = []
  for (let nth = 0; nth < 96; nth += 1) {
    const path = `/service/offers?${queryOf(nth)}`
    if (!captured.has(nth % 24))
      captured.set(nth % 24, await statementsOf(app_url, (app) => Promise.resolve(app.request(path, { headers: { cookie } }))))
    const { status, ms } = await call(url + path, 'GET', cookie)
    if (status !== 200) throw new Error(`search failed: ${status}`)
    const { sql, parameters } = captured.get(nth % 24)!.find(({ sql }) => sql.includes('offers_matching'))!
    const begun = performance.now()
    await pool.query(sql, [...parameters])
    if (nth < 24) continue
    ours.push(ms)
    theirs.push(performance.now() - begun)
  }
  const [a, b] = [quantile(ours, 0.95), quantile(theirs, 0.95)]
  print({ figure: 'search_p50_ms', value: round(quantile(ours, 0.5)), unit: 'ms', offers: offerCount })
  print({
    figure: 'search_p95_ms',
    value: round(a),
    unit: 'ms',
    offers: offerCount,
    baseline: 'the same statement by pg',
    theirs: round(b),
  })
}

const lastPlaces = async (context: Context): Promise<void> => {
  const { url, cookie, providerCookie, case_id, owner, provider_id } = context
  const offers = (await makeOffers(owner, 100, 1, provider_id)).map(({ id }) => id)
  const terms = { case_id, first_day: '2026-03-01', last_day: '2026-08-31', parallel: true }
  const open: string[] = []
  const statuses = new Map<number, number>()
  let nth = 0
  const note = ({ status }: Reply) => void statuses.set(status, (statuses.get(status) ?? 0) + 1)
  const worker = async () => {
    for (let i = nth++; i < attempts; i = nth++) {
      const offer_id = offers[(i * 37) % offers.length]!
      const id = i % 4 === 3 ? open[(i * 13) % Math.max(1, open.length)] : undefined
      if (id === undefined) {
        const reply = await call(`${url}/service/${i % 2 ? 'reservations' : 'bookings'}`, 'POST', cookie, { ...terms, offer_id })
        note(reply)
        if (reply.status === 201 && i % 2) open.push(String(reply.body['id']))
        continue
      }
      // consents, bookings and releases of the same reservation at the same time
      const step = (name: string, by: string) => call(`${url}/service/reservations/${id}/${name}`, 'POST', by, {})
      note(await step('request-consent', cookie))
      for (const reply of await Promise.all([step('consent', providerCookie), step('consent', providerCookie)])) note(reply)
      for (const reply of await Promise.all([step('book', cookie), step('book', cookie), step('release', cookie)])) note(reply)
    }
  }
  await Promise.all(Array.from({ length: clients }, worker))
  const { rows } = await owner.query<{ taken: number }>(
    `select count(*)::integer as taken from (
       select offer_id from booking where not cancelled union all select offer_id from reservation where state in ('reserved', 'requested', 'consented')
     ) as taken where offer_id = any($1) group by offer_id`,
    [offers],
  )
  const double = rows.reduce((sum, { taken }) => sum + Math.max(0, taken - 1), 0)
  say(`answers: ${[...statuses].map(([status, count]) => `${count} × ${status}`).join(', ')}; ${rows.length} of 100 places taken`)
  if ([...statuses.keys()].some((status) => status >= 500)) throw new Error('some attempts failed otherwise than by being refused')
  print({ figure: 'double_bookings', value: double, unit: 'bookings', attempts, places: offers.length })
}

type Context = {
  url: string
  cookie: string
  providerCookie: string
  case_id: string
  provider_id: string
  pool: pg.Pool
  owner: pg.Client
  app_url: string
}

const run = async (): Promise<void> => {
  const server = await startTestServer({ shared_buffers: '512MB' })
  try {
    const portal = await startPortal({ server, demonstration: 0.05, now })
    const owner = new pg.Client({ connectionString: portal.database.owner_url })
    await owner.connect()
    const { app_url } = portal.database
    const pool = new pg.Pool({ connectionString: app_url, max: 10, options: '-c TimeZone=UTC -c DateStyle=ISO' })
    pool.on('error', () => undefined)
    try {
      const [cookie, providerCookie] = await Promise.all([signIn(portal.url, 'fall.vg'), signIn(portal.url, 'anbieter.1')])
      const { rows } = await owner.query<{ provider_id: string }>(`select provider_id from user_account where user_name = 'anbieter.1'`)
      const client = await call(`${portal.url}/service/clients`, 'POST', cookie, {
        given_name: 'A',
        family_name: 'B',
        birth_date: '2014-05-05',
        sex: 'w',
      })
      const file = { client_id: client.body['id'], case_number: 'bench', begin_on: '2020-01-01' }
      const opened = await call(`${portal.url}/service/cases`, 'POST', cookie, file)
      const context = {
        url: portal.url,
        cookie,
        providerCookie,
        case_id: String(opened.body['id']),
        provider_id: rows[0]!.provider_id,
        pool,
        owner,
        app_url,
      }
      await bookings(context)
      await lastPlaces(context)
      await searches(context)
    } finally {
      await pool.end()
      await owner.end()
      await portal.stop()
    }
  } finally {
    await server.stop()
    agent.destroy()
  }
}

await run()
