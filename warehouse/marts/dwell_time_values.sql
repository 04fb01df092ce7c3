-- One row per ended booking and specialisation (and all), signed, in the month of its end: the days it lasted.
select
  'dwell_days' as series,
  youth_authority_id as place,
  service_kind,
  unnest(list_prepend('all', specialisations)) as specialisation,
  date_trunc('month', last_day)::date as month,
  dwell_days as value,
  sign as n
from staging.booking
where end_reason is not null
