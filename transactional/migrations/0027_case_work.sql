-- What whoever is responsible for a case is told once, some days before something is due. Whose it is, the case says: with the case the
-- reminder is handed over. In no publication, like everything below.
create table reminder (
  id uuid primary key default uuidv7(),
  case_id uuid not null references "case" on delete cascade,
  kind text not null check (kind in ('review', 'end', 'hold', 'answer')),
  booking_id uuid references booking,
  reservation_id uuid references reservation on delete cascade,
  due_on date not null,
  told_at timestamptz not null,
  -- seen, or no longer due
  read_at timestamptz,
  constraint reminder_of_one check (num_nonnulls(booking_id, reservation_id) = 1),
  constraint reminder_once unique nulls not distinct (kind, booking_id, reservation_id, due_on)
);
create index reminder_case on reminder (case_id) where read_at is null;
create index case_caseworker on "case" (caseworker_id);

insert into parameter (name, valid_from, value) values
  -- before a review or an end
  ('reminder_days', '2000-01-01', 14),
  -- before a place is held no longer
  ('hold_reminder_days', '2000-01-01', 2);

-- Who handed a case to whom, when and why.
create table case_handover (
  id uuid primary key default uuidv7(),
  case_id uuid not null references "case" on delete cascade,
  from_id uuid references user_account,
  to_id uuid not null references user_account,
  handed_by uuid not null references user_account,
  handed_at timestamptz not null,
  reason text not null check (length(reason) between 1 and 1000),
  constraint handover_to_same check (from_id is distinct from to_id)
);
create index case_handover_case on case_handover (case_id, handed_at);

create function check_handover() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if not exists (
    select from user_account as account join user_role on user_role.user_account_id = account.id and role = 'caseworker'
    join "case" on "case".id = new.case_id and "case".youth_authority_id = account.youth_authority_id
    where account.id = new.to_id and account.active
  ) then
    perform refuse('handover_colleague_unknown', 'a case goes to a caseworker of its authority');
  end if;
  return new;
end $$;
create trigger handover_to_colleague before insert or update on case_handover for each row execute function check_handover();

-- A provider who has not answered is reminded.
alter table reservation_step drop constraint reservation_step_step_check, add constraint reservation_step_step_check
  check (step in ('reserved', 'renewed', 'requested', 'reminded', 'withdrawn', 'consented', 'declined', 'booked', 'released', 'expired'));

-- What the helps of a case have cost, for those who may see the case: caseworkers read no invoices.
create function case_costs(of_case uuid) returns table (released_cents bigint, paid_cents bigint)
  language sql stable security definer set search_path = public, pg_temp
begin atomic
  select
    (select coalesce(sum(amount_cents), 0)::bigint from invoice_line where booking_id = any (of_case_bookings) and released_on is not null),
    (select coalesce(sum(payment_line.amount_cents), 0)::bigint from payment_line join invoice_line on invoice_line.id = invoice_line_id
      where invoice_line.booking_id = any (of_case_bookings))
  from (
    select array(select booking.id from booking join case_link using (case_key) where case_link.case_id = of_case) as of_case_bookings
    from "case" where "case".id = of_case and "case".youth_authority_id = current_youth_authority() and has_role('caseworker', 'finance')
  ) as seen;
end;
revoke execute on function case_costs from public;
grant execute on function case_costs to sojus_app;

alter table reminder enable row level security;
alter table case_handover enable row level security;
grant select, insert, delete on reminder to sojus_app;
grant update (read_at) on reminder to sojus_app;
grant select, insert on case_handover to sojus_app;

-- the subqueries run under the policies of the case
create policy reminder_own on reminder to sojus_app
  using (has_role('caseworker') and exists (select from "case" where "case".id = case_id and caseworker_id = current_account()));
create policy case_handover_read on case_handover for select to sojus_app
  using (has_role('caseworker') and exists (select from "case" where "case".id = case_id));
create policy case_handover_tell on case_handover for insert to sojus_app
  with check (has_role('caseworker') and handed_by = current_account() and exists (select from "case" where "case".id = case_id));
