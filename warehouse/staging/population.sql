-- One row per region, date, age group and sex, signed.
select sign, committed_at, ags, reference_date, age_group, sex, inhabitants, estimated
from history.population
