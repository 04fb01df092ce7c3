import type { Kysely, Transaction } from 'kysely'
import { sql } from 'kysely'
import type { Logger } from 'pino'
import { activeAccounts } from '../access/account.ts'
import { asReader } from '../access/as-reader.ts'
import { repeat } from '../repeat.ts'
import type { Reader } from '../access/reader.ts'
import type { Database } from '../database.ts'
import type { Detail } from '../rule-violation.ts'
import type { Role } from '../vocabulary.ts'
import { dueAfter, type Rhythm } from './report-due.ts'
import type { SendMail } from './report-mail.ts'

export const reportViews = ['comparison', 'side_by_side', 'ranking', 'evaluation'] as const
export type AskedReport = {
  view: (typeof reportViews)[number]
  query: Record<string, string>
  period: 'latest' | 'fixed'
  format: 'pdf' | 'xlsx'
}
export type MadeReport = { content: Uint8Array; file_name: string; media_type: string; data_as_of: string }
export type Refused = { refused: Detail[] }
/** Reads the figures for a report as the reader may see them; what is asked for may no longer exist. */
export type MakeReport = (reader: Reader, asked: AskedReport, due_at: Date) => Promise<MadeReport | Refused>

export type RunnerDeps = {
  db: Kysely<Database>
  now: () => Date
  log: Logger
  make: MakeReport
  /** Days a report is kept in the inbox. */
  keep_days: number
  /** Without it reports arrive in the inbox alone. */
  send?: SendMail | undefined
}

const minute = 60_000
export const mostBytes = 10 * 1024 * 1024
const mostAttempts = 5
/** Longer than any report takes, and longer after every failure. */
const waitAfter = (attempts: number) => 10 * minute * 2 ** (attempts - 1)
const longestMs = 8 * minute
const later = (instant: Date, milliseconds: number) => new Date(instant.getTime() + milliseconds)

type Recipient = Reader & { active: boolean }

/** The rights of this moment; of a locked account nothing is left but its name. */
const recipientOf = async (db: Kysely<Database>, user_account_id: string): Promise<Recipient> => {
  const account = await activeAccounts(db).where('user_account.id', '=', user_account_id).executeTakeFirst()
  if (account) return { ...account, roles: (account.roles ?? []) as Role[], active: true }
  const nobody = { user_name: '', display_name: '', federal_state: '', roles: [], youth_authority_id: null, provider_id: null }
  return { ...nobody, user_account_id, active: false }
}

/** Turns schedules whose time has come into runs. Times missed while nobody was there make one run, not many. */
const plan = (deps: RunnerDeps, recipient: Recipient) =>
  asReader(deps.db, recipient, async (trx) => {
    const now = deps.now()
    const due = await trx
      .selectFrom('report_schedule')
      .where('next_due_at', '<=', now.toISOString())
      .where('paused', '=', false)
      .where('stopped', 'is', null)
      .select(['id', 'rhythm', 'day', 'next_due_at'])
      .forUpdate()
      .skipLocked()
      .execute()
    for (const { id, rhythm, day, next_due_at } of due) {
      await trx
        .insertInto('report_run')
        .values({ schedule_id: id, due_at: next_due_at, next_attempt_at: now })
        .onConflict((conflict) => conflict.doNothing())
        .execute()
      const next = dueAfter({ rhythm: rhythm as Rhythm, day }, now)
      await trx.updateTable('report_schedule').set({ next_due_at: next }).where('id', '=', id).execute()
    }
  })

/** Takes the next run that waits; who dies with it leaves it to the next attempt. */
const claim = (deps: RunnerDeps, recipient: Recipient) =>
  asReader(deps.db, recipient, async (trx) => {
    const now = deps.now()
    const run = await trx
      .selectFrom('report_run')
      .innerJoin('report_schedule', 'report_schedule.id', 'report_run.schedule_id')
      .where('report_run.state', '=', 'due')
      .where('report_run.next_attempt_at', '<=', now.toISOString())
      .select(['report_run.id', 'report_run.due_at', 'report_run.attempts', 'report_schedule.id as schedule_id'])
      .select(['name', 'view', 'query', 'period', 'format', 'report_schedule.roles', 'report_schedule.youth_authority_id'])
      .orderBy('report_run.next_attempt_at')
      .forUpdate('report_run')
      .skipLocked()
      .limit(1)
      .executeTakeFirst()
    if (!run) return undefined
    const attempts = run.attempts + 1
    await trx
      .updateTable('report_run')
      .set({ attempts, next_attempt_at: later(now, waitAfter(attempts)) })
      .where('id', '=', run.id)
      .execute()
    return { ...run, attempts }
  })
type Run = NonNullable<Awaited<ReturnType<typeof claim>>>

/** Of a run that is still this attempt's; false when another one has taken it over. */
const settle = async (trx: Transaction<Database>, { id, attempts }: Run, end: { state: 'made' | 'failed'; failure?: string }) => {
  const { numUpdatedRows } = await trx
    .updateTable('report_run')
    .set(end)
    .where('id', '=', id)
    .where('state', '=', 'due')
    .where('attempts', '=', attempts)
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

type Reason = 'account_locked' | 'role_lost' | 'view_gone'
const stopSchedule = (deps: RunnerDeps, recipient: Recipient, run: Run, stopped: Reason) =>
  asReader(deps.db, recipient, async (trx) => {
    await settle(trx, run, { state: 'failed', failure: 'refused' })
    await trx.updateTable('report_schedule').set({ stopped }).where('id', '=', run.schedule_id).execute()
  })

/** What was granted when the schedule was made is still there, for the same authority. */
const reasonToStop = (recipient: Recipient, { roles, youth_authority_id }: Run): Reason | undefined => {
  if (!recipient.active) return 'account_locked'
  const kept = roles.every((role) => recipient.roles.includes(role as Role)) && youth_authority_id === recipient.youth_authority_id
  return kept ? undefined : 'role_lost'
}

const inTime = async <T>(work: Promise<T>): Promise<T> => {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('the report took too long')), longestMs)
  })
  return Promise.race([work, late]).finally(() => clearTimeout(timer))
}

const store = (deps: RunnerDeps, recipient: Recipient, run: Run, made: MadeReport) =>
  asReader(deps.db, recipient, async (trx) => {
    if (!(await settle(trx, run, { state: 'made' }))) return
    const now = deps.now()
    const address = deps.send && (await trx.selectFrom('email_address').select('address').executeTakeFirst())
    await trx
      .insertInto('inbox_item')
      .values({
        user_account_id: recipient.user_account_id,
        report_run_id: run.id,
        title: run.name,
        file_name: made.file_name,
        media_type: made.media_type,
        content: Buffer.from(made.content),
        data_as_of: made.data_as_of,
        received_at: now,
        expires_at: later(now, deps.keep_days * 24 * 60 * minute),
        ...(address && { mail: 'due', next_mail_at: now }),
      })
      .execute()
  })

const fail = (deps: RunnerDeps, recipient: Recipient, run: Run, failure: 'too_large' | 'error') =>
  asReader(deps.db, recipient, (trx) => settle(trx, run, { state: 'failed', failure }))

const compute = async (deps: RunnerDeps, recipient: Recipient, run: Run): Promise<void> => {
  const reason = reasonToStop(recipient, run)
  if (reason) return stopSchedule(deps, recipient, run, reason)
  try {
    const asked = { view: run.view, query: run.query, period: run.period, format: run.format } as AskedReport
    const made = await inTime(deps.make(recipient, asked, new Date(run.due_at)))
    if ('refused' in made) return await stopSchedule(deps, recipient, run, 'view_gone')
    if (made.content.byteLength > mostBytes) await fail(deps, recipient, run, 'too_large')
    else await store(deps, recipient, run, made)
  } catch (error) {
    deps.log.error({ err: error, report_run: run.id, attempt: run.attempts }, 'a scheduled report failed')
    if (run.attempts >= mostAttempts) await fail(deps, recipient, run, 'error')
  }
}

/** Whose process dies while the mail server takes a notice does not know whether it arrived: it is not sent again. */
const sendNotice = async (deps: RunnerDeps, recipient: Recipient, send: SendMail): Promise<boolean> => {
  const now = deps.now()
  const taken = await asReader(deps.db, recipient, async (trx) => {
    const item = await trx
      .selectFrom('inbox_item')
      .where('mail', '=', 'due')
      .where('next_mail_at', '<=', now.toISOString())
      .select(['id', 'mail_attempts'])
      .orderBy('next_mail_at')
      .forUpdate()
      .skipLocked()
      .limit(1)
      .executeTakeFirst()
    if (!item) return undefined
    const to = await trx.selectFrom('email_address').select('address').executeTakeFirst()
    const mail = to && recipient.active ? 'sending' : 'none'
    const mail_attempts = item.mail_attempts + 1
    await trx.updateTable('inbox_item').set({ mail, mail_attempts }).where('id', '=', item.id).execute()
    return { id: item.id, mail_attempts, address: mail === 'sending' ? to?.address : undefined }
  })
  if (!taken) return false
  const { id, mail_attempts, address } = taken
  if (address === undefined) return true
  const sent = await send({ id, address }).then(
    () => true,
    (error: unknown) => {
      // what a mail server says may name the address
      deps.log.warn({ code: (error as { code?: string }).code, attempt: mail_attempts }, 'a notice could not be sent')
      return false
    },
  )
  const again = { mail: 'due', next_mail_at: later(now, waitAfter(mail_attempts)) }
  const end = sent ? { mail: 'sent' } : mail_attempts < mostAttempts ? again : { mail: 'failed' }
  await asReader(deps.db, recipient, (trx) => trx.updateTable('inbox_item').set(end).where('id', '=', id).execute())
  return true
}

/** Does everything that is due. Any number of processes may do this at the same time. */
export const runReports = async (deps: RunnerDeps): Promise<void> => {
  const { rows } = await sql<{ user_account_id: string }>`select * from accounts_with_report_work(${deps.now()})`.execute(deps.db)
  for (const { user_account_id } of rows) {
    const recipient = () => recipientOf(deps.db, user_account_id)
    await plan(deps, await recipient())
    for (let run; (run = await claim(deps, await recipient()));) await compute(deps, await recipient(), run)
    if (deps.send) while (await sendNotice(deps, await recipient(), deps.send));
  }
}

const lookEveryMs = 30_000
const forgetEveryMs = 60 * minute

/** Looks for what is due until it is stopped. */
export const startReports = (deps: RunnerDeps) => {
  let forgotten = 0
  const look = async () => {
    if (Date.now() - forgotten > forgetEveryMs) {
      await sql`select forget_expired(${deps.now()})`.execute(deps.db)
      forgotten = Date.now()
    }
    await runReports(deps)
  }
  return repeat(look, { every_ms: lookEveryMs, failed: (error) => deps.log.error({ err: error }, 'looking for scheduled reports failed') })
}
