import type pg from 'pg'
import { firstDay, januaryOf, type Month } from './month.ts'

export type BaselineRow = {
  youth_authority_id: string
  current: number | null
  previous: number | null
  year_average: number | null
  previous_year_average: number | null
}

/** What PostgreSQL needs to answer from indexes alone. */
export const coveringIndexes = async (client: pg.Client): Promise<void> => {
  const columns =
    'youth_authority_id, case_key, service_kind, specialisations, facility_authority_id, away, end_reason, unit, rate_from, rate_cents'
  await client.query(`create index booking_by_day on booking (last_day, first_day) include (${columns}) where not cancelled`)
  await client.query(
    `create index booking_by_kind on booking (service_kind, last_day, first_day)
     include (youth_authority_id, case_key, specialisations, facility_authority_id, away, end_reason, unit, rate_from, rate_cents) where not cancelled`,
  )
  await client.query('vacuum (analyze) booking')
}

const counted: Record<string, string> = {
  case_count: 'true',
  case_stock: 'last_day >= month_end',
  cases_begun: 'first_day >= month',
  cases_ended: 'last_day <= month_end and end_reason <> 0',
  dropouts: 'last_day <= month_end and end_reason in (20, 21, 22)',
  away_bookings: 'away or facility_authority_id <> youth_authority_id',
}
const flows = new Set(['cases_begun', 'cases_ended', 'dropouts'])

/**
 * The table's four value columns per authority, with the distinct cases that disclosure control needs, as one would write it in SQL:
 * each booking once per month it touches. Months without a booking count as zero in the means of counts, and not in those of rates.
 */
export const baselineOf = (request: { figure: string; month: Month; service_kind: string | null; specialisation: string | null }) => {
  const { figure, month, service_kind, specialisation } = request
  const isMedian = figure === 'rate_median'
  const value = isMedian
    ? `percentile_cont(0.5) within group (order by rate_cents[(select count(*) from unnest(rate_from) as step where step <= least(last_day, month_end))])`
    : `count(*) filter (where ${counted[figure]})`
  const cases = `count(distinct case_key) filter (where ${isMedian ? 'true' : counted[figure]})`
  const values: unknown[] = [
    firstDay(januaryOf(month) - 12),
    firstDay(month + 1),
    firstDay(month),
    firstDay(month - 1),
    firstDay(januaryOf(month)),
  ]
  const filters = ['not cancelled', 'last_day >= $1::date', 'first_day < $2::date']
  if (isMedian) filters.push(`unit = 'day'`)
  if (service_kind) filters.push(`service_kind = $${values.push(service_kind)}`)
  if (specialisation) filters.push(`specialisations @> array[$${values.push(specialisation)}]`)
  const mean = (from: string, until: string) =>
    isMedian
      ? `avg(value) filter (where month >= ${from} and month < ${until})`
      : `sum(value) filter (where month >= ${from} and month < ${until}) / (select count(*) from generate_series(${from}, ${until} - interval '1 day', interval '1 month') as month ${flows.has(figure) ? `where month < date_trunc('month', now())` : ''})::float8`
  const sql = `
    with monthly as materialized (
      select youth_authority_id, month::date, ${value}::float8 as value, ${cases} as cases
      from booking
      cross join lateral (
        select month, month + interval '1 month - 1 day' as month_end
        from generate_series(date_trunc('month', greatest(first_day, $1::date)::timestamp), least(last_day, $2::date - 1)::timestamp, interval '1 month') as month
      ) as months
      where ${filters.join(' and ')}
      group by youth_authority_id, month
    )
    select youth_authority_id,
      max(value) filter (where month = $3::date) as current, max(value) filter (where month = $4::date) as previous,
      ${mean('$5::date', '$2::date')} as year_average, ${mean('$1::date', '$5::date')} as previous_year_average,
      max(cases) filter (where month = $3::date) as cases
    from monthly group by youth_authority_id`
  return { sql, values }
}
