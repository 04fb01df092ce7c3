import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Problem } from '../problem.ts'
import { HRO, startService, VG, type Service } from '../service.fixture.ts'
import type { ComparisonGroup, ComparisonGrouping, ListedAuthority } from './comparison-group.routes.ts'

let service: Service
beforeAll(async () => {
  service = await startService()
})
afterAll(() => service.stop())
beforeEach(() => service.owner.query('delete from comparison_grouping'))

const LHSN = '13004'
const ask = <Body>(method: string, path: string, body?: unknown, user = 'admin') =>
  service.as(user)<Body & Problem>(method, `/service/${path}`, body)
const grouping = async (name = 'Größenklasse') =>
  (await ask<ComparisonGrouping>('POST', 'comparison-groupings', { name, explanation: 'nach Einwohnern unter 21' })).body
const group = (grouping_id: number, name: string, ...members: string[]) =>
  ask<ComparisonGroup>('POST', 'comparison-groups', { grouping_id, name, members })
const stored = async () =>
  (
    await service.owner.query(
      `select name, youth_authority_id as id from comparison_group join comparison_group_member on group_id = id order by 1, 2`,
    )
  ).rows

describe('an administrator', () => {
  test('forms groups, renames them, assigns authorities and deletes them', async () => {
    const made = await grouping()
    const large = await group(made.id, 'groß', HRO, VG, VG)
    expect([large.status, large.headers.get('location')]).toEqual([201, `/service/comparison-groups/${large.body.id}`])
    expect(large.body).toEqual({
      id: large.body.id,
      code: `g${large.body.id}`,
      grouping_id: made.id,
      name: 'groß',
      members: [HRO, VG],
      uses: 0,
    })
    const changed = await ask<ComparisonGroup>('PUT', `comparison-groups/${large.body.id}`, { name: 'mittel', members: [VG, LHSN] })
    expect(changed.body).toMatchObject({ code: large.body.code, name: 'mittel', members: [LHSN, VG] })
    const renamed = { name: 'Größe', explanation: 'nach Einwohnern' }
    expect((await ask<ComparisonGrouping>('PUT', `comparison-groupings/${made.id}`, renamed)).body).toEqual({
      id: made.id,
      ...renamed,
      groups: [changed.body],
    })
    expect((await ask('DELETE', `comparison-groups/${large.body.id}`)).status).toBe(204)
    expect((await ask('DELETE', `comparison-groups/${large.body.id}`)).status).toBe(404)
    await group(made.id, 'klein', LHSN)
    expect((await ask('DELETE', `comparison-groupings/${made.id}`)).status).toBe(204)
    expect((await ask<{ items: unknown[] }>('GET', 'comparison-groupings')).body.items).toEqual([])
    expect(await stored()).toEqual([])
  })

  test('finds every authority to choose from', async () => {
    const { items } = (await ask<{ items: ListedAuthority[] }>('GET', 'youth-authorities')).body
    expect(items).toHaveLength(401)
    expect(items.find(({ id }) => id === VG)).toEqual({ id: VG, abbreviation: 'VG', name: 'Vorpommern-Greifswald', federal_state: 'MV' })
  })

  test('is told where a group is in use', async () => {
    const { body } = await group((await grouping()).id, 'groß', VG)
    const definition = { figures: 'case_count', rows: 'region', area: body.code }
    for (const user of ['politik', 'controlling.vg']) await ask('POST', 'evaluations', { name: 'Große', definition }, user)
    await service.owner.query(
      `insert into published_view (title, view, data_as_of, data_lsn, definitions, answer, published_by)
       values ('Große', $1, now(), '0/1', 'v', '{}', (select id from user_account where user_name = 'politik'))`,
      [JSON.stringify({ area: body.code })],
    )
    const [listed] = (await ask<{ items: ComparisonGrouping[] }>('GET', 'comparison-groupings')).body.items
    expect(listed!.groups[0]!.uses).toBe(3)
  })
})

describe('is refused, in words and at the field', () => {
  test('an authority in two groups of one grouping, naming it and its group', async () => {
    const { id } = await grouping()
    await group(id, 'groß', HRO, VG)
    const small = await group(id, 'klein', LHSN)
    const before = await stored()
    const message = 'Schon in einer anderen Gruppe: Vorpommern-Greifswald (in „groß“). Bitte zuerst dort herausnehmen.'
    const expected = { status: 409, body: { code: 'comparison_group_member_one_each', details: [{ field: 'members', message }] } }
    expect(await group(id, 'noch eine', VG)).toMatchObject(expected)
    expect(await ask('PUT', `comparison-groups/${small.body.id}`, { name: 'winzig', members: [VG] })).toMatchObject(expected)
    expect(await stored()).toEqual(before)
    // in another grouping it may stand
    expect((await group((await grouping('Küste')).id, 'an der Küste', VG)).status).toBe(201)
  })

  test('what is empty, unknown or there already', async () => {
    const { id } = await grouping()
    await group(id, 'groß', VG)
    const before = await stored()
    const refused = async (reply: Promise<{ status: number; body: Problem }>) => {
      const { status, body } = await reply
      return [status, ...(body.details ?? []).map(({ field }) => field)]
    }
    expect(await refused(ask('POST', 'comparison-groupings', { name: 'größenKlasse', explanation: 'x' }))).toEqual([409, 'name'])
    expect(await refused(ask('POST', 'comparison-groupings', { name: ' ', explanation: 'x'.repeat(301) }))).toEqual([
      400,
      'name',
      'explanation',
    ])
    expect(await refused(group(id, 'GROSS', LHSN))).toEqual([201])
    expect(await refused(group(id, 'Groß', HRO))).toEqual([409, 'name'])
    expect(await refused(group(id, 'leer'))).toEqual([400, 'members'])
    expect(await refused(group(id, 'fremd', '99999'))).toEqual([422, 'members'])
    expect(await refused(group(id, 'fremd', 'Rostock'))).toEqual([400, 'members[0]'])
    expect(await refused(group(2_000_000_000, 'nirgends', HRO))).toEqual([422, 'grouping_id'])
    for (const path of ['0', '1e3', '-1', '99999999999', 'x'])
      expect((await ask('PUT', `comparison-groups/${path}`, { name: 'a', members: [VG] })).status).toBe(404)
    expect((await stored()).filter(({ id: member }) => member !== LHSN)).toEqual(before)
  })

  test('everybody else: the data base itself keeps them out', async () => {
    const { id } = await grouping()
    const { body } = await group(id, 'groß', VG)
    const before = await stored()
    for (const user of ['politik', 'controlling.vg', 'fall.vg', 'anbieter.1']) {
      const attempts: [string, string, unknown][] = [
        ['GET', 'comparison-groupings', undefined],
        ['GET', 'youth-authorities', undefined],
        ['POST', 'comparison-groupings', { name: 'b', explanation: 'c' }],
        ['POST', 'comparison-groups', { grouping_id: id, name: 'b', members: [HRO] }],
        ['PUT', `comparison-groups/${body.id}`, { name: 'b', members: [HRO] }],
        ['DELETE', `comparison-groups/${body.id}`, undefined],
        ['DELETE', `comparison-groupings/${id}`, undefined],
      ]
      for (const [method, path, json] of attempts)
        expect([user, method, path, (await ask(method, path, json, user)).status]).toEqual([user, method, path, 404])
    }
    const client = new pg.Client({ connectionString: service.database.app_url })
    await client.connect()
    const as = async (roles: string, statement: string) => {
      const set = `select set_config('sojus.roles', $1, true), set_config('sojus.user_account_id', $2, true)`
      await client.query('begin')
      try {
        await client.query(set, [roles, randomUUID()])
        return await client.query(statement)
      } finally {
        await client.query('rollback')
      }
    }
    expect((await as('politics', 'select from comparison_group_member')).rowCount).toBe(1)
    expect((await as('politics', 'delete from comparison_group_member')).rowCount).toBe(0)
    expect((await as('politics', `update comparison_group set name = 'x'`)).rowCount).toBe(0)
    expect((await as('politics', `select comparison_group_uses(${body.id}) as uses`)).rows).toEqual([{ uses: 0 }])
    await expect(as('politics', `insert into comparison_grouping (name, explanation) values ('x', 'y')`)).rejects.toThrow(
      'row-level security',
    )
    await client.end()
    expect(await stored()).toEqual(before)
  })
})
