-- One row per paid invoice line and specialisation (and all), signed, in the month of payment.
select
  youth_authority_id as place,
  service_kind,
  unnest(list_prepend('all', specialisations)) as specialisation,
  month::date as month,
  case_key,
  sign * amount_cents as payments
from staging.payment_line
