-- Two rows per number of places of an offer, signed, where the facility lies: they enter in the first month on whose last
-- day they are there, and leave in the first month on whose last day they no longer are.
with ends as (
  select *, unnest([{month: enters, direction: 1}, {month: leaves, direction: -1}]) as entry
  from staging.offer_capacity
)
select
  place,
  service_kind,
  '' as specialisations,
  entry.month as month,
  sign,
  places * entry.direction as places
from ends
where entry.month is not null
