-- One row per budget and month of its year, signed; the yearly amount, to be divided by 12.
select
  place,
  service_kind,
  '' as specialisations,
  unnest(marts.calendar(year * 12, year * 12 + 11)) as month,
  sign,
  amount_cents as budget
from staging.budget
