create schema if not exists staging;
create schema if not exists marts;

-- Additive cells: rows of equal key add up. Appended rows wait with folded = false until compaction adds them to their month.
create table if not exists marts.cell (
  measure VARCHAR not null,
  place VARCHAR not null,
  service_kind VARCHAR not null,
  specialisation VARCHAR not null,
  month DATE not null,
  value BIGINT not null,
  cases INTEGER not null,
  folded BOOLEAN not null
);

-- How often each value occurs, folded by month: what exact medians are read from.
create table if not exists marts.histogram (
  series VARCHAR not null,
  place VARCHAR not null,
  service_kind VARCHAR not null,
  specialisation VARCHAR not null,
  month DATE not null,
  value BIGINT not null,
  n INTEGER not null
);

-- Rows of the histogram not yet folded; their keys are the ones whose order statistics are out of date.
create table if not exists marts.histogram_appended (
  series VARCHAR not null,
  place VARCHAR not null,
  service_kind VARCHAR not null,
  specialisation VARCHAR not null,
  month DATE not null,
  value BIGINT not null,
  n INTEGER not null
);

-- What lasts is kept by its changes: the values standing in a month are all that entered until then and have not left.
create table if not exists marts.stock_change (
  series VARCHAR not null,
  place VARCHAR not null,
  service_kind VARCHAR not null,
  specialisation VARCHAR not null,
  month DATE not null,
  value BIGINT not null,
  n INTEGER not null
);

-- Order statistics of the folded histogram, and the values near them with their counts and how many lie below: enough to move
-- the statistics by a few appended values, exactly (order-statistics.ts).
create table if not exists marts.statistic (
  series VARCHAR not null,
  place VARCHAR not null,
  service_kind VARCHAR not null,
  specialisation VARCHAR not null,
  month DATE not null,
  n BIGINT not null,
  lowest BIGINT not null,
  highest BIGINT not null,
  -- sum of the two middle values: twice the median
  middles BIGINT not null,
  kept_values BIGINT[] not null,
  kept_counts INTEGER[] not null,
  kept_below BIGINT[] not null
);

-- Fingerprint of the models the marts were built with.
create table if not exists marts.definition (fingerprint VARCHAR not null);
