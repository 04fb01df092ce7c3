-- Who did what to a booking, when and why; the words may be about persons, so they stay here. In no publication.
create table booking_step (
  id uuid primary key default uuidv7(),
  booking_id uuid not null references booking on delete cascade,
  step text not null check (step in
    ('booked', 'prolonged', 'changed', 'interrupted', 'resumed', 'ended', 'end_undone', 'cancelled', 'cancellation_undone')),
  at timestamptz not null,
  user_account_id uuid not null references user_account,
  -- the days it is about: from when a change holds, what is interrupted, the last day of a prolongation or an end
  first_day date,
  last_day date,
  note text check (length(note) between 1 and 1000),
  -- the plan an end cut short, which taking the end back restores
  former_plan jsonb,
  constraint booking_step_former_plan check ((step = 'ended') = (former_plan is not null))
);
create index booking_step_of on booking_step (booking_id, at);

-- Days of a booking on which the help rests. The place stays taken. In no publication.
create table booking_interruption (
  id uuid primary key default uuidv7(),
  booking_id uuid not null references booking on delete cascade,
  first_day date not null,
  last_day date not null,
  reason text not null check (reason in ('clinic', 'home_visit', 'absconded', 'custody', 'other')),
  -- the place is kept free at its rate; else nothing is planned for these days
  paid boolean not null,
  constraint booking_interruption_period check (last_day >= first_day),
  constraint booking_interruption_no_overlap exclude using gist (booking_id with =, daterange(first_day, last_day, '[]') with &&)
);

-- What goes with a file: reservations and bookings stay as facts, what was said of them does not (§ 64(3) SGB VIII).
create function forget_words() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  delete from booking_step where booking_id in (select id from booking where case_key = old.case_key);
  delete from booking_interruption where booking_id in (select id from booking where case_key = old.case_key);
  delete from reservation_step where reservation_id in (select id from reservation where case_key = old.case_key);
  return null;
end $$;
create trigger case_link_forgets_words after delete on case_link for each row execute function forget_words();

-- The same states as placement/booking-step.ts: what is over is not changed, only taken back.
create function check_booking_state() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if old.cancelled and (new.cancelled or new.end_reason is not null) then
    perform refuse('booking_cancelled', 'a cancelled booking is not changed');
  end if;
  if old.end_reason is null then return new; end if;
  if new.end_reason is not null or new.cancelled then
    perform refuse('booking_ended', 'an ended booking is not changed');
  end if;
  -- a booking of the same case that is just being made is waited for
  perform from "case" join case_link on case_link.case_id = "case".id where case_link.case_key = old.case_key for no key update of "case";
  if exists (
    select from booking as later where later.case_key = old.case_key and later.id <> old.id and not later.cancelled
      and later.first_day >= old.last_day and (later.service_kind = old.service_kind or old.end_reason = 0)
  ) then
    perform refuse('booking_followed', 'another booking follows this end');
  end if;
  if exists (
    select from invoice_line where booking_id = old.id and released_on is not null and period_to >= old.last_day - 1
    group by period_to having sum(amount_cents) <> 0
  ) then
    perform refuse('booking_end_billed', 'the last days are billed and released');
  end if;
  return new;
end $$;
-- an authority's own data, imported, may say it anew
create trigger booking_state before update on booking
  for each row when (current_user = 'sojus_app' and (old.cancelled or old.end_reason is not null)) execute function check_booking_state();

-- Until when a booking has been billed, for those who may see the booking; null: not at all.
create function booking_billed_until(of_booking uuid) returns date language sql stable security definer set search_path = public, pg_temp
begin atomic
  select max(period_to)
  from (
    select period_to from invoice_line join booking on booking.id = booking_id
    where booking_id = of_booking and booking.youth_authority_id = current_youth_authority()
    group by period_to having sum(amount_cents) <> 0
  ) as billed;
end;
revoke execute on function booking_billed_until from public;
grant execute on function booking_billed_until to sojus_app;

insert into parameter (name, valid_from, value) values ('undo_days', '2000-01-01', 14);

alter table booking_step enable row level security;
alter table booking_interruption enable row level security;
grant select, insert on booking_step to sojus_app;
grant select, insert, update, delete on booking_interruption to sojus_app;

-- what the authority writes stays with it; the subqueries run under the policies of booking
create policy booking_step_read on booking_step for select to sojus_app
  using (has_role('caseworker', 'finance')
    and exists (select from booking where booking.id = booking_id and youth_authority_id = current_youth_authority()));
create policy booking_step_tell on booking_step for insert to sojus_app
  with check (has_role('caseworker') and user_account_id = current_account()
    and exists (select from booking where booking.id = booking_id and youth_authority_id = current_youth_authority()));
create policy booking_interruption_read on booking_interruption for select to sojus_app
  using (has_role('caseworker', 'finance')
    and exists (select from booking where booking.id = booking_id and youth_authority_id = current_youth_authority()));
create policy booking_interruption_create on booking_interruption for insert to sojus_app
  with check (has_role('caseworker')
    and exists (select from booking where booking.id = booking_id and youth_authority_id = current_youth_authority()));
create policy booking_interruption_change on booking_interruption for update to sojus_app
  using (has_role('caseworker')
    and exists (select from booking where booking.id = booking_id and youth_authority_id = current_youth_authority()));
create policy booking_interruption_end on booking_interruption for delete to sojus_app
  using (has_role('caseworker')
    and exists (select from booking where booking.id = booking_id and youth_authority_id = current_youth_authority()));
