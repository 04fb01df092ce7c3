import { Hono } from 'hono'
import { z } from 'zod'
import { answerOnce } from '../access/answer-once.ts'
import { asReader } from '../access/as-reader.ts'
import type { Reader } from '../access/reader.ts'
import { text } from '../input.ts'
import { operation, pathId, validate, type Deps, type ServiceEnv } from '../route.ts'
import { rowMissing, RuleViolation, type Detail } from '../rule-violation.ts'
import { dueAfter, rhythms, type Rhythm } from './report-due.ts'
import { reportViews, type AskedReport } from './report-runner.ts'

/** What is wrong with a view as this reader may see it. */
export type CheckReport = (reader: Reader, asked: AskedReport, at: Date) => Promise<Detail[]>

const NewSchedule = z
  .strictObject({
    name: text(1, 120),
    view: z.enum(reportViews),
    query: z
      .record(z.string().regex(/^[a-z_]{1,40}$/), z.string().max(1500))
      .refine((query) => JSON.stringify(query).length <= 3500, 'Die Ansicht ist zu umfangreich.')
      .refine(
        (query) => !('as_of' in query),
        'Ein früherer Stand ändert sich nicht mehr: Bitte die Ansicht mit aktuellen Werten abonnieren.',
      ),
    period: z.enum(['latest', 'fixed']),
    format: z.enum(['pdf', 'xlsx']),
    rhythm: z.enum(rhythms),
    day: z.int().min(1).max(15),
  })
  .refine(({ rhythm, day }) => rhythm !== 'weekly' || day <= 5, {
    path: ['day'],
    message: 'Bitte einen Tag von Montag bis Freitag wählen.',
  })

const Schedule = z
  .object({
    id: z.uuid(),
    name: z.string(),
    view: z.enum(reportViews),
    query: z.record(z.string(), z.string()),
    period: z.enum(['latest', 'fixed']),
    format: z.enum(['pdf', 'xlsx']),
    rhythm: z.enum(rhythms),
    day: z.int(),
    next_due_at: z.iso.datetime(),
    paused: z.boolean(),
    stopped: z.enum(['account_locked', 'role_lost', 'view_gone']).nullable(),
    /** Of the last time it was due. */
    last_run: z
      .object({
        due_at: z.iso.datetime(),
        state: z.enum(['due', 'made', 'failed']),
        attempts: z.int(),
        failure: z.enum(['refused', 'too_large', 'error']).nullable(),
      })
      .nullable(),
  })
  .meta({ id: 'ReportSchedule' })
export type ReportSchedule = z.infer<typeof Schedule>

const Change = z.strictObject({ paused: z.boolean() })
const columns = ['id', 'name', 'view', 'query', 'period', 'format', 'rhythm', 'day', 'next_due_at', 'paused', 'stopped'] as const

const tag = 'portal'

/** Views of key figures sent to the reader's own inbox again and again (Abonnements). */
export const reportScheduleRoutes = (deps: Deps & { checkReport: CheckReport }) => {
  const listed = (reader: Reader) =>
    asReader(deps.db, reader, async (trx) => {
      const schedules = await trx.selectFrom('report_schedule').select(columns).orderBy('id').execute()
      const runs = await trx
        .selectFrom('report_run')
        .distinctOn('schedule_id')
        .select(['schedule_id', 'due_at', 'state', 'attempts', 'failure'])
        .orderBy('schedule_id')
        .orderBy('due_at', 'desc')
        .execute()
      const lastRuns = new Map(runs.map(({ schedule_id, ...run }) => [schedule_id, run]))
      return schedules.map((schedule) => ({ ...schedule, last_run: lastRuns.get(schedule.id) ?? null }) as ReportSchedule)
    })
  return new Hono<ServiceEnv>()
    .get(
      '/report-schedules',
      operation({
        summary: 'The own schedules of reports, oldest first',
        tag,
        answers: { 200: { description: 'List', schema: z.object({ items: z.array(Schedule) }) } },
      }),
      async (c) => c.json({ items: await listed(c.var.reader) }),
    )
    .post(
      '/report-schedules',
      operation({
        summary: 'Send a view to the own inbox regularly; at most 20 schedules',
        tag,
        once: true,
        answers: { 201: { description: 'Made', schema: Schedule } },
      }),
      validate('json', NewSchedule),
      async (c) => {
        const wanted = c.req.valid('json')
        const { reader } = c.var
        const faults = await deps.checkReport(reader, wanted, deps.now())
        if (faults.length > 0) throw new RuleViolation('invalid_input', faults)
        return answerOnce(c, deps, wanted, async (trx) => {
          const { user_account_id, youth_authority_id, roles } = reader
          const row = await trx
            .insertInto('report_schedule')
            .values({
              ...wanted,
              query: JSON.stringify(wanted.query),
              user_account_id,
              youth_authority_id,
              roles,
              next_due_at: dueAfter(wanted, deps.now()),
            })
            .returning(columns)
            .executeTakeFirstOrThrow()
          return { status: 201, body: { ...row, last_run: null } }
        })
      },
    )
    .put(
      '/report-schedules/:id',
      operation({
        summary: 'Pause a schedule, or let it go on from now',
        tag,
        answers: { 204: { description: 'Changed' } },
      }),
      pathId,
      validate('json', Change),
      async (c) => {
        const { paused } = c.req.valid('json')
        await asReader(deps.db, c.var.reader, async (trx) => {
          const { id } = c.req.valid('param')
          const row = await trx
            .selectFrom('report_schedule')
            .where('id', '=', id)
            .select(['rhythm', 'day'])
            .forUpdate()
            .executeTakeFirstOrThrow(rowMissing)
          const next_due_at = dueAfter({ rhythm: row.rhythm as Rhythm, day: row.day }, deps.now())
          const change = paused ? { paused } : { paused, next_due_at }
          await trx.updateTable('report_schedule').set(change).where('id', '=', id).execute()
        })
        return c.body(null, 204)
      },
    )
    .delete(
      '/report-schedules/:id',
      operation({
        summary: 'End a schedule; what it has sent stays in the inbox',
        tag,
        answers: { 204: { description: 'Ended' } },
      }),
      pathId,
      async (c) => {
        await asReader(deps.db, c.var.reader, (trx) =>
          trx.deleteFrom('report_schedule').where('id', '=', c.req.valid('param').id).returning('id').executeTakeFirstOrThrow(rowMissing),
        )
        return c.body(null, 204)
      },
    )
}
