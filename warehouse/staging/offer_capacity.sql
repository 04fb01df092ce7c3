-- One row per number of places of an offer and its validity, signed; what counts is the last day of a month.
select
  sign, committed_at,
  rpad(youth_authority_id, 8, '0')::integer as place,
  service_kind, places,
  marts.month_of(valid_from) as enters,
  marts.month_of(valid_to + 1) as leaves
from history.offer_capacity
