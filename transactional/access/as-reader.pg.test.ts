import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startService, VG, type Service } from '../service.fixture.ts'
import { asReader } from './as-reader.ts'
import type { Reader } from './reader.ts'

let service: Service
let reader: Reader
beforeAll(async () => {
  service = await startService()
  const account = { user_account_id: service.ids['fall.vg']!, user_name: 'fall.vg', display_name: 'fall.vg', federal_state: 'MV' }
  reader = { ...account, roles: ['caseworker', 'finance'], youth_authority_id: VG, provider_id: null }
})
afterAll(() => service.stop())

test('the data base knows who asks within the transaction, and nobody after it', async () => {
  const identity = sql<{ account: string; authority: string; provider: string | null; is: boolean; is_not: boolean; isolation: string }>`
    select current_account() as account, current_youth_authority() as authority, current_provider() as provider,
      has_role('finance') as is, has_role('admin', 'provider') as is_not, current_setting('transaction_isolation') as isolation`
  const inside = await asReader(service.db, reader, (trx) => identity.execute(trx))
  expect(inside.rows[0]).toEqual({
    account: reader.user_account_id,
    authority: VG,
    provider: null,
    is: true,
    is_not: false,
    isolation: 'read committed',
  })
  for (let connection = 0; connection < 25; connection++) {
    expect((await identity.execute(service.db)).rows[0]).toMatchObject({ account: null, authority: null, is: false })
  }
})

test('a deadlock is tried again, and both get their way', async () => {
  const [first, second] = [await service.openCase(), await service.openCase()].map(({ client_id }) => client_id)
  let runs = 0
  let holding = 0
  let meet = () => {}
  const bothHold = new Promise<void>((resolve) => (meet = resolve))
  const rename = (order: (string | undefined)[], name: string) =>
    asReader(service.db, reader, async (trx) => {
      runs++
      const take = (id: string | undefined) => trx.updateTable('client').set({ given_name: name }).where('id', '=', id!).execute()
      await take(order[0])
      if (++holding === 2) meet()
      await bothHold
      await take(order[1])
    })
  await Promise.all([rename([first, second], 'Eins'), rename([second, first], 'Zwei')])
  expect(runs).toBeGreaterThan(2)
  const { names } = await service.one('select count(distinct given_name)::int as names from client where id in ($1, $2)', [first, second])
  expect(names).toBe(1)
})

test('what is thrown undoes everything', async () => {
  const { client_id } = await service.openCase()
  const attempt = asReader(service.db, reader, async (trx) => {
    await trx.updateTable('client').set({ given_name: 'Anders' }).where('id', '=', client_id).execute()
    throw new Error('no')
  })
  await expect(attempt).rejects.toThrow('no')
  expect(await service.one('select given_name from client where id = $1', [client_id])).toEqual({ given_name: 'Kim' })
})
