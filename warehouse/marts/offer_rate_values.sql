-- One row per offered rate, month and specialisation (and all), signed, where the facility lies.
with months as (
  select *, unnest(months)::date as month, list_prepend('all', specialisations) as levels
  from staging.offer_rate
  where unit <> 'flat'
)
select
  'offer_rate_per_' || unit as series,
  youth_authority_id as place,
  service_kind,
  unnest(levels) as specialisation,
  month,
  rate_cents as value,
  sign as n
from months
