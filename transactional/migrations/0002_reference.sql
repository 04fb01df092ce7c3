create table federal_state (
  code text primary key check (code ~ '^[A-Z]{2}$'),
  ags text not null unique check (ags ~ '^[0-9]{2}$'),
  name text not null
);

create table region (
  ags text primary key check (ags ~ '^[0-9]{5}([0-9]{3})?$'),
  federal_state text not null references federal_state,
  kind text not null,
  name text not null,
  nuts3 text,
  area_km2 numeric(10, 2)
);

create table population (
  ags text not null references region,
  reference_date date not null,
  age_group text not null check (age_group ~ '^[a-z0-9_]{2,12}$'),
  sex text not null check (sex in ('m', 'w', 'all')),
  inhabitants integer not null check (inhabitants >= 0),
  origin text not null,
  estimated boolean not null,
  primary key (ags, reference_date, age_group, sex)
);

create table youth_authority (
  id text primary key check (id ~ '^[0-9]{5}([0-9]{3})?$'),
  ags text not null unique references region,
  federal_state text not null references federal_state,
  abbreviation text not null check (length(abbreviation) between 1 and 8),
  name text not null,
  sort_order integer not null,
  -- first day of the first month with complete data; null: takes no part yet
  data_from date check (extract(day from data_from) = 1),
  unique (federal_state, abbreviation)
);

create table service_module (
  code text primary key check (code ~ '^[a-z0-9_]{2,24}$'),
  label text not null,
  sort_order integer not null unique
);

create table service_kind (
  code text primary key check (code ~ '^[a-z][a-z0-9_]{1,23}$' and code <> 'all'),
  module text not null references service_module,
  legal_basis text not null,
  label text not null,
  form text not null check (form in ('ambulant', 'teilstationaer', 'stationaer')),
  unit text not null check (unit in ('day', 'hour', 'flat')),
  sort_order integer not null unique
);

create table specialisation (
  code text primary key check (code ~ '^[a-z][a-z0-9_]{1,39}$' and code <> 'all'),
  label text not null,
  sort_order integer not null unique
);

-- Codes only, sorted by code point, each once: what the warehouse explodes by must be a set.
-- (A loop: as a query it costs ten times as much for each row loaded.)
create function is_code_set(codes text[]) returns boolean language plpgsql immutable strict as $$
declare
  code text;
  previous text := '';
begin
  if array_ndims(codes) > 1 then return false; end if;
  foreach code in array codes loop
    if code is null or code !~ '^[a-z][a-z0-9_]{1,39}$' or code collate "C" <= previous then return false; end if;
    previous := code;
  end loop;
  return true;
end $$;

create function check_specialisations() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if new.specialisations = '{}' then return new; end if;
  if exists (select from unnest(new.specialisations) as wanted where not exists (select from specialisation where code = wanted)) then
    perform refuse('specialisation_unknown', 'unknown specialisation');
  end if;
  return new;
end $$;

-- Dated parameters of the evaluations (domain.md, decisions): ranking weights, windows, thresholds.
create table parameter (
  name text not null check (name ~ '^[a-z][a-z0-9_]{2,47}$'),
  valid_from date not null,
  value numeric(12, 4) not null,
  primary key (name, valid_from),
  constraint disclosure_threshold_never_lowered check (name <> 'disclosure_threshold' or value >= 3)
);

insert into parameter (name, valid_from, value) values
  ('disclosure_threshold', '2000-01-01', 3),
  ('ranking_weight_structure', '2000-01-01', 50),
  ('ranking_weight_process', '2000-01-01', 150),
  ('ranking_weight_duration', '2000-01-01', 100),
  ('ranking_weight_costs', '2000-01-01', 100),
  ('ranking_window_months', '2000-01-01', 36),
  ('ranking_minimum_cases', '2000-01-01', 5);

create table budget (
  youth_authority_id text not null references youth_authority,
  year smallint not null check (year between 2000 and 2040),
  service_kind text not null references service_kind,
  -- up to ten billion euros: thousands of such amounts still add up exactly in the warehouse
  amount_cents bigint not null check (amount_cents between 0 and 1000000000000),
  primary key (youth_authority_id, year, service_kind)
);
