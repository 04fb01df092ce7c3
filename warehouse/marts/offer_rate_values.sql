-- One row per offered rate, month, place (authority, state, Germany), service kind (and all), specialisation (and all), signed, where the facility lies.
with months as (
  select *, unnest(months)::date as month, list_prepend('all', specialisations) as levels
  from staging.offer_rate
  where unit <> 'flat'
),
specialisations as (
  select *, unnest(levels) as specialisation, [service_kind, 'all'] as kinds
  from months
),
kinds as (
  select *, unnest(kinds) as kind, [youth_authority_id, left(youth_authority_id, 2), 'de'] as places
  from specialisations
)
select
  'offer_rate_per_' || unit as series,
  unnest(places) as place,
  kind as service_kind,
  specialisation,
  month,
  rate_cents as value,
  sign as n
from kinds
