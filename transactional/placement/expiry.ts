import { sql, type Kysely } from 'kysely'
import type { Logger } from 'pino'
import type { Database } from '../database.ts'
import { repeat } from '../repeat.ts'

const minute = 60_000

type ExpiryDeps = {
  db: Kysely<Database>
  now: () => Date
  log: Logger
  /** whether notices also go out by e-mail */
  mails?: boolean
  /** days a notice is kept in the inbox */
  keep_days?: number
}

/** Ends, until it is stopped, what is held no longer, and tells those who are asked or answered, who wait, or who have to do with a case that changes hands. Any number of processes may do this at the same time. */
export const startExpiry = ({ db, now, log, mails = false, keep_days = 90 }: ExpiryDeps, every_ms = minute) =>
  repeat(
    async () => {
      await sql`select expire_reservations(${now()})`.execute(db)
      await sql`select tell_of_reservations(${now()}, ${mails}, ${keep_days})`.execute(db)
      await sql`select tell_waiting(${now()}, ${mails}, ${keep_days})`.execute(db)
      await sql`select tell_of_changes(${now()}, ${mails}, ${keep_days})`.execute(db)
      await sql`select tell_of_handovers(${now()}, ${mails}, ${keep_days})`.execute(db)
    },
    { every_ms, failed: (error) => log.error({ err: error }, 'ending reservations failed') },
  )
