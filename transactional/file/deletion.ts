import { sql, type Kysely } from 'kysely'
import type { Logger } from 'pino'
import type { Database } from '../database.ts'
import { berlinDay } from '../placement/period.ts'
import { repeat } from '../repeat.ts'

const hour = 3_600_000

/** How much went for good. */
export type Deleted = { files: number; documents: number }

/**
 * Deletes for good what need not be kept any longer, as of a moment. What it did is told by numbers in `deletion_run`; `started_by`: who
 * asked for it, if it was not the clock.
 */
export const deleteWhatIsOver = async (db: Kysely<Database>, now: Date, started_by: string | null = null): Promise<Deleted> => {
  const deleted = await sql<Deleted>`
    select files, documents from delete_what_is_over(${berlinDay(now)}::date, ${now}, ${started_by}), forget_drafts(${now})
  `.execute(db)
  return deleted.rows[0]!
}

/** Does so every hour until it is stopped: each day has its run, and a day on which nothing ran loses nothing. */
export const startDeletion = ({ db, now, log }: { db: Kysely<Database>; now: () => Date; log: Logger }, every_ms = hour) =>
  repeat(async () => void (await deleteWhatIsOver(db, now())), {
    every_ms,
    failed: (error) => log.error({ err: error }, 'deleting what is over failed'),
  })
