-- Another youth authority becomes responsible (Zuständigkeitswechsel, §§ 86 to 88a SGB VIII). The former one goes on paying until the new
-- one continues the helps (§ 86c(1)); what the new one has to know is handed over with the case (§ 86c(2)). In no publication.
create table authority_change (
  id uuid primary key default uuidv7(),
  case_id uuid not null references "case" on delete cascade,
  -- responsible until now
  youth_authority_id text not null references youth_authority,
  to_authority_id text not null references youth_authority,
  -- responsible by law from this day on
  change_on date not null,
  reason text not null check (reason in ('parents_moved', 'parents_apart', 'foster_care', 'of_age', 'unaccompanied', 'other')),
  note text check (length(note) between 1 and 2000),
  -- the talk in which the case is handed over, with the family (§ 86c(2) SGB VIII)
  conference_on date,
  state text not null default 'announced' check (state in ('announced', 'accepted', 'declined', 'withdrawn')),
  announced_by uuid not null references user_account,
  announced_at timestamptz not null,
  answered_by uuid references user_account,
  answered_at timestamptz,
  answer_note text check (length(answer_note) between 1 and 2000),
  -- from this day on the new authority pays
  continued_on date,
  -- null: it does not use the portal, or has deleted its file
  new_case_id uuid references "case" on delete set null,
  constraint authority_change_to_same check (to_authority_id <> youth_authority_id),
  constraint authority_change_reason_told check (reason <> 'other' or note is not null),
  constraint authority_change_answer check ((state = 'announced') = (answered_at is null) and (answered_at is null) = (answered_by is null)),
  constraint authority_change_continued check ((state = 'accepted') = (continued_on is not null)),
  constraint authority_change_too_early check (continued_on >= change_on),
  constraint authority_change_declined_why check (state <> 'declined' or answer_note is not null)
);
create unique index authority_change_announced on authority_change (case_id) where state = 'announced';
-- a case goes once
create unique index authority_change_accepted on authority_change (case_id) where state = 'accepted';
create index authority_change_to on authority_change (to_authority_id, state);
create index authority_change_from on authority_change (youth_authority_id, state);
create index authority_change_new_case on authority_change (new_case_id);

-- Whether anybody there can answer in the portal.
create function uses_portal(of_authority text) returns boolean language sql stable
begin atomic
  select exists (
    select from user_account join user_role on user_account_id = user_account.id
    where youth_authority_id = of_authority and active and role = 'caseworker'
  );
end;

create function check_authority_change() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if tg_op = 'INSERT' then
    if not exists (select from "case" where id = new.case_id and youth_authority_id = new.youth_authority_id) then
      perform refuse('case_unknown', 'unknown case');
    end if;
    if exists (select from authority_change where case_id = new.case_id and state = 'accepted') then
      perform refuse('case_handed_over', 'the case is with another authority');
    end if;
    return new;
  end if;
  if old.state <> 'announced' then
    perform refuse('authority_change_answered', 'an answered change stays as it is');
  end if;
  if (new.id, new.case_id, new.youth_authority_id, new.to_authority_id, new.change_on, new.reason, new.note, new.announced_by, new.announced_at)
     is distinct from
     (old.id, old.case_id, old.youth_authority_id, old.to_authority_id, old.change_on, old.reason, old.note, old.announced_by, old.announced_at) then
    perform refuse('authority_change_answered', 'what was announced stays');
  end if;
  return new;
end $$;
create trigger authority_change_kept before insert or update on authority_change for each row
  when (current_user = 'sojus_app') execute function check_authority_change();

-- The change a function below may act on: it is announced, and the reader is a caseworker of the new authority, or of the former one where
-- the new one does not use the portal.
create function change_to_settle(of_change uuid) returns authority_change
  language sql stable security definer set search_path = public, pg_temp
begin atomic
  select authority_change from authority_change
  where id = of_change and state = 'announced' and has_role('caseworker')
    and (to_authority_id = current_youth_authority() or youth_authority_id = current_youth_authority() and not uses_portal(to_authority_id));
end;
revoke execute on function change_to_settle from public;

-- The person of a case that is handed over, for both authorities, while the new one is asked.
create function handed_client(of_change uuid) returns table (given_name text, family_name text, birth_date date, sex text, unaccompanied_minor boolean)
  language sql stable security definer set search_path = public, pg_temp
begin atomic
  select client.given_name, client.family_name, client.birth_date, client.sex, client.unaccompanied_minor
  from authority_change join "case" on "case".id = case_id join client on client.id = "case".client_id
  where authority_change.id = of_change and state = 'announced' and has_role('caseworker')
    and current_youth_authority() in (authority_change.youth_authority_id, to_authority_id);
end;
revoke execute on function handed_client from public;
grant execute on function handed_client to sojus_app;

-- Its helps that are not over on the day of the change, likewise.
create function handed_helps(of_change uuid) returns table (
  id uuid, service_kind text, specialisations text[], provider_id uuid, facility_id uuid, offer_id uuid, away boolean, counting_rule text,
  first_day date, last_day date, end_reason smallint, unit text, rate_from date[], rate_cents bigint[], units_per_week numeric[], sex text
) language sql stable security definer set search_path = public, pg_temp
begin atomic
  select booking.id, service_kind, specialisations, provider_id, facility_id, offer_id, away, counting_rule, first_day, last_day, end_reason,
    unit, rate_from, rate_cents, units_per_week, sex
  from authority_change join case_link using (case_id) join booking using (case_key)
  where authority_change.id = of_change and state = 'announced' and has_role('caseworker')
    and current_youth_authority() in (authority_change.youth_authority_id, to_authority_id)
    and not cancelled and last_day >= change_on
  order by first_day, booking.id;
end;
revoke execute on function handed_helps from public;
grant execute on function handed_helps to sojus_app;

-- Days on which these helps rest, likewise.
create function handed_interruptions(of_change uuid) returns table (
  id uuid, booking_id uuid, first_day date, last_day date, reason text, paid boolean
) language sql stable security definer set search_path = public, pg_temp
begin atomic
  select rest.id, booking_id, rest.first_day, rest.last_day, reason, paid
  from handed_helps(of_change) as help join booking_interruption as rest on rest.booking_id = help.id order by rest.first_day;
end;
revoke execute on function handed_interruptions from public;
grant execute on function handed_interruptions to sojus_app;

-- Until when the helps are billed.
create function handed_billed_until(of_change uuid) returns date language sql stable security definer set search_path = public, pg_temp
begin atomic
  select max(period_to) from (
    select period_to from handed_helps(of_change) as help join invoice_line on booking_id = help.id
    group by booking_id, period_to having sum(amount_cents) <> 0
  ) as billed;
end;
revoke execute on function handed_billed_until from public;
grant execute on function handed_billed_until to sojus_app;

-- Whoever settles a change waits here for everybody who is changing one of its helps, and the other way round.
create function lock_handed_helps(of_change uuid) returns void language plpgsql security definer set search_path = public, pg_temp as $$
begin
  perform refuse_old_snapshot();
  perform from booking where booking.id in (select help.id from handed_helps(of_change) as help) order by booking.id for no key update;
end $$;
revoke execute on function lock_handed_helps from public;
grant execute on function lock_handed_helps to sojus_app;

-- The former authority's help ends, for handing over (40), with a whole last day: the young person stays where they are. What had not begun
-- is cancelled.
create function end_handed_help(
  of_change uuid, of_booking uuid, at timestamptz, until date, starts date[], cents bigint[], weekly numeric[], units numeric
) returns void language plpgsql security definer set search_path = public, pg_temp as $$
declare
  change authority_change := change_to_settle(of_change);
  help booking;
begin
  select booking.* into help from booking join case_link using (case_key)
    where booking.id = of_booking and case_link.case_id = change.case_id and not cancelled and end_reason is null;
  if not found then perform refuse('booking_unknown', 'unknown booking'); end if;
  if until < help.first_day then
    update booking set cancelled = true where id = help.id;
  else
    update booking set last_day = until, counting_rule = 'calendar_days', rate_from = starts, rate_cents = cents, units_per_week = weekly,
      planned_units = units, end_reason = 40 where id = help.id;
  end if;
  insert into booking_step (booking_id, step, at, user_account_id, last_day, note, former_plan)
  select help.id, case when until < help.first_day then 'cancelled' else 'ended' end, at, current_account(),
    case when until >= help.first_day then until end,
    format('Zuständigkeitswechsel: weiter bei %s', (select name from youth_authority where id = change.to_authority_id)),
    case when until >= help.first_day then jsonb_build_object('last_day', help.last_day, 'rate_from', help.rate_from,
      'rate_cents', help.rate_cents, 'units_per_week', help.units_per_week) end;
end $$;
revoke execute on function end_handed_help from public;
grant execute on function end_handed_help to sojus_app;

-- The newest care plan of a help goes with it, as the first version of the new authority.
create function hand_over_care_plan(of_change uuid, of_booking uuid, to_booking uuid, to_case uuid, at timestamptz) returns void
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  change authority_change := change_to_settle(of_change);
  plan uuid;
  new_plan uuid;
begin
  if not exists (select from "case" where id = to_case and youth_authority_id = change.to_authority_id) then
    perform refuse('case_unknown', 'unknown case');
  end if;
  select id into plan from care_plan where booking_id = of_booking and case_id = change.case_id order by version desc limit 1;
  if not found then return; end if;
  insert into care_plan (case_id, booking_id, version, written_by, written_at) values (to_case, to_booking, 1, current_account(), at)
    returning id into new_plan;
  insert into care_plan_goal select new_plan, position, goal_key, goal, indicator, reach_by, state, attainment
    from care_plan_goal where care_plan_id = plan;
  insert into care_plan_measure select new_plan, position, measure, responsible, due_on, done from care_plan_measure where care_plan_id = plan;
  insert into care_plan_participant select new_plan, position, role, name from care_plan_participant where care_plan_id = plan;
end $$;
revoke execute on function hand_over_care_plan from public;
grant execute on function hand_over_care_plan to sojus_app;

-- The former authority's file ends with its last help; what it still holds or waits for is given up.
create function close_handed_case(of_change uuid, at timestamptz, until date) returns void
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  change authority_change := change_to_settle(of_change);
  handed_key uuid := (select case_key from case_link where case_id = change.case_id);
begin
  with given_up as (
    update reservation set state = 'released', released_on = (at at time zone 'Europe/Berlin')::date
    where case_key = handed_key and is_live(state) returning id
  )
  insert into reservation_step (reservation_id, step, at, user_account_id, note)
  select id, 'released', at, current_account(), 'Zuständigkeitswechsel' from given_up;
  update waiting_entry set state = 'left' where case_id = change.case_id and state = 'waiting';
  update "case" set end_on = greatest(until, begin_on, (select max(last_day) from booking where case_key = handed_key and not cancelled))
    where id = change.case_id and (end_on is null or end_on > until);
end $$;
revoke execute on function close_handed_case from public;
grant execute on function close_handed_case to sojus_app;

-- What was handed over does not come back: neither by reopening the case, nor by taking the end of a help back.
create function check_case_handed_over() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if exists (select from authority_change where case_id = old.id and state = 'accepted') then
    perform refuse('case_handed_over', 'the case is with another authority');
  end if;
  return new;
end $$;
create trigger case_handed_over before update of begin_on, end_on on "case"
  for each row when (current_user = 'sojus_app' and (new.end_on is null or new.end_on > old.end_on)) execute function check_case_handed_over();

create function check_booking_handed_over() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if exists (select from authority_change join case_link using (case_id) where case_key = old.case_key and state = 'accepted') then
    perform refuse('case_handed_over', 'the case is with another authority');
  end if;
  return new;
end $$;
create trigger booking_handed_over before update on booking
  for each row when (current_user = 'sojus_app' and (old.end_reason = 40 or old.cancelled)) execute function check_booking_handed_over();

-- Whom a provider bills from when on, for its own helps.
create function payer_changes(since timestamptz) returns table (
  facility_id uuid, service_kind text, begun_on date, continued_on date, former_authority text, new_authority text
) language sql stable security definer set search_path = public, pg_temp
begin atomic
  select facility_id, service_kind, first_day, greatest(change.continued_on, first_day), former.name, next.name
  from authority_change as change join case_link using (case_id) join booking using (case_key)
  join youth_authority as former on former.id = change.youth_authority_id join youth_authority as next on next.id = change.to_authority_id
  where change.state = 'accepted' and change.answered_at > since and provider_id = current_provider() and has_role('provider')
    and (end_reason = 40 and last_day = change.continued_on - 1 or cancelled and last_day >= change.continued_on
      and exists (select from booking_step where booking_id = booking.id and step = 'cancelled' and at = change.answered_at))
  order by change.answered_at desc, change.id desc, booking.id;
end;
revoke execute on function payer_changes from public;
grant execute on function payer_changes to sojus_app;

alter table authority_change enable row level security;
grant select, insert on authority_change to sojus_app;
grant update (state, conference_on, answered_by, answered_at, answer_note, continued_on, new_case_id) on authority_change to sojus_app;

-- the new authority sees what it is asked and what it answered, nothing of what was withdrawn
create policy authority_change_read on authority_change for select to sojus_app
  using (has_role('caseworker')
    and (youth_authority_id = current_youth_authority() or to_authority_id = current_youth_authority() and state <> 'withdrawn'));
create policy authority_change_announce on authority_change for insert to sojus_app
  with check (has_role('caseworker') and youth_authority_id = current_youth_authority() and state = 'announced'
    and announced_by = current_account() and exists (select from "case" where "case".id = case_id));
create policy authority_change_settle on authority_change for update to sojus_app
  using (has_role('caseworker') and current_youth_authority() in (youth_authority_id, to_authority_id))
  with check (has_role('caseworker') and answered_by = current_account() and (
    to_authority_id = current_youth_authority() and state in ('accepted', 'declined')
      and (new_case_id is null or exists (select from "case" where "case".id = new_case_id))
    or youth_authority_id = current_youth_authority()
      and (state = 'withdrawn' or state = 'accepted' and new_case_id is null and not uses_portal(to_authority_id))));
