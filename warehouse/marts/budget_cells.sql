-- One row per budget and month of its year, signed; the yearly amount, to be divided by 12.
select
  youth_authority_id as place,
  service_kind,
  []::varchar[] as specialisations,
  unnest(months)::date as month,
  sign,
  amount_cents as budget
from staging.budget
