-- One row per booking paid by another authority, month, service kind (and all) and specialisation (and all), signed, at the facility's authority.
with months as (
  select *, unnest(months)::date as month, list_prepend('all', specialisations) as levels
  from staging.booking
  where facility_authority_id <> youth_authority_id
),
specialisations as (
  select *, unnest(levels) as specialisation, [service_kind, 'all'] as kinds
  from months
)
select
  facility_authority_id as place,
  unnest(kinds) as service_kind,
  specialisation,
  month,
  case_key,
  sign as foreign_occupancy
from specialisations
