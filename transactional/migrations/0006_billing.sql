create table invoice (
  id uuid primary key default uuidv7(),
  provider_id uuid not null references provider,
  youth_authority_id text not null references youth_authority,
  invoice_number text not null check (length(invoice_number) between 1 and 60),
  issued_on date not null,
  submitted_at timestamptz not null default now(),
  submitted_by uuid not null references user_account,
  released_at timestamptz,
  released_by uuid references user_account,
  -- a cancellation is a document of its own with negative lines
  cancels uuid constraint invoice_cancelled unique,
  constraint invoice_four_eyes check (released_by <> submitted_by),
  constraint invoice_release check ((released_at is null) = (released_by is null)),
  constraint invoice_number_taken unique (provider_id, invoice_number),
  unique (id, youth_authority_id),
  unique (id, provider_id, youth_authority_id),
  constraint invoice_cancels_own foreign key (cancels, provider_id, youth_authority_id) references invoice (id, provider_id, youth_authority_id)
);
create index invoice_authority on invoice (youth_authority_id, submitted_at, id);
create index invoice_provider on invoice (provider_id, submitted_at, id);

create table invoice_line (
  id uuid primary key default uuidv7(),
  invoice_id uuid not null,
  booking_id uuid not null references booking,
  case_key uuid not null,
  youth_authority_id text not null,
  provider_id uuid not null,
  service_kind text not null references service_kind,
  specialisations text[] not null default '{}' check (is_code_set(specialisations)),
  period_from date not null,
  period_to date not null,
  units numeric(10, 2) not null check (units between -1000000 and 1000000),
  rate_cents bigint not null check (rate_cents between 0 and 10000000),
  amount_cents bigint not null check (abs(amount_cents) <= 1000000000000),
  released_on date,
  constraint invoice_line_period check (period_to >= period_from),
  constraint invoice_line_of_invoice foreign key (invoice_id, provider_id, youth_authority_id) references invoice (id, provider_id, youth_authority_id),
  unique (id, booking_id)
);
create index invoice_line_invoice on invoice_line (invoice_id);
create index invoice_line_booking on invoice_line (booking_id);

create table payment (
  id uuid primary key default uuidv7(),
  youth_authority_id text not null references youth_authority,
  -- null: taken over from the authority's own bookkeeping
  invoice_id uuid,
  paid_on date not null,
  amount_cents bigint not null check (amount_cents <> 0 and abs(amount_cents) <= 1000000000000),
  reference text check (length(reference) <= 140),
  recorded_at timestamptz not null default now(),
  recorded_by uuid references user_account,
  constraint payment_reference unique (youth_authority_id, reference),
  constraint payment_of_invoice foreign key (invoice_id, youth_authority_id) references invoice (id, youth_authority_id),
  unique (id, youth_authority_id, paid_on)
);
create index payment_invoice on payment (invoice_id);

create table payment_line (
  id uuid primary key default uuidv7(),
  payment_id uuid not null,
  invoice_line_id uuid,
  booking_id uuid not null references booking,
  case_key uuid not null,
  youth_authority_id text not null,
  provider_id uuid,
  service_kind text not null references service_kind,
  specialisations text[] not null default '{}' check (is_code_set(specialisations)),
  paid_on date not null,
  amount_cents bigint not null check (abs(amount_cents) <= 1000000000000),
  constraint payment_line_of_payment foreign key (payment_id, youth_authority_id, paid_on) references payment (id, youth_authority_id, paid_on),
  constraint payment_line_of_invoice_line foreign key (invoice_line_id, booking_id) references invoice_line (id, booking_id)
);
create index payment_line_payment on payment_line (payment_id);
create index payment_line_invoice_line on payment_line (invoice_line_id);

-- Lines carry what their booking says; they are never retyped.
create function check_line_of_booking() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  perform from booking where id = new.booking_id and case_key = new.case_key and youth_authority_id = new.youth_authority_id
    and provider_id is not distinct from new.provider_id and service_kind = new.service_kind and specialisations = new.specialisations
    and not cancelled for share;
  if not found then
    perform refuse('line_of_booking', 'a line carries case, authority, provider and service kind of its booking');
  end if;
  return new;
end $$;
create trigger invoice_line_of_booking before insert on invoice_line for each row execute function check_line_of_booking();
create trigger payment_line_of_booking before insert on payment_line for each row execute function check_line_of_booking();

-- What was billed or rated has taken place.
create function check_booking_unused() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if exists (select from invoice_line where booking_id = new.id group by booking_id having sum(amount_cents) <> 0)
    or exists (select from payment_line where booking_id = new.id group by booking_id having sum(amount_cents) <> 0)
    or exists (select from rating where booking_id = new.id) then
    perform refuse('booking_in_use', 'a booking that was billed, paid or rated is not cancelled');
  end if;
  return null;
end $$;
create trigger booking_unused after update of cancelled on booking
  for each row when (new.cancelled and not old.cancelled) execute function check_booking_unused();

create function check_cancelling_invoice() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if exists (select from invoice where id = new.cancels and cancels is not null) then
    perform refuse('invoice_cancels_original', 'a cancellation is not cancelled');
  end if;
  return new;
end $$;
create trigger invoice_cancelling before insert on invoice for each row when (new.cancels is not null) execute function check_cancelling_invoice();

-- A released invoice takes no more lines; only a cancellation demands negative amounts.
create function check_line_of_open_invoice() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare
  document invoice;
begin
  select * into document from invoice where id = new.invoice_id for share;
  if document.released_at is not null then
    perform refuse('invoice_unchangeable', 'an invoice is cancelled by a new document, never changed');
  end if;
  if new.amount_cents <> 0 and (new.amount_cents < 0) <> (document.cancels is not null) then
    perform refuse('invoice_line_sign', 'only a cancellation has negative lines');
  end if;
  return new;
end $$;
create trigger invoice_line_of_open_invoice before insert on invoice_line for each row execute function check_line_of_open_invoice();

create function check_payment_of_invoice() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  perform refuse_old_snapshot();
  if exists (select from invoice where id = new.invoice_id and released_at is null) then
    perform refuse('payment_needs_release', 'only a released invoice is paid');
  end if;
  if new.amount_cents > 0 and exists (select from invoice where cancels = new.invoice_id) then
    perform refuse('payment_of_cancelled_invoice', 'a cancelled invoice is no longer paid');
  end if;
  return new;
end $$;
create trigger payment_of_released_invoice before insert on payment for each row when (new.invoice_id is not null) execute function check_payment_of_invoice();

-- The lines of a payment add up to it and belong to its invoice; payments never exceed what the invoice demands, and refunds not what was paid.
create function check_payment_sum(of_payment uuid) returns void language plpgsql security definer set search_path = public, pg_temp as $$
declare
  paid payment;
  original uuid;
  demanded bigint;
  so_far bigint;
begin
  select * into paid from payment where id = of_payment;
  if not found then return; end if;
  if paid.amount_cents <> coalesce((select sum(amount_cents) from payment_line where payment_id = paid.id), 0)
    or exists (
      select from payment_line left join invoice_line on invoice_line.id = payment_line.invoice_line_id
      where payment_id = paid.id and invoice_line.invoice_id is distinct from paid.invoice_id
    ) then
    perform refuse('payment_sum', 'the lines of a payment add up to its amount and belong to its invoice');
  end if;
  if paid.invoice_id is null then return; end if;
  select coalesce(cancels, id) into original from invoice where id = paid.invoice_id;
  perform from invoice where id = original for no key update;
  select sum(amount_cents) into demanded from invoice_line where invoice_id = paid.invoice_id;
  select sum(amount_cents) into so_far from payment where invoice_id = paid.invoice_id;
  if abs(so_far) > abs(demanded) or sign(so_far) * sign(demanded) < 0
    or (select sum(amount_cents) from payment where invoice_id in (select id from invoice where id = original or cancels = original)) < 0 then
    perform refuse('payment_exceeds_invoice', 'more was paid than demanded, or more refunded than paid');
  end if;
end $$;
create function check_payment() returns trigger language plpgsql as $$
begin
  perform check_payment_sum(new.id);
  return null;
end $$;
create function check_payment_line() returns trigger language plpgsql as $$
begin
  perform check_payment_sum(coalesce(new.payment_id, old.payment_id));
  return null;
end $$;
create constraint trigger payment_sum after insert on payment deferrable initially deferred for each row execute function check_payment();
create constraint trigger payment_line_sum after insert or delete on payment_line deferrable initially deferred for each row execute function check_payment_line();

-- Nothing that was demanded, released or paid is overwritten (domain.md 6).
create function keep_invoice() returns trigger language plpgsql as $$
begin
  if to_jsonb(new) - '{released_at,released_by}'::text[] <> to_jsonb(old) - '{released_at,released_by}'::text[] or old.released_at is not null then
    perform refuse('invoice_unchangeable', 'an invoice is cancelled by a new document, never changed');
  end if;
  return new;
end $$;
create trigger invoice_kept before update on invoice for each row execute function keep_invoice();

create function keep_invoice_line() returns trigger language plpgsql as $$
begin
  if to_jsonb(new) - 'released_on' <> to_jsonb(old) - 'released_on' or old.released_on is not null then
    perform refuse('invoice_unchangeable', 'an invoice is cancelled by a new document, never changed');
  end if;
  return new;
end $$;
create trigger invoice_line_kept before update on invoice_line for each row execute function keep_invoice_line();

create function keep_payment() returns trigger language plpgsql as $$
begin
  perform refuse('payment_unchangeable', 'a payment is cancelled by a negative one, never changed');
  return null;
end $$;
create trigger payment_kept before update on payment for each row execute function keep_payment();
create trigger payment_line_kept before update on payment_line for each row execute function keep_payment();
