import { Hono } from 'hono'
import type { Transaction } from 'kysely'
import { z } from 'zod'
import { answerOnce } from '../access/answer-once.ts'
import { asReader } from '../access/as-reader.ts'
import type { Reader } from '../access/reader.ts'
import type { Database } from '../database.ts'
import { Day, Id } from '../input.ts'
import { berlinDay } from '../placement/period.ts'
import { only, operation, pathId, validate, type Deps, type ServiceEnv } from '../route.ts'
import { rowMissing, RuleViolation } from '../rule-violation.ts'
import { gradeFields, isGraded, RatingView, ratesOnce, ratesOnceFault, recordGrades } from './review.ts'

const NewReview = z
  .strictObject({ case_id: Id, booking_id: Id, reviewed_on: Day, ...gradeFields })
  .refine(isGraded, { path: ['goal_attainment'], error: 'fehlt: mindestens eine Note ist nötig.' })
  .refine(ratesOnce, ratesOnceFault)
type NewReview = z.infer<typeof NewReview>

const Review = z
  .object({ id: z.uuid(), case_id: z.uuid(), booking_id: z.uuid(), reviewed_on: z.iso.date(), ratings: z.array(RatingView) })
  .meta({ id: 'Review' })

const ratedBooking = async (trx: Transaction<Database>, { booking_id, case_id }: NewReview) => {
  const booking = await trx
    .selectFrom('booking')
    .innerJoin('case_link', 'case_link.case_key', 'booking.case_key')
    .where('booking.id', '=', booking_id)
    .where('case_link.case_id', '=', case_id)
    .select(['booking.id as booking_id', 'booking.case_key', 'booking.youth_authority_id', 'booking.provider_id', 'booking.service_kind'])
    .executeTakeFirst()
  if (booking === undefined) throw new RuleViolation('booking_unknown')
  return booking
}

/** The review belongs to the file. */
const recordReview = async (trx: Transaction<Database>, reader: Reader, request: NewReview, now: Date): Promise<z.infer<typeof Review>> => {
  const { case_id, booking_id, reviewed_on } = request
  const booking = await ratedBooking(trx, request)
  const { id } = await trx
    .insertInto('care_plan_review')
    .values({ case_id, booking_id, reviewed_on, recorded_by: reader.user_account_id, recorded_at: now })
    .returning('id')
    .executeTakeFirstOrThrow()
  const ratings = await recordGrades(trx, booking, reviewed_on, request)
  return { id, case_id, booking_id, reviewed_on, ratings }
}

const readReview = async (trx: Transaction<Database>, id: string): Promise<z.infer<typeof Review>> => {
  const review = await trx
    .selectFrom('care_plan_review')
    .where('id', '=', id)
    .select(['id', 'case_id', 'booking_id', 'reviewed_on'])
    .executeTakeFirstOrThrow(rowMissing)
  const ratings = await trx
    .selectFrom('rating')
    .where('booking_id', '=', review.booking_id)
    .where('reviewed_on', '=', review.reviewed_on)
    .select(['aspect', 'rated_by', 'person', 'grade'])
    .orderBy('aspect')
    .orderBy('rated_by')
    .orderBy('person')
    .execute()
  return { ...review, ratings: ratings as RatingView[] }
}

const tag = 'rating'

/** Reviews of a care plan (Hilfeplanfortschreibung) with the grades given there. */
export const reviewRoutes = (deps: Deps) =>
  new Hono<ServiceEnv>()
    .post(
      '/ratings',
      operation({
        summary: 'Rate a care plan review: structure by the authority, goal attainment by everybody involved',
        tag,
        roles: ['caseworker'],
        once: true,
        answers: { 201: { description: 'Recorded', schema: Review, location: true } },
      }),
      only('caseworker'),
      validate('json', NewReview),
      (c) =>
        answerOnce(c, deps, c.req.valid('json'), async (trx) => {
          const request = c.req.valid('json')
          if (request.reviewed_on > berlinDay(deps.now())) throw new RuleViolation('review_in_future')
          const review = await recordReview(trx, c.var.reader, request, deps.now())
          return { status: 201, location: `/service/ratings/${review.id}`, body: review }
        }),
    )
    .get(
      '/ratings/:id',
      operation({
        summary: 'One review with its grades',
        tag,
        roles: ['caseworker'],
        answers: { 200: { description: 'The review', schema: Review } },
      }),
      only('caseworker'),
      pathId,
      async (c) => c.json(await asReader(deps.db, c.var.reader, (trx) => readReview(trx, c.req.valid('param').id))),
    )
