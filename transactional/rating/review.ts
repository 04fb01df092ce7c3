import { randomUUID } from 'node:crypto'
import type { Transaction } from 'kysely'
import { z } from 'zod'
import type { Database } from '../database.ts'
import { RuleViolation } from '../rule-violation.ts'
import { aspects, raters } from '../vocabulary.ts'

/** 1 is best, as in school (domain.md 7.3). */
export const Grade = z.int().min(1).max(5)

/** The grades of a review: structure by staff of the authority, goals by everybody involved. */
export const gradeFields = {
  facility_structure: Grade.nullable().default(null),
  service_structure: Grade.nullable().default(null),
  goal_attainment: z
    .array(z.strictObject({ rated_by: z.enum(raters), person: z.int().min(1).max(9).default(1), grade: Grade }))
    .max(36)
    .default([]),
}
export type Grades = z.infer<z.ZodObject<typeof gradeFields>>

export const isGraded = ({ facility_structure, service_structure, goal_attainment }: Grades) =>
  facility_structure !== null || service_structure !== null || goal_attainment.length > 0

export const ratesOnce = ({ goal_attainment }: Grades) =>
  new Set(goal_attainment.map((goal) => `${goal.rated_by} ${goal.person}`)).size === goal_attainment.length
export const ratesOnceFault = { path: ['goal_attainment'], error: 'nennt eine Person zweimal. Bitte weitere Personen durchnummerieren.' }

export const RatingView = z.object({ aspect: z.enum(aspects), rated_by: z.enum(raters), person: z.int(), grade: z.int() })
export type RatingView = z.infer<typeof RatingView>

/** One row per grade. */
const gradesOf = ({ facility_structure, service_structure, goal_attainment }: Grades): RatingView[] => {
  const structure = (aspect: RatingView['aspect'], grade: number | null): RatingView[] =>
    grade === null ? [] : [{ aspect, rated_by: 'authority', person: 1, grade }]
  return [
    ...structure('facility_structure', facility_structure),
    ...structure('service_structure', service_structure),
    ...goal_attainment.map((goal) => ({ aspect: 'goal_attainment' as const, ...goal })),
  ]
}

type Rated = { booking_id: string; case_key: string; youth_authority_id: string; provider_id: string | null; service_kind: string }

/** Records the grades as facts under a key of their own, which leads to no file. */
export const recordGrades = async (trx: Transaction<Database>, booking: Rated, reviewed_on: string, grades: Grades) => {
  const { provider_id, ...dimensions } = booking
  if (provider_id === null) throw new RuleViolation('rating_of_booking')
  const ratings = gradesOf(grades)
  const review_key = randomUUID()
  await trx
    .insertInto('rating')
    .values(ratings.map((rating) => ({ ...rating, ...dimensions, provider_id, review_key, reviewed_on })))
    .execute()
  return ratings
}
