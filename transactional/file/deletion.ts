import { sql, type Kysely } from 'kysely'
import type { Logger } from 'pino'
import type { Database } from '../database.ts'
import { berlinDay } from '../placement/period.ts'
import { repeat } from '../repeat.ts'

const hour = 3_600_000

/** Deletes for good what need not be kept any longer, as of a moment. What it did is told by numbers in `deletion_run`. */
export const deleteWhatIsOver = async (db: Kysely<Database>, now: Date): Promise<void> => {
  await sql`select delete_what_is_over(${berlinDay(now)}::date), forget_drafts(${now})`.execute(db)
}

/** Does so every hour until it is stopped: each day has its run, and a day on which nothing ran loses nothing. */
export const startDeletion = ({ db, now, log }: { db: Kysely<Database>; now: () => Date; log: Logger }, every_ms = hour) =>
  repeat(() => deleteWhatIsOver(db, now()), {
    every_ms,
    failed: (error) => log.error({ err: error }, 'deleting what is over failed'),
  })
