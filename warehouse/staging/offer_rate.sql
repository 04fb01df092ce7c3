-- One row per rate of an offer and its validity, signed; what counts is the last day of a month.
select
  sign, committed_at,
  youth_authority_id, service_kind, specialisations, unit, rate_cents,
  date_trunc('month', valid_from)::date as enters,
  date_trunc('month', valid_to + 1)::date as leaves
from history.offer_rate
