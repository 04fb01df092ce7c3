create table care_plan_review (
  id uuid primary key default uuidv7(),
  case_id uuid not null references "case" on delete cascade,
  booking_id uuid not null references booking,
  reviewed_on date not null,
  recorded_by uuid references user_account,
  recorded_at timestamptz not null default now(),
  constraint one_review_a_day unique (booking_id, reviewed_on)
);
create index care_plan_review_case on care_plan_review (case_id);

create function check_review_of_case() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if not exists (
    select from booking join case_link on case_link.case_key = booking.case_key where booking.id = new.booking_id and case_link.case_id = new.case_id
  ) then
    perform refuse('review_of_case', 'the booking of a review belongs to its case');
  end if;
  return new;
end $$;
create trigger review_of_case before insert or update on care_plan_review for each row execute function check_review_of_case();

-- One grade by one person, 1 is best (domain.md 7.3). The review key is random: it leads to no file.
create table rating (
  id uuid primary key default uuidv7(),
  review_key uuid not null,
  case_key uuid not null,
  booking_id uuid not null references booking,
  youth_authority_id text not null references youth_authority,
  provider_id uuid not null references provider,
  service_kind text not null references service_kind,
  reviewed_on date not null,
  aspect text not null check (aspect in ('facility_structure', 'service_structure', 'goal_attainment')),
  rated_by text not null check (rated_by in ('young_person', 'guardian', 'provider', 'authority')),
  person smallint not null default 1 check (person between 1 and 9),
  grade smallint not null check (grade between 1 and 5),
  constraint structure_by_authority check (aspect = 'goal_attainment' or rated_by = 'authority'),
  constraint one_grade_a_person unique (review_key, aspect, rated_by, person)
);
create index rating_booking on rating (booking_id);
create index rating_provider on rating (provider_id, reviewed_on);

create function check_rating_of_booking() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if not exists (
    select from booking where id = new.booking_id and case_key = new.case_key and youth_authority_id = new.youth_authority_id
      and provider_id = new.provider_id and service_kind = new.service_kind and not cancelled and new.reviewed_on >= first_day
  ) then
    perform refuse('rating_of_booking', 'a rating belongs to a booking at a provider and comes after its first day');
  end if;
  return new;
end $$;
create trigger rating_of_booking before insert or update on rating for each row execute function check_rating_of_booking();
