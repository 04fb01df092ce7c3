-- Who opened a case and when, and whether it came with a file: of the specialist system, or imported. In no publication.
alter table "case"
  add column opened_at timestamptz not null default now(),
  add column opened_by uuid references user_account,
  add column from_file boolean not null default false;

-- until now whoever opened a case had it until it was handed over, and its key was made at that moment
update "case" set
  opened_at = coalesce(case when uuid_extract_version(id) = 7 then uuid_extract_timestamp(id) end, begin_on::timestamp at time zone 'Europe/Berlin'),
  opened_by = case
    when exists (select from case_handover where case_id = "case".id)
    then (select from_id from case_handover where case_id = "case".id order by handed_at limit 1)
    else caseworker_id
  end;

-- Why a help was booked outside the system (§§ 5, 36 SGB VIII), as it is kept of a dearer choice.
alter table booking_step
  add column away_reason text check (away_reason in ('no_offer', 'guardians_wish', 'suitability', 'nearness', 'continuity', 'other')),
  add constraint booking_step_away_reason check (away_reason is null or step = 'booked');

-- A rate written by hand is refused above so many times the median of the offers of its kind.
insert into parameter (name, valid_from, value) values ('rate_times_median', '2000-01-01', 10);
