import { Hono } from 'hono'
import { z } from 'zod'
import { answerOnce } from '../access/answer-once.ts'
import { asReader } from '../access/as-reader.ts'
import { Id, text } from '../input.ts'
import { berlinDay } from '../placement/period.ts'
import { only, operation, pathId, validate, type Deps, type ServiceEnv } from '../route.ts'
import { BulkAction, BulkResult, doInBulk } from './bulk.ts'
import { CaseCourse, readCourse } from './course.ts'
import { handOver } from './handover.ts'

const NewHandover = z.strictObject({ to_id: Id, reason: text(1, 1000) })
const HandedOver = z.object({ case_id: z.uuid(), caseworker_id: z.uuid() })

const tag = 'case'
const roles = ['caseworker'] as const

/** The course of a case; cases go from one caseworker to another; one action over several helps. */
export const caseWorkRoutes = (deps: Deps) =>
  new Hono<ServiceEnv>()
    .get(
      '/cases/:id/course',
      operation({
        summary: 'All that happened in a case, its helps and what they have cost',
        tag,
        roles,
        answers: { 200: { description: 'The course of the case', schema: CaseCourse } },
      }),
      only(...roles),
      pathId,
      async (c) => c.json(await asReader(deps.db, c.var.reader, (trx) => readCourse(trx, c.req.valid('param').id, berlinDay(deps.now())))),
    )
    .post(
      '/cases/:id/hand-over',
      operation({
        summary: 'Hand a case over to a colleague of the authority',
        tag,
        roles,
        once: true,
        answers: { 200: { description: 'Who is responsible now', schema: HandedOver } },
      }),
      only(...roles),
      pathId,
      validate('json', NewHandover),
      (c) =>
        answerOnce(c, deps, c.req.valid('json'), async (trx) => {
          const case_id = c.req.valid('param').id
          const { to_id, reason } = c.req.valid('json')
          await handOver(trx, c.var.reader, { case_id, to_id, reason }, deps.now())
          return { status: 200, body: { case_id, caseworker_id: to_id } }
        }),
    )
    .post(
      '/case-manager/bulk',
      operation({
        summary: 'Hand over, remind providers of, or release several helps at once; each refusal is told',
        tag,
        roles,
        once: true,
        answers: { 200: { description: 'What was done, and what not', schema: BulkResult } },
      }),
      only(...roles),
      validate('json', BulkAction),
      (c) =>
        answerOnce(c, deps, c.req.valid('json'), async (trx) => {
          const now = deps.now()
          return { status: 200, body: await doInBulk(trx, c.var.reader, c.req.valid('json'), { now, today: berlinDay(now) }) }
        }),
    )
