-- One row per paid invoice line, service kind (and all) and specialisation (and all), signed, in the month of payment.
with specialisations as (
  select *, unnest(list_prepend('all', specialisations)) as specialisation, [service_kind, 'all'] as kinds
  from staging.payment_line
)
select
  youth_authority_id as place,
  unnest(kinds) as service_kind,
  specialisation,
  month::date as month,
  case_key,
  sign * amount_cents as payments
from specialisations
