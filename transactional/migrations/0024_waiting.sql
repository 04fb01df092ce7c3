-- Cases that wait for a place of an offer that is full. They tell of persons, so they are in no publication.
create table waiting_entry (
  id uuid primary key default uuidv7(),
  offer_id uuid not null references offer,
  case_id uuid not null references "case" on delete cascade,
  youth_authority_id text not null references youth_authority,
  -- who hears of a free place
  user_account_id uuid not null references user_account,
  first_day date not null,
  last_day date not null,
  counting_rule text not null check (counting_rule in ('last_day_free', 'calendar_days')),
  units_per_week numeric(5, 2) check (units_per_week > 0),
  specialisations text[] not null default '{}' check (is_code_set(specialisations)),
  waiting_since timestamptz not null,
  state text not null default 'waiting' check (state in ('waiting', 'reserved', 'left', 'over')),
  -- null: no place is free, or nobody was told yet of the one that is
  told_at timestamptz,
  constraint waiting_period check (last_day >= first_day)
);
create unique index waiting_once on waiting_entry (offer_id, case_id) where state = 'waiting';
create index waiting_line on waiting_entry (offer_id, waiting_since, id) where state = 'waiting';
create index waiting_case on waiting_entry (case_id);
create trigger waiting_specialisations before insert on waiting_entry for each row execute function check_specialisations();

-- Places free on every day of a period, whoever took the others.
create function free_places(of_offer uuid, period daterange) returns integer language sql stable security definer set search_path = public, pg_temp
begin atomic
  select greatest(0, least(
    capacity - offer_occupancy(offer.id, period),
    case when form = 'stationaer' then licensed_places - facility_occupancy(facility.id, period) end
  ))
  from offer join facility on facility.id = offer.facility_id join service_kind on service_kind.code = offer.service_kind
  where offer.id = of_offer;
end;

-- How many wait before it, whichever authority they belong to, and itself.
create function waiting_position(of_entry waiting_entry) returns integer language sql stable security definer set search_path = public, pg_temp
begin atomic
  select count(*)::integer from waiting_entry as other
  where other.offer_id = of_entry.offer_id and other.state = 'waiting'
    and (other.waiting_since, other.id) <= (of_entry.waiting_since, of_entry.id);
end;

alter table waiting_entry enable row level security;
grant select, insert on waiting_entry to sojus_app;
grant update (state) on waiting_entry to sojus_app;
create policy waiting_entry_read on waiting_entry for select to sojus_app
  using (youth_authority_id = current_youth_authority() and has_role('caseworker'));
-- the subquery runs under the policies of "case"
create policy waiting_entry_create on waiting_entry for insert to sojus_app
  with check (youth_authority_id = current_youth_authority() and has_role('caseworker') and user_account_id = current_account()
    and state = 'waiting' and told_at is null and exists (select from "case" where "case".id = case_id));
create policy waiting_entry_end on waiting_entry for update to sojus_app
  using (youth_authority_id = current_youth_authority() and has_role('caseworker') and state = 'waiting')
  with check (youth_authority_id = current_youth_authority() and has_role('caseworker'));

insert into parameter (name, valid_from, value) values ('waiting_days', '2000-01-01', 3);

-- The inbox also holds notices without a file.
alter table inbox_item
  alter column file_name drop not null,
  alter column media_type drop not null,
  alter column content drop not null,
  alter column data_as_of drop not null,
  add column waiting_entry_id uuid references waiting_entry on delete cascade,
  add constraint inbox_item_file check (num_nulls(file_name, media_type, content, data_as_of) in (0, 4));

-- Tells those whose turn it is that a place is free for them, each once for as long as it stays free: the notice and the mark that it was
-- given are one transaction. Who was told is left in peace for some days before the next in line hears of the same place.
create function tell_waiting(at timestamptz, mails boolean, keep_days integer) returns integer
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
  update waiting_entry set state = 'over' where state = 'waiting' and last_day < today;
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
revoke execute on function tell_waiting from public;
grant execute on function tell_waiting to sojus_app;
