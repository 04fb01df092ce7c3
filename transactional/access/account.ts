import type { Kysely } from 'kysely'
import type { Database } from '../database.ts'

/** Accounts that may do anything at all, with what makes a reader of them. */
export const activeAccounts = (db: Kysely<Database>) =>
  db
    .selectFrom('user_account')
    .where('user_account.active', '=', true)
    .select((eb) => [
      'user_account.id as user_account_id',
      'user_account.user_name',
      'user_account.display_name',
      'user_account.federal_state',
      'user_account.youth_authority_id',
      'user_account.provider_id',
      eb
        .selectFrom('user_role')
        .whereRef('user_role.user_account_id', '=', 'user_account.id')
        .select(({ fn }) => fn.coalesce(fn.agg<string[]>('array_agg', ['role']), eb.val<string[]>([])).as('roles'))
        .as('roles'),
    ])
