-- One row per booking paid by another authority and month, signed, at the facility's authority.
select
  facility_place as place,
  service_kind,
  specialisations,
  unnest(marts.calendar(first_month, last_month)) as month,
  case_key,
  sign,
  true as foreign_occupancy
from staging.booking
where facility_place <> place
