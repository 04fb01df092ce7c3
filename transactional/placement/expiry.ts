import { sql, type Kysely } from 'kysely'
import type { Logger } from 'pino'
import type { Database } from '../database.ts'
import { repeat } from '../repeat.ts'

const minute = 60_000

/** Ends, until it is stopped, what is held no longer. Any number of processes may do this at the same time. */
export const startExpiry = ({ db, now, log }: { db: Kysely<Database>; now: () => Date; log: Logger }, every_ms = minute) =>
  repeat(async () => void (await sql`select expire_reservations(${now()})`.execute(db)), {
    every_ms,
    failed: (error) => log.error({ err: error }, 'ending reservations failed'),
  })
