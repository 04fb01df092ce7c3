-- One row per ended booking, signed, in the month of its end: the days it lasted.
select
  'dwell_days' as series,
  place,
  service_kind,
  specialisations,
  last_month as month,
  dwell_days as value,
  sign
from staging.booking
where end_reason is not null
