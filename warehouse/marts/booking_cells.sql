-- One row per booking, month and specialisation (and all), signed, at the paying authority.
with months as (
  select *, unnest(months)::date as month, list_prepend('all', specialisations) as levels
  from staging.booking
)
select
  youth_authority_id as place,
  service_kind,
  unnest(levels) as specialisation,
  month,
  case_key,
  sign as case_count,
  case when last_day >= last_day(month) then sign else 0 end as case_stock,
  case when first_day >= month then sign else 0 end as cases_begun,
  case when last_day <= last_day(month) and end_reason is not null then sign else 0 end as cases_ended,
  case when last_day <= last_day(month) and end_reason <> 40 then sign else 0 end as ended_without_handover,
  case when last_day <= last_day(month) and end_reason in (20, 21, 22) then sign else 0 end as dropouts,
  case when last_day <= last_day(month) and end_reason is not null then sign * dwell_days else 0 end as dwell_days,
  case when is_away then sign else 0 end as away_bookings,
  case when unit = 'day' then sign else 0 end as rated_per_day,
  case when unit = 'hour' then sign else 0 end as rated_per_hour
from months
