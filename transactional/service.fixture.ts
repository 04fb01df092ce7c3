import { Hono } from 'hono'
import pg from 'pg'
import { pino } from 'pino'
import { hashPassword } from './access/password.ts'
import { transactionalApp } from './app.ts'
import { columnTypes, openDatabase } from './connection.ts'
import { testDatabase } from './postgres.fixture.ts'
import type { Problem } from './problem.ts'

export const VG = '13075'
export const HRO = '13003'
const password = 'ein langes Kennwort'

export type Reply<Body> = { status: number; body: Body; headers: Headers }
type Json = Record<string, unknown>
type Ask = <Body = Json & Problem>(method: string, path: string, body?: unknown, headers?: Record<string, string>) => Promise<Reply<Body>>

const accounts: Record<string, { role: string; authority?: string; provider?: number }> = {
  'fall.vg': { role: 'caseworker', authority: VG },
  'fall2.vg': { role: 'caseworker', authority: VG },
  'finanzen.vg': { role: 'finance', authority: VG },
  'finanzen2.vg': { role: 'finance', authority: VG },
  'controlling.vg': { role: 'controlling', authority: VG },
  'fall.hro': { role: 'caseworker', authority: HRO },
  'finanzen.hro': { role: 'finance', authority: HRO },
  'anbieter.1': { role: 'provider', provider: 0 },
  'anbieter.2': { role: 'provider', provider: 1 },
  politik: { role: 'politics' },
  admin: { role: 'admin' },
}

type OfferSeed = {
  provider?: number
  facility?: number
  service_kind?: string
  capacity?: number
  rate_cents?: number
  rates?: [from: string, to: string | null, cents: number][]
  specialisations?: string[]
  unit?: string
}

/** The whole transactional service on a data base of its own: two authorities, two providers, accounts of every role. `parts`: what else it has. */
export const startService = async (parts: Partial<Parameters<typeof transactionalApp>[0]> = {}) => {
  const database = await testDatabase()
  const owner = new pg.Pool({ connectionString: database.owner_url, types: columnTypes, max: 4 })
  // dropping the data base may end a connection that is just closing
  owner.on('error', () => undefined)
  const db = openDatabase(database.app_url, 20)
  const clock = { now: new Date('2026-03-10T09:00:00Z') }
  const lines: string[] = []
  const log = pino({ level: 'info' }, { write: (line: string) => void lines.push(line) })
  const app = new Hono().route('/', transactionalApp({ db, now: () => clock.now, log, secure: false, ...parts }))

  const one = async <Row extends pg.QueryResultRow = Json>(text: string, values: unknown[] = []): Promise<Row> =>
    (await owner.query<Row>(text, values)).rows[0]!
  const insert = (table: string, row: Json) => {
    const columns = Object.keys(row)
    const places = columns.map((_, index) => `$${index + 1}`)
    return one<{ id: string } & Json>(
      `insert into "${table}" (${columns.join(', ')}) values (${places.join(', ')}) returning *`,
      Object.values(row),
    )
  }

  const providers: { id: string; facilities: string[] }[] = []
  for (const [index, authority] of [VG, HRO].entries()) {
    const { id } = await insert('provider', { name: `Träger ${index + 1}` })
    const facilities: string[] = []
    for (const name of ['Haus am See', 'Haus am Wald']) {
      const facility = {
        provider_id: id,
        name: `${name} ${index + 1}`,
        youth_authority_id: authority,
        ags: authority,
        licensed_places: 100,
      }
      facilities.push((await insert('facility', facility)).id)
    }
    providers.push({ id, facilities })
  }

  const password_hash = await hashPassword(password)
  const ids: Record<string, string> = {}
  for (const [user_name, { role, authority = null, provider }] of Object.entries(accounts)) {
    const provider_id = provider === undefined ? null : providers[provider]!.id
    const account = { federal_state: 'MV', user_name, password_hash, display_name: user_name, youth_authority_id: authority, provider_id }
    ids[user_name] = (await insert('user_account', account)).id
    await owner.query('insert into user_role (user_account_id, role) values ($1, $2)', [ids[user_name], role])
  }

  const request = async <Body>(method: string, path: string, body: unknown, headers: Record<string, string>): Promise<Reply<Body>> => {
    const isForm = body instanceof FormData
    const json: Record<string, string> = body === undefined || isForm ? {} : { 'content-type': 'application/json' }
    const sent = typeof body === 'string' || isForm ? body : JSON.stringify(body)
    const response = await app.request(path, { method, headers: { ...json, ...headers }, ...(body !== undefined && { body: sent }) })
    const answer = await response.text()
    const isJson = response.headers.get('content-type')?.includes('json')
    return { status: response.status, headers: response.headers, body: (isJson ? JSON.parse(answer) : answer) as Body }
  }

  const cookies = new Map<string, Promise<string>>()
  const signIn = async (user_name: string) => {
    const { headers } = await request('POST', '/api/session', { state: 'MV', user_name, password, pledge: true }, {})
    return headers.get('set-cookie')!.split(';')[0]!
  }
  const cookieOf = (user: string) => {
    if (!cookies.has(user)) cookies.set(user, signIn(user))
    return cookies.get(user)!
  }

  /** An offer with its rate, by default residential care of the first provider for 76.00 € a day. */
  const offer = async (seed: OfferSeed = {}): Promise<string> => {
    const { provider = 0, facility = 0, service_kind = 's34', capacity = 3, rate_cents = 7600, specialisations = [], unit = 'day' } = seed
    const { id: provider_id, facilities } = providers[provider]!
    const { id } = await insert('offer', { facility_id: facilities[facility], provider_id, service_kind, capacity, specialisations })
    for (const [valid_from, valid_to, cents] of seed.rates ?? [['2020-01-01', null, rate_cents] as const]) {
      const place = { youth_authority_id: provider === 0 ? VG : HRO, service_kind, unit, specialisations }
      await insert('offer_rate', { offer_id: id, ...place, rate_cents: cents, valid_from, valid_to })
    }
    return id
  }

  const as =
    (user: string): Ask =>
    async (method, path, body, headers = {}) =>
      request(method, path, body, { cookie: await cookieOf(user), ...headers })

  let numbers = 0
  /** A client with a case, recorded by HTTP. */
  const openCase = async (
    user = 'fall.vg',
    { birth_date = '2012-05-04', begin_on = '2025-01-01', end_on = null as string | null } = {},
  ) => {
    const client = await as(user)<{ id: string }>('POST', '/service/clients', {
      given_name: 'Kim',
      family_name: 'Muster',
      birth_date,
      sex: 'w',
    })
    const file = { client_id: client.body.id, case_number: `F-${++numbers}`, begin_on, end_on }
    const { status, body } = await as(user)<{ id: string }>('POST', '/service/cases', file)
    if (status !== 201) throw new Error(`no case: ${JSON.stringify([client.body, body])}`)
    return { client_id: client.body.id, case_id: body.id }
  }

  /** A booking of half a year, recorded by HTTP; tests crowd many into one case. */
  const book = async (user: string, request: { case_id: string; offer_id: string } & Json) =>
    as(user)<Json & { id: string } & Problem>('POST', '/service/bookings', {
      first_day: '2026-01-01',
      last_day: '2026-07-01',
      parallel: true,
      ...request,
    })

  const stop = async () => {
    await db.destroy()
    await owner.end()
    await database.drop()
  }
  const clearSessions = () => cookies.clear()
  return {
    app,
    database,
    owner,
    db,
    clock,
    lines,
    password,
    providers,
    ids,
    one,
    insert,
    request,
    cookieOf,
    clearSessions,
    as,
    offer,
    openCase,
    book,
    stop,
  }
}
export type Service = Awaited<ReturnType<typeof startService>>
