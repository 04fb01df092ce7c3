-- The day on which an entry of a waiting list ended: its place was reserved, it was left, or its period was over.
alter table waiting_entry add column ended_on date;
-- what was not written down when entries ended
update waiting_entry as entry set ended_on = greatest(
  (waiting_since at time zone 'Europe/Berlin')::date,
  case state
    when 'over' then last_day + 1
    when 'reserved' then (
      select min(reserved_on) from reservation join case_link using (case_key)
      where case_link.case_id = entry.case_id and reservation.offer_id = entry.offer_id
        and reserved_on >= (entry.waiting_since at time zone 'Europe/Berlin')::date
    )
    else (now() at time zone 'Europe/Berlin')::date
  end
)
where state <> 'waiting';
alter table waiting_entry add constraint waiting_ended check ((state = 'waiting') = (ended_on is null));
grant update (ended_on) on waiting_entry to sojus_app;

-- A wait for a place of a full offer. A fact, as a reservation is: it carries the case's random key and no person. It follows the entry of
-- the waiting list whose id it has, and stays when that is deleted with its file.
create table wait (
  id uuid primary key,
  case_key uuid not null,
  youth_authority_id text not null references youth_authority,
  service_kind text not null references service_kind,
  specialisations text[] not null default '{}' check (is_code_set(specialisations)),
  provider_id uuid not null references provider,
  first_day date not null,
  last_day date not null,
  entered_on date not null,
  state text not null check (state in ('waiting', 'reserved', 'left', 'over')),
  ended_on date,
  constraint wait_period check (last_day >= first_day),
  constraint wait_end check ((state = 'waiting') = (ended_on is null) and ended_on >= entered_on)
);
create index wait_authority on wait (youth_authority_id, entered_on);

insert into wait
select waiting_entry.id, case_key, waiting_entry.youth_authority_id, service_kind, waiting_entry.specialisations, provider_id, first_day, last_day,
  (waiting_since at time zone 'Europe/Berlin')::date, state, ended_on
from waiting_entry join offer on offer.id = offer_id join case_link using (case_id);

create function keep_wait() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if tg_op = 'INSERT' then
    insert into wait
    select new.id, case_key, new.youth_authority_id, service_kind, new.specialisations, provider_id, new.first_day, new.last_day,
      (new.waiting_since at time zone 'Europe/Berlin')::date, new.state, new.ended_on
    from offer cross join case_link where offer.id = new.offer_id and case_link.case_id = new.case_id;
  elsif tg_op = 'UPDATE' then
    update wait set state = new.state, ended_on = new.ended_on where id = new.id;
  else
    update wait set state = 'left', ended_on = greatest(entered_on, (now() at time zone 'Europe/Berlin')::date)
    where id = old.id and state = 'waiting';
  end if;
  return null;
end $$;
create trigger waiting_fact after insert or delete or update of state, ended_on on waiting_entry for each row execute function keep_wait();

-- as 0024 and 0029 have them, with the day
create or replace function tell_waiting(at timestamptz, mails boolean, keep_days integer) returns integer
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  entry record;
  period daterange;
  free integer;
  before integer;
  told integer := 0;
  today date := (at at time zone 'Europe/Berlin')::date;
  patience interval := (select make_interval(days => value::integer) from parameter
    where name = 'waiting_days' and valid_from <= today order by valid_from desc limit 1);
begin
  update waiting_entry set state = 'over', ended_on = last_day + 1 where state = 'waiting' and last_day < today;
  for entry in
    select waiting_entry.*, facility.name as facility_name
    from waiting_entry join offer on offer.id = offer_id join facility on facility.id = offer.facility_id
    where state = 'waiting' order by offer_id, waiting_since, waiting_entry.id
    for update of waiting_entry
  loop
    period := occupied_days(entry.first_day, entry.last_day, entry.counting_rule);
    free := free_places(entry.offer_id, period);
    if free = 0 then
      if entry.told_at is not null then update waiting_entry set told_at = null where id = entry.id; end if;
      continue;
    end if;
    continue when entry.told_at is not null;
    select count(*) into before from waiting_entry as other
    where other.offer_id = entry.offer_id and other.state = 'waiting' and other.told_at > at - patience
      and (other.waiting_since, other.id) < (entry.waiting_since, entry.id)
      and occupied_days(other.first_day, other.last_day, other.counting_rule) && period;
    continue when before >= free;
    update waiting_entry set told_at = at where id = entry.id;
    insert into inbox_item (user_account_id, waiting_entry_id, title, received_at, expires_at, mail, next_mail_at)
    select entry.user_account_id, entry.id,
      left(format('Platz frei ab %s: %s', to_char(entry.first_day, 'DD.MM.YYYY'), entry.facility_name), 120),
      at, at + make_interval(days => keep_days),
      case when reachable then 'due' else 'none' end, case when reachable then at end
    from (select mails and exists (select from email_address where user_account_id = entry.user_account_id) as reachable) as account;
    told := told + 1;
  end loop;
  return told;
end $$;

create or replace function close_handed_case(of_change uuid, at timestamptz, until date) returns void
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
  update waiting_entry set state = 'left', ended_on = (at at time zone 'Europe/Berlin')::date
    where case_id = change.case_id and state = 'waiting';
  update "case" set end_on = greatest(until, begin_on, (select max(last_day) from booking where case_key = handed_key and not cancelled))
    where id = change.case_id and (end_on is null or end_on > until);
end $$;

alter table wait enable row level security;
grant select on wait to sojus_app;
create policy wait_read on wait for select to sojus_app
  using (youth_authority_id = current_youth_authority() and has_role('caseworker', 'finance'));

-- published as 0009_publication.sql has it
alter table wait replica identity full;
create trigger wait_no_truncate before truncate on wait execute function refuse_truncate();
alter table wait enable always trigger wait_no_truncate;
grant select on wait to sojus_ingest;
create policy wait_ingest on wait for select to sojus_ingest using (true);
alter publication sojus_facts add table wait;
