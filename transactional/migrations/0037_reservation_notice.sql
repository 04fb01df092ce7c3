-- A provider hears in his inbox of a request and of a reminder, the caseworker of the answer and of a place held no longer. What has moved on
-- is news no more: a notice goes with the state it told of. Titles name facilities and days, no person.
alter table inbox_item
  add column reservation_id uuid references reservation on delete cascade,
  add column reservation_state text,
  add constraint inbox_item_reservation check ((reservation_id is null) = (reservation_state is null));
create index inbox_item_reservation on inbox_item (reservation_id) where reservation_id is not null;

-- when those it concerns were told; null: nobody was yet
alter table reservation_step add column told_at timestamptz;
create index reservation_step_to_tell on reservation_step (id)
  where told_at is null and step in ('requested', 'reminded', 'consented', 'declined', 'expired');

-- The notices and the mark that they were given are one transaction. What happened more than a week ago is marked alone.
create function tell_of_reservations(at timestamptz, mails boolean, keep_days integer) returns integer
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  told integer;
begin
  delete from inbox_item using reservation where reservation.id = reservation_id and reservation.state <> reservation_state;
  with step as (
    update reservation_step set told_at = tell_of_reservations.at
    where id in (
      select id from reservation_step
      where told_at is null and step in ('requested', 'reminded', 'consented', 'declined', 'expired')
      for update skip locked
    )
    returning reservation_step.*
  ),
  latest as (
    select distinct on (step.reservation_id) step.step, step.user_account_id as by_id, reservation.*
    from step join reservation on reservation.id = step.reservation_id
    where step.at > tell_of_reservations.at - interval '7 days'
      and reservation.state = case step.step when 'reminded' then 'requested' else step.step end
    order by step.reservation_id, step.at desc, step.id desc
  ),
  former as (delete from inbox_item using latest where inbox_item.reservation_id = latest.id)
  insert into inbox_item (user_account_id, reservation_id, reservation_state, title, received_at, expires_at, mail, next_mail_at)
  select account.id, latest.id, latest.state,
    left(case latest.step
      when 'requested' then format('Anfrage, Antwort bis %s: ', to_char(held_until at time zone 'Europe/Berlin', 'DD.MM.YYYY'))
      when 'reminded' then format('Erinnerung, Antwort bis %s: ', to_char(held_until at time zone 'Europe/Berlin', 'DD.MM.YYYY'))
      when 'consented' then format('Zugesagt, buchen bis %s: ', to_char(held_until at time zone 'Europe/Berlin', 'DD.MM.YYYY'))
      when 'declined' then 'Abgesagt: '
      else 'Reservierung abgelaufen: '
    end || format('%s ab %s', facility.name, to_char(first_day, 'DD.MM.YYYY')), 120),
    tell_of_reservations.at, tell_of_reservations.at + make_interval(days => keep_days),
    case when reachable then 'due' else 'none' end, case when reachable then tell_of_reservations.at end
  from latest
  join facility on facility.id = facility_id
  left join case_link using (case_key)
  left join "case" as file on file.id = case_link.case_id
  join user_account as account on active and account.id is distinct from by_id and case
    when latest.state = 'requested' then account.provider_id = latest.provider_id
      and exists (select from user_role where user_account_id = account.id and role = 'provider')
    else account.id = file.caseworker_id
  end
  cross join lateral (select mails and exists (select from email_address where user_account_id = account.id) as reachable) as addressed;
  get diagnostics told = row_count;
  return told;
end $$;
revoke execute on function tell_of_reservations from public;
grant execute on function tell_of_reservations to sojus_app;

-- How far back a help may begin that is only now looked for.
insert into parameter (name, valid_from, value) values ('past_begin_days', '2000-01-01', 92);
