-- One row per booking within the system and month on whose last day it is active, signed, where the facility lies.
with months as (
  select *, unnest(marts.calendar(first_month, case when lasts_to_month_end then last_month else last_month - 1 end)) as month
  from staging.booking
  where facility_place is not null
)
select
  facility_place as place,
  service_kind,
  specialisations,
  month,
  case_key,
  sign,
  true as occupied,
  facility_place <> place as occupied_by_others
from months
