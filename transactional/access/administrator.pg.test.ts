import type { Kysely } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openDatabase } from '../connection.ts'
import type { Database } from '../database.ts'
import { testDatabase, type TestDatabase } from '../postgres.fixture.ts'
import { createAdministrator, NewAdministrator } from './administrator.ts'
import { passwordMatches } from './password.ts'

let database: TestDatabase
let owner: Kysely<Database>

beforeAll(async () => {
  database = await testDatabase()
  owner = openDatabase(database.owner_url, 2)
})
afterAll(async () => {
  await owner.destroy()
  await database.drop()
})

const chief = NewAdministrator.parse({
  federal_state: 'mv',
  user_name: ' Chefin ',
  display_name: 'Erika Beispiel',
  password: 'ein langes Kennwort',
})

test('the first administrator gets the role, and the password only as a hash', async () => {
  await createAdministrator(owner, chief)
  const account = await owner
    .selectFrom('user_account')
    .innerJoin('user_role', 'user_account_id', 'id')
    .select(['federal_state', 'user_name', 'role', 'password_hash', 'demonstration'])
    .executeTakeFirstOrThrow()
  expect(account).toMatchObject({ federal_state: 'MV', user_name: 'chefin', role: 'admin', demonstration: false })
  expect(await passwordMatches(account.password_hash, chief.password)).toBe(true)
})

test('a taken name and an unknown state are refused in words', async () => {
  await expect(createAdministrator(owner, chief)).rejects.toThrow('Den Benutzer chefin gibt es in MV schon.')
  await expect(createAdministrator(owner, { ...chief, federal_state: 'XX' })).rejects.toThrow('Das Land XX gibt es nicht.')
})

test('a short password is refused', () => {
  expect(NewAdministrator.safeParse({ ...chief, password: 'kurz' }).error?.issues[0]?.message).toBe('Das Kennwort hat 12 bis 200 Zeichen.')
})
