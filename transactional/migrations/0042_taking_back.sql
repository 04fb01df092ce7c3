-- Steps that take back what was recorded by mistake, as placement/booking-step.ts and placement/reservation.ts have them.
alter table booking_step
  drop constraint booking_step_step_check,
  add constraint booking_step_step_check check (step in
    ('booked', 'prolonged', 'prolongation_undone', 'changed', 'change_undone', 'interrupted', 'resumed', 'ended', 'end_undone', 'cancelled',
     'cancellation_undone')),
  -- the plan before a prolongation or a change is known of those recorded from now on
  drop constraint booking_step_former_plan,
  add constraint booking_step_former_plan check (
    (step <> 'ended' or former_plan is not null) and (former_plan is null or step in ('prolonged', 'changed', 'ended'))
  );

alter table reservation_step
  drop constraint reservation_step_step_check,
  add constraint reservation_step_step_check check (step in
    ('reserved', 'renewed', 'requested', 'reminded', 'withdrawn', 'consented', 'consent_withdrawn', 'declined', 'decline_undone', 'booked',
     'released', 'expired', 'explained'));

-- Why a dearer offer was chosen may be told later, once; it stays with the authority.
grant update (dearer_reason) on reservation to sojus_app;
alter policy reservation_step_read on reservation_step using (
  (step not in ('reserved', 'explained') or current_youth_authority() is not null)
  and exists (select from reservation where reservation.id = reservation_id)
);

create or replace function check_reservation_step() returns trigger language plpgsql as $$
begin
  if (new.id, new.case_key, new.youth_authority_id, new.service_kind, new.specialisations, new.provider_id, new.facility_id, new.offer_id,
      new.facility_authority_id, new.counting_rule, new.first_day, new.last_day, new.unit, new.rate_cents, new.units_per_week,
      new.planned_units, new.planned_cents, new.age_at_begin, new.sex, new.dearer_cents, new.searched_on, new.reserved_on) is distinct from
     (old.id, old.case_key, old.youth_authority_id, old.service_kind, old.specialisations, old.provider_id, old.facility_id, old.offer_id,
      old.facility_authority_id, old.counting_rule, old.first_day, old.last_day, old.unit, old.rate_cents, old.units_per_week,
      old.planned_units, old.planned_cents, old.age_at_begin, old.sex, old.dearer_cents, old.searched_on, old.reserved_on)
     or new.dearer_reason is distinct from old.dearer_reason and (old.dearer_reason is not null or old.dearer_cents = 0) then
    perform refuse('reservation_identity', 'what is reserved stays');
  end if;
  if new.state <> old.state and (old.state, new.state) not in (
    ('reserved', 'requested'), ('reserved', 'released'), ('reserved', 'expired'),
    ('requested', 'reserved'), ('requested', 'consented'), ('requested', 'declined'), ('requested', 'released'), ('requested', 'expired'),
    ('consented', 'requested'), ('consented', 'booked'), ('consented', 'released'), ('consented', 'expired'),
    ('declined', 'requested')
  )
  -- a provider answers, or takes his consent back, and moves nothing else
  or current_provider() is not null
    and (old.state, new.state) not in (('requested', 'consented'), ('requested', 'declined'), ('consented', 'requested')) then
    perform refuse('reservation_step', 'this step does not follow');
  end if;
  return new;
end $$;

alter policy reservation_answer on reservation
  using (provider_id = current_provider() and has_role('provider') and state in ('requested', 'consented'))
  with check (provider_id = current_provider() and has_role('provider') and state in ('consented', 'declined', 'requested'));

-- Taken back by the provider, a consent is news for the caseworker; by the caseworker, as a decline, for the provider, who is asked again.
drop index reservation_step_to_tell;
create index reservation_step_to_tell on reservation_step (id)
  where told_at is null and step in ('requested', 'reminded', 'consented', 'consent_withdrawn', 'declined', 'decline_undone', 'expired');

create or replace function tell_of_reservations(at timestamptz, mails boolean, keep_days integer) returns integer
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  told integer;
begin
  delete from inbox_item using reservation where reservation.id = reservation_id and reservation.state <> reservation_state;
  with step as (
    update reservation_step set told_at = tell_of_reservations.at
    where id in (
      select id from reservation_step
      where told_at is null and step in ('requested', 'reminded', 'consented', 'consent_withdrawn', 'declined', 'decline_undone', 'expired')
      for update skip locked
    )
    returning reservation_step.*
  ),
  latest as (
    select distinct on (step.reservation_id) step.step, step.user_account_id as by_id, reservation.*,
      step.step in ('requested', 'reminded', 'decline_undone') or step.step = 'consent_withdrawn' and sender.provider_id is null as asks
    from step join reservation on reservation.id = step.reservation_id
    left join user_account as sender on sender.id = step.user_account_id
    where step.at > tell_of_reservations.at - interval '7 days'
      and reservation.state = case when step.step in ('reminded', 'consent_withdrawn', 'decline_undone') then 'requested' else step.step end
    order by step.reservation_id, step.at desc, step.id desc
  ),
  former as (delete from inbox_item using latest where inbox_item.reservation_id = latest.id)
  insert into inbox_item (user_account_id, reservation_id, reservation_state, title, received_at, expires_at, mail, next_mail_at)
  select account.id, latest.id, latest.state,
    left(case
      when latest.step = 'reminded' then format('Erinnerung, Antwort bis %s: ', to_char(held_until at time zone 'Europe/Berlin', 'DD.MM.YYYY'))
      when asks then format('Anfrage, Antwort bis %s: ', to_char(held_until at time zone 'Europe/Berlin', 'DD.MM.YYYY'))
      when latest.step = 'consented' then format('Zugesagt, buchen bis %s: ', to_char(held_until at time zone 'Europe/Berlin', 'DD.MM.YYYY'))
      when latest.step = 'consent_withdrawn' then 'Zusage zurückgenommen: '
      when latest.step = 'declined' then 'Abgesagt: '
      else 'Reservierung abgelaufen: '
    end || format('%s ab %s', facility.name, to_char(first_day, 'DD.MM.YYYY')), 120),
    tell_of_reservations.at, tell_of_reservations.at + make_interval(days => keep_days),
    case when reachable then 'due' else 'none' end, case when reachable then tell_of_reservations.at end
  from latest
  join facility on facility.id = facility_id
  left join case_link using (case_key)
  left join "case" as file on file.id = case_link.case_id
  join user_account as account on active and account.id is distinct from by_id and case
    when asks then account.provider_id = latest.provider_id
      and exists (select from user_role where user_account_id = account.id and role = 'provider')
    else account.id = file.caseworker_id
  end
  cross join lateral (select mails and exists (select from email_address where user_account_id = account.id) as reachable) as addressed;
  get diagnostics told = row_count;
  return told;
end $$;

-- So many days after the reservation its hold is extended no further; a consent still has its days to be booked.
insert into parameter (name, valid_from, value) values ('longest_hold_days', '2000-01-01', 42);
