-- How many places an offer had and when, where it lay: what the occupancy of places is divided by. It begins with the first rate and
-- follows offer.capacity from the day of a change on; days that are over stay as they were.
create table offer_capacity (
  id uuid primary key default uuidv7(),
  offer_id uuid not null references offer on delete cascade,
  youth_authority_id text not null references youth_authority,
  service_kind text not null references service_kind,
  places integer not null check (places between 0 and 100000),
  valid_from date not null,
  -- last day; null: until it changes
  valid_to date,
  constraint offer_capacity_period check (valid_to >= valid_from),
  constraint offer_capacity_no_overlap exclude using gist (offer_id with =, daterange(valid_from, valid_to, '[]') with &&)
);

create function begin_offer_capacity() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare
  earliest offer_capacity;
begin
  select * into earliest from offer_capacity where offer_id = new.offer_id order by valid_from limit 1;
  if not found then
    insert into offer_capacity (offer_id, youth_authority_id, service_kind, places, valid_from)
    select new.offer_id, new.youth_authority_id, new.service_kind, capacity, new.valid_from from offer where id = new.offer_id;
  elsif new.valid_from < earliest.valid_from then
    update offer_capacity set valid_from = new.valid_from where id = earliest.id;
  end if;
  return null;
end $$;
create trigger offer_rate_begins_capacity after insert or update of valid_from on offer_rate
  for each row execute function begin_offer_capacity();

create function change_offer_capacity() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare
  today date := (now() at time zone 'Europe/Berlin')::date;
  latest offer_capacity;
begin
  select * into latest from offer_capacity where offer_id = new.id order by valid_from desc limit 1;
  if not found then return null; end if;
  if latest.valid_from >= today then
    update offer_capacity set places = new.capacity where id = latest.id;
  else
    update offer_capacity set valid_to = today - 1 where id = latest.id;
    insert into offer_capacity (offer_id, youth_authority_id, service_kind, places, valid_from)
    values (new.id, (select youth_authority_id from facility where id = new.facility_id), new.service_kind, new.capacity, today);
  end if;
  return null;
end $$;
create trigger offer_capacity_changes after update of capacity on offer
  for each row when (new.capacity <> old.capacity) execute function change_offer_capacity();

-- For what was there before, or was loaded without triggers.
create function begin_offer_capacities() returns void language sql volatile set search_path = public, pg_temp
begin atomic
  insert into offer_capacity (offer_id, youth_authority_id, service_kind, places, valid_from)
  select offer.id, facility.youth_authority_id, offer.service_kind, offer.capacity, min(offer_rate.valid_from)
  from offer join facility on facility.id = offer.facility_id join offer_rate on offer_rate.offer_id = offer.id
  where not exists (select from offer_capacity where offer_id = offer.id)
  group by offer.id, facility.id;
end;
revoke execute on function begin_offer_capacities from public;
select begin_offer_capacities();

alter table offer_capacity enable row level security;
grant select on offer_capacity to sojus_app;
create policy offer_capacity_read on offer_capacity for select to sojus_app using (true);

-- published as 0009_publication.sql has it
alter table offer_capacity replica identity full;
create trigger offer_capacity_no_truncate before truncate on offer_capacity execute function refuse_truncate();
alter table offer_capacity enable always trigger offer_capacity_no_truncate;
grant select on offer_capacity to sojus_ingest;
create policy offer_capacity_ingest on offer_capacity for select to sojus_ingest using (true);
alter publication sojus_facts add table offer_capacity;
