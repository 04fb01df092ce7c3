import { createHash } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Problem } from '../problem.ts'
import { startService, VG, type Service } from '../service.fixture.ts'
import { readerOf } from './reader.ts'

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
  await service.owner.query('delete from sign_in')
})

type Session = { user_name: string; online: number; accesses: number }
const credentials = (more: object = {}) => ({ state: 'MV', user_name: 'fall.vg', password: service.password, pledge: true, ...more })
const signIn = (more: object = {}, headers: Record<string, string> = {}) =>
  service.request<Session & Problem>('POST', '/api/session', credentials(more), headers)
const cookieIn = (headers: Headers) => headers.get('set-cookie')!.split(';')[0]!
const later = (minutes: number) => void (service.clock.now = new Date(service.clock.now.getTime() + minutes * 60_000))
const seen = (cookie: string) => service.request<Session>('GET', '/api/session', undefined, { cookie })

describe('signing in', () => {
  test('opens a session by an http-only, same-site cookie of which only the hash is stored', async () => {
    const { status, headers, body } = await signIn()
    expect(status).toBe(201)
    expect(body).toMatchObject({
      user_name: 'fall.vg',
      federal_state: 'MV',
      federal_state_name: 'Mecklenburg-Vorpommern',
      roles: ['caseworker'],
      youth_authority: { id: VG, abbreviation: 'VG', name: 'Vorpommern-Greifswald' },
      provider: null,
      demonstration: false,
    })
    const cookie = headers.get('set-cookie')!
    expect(cookie).toMatch(/^sojus_session=[A-Za-z0-9_-]{43}; Max-Age=43200; Path=\/; HttpOnly; SameSite=Strict$/)
    const token = /=([^;]+)/.exec(cookie)![1]!
    const { token_hash } = await service.one<{ token_hash: Buffer }>('select token_hash from session order by created_at desc limit 1')
    expect(token_hash).toEqual(createHash('sha256').update(token).digest())
    const password = await service.one('select password_hash from user_account where user_name = $1', ['fall.vg'])
    expect(password['password_hash']).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
  })

  test('is told to a provider and a politician as what they are', async () => {
    expect((await signIn({ user_name: 'anbieter.1' })).body).toMatchObject({
      provider: { id: service.providers[0]!.id, name: 'Träger 1' },
      youth_authority: null,
    })
    expect((await signIn({ user_name: 'politik' })).body).toMatchObject({ roles: ['politics'], provider: null, youth_authority: null })
  })

  test('takes the name in any case, but needs the pledge and every field', async () => {
    expect((await signIn({ user_name: ' Fall.VG ' })).status).toBe(201)
    expect(await signIn({ pledge: false })).toMatchObject({
      status: 400,
      body: { code: 'invalid_input', details: [{ field: 'pledge', message: 'muss bestätigt werden.' }] },
    })
    expect(await signIn({ pledge: 'true' })).toMatchObject({ status: 400 })
    for (const field of ['state', 'user_name', 'password', 'pledge']) {
      expect(await signIn({ [field]: undefined })).toMatchObject({ status: 400, body: { details: [{ field, message: 'fehlt.' }] } })
    }
  })

  test('answers a wrong password and a name nobody has in the same words', async () => {
    const wrong = await signIn({ password: 'falsch' })
    const nobody = await signIn({ user_name: 'niemand' })
    const elsewhere = await signIn({ state: 'BE' })
    expect(wrong).toMatchObject({ status: 401, body: { code: 'sign_in_failed' } })
    expect([nobody.body, elsewhere.body]).toEqual([wrong.body, wrong.body])
    expect(wrong.headers.get('set-cookie')).toBeNull()
    await service.owner.query(`update user_account set active = false where user_name = 'politik'`)
    expect((await signIn({ user_name: 'politik' })).body).toEqual(wrong.body)
    await service.owner.query(`update user_account set active = true where user_name = 'politik'`)
  })

  test('takes about as long for a name nobody has', async () => {
    // the time of the processor, and the least of several attempts, are the same on a busy machine
    const work = async (more: object) => {
      const before = process.cpuUsage()
      await signIn({ password: 'falsch', ...more })
      const { user, system } = process.cpuUsage(before)
      return user + system
    }
    await work({ user_name: 'warm' })
    const wrong: number[] = []
    const nobody: number[] = []
    for (let round = 0; round < 4; round++) {
      wrong.push(await work({}))
      nobody.push(await work({ user_name: `niemand${round}` }))
    }
    const ratio = Math.min(...nobody) / Math.min(...wrong)
    expect(ratio).toBeGreaterThan(0.5)
    expect(ratio).toBeLessThan(2)
  })

  test('replaces the session the browser had', async () => {
    const first = cookieIn((await signIn()).headers)
    await signIn({}, { cookie: first })
    expect((await seen(first)).status).toBe(401)
  })

  test('is logged, success and failure, without the password', async () => {
    await signIn({ password: 'falsch' })
    await signIn()
    await signIn({ user_name: 'niemand' })
    const { rows } = await service.owner.query(
      'select user_name, succeeded, throttled, user_account_id, client_address from sign_in order by id',
    )
    const account = service.ids['fall.vg']
    expect(rows).toEqual([
      { user_name: 'fall.vg', succeeded: false, throttled: false, user_account_id: account, client_address: 'unknown' },
      { user_name: 'fall.vg', succeeded: true, throttled: false, user_account_id: account, client_address: 'unknown' },
      { user_name: 'niemand', succeeded: false, throttled: false, user_account_id: null, client_address: 'unknown' },
    ])
    expect(service.lines.join('')).not.toMatch(/falsch|langes Kennwort/)
  })
})

describe('guessing', () => {
  const throttled = { status: 429, body: { code: 'sign_in_throttled' } }

  test('stops after five wrong passwords for a name, known or not, for a quarter of an hour', async () => {
    for (const user_name of ['fall.vg', 'niemand']) {
      for (let attempt = 0; attempt < 5; attempt++) expect((await signIn({ user_name, password: 'falsch' })).status).toBe(401)
      const refused = await signIn({ user_name })
      expect(refused).toMatchObject(throttled)
      expect(refused.headers.get('retry-after')).toBe('900')
    }
    expect((await signIn({ user_name: 'fall2.vg' })).status).toBe(201)
    later(16)
    expect((await signIn()).status).toBe(201)
  })

  test('begins anew after a success', async () => {
    for (let attempt = 0; attempt < 5; attempt++) await signIn({ password: 'falsch' })
    await service.owner.query('update sign_in set succeeded = true where id = (select max(id) from sign_in)')
    later(1)
    for (let attempt = 0; attempt < 5; attempt++) expect((await signIn({ password: 'falsch' })).status).toBe(401)
    expect(await signIn()).toMatchObject(throttled)
  })

  test('is not faster with many attempts at once', async () => {
    const replies = await Promise.all(Array.from({ length: 30 }, () => signIn({ password: 'falsch' })))
    expect(replies.filter((reply) => reply.status === 401).length).toBeLessThanOrEqual(5)
    expect(replies.every((reply) => reply.status === 401 || reply.status === 429)).toBe(true)
  })

  test('of names from one address stops too', async () => {
    await service.owner.query(
      `insert into sign_in (federal_state, user_name, client_address, attempted_at) select 'MV', 'name' || i, 'unknown', $1 from generate_series(1, 60) as i`,
      [service.clock.now],
    )
    expect(await signIn()).toMatchObject(throttled)
  })
})

describe('a session', () => {
  test('tells who is online and how many accesses there were', async () => {
    await service.owner.query('delete from session')
    const first = cookieIn((await signIn()).headers)
    await signIn()
    const third = await signIn({ user_name: 'politik' })
    expect(third.body.online).toBe(2)
    const again = await seen(first)
    expect(again.body).toMatchObject({ online: 2, accesses: third.body.accesses + 1 })
    later(6)
    expect((await seen(first)).body.online).toBe(1)
  })

  test('ends after an idle hour, after twelve hours in any case, at sign-out and with the account', async () => {
    const idle = cookieIn((await signIn()).headers)
    later(59)
    expect((await seen(idle)).status).toBe(200)
    later(59)
    expect((await seen(idle)).status).toBe(200)
    later(61)
    expect(await seen(idle)).toMatchObject({ status: 401, body: { code: 'not_signed_in' } })

    const busy = cookieIn((await signIn()).headers)
    for (let hour = 0; hour < 14; hour++) {
      later(50)
      expect((await seen(busy)).status).toBe(200)
    }
    later(21)
    expect((await seen(busy)).status).toBe(401)

    const left = cookieIn((await signIn()).headers)
    const out = await service.request('DELETE', '/api/session', undefined, { cookie: left })
    expect(out.status).toBe(204)
    expect(out.headers.get('set-cookie')).toMatch(/^sojus_session=; Max-Age=0/)
    expect((await seen(left)).status).toBe(401)
    expect((await service.request('DELETE', '/api/session', undefined, {})).status).toBe(204)

    const gone = cookieIn((await signIn({ user_name: 'admin' })).headers)
    await service.owner.query(`update user_account set active = false where user_name = 'admin'`)
    expect((await seen(gone)).status).toBe(401)
    await service.owner.query(`update user_account set active = true where user_name = 'admin'`)
  })

  test('knows its reader with the roles of this moment, and nobody by a wrong cookie', async () => {
    const find = readerOf(service.db, () => service.clock.now)
    const from = (cookie: string) => find(new Request('http://localhost/', { headers: { cookie } }))
    const cookie = cookieIn((await signIn()).headers)
    expect(await from(`a=b; ${cookie}; c=d`)).toEqual({
      user_account_id: service.ids['fall.vg'],
      user_name: 'fall.vg',
      display_name: 'fall.vg',
      federal_state: 'MV',
      roles: ['caseworker'],
      youth_authority_id: VG,
      provider_id: null,
    })
    await service.owner.query('insert into user_role (user_account_id, role) values ($1, $2)', [service.ids['fall.vg'], 'controlling'])
    expect((await from(cookie))?.roles.toSorted()).toEqual(['caseworker', 'controlling'])
    await service.owner.query('delete from user_role where user_account_id = $1 and role = $2', [service.ids['fall.vg'], 'controlling'])
    for (const wrong of ['', 'sojus_session=', `${cookie}x`, 'sojus_session=../../etc', `sojus_session=${'A'.repeat(43)}`])
      expect(await from(wrong)).toBeUndefined()
  })
})

describe('changing the password', () => {
  const change = (cookie: string, current_password: string, new_password: string) =>
    service.request<Problem>('POST', '/api/session/password', { current_password, new_password }, { cookie })

  test('needs the current one and twelve characters, and ends every other session', async () => {
    const cookie = await service.cookieOf('fall2.vg')
    const other = cookieIn((await signIn({ user_name: 'fall2.vg' })).headers)
    expect(await change(cookie, 'falsch', 'ein neues Kennwort')).toMatchObject({
      status: 422,
      body: { code: 'password_wrong', details: [{ field: 'current_password' }] },
    })
    expect(await change(cookie, service.password, 'zu kurz')).toMatchObject({
      status: 400,
      body: { details: [{ field: 'new_password', message: 'muss mindestens 12 Zeichen lang sein.' }] },
    })
    expect(await change(cookie, service.password, service.password)).toMatchObject({ status: 422, body: { code: 'password_unchanged' } })
    expect(await change('', service.password, 'ein neues Kennwort')).toMatchObject({ status: 401, body: { code: 'not_signed_in' } })
    expect((await change(cookie, service.password, 'ein neues Kennwort')).status).toBe(204)
    expect((await seen(cookie)).status).toBe(200)
    expect((await seen(other)).status).toBe(401)
    expect((await signIn({ user_name: 'fall2.vg' })).status).toBe(401)
    expect((await signIn({ user_name: 'fall2.vg', password: 'ein neues Kennwort' })).status).toBe(201)
  })

  test('is no way to guess it', async () => {
    const cookie = await service.cookieOf('fall.vg')
    for (let attempt = 0; attempt < 5; attempt++) expect((await change(cookie, 'falsch', 'ein neues Kennwort')).status).toBe(422)
    expect((await change(cookie, service.password, 'ein neues Kennwort')).status).toBe(429)
  })
})

describe('a forged request', () => {
  const post = (headers: Record<string, string>, body: string = JSON.stringify(credentials())) =>
    service.request<Problem>('POST', '/api/session', body, headers)

  test('from another site is refused before it is read', async () => {
    const foreign = { status: 403, body: { code: 'wrong_origin' } }
    expect(await post({ 'sec-fetch-site': 'cross-site' })).toMatchObject(foreign)
    expect(await post({ 'sec-fetch-site': 'same-site' })).toMatchObject(foreign)
    expect(await post({ origin: 'https://evil.example' })).toMatchObject(foreign)
    expect(await post({ origin: 'null' })).toMatchObject(foreign)
    expect(await post({ origin: 'http://localhost' })).toMatchObject({ status: 201 })
    expect(await post({ origin: 'https://sojus.example:8443', host: 'sojus.example:8443' })).toMatchObject({ status: 201 })
    expect(await post({ 'sec-fetch-site': 'same-origin', origin: 'http://localhost' })).toMatchObject({ status: 201 })
    const cookie = await service.cookieOf('fall.vg')
    const client = { given_name: 'A', family_name: 'B', birth_date: '2015-01-01', sex: 'm' }
    expect(await service.request('POST', '/service/clients', client, { cookie, origin: 'https://evil.example' })).toMatchObject(foreign)
    expect(await service.request('DELETE', '/api/session', undefined, { cookie, 'sec-fetch-site': 'cross-site' })).toMatchObject(foreign)
    expect((await seen(cookie)).status).toBe(200)
  })

  test('as a form is refused: only JSON is taken', async () => {
    for (const type of ['application/x-www-form-urlencoded', 'text/plain', 'multipart/form-data; boundary=x', 'application/jsonp']) {
      expect(await post({ 'content-type': type })).toMatchObject({ status: 415, body: { code: 'wrong_content_type' } })
    }
  })
})

test('the sign-in form offers all states, and accounts only in a demonstration', async () => {
  type Choices = { states: { code: string; name: string }[]; demonstration: boolean; accounts: { user_name: string }[] }
  const { body } = await service.request<Choices>('GET', '/api/session/states', undefined, {})
  expect(body.states).toHaveLength(16)
  expect(body.states[0]).toEqual({ code: 'BW', name: 'Baden-Württemberg' })
  expect(body).toMatchObject({ demonstration: false, accounts: [] })
  await service.owner.query(`update user_account set demonstration = true where user_name = 'politik'`)
  expect((await service.request<Choices>('GET', '/api/session/states', undefined, {})).body).toMatchObject({
    demonstration: true,
    accounts: [{ state: 'MV', user_name: 'politik', password: 'sojus-demo' }],
  })
})
