-- One row per booking, month, place (authority, state, Germany), service kind (and all), specialisation (and all) and rate, signed.
with months as (
  select *, unnest(months)::date as month, list_prepend('all', specialisations) as levels
  from staging.booking
  where unit <> 'flat'
),
rates as (
  -- the rate on the last active day of the month
  select *,
    case when len(rate_from) = 1 then rate_cents[1]
    else rate_cents[len(list_filter(rate_from, lambda step: step <= least(last_day, last_day(month))))] end as rate
  from months
),
specialisations as (
  select *, unnest(levels) as specialisation, [service_kind, 'all'] as kinds
  from rates
),
kinds as (
  select *, unnest(kinds) as kind, [youth_authority_id, left(youth_authority_id, 2), 'de'] as places
  from specialisations
)
select
  'rate_per_' || unit as series,
  unnest(places) as place,
  kind as service_kind,
  specialisation,
  month,
  rate as value,
  sign as n
from kinds
