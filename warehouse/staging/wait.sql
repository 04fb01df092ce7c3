-- One row per wait for a place, signed; it stands on the list until the month of its end, which without an outcome is that of its period.
select
  sign, committed_at,
  case_key, service_kind,
  array_to_string(specialisations, ',') as specialisations,
  rpad(youth_authority_id, 8, '0')::integer as place,
  state = 'reserved' as is_reserved,
  ended_on - entered_on as waiting_days,
  marts.month_of(entered_on) as entered_month,
  marts.month_of(coalesce(ended_on, last_day + 1)) as until_month,
  marts.month_of(ended_on) as ended_month
from history.wait
