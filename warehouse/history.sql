-- Generated from the published tables by `npm run generate`. Do not edit.

create schema if not exists history;

create table if not exists history.booking (
  sign INTEGER not null,
  commit_lsn UBIGINT not null,
  committed_at TIMESTAMPTZ not null,
  id UUID,
  case_key UUID,
  youth_authority_id VARCHAR,
  service_kind VARCHAR,
  specialisations VARCHAR[],
  provider_id UUID,
  facility_id UUID,
  offer_id UUID,
  facility_authority_id VARCHAR,
  away BOOLEAN,
  counting_rule VARCHAR,
  first_day DATE,
  last_day DATE,
  end_reason SMALLINT,
  cancelled BOOLEAN,
  unit VARCHAR,
  rate_from DATE[],
  rate_cents BIGINT[],
  units_per_week DECIMAL(6, 2)[],
  planned_units DECIMAL(10, 2),
  agreed_days INTEGER,
  agreed_cents BIGINT,
  age_at_begin SMALLINT,
  sex VARCHAR,
  created_at TIMESTAMPTZ
);

create table if not exists history.budget (
  sign INTEGER not null,
  commit_lsn UBIGINT not null,
  committed_at TIMESTAMPTZ not null,
  youth_authority_id VARCHAR,
  year SMALLINT,
  service_kind VARCHAR,
  amount_cents BIGINT
);

create table if not exists history.comparison_group (
  sign INTEGER not null,
  commit_lsn UBIGINT not null,
  committed_at TIMESTAMPTZ not null,
  id INTEGER,
  grouping_id INTEGER,
  name VARCHAR
);

create table if not exists history.comparison_group_member (
  sign INTEGER not null,
  commit_lsn UBIGINT not null,
  committed_at TIMESTAMPTZ not null,
  group_id INTEGER,
  grouping_id INTEGER,
  youth_authority_id VARCHAR
);

create table if not exists history.comparison_grouping (
  sign INTEGER not null,
  commit_lsn UBIGINT not null,
  committed_at TIMESTAMPTZ not null,
  id INTEGER,
  name VARCHAR,
  explanation VARCHAR
);

create table if not exists history.federal_state (
  sign INTEGER not null,
  commit_lsn UBIGINT not null,
  committed_at TIMESTAMPTZ not null,
  code VARCHAR,
  ags VARCHAR,
  name VARCHAR
);

create table if not exists history.invoice_line (
  sign INTEGER not null,
  commit_lsn UBIGINT not null,
  committed_at TIMESTAMPTZ not null,
  id UUID,
  invoice_id UUID,
  booking_id UUID,
  case_key UUID,
  youth_authority_id VARCHAR,
  provider_id UUID,
  service_kind VARCHAR,
  specialisations VARCHAR[],
  period_from DATE,
  period_to DATE,
  units DECIMAL(10, 2),
  rate_cents BIGINT,
  amount_cents BIGINT,
  released_on DATE
);

create table if not exists history.offer_capacity (
  sign INTEGER not null,
  commit_lsn UBIGINT not null,
  committed_at TIMESTAMPTZ not null,
  id UUID,
  offer_id UUID,
  youth_authority_id VARCHAR,
  service_kind VARCHAR,
  places INTEGER,
  valid_from DATE,
  valid_to DATE
);

create table if not exists history.offer_rate (
  sign INTEGER not null,
  commit_lsn UBIGINT not null,
  committed_at TIMESTAMPTZ not null,
  id UUID,
  offer_id UUID,
  youth_authority_id VARCHAR,
  service_kind VARCHAR,
  specialisations VARCHAR[],
  unit VARCHAR,
  rate_cents BIGINT,
  valid_from DATE,
  valid_to DATE
);

create table if not exists history.parameter (
  sign INTEGER not null,
  commit_lsn UBIGINT not null,
  committed_at TIMESTAMPTZ not null,
  name VARCHAR,
  valid_from DATE,
  value DECIMAL(12, 4)
);

create table if not exists history.payment_line (
  sign INTEGER not null,
  commit_lsn UBIGINT not null,
  committed_at TIMESTAMPTZ not null,
  id UUID,
  payment_id UUID,
  invoice_line_id UUID,
  booking_id UUID,
  case_key UUID,
  youth_authority_id VARCHAR,
  provider_id UUID,
  service_kind VARCHAR,
  specialisations VARCHAR[],
  paid_on DATE,
  amount_cents BIGINT
);

create table if not exists history.population (
  sign INTEGER not null,
  commit_lsn UBIGINT not null,
  committed_at TIMESTAMPTZ not null,
  ags VARCHAR,
  reference_date DATE,
  age_group VARCHAR,
  sex VARCHAR,
  inhabitants INTEGER,
  origin VARCHAR,
  estimated BOOLEAN
);

create table if not exists history.provider (
  sign INTEGER not null,
  commit_lsn UBIGINT not null,
  committed_at TIMESTAMPTZ not null,
  id UUID,
  name VARCHAR,
  umbrella_association VARCHAR
);

create table if not exists history.rating (
  sign INTEGER not null,
  commit_lsn UBIGINT not null,
  committed_at TIMESTAMPTZ not null,
  id UUID,
  review_key UUID,
  case_key UUID,
  booking_id UUID,
  youth_authority_id VARCHAR,
  provider_id UUID,
  service_kind VARCHAR,
  reviewed_on DATE,
  aspect VARCHAR,
  rated_by VARCHAR,
  person SMALLINT,
  grade SMALLINT
);

create table if not exists history.reservation (
  sign INTEGER not null,
  commit_lsn UBIGINT not null,
  committed_at TIMESTAMPTZ not null,
  id UUID,
  case_key UUID,
  youth_authority_id VARCHAR,
  service_kind VARCHAR,
  specialisations VARCHAR[],
  provider_id UUID,
  facility_id UUID,
  offer_id UUID,
  facility_authority_id VARCHAR,
  counting_rule VARCHAR,
  first_day DATE,
  last_day DATE,
  unit VARCHAR,
  rate_cents BIGINT,
  units_per_week DECIMAL(6, 2),
  planned_units DECIMAL(10, 2),
  planned_cents BIGINT,
  age_at_begin SMALLINT,
  sex VARCHAR,
  dearer_cents BIGINT,
  dearer_reason VARCHAR,
  searched_on DATE,
  state VARCHAR,
  held_until TIMESTAMPTZ,
  reserved_on DATE,
  requested_on DATE,
  consented_on DATE,
  declined_on DATE,
  decline_reason VARCHAR,
  booked_on DATE,
  released_on DATE,
  expired_on DATE,
  booking_id UUID,
  created_at TIMESTAMPTZ
);

create table if not exists history.search (
  sign INTEGER not null,
  commit_lsn UBIGINT not null,
  committed_at TIMESTAMPTZ not null,
  id UUID,
  youth_authority_id VARCHAR,
  service_kind VARCHAR,
  specialisations VARCHAR[],
  searched_on DATE,
  offers_matching INTEGER,
  offers_available INTEGER
);

create table if not exists history.service_kind (
  sign INTEGER not null,
  commit_lsn UBIGINT not null,
  committed_at TIMESTAMPTZ not null,
  code VARCHAR,
  module VARCHAR,
  legal_basis VARCHAR,
  label VARCHAR,
  form VARCHAR,
  unit VARCHAR,
  sort_order INTEGER
);

create table if not exists history.service_module (
  sign INTEGER not null,
  commit_lsn UBIGINT not null,
  committed_at TIMESTAMPTZ not null,
  code VARCHAR,
  label VARCHAR,
  sort_order INTEGER
);

create table if not exists history.specialisation (
  sign INTEGER not null,
  commit_lsn UBIGINT not null,
  committed_at TIMESTAMPTZ not null,
  code VARCHAR,
  label VARCHAR,
  sort_order INTEGER
);

create table if not exists history.wait (
  sign INTEGER not null,
  commit_lsn UBIGINT not null,
  committed_at TIMESTAMPTZ not null,
  id UUID,
  case_key UUID,
  youth_authority_id VARCHAR,
  service_kind VARCHAR,
  specialisations VARCHAR[],
  provider_id UUID,
  first_day DATE,
  last_day DATE,
  entered_on DATE,
  state VARCHAR,
  ended_on DATE
);

create table if not exists history.youth_authority (
  sign INTEGER not null,
  commit_lsn UBIGINT not null,
  committed_at TIMESTAMPTZ not null,
  id VARCHAR,
  ags VARCHAR,
  federal_state VARCHAR,
  abbreviation VARCHAR,
  name VARCHAR,
  sort_order INTEGER,
  data_from DATE
);

-- One row: how far the warehouse has come, stored in the transaction that stores the rows.
-- Every change whose commit record begins before applied_lsn is in history; commit_lsn and committed_at are those of the last commit applied.
create table if not exists history.progress (
  commit_lsn UBIGINT not null,
  committed_at TIMESTAMPTZ not null,
  applied_lsn UBIGINT not null,
  system_identifier VARCHAR not null,
  timeline INTEGER not null,
  slot_name VARCHAR not null
);

-- One row per published table: the snapshot it was last reconciled with and the columns it had then.
-- Commits before commit_lsn are in that snapshot and skipped when the stream brings them again.
create table if not exists history.reconciliation (
  table_name VARCHAR not null,
  columns VARCHAR not null,
  commit_lsn UBIGINT not null,
  committed_at TIMESTAMPTZ not null
);

-- One row per period whose single steps were lost (a lost slot, another server): only its net effect is known.
create table if not exists history.gap (
  from_at TIMESTAMPTZ not null,
  until_at TIMESTAMPTZ not null,
  reason VARCHAR not null
);

