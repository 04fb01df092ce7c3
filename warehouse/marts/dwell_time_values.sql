-- One row per ended booking, place (authority, state, Germany), service kind (and all), specialisation (and all) and days, signed, in the month of its end.
with specialisations as (
  select *, unnest(list_prepend('all', specialisations)) as specialisation, [service_kind, 'all'] as kinds
  from staging.booking
  where end_reason is not null
),
kinds as (
  select *, unnest(kinds) as kind, [youth_authority_id, left(youth_authority_id, 2), 'de'] as places
  from specialisations
)
select
  'dwell_days' as series,
  unnest(places) as place,
  kind as service_kind,
  specialisation,
  date_trunc('month', last_day)::date as month,
  dwell_days as value,
  sign as n
from kinds
