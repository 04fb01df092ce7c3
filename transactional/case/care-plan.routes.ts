import { Hono } from 'hono'
import { z } from 'zod'
import { answerOnce } from '../access/answer-once.ts'
import { asReader } from '../access/as-reader.ts'
import { berlinDay } from '../placement/period.ts'
import { only, operation, pathId, validate, type Deps, type ServiceEnv } from '../route.ts'
import {
  CarePlan,
  NewCarePlan,
  NewPlanReview,
  readCarePlan,
  recordPlanReview,
  releaseGoals,
  withdrawRelease,
  writeCarePlan,
} from './care-plan.ts'

const VersionQuery = z.strictObject({ version: z.coerce.number().int().min(1).max(10_000).optional() })
const Nothing = z.strictObject({}).optional()
const Release = z.strictObject({ version: z.int().min(1).max(10_000) })

const tag = 'case'
const roles = ['caseworker'] as const

/** The care plan of a help (Hilfeplan): goals, measures, participants, and its reviews. */
export const carePlanRoutes = (deps: Deps) =>
  new Hono<ServiceEnv>()
    .get(
      '/bookings/:id/care-plan',
      operation({
        summary: 'The care plan of a booking with its reviews, as it is now or was in one version',
        tag,
        roles,
        answers: { 200: { description: 'The plan', schema: CarePlan } },
      }),
      only(...roles),
      pathId,
      validate('query', VersionQuery),
      async (c) => {
        const asked = { today: berlinDay(deps.now()), version: c.req.valid('query').version }
        return c.json(await asReader(deps.db, c.var.reader, (trx) => readCarePlan(trx, c.req.valid('param').id, asked)))
      },
    )
    .post(
      '/bookings/:id/care-plan',
      operation({
        summary: 'Write a new version of the care plan; the versions before are kept',
        tag,
        roles,
        once: true,
        answers: { 201: { description: 'The plan as it is now', schema: CarePlan, location: true } },
      }),
      only(...roles),
      pathId,
      validate('json', NewCarePlan),
      (c) =>
        answerOnce(c, deps, c.req.valid('json'), async (trx) => {
          const { id } = c.req.valid('param')
          const version = await writeCarePlan(trx, c.var.reader, id, c.req.valid('json'), deps.now())
          const body = await readCarePlan(trx, id, { today: berlinDay(deps.now()) })
          return { status: 201, location: `/service/bookings/${id}/care-plan?version=${version}`, body }
        }),
    )
    .post(
      '/bookings/:id/care-plan/release',
      operation({
        summary: 'Let the provider of the help read the goals of one version, in place of another',
        tag,
        roles,
        once: true,
        answers: { 200: { description: 'The plan as it is now', schema: CarePlan } },
      }),
      only(...roles),
      pathId,
      validate('json', Release),
      (c) =>
        answerOnce(c, deps, c.req.valid('json'), async (trx) => {
          const booking_id = c.req.valid('param').id
          await releaseGoals(trx, c.var.reader, { booking_id, ...c.req.valid('json') }, deps.now())
          return { status: 200, body: await readCarePlan(trx, booking_id, { today: berlinDay(deps.now()) }) }
        }),
    )
    .post(
      '/bookings/:id/care-plan/withdraw-release',
      operation({
        summary: 'Goals that the provider reads no more',
        tag,
        roles,
        once: true,
        answers: { 200: { description: 'The plan as it is now', schema: CarePlan } },
      }),
      only(...roles),
      pathId,
      validate('json', Nothing),
      (c) =>
        answerOnce(c, deps, null, async (trx) => {
          const { id } = c.req.valid('param')
          await withdrawRelease(trx, c.var.reader, id, deps.now())
          return { status: 200, body: await readCarePlan(trx, id, { today: berlinDay(deps.now()) }) }
        }),
    )
    .post(
      '/bookings/:id/reviews',
      operation({
        summary: 'Record a review of the care plan (Hilfeplangespräch) with what it came to and the grades given',
        tag,
        roles,
        once: true,
        answers: { 201: { description: 'The plan with its reviews', schema: CarePlan, location: true } },
      }),
      only(...roles),
      pathId,
      validate('json', NewPlanReview),
      (c) =>
        answerOnce(c, deps, c.req.valid('json'), async (trx) => {
          const { id } = c.req.valid('param')
          const now = deps.now()
          const today = berlinDay(now)
          const review_id = await recordPlanReview(trx, c.var.reader, id, c.req.valid('json'), { now, today })
          return { status: 201, location: `/service/ratings/${review_id}`, body: await readCarePlan(trx, id, { today }) }
        }),
    )
