-- One row per reservation, signed, with the months of what became of it; without one for what has not happened.
select
  sign, committed_at,
  case_key, provider_id, service_kind,
  array_to_string(specialisations, ',') as specialisations,
  rpad(youth_authority_id, 8, '0')::integer as place,
  dearer_cents > 0 as is_dearer,
  booked_on - searched_on as days_to_booking,
  marts.month_of(reserved_on) as reserved_month,
  -- consented and declined exclude each other
  marts.month_of(coalesce(consented_on, declined_on)) as answered_month,
  declined_on is not null as is_declined,
  decline_reason, dearer_reason,
  marts.month_of(booked_on) as booked_month,
  marts.month_of(expired_on) as expired_month
from history.reservation
