-- One row per booking paid by another authority, month and specialisation (and all), signed, at the facility's authority.
with months as (
  select *, unnest(months)::date as month, list_prepend('all', specialisations) as levels
  from staging.booking
  where facility_authority_id <> youth_authority_id
)
select
  facility_authority_id as place,
  service_kind,
  unnest(levels) as specialisation,
  month,
  case_key,
  sign as foreign_occupancy
from months
