-- One row per reservation and month in which something became of it, signed, at the paying authority.
with months as (
  select *, unnest(list_distinct([reserved_month, answered_month, booked_month, expired_month])) as month from staging.reservation
)
select
  place,
  service_kind,
  specialisations,
  month,
  case_key,
  sign,
  month = reserved_month as reservations,
  month = reserved_month and is_dearer as dearer_choices,
  month = answered_month as answered_requests,
  month = answered_month and is_declined as declined_requests,
  month = expired_month as reservations_expired,
  month = booked_month and days_to_booking is not null as booked_after_search,
  case when month = booked_month then days_to_booking end as days_to_booking
from months
