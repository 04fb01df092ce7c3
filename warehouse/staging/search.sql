-- One row per search, signed; a user's repetition on one day is one search already in the source.
select
  sign, committed_at,
  youth_authority_id, service_kind, specialisations,
  date_trunc('month', searched_on) as month,
  offers_available = 0 as is_fruitless
from history.search
