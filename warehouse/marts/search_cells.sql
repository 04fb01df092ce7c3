-- One row per search, signed.
select
  youth_authority_id as place,
  service_kind,
  specialisations,
  month::date as month,
  sign,
  true as searches,
  is_fruitless as fruitless_searches
from staging.search
