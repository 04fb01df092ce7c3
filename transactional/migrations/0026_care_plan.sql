-- The care plan of a help (Hilfeplan, § 36(2) SGB VIII): each change is a whole new version, and no version is ever changed. In no
-- publication, like everything below: the words are about persons.
create table care_plan (
  id uuid primary key default uuidv7(),
  case_id uuid not null references "case" on delete cascade,
  booking_id uuid not null references booking,
  version integer not null check (version between 1 and 10000),
  -- in the service, a version is written on top of the one its writer saw
  written_by uuid references user_account,
  written_at timestamptz not null,
  constraint care_plan_changed unique (booking_id, version)
);
create index care_plan_case on care_plan (case_id);

create trigger care_plan_of_case before insert or update on care_plan for each row execute function check_review_of_case();

create function check_care_plan_version() returns trigger language plpgsql as $$
begin
  if new.version > 1 and not exists (select from care_plan where booking_id = new.booking_id and version = new.version - 1) then
    perform refuse('care_plan_changed', 'a version follows the one before');
  end if;
  return new;
end $$;
create trigger care_plan_version before insert on care_plan for each row execute function check_care_plan_version();

create table care_plan_goal (
  care_plan_id uuid not null references care_plan on delete cascade,
  position smallint not null check (position between 1 and 20),
  -- the same goal in every version and review
  goal_key uuid not null,
  goal text not null check (length(goal) between 1 and 500),
  -- by what it is seen that the goal is reached
  indicator text check (length(indicator) between 1 and 500),
  reach_by date,
  state text not null default 'open' check (state in ('open', 'reached', 'given_up')),
  -- at the end; 1 is best
  attainment smallint check (attainment between 1 and 5),
  primary key (care_plan_id, position),
  unique (care_plan_id, goal_key),
  constraint care_plan_goal_attainment check ((state = 'open') = (attainment is null))
);

create table care_plan_measure (
  care_plan_id uuid not null references care_plan on delete cascade,
  position smallint not null check (position between 1 and 30),
  measure text not null check (length(measure) between 1 and 500),
  responsible text not null check (length(responsible) between 1 and 120),
  due_on date,
  done boolean not null default false,
  primary key (care_plan_id, position)
);

create table care_plan_participant (
  care_plan_id uuid not null references care_plan on delete cascade,
  position smallint not null check (position between 1 and 20),
  role text not null check (role in ('young_person', 'guardian', 'provider', 'authority', 'other')),
  name text not null check (length(name) between 1 and 120),
  primary key (care_plan_id, position)
);

-- What a review came to; null in reviews that were only rated.
alter table care_plan_review
  add column summary text check (length(summary) between 1 and 2000),
  -- null: by the parameter
  add column next_review_on date,
  add constraint review_next check (next_review_on > reviewed_on);

create table care_plan_review_participant (
  review_id uuid not null references care_plan_review on delete cascade,
  position smallint not null check (position between 1 and 20),
  role text not null check (role in ('young_person', 'guardian', 'provider', 'authority', 'other')),
  name text not null check (length(name) between 1 and 120),
  primary key (review_id, position)
);

create table care_plan_review_goal (
  review_id uuid not null references care_plan_review on delete cascade,
  goal_key uuid not null,
  -- as it read then
  goal text not null check (length(goal) between 1 and 500),
  result text check (length(result) between 1 and 1000),
  attainment smallint check (attainment between 1 and 5),
  primary key (review_id, goal_key),
  constraint care_plan_review_goal_said check (num_nonnulls(result, attainment) > 0)
);

-- a help plan is carried on every so many months (§ 36(2) SGB VIII: regularly)
insert into parameter (name, valid_from, value) values ('review_months', '2000-01-01', 6);

alter table care_plan enable row level security;
grant select, insert on care_plan to sojus_app;
create policy care_plan_read on care_plan for select to sojus_app
  using (has_role('caseworker') and exists (select from "case" where "case".id = case_id));
create policy care_plan_write on care_plan for insert to sojus_app
  with check (has_role('caseworker') and written_by = current_account() and exists (select from "case" where "case".id = case_id));

-- the subqueries run under the policies of the plan or review; what belongs to one is written with it
do $$
declare
  part text;
begin
  foreach part in array array['care_plan_goal', 'care_plan_measure', 'care_plan_participant'] loop
    execute format('alter table %I enable row level security', part);
    execute format('grant select, insert on %I to sojus_app', part);
    execute format('create policy %I on %I for select to sojus_app using (exists (select from care_plan where care_plan.id = care_plan_id))', part || '_read', part);
    execute format('create policy %I on %I for insert to sojus_app with check (exists (
      select from care_plan where care_plan.id = care_plan_id and written_by = current_account()))', part || '_write', part);
  end loop;
  foreach part in array array['care_plan_review_participant', 'care_plan_review_goal'] loop
    execute format('alter table %I enable row level security', part);
    execute format('grant select, insert on %I to sojus_app', part);
    execute format('create policy %I on %I for select to sojus_app using (exists (select from care_plan_review where care_plan_review.id = review_id))', part || '_read', part);
    execute format('create policy %I on %I for insert to sojus_app with check (exists (
      select from care_plan_review where care_plan_review.id = review_id and recorded_by = current_account()))', part || '_write', part);
  end loop;
end $$;
