-- One row per invoice line paid, signed.
select
  sign, committed_at,
  case_key, youth_authority_id, provider_id, service_kind, specialisations,
  date_trunc('month', paid_on) as month,
  amount_cents
from history.payment_line
