-- One row per search, signed.
select
  place,
  service_kind,
  specialisations,
  month,
  sign,
  true as searches,
  is_fruitless as fruitless_searches
from staging.search
