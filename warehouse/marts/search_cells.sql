-- One row per search and specialisation (and all), signed.
select
  youth_authority_id as place,
  service_kind,
  unnest(list_prepend('all', specialisations)) as specialisation,
  month::date as month,
  sign as searches,
  case when is_fruitless then sign else 0 end as fruitless_searches
from staging.search
