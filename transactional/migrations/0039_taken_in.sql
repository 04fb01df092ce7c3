-- What a provider knows of a young person (§§ 64, 65 SGB VIII, Art. 5(1)(c) GDPR). Asked for a place: age, sex, needs and period, which stand in
-- the reservation. Once it is booked, and for some days after the end: whom it takes in, whom to ask, and the goals released to it. Persons and
-- cases stay closed to providers, as a policy would give whole rows; a function gives what is needed. In no publication.

insert into parameter (name, valid_from, value) values ('provider_access_days', '2000-01-01', 90);

-- Goals of one version of a care plan, released to the provider of the help; another release takes the place of the one before.
create table care_plan_release (
  id uuid primary key default uuidv7(),
  booking_id uuid not null,
  version integer not null,
  released_by uuid not null references user_account,
  released_at timestamptz not null,
  withdrawn_by uuid references user_account,
  withdrawn_at timestamptz,
  constraint care_plan_release_of foreign key (booking_id, version) references care_plan (booking_id, version) on delete cascade,
  constraint care_plan_release_withdrawn check ((withdrawn_by is null) = (withdrawn_at is null) and withdrawn_at >= released_at)
);
create unique index care_plan_released on care_plan_release (booking_id) where withdrawn_at is null;

-- The young people of the provider who asks, as on a day: of bookings that were not cancelled and are not over for too long.
create function taken_in(at date) returns table (
  booking_id uuid, known_until date, given_name text, family_name text, birth_date date,
  caseworker text, authority_name text, office text, street text, town text, telephone text, email text, goals jsonb
) language sql stable security definer set search_path = public, pg_temp
begin atomic
  select booking.id, booking.last_day + days, client.given_name, client.family_name, client.birth_date,
    account.display_name, coalesce(letterhead.name, youth_authority.name), letterhead.office, letterhead.street, letterhead.town,
    letterhead.telephone, letterhead.email,
    (select jsonb_agg(jsonb_build_object('goal', goal, 'indicator', indicator, 'reach_by', reach_by, 'state', state) order by position)
      from care_plan_release as released join care_plan using (booking_id, version) join care_plan_goal on care_plan_id = care_plan.id
      where released.booking_id = booking.id and withdrawn_at is null)
  from (
    select value::integer as days from parameter where name = 'provider_access_days' and valid_from <= at order by valid_from desc limit 1
  ) as access
  cross join booking
  join case_link using (case_key)
  join "case" as file on file.id = case_link.case_id
  join client on client.id = file.client_id
  join youth_authority on youth_authority.id = booking.youth_authority_id
  left join letterhead on letterhead.youth_authority_id = booking.youth_authority_id
  left join user_account as account on account.id = file.caseworker_id
  where has_role('provider') and booking.provider_id = current_provider() and not booking.cancelled and booking.last_day + days >= at;
end;
revoke execute on function taken_in from public;
grant execute on function taken_in to sojus_app;

alter table care_plan_release enable row level security;
grant select, insert on care_plan_release to sojus_app;
grant update (withdrawn_by, withdrawn_at) on care_plan_release to sojus_app;

-- the subqueries run under the policies of the plan
create policy care_plan_release_read on care_plan_release for select to sojus_app
  using (exists (select from care_plan where care_plan.booking_id = care_plan_release.booking_id and care_plan.version = care_plan_release.version));
create policy care_plan_release_give on care_plan_release for insert to sojus_app
  with check (released_by = current_account() and withdrawn_at is null
    and exists (select from care_plan where care_plan.booking_id = care_plan_release.booking_id and care_plan.version = care_plan_release.version));
create policy care_plan_release_withdraw on care_plan_release for update to sojus_app
  using (withdrawn_at is null
    and exists (select from care_plan where care_plan.booking_id = care_plan_release.booking_id and care_plan.version = care_plan_release.version))
  with check (withdrawn_by = current_account());

-- what the authority noted when it reserved stays with it
alter policy reservation_step_read on reservation_step using (
  (step <> 'reserved' or current_youth_authority() is not null) and exists (select from reservation where reservation.id = reservation_id)
);
