-- One row per booking and month, signed, at the paying authority; a measure is a number, or true where the booking counts.
with months as (select *, unnest(marts.calendar(first_month, last_month)) as month from staging.booking)
select
  place,
  service_kind,
  specialisations,
  month,
  case_key,
  sign,
  true as case_count,
  month < last_month or lasts_to_month_end as case_stock,
  month = first_month as cases_begun,
  month = last_month and end_reason is not null as cases_ended,
  month = last_month and end_reason <> 40 as ended_without_handover,
  month = last_month and end_reason in (20, 21, 22) as dropouts,
  case when month = last_month and end_reason is not null then dwell_days end as dwell_days,
  is_away as away_bookings,
  unit = 'day' as rated_per_day,
  unit = 'hour' as rated_per_hour
from months
