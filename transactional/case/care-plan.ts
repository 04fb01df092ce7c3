import { randomUUID } from 'node:crypto'
import { sql, type Transaction } from 'kysely'
import { z } from 'zod'
import type { Reader } from '../access/reader.ts'
import type { Database } from '../database.ts'
import { Day, Id, text } from '../input.ts'
import { Grade, gradeFields, isGraded, RatingView, ratesOnce, ratesOnceFault, recordGrades } from '../rating/review.ts'
import { rowMissing, RuleViolation } from '../rule-violation.ts'
import { goalStates, participantRoles, type GoalState, type ParticipantRole } from '../vocabulary.ts'
import { nextReviewOn, reviewMonths } from './case-manager.ts'

const Participant = z.strictObject({ role: z.enum(participantRoles), name: text(1, 120) })
const Participants = z.array(Participant).max(20).default([])
const Goal = z
  .strictObject({
    /** of a goal that is in the plan already */
    goal_key: Id.optional(),
    goal: text(1, 500),
    indicator: text(1, 500).nullable().default(null),
    reach_by: Day.nullable().default(null),
    state: z.enum(goalStates).default('open'),
    attainment: Grade.nullable().default(null),
  })
  .refine(({ state, attainment }) => (state === 'open') === (attainment === null), {
    path: ['attainment'],
    error: 'gehört zu jedem abgeschlossenen Ziel und zu keinem offenen.',
  })
const Measure = z.strictObject({
  measure: text(1, 500),
  responsible: text(1, 120),
  due_on: Day.nullable().default(null),
  done: z.boolean().default(false),
})

export const NewCarePlan = z
  .strictObject({
    /** the version that was changed; 0 where there was none */
    version: z.int().min(0).max(9999),
    goals: z.array(Goal).min(1).max(20),
    measures: z.array(Measure).max(30).default([]),
    participants: Participants,
  })
  .refine(
    ({ goals }) => {
      const keys = goals.flatMap(({ goal_key }) => goal_key ?? [])
      return new Set(keys).size === keys.length
    },
    { path: ['goals'], error: 'nennt ein Ziel zweimal.' },
  )
type NewCarePlan = z.infer<typeof NewCarePlan>
export type CarePlanToWrite = z.input<typeof NewCarePlan>

export const NewPlanReview = z
  .strictObject({
    reviewed_on: Day,
    summary: text(1, 2000),
    next_review_on: Day.nullable().default(null),
    participants: Participants,
    goals: z
      .array(z.strictObject({ goal_key: Id, result: text(1, 1000).nullable().default(null), attainment: Grade.nullable().default(null) }))
      .max(20)
      .default([]),
    ...gradeFields,
  })
  .refine(({ reviewed_on, next_review_on }) => next_review_on === null || next_review_on > reviewed_on, {
    path: ['next_review_on'],
    error: 'liegt nicht nach dem Gespräch.',
  })
  .refine(ratesOnce, ratesOnceFault)
type NewPlanReview = z.infer<typeof NewPlanReview>
export type PlanReviewToRecord = z.input<typeof NewPlanReview>

const ToldParticipant = z.object({ role: z.enum(participantRoles), name: z.string() })
const Version = z.object({ version: z.int(), written_at: z.string(), written_by: z.string().nullable() })

export const CarePlan = z
  .object({
    booking_id: z.uuid(),
    /** 0: not written yet */
    version: z.int(),
    goals: z.array(
      z.object({
        goal_key: z.uuid(),
        goal: z.string(),
        indicator: z.string().nullable(),
        reach_by: z.iso.date().nullable(),
        state: z.enum(goalStates),
        attainment: z.int().nullable(),
      }),
    ),
    measures: z.array(z.object({ measure: z.string(), responsible: z.string(), due_on: z.iso.date().nullable(), done: z.boolean() })),
    participants: z.array(ToldParticipant),
    /** newest first */
    versions: z.array(Version),
    /** the version whose goals the provider reads */
    released: z.object({ version: z.int(), released_at: z.string(), released_by: z.string() }).nullable(),
    /** newest first */
    reviews: z.array(
      z.object({
        id: z.uuid(),
        reviewed_on: z.iso.date(),
        recorded_by: z.string().nullable(),
        /** null: only rated */
        summary: z.string().nullable(),
        participants: z.array(ToldParticipant),
        goals: z.array(z.object({ goal_key: z.uuid(), goal: z.string(), result: z.string().nullable(), attainment: z.int().nullable() })),
        ratings: z.array(RatingView),
      }),
    ),
    /** null once the help has ended */
    next_review_on: z.iso.date().nullable(),
    review_months: z.int(),
  })
  .meta({ id: 'CarePlan' })
export type CarePlan = z.infer<typeof CarePlan>

/** A booking of which the file is still there. */
const plannedBooking = async (trx: Transaction<Database>, booking_id: string) => {
  const booking = await trx
    .selectFrom('booking')
    .innerJoin('case_link', 'case_link.case_key', 'booking.case_key')
    .where('booking.id', '=', booking_id)
    .select(['booking.id as booking_id', 'booking.case_key', 'booking.youth_authority_id', 'booking.provider_id', 'booking.service_kind'])
    .select(['case_link.case_id', 'booking.first_day', 'booking.cancelled'])
    .executeTakeFirstOrThrow(rowMissing)
  return booking
}

const writableBooking = async (trx: Transaction<Database>, booking_id: string) => {
  const booking = await plannedBooking(trx, booking_id)
  if (booking.cancelled) throw new RuleViolation('booking_cancelled')
  return booking
}

const withdrawStanding = (trx: Transaction<Database>, reader: Reader, booking_id: string, now: Date) =>
  trx
    .updateTable('care_plan_release')
    .set({ withdrawn_by: reader.user_account_id, withdrawn_at: now })
    .where('booking_id', '=', booking_id)
    .where('withdrawn_at', 'is', null)
    .returning('id')
    .execute()

/** The provider of the help reads the goals of one version, and of that one alone. */
export const releaseGoals = async (trx: Transaction<Database>, reader: Reader, of: { booking_id: string; version: number }, now: Date) => {
  const { provider_id } = await writableBooking(trx, of.booking_id)
  if (provider_id === null) throw new RuleViolation('care_plan_without_provider')
  await withdrawStanding(trx, reader, of.booking_id, now)
  await trx
    .insertInto('care_plan_release')
    .values({ ...of, released_by: reader.user_account_id, released_at: now })
    .execute()
}

export const withdrawRelease = async (trx: Transaction<Database>, reader: Reader, booking_id: string, now: Date) => {
  await plannedBooking(trx, booking_id)
  if ((await withdrawStanding(trx, reader, booking_id, now)).length === 0) throw new RuleViolation('care_plan_not_released')
}

const inOrder = <Row extends object>(rows: readonly Row[]) => rows.map((row, index) => ({ ...row, position: index + 1 }))

/** Writes the plan anew, on top of the version its writer saw. */
export const writeCarePlan = async (trx: Transaction<Database>, reader: Reader, booking_id: string, plan: NewCarePlan, now: Date) => {
  const { case_id, first_day } = await writableBooking(trx, booking_id)
  // what the plan said already stays: a help that goes on elsewhere begins anew
  const { goals: known } = await readVersion(trx, booking_id, undefined)
  const isKnown = (goal_key: string | undefined, reach_by: string) =>
    known.some((goal) => goal.goal_key === goal_key && goal.reach_by === reach_by)
  const early = plan.goals.flatMap(({ goal_key, reach_by }, at) =>
    reach_by !== null && reach_by < first_day && !isKnown(goal_key, reach_by)
      ? [{ field: `goals[${at}].reach_by`, message: 'liegt vor dem Beginn der Hilfe.' }]
      : [],
  )
  if (early.length > 0) throw new RuleViolation('goal_before_begin', early)
  const version = plan.version + 1
  const { id: care_plan_id } = await trx
    .insertInto('care_plan')
    .values({ case_id, booking_id, version, written_by: reader.user_account_id, written_at: now })
    .returning('id')
    .executeTakeFirstOrThrow()
  const of = <Row extends object>(rows: readonly Row[]) => inOrder(rows).map((row) => ({ ...row, care_plan_id }))
  const goals = plan.goals.map((goal) => ({ ...goal, goal_key: goal.goal_key ?? randomUUID() }))
  await trx.insertInto('care_plan_goal').values(of(goals)).execute()
  if (plan.measures.length > 0) await trx.insertInto('care_plan_measure').values(of(plan.measures)).execute()
  if (plan.participants.length > 0) await trx.insertInto('care_plan_participant').values(of(plan.participants)).execute()
  return version
}

const newestPlan = (trx: Transaction<Database>, booking_id: string) =>
  trx.selectFrom('care_plan').where('booking_id', '=', booking_id).orderBy('version', 'desc')

/** Records a Hilfeplangespräch: who took part, what was said of each goal, the grades given. Returns the review's id. */
export const recordPlanReview = async (
  trx: Transaction<Database>,
  reader: Reader,
  booking_id: string,
  review: NewPlanReview,
  { now, today }: { now: Date; today: string },
) => {
  const { case_id, first_day, cancelled: _, ...rated } = await writableBooking(trx, booking_id)
  const { reviewed_on, summary, next_review_on } = review
  if (reviewed_on > today) throw new RuleViolation('review_in_future')
  if (reviewed_on < first_day) throw new RuleViolation('review_before_begin')
  const { id: review_id } = await trx
    .insertInto('care_plan_review')
    .values({ case_id, booking_id, reviewed_on, summary, next_review_on, recorded_by: reader.user_account_id, recorded_at: now })
    .returning('id')
    .executeTakeFirstOrThrow()
  const said = review.goals.filter(({ result, attainment }) => result !== null || attainment !== null)
  const known = await trx
    .selectFrom('care_plan_goal')
    .where('care_plan_id', '=', newestPlan(trx, booking_id).select('id').limit(1))
    .select(['goal_key', 'goal'])
    .execute()
  const goals = said.map((each) => {
    const { goal } = known.find(({ goal_key }) => goal_key === each.goal_key) ?? {}
    if (goal === undefined) throw new RuleViolation('care_plan_goal_unknown')
    return { ...each, goal, review_id }
  })
  if (goals.length > 0) await trx.insertInto('care_plan_review_goal').values(goals).execute()
  const participants = inOrder(review.participants).map((row) => ({ ...row, review_id }))
  if (participants.length > 0) await trx.insertInto('care_plan_review_participant').values(participants).execute()
  if (isGraded(review)) await recordGrades(trx, rated, reviewed_on, review)
  return review_id
}

const json = <Rows>(query: ReturnType<typeof sql>) => sql<Rows>`(select coalesce(json_agg(part), '[]') from (${query}) as part)`

const readReviews = (trx: Transaction<Database>, booking_id: string) =>
  trx
    .selectFrom('care_plan_review as review')
    .leftJoin('user_account', 'user_account.id', 'review.recorded_by')
    .where('review.booking_id', '=', booking_id)
    .orderBy('reviewed_on', 'desc')
    .select(['review.id', 'reviewed_on', 'user_account.display_name as recorded_by', 'summary'])
    .select([
      json<CarePlan['reviews'][number]['participants']>(
        sql`select role, name from care_plan_review_participant where review_id = review.id order by position`,
      ).as('participants'),
      json<CarePlan['reviews'][number]['goals']>(
        sql`select goal_key, goal, result, attainment from care_plan_review_goal where review_id = review.id`,
      ).as('goals'),
      json<RatingView[]>(
        sql`select aspect, rated_by, person, grade from rating where booking_id = review.booking_id and rating.reviewed_on = review.reviewed_on
          order by aspect, rated_by, person`,
      ).as('ratings'),
    ])
    .execute()

const readVersion = async (trx: Transaction<Database>, booking_id: string, version: number | undefined) => {
  const plan = await newestPlan(trx, booking_id)
    .$if(version !== undefined, (query) => query.where('version', '=', version!))
    .limit(1)
    .select(['id', 'version'])
    .executeTakeFirst()
  if (plan === undefined) {
    if (version !== undefined) throw rowMissing()
    return { version: 0, goals: [], measures: [], participants: [] }
  }
  const goals = await trx
    .selectFrom('care_plan_goal')
    .where('care_plan_id', '=', plan.id)
    .orderBy('position')
    .select(['goal_key', 'goal', 'indicator', 'reach_by', 'state', 'attainment'])
    .execute()
  const measures = await trx
    .selectFrom('care_plan_measure')
    .where('care_plan_id', '=', plan.id)
    .orderBy('position')
    .select(['measure', 'responsible', 'due_on', 'done'])
    .execute()
  const participants = await trx
    .selectFrom('care_plan_participant')
    .where('care_plan_id', '=', plan.id)
    .orderBy('position')
    .select(['role', 'name'])
    .execute()
  return {
    version: plan.version,
    goals: goals.map((goal) => ({ ...goal, state: goal.state as GoalState })),
    measures,
    participants: participants.map(({ role, name }) => ({ role: role as ParticipantRole, name })),
  }
}

/** The plan as it is, or was in one version, with all reviews. */
export const readCarePlan = async (
  trx: Transaction<Database>,
  booking_id: string,
  { today, version }: { today: string; version?: number | undefined },
): Promise<CarePlan> => {
  await plannedBooking(trx, booking_id)
  const plan = await readVersion(trx, booking_id, version)
  const versions = await newestPlan(trx, booking_id)
    .leftJoin('user_account', 'user_account.id', 'care_plan.written_by')
    .select(['version', 'written_at', 'user_account.display_name as written_by'])
    .execute()
  const due = await trx
    .selectFrom('booking')
    .where('id', '=', booking_id)
    .select([
      reviewMonths(today).as('review_months'),
      sql<string | null>`case when end_reason is null and not cancelled then ${nextReviewOn(today)} end`.as('next_review_on'),
    ])
    .executeTakeFirstOrThrow()
  const released = await trx
    .selectFrom('care_plan_release')
    .innerJoin('user_account', 'user_account.id', 'released_by')
    .where('booking_id', '=', booking_id)
    .where('withdrawn_at', 'is', null)
    .select(['version', 'released_at', 'user_account.display_name as released_by'])
    .executeTakeFirst()
  return CarePlan.parse({ booking_id, ...plan, versions, released: released ?? null, reviews: await readReviews(trx, booking_id), ...due })
}
