-- One row per number of places of an offer and its validity, signed; what counts is the last day of a month.
select
  sign, committed_at,
  rpad(youth_authority_id, 8, '0')::integer as place,
  service_kind, places,
  (year(valid_from) * 12 + month(valid_from) - 1)::integer as enters,
  (year(valid_to + 1) * 12 + month(valid_to + 1) - 1)::integer as leaves
from history.offer_capacity
