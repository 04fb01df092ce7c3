create table client (
  id uuid primary key default uuidv7(),
  youth_authority_id text not null references youth_authority,
  given_name text not null,
  family_name text not null,
  birth_date date not null,
  sex text not null check (sex in ('m', 'w', 'd')),
  unaccompanied_minor boolean not null default false,
  external_reference text,
  created_at timestamptz not null default now(),
  unique (id, youth_authority_id)
);
create index client_authority on client (youth_authority_id, family_name, given_name);

create table "case" (
  id uuid primary key default uuidv7(),
  youth_authority_id text not null,
  client_id uuid not null,
  case_number text not null check (length(case_number) between 1 and 40),
  begin_on date not null,
  end_on date,
  caseworker_id uuid references user_account,
  constraint case_period check (end_on >= begin_on),
  constraint case_number_taken unique (youth_authority_id, case_number),
  foreign key (client_id, youth_authority_id) references client (id, youth_authority_id)
);
create index case_client on "case" (client_id);
create index case_authority on "case" (youth_authority_id, id);

-- The only bridge between facts and persons (§ 64(3) SGB VIII, § 84 SGB X): in no publication. Deleting a file deletes
-- the link; the facts stay under their random key, unlinkable.
create table case_link (
  case_key uuid primary key default gen_random_uuid(),
  case_id uuid not null unique references "case" on delete cascade
);

-- Dated steps: step i holds from rate_from[i] until the day before the next, the last one to the end of the booking.
create function is_step_list(first_day date, rate_from date[], rate_cents bigint[], units_per_week numeric[]) returns boolean language plpgsql immutable as $$
declare
  steps integer := cardinality(rate_from);
begin
  if steps not between 1 and 400 or cardinality(rate_cents) <> steps or cardinality(units_per_week) <> steps then return false; end if;
  if rate_from[1] is distinct from first_day then return false; end if;
  for step in 1 .. steps loop
    if rate_from[step] is null or rate_from[step] <= rate_from[step - 1] then return false; end if;
    if rate_cents[step] is null or rate_cents[step] not between 0 and 10000000 then return false; end if;
    if units_per_week[step] is null or units_per_week[step] not between 0 and 168 then return false; end if;
  end loop;
  return true;
end $$;

-- Whether a day at the end still needs the place (domain.md 4.6).
create function occupied_days(first_day date, last_day date, counting_rule text) returns daterange language sql immutable
  return daterange(first_day, case counting_rule when 'last_day_free' then greatest(last_day, first_day + 1) else last_day + 1 end, '[)');

create table booking (
  id uuid primary key default uuidv7(),
  case_key uuid not null,
  youth_authority_id text not null references youth_authority,
  service_kind text not null references service_kind,
  specialisations text[] not null default '{}' check (is_code_set(specialisations)),
  provider_id uuid references provider,
  facility_id uuid references facility,
  offer_id uuid references offer,
  facility_authority_id text references youth_authority,
  -- "Auswärtig buchen": outside the system
  away boolean not null default false,
  counting_rule text not null default 'last_day_free' check (counting_rule in ('last_day_free', 'calendar_days')),
  first_day date not null check (first_day >= '2000-01-01'),
  -- the recorded end, else the planned one
  last_day date not null check (last_day < '2041-01-01'),
  -- set with the recorded end; 0 is the internal move to another facility, the others are the official keys
  end_reason smallint check (end_reason in (0, 10, 20, 21, 22, 30, 40, 50)),
  cancelled boolean not null default false,
  unit text not null check (unit in ('day', 'hour', 'flat')),
  rate_from date[] not null,
  rate_cents bigint[] not null,
  units_per_week numeric(6, 2)[] not null,
  planned_units numeric(10, 2) not null check (planned_units between 0 and 1000000),
  -- agreed once at the beginning (case budget): later changes leave them
  agreed_days integer not null check (agreed_days >= 0),
  agreed_cents bigint not null check (agreed_cents between 0 and 1000000000000),
  age_at_begin smallint not null check (age_at_begin between 0 and 27),
  sex text not null check (sex in ('m', 'w', 'd')),
  created_at timestamptz not null default now(),
  constraint booking_period check (last_day >= first_day),
  constraint booking_steps check (is_step_list(first_day, rate_from, rate_cents, units_per_week)),
  constraint booking_place check (
    case when away then offer_id is null and facility_id is null and facility_authority_id is null
    else offer_id is not null and facility_id is not null and provider_id is not null and facility_authority_id is not null end
  ),
  constraint booking_cancelled_has_no_end check (not (cancelled and end_reason is not null))
);
create index booking_case on booking (case_key);
create index booking_authority on booking (youth_authority_id, first_day, id);
create index booking_provider on booking (provider_id, first_day, id);
create index booking_offer on booking (offer_id, last_day) where not cancelled;
create index booking_facility on booking (facility_id, last_day) where not cancelled;

create trigger booking_specialisations before insert or update of specialisations on booking
  for each row execute function check_specialisations();

-- Case, payer, kind, place, first day and what was agreed are facts of the beginning: a move is an end and a new booking.
create function keep_booking_identity() returns trigger language plpgsql as $$
begin
  if (new.id, new.case_key, new.youth_authority_id, new.service_kind, new.provider_id, new.facility_id, new.offer_id, new.facility_authority_id,
      new.away, new.first_day, new.unit, new.agreed_days, new.agreed_cents) is distinct from
     (old.id, old.case_key, old.youth_authority_id, old.service_kind, old.provider_id, old.facility_id, old.offer_id, old.facility_authority_id,
      old.away, old.first_day, old.unit, old.agreed_days, old.agreed_cents) then
    perform refuse('booking_identity', 'case, authority, place, first day and what was agreed stay');
  end if;
  return new;
end $$;
create trigger booking_identity before update on booking for each row execute function keep_booking_identity();

create function check_booking_in_case() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare
  file "case";
begin
  select "case".* into file from "case" join case_link on case_link.case_id = "case".id where case_link.case_key = new.case_key for share of "case";
  if not found then
    -- the link is gone once a file is deleted: its bookings stay as facts, but no new one begins
    if tg_op = 'INSERT' then perform refuse('booking_case_unknown', 'unknown case'); end if;
    return new;
  end if;
  if file.youth_authority_id <> new.youth_authority_id then
    perform refuse('booking_case_unknown', 'unknown case');
  end if;
  if not new.cancelled and (new.first_day < file.begin_on or new.last_day > coalesce(file.end_on, 'infinity')) then
    perform refuse('booking_within_case', 'a booking lies within its case');
  end if;
  return new;
end $$;
create trigger booking_in_case before insert or update of case_key, first_day, last_day, cancelled on booking
  for each row execute function check_booking_in_case();

create function check_case_covers_bookings() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  perform refuse_old_snapshot();
  if exists (
    select from booking join case_link on case_link.case_key = booking.case_key
    where case_link.case_id = new.id and not booking.cancelled
      and (booking.first_day < new.begin_on or booking.last_day > coalesce(new.end_on, 'infinity'))
  ) then
    perform refuse('booking_within_case', 'a booking lies within its case');
  end if;
  return new;
end $$;
create trigger case_covers_bookings after update of begin_on, end_on on "case"
  for each row execute function check_case_covers_bookings();

-- How many of these periods share a day at most: walking along their ends, on one day first out, then in.
create function highest_overlap(periods daterange[]) returns integer language sql immutable
begin atomic
  select coalesce(max(taken), 0)::integer
  from (
    select sum(change) over (order by day, change) as taken
    from (
      select lower(period) as day, 1 as change from unnest(periods) as period
      union all
      select upper(period), -1 from unnest(periods) as period
    ) as changes
  ) as days;
end;

-- Most places taken on any day of a period, by all authorities' bookings. Periods that each touch the period and share a day
-- share one inside it, so they need no cutting. The comparison of last_day is for the index.
create function offer_occupancy(of_offer uuid, period daterange) returns integer language sql stable security definer set search_path = public, pg_temp
begin atomic
  select highest_overlap(array_agg(occupied_days(first_day, last_day, counting_rule)))
  from booking
  where offer_id = of_offer and not cancelled and last_day >= lower(period) and occupied_days(first_day, last_day, counting_rule) && period;
end;

-- The same over the residential offers of a facility: they share its licensed places.
create function facility_occupancy(of_facility uuid, period daterange) returns integer language sql stable security definer set search_path = public, pg_temp
begin atomic
  select highest_overlap(array_agg(occupied_days(first_day, last_day, counting_rule)))
  from booking
  where facility_id = of_facility and not cancelled and last_day >= lower(period) and occupied_days(first_day, last_day, counting_rule) && period
    and service_kind in (select code from service_kind where form = 'stationaer');
end;

-- A place can never be sold twice: under a lock on facility and offer, always in this order, all authorities' bookings count.
create function check_booking_capacity() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare
  places integer;
  licensed integer;
  place_authority text;
  residential boolean;
  period daterange := occupied_days(new.first_day, new.last_day, new.counting_rule);
begin
  if new.cancelled or new.offer_id is null then return null; end if;
  if tg_op = 'UPDATE' and not old.cancelled and period <@ occupied_days(old.first_day, old.last_day, old.counting_rule) then return null; end if;
  perform refuse_old_snapshot();
  select licensed_places, youth_authority_id into licensed, place_authority from facility where id = new.facility_id for no key update;
  select capacity into places from offer where id = new.offer_id and facility_id = new.facility_id and provider_id = new.provider_id
    and service_kind = new.service_kind for no key update;
  if not found or tg_op = 'INSERT' and place_authority <> new.facility_authority_id then
    perform refuse('booking_offer_mismatch', 'offer, facility, its authority, provider and service kind belong together');
  end if;
  if offer_occupancy(new.offer_id, period) > places then
    perform refuse('booking_offer_full', 'no free place on every day of the period');
  end if;
  select form = 'stationaer' into residential from service_kind where code = new.service_kind;
  if residential and facility_occupancy(new.facility_id, period) > licensed then
    perform refuse('booking_facility_full', 'the licensed places of the facility are taken');
  end if;
  return null;
end $$;
create trigger booking_capacity after insert or update of first_day, last_day, counting_rule, cancelled, offer_id on booking
  for each row execute function check_booking_capacity();

create function check_offer_capacity() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  perform refuse_old_snapshot();
  if offer_occupancy(new.id, daterange(berlin_today(), null)) > new.capacity then
    perform refuse('offer_capacity_taken', 'more places are booked than the new capacity');
  end if;
  return null;
end $$;
create trigger offer_capacity after update of capacity on offer
  for each row when (new.capacity < old.capacity) execute function check_offer_capacity();

create function check_licensed_places() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  perform refuse_old_snapshot();
  if facility_occupancy(new.id, daterange(berlin_today(), null)) > new.licensed_places then
    perform refuse('licensed_places_taken', 'more places are booked than licensed');
  end if;
  return null;
end $$;
create trigger licensed_places after update of licensed_places on facility
  for each row when (new.licensed_places < old.licensed_places) execute function check_licensed_places();

-- An authority takes part from the month of its first booking on, unless it said otherwise.
create function open_youth_authority() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  update youth_authority set data_from = date_trunc('month', least(new.first_day, berlin_today()))
    where id = new.youth_authority_id and data_from is null;
  return null;
end $$;
create trigger booking_opens_authority after insert on booking for each row execute function open_youth_authority();

-- What was searched: a fact without person. Who searched it for whom stays in search_request.
create table search (
  id uuid primary key default uuidv7(),
  youth_authority_id text not null references youth_authority,
  service_kind text not null references service_kind,
  specialisations text[] not null default '{}' check (is_code_set(specialisations)),
  searched_on date not null,
  offers_matching integer not null check (offers_matching >= 0),
  offers_available integer not null,
  constraint search_counts check (offers_available between 0 and offers_matching)
);
create trigger search_specialisations before insert or update of specialisations on search
  for each row execute function check_specialisations();

-- One user repeating the same criteria for a case on one Berlin day counts once; the latest result counts.
create table search_request (
  user_account_id uuid not null references user_account,
  case_id uuid references "case" on delete set null,
  criteria_hash bytea not null,
  searched_on date not null,
  -- a repetition finds its search by this key before the search is written
  search_id uuid not null references search deferrable initially deferred,
  unique nulls not distinct (user_account_id, case_id, criteria_hash, searched_on)
);
