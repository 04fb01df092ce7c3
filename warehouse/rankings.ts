import { directoryOf, parameterOn } from './directory.ts'
import { firstDay, type Month } from './month.ts'
import { freshness, type Freshness } from './query.ts'
import { execute } from './statement.ts'
import { UnknownFilter } from './views.ts'
import type { Warehouse } from './warehouse.ts'

/** What is known of a provider's cases of one service kind in the window. Grades 1 (best) to 5; null where nothing is known. */
export type ProviderRecord = {
  provider_id: string
  name: string
  rated_cases: number
  structure: number | null
  process: number | null
  ended_cases: number
  /** Σ actual ÷ Σ agreed days and Σ released ÷ Σ agreed cents, over cases ended in the window without dropout. */
  duration_ratio: number | null
  costs_ratio: number | null
}

export type Weights = { structure: number; process: number; duration: number; costs: number }

export type RankedProvider = Omit<ProviderRecord, 'rated_cases' | 'ended_cases'> & {
  rated_cases: number | null
  ended_cases: number | null
  duration_grade: number | null
  costs_grade: number | null
  score: number | null
  rank: number | null
  reason: 'few_cases' | 'missing_component' | null
}

export type ProviderRanking = Freshness & { weights: Weights; window_from: Month; minimum_cases: number; rows: RankedProvider[] }

/**
 * The ranking of domain.md 7.6. Ratios become grades by their distance from the mean of all providers with enough rated cases,
 * in population standard deviations. Fewer rated cases than the minimum, or a missing component: listed without a rank.
 * What rests on fewer cases than the threshold is secret and counts as missing; equal scores share a rank.
 */
export const rankProviders = (
  records: ProviderRecord[],
  options: { weights: Weights; minimum_cases: number; threshold: number },
): RankedProvider[] => {
  const { weights, minimum_cases, threshold } = options
  const secret = (cases: number) => cases > 0 && cases < threshold
  const open = records.map((record) => ({
    ...record,
    structure: secret(record.rated_cases) ? null : record.structure,
    process: secret(record.rated_cases) ? null : record.process,
    duration_ratio: secret(record.ended_cases) ? null : record.duration_ratio,
    costs_ratio: secret(record.ended_cases) ? null : record.costs_ratio,
  }))
  const measured = open.filter(({ rated_cases }) => rated_cases >= minimum_cases)
  const durationGrade = gradeByDistance(measured.map(({ duration_ratio }) => duration_ratio))
  const costsGrade = gradeByDistance(measured.map(({ costs_ratio }) => costs_ratio))
  const graded = open.map((record): RankedProvider => {
    const enough = record.rated_cases >= minimum_cases
    const duration_grade = enough ? durationGrade(record.duration_ratio) : null
    const costs_grade = enough ? costsGrade(record.costs_ratio) : null
    const { structure, process } = record
    const complete = enough && structure !== null && process !== null && duration_grade !== null && costs_grade !== null
    const score = complete
      ? (weights.structure * structure + weights.process * process + weights.duration * duration_grade + weights.costs * costs_grade) /
        (weights.structure + weights.process + weights.duration + weights.costs)
      : null
    return {
      ...record,
      rated_cases: secret(record.rated_cases) ? null : record.rated_cases,
      ended_cases: secret(record.ended_cases) ? null : record.ended_cases,
      duration_grade,
      costs_grade,
      score,
      rank: null,
      reason: enough ? (complete ? null : 'missing_component') : 'few_cases',
    }
  })
  graded.sort((a, b) => (a.score ?? Infinity) - (b.score ?? Infinity) || a.name.localeCompare(b.name, 'de'))
  return graded.map((row) => ({ ...row, rank: row.score === null ? null : graded.findIndex(({ score }) => score === row.score) + 1 }))
}

/** 3 + distance from the mean in population standard deviations, clipped to 1..5; 3 where all are equal. */
const gradeByDistance = (values: (number | null)[]): ((value: number | null) => number | null) => {
  const known = values.filter((value) => value !== null)
  const mean = known.reduce((sum, value) => sum + value, 0) / known.length
  const deviation = Math.sqrt(known.reduce((sum, value) => sum + (value - mean) ** 2, 0) / known.length)
  return (value) => (value === null ? null : deviation === 0 ? 3 : Math.min(5, Math.max(1, 3 + (value - mean) / deviation)))
}

/** Ranking of all providers of a service kind over the window that ends with `month`. Controlled for every reader. */
export const providerRanking = (warehouse: Warehouse, query: { service_kind: string; month: Month }): Promise<ProviderRanking> =>
  warehouse.read(async (connection) => {
    const directory = await directoryOf(warehouse, connection)
    if (!directory.service_kinds.some(({ code }) => code === query.service_kind)) throw new UnknownFilter('service_kind')
    const parameter = (name: string) => parameterOn(directory, name, firstDay(query.month))
    const window_from = query.month - parameter('ranking_window_months') + 1
    const reader = await execute(connection, recordsSql, [query.service_kind, firstDay(window_from), firstDay(query.month + 1)])
    const weights = {
      structure: parameter('ranking_weight_structure'),
      process: parameter('ranking_weight_process'),
      duration: parameter('ranking_weight_duration'),
      costs: parameter('ranking_weight_costs'),
    }
    const minimum_cases = parameter('ranking_minimum_cases')
    const records = reader.getRowObjectsJson() as ProviderRecord[]
    return {
      ...(await freshness(connection)),
      weights,
      window_from,
      minimum_cases,
      rows: rankProviders(records, { weights, minimum_cases, threshold: parameter('disclosure_threshold') }),
    }
  })

const recordsSql = `
with grades as (
  select provider_id, case_key, review_key, aspect, grade, sum(sign) as n
  from staging.rating
  where service_kind = $1 and reviewed_on >= $2::date and reviewed_on < $3::date
  group by all having sum(sign) > 0
),
structure_of_cases as (
  select provider_id, case_key, sum(grade * n) / sum(n) as grade
  from grades where aspect in ('facility_structure', 'service_structure') group by all
),
goals_of_reviews as (
  select provider_id, case_key, review_key, sum(grade * n) / sum(n) as grade
  from grades where aspect = 'goal_attainment' group by all
),
goals_of_cases as (
  select provider_id, case_key, avg(grade) as grade from goals_of_reviews group by all
),
ratings as (
  select provider_id, count(distinct case_key) as rated_cases from grades group by all
),
structure as (select provider_id, avg(grade) as structure from structure_of_cases group by all),
process as (select provider_id, avg(grade) as process from goals_of_cases group by all),
ended as (
  select provider_id, case_key,
    sum(sign * used_days) as used_days, sum(sign * agreed_days) as agreed_days, sum(sign * agreed_cents) as agreed_cents
  from staging.booking
  where service_kind = $1 and provider_id is not null
  group by all
  having sum(sign) filter (end_reason is not null and last_day >= $2::date and last_day < $3::date) > 0
    and coalesce(sum(sign) filter (end_reason in (20, 21, 22)), 0) = 0
    and coalesce(sum(sign) filter (is_open), 0) = 0
),
released as (
  select provider_id, case_key, sum(sign * amount_cents) as released_cents
  from staging.invoice_line
  where service_kind = $1 and released_on is not null
  group by all
),
endings as (
  select provider_id, count(*) as ended_cases,
    sum(used_days) / nullif(sum(agreed_days), 0) as duration_ratio,
    sum(coalesce(released_cents, 0)) / nullif(sum(agreed_cents), 0) as costs_ratio
  from ended left join released using (provider_id, case_key)
  group by all
),
names as (
  select id as provider_id, name from history.provider group by all having sum(sign) > 0
)
select
  names.provider_id::varchar as provider_id, name,
  coalesce(rated_cases, 0)::integer as rated_cases, structure::double as structure, process::double as process,
  coalesce(ended_cases, 0)::integer as ended_cases, duration_ratio::double as duration_ratio, costs_ratio::double as costs_ratio
from names
left join ratings using (provider_id) left join structure using (provider_id) left join process using (provider_id)
left join endings using (provider_id)
where rated_cases > 0 or ended_cases > 0`
