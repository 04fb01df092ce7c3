-- One row per booking paid by another authority and month, signed, at the facility's authority.
select
  facility_authority_id as place,
  service_kind,
  specialisations,
  unnest(months)::date as month,
  case_key,
  sign,
  true as foreign_occupancy
from staging.booking
where facility_authority_id <> youth_authority_id
