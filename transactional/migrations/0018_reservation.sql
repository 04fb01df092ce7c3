-- A place asked for: held from the reservation until it is booked, given up, declined or expired. A fact, as a booking is: it carries
-- the case's random key and what was true at its beginning, no person and no free text.
create table reservation (
  id uuid primary key default uuidv7(),
  case_key uuid not null,
  youth_authority_id text not null references youth_authority,
  service_kind text not null references service_kind,
  specialisations text[] not null default '{}' check (is_code_set(specialisations)),
  provider_id uuid not null references provider,
  facility_id uuid not null references facility,
  offer_id uuid not null references offer,
  facility_authority_id text not null references youth_authority,
  counting_rule text not null default 'last_day_free' check (counting_rule in ('last_day_free', 'calendar_days')),
  first_day date not null check (first_day >= '2000-01-01'),
  last_day date not null check (last_day < '2041-01-01'),
  unit text not null check (unit in ('day', 'hour', 'flat')),
  rate_cents bigint not null check (rate_cents between 0 and 10000000),
  units_per_week numeric(6, 2) not null check (units_per_week between 0 and 168),
  planned_units numeric(10, 2) not null check (planned_units between 0 and 1000000),
  planned_cents bigint not null check (planned_cents between 0 and 1000000000000),
  age_at_begin smallint not null check (age_at_begin between 0 and 27),
  sex text not null check (sex in ('m', 'w', 'd')),
  -- how much more a week than the cheapest offer that was free, and why it was chosen all the same (§§ 5, 36 SGB VIII)
  dearer_cents bigint not null default 0 check (dearer_cents >= 0),
  dearer_reason text check (dearer_reason in ('guardians_wish', 'suitability', 'nearness', 'continuity', 'other')),
  -- the day of the search it came from
  searched_on date,
  state text not null default 'reserved'
    check (state in ('reserved', 'requested', 'consented', 'declined', 'booked', 'released', 'expired')),
  -- until then the place is held
  held_until timestamptz not null,
  reserved_on date not null,
  requested_on date,
  consented_on date,
  declined_on date,
  decline_reason text check (decline_reason in ('no_place', 'not_suitable', 'staff', 'too_late', 'other')),
  booked_on date,
  released_on date,
  expired_on date,
  booking_id uuid unique references booking deferrable initially deferred,
  created_at timestamptz not null default now(),
  constraint reservation_period check (last_day >= first_day),
  constraint reservation_dates check (
    (state <> 'requested' or requested_on is not null)
    and (state <> 'consented' or consented_on is not null)
    and (state = 'declined') = (declined_on is not null) and (state = 'declined') = (decline_reason is not null)
    and (state = 'booked') = (booked_on is not null) and (state = 'booked') = (booking_id is not null)
    and (state = 'released') = (released_on is not null)
    and (state = 'expired') = (expired_on is not null)
  )
);
create index reservation_authority on reservation (youth_authority_id, id);
create index reservation_provider on reservation (provider_id, id) where requested_on is not null;
create index reservation_case on reservation (case_key);
create index reservation_offer on reservation (offer_id, last_day) where state in ('reserved', 'requested', 'consented');
create index reservation_facility on reservation (facility_id, last_day) where state in ('reserved', 'requested', 'consented');
create index reservation_held on reservation (held_until) where state in ('reserved', 'requested', 'consented');

create function is_live(reservation_state text) returns boolean language sql immutable
  return reservation_state in ('reserved', 'requested', 'consented');

create trigger reservation_specialisations before insert or update of specialisations on reservation
  for each row execute function check_specialisations();

-- What is asked for stays; only how far it has come changes, one step after the other.
create function check_reservation_step() returns trigger language plpgsql as $$
begin
  if (new.id, new.case_key, new.youth_authority_id, new.service_kind, new.specialisations, new.provider_id, new.facility_id, new.offer_id,
      new.facility_authority_id, new.counting_rule, new.first_day, new.last_day, new.unit, new.rate_cents, new.units_per_week,
      new.planned_units, new.planned_cents, new.age_at_begin, new.sex, new.searched_on, new.reserved_on) is distinct from
     (old.id, old.case_key, old.youth_authority_id, old.service_kind, old.specialisations, old.provider_id, old.facility_id, old.offer_id,
      old.facility_authority_id, old.counting_rule, old.first_day, old.last_day, old.unit, old.rate_cents, old.units_per_week,
      old.planned_units, old.planned_cents, old.age_at_begin, old.sex, old.searched_on, old.reserved_on) then
    perform refuse('reservation_identity', 'what is reserved stays');
  end if;
  if new.state <> old.state and (old.state, new.state) not in (
    ('reserved', 'requested'), ('reserved', 'released'), ('reserved', 'expired'),
    ('requested', 'reserved'), ('requested', 'consented'), ('requested', 'declined'), ('requested', 'released'), ('requested', 'expired'),
    ('consented', 'booked'), ('consented', 'released'), ('consented', 'expired')
  ) then
    perform refuse('reservation_step', 'this step does not follow');
  end if;
  return new;
end $$;
create trigger reservation_step before update on reservation for each row execute function check_reservation_step();

-- Who did what when and why; the words may be about persons, so they stay here. In no publication.
create table reservation_step (
  id uuid primary key default uuidv7(),
  reservation_id uuid not null references reservation on delete cascade,
  step text not null check (step in ('reserved', 'renewed', 'requested', 'withdrawn', 'consented', 'declined', 'booked', 'released', 'expired')),
  at timestamptz not null,
  -- null: by the passing of time
  user_account_id uuid references user_account,
  note text check (length(note) between 1 and 1000)
);
create index reservation_step_of on reservation_step (reservation_id, at);

-- Places a provider keeps back, or reports as taken from outside the system.
create table place_block (
  id uuid primary key default uuidv7(),
  offer_id uuid not null references offer,
  provider_id uuid not null references provider,
  places integer not null check (places between 1 and 1000),
  reason text not null check (reason in ('blocked', 'taken_outside')),
  first_day date not null,
  -- null: until it is taken back
  last_day date,
  constraint place_block_period check (last_day >= first_day)
);
create index place_block_offer on place_block (offer_id);

-- Every day's places taken by bookings, live reservations and blocks, whoever made them.
create or replace function offer_occupancy(of_offer uuid, period daterange) returns integer language sql stable security definer set search_path = public, pg_temp
begin atomic
  select highest_overlap(array_agg(taken))
  from (
    select occupied_days(first_day, last_day, counting_rule) as taken from booking
    where offer_id = of_offer and not cancelled and last_day >= lower(period) and occupied_days(first_day, last_day, counting_rule) && period
    union all
    select occupied_days(first_day, last_day, counting_rule) from reservation
    where offer_id = of_offer and state in ('reserved', 'requested', 'consented') and last_day >= lower(period)
      and occupied_days(first_day, last_day, counting_rule) && period
    union all
    select daterange(first_day, last_day, '[]') from place_block cross join generate_series(1, places)
    where offer_id = of_offer and daterange(first_day, last_day, '[]') && period
  ) as of_offer_taken;
end;

create or replace function facility_occupancy(of_facility uuid, period daterange) returns integer language sql stable security definer set search_path = public, pg_temp
begin atomic
  select highest_overlap(array_agg(taken))
  from (
    select occupied_days(first_day, last_day, counting_rule) as taken, service_kind from booking
    where facility_id = of_facility and not cancelled and last_day >= lower(period) and occupied_days(first_day, last_day, counting_rule) && period
    union all
    select occupied_days(first_day, last_day, counting_rule), service_kind from reservation
    where facility_id = of_facility and state in ('reserved', 'requested', 'consented') and last_day >= lower(period)
      and occupied_days(first_day, last_day, counting_rule) && period
    union all
    select daterange(place_block.first_day, place_block.last_day, '[]'), service_kind
    from place_block join offer on offer.id = place_block.offer_id cross join generate_series(1, places)
    where offer.facility_id = of_facility and daterange(place_block.first_day, place_block.last_day, '[]') && period
  ) as of_facility_taken
  where service_kind in (select code from service_kind where form = 'stationaer');
end;

-- Under a lock on facility and offer, always in this order. Refuses offers that do not belong together, and a place too many.
create function assert_place(
  of_offer uuid, of_facility uuid, of_provider uuid, of_kind text, of_authority text, period daterange
) returns void language plpgsql security definer set search_path = public, pg_temp as $$
declare
  places integer;
  licensed integer;
  place_authority text;
begin
  perform refuse_old_snapshot();
  select licensed_places, youth_authority_id into licensed, place_authority from facility where id = of_facility for no key update;
  select capacity into places from offer where id = of_offer and facility_id = of_facility and provider_id = of_provider
    and service_kind = of_kind for no key update;
  if not found or place_authority <> of_authority then
    perform refuse('booking_offer_mismatch', 'offer, facility, its authority, provider and service kind belong together');
  end if;
  if offer_occupancy(of_offer, period) > places then
    perform refuse('booking_offer_full', 'no free place on every day of the period');
  end if;
  if (select form = 'stationaer' from service_kind where code = of_kind) and facility_occupancy(of_facility, period) > licensed then
    perform refuse('booking_facility_full', 'the licensed places of the facility are taken');
  end if;
end $$;
revoke execute on function assert_place from public;

-- A place can never be sold twice: all authorities' bookings, reservations and all blocks count.
create or replace function check_booking_capacity() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare
  period daterange := occupied_days(new.first_day, new.last_day, new.counting_rule);
begin
  if new.cancelled or new.offer_id is null then return null; end if;
  if tg_op = 'UPDATE' and not old.cancelled and period <@ occupied_days(old.first_day, old.last_day, old.counting_rule) then return null; end if;
  -- a booking keeps the authority at its place of the day it began
  perform assert_place(new.offer_id, new.facility_id, new.provider_id, new.service_kind,
    case tg_op when 'INSERT' then new.facility_authority_id else (select youth_authority_id from facility where id = new.facility_id) end, period);
  return null;
end $$;

create function check_reservation_capacity() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if not is_live(new.state) or tg_op = 'UPDATE' and is_live(old.state) then return null; end if;
  perform assert_place(new.offer_id, new.facility_id, new.provider_id, new.service_kind, new.facility_authority_id,
    occupied_days(new.first_day, new.last_day, new.counting_rule));
  return null;
end $$;
create trigger reservation_capacity after insert or update of state on reservation
  for each row execute function check_reservation_capacity();

create function check_place_block() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare
  the_offer offer;
begin
  select * into the_offer from offer where id = new.offer_id and provider_id = new.provider_id;
  if not found then perform refuse('offer_unknown', 'unknown offer'); end if;
  perform assert_place(new.offer_id, the_offer.facility_id, new.provider_id, the_offer.service_kind,
    (select youth_authority_id from facility where id = the_offer.facility_id), daterange(new.first_day, new.last_day, '[]'));
  return null;
end $$;
create trigger place_block_capacity after insert or update on place_block for each row execute function check_place_block();

create function check_reservation_in_case() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare
  file "case";
begin
  select "case".* into file from "case" join case_link on case_link.case_id = "case".id where case_link.case_key = new.case_key for share of "case";
  if not found or file.youth_authority_id <> new.youth_authority_id then
    perform refuse('booking_case_unknown', 'unknown case');
  end if;
  if new.first_day < file.begin_on or new.last_day > coalesce(file.end_on, 'infinity') then
    perform refuse('booking_within_case', 'a booking lies within its case');
  end if;
  return new;
end $$;
create trigger reservation_in_case before insert on reservation for each row execute function check_reservation_in_case();

-- Ends what is held no longer, everywhere or in one facility; tells how many.
create function expire_reservations(until timestamptz, of_facility uuid default null) returns integer
  language sql volatile security definer set search_path = public, pg_temp
begin atomic
  with gone as (
    update reservation set state = 'expired', expired_on = (held_until at time zone 'Europe/Berlin')::date
    where state in ('reserved', 'requested', 'consented') and held_until <= until and (of_facility is null or facility_id = of_facility)
    returning id, held_until
  ),
  told as (insert into reservation_step (reservation_id, step, at) select id, 'expired', held_until from gone returning 1)
  select count(*)::integer from told;
end;
revoke execute on function expire_reservations from public;
grant execute on function expire_reservations to sojus_app;

insert into parameter (name, valid_from, value) values
  ('reservation_days', '2000-01-01', 7),
  ('consent_days', '2000-01-01', 7),
  ('booking_days', '2000-01-01', 14);

alter table reservation enable row level security;
alter table reservation_step enable row level security;
alter table place_block enable row level security;
grant select, insert on reservation, reservation_step to sojus_app;
grant update (state, held_until, requested_on, consented_on, declined_on, decline_reason, booked_on, released_on, expired_on, booking_id)
  on reservation to sojus_app;
grant select, insert, delete on place_block to sojus_app;

-- a provider learns of it when he is asked
create policy reservation_read on reservation for select to sojus_app
  using (youth_authority_id = current_youth_authority() and has_role('caseworker', 'finance')
    or provider_id = current_provider() and has_role('provider') and requested_on is not null);
create policy reservation_create on reservation for insert to sojus_app
  with check (youth_authority_id = current_youth_authority() and has_role('caseworker') and state = 'reserved');
create policy reservation_change on reservation for update to sojus_app
  using (youth_authority_id = current_youth_authority() and has_role('caseworker'));
create policy reservation_answer on reservation for update to sojus_app
  using (provider_id = current_provider() and has_role('provider') and state = 'requested')
  with check (provider_id = current_provider() and has_role('provider') and state in ('consented', 'declined'));
-- the subquery runs under the policies of reservation
create policy reservation_step_read on reservation_step for select to sojus_app
  using (exists (select from reservation where reservation.id = reservation_id));
create policy reservation_step_tell on reservation_step for insert to sojus_app
  with check (user_account_id = current_account() and exists (select from reservation where reservation.id = reservation_id));
create policy place_block_read on place_block for select to sojus_app using (true);
create policy place_block_own on place_block for insert to sojus_app with check (provider_id = current_provider() and has_role('provider'));
create policy place_block_end on place_block for delete to sojus_app using (provider_id = current_provider() and has_role('provider'));

-- published as 0009_publication.sql has it
alter table reservation replica identity full;
create trigger reservation_no_truncate before truncate on reservation execute function refuse_truncate();
alter table reservation enable always trigger reservation_no_truncate;
grant select on reservation to sojus_ingest;
create policy reservation_ingest on reservation for select to sojus_ingest using (true);
alter publication sojus_facts add table reservation;
