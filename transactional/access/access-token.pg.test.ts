import { createHash } from 'node:crypto'
import { Hono } from 'hono'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Problem } from '../problem.ts'
import { startService, VG, type Service } from '../service.fixture.ts'
import { apiReaderOf } from './api-reader.ts'
import { mostGuesses } from './guesses.ts'

let service: Service
let start: Date
beforeAll(async () => {
  service = await startService()
  start = service.clock.now
})
afterAll(() => service.stop())
beforeEach(async () => {
  service.clock.now = start
  service.clearSessions()
  await service.owner.query('delete from access_token')
})

type Made = {
  id: string
  name: string
  created_on: string
  expires_on: string
  last_used_on: string | null
  expired: boolean
  token?: string
}
type List = { items: Made[]; next_cursor: string | null }

const make = (user: string, body: unknown = { name: 'Monatsbericht' }, headers: Record<string, string> = {}) =>
  service.as(user)<Made & Problem>('POST', '/service/access-tokens', body, headers)
const list = async (user: string) => (await service.as(user)<List>('GET', '/service/access-tokens')).body.items
const onDay = (day: string) => {
  service.clock.now = new Date(`${day}T09:00:00Z`)
  // nobody stays signed in that long
  service.clearSessions()
}

/** Somebody who asks the api, each with an address book of their own. */
const asking = () => {
  const readerOf = apiReaderOf({ db: service.db, now: () => service.clock.now, secure: true })
  const app = new Hono().all('*', async (c) => c.json(await readerOf(c)))
  return async (token: string, { method = 'GET', address = '192.0.2.1', scheme = 'Bearer' } = {}) => {
    const headers = { authorization: `${scheme} ${token}`, 'x-forwarded-for': address }
    return (await app.request('/api/comparison', { method, headers })).json()
  }
}

describe('an access token', () => {
  test('is told once and stored as a hash only', async () => {
    const { status, body, headers } = await make('controlling.vg')
    expect(status).toBe(201)
    expect(body).toEqual({
      id: expect.any(String),
      name: 'Monatsbericht',
      created_on: '2026-03-10',
      expires_on: '2026-06-08',
      last_used_on: null,
      expired: false,
      token: expect.stringMatching(/^sojus_[A-Za-z0-9_-]{43}$/),
    })
    expect(headers.get('location')).toBe(`/service/access-tokens/${body.id}`)
    expect(headers.get('cache-control')).toBe('no-store')
    const { token, ...listed } = body
    expect(await list('controlling.vg')).toEqual([listed])
    expect((await service.as('controlling.vg')('GET', headers.get('location')!)).body).toEqual(listed)
    const { token_hash } = await service.one<{ token_hash: Buffer }>('select token_hash from access_token')
    expect(token_hash).toEqual(createHash('sha256').update(token!).digest())
  })

  test('is not stored for a repeated request either, which gets the same answer without it', async () => {
    const headers = { 'idempotency-key': 'schluessel-1' }
    const first = await make('controlling.vg', { name: 'Einmal' }, headers)
    const again = await make('controlling.vg', { name: 'Einmal' }, headers)
    const { token, ...rest } = first.body
    expect([again.status, again.body]).toEqual([201, rest])
    expect(await list('controlling.vg')).toHaveLength(1)
    const stored = await service.one<{ all: string }>(
      `select string_agg(k::text, ' ') || (select string_agg(t::text, ' ') from access_token t) as all from idempotency_key k`,
    )
    expect(stored.all).not.toContain(token)
  })

  test('reads in the name of its user, with the rights of the moment', async () => {
    const ask = asking()
    const { token } = (await make('controlling.vg')).body
    const reader = {
      user_account_id: service.ids['controlling.vg'],
      user_name: 'controlling.vg',
      display_name: 'controlling.vg',
      federal_state: 'MV',
      roles: ['controlling'],
      youth_authority_id: VG,
      provider_id: null,
    }
    expect(await ask(token!)).toEqual(reader)
    expect(await ask(token!, { scheme: 'bearer' })).toEqual(reader)
    const account = [service.ids['controlling.vg']]
    await service.owner.query('delete from user_role where user_account_id = $1', account)
    expect(await ask(token!)).toEqual({ ...reader, roles: [] })
    await service.owner.query(`insert into user_role (user_account_id, role) values ($1, 'controlling')`, account)
    await service.owner.query('update user_account set active = false where id = $1', account)
    expect(await ask(token!)).toBe('token_refused')
    await service.owner.query('update user_account set active = true where id = $1', account)
    expect(await ask(token!)).toEqual(reader)
  })

  test('only reads', async () => {
    const ask = asking()
    const { token } = (await make('fall.vg')).body
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE'])
      expect([method, await ask(token!, { method })]).toEqual([method, 'token_refused'])
  })

  test('opens neither services nor the session, nor the making of tokens', async () => {
    const headers = { authorization: `Bearer ${(await make('fall.vg')).body.token}` }
    const attempts: [string, string, unknown?][] = [
      ['GET', '/service/clients'],
      ['GET', '/service/access-tokens'],
      ['POST', '/service/access-tokens', { name: 'Noch einer' }],
      ['GET', '/api/session'],
      ['POST', '/api/session/password', { current_password: service.password, new_password: 'ein neues Kennwort' }],
    ]
    for (const [method, path, body] of attempts) {
      expect([path, await service.request(method, path, body, headers)]).toMatchObject([
        path,
        { status: 401, body: { code: 'not_signed_in' } },
      ])
    }
    expect(await list('fall.vg')).toHaveLength(1)
  })

  test('is refused when it is revoked, expired or wrong', async () => {
    const ask = asking()
    const { token } = (await make('politik', { name: 'Kurz', expires_on: '2026-03-12' })).body
    const { token: other, id } = (await make('politik')).body
    onDay('2026-03-12')
    expect(await ask(token!)).toMatchObject({ user_name: 'politik' })
    onDay('2026-03-13')
    expect(await ask(token!)).toBe('token_refused')
    expect((await list('politik')).map(({ name, expired }) => [name, expired])).toEqual([
      ['Monatsbericht', false],
      ['Kurz', true],
    ])
    expect(await ask(other!)).toMatchObject({ user_name: 'politik' })
    for (const wrong of ['', 'x', `${other}x`, other!.replace('sojus_', ''), `sojus_${'A'.repeat(43)}`, 'sojus_\u00e4', "' or 1=1 --"])
      expect([wrong, await ask(wrong)]).toEqual([wrong, 'token_refused'])
    const revoked = await service.as('politik')('DELETE', `/service/access-tokens/${id}`)
    expect(revoked.status).toBe(204)
    expect(await ask(other!)).toBe('token_refused')
    expect((await service.as('politik')('DELETE', `/service/access-tokens/${id}`)).status).toBe(404)
    expect(await list('politik')).toHaveLength(1)
  })

  test('ends with its account', async () => {
    const { id } = await service.insert('user_account', {
      federal_state: 'MV',
      user_name: 'geht',
      password_hash: 'x',
      display_name: 'Geht',
    })
    const row = { user_account_id: id, name: 'x', token_hash: Buffer.alloc(32), created_on: '2026-03-10', expires_on: '2026-03-11' }
    await service.insert('access_token', row)
    await service.owner.query('delete from user_account where id = $1', [id])
    expect(await service.one('select count(*) from access_token')).toEqual({ count: 0 })
  })

  test('notes the day it was last used, once a day', async () => {
    const ask = asking()
    const { token, id } = (await make('politik')).body
    const state = () =>
      service.one<{ xmin: string; last_used_on: string | null }>('select xmin, last_used_on from access_token where id = $1', [id])
    await ask(token!)
    const first = await state()
    expect(first.last_used_on).toBe('2026-03-10')
    await ask(token!)
    expect(await state()).toEqual(first)
    onDay('2026-03-11')
    await ask(token!)
    expect((await state()).last_used_on).toBe('2026-03-11')
  })

  test('goes a month after it expired', async () => {
    await make('politik', { name: 'Kurz', expires_on: '2026-03-10' })
    onDay('2026-04-09')
    await service.request('POST', '/api/session', { state: 'MV', user_name: 'admin', password: service.password, pledge: true }, {})
    expect(await list('politik')).toHaveLength(1)
    onDay('2026-04-10')
    await service.request('POST', '/api/session', { state: 'MV', user_name: 'admin', password: service.password, pledge: true }, {})
    expect(await list('politik')).toEqual([])
  })

  test('appears in no log', async () => {
    const ask = asking()
    const { token } = (await make('politik')).body
    await ask(token!)
    await ask(`${token}x`)
    await service.request('GET', '/service/clients', undefined, { authorization: `Bearer ${token}` })
    expect(service.lines.join('')).not.toContain('sojus_')
  })
})

describe('guessing', () => {
  const wrong = (number: number) => `sojus_${String(number).padStart(43, '0')}`

  test('stops after many different wrong tokens from one address, for a quarter of an hour', async () => {
    const ask = asking()
    const { token } = (await make('politik')).body
    for (let guess = 0; guess < mostGuesses; guess++) expect(await ask(wrong(guess))).toBe('token_refused')
    expect(await ask(wrong(0))).toBe('token_throttled')
    expect(await ask(token!)).toBe('token_throttled')
    expect(await ask(token!, { address: '192.0.2.2' })).toMatchObject({ user_name: 'politik' })
    service.clock.now = new Date(start.getTime() + 16 * 60_000)
    expect(await ask(token!)).toMatchObject({ user_name: 'politik' })
  })

  test('is not what a forgotten program does with its expired token', async () => {
    const ask = asking()
    const { token } = (await make('politik')).body
    for (let time = 0; time < 2 * mostGuesses; time++) expect(await ask(wrong(7))).toBe('token_refused')
    expect(await ask(token!)).toMatchObject({ user_name: 'politik' })
  })
})

describe('wrong input', () => {
  test.each<[unknown, string, string]>([
    [{}, 'name', 'fehlt.'],
    [{ name: '   ' }, 'name', 'fehlt.'],
    [{ name: 'x'.repeat(61) }, 'name', 'darf höchstens 60 Zeichen lang sein.'],
    [{ name: 7 }, 'name', 'muss ein Text sein.'],
    [{ name: 'a\u0000b' }, 'name', 'enthält Zeichen, die nicht erlaubt sind.'],
    [{ name: 'x', expires_on: 'morgen' }, 'expires_on', 'muss ein Datum (JJJJ-MM-TT) sein.'],
    [{ name: 'x', expires_on: '2026-02-30' }, 'expires_on', 'muss ein Datum (JJJJ-MM-TT) sein.'],
    [{ name: 'x', expires_on: null }, 'expires_on', 'muss ein Text sein.'],
    [{ name: 'x', roles: ['admin'] }, 'roles', 'ist hier nicht vorgesehen.'],
    [{ name: 'x', token: 'sojus_selbst' }, 'token', 'ist hier nicht vorgesehen.'],
  ])('%j is refused by name', async (body, field, message) => {
    expect(await make('politik', body)).toMatchObject({ status: 400, body: { code: 'invalid_input', details: [{ field, message }] } })
  })

  test('a day in the past, or more than 366 days ahead, is refused', async () => {
    const past = await make('politik', { name: 'x', expires_on: '2026-03-09' })
    expect(past).toMatchObject({ status: 422, body: { code: 'access_token_past', details: [{ field: 'expires_on' }] } })
    const late = await make('politik', { name: 'x', expires_on: '2027-03-12' })
    expect(late).toMatchObject({ status: 422, body: { code: 'access_token_lifetime', details: [{ field: 'expires_on' }] } })
    expect((await make('politik', { name: 'x', expires_on: '2027-03-11' })).status).toBe(201)
    const row = { user_account_id: service.ids['politik'], name: 'x', token_hash: Buffer.alloc(32), created_on: '2026-03-10' }
    await expect(service.insert('access_token', { ...row, expires_on: '2027-03-12' })).rejects.toMatchObject({
      constraint: 'access_token_lifetime',
    })
  })

  test('the twenty-first living token is refused, also when they are made at once', async () => {
    await make('politik', { name: 'abgelaufen', expires_on: '2026-03-10' })
    onDay('2026-03-11')
    const replies = await Promise.all(Array.from({ length: 24 }, (_, number) => make('politik', { name: `Nr. ${number}` })))
    expect(replies.filter(({ status }) => status === 201)).toHaveLength(20)
    const refused = replies.find(({ status }) => status !== 201)
    expect(refused).toMatchObject({
      status: 409,
      body: { code: 'access_token_count', title: 'Mehr als 20 gültige Zugangsschlüssel sind nicht möglich.' },
    })
    expect((await make('fall.vg')).status).toBe(201)
  })

  test('an id that is none, or not the own one, leads nowhere', async () => {
    const { id } = (await make('politik')).body
    for (const method of ['GET', 'DELETE']) {
      for (const [user, path] of [
        ['politik', 'x'],
        ['fall.vg', id],
        ['admin', id],
      ] as const)
        expect([method, path, (await service.as(user)(method, `/service/access-tokens/${path}`)).status]).toEqual([method, path, 404])
    }
    expect(await list('politik')).toHaveLength(1)
  })
})

describe('row-level security', () => {
  test('shows, makes and removes only the own tokens, whoever asks', async () => {
    await make('politik')
    await make('fall.vg')
    const app = new pg.Client({ connectionString: service.database.app_url })
    await app.connect()
    try {
      const names = async (account: string, roles: string) => {
        await app.query(`select set_config('sojus.user_account_id', $1, false), set_config('sojus.roles', $2, false)`, [account, roles])
        return (await app.query<{ user_account_id: string }>('select user_account_id from access_token')).rows.map(
          (row) => row.user_account_id,
        )
      }
      const { politik, admin } = service.ids
      expect(await names('', '')).toEqual([])
      expect(await names(admin!, 'admin')).toEqual([])
      expect((await app.query('delete from access_token')).rowCount).toBe(0)
      expect((await app.query('update access_token set last_used_on = null')).rowCount).toBe(0)
      expect(await names(politik!, 'politics')).toEqual([politik])
      const foreign = `insert into access_token (user_account_id, name, token_hash, created_on, expires_on) values ($1, 'x', $2, '2026-03-10', '2026-03-11')`
      await expect(app.query(foreign, [admin, Buffer.alloc(32)])).rejects.toMatchObject({ code: '42501' })
      await expect(app.query(`update access_token set expires_on = '2030-01-01'`)).rejects.toMatchObject({ code: '42501' })
    } finally {
      await app.end()
    }
  })

  test('keeps tokens and the question whose they are from the stream', async () => {
    const { rows } = await service.owner.query(`select has_table_privilege('sojus_ingest', 'access_token', 'select') as reads,
      has_function_privilege('sojus_ingest', 'access_token_held(bytea, date)', 'execute') as asks,
      exists (select from pg_publication_tables where tablename = 'access_token') as published`)
    expect(rows).toEqual([{ reads: false, asks: false, published: false }])
  })
})
