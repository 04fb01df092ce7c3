import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startService, HRO, VG, type Service } from '../service.fixture.ts'
import type { Role } from '../vocabulary.ts'

type Ids = Record<'client' | 'case' | 'booking' | 'search' | 'invoice' | 'payment' | 'rating', string>
type Identity = { account?: string; roles?: Role[]; authority?: string; provider?: string }

let service: Service
let vg: Ids
let hro: Ids
let app: pg.Pool
beforeAll(async () => {
  service = await startService()
  app = new pg.Pool({ connectionString: service.database.app_url, max: 2 })
  app.on('error', () => undefined)
  vg = await fill('fall.vg', 'finanzen.vg', 0)
  hro = await fill('fall.hro', 'finanzen.hro', 1)
})
afterAll(async () => {
  await app.end()
  await service.stop()
})

/** Every kind of record of one authority with one provider, by HTTP. */
const fill = async (caseworker: string, finance: string, provider: number): Promise<Ids> => {
  const post = async (user: string, path: string, body?: object) =>
    (await service.as(user)<{ id: string }>('POST', `/service/${path}`, body)).body.id
  const { client_id, case_id } = await service.openCase(caseworker)
  const offer_id = await service.offer({ provider })
  const period = { first_day: '2026-01-01', last_day: '2026-06-30' }
  const booking = await post(caseworker, 'bookings', { case_id, offer_id, ...period })
  const search = await post(caseworker, 'searches', { case_id, service_kind: 's34', ...period })
  const lines = [{ booking_id: booking, period_from: '2026-01-01', period_to: '2026-01-31', units: 31, rate_cents: 7600 }]
  const invoice = await post(`anbieter.${provider + 1}`, 'invoices', { invoice_number: 'R-1', issued_on: '2026-02-01', lines })
  await post(finance, `invoices/${invoice}/release`)
  const payment = await post(finance, 'payments', { invoice_id: invoice, paid_on: '2026-03-01', amount_cents: 1000 })
  const rating = await post(caseworker, 'ratings', { case_id, booking_id: booking, reviewed_on: '2026-02-01', service_structure: 2 })
  return { client: client_id, case: case_id, booking, search, invoice, payment, rating }
}

/** Runs SQL as sojus_app with these settings, in a transaction that leaves nothing behind. */
const as = async <T>(
  { account = '', roles = [], authority = '', provider = '' }: Identity,
  work: (client: pg.PoolClient) => Promise<T>,
): Promise<T> => {
  const client = await app.connect()
  try {
    await client.query('begin')
    await client.query(
      `select set_config('sojus.user_account_id', $1, true), set_config('sojus.roles', $2, true), set_config('sojus.youth_authority_id', $3, true), set_config('sojus.provider_id', $4, true)`,
      [account, roles.join(','), authority, provider],
    )
    return await work(client)
  } finally {
    await client.query('rollback')
    client.release()
  }
}
const everyRole: Role[] = ['politics', 'ministry', 'controlling', 'caseworker', 'finance', 'provider', 'state_office', 'admin']
const protectedTables = [
  'client',
  '"case"',
  'case_link',
  'booking',
  'search',
  'search_request',
  'invoice',
  'invoice_line',
  'payment',
  'payment_line',
  'care_plan_review',
  'rating',
  'idempotency_key',
  'access_token',
  'evaluation',
  'evaluation_pin',
]

const counts = (identity: Identity) =>
  as(identity, async (client) => {
    const seen: Record<string, number> = {}
    for (const table of protectedTables) seen[table] = Number((await client.query(`select count(*) from ${table}`)).rows[0].count)
    return Object.fromEntries(Object.entries(seen).filter(([, count]) => count > 0))
  })

describe('by HTTP', () => {
  const paths = (ids: Ids) => [
    `clients/${ids.client}`,
    `cases/${ids.case}`,
    `bookings/${ids.booking}`,
    `searches/${ids.search}`,
    `invoices/${ids.invoice}`,
    `payments/${ids.payment}`,
    `ratings/${ids.rating}`,
  ]

  test('each authority and provider reads its own records and finds no other’s, whatever id is guessed', async () => {
    const may: Record<string, [ids: Ids, kinds: string[]]> = {
      'fall.vg': [vg, ['clients', 'cases', 'bookings', 'searches', 'ratings']],
      'finanzen.vg': [vg, ['clients', 'cases', 'bookings', 'invoices', 'payments']],
      'anbieter.1': [vg, ['bookings', 'invoices', 'payments']],
      'controlling.vg': [vg, []],
      'fall.hro': [hro, ['clients', 'cases', 'bookings', 'searches', 'ratings']],
      'finanzen.hro': [hro, ['clients', 'cases', 'bookings', 'invoices', 'payments']],
      'anbieter.2': [hro, ['bookings', 'invoices', 'payments']],
      politik: [vg, []],
      admin: [vg, []],
    }
    for (const [user, [own, kinds]] of Object.entries(may)) {
      for (const path of [...paths(vg), ...paths(hro)]) {
        const expected = paths(own).includes(path) && kinds.includes(path.split('/')[0]!) ? 200 : 404
        const { status, body } = await service.as(user)('GET', `/service/${path}`)
        expect([user, path, status]).toEqual([user, path, expected])
        if (status === 404)
          expect(body).toEqual({ type: 'about:blank', title: 'Das gibt es hier nicht.', status: 404, code: 'not_found', details: [] })
      }
    }
  })

  test('nobody changes another’s records', async () => {
    const before = await service.one(`select md5(string_agg(booking::text, ',' order by id)) as hash from booking`)
    const attempts: [user: string, method: string, path: string, body?: object][] = [
      ['fall.hro', 'POST', `bookings/${vg.booking}/end`, { last_day: '2026-02-01', end_reason: 10 }],
      ['fall.hro', 'POST', `bookings/${vg.booking}/cancel`],
      ['fall.hro', 'POST', `bookings/${vg.booking}/prolong`, { last_day: '2026-08-01' }],
      ['anbieter.1', 'POST', `bookings/${vg.booking}/cancel`],
      ['finanzen.vg', 'POST', `bookings/${vg.booking}/cancel`],
      ['fall.hro', 'PATCH', `cases/${vg.case}`, { end_on: '2026-12-31' }],
      ['fall.hro', 'POST', 'cases', { client_id: vg.client, case_number: 'fremd', begin_on: '2026-01-01' }],
      [
        'fall.hro',
        'POST',
        'bookings',
        { case_id: vg.case, offer_id: await service.offer(), first_day: '2026-01-01', last_day: '2026-02-01' },
      ],
      ['fall.hro', 'POST', 'ratings', { case_id: vg.case, booking_id: vg.booking, reviewed_on: '2026-02-03', service_structure: 1 }],
      ['finanzen.hro', 'POST', `invoices/${vg.invoice}/release`],
      ['finanzen.hro', 'POST', 'payments', { invoice_id: vg.invoice, paid_on: '2026-03-01', amount_cents: 1 }],
      ['politik', 'POST', 'searches', { service_kind: 's34', first_day: '2026-01-01', last_day: '2026-02-01' }],
      ['controlling.vg', 'POST', 'clients', { given_name: 'A', family_name: 'B', birth_date: '2015-01-01', sex: 'm' }],
    ]
    for (const [user, method, path, body] of attempts) {
      expect([user, path, (await service.as(user)(method, `/service/${path}`, body)).status]).toEqual([user, path, 404])
    }
    expect(await service.one(`select md5(string_agg(booking::text, ',' order by id)) as hash from booking`)).toEqual(before)
  })

  test('lists hold nothing of anybody else', async () => {
    type List = { items: { id: string }[] }
    const ids = async (user: string, path: string) =>
      (await service.as(user)<List>('GET', `/service/${path}`)).body.items?.map(({ id }) => id)
    expect(await ids('fall.vg', 'clients')).toEqual([vg.client])
    expect(await ids('fall.hro', 'cases')).toEqual([hro.case])
    expect(await ids('fall.hro', 'bookings')).toEqual([hro.booking])
    expect(await ids('anbieter.1', 'bookings')).toEqual([vg.booking])
    expect(await ids('anbieter.2', 'invoices')).toEqual([hro.invoice])
    expect(await ids('fall.hro', `bookings?case_id=${vg.case}`)).toEqual([])
    expect(await ids('anbieter.1', `bookings?case_id=${vg.case}`)).toEqual([])
    expect((await service.as('politik')('GET', '/service/bookings')).status).toBe(404)
  })

  test('nothing is there without a session, not even a hint', async () => {
    for (const path of [...paths(vg), 'bookings', 'offers', 'providers', 'nonsense']) {
      const { status, body } = await service.request<{ code: string }>('GET', `/service/${path}`, undefined, {})
      expect([path, status, body.code]).toEqual([path, 401, 'not_signed_in'])
    }
    expect(await service.request('POST', '/service/bookings', { nonsense: true }, {})).toMatchObject({ status: 401 })
  })

  test('the provider is not told which case a booking belongs to', async () => {
    const { body } = await service.as('anbieter.1')('GET', `/service/bookings/${vg.booking}`)
    expect(body['case_id']).toBeNull()
    expect(JSON.stringify(body)).not.toContain('Muster')
  })
})

describe('by SQL as sojus_app', () => {
  test('who is nobody sees nothing', async () => {
    expect(await counts({})).toEqual({})
    expect(await counts({ roles: everyRole })).toEqual({})
    expect(await counts({ authority: VG, provider: service.providers[0]!.id, account: service.ids['fall.vg']! })).toEqual({})
  })

  test('every role sees only what is its own', async () => {
    expect(await counts({ authority: VG, roles: ['politics', 'ministry', 'controlling', 'state_office', 'admin'] })).toEqual({})
    // the bookings and payments behind the own figures, without the cases and invoices behind them
    expect(await counts({ authority: VG, roles: ['controlling'] })).toEqual({ booking: 1, invoice_line: 1, payment_line: 1 })
    expect(await counts({ authority: VG, roles: ['controlling', 'politics'] })).toEqual({})
    expect(await counts({ authority: VG, roles: ['caseworker'] })).toEqual({
      client: 1,
      '"case"': 1,
      case_link: 1,
      booking: 1,
      search: 1,
      care_plan_review: 1,
      rating: 1,
    })
    expect(await counts({ authority: VG, roles: ['caseworker'], account: service.ids['fall.vg']! })).toMatchObject({ search_request: 1 })
    expect(await counts({ authority: HRO, roles: ['finance'] })).toEqual({
      client: 1,
      '"case"': 1,
      case_link: 1,
      booking: 1,
      invoice: 1,
      invoice_line: 1,
      payment: 1,
      payment_line: 1,
    })
    expect(await counts({ provider: service.providers[1]!.id, roles: ['provider'] })).toEqual({
      booking: 1,
      invoice: 1,
      invoice_line: 1,
      payment: 1,
      payment_line: 1,
    })
  })

  test('nobody writes into another authority', async () => {
    const caseworker: Identity = { authority: HRO, roles: everyRole, account: service.ids['fall.hro']!, provider: service.providers[1]!.id }
    const changes = [
      `update client set family_name = 'x' where id = '${vg.client}'`,
      `update "case" set end_on = '2030-01-01' where id = '${vg.case}'`,
      `update booking set cancelled = true where id = '${vg.booking}'`,
      `update search set offers_matching = 99 where id = '${vg.search}'`,
      `update invoice set released_at = now() where id = '${vg.invoice}'`,
      `update budget set amount_cents = 1 where youth_authority_id = '${VG}'`,
    ]
    for (const change of changes) expect([change, (await as(caseworker, (client) => client.query(change))).rowCount]).toEqual([change, 0])
    const inserts = [
      `insert into client (youth_authority_id, given_name, family_name, birth_date, sex) values ('${VG}', 'a', 'b', '2015-01-01', 'm')`,
      `insert into "case" (youth_authority_id, client_id, case_number, begin_on) values ('${VG}', '${vg.client}', 'x', '2026-01-01')`,
      `insert into case_link (case_id) values ('${vg.case}')`,
      `insert into search (youth_authority_id, service_kind, searched_on, offers_matching, offers_available) values ('${VG}', 's34', '2026-01-01', 1, 1)`,
      `insert into search_request (user_account_id, case_id, criteria_hash, searched_on, search_id) values ('${service.ids['fall.hro']}', '${vg.case}', 'x', '2026-01-01', '${hro.search}')`,
      `insert into search_request (user_account_id, criteria_hash, searched_on, search_id) values ('${service.ids['fall.vg']}', 'x', '2026-01-01', '${hro.search}')`,
      `insert into payment (youth_authority_id, paid_on, amount_cents, recorded_by) values ('${VG}', '2026-01-01', 1, '${service.ids['fall.hro']}')`,
      `insert into care_plan_review (case_id, booking_id, reviewed_on, recorded_by) values ('${vg.case}', '${vg.booking}', '2026-02-05', '${service.ids['fall.hro']}')`,
      `insert into budget (youth_authority_id, year, service_kind, amount_cents) values ('${VG}', 2026, 's34', 1)`,
      `insert into invoice (provider_id, youth_authority_id, invoice_number, issued_on, submitted_by) values ('${service.providers[0]!.id}', '${VG}', 'x', '2026-01-01', '${service.ids['fall.hro']}')`,
      `insert into invoice (provider_id, youth_authority_id, invoice_number, issued_on, submitted_by) values ('${service.providers[1]!.id}', '${HRO}', 'x', '2026-01-01', '${service.ids['fall.vg']}')`,
    ]
    const copies = [
      `insert into booking select (jsonb_populate_record(null::booking, $1)).*`,
      `insert into rating (review_key, case_key, booking_id, youth_authority_id, provider_id, service_kind, reviewed_on, aspect, rated_by, grade)
       select gen_random_uuid(), ($1::jsonb ->> 'case_key')::uuid, ($1::jsonb ->> 'id')::uuid, '${VG}', ($1::jsonb ->> 'provider_id')::uuid, 's34', '2026-02-05', 'goal_attainment', 'provider', 1`,
    ]
    const booking = await service.one(
      `select to_jsonb(booking) - 'id' || jsonb_build_object('id', uuidv7()) as row from booking where id = $1`,
      [vg.booking],
    )
    const foreign = await service.one(`select to_jsonb(booking) as row from booking where id = $1`, [vg.booking])
    const refused = (text: string, values: unknown[] = []) =>
      expect(
        as(caseworker, (client) => client.query(text, values).then(() => 'written')),
        text,
      ).rejects.toMatchObject({ code: '42501' })
    for (const insert of inserts) await refused(insert)
    await refused(copies[0]!, [booking['row']])
    await refused(copies[1]!, [foreign['row']])
  })

  test('a booking is not moved to a foreign case, nor a review linked to a foreign booking', async () => {
    const own: Identity = { authority: HRO, roles: ['caseworker'], account: service.ids['fall.hro']! }
    const row = await service.one(
      `select to_jsonb(booking) || jsonb_build_object('id', uuidv7(), 'case_key', (select case_key from case_link where case_id = $2)) as row from booking where id = $1`,
      [hro.booking, vg.case],
    )
    await expect(
      as(own, (client) => client.query(`insert into booking select (jsonb_populate_record(null::booking, $1)).*`, [row['row']])),
    ).rejects.toMatchObject({
      constraint: 'booking_case_unknown',
    })
    const link = `insert into care_plan_review (case_id, booking_id, reviewed_on, recorded_by) values ($1, $2, '2026-02-05', $3)`
    await expect(as(own, (client) => client.query(link, [hro.case, vg.booking, service.ids['fall.hro']]))).rejects.toMatchObject({
      constraint: 'review_of_case',
    })
  })

  test('accounts, roles and passwords change only by oneself or an administrator', async () => {
    const own: Identity = { authority: VG, roles: ['caseworker'], account: service.ids['fall.vg']! }
    const other = await as(own, (client) => client.query(`update user_account set password_hash = 'x' where user_name = 'admin'`))
    expect(other.rowCount).toBe(0)
    await expect(
      as(own, (client) => client.query(`insert into user_role values ($1, 'admin')`, [service.ids['fall.vg']])),
    ).rejects.toMatchObject({ code: '42501' })
    expect((await as(own, (client) => client.query('delete from user_role'))).rowCount).toBe(0)
    await expect(
      as(own, (client) =>
        client.query(`insert into user_account (federal_state, user_name, password_hash, display_name) values ('MV', 'neu', 'x', 'x')`),
      ),
    ).rejects.toMatchObject({ code: '42501' })
  })

  test('what another role published or agreed is not changed', async () => {
    const provider: Identity = { provider: service.providers[0]!.id, roles: ['provider'] }
    const changes = [
      `update offer set capacity = 0 where provider_id = '${service.providers[1]!.id}'`,
      `update facility set licensed_places = 0 where provider_id = '${service.providers[1]!.id}'`,
      `update provider set name = 'xx' where id = '${service.providers[1]!.id}'`,
      `update offer_rate set rate_cents = 1`,
      `update parameter set value = 99`,
    ]
    for (const change of changes) expect([change, (await as(provider, (client) => client.query(change))).rowCount]).toEqual([change, 0])
  })
})

describe('the role of the service', () => {
  const anybody: Identity = { authority: VG, roles: everyRole, account: '00000000-0000-4000-8000-000000000000' }

  test('owns nothing and passes by no policy', async () => {
    const role = await service.one(
      `select rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication from pg_roles where rolname = 'sojus_app'`,
    )
    expect(Object.values(role)).toEqual([false, false, false, false, false])
    const owned = await service.one(`select count(*) from pg_class where relowner = 'sojus_app'::regrole`)
    expect(owned).toEqual({ count: 0 })
  })

  test('cannot truncate, alter, drop, create, switch off or become somebody else', async () => {
    const attempts = [
      'truncate booking',
      'truncate client cascade',
      'alter table client disable row level security',
      'alter table booking disable trigger all',
      'drop table client',
      'drop policy client_read on client',
      'create table x (a int)',
      `create function x() returns int language sql return 1`,
      `set session_replication_role = replica`,
      'set role sojus_owner',
      'set session authorization sojus_owner',
      'grant sojus_owner to sojus_app',
      'alter role sojus_app bypassrls',
      'delete from booking',
      'delete from payment',
      'update payment set amount_cents = 1',
      'delete from sign_in',
      `copy client to program 'cat'`,
      'alter publication sojus_facts drop table booking',
      `select pg_read_file('/etc/passwd')`,
    ]
    for (const attempt of attempts) {
      await expect(
        as(anybody, (client) => client.query(attempt).then(() => 'done')),
        attempt,
      ).rejects.toMatchObject({ code: expect.stringMatching(/^(42501|0A000)$/) as string })
    }
  })

  test('cannot lead a trusted function astray with a temporary table', async () => {
    const { rows } = await service.owner.query(
      `select proname from pg_proc where prosecdef and pronamespace = 'public'::regnamespace and not coalesce(proconfig, '{}') && array['search_path=public, pg_temp']`,
    )
    expect(rows).toEqual([])
  })

  test('reads without policies only what everybody may know, or what is needed before anybody is known', async () => {
    const { rows } = await service.owner.query(
      `select relname from pg_class where relkind in ('r', 'v', 'm') and relnamespace = 'public'::regnamespace and not relrowsecurity
        and has_table_privilege('sojus_app', oid, 'select') order by relname`,
    )
    expect(rows.map(({ relname }) => relname)).toEqual([
      'access_counter',
      'federal_state',
      'region',
      'service_kind',
      'service_module',
      'session',
      'sign_in',
      'specialisation',
      'youth_authority',
    ])
  })

  test('published tables refuse TRUNCATE, even from their owner', async () => {
    const { rows } = await service.owner.query<{ tablename: string }>(
      `select tablename from pg_publication_tables where pubname = 'sojus_facts'`,
    )
    expect(rows.length).toBeGreaterThan(10)
    for (const { tablename } of rows) {
      await expect(service.owner.query(`truncate ${tablename} cascade`), tablename).rejects.toMatchObject({ code: '0A000' })
    }
    await expect(service.owner.query('truncate client cascade')).resolves.toBeDefined()
  })
})
