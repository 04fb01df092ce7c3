-- One row per rate of an offer and its validity, signed; the months on whose last day it is valid.
select
  sign, committed_at,
  youth_authority_id, service_kind, specialisations, unit, rate_cents,
  list_filter(
    generate_series(
      date_trunc('month', greatest(valid_from, date '2000-01-01')),
      least(coalesce(valid_to, date '2040-12-31'), date '2040-12-31'),
      interval 1 month
    ),
    lambda month: last_day(month) <= coalesce(valid_to, date '2040-12-31')
  ) as months
from history.offer_rate
