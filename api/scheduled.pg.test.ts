import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { pino } from 'pino'
import pg from 'pg'
import { SMTPServer } from 'smtp-server'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { mailer } from '../transactional/portal/report-mail.ts'
import { runReports, type MakeReport, type RunnerDeps } from '../transactional/portal/report-runner.ts'
import { startPortal, type TestPortal } from './portal.fixture.ts'
import { readPdf, readXlsx } from './report/read.fixture.ts'

let portal: TestPortal
let owner: pg.Pool
const cookies = new Map<string, string>()
const minute = 60_000

const signIn = async () => {
  for (const user_name of ['politik', 'controlling.vg']) {
    const body = JSON.stringify({ state: 'MV', user_name, password: 'sojus-demo', pledge: true })
    const response = await fetch(`${portal.url}/api/session`, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
    cookies.set(user_name, response.headers.get('set-cookie')!.split(';')[0]!)
  }
}
beforeAll(async () => {
  portal = await startPortal({ demonstration: 0.05 })
  owner = new pg.Pool({ connectionString: portal.database.owner_url, max: 2 })
  owner.on('error', () => undefined)
  await signIn()
})
afterAll(async () => {
  await owner?.end()
  await portal?.stop()
})
afterEach(() => owner.query('delete from report_schedule; delete from inbox_item; delete from email_address'))

const ask = async (user: string, path: string, method = 'GET', body?: unknown) => {
  const headers = { cookie: cookies.get(user)!, 'content-type': 'application/json' }
  return fetch(portal.url + path, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) })
}
const json = async <T>(response: Response | Promise<Response>) => (await (await response).json()) as T

const monthly = {
  name: 'Fallzahl je Monat',
  view: 'comparison',
  query: { figure: 'case_count', month: '2026-09', area: 'MV' },
  period: 'latest',
  format: 'pdf',
  rhythm: 'monthly',
  day: 2,
}
const subscribe = async (user: string, change: object = {}) => {
  const response = await ask(user, '/service/report-schedules', 'POST', { ...monthly, ...change })
  expect(response.status).toBe(201)
  return json<{ id: string; next_due_at: string }>(response)
}
type Item = { id: string; title: string; file_name: string; read_at: string | null; mail: string; bytes: number }
const inbox = async (user: string) => (await json<{ items: Item[] }>(ask(user, '/service/inbox'))).items
type Listed = {
  id: string
  stopped: string | null
  next_due_at: string
  last_run: { state: string; failure: string | null; attempts: number }
}
const schedules = async (user: string) => (await json<{ items: Listed[] }>(ask(user, '/service/report-schedules'))).items

const november = new Date('2026-11-03T05:00:00Z')
const later = (minutes: number) => new Date(november.getTime() + minutes * minute)
const runner = (change: Partial<RunnerDeps> = {}, at = november) =>
  runReports({ ...portal.reports, log: pino({ enabled: false }), now: () => at, ...change })

test('a report arrives once when it is due, with the last whole month, and is read, fetched and deleted', async () => {
  const { next_due_at } = await subscribe('politik')
  expect(new Date(next_due_at)).toEqual(november)
  await portal.sendReports(later(-1))
  expect(await inbox('politik')).toEqual([])
  const two = { db: portal.reports.db }
  await Promise.all([runner(two), runner(two)])
  await runner()
  const items = await inbox('politik')
  expect(items).toMatchObject([{ title: 'Fallzahl je Monat', file_name: 'case_count_2026-10_mv.pdf', read_at: null, mail: 'none' }])
  expect(await schedules('politik')).toMatchObject([{ next_due_at: '2026-12-02T05:00:00Z', last_run: { state: 'made', attempts: 1 } }])

  const { id } = items[0]!
  const file = await ask('politik', `/service/inbox/${id}/file`)
  expect(file.headers.get('content-type')).toBe('application/pdf')
  const text = (await readPdf(new Uint8Array(await file.arrayBuffer()))).pages.join('\n')
  expect(text).toContain('Oktober 2026')
  expect(text).toContain(portal.url)

  for (const path of [`/service/inbox/${id}/file`]) expect((await ask('controlling.vg', path)).status).toBe(404)
  expect((await ask('controlling.vg', `/service/inbox/${id}`, 'DELETE')).status).toBe(404)
  expect(await json(ask('politik', '/api/session'))).toMatchObject({ unread: 1 })
  expect((await ask('politik', `/service/inbox/${id}/read`, 'PUT', {})).status).toBe(204)
  expect(await json(ask('politik', '/api/session'))).toMatchObject({ unread: 0 })
  expect((await ask('politik', `/service/inbox/${id}`, 'DELETE')).status).toBe(204)
  expect(await inbox('politik')).toEqual([])
  // deleted is deleted: the run has been made
  await runner()
  expect(await inbox('politik')).toEqual([])
})

test('a report holds the drawing it was subscribed to with', async () => {
  const query = { figure: 'case_density', month: '2026-09', area: 'MV', chart: 'map', region: '13071' }
  await subscribe('politik', { query })
  await runner()
  const [item] = await inbox('politik')
  const file = await ask('politik', `/service/inbox/${item!.id}/file`)
  const { pages } = await readPdf(new Uint8Array(await file.arrayBuffer()))
  expect(pages[0]).toContain('chart=map')
  expect(pages[1]).toContain('© GeoBasis-DE / BKG 2019')
})

test('a report of the own authority alone is made in its recipient’s rights of that moment', async () => {
  const query = { figures: 'cases_ended', rows: 'sex', area: 'own', from: '2026-08', to: '2026-09' }
  const own = { name: 'Enden bei uns', view: 'evaluation', query, format: 'xlsx' }
  await subscribe('controlling.vg', own)
  // nobody else has one to be told of
  const refused = await ask('politik', '/service/report-schedules', 'POST', { ...monthly, ...own })
  expect(refused.status).toBe(400)
  await runner()
  const [item] = await inbox('controlling.vg')
  expect(item).toMatchObject({ title: 'Enden bei uns', file_name: expect.stringContaining('13075') })
  const file = await ask('controlling.vg', `/service/inbox/${item!.id}/file`)
  const texts = JSON.stringify(readXlsx(new Uint8Array(await file.arrayBuffer())).sheets)
  expect(texts).toContain('Nur für das Jugendamt Vorpommern-Greifswald')

  const account = `(select id from user_account where user_name = 'controlling.vg')`
  await owner.query(`update user_role set role = 'politics' where user_account_id = ${account}`)
  try {
    await runner({}, new Date('2026-12-02T05:00:00Z'))
    expect(await inbox('controlling.vg')).toHaveLength(1)
    expect((await owner.query(`select stopped from report_schedule`)).rows).toEqual([{ stopped: 'role_lost' }])
  } finally {
    await owner.query(`update user_role set role = 'controlling' where user_account_id = ${account}`)
  }
})

test('a report is lost neither with the runner nor with what it writes, and a runner thought dead adds no second one', async () => {
  await subscribe('politik')
  let reached: () => void = () => undefined
  let goOn: () => void = () => undefined
  const waiting = new Promise<void>((resolve) => (reached = resolve))
  const allowed = new Promise<void>((resolve) => (goOn = resolve))
  // computed, but nothing written yet
  const stalled: MakeReport = async (...asked) => {
    const made = await portal.reports.make(...asked)
    reached()
    await allowed
    return made
  }
  const first = runner({ make: stalled })
  await waiting
  await runner({}, later(9))
  expect(await inbox('politik')).toEqual([])

  const cut: MakeReport = async (...asked) => {
    const made = await portal.reports.make(...asked)
    await owner.query('alter table inbox_item add constraint cut check (false) not valid')
    return made
  }
  await runner({ make: cut }, later(10))
  await owner.query('alter table inbox_item drop constraint cut')
  expect(await inbox('politik')).toEqual([])
  expect(await schedules('politik')).toMatchObject([{ last_run: { state: 'due', attempts: 2 } }])

  await runner({}, later(29))
  expect(await inbox('politik')).toEqual([])
  await runner({}, later(30))
  expect(await inbox('politik')).toHaveLength(1)
  goOn()
  await first
  expect(await inbox('politik')).toHaveLength(1)
})

test('what fails is tried five times, and the list then says so', async () => {
  await subscribe('politik', { period: 'fixed' })
  let attempts = 0
  const failing: MakeReport = () => {
    attempts += 1
    return Promise.reject(new Error('no figures today'))
  }
  for (const minutes of [0, 5, 10, 30, 70, 150, 400]) await runner({ make: failing }, later(minutes))
  expect(attempts).toBe(5)
  expect(await schedules('politik')).toMatchObject([{ stopped: null, last_run: { state: 'failed', failure: 'error', attempts: 5 } }])
  const huge: MakeReport = async (...asked) =>
    ({ ...(await portal.reports.make(...asked)), content: Buffer.alloc(11 * 1024 * 1024) }) as never
  await runner({ make: huge }, new Date('2026-12-02T06:00:00Z'))
  expect(await schedules('politik')).toMatchObject([{ stopped: null, last_run: { state: 'failed', failure: 'too_large' } }])
  expect(await inbox('politik')).toEqual([])
})

test('reports are computed in the rights of the moment, and end with them', async () => {
  // the own row is open to controllers alone
  const view = { query: { figure: 'dropout_rate', service_kind: 's35', area: 'MV' }, format: 'xlsx', period: 'fixed' }
  for (const user of ['controlling.vg', 'politik']) await subscribe(user, view)
  const seen: (string | null)[] = []
  const make: MakeReport = (reader, ...asked) => {
    seen.push(`${reader.user_name} ${reader.roles.join()} ${reader.youth_authority_id}`)
    return portal.reports.make(reader, ...asked)
  }
  await runner({ make })
  expect(seen.toSorted()).toEqual(['controlling.vg controlling 13075', 'politik politics null'])
  for (const user of ['controlling.vg', 'politik']) expect(await inbox(user)).toMatchObject([{ mail: 'none' }])

  const december = new Date('2026-12-02T06:00:00Z')
  const account = `(select id from user_account where user_name = 'controlling.vg')`
  await owner.query(`delete from user_role where user_account_id = ${account}`)
  await owner.query(`insert into user_role (user_account_id, role) values (${account}, 'caseworker')`)
  await owner.query(`update user_account set active = false where user_name = 'politik'`)
  await runner({ make }, december)
  const { rows } = await owner.query(
    `select user_name, stopped, state, failure from report_schedule
     join user_account on user_account.id = user_account_id join report_run on schedule_id = report_schedule.id
     where state = 'failed' order by user_name`,
  )
  expect(rows).toEqual([
    { user_name: 'controlling.vg', stopped: 'role_lost', state: 'failed', failure: 'refused' },
    { user_name: 'politik', stopped: 'account_locked', state: 'failed', failure: 'refused' },
  ])
  expect(seen).toHaveLength(2)
  await owner.query(`update user_account set active = true where user_name = 'politik'`)
  await owner.query(`update user_role set role = 'controlling' where user_account_id = ${account}`)
})

test('a view that is gone, a wrong one and a past state are refused with the field', async () => {
  const refused = async (change: object) => {
    const response = await ask('politik', '/service/report-schedules', 'POST', { ...monthly, ...change })
    expect(response.status).toBe(400)
    return (await json<{ details: { field: string; message: string }[] }>(response)).details
  }
  expect(await refused({ query: { figure: 'nonsense' } })).toMatchObject([{ field: 'query.figure' }])
  expect(await refused({ query: { figure: 'case_count', as_of: '2026-08' } })).toMatchObject([{ field: 'query' }])
  expect(await refused({ rhythm: 'weekly', day: 6 })).toMatchObject([{ field: 'day' }])
  expect(await refused({ name: ' ' })).toMatchObject([{ field: 'name' }])
  expect(await schedules('politik')).toEqual([])

  await subscribe('politik')
  await owner.query(`update report_schedule set query = '{"figure": "case_count", "area": "g999"}'`)
  await runner()
  expect(await schedules('politik')).toMatchObject([{ stopped: 'view_gone', last_run: { failure: 'refused' } }])
})

test('paused schedules wait, and go on without what they missed; reports go after their time', async () => {
  const { id } = await subscribe('politik')
  await ask('politik', `/service/report-schedules/${id}`, 'PUT', { paused: true })
  await runner({}, new Date('2027-03-10T12:00:00Z'))
  expect(await inbox('politik')).toEqual([])
  await ask('politik', `/service/report-schedules/${id}`, 'PUT', { paused: false })
  expect(await schedules('politik')).toMatchObject([{ next_due_at: '2026-11-03T05:00:00Z', last_run: null }])
  // nobody looked for months
  const late = new Date('2027-03-10T12:00:00Z')
  await runner({ keep_days: 30 }, late)
  expect(await schedules('politik')).toMatchObject([{ next_due_at: '2027-04-02T04:00:00Z' }])
  const count = async () => (await owner.query('select from inbox_item')).rowCount
  expect(await count()).toBe(1)
  const inDays = (days: number) => new Date(late.getTime() + days * 1440 * minute)
  await owner.query('select forget_expired($1)', [inDays(29.9)])
  expect(await count()).toBe(1)
  await owner.query('select forget_expired($1)', [inDays(30.1)])
  expect(await count()).toBe(0)
  // their sessions went as well
  await signIn()
})

describe('by e-mail', () => {
  let server: SMTPServer
  let port: number
  const mails: { from: string; to: string[]; source: string }[] = []
  let refusals = 0

  beforeAll(async () => {
    server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      onRcptTo: (_address, _session, done) => {
        refusals -= 1
        done(refusals >= 0 ? new Error('try again later') : null)
      },
      onData: (stream, { envelope }, done) => {
        const parts: Buffer[] = []
        stream.on('data', (part: Buffer) => parts.push(part))
        stream.on('end', () => {
          const { mailFrom, rcptTo } = envelope
          const from = mailFrom === false ? '' : mailFrom.address
          mails.push({ from, to: rcptTo.map(({ address }) => address), source: Buffer.concat(parts).toString() })
          done()
        })
      },
    })
    server.listen(0, '127.0.0.1')
    await once(server.server, 'listening')
    port = (server.server.address() as AddressInfo).port
  })
  afterAll(() => new Promise<void>((resolve) => server.close(() => resolve())))

  test('a notice says that a report is there, with no figure, title or name; it is sent once, and again only when refused', async () => {
    const send = mailer({ smtp_url: `smtp://127.0.0.1:${port}`, from: 'sojus@example.de', inbox: `${portal.url}/postfach` })
    expect((await ask('politik', '/service/email-address', 'PUT', { address: 'kein@' })).status).toBe(400)
    expect((await ask('politik', '/service/email-address', 'PUT', { address: 'p@example.de, q@example.de' })).status).toBe(400)
    expect((await ask('politik', '/service/email-address', 'PUT', { address: 'p.olitik@example.de' })).status).toBe(204)
    expect(await json(ask('controlling.vg', '/service/email-address'))).toMatchObject({ address: '' })
    await subscribe('politik')
    await subscribe('controlling.vg')
    refusals = 1
    await runner({ send })
    expect(mails).toHaveLength(0)
    expect(await inbox('politik')).toMatchObject([{ mail: 'due' }])
    await Promise.all([runner({ send }, later(10)), runner({ send }, later(10))])
    await runner({ send }, later(500))
    expect(mails).toMatchObject([{ from: 'sojus@example.de', to: ['p.olitik@example.de'] }])
    expect(await inbox('politik')).toMatchObject([{ mail: 'sent' }])
    expect(await inbox('controlling.vg')).toMatchObject([{ mail: 'none' }])

    const [head, ...body] = mails[0]!.source.split('\r\n\r\n')
    const text = body
      .join('\n')
      .replaceAll(/=\r\n/g, '')
      .replaceAll(/=([0-9A-F]{2})/g, '%$1')
    const told = decodeURIComponent(text)
    expect(head).not.toMatch(/attachment|multipart|Fallzahl|Petra/)
    expect(told).toContain(`${portal.url}/postfach`)
    expect(told.replace(portal.url, '')).not.toMatch(/\d|Fallzahl|Politik|Oktober/)
  })

  test('a notice whose fate is unknown is not sent again', async () => {
    await ask('politik', '/service/email-address', 'PUT', { address: 'p.olitik@example.de' })
    await subscribe('politik')
    let sent = 0
    const dying = () => {
      sent += 1
      return new Promise<void>(() => undefined)
    }
    void runner({ send: dying })
    await expect.poll(() => sent, { timeout: 20_000 }).toBe(1)
    await runner({ send: dying }, later(10_000))
    expect(sent).toBe(1)
    expect(await inbox('politik')).toMatchObject([{ mail: 'sending' }])
  })
})
