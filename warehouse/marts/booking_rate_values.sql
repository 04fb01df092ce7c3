-- One row per booking with a rate per day or hour and month, signed: the rate on the last active day of the month.
with months as (
  select *, unnest(marts.calendar(first_month, last_month)) as month
  from staging.booking
  where unit <> 'flat'
)
select
  'rate_per_' || unit as series,
  place,
  service_kind,
  specialisations,
  month,
  case
    when len(rate_from) = 1 then rate_cents[1]
    else rate_cents[len(list_filter(rate_from, lambda step: step <= last_day and marts.month_of(step) <= month))]
  end as value,
  sign
from months
