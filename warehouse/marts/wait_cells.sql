-- One row per wait and month from its beginning to its end, signed, at the paying authority.
with months as (select *, unnest(marts.calendar(entered_month, until_month)) as month from staging.wait)
select
  place,
  service_kind,
  specialisations,
  month,
  case_key,
  sign,
  month < until_month as waiting_stock,
  month = ended_month as waits_ended,
  month = ended_month and is_reserved as waits_with_place,
  month = ended_month and not is_reserved as waits_without_place
from months
