create table provider (
  id uuid primary key default uuidv7(),
  name text not null check (length(name) between 2 and 120),
  umbrella_association text
);

-- Contact persons and addresses stay out of every publication.
create table provider_contact (
  provider_id uuid primary key references provider,
  contact_person text,
  telephone text,
  email text,
  website text,
  street text,
  postcode text check (postcode ~ '^[0-9]{5}$'),
  town text
);

create table facility (
  id uuid primary key default uuidv7(),
  provider_id uuid not null references provider,
  name text not null check (length(name) between 2 and 120),
  -- the authority responsible for the place, and the place
  youth_authority_id text not null references youth_authority,
  ags text not null references region,
  latitude numeric(8, 5) check (latitude between 47 and 56),
  longitude numeric(8, 5) check (longitude between 5 and 16),
  licensed_places integer not null check (licensed_places >= 0),
  sex_admitted text not null default 'all' check (sex_admitted in ('m', 'w', 'all')),
  age_from smallint not null default 0 check (age_from between 0 and 26),
  age_to smallint not null default 26 check (age_to between age_from and 27),
  unique (id, provider_id)
);
create index facility_provider on facility (provider_id);

create table facility_contact (
  facility_id uuid primary key references facility,
  contact_person text,
  telephone text,
  email text,
  street text,
  postcode text check (postcode ~ '^[0-9]{5}$'),
  town text
);

create table offer (
  id uuid primary key default uuidv7(),
  facility_id uuid not null,
  provider_id uuid not null,
  service_kind text not null references service_kind,
  specialisations text[] not null default '{}' check (is_code_set(specialisations)),
  capacity integer not null check (capacity >= 0),
  note text check (length(note) <= 200),
  foreign key (facility_id, provider_id) references facility (id, provider_id)
);
create index offer_facility on offer (facility_id);
create index offer_kind on offer (service_kind);
-- Where and what an offer is stays: its bookings and rates carry it.
create function keep_offer_identity() returns trigger language plpgsql as $$
begin
  if (new.id, new.facility_id, new.provider_id, new.service_kind) is distinct from (old.id, old.facility_id, old.provider_id, old.service_kind) then
    perform refuse('offer_identity', 'facility and service kind of an offer stay');
  end if;
  return new;
end $$;
create trigger offer_identity before update on offer for each row execute function keep_offer_identity();
create trigger offer_specialisations before insert or update of specialisations on offer
  for each row execute function check_specialisations();

-- A rate with its validity; carries where and what it is offered for, as it was when the rate was agreed.
create table offer_rate (
  id uuid primary key default uuidv7(),
  offer_id uuid not null references offer,
  youth_authority_id text not null references youth_authority,
  service_kind text not null references service_kind,
  specialisations text[] not null default '{}' check (is_code_set(specialisations)),
  unit text not null check (unit in ('day', 'hour', 'flat')),
  rate_cents bigint not null check (rate_cents between 0 and 10000000),
  valid_from date not null,
  -- last day; null: continues until replaced (§ 78d SGB VIII)
  valid_to date,
  constraint offer_rate_period check (valid_to >= valid_from),
  constraint offer_rate_no_overlap exclude using gist (offer_id with =, daterange(valid_from, valid_to, '[]') with &&)
);
create function check_rate_of_offer() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if not exists (
    select from offer join facility on facility.id = offer.facility_id
    where offer.id = new.offer_id and offer.service_kind = new.service_kind and facility.youth_authority_id = new.youth_authority_id
  ) then
    perform refuse('rate_of_offer', 'a rate carries the service kind of its offer and the authority at its place');
  end if;
  return new;
end $$;
create trigger offer_rate_of_offer before insert or update of offer_id, service_kind, youth_authority_id on offer_rate
  for each row execute function check_rate_of_offer();
create trigger offer_rate_specialisations before insert or update of specialisations on offer_rate
  for each row execute function check_specialisations();
