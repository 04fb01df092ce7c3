-- One row per authority, year and service kind, signed.
select
  sign, committed_at,
  youth_authority_id, service_kind, amount_cents,
  generate_series(make_date(year, 1, 1), make_date(year, 12, 1), interval 1 month) as months
from history.budget
