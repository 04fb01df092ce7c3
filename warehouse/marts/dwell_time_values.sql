-- One row per ended booking, signed, in the month of its end: the days it lasted.
select
  'dwell_days' as series,
  youth_authority_id as place,
  service_kind,
  specialisations,
  date_trunc('month', last_day)::date as month,
  dwell_days as value,
  sign
from staging.booking
where end_reason is not null
