-- One row per search, service kind (and all) and specialisation (and all), signed.
with specialisations as (
  select *, unnest(list_prepend('all', specialisations)) as specialisation, [service_kind, 'all'] as kinds
  from staging.search
)
select
  youth_authority_id as place,
  unnest(kinds) as service_kind,
  specialisation,
  month::date as month,
  sign as searches,
  case when is_fruitless then sign else 0 end as fruitless_searches
from specialisations
