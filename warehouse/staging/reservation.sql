-- One row per reservation, signed, with the months of what became of it; without one for what has not happened.
select
  sign, committed_at,
  case_key, service_kind,
  array_to_string(specialisations, ',') as specialisations,
  rpad(youth_authority_id, 8, '0')::integer as place,
  dearer_cents > 0 as is_dearer,
  booked_on - searched_on as days_to_booking,
  (year(reserved_on) * 12 + month(reserved_on) - 1)::integer as reserved_month,
  -- consented and declined exclude each other
  (year(coalesce(consented_on, declined_on)) * 12 + month(coalesce(consented_on, declined_on)) - 1)::integer as answered_month,
  declined_on is not null as is_declined,
  (year(booked_on) * 12 + month(booked_on) - 1)::integer as booked_month,
  (year(expired_on) * 12 + month(expired_on) - 1)::integer as expired_month
from history.reservation
