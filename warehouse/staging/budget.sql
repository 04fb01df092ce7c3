-- One row per authority, year and service kind, signed.
select
  sign, committed_at,
  rpad(youth_authority_id, 8, '0')::integer as place,
  year, service_kind, amount_cents
from history.budget
