-- One row per wait that ended with a place, signed, in the month of its end: the days it took.
select
  'waiting_days' as series,
  place,
  service_kind,
  specialisations,
  ended_month as month,
  waiting_days as value,
  sign
from staging.wait
where ended_month is not null and is_reserved
