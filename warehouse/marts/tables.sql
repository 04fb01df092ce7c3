create schema if not exists staging;
create schema if not exists marts;

-- The month of a day, as counted by month.ts. year() and month() make a table of all days whenever a statement starts, which takes longer
-- than a flush's few rows.
create or replace macro marts.month_of(day) as (date_diff('month', date '0001-01-01', day) + 12)::integer;

-- The months from one to another, within the calendar of the marts: January 2000 to December 2040.
create or replace macro marts.calendar(first_month, last_month) as
  range(greatest(first_month, 24000), least(last_month, 24491) + 1)::integer[];

-- Keys are numbers, which are scanned, sorted and grouped several times faster than texts: measures, series, service kinds and
-- specialisations by DuckDB's hash of their code ("all" has one too), places by their key of eight digits (13075000; a state
-- 13999999, Germany 0), months as counted by month.ts.

-- Additive cells at all levels of service kinds and specialisations.
create table if not exists marts.cell (
  measure UBIGINT not null,
  place INTEGER not null,
  service_kind UBIGINT not null,
  specialisation UBIGINT not null,
  month INTEGER not null,
  value BIGINT not null,
  cases INTEGER not null
);

-- What flushes added to cells and compaction has not yet folded into their month: rows of equal key add up.
create table if not exists marts.cell_appended (
  measure UBIGINT not null,
  place INTEGER not null,
  service_kind UBIGINT not null,
  specialisation UBIGINT not null,
  month INTEGER not null,
  value BIGINT not null,
  cases INTEGER not null,
  -- counts at its service kind and at "all"; else just where it stands
  also_all BOOLEAN not null
);

-- How often each value occurs, at all levels and in authorities, states and Germany: what exact medians are read from.
create table if not exists marts.histogram (
  series UBIGINT not null,
  place INTEGER not null,
  service_kind UBIGINT not null,
  specialisation UBIGINT not null,
  month INTEGER not null,
  value BIGINT not null,
  n INTEGER not null
);

-- What flushes added to the histogram and compaction has not yet folded into their month. Rows stand at their service kind and in
-- their authority, and count at "all", in the state and in Germany as well; the order statistics of all these are out of date.
create table if not exists marts.histogram_appended (
  series UBIGINT not null,
  place INTEGER not null,
  service_kind UBIGINT not null,
  specialisation UBIGINT not null,
  month INTEGER not null,
  value BIGINT not null,
  n INTEGER not null
);

-- What lasts is kept by its changes: the values standing in a month are all that entered until then and have not left.
create table if not exists marts.stock_change (
  series UBIGINT not null,
  place INTEGER not null,
  service_kind UBIGINT not null,
  specialisation UBIGINT not null,
  month INTEGER not null,
  value BIGINT not null,
  n INTEGER not null
);

-- Order statistics of the folded histogram, and the values near them with their counts and how many lie below: enough to move
-- the statistics by a few appended values, exactly (order-statistics.ts).
create table if not exists marts.statistic (
  series UBIGINT not null,
  place INTEGER not null,
  service_kind UBIGINT not null,
  specialisation UBIGINT not null,
  month INTEGER not null,
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
