import { sql, type Kysely } from 'kysely'
import type { Logger } from 'pino'
import type { Database } from '../database.ts'

const minute = 60_000

/** Ends, until it is stopped, what is held no longer. Any number of processes may do this at the same time. */
export const startExpiry = ({ db, now, log }: { db: Kysely<Database>; now: () => Date; log: Logger }, every_ms = minute) => {
  let stopped = false
  let timer: NodeJS.Timeout | undefined
  const look = async () => {
    try {
      await sql`select expire_reservations(${now()})`.execute(db)
    } catch (error) {
      log.error({ err: error }, 'ending reservations failed')
    }
    if (!stopped) timer = setTimeout(() => (looking = look()), every_ms)
  }
  let looking = look()
  return {
    stop: async () => {
      stopped = true
      clearTimeout(timer)
      await looking
    },
  }
}
