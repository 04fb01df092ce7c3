-- One row per booking that counts, signed; cancelled bookings count nowhere.
select
  sign, committed_at,
  case_key, provider_id, service_kind, age_at_begin, sex,
  array_to_string(specialisations, ',') as specialisations,
  rpad(youth_authority_id, 8, '0')::integer as place,
  rpad(facility_authority_id, 8, '0')::integer as facility_place,
  away or coalesce(facility_authority_id <> youth_authority_id, false) as is_away,
  last_day,
  last_day - first_day as dwell_days,
  last_day - first_day + (case counting_rule when 'calendar_days' then 1 else 0 end) as used_days,
  agreed_days, agreed_cents,
  -- the internal move to another facility is no end (domain.md 3)
  nullif(end_reason, 0) as end_reason,
  end_reason is null as is_open,
  unit, rate_from, rate_cents,
  marts.month_of(first_day) as first_month,
  marts.month_of(last_day) as last_month,
  last_day(last_day) = last_day as lasts_to_month_end
from history.booking
where not cancelled
