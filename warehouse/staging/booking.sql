-- One row per booking that counts, signed; cancelled bookings count nowhere.
select
  sign, committed_at,
  case_key, youth_authority_id, facility_authority_id, provider_id, service_kind, specialisations,
  away or coalesce(facility_authority_id <> youth_authority_id, false) as is_away,
  first_day, last_day,
  last_day - first_day as dwell_days,
  last_day - first_day + (case counting_rule when 'calendar_days' then 1 else 0 end) as used_days,
  agreed_days, agreed_cents,
  -- the internal move to another facility is no end (domain.md 3)
  nullif(end_reason, 0) as end_reason,
  end_reason is null as is_open,
  unit, rate_from, rate_cents,
  generate_series(
    date_trunc('month', greatest(first_day, date '2000-01-01')),
    least(last_day, date '2040-12-31'),
    interval 1 month
  ) as months
from history.booking
where not cancelled
