-- One row per budget, month of its year and service kind (and all), signed; the yearly amount, to be divided by 12.
with months as (
  select *, unnest(months)::date as month, [service_kind, 'all'] as kinds
  from staging.budget
)
select
  youth_authority_id as place,
  unnest(kinds) as service_kind,
  'all' as specialisation,
  month,
  sign * amount_cents as budget
from months
