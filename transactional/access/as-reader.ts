import { sql, type Kysely, type Transaction } from 'kysely'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import type { Database } from '../database.ts'
import type { Reader } from './reader.ts'

// serialization failure, deadlock: another transaction was there first, and nothing of ours happened
const repeatable = new Set(['40001', '40P01'])
const attempts = 3

type Identity = Pick<Reader, 'user_account_id' | 'roles' | 'youth_authority_id' | 'provider_id'>

/** Columns of a select that tell the data base who asks, until the transaction ends; every policy reads these settings. */
export const identityOf = ({ user_account_id, roles, youth_authority_id, provider_id }: Identity) =>
  sql`set_config('sojus.user_account_id', ${user_account_id}, true), set_config('sojus.roles', ${roles.join(',')}, true),
    set_config('sojus.youth_authority_id', ${youth_authority_id ?? ''}, true), set_config('sojus.provider_id', ${provider_id ?? ''}, true)`

/**
 * Runs `work` in one transaction in which the data base knows who asks.
 * `work` may run again from the start after a deadlock, so it does nothing but query.
 */
export const asReader = async <T>(db: Kysely<Database>, reader: Reader, work: (trx: Transaction<Database>) => Promise<T>): Promise<T> => {
  for (let attempt = 1; ; attempt++) {
    try {
      return await db
        .transaction()
        .setIsolationLevel('read committed')
        .execute(async (trx) => {
          await sql`select ${identityOf(reader)}, set_config('statement_timeout', '30s', true), set_config('lock_timeout', '10s', true)`.execute(
            trx,
          )
          return work(trx)
        })
    } catch (error) {
      if (attempt === attempts || !(error instanceof pg.DatabaseError) || !repeatable.has(error.code ?? '')) throw error
      // the other one first: a transaction that comes back at once may take the lock the other has just been woken for
      await sleep(20 + Math.random() * 60)
    }
  }
}
