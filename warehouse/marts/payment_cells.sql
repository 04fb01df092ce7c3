-- One row per paid invoice line, signed, in the month of payment.
select
  youth_authority_id as place,
  service_kind,
  specialisations,
  month::date as month,
  case_key,
  sign,
  amount_cents as payments
from staging.payment_line
