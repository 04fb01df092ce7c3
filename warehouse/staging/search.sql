-- One row per search, signed; a user's repetition on one day is one search already in the source.
select
  sign, committed_at,
  rpad(youth_authority_id, 8, '0')::integer as place,
  service_kind,
  array_to_string(specialisations, ',') as specialisations,
  marts.month_of(searched_on) as month,
  offers_available = 0 as is_fruitless
from history.search
