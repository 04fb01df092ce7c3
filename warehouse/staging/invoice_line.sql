-- One row per invoice line, signed.
select
  sign, committed_at,
  case_key, provider_id, service_kind, released_on, amount_cents
from history.invoice_line
