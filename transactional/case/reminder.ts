import { sql, type Kysely, type Transaction } from 'kysely'
import type { Logger } from 'pino'
import { activeAccounts } from '../access/account.ts'
import { asReader } from '../access/as-reader.ts'
import type { Reader } from '../access/reader.ts'
import type { Database } from '../database.ts'
import { berlinDay } from '../placement/period.ts'
import { repeat } from '../repeat.ts'
import type { Role } from '../vocabulary.ts'
import { helps } from './case-manager.ts'

type Deps = { db: Kysely<Database>; now: () => Date }

const minute = 60_000
const lookEveryMs = 15 * minute
/** What was due longer ago is seen in the Fallmanager, and reminded of no more. */
const latestDays = 30
const keptDays = 180

const parameter = (name: string, today: string) =>
  sql`(select value from parameter where name = ${name} and valid_from <= ${today} order by valid_from desc limit 1)::integer`

/**
 * Tells a caseworker what is due soon in his cases, each subject and day once: the row is the reminder. What is no longer due by that day
 * counts as seen.
 */
const remindOf = async (trx: Transaction<Database>, reader: Reader, now: Date) => {
  const today = berlinDay(now)
  await sql`
    with due as materialized (
      select case_id, to_do_on as due_on, to_do as kind,
        case when kind = 'booking' then id end as booking_id, case when kind = 'reservation' then id end as reservation_id
      from (${helps({ today, youth_authority_id: reader.youth_authority_id! })}) as help
      where caseworker_id = ${reader.user_account_id} and to_do is not null
    ),
    settled as (
      update reminder set read_at = ${now}
      where read_at is null and not exists (
        select from due where due.kind = reminder.kind and due.due_on = reminder.due_on
          and coalesce(due.booking_id, due.reservation_id) = coalesce(reminder.booking_id, reminder.reservation_id)
      )
    ),
    forgotten as (delete from reminder where due_on < ${today}::date - ${keptDays}::integer)
    insert into reminder (case_id, kind, booking_id, reservation_id, due_on, told_at)
    select case_id, kind, booking_id, reservation_id, due_on, ${now} from due
    where due_on between ${today}::date - ${latestDays}::integer and ${today}::date
      + case when kind in ('review', 'end') then ${parameter('reminder_days', today)} else ${parameter('hold_reminder_days', today)} end
    on conflict do nothing
  `.execute(trx)
}

/** Reminds every caseworker. Any number of processes may do this at the same time, and stop at any point. */
export const remind = async ({ db, now }: Deps): Promise<void> => {
  const caseworkers = await activeAccounts(db)
    .innerJoin('user_role', 'user_role.user_account_id', 'user_account.id')
    .where('user_role.role', '=', 'caseworker')
    .where('user_account.youth_authority_id', 'is not', null)
    .execute()
  for (const account of caseworkers) {
    const reader = { ...account, roles: (account.roles ?? []) as Role[] }
    await asReader(db, reader, (trx) => remindOf(trx, reader, now()))
  }
}

/** Reminds again and again until it is stopped. */
export const startReminders = ({ log, ...deps }: Deps & { log: Logger }) =>
  repeat(() => remind(deps), { every_ms: lookEveryMs, failed: (error) => log.error({ err: error }, 'reminding failed') })

/** How many reminders the reader has not seen. */
export const unreadReminders = (trx: Transaction<Database>) =>
  trx
    .selectFrom('reminder')
    .where('read_at', 'is', null)
    .select(({ fn }) => fn.countAll<number>().as('unread'))
    .executeTakeFirstOrThrow()
