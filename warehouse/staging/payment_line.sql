-- One row per invoice line paid, signed.
select
  sign, committed_at,
  case_key, provider_id, service_kind,
  array_to_string(specialisations, ',') as specialisations,
  rpad(youth_authority_id, 8, '0')::integer as place,
  marts.month_of(paid_on) as month,
  amount_cents
from history.payment_line
