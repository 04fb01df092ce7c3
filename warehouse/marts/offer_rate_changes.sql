-- Two rows per offered rate, signed, where the facility lies: it enters in the first month on whose last
-- day it is valid, and leaves in the first month on whose last day it no longer is.
with ends as (
  select *, unnest([{month: enters, direction: 1}, {month: leaves, direction: -1}]) as entry
  from staging.offer_rate
  where unit <> 'flat'
)
select
  'offer_rate_per_' || unit as series,
  place,
  service_kind,
  specialisations,
  entry.month as month,
  rate_cents as value,
  sign,
  entry.direction as change
from ends
where entry.month is not null
