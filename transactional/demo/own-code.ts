import { Kysely, PostgresDialect, sql, type PostgresPoolClient, type Transaction } from 'kysely'
import type pg from 'pg'
import { identityOf } from '../access/as-reader.ts'
import type { Reader } from '../access/reader.ts'
import { columnTypes } from '../connection.ts'
import type { Database } from '../database.ts'

/** The product's code on the load's connection, within its one transaction. */
const transactionOf = (client: pg.Client): Transaction<Database> => {
  const query = (text: string, values: unknown[]) => client.query({ text, values, types: columnTypes })
  const connection = { query, release: () => undefined } as unknown as PostgresPoolClient
  const pool = { connect: async () => connection, end: async () => undefined }
  return new Kysely<Database>({ dialect: new PostgresDialect({ pool }) }) as Transaction<Database>
}

const COUNTER = 'create temporary sequence seeded'

/** Keys as uuidv7() makes them, but of the seed and the time told. */
const KEY = `
  create function pg_temp.seeded_key() returns uuid language sql as $$
    select (lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || '7' || substr(hash, 1, 3) || '8' || substr(hash, 4, 15))::uuid
    from (select current_setting('demonstration.at')::timestamptz as at,
      md5(current_setting('demonstration.seed') || nextval('pg_temp.seeded')) as hash) as key
  $$`

const DEFAULTS = `
  select format('alter table %s alter column %I set default ', adrelid::regclass, attname) as set, pg_get_expr(adbin, adrelid) as usual
  from pg_attrdef join pg_attribute on attrelid = adrelid and attnum = adnum
  where adrelid = any($1::regclass[]) and pg_get_expr(adbin, adrelid) in ('uuidv7()', 'gen_random_uuid()', 'now()')`

const SEEDED: Record<string, string> = { 'now()': `current_setting('demonstration.at')::timestamptz` }

type Step = { reader: Reader; at: Date }
/** Does a step as the product does it. */
export type DoStep = <T>(step: Step, work: (trx: Transaction<Database>) => Promise<T>) => Promise<T>

/** Runs `work`, whose steps are done by the product's own code; what it writes into the tables gets keys and times of the seed. */
export const withOwnCode = async (client: pg.Client, seed: string, tables: readonly string[], work: (act: DoStep) => Promise<void>) => {
  const trx = transactionOf(client)
  const nobody = { user_account_id: '', roles: [], youth_authority_id: null, provider_id: null }
  await client.query(COUNTER)
  await client.query(KEY)
  const { rows: defaults } = await client.query<{ set: string; usual: string }>(DEFAULTS, [tables.map((table) => `"${table}"`)])
  for (const { set, usual } of defaults) await client.query(set + (SEEDED[usual] ?? 'pg_temp.seeded_key()'))
  await work(async ({ reader, at }, step) => {
    await client.query(`select set_config('demonstration.seed', $1, true), set_config('demonstration.at', $2, true)`, [
      seed,
      at.toISOString(),
    ])
    await sql`select ${identityOf(reader)}`.execute(trx)
    return step(trx)
  })
  await sql`select ${identityOf(nobody)}`.execute(trx)
  for (const { set, usual } of defaults) await client.query(set + usual)
}
