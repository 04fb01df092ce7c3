import { sql, type Kysely } from 'kysely'
import type { Database } from '../database.ts'
import { RuleViolation } from '../rule-violation.ts'
import { passwordMatches } from './password.ts'

const throttleWindow = 15 * 60_000
/** Wrong passwords in a quarter of an hour: per name since its last success, per address (an office shares one) in all. */
export const mostFailures = { account: 5, address: 60 }

export type Attempt = { federal_state: string; user_name: string; password: string; client_address: string; at: Date }

/**
 * Written before anything is looked up, so that attempts at the same moment count each other. A name nobody has is counted like
 * any other: the answer never tells whether it exists.
 */
const record = async (db: Kysely<Database>, { federal_state, user_name, client_address, at }: Attempt): Promise<number> => {
  const { id } = await db
    .insertInto('sign_in')
    .values({ federal_state, user_name, client_address, attempted_at: at })
    .returning('id')
    .executeTakeFirstOrThrow()
  return id
}

const isThrottled = async (db: Kysely<Database>, { federal_state, user_name, client_address, at }: Attempt): Promise<boolean> => {
  const since = new Date(at.getTime() - throttleWindow)
  const { rows } = await sql<{ account: number; address: number }>`
    with lately as (
      select * from sign_in where federal_state = ${federal_state} and user_name = ${user_name} and attempted_at > ${since}
    )
    select
      (select count(*) from lately where not succeeded and not throttled
        and id > coalesce((select max(id) from lately where succeeded), 0)) as account,
      (select count(*) from sign_in where client_address = ${client_address} and attempted_at > ${since} and not succeeded and not throttled) as address
  `.execute(db)
  const failures = rows[0]!
  return failures.account > mostFailures.account || failures.address > mostFailures.address
}

const mark = (db: Kysely<Database>, id: number, outcome: { user_account_id?: string; succeeded?: boolean; throttled?: boolean }) =>
  db.updateTable('sign_in').set(outcome).where('id', '=', id).execute()

/** The id of the account that proved its password; every attempt is logged, too many are turned away unseen. */
export const proveAccount = async (db: Kysely<Database>, attempt: Attempt): Promise<string> => {
  const id = await record(db, attempt)
  if (await isThrottled(db, attempt)) {
    await mark(db, id, { throttled: true })
    throw new RuleViolation('sign_in_throttled')
  }
  const account = await db
    .selectFrom('user_account')
    .where('federal_state', '=', attempt.federal_state)
    .where('user_name', '=', attempt.user_name)
    .where('active', '=', true)
    .select(['id', 'password_hash'])
    .executeTakeFirst()
  const matches = await passwordMatches(account?.password_hash, attempt.password)
  if (account !== undefined) await mark(db, id, { user_account_id: account.id, succeeded: matches })
  if (account === undefined || !matches) throw new RuleViolation('sign_in_failed')
  return account.id
}
