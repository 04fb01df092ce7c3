-- One row per booking and month, signed, at the paying authority; a measure is a number, or true where the booking counts.
with months as (select *, unnest(months)::date as month from staging.booking)
select
  youth_authority_id as place,
  service_kind,
  specialisations,
  month,
  case_key,
  sign,
  true as case_count,
  last_day >= last_day(month) as case_stock,
  first_day >= month as cases_begun,
  last_day <= last_day(month) and end_reason is not null as cases_ended,
  last_day <= last_day(month) and end_reason <> 40 as ended_without_handover,
  last_day <= last_day(month) and end_reason in (20, 21, 22) as dropouts,
  case when last_day <= last_day(month) and end_reason is not null then dwell_days end as dwell_days,
  is_away as away_bookings,
  unit = 'day' as rated_per_day,
  unit = 'hour' as rated_per_hour
from months
