import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Problem } from '../problem.ts'
import { HRO, startService, VG, type Service } from '../service.fixture.ts'
import type { Evaluation } from './evaluation.routes.ts'

let service: Service
beforeAll(async () => {
  service = await startService()
})
afterAll(() => service.stop())
beforeEach(() => service.owner.query('delete from evaluation'))

type Saved = Evaluation & Problem
type List = { items: Evaluation[]; next_cursor: string | null }

const definition = {
  figures: 'case_count,dropout_rate',
  rows: 'region',
  columns: 'service_kind',
  service_kinds: 's34,s31',
  grain: 'quarter',
}
const save = (user: string, change: Record<string, unknown> = {}, headers: Record<string, string> = {}) =>
  service.as(user)<Saved>('POST', '/service/evaluations', { name: 'Quartalsbericht', definition, ...change }, headers)
const list = async (user: string) => (await service.as(user)<List>('GET', '/service/evaluations')).body.items.map(({ name }) => name)
const pins = async (user: string) => (await service.as(user)<List>('GET', '/service/evaluation-pins')).body.items.map(({ name }) => name)
const pin = (user: string, ...evaluations: string[]) => service.as(user)<List & Problem>('PUT', '/service/evaluation-pins', { evaluations })

describe('a saved evaluation', () => {
  test('is kept as it was asked, changed and deleted by its owner', async () => {
    const { status, body, headers } = await save('controlling.vg')
    expect(status).toBe(201)
    expect(headers.get('location')).toBe(`/service/evaluations/${body.id}`)
    expect(body).toEqual({
      id: expect.any(String),
      name: 'Quartalsbericht',
      definition,
      shared: 'nobody',
      own: true,
      owner: 'controlling.vg',
      changed_at: service.clock.now.toISOString(),
      pinned: false,
    })
    const ask = service.as('controlling.vg')
    expect((await ask('GET', `/service/evaluations/${body.id}`)).body).toEqual(body)
    const classes = { age_group: 'a10_15', sex: 'w', provider: '01a219ec-8edb-7cd3-b8a8-c513496f811e', end_reason: '10' }
    const other = { name: 'Jahresbericht', definition: { figures: 'case_stock', rows: 'period', ...classes }, shared: 'authority' }
    const changed = await ask<Saved>('PUT', `/service/evaluations/${body.id}`, other)
    expect([changed.status, changed.body]).toEqual([200, { ...body, ...other }])
    expect((await ask('DELETE', `/service/evaluations/${body.id}`)).status).toBe(204)
    expect((await ask('GET', `/service/evaluations/${body.id}`)).status).toBe(404)
    expect((await ask('DELETE', `/service/evaluations/${body.id}`)).status).toBe(404)
  })

  test('is saved once, however often the request is repeated', async () => {
    const headers = { 'idempotency-key': 'einmal-sichern' }
    const [first, again] = [await save('politik', {}, headers), await save('politik', {}, headers)]
    expect(again.body).toEqual(first.body)
    expect(await list('politik')).toHaveLength(1)
  })

  test('holds a query and nothing else', async () => {
    for (const [change, field] of [
      [{ name: '  ' }, 'name'],
      [{ name: 'x'.repeat(81) }, 'name'],
      [{ shared: 'everybody' }, 'shared'],
      [{ definition: { rows: 'region' } }, 'definition.figures'],
      [{ definition: { ...definition, sql: 'select 1' } }, 'definition.sql'],
      [{ definition: { ...definition, figures: "case_count'; drop table evaluation" } }, 'definition.figures'],
      [{ definition: { ...definition, from: '2026-13' } }, 'definition.from'],
      [{ answer: { values: [1] } }, 'answer'],
    ] as const) {
      const { status, body } = await save('controlling.vg', change)
      expect([field, status, body.details.map((detail) => detail.field)]).toEqual([field, 400, [field]])
    }
    expect(await list('controlling.vg')).toEqual([])
  })

  test('is one of a hundred at most', async () => {
    await service.owner.query(
      `insert into evaluation (name, definition, owner_id) select 'Nr. ' || n, '{}', $1 from generate_series(1, 100) as n`,
      [service.ids['politik']],
    )
    expect(await save('politik')).toMatchObject({ status: 409, body: { code: 'evaluation_count' } })
    expect((await save('controlling.vg')).status).toBe(201)
  })
})

describe('sharing', () => {
  test('nobody, the own authority or all see it, and only its owner changes it', async () => {
    await save('controlling.vg', { name: 'Für mich' })
    const { body: ours } = await save('controlling.vg', { name: 'Für VG', shared: 'authority' })
    const { body: everybodys } = await save('controlling.vg', { name: 'Für alle', shared: 'all' })
    expect(await list('controlling.vg')).toEqual(['Für alle', 'Für VG', 'Für mich'])
    for (const user of ['fall.vg', 'finanzen.vg']) expect([user, await list(user)]).toEqual([user, ['Für alle', 'Für VG']])
    for (const user of ['politik', 'fall.hro']) expect([user, await list(user)]).toEqual([user, ['Für alle']])
    const read = await service.as('fall.vg')<Saved>('GET', `/service/evaluations/${ours.id}`)
    expect(read.body).toMatchObject({ own: false, owner: 'controlling.vg', definition })
    expect((await service.as('fall.hro')('GET', `/service/evaluations/${ours.id}`)).status).toBe(404)
    for (const user of ['politik', 'fall.vg', 'anbieter.1', 'admin']) {
      const ask = service.as(user)
      const path = `/service/evaluations/${everybodys.id}`
      expect([user, (await ask('PUT', path, { name: 'Meine', definition, shared: 'nobody' })).status]).toEqual([user, 404])
      expect([user, (await ask('DELETE', path)).status]).toEqual([user, 404])
    }
    expect(await list('politik')).toEqual(['Für alle'])
  })

  test('ends when its owner takes it back, also where it was pinned', async () => {
    const { body } = await save('controlling.vg', { shared: 'all' })
    expect((await pin('politik', body.id)).status).toBe(200)
    await service.as('controlling.vg')('PUT', `/service/evaluations/${body.id}`, { name: body.name, definition, shared: 'authority' })
    expect([await list('politik'), await pins('politik'), await list('fall.vg')]).toEqual([[], [], ['Quartalsbericht']])
  })

  test('with the own authority needs one', async () => {
    const { status, body } = await save('politik', { shared: 'authority' })
    expect([status, body.code, body.details[0]!.field]).toEqual([422, 'evaluation_without_authority', 'shared'])
  })

  test('is read by finance and caseworkers, who save none; others find nothing', async () => {
    for (const user of ['fall.vg', 'finanzen.vg', 'anbieter.1', 'admin']) expect([user, (await save(user)).status]).toEqual([user, 404])
    for (const [user, status] of [
      ['fall.vg', 200],
      ['finanzen.vg', 200],
      ['anbieter.1', 404],
      ['admin', 404],
    ] as const) {
      expect([user, (await service.as(user)('GET', '/service/evaluations')).status]).toEqual([user, status])
      expect([user, (await service.as(user)('GET', '/service/evaluation-pins')).status]).toEqual([user, status])
    }
  })
})

describe('pins', () => {
  test('are one’s own, in one’s own order, and four at most', async () => {
    const ids: string[] = []
    for (const name of ['A', 'B', 'C', 'D', 'E']) ids.push((await save('controlling.vg', { name, shared: 'all' })).body.id)
    const [a, b, c, d, e] = ids as [string, string, string, string, string]
    expect((await pin('politik', c, a)).body.items.map(({ name, pinned }) => [name, pinned])).toEqual([
      ['C', true],
      ['A', true],
    ])
    await pin('politik', a, c, b)
    expect([await pins('politik'), await pins('controlling.vg')]).toEqual([['A', 'C', 'B'], []])
    const { status, body } = await pin('politik', a, b, c, d, e)
    expect([status, body.details[0]]).toEqual([400, { field: 'evaluations', message: 'darf höchstens 4 Einträge haben.' }])
    expect((await pin('politik', a, a)).status).toBe(400)
    await service.as('controlling.vg')('DELETE', `/service/evaluations/${a}`)
    expect(await pins('politik')).toEqual(['C', 'B'])
    await pin('politik')
    expect(await pins('politik')).toEqual([])
  })

  test('keep nothing the reader may not see', async () => {
    const { body } = await save('controlling.vg')
    expect((await pin('politik', body.id)).status).toBe(404)
    expect((await pin('politik', '01890000-0000-7000-8000-000000000000')).status).toBe(404)
  })
})

test('the data base itself guards rows against whoever gets past the routes', async () => {
  const { body } = await save('controlling.vg', { shared: 'authority' })
  const client = new pg.Client({ connectionString: service.database.app_url })
  await client.connect()
  const as = async (user: string, roles: string, authority: string, statement: string) => {
    await client.query('begin')
    try {
      await client.query(
        `select set_config('sojus.user_account_id', $1, true), set_config('sojus.roles', $2, true), set_config('sojus.youth_authority_id', $3, true)`,
        [service.ids[user], roles, authority],
      )
      return (await client.query(statement)).rowCount
    } catch (error) {
      return (error as pg.DatabaseError).code
    } finally {
      await client.query('rollback')
    }
  }
  const insertFor = (owner: string, authority: string) =>
    `insert into evaluation (name, definition, owner_id, shared, youth_authority_id) values ('x', '{}', '${service.ids[owner]}', 'authority', '${authority}')`
  expect(await as('fall.vg', 'caseworker', VG, 'select from evaluation')).toBe(1)
  expect(await as('fall.vg', 'provider', VG, 'select from evaluation')).toBe(0)
  expect(await as('fall.hro', 'caseworker', HRO, 'select from evaluation')).toBe(0)
  expect(await as('fall.vg', 'controlling', VG, `update evaluation set name = 'x'`)).toBe(0)
  expect(await as('fall.vg', 'controlling', VG, 'delete from evaluation')).toBe(0)
  expect(await as('controlling.vg', 'controlling', VG, `update evaluation set owner_id = '${service.ids['politik']}'`)).toBe('42501')
  expect(await as('controlling.vg', 'controlling', VG, `update evaluation set youth_authority_id = '${HRO}'`)).toBe('42501')
  expect(await as('politik', 'politics', '', insertFor('controlling.vg', VG))).toBe('42501')
  expect(await as('controlling.vg', 'controlling', VG, insertFor('controlling.vg', HRO))).toBe('42501')
  expect(await as('fall.vg', 'caseworker', VG, insertFor('fall.vg', VG))).toBe('42501')
  const pinFor = (user: string) => `insert into evaluation_pin values ('${service.ids[user]}', '${body.id}', 1)`
  expect(await as('fall.vg', 'caseworker', VG, pinFor('fall.vg'))).toBe(1)
  expect(await as('fall.vg', 'caseworker', VG, pinFor('politik'))).toBe('42501')
  expect(await as('fall.hro', 'caseworker', HRO, pinFor('fall.hro'))).toBe('42501')
  await client.end()
})
