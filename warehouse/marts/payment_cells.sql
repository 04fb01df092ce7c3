-- One row per paid invoice line, signed, in the month of payment.
select
  place,
  service_kind,
  specialisations,
  month,
  case_key,
  sign,
  amount_cents as payments
from staging.payment_line
