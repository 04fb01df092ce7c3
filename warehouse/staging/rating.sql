-- One row per grade by one person, signed.
select
  sign, committed_at,
  review_key, case_key, provider_id, service_kind, reviewed_on, aspect, grade
from history.rating
