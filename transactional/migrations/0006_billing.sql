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
  cancels uuid unique references invoice,
  constraint invoice_four_eyes check (released_by <> submitted_by),
  constraint invoice_release check ((released_at is null) = (released_by is null)),
  unique (provider_id, invoice_number)
);
create index invoice_authority on invoice (youth_authority_id, submitted_at);

create table invoice_line (
  id uuid primary key default uuidv7(),
  invoice_id uuid not null references invoice,
  booking_id uuid not null references booking,
  case_key uuid not null,
  youth_authority_id text not null references youth_authority,
  provider_id uuid not null references provider,
  service_kind text not null references service_kind,
  specialisations text[] not null default '{}' check (is_code_set(specialisations)),
  period_from date not null,
  period_to date not null,
  units numeric(10, 2) not null,
  rate_cents bigint not null check (rate_cents >= 0),
  amount_cents bigint not null,
  released_on date,
  constraint invoice_line_period check (period_to >= period_from)
);
create index invoice_line_invoice on invoice_line (invoice_id);
create index invoice_line_booking on invoice_line (booking_id);

create table payment (
  id uuid primary key default uuidv7(),
  youth_authority_id text not null references youth_authority,
  -- null: taken over from the authority's own bookkeeping
  invoice_id uuid references invoice,
  paid_on date not null,
  amount_cents bigint not null check (amount_cents <> 0),
  reference text check (length(reference) <= 140),
  recorded_at timestamptz not null default now(),
  recorded_by uuid references user_account,
  constraint payment_reference unique (youth_authority_id, reference)
);
create index payment_invoice on payment (invoice_id);

create table payment_line (
  id uuid primary key default uuidv7(),
  payment_id uuid not null references payment,
  invoice_line_id uuid references invoice_line,
  booking_id uuid not null references booking,
  case_key uuid not null,
  youth_authority_id text not null references youth_authority,
  provider_id uuid references provider,
  service_kind text not null references service_kind,
  specialisations text[] not null default '{}' check (is_code_set(specialisations)),
  paid_on date not null,
  amount_cents bigint not null
);
create index payment_line_payment on payment_line (payment_id);
create index payment_line_invoice_line on payment_line (invoice_line_id);

-- Lines carry what their booking says; they are never retyped.
create function check_line_of_booking() returns trigger language plpgsql security definer set search_path = public as $$
begin
  if not exists (
    select from booking where id = new.booking_id and case_key = new.case_key and youth_authority_id = new.youth_authority_id
      and provider_id is not distinct from new.provider_id and service_kind = new.service_kind and specialisations = new.specialisations
  ) then
    perform refuse('line_of_booking', 'a line carries case, authority, provider and service kind of its booking');
  end if;
  return new;
end $$;
create trigger invoice_line_of_booking before insert on invoice_line for each row execute function check_line_of_booking();
create trigger payment_line_of_booking before insert on payment_line for each row execute function check_line_of_booking();

-- The lines of a payment add up to it, and payments never exceed what the invoice demands.
create function check_payment_sum() returns trigger language plpgsql security definer set search_path = public as $$
declare
  paid payment;
  demanded bigint;
  so_far bigint;
begin
  select * into paid from payment where id = coalesce(new.payment_id, old.payment_id);
  if paid.amount_cents <> coalesce((select sum(amount_cents) from payment_line where payment_id = paid.id), 0) then
    perform refuse('payment_sum', 'the lines of a payment add up to its amount');
  end if;
  if paid.invoice_id is not null then
    perform from invoice where id = paid.invoice_id for no key update;
    select sum(amount_cents) into demanded from invoice_line where invoice_id = paid.invoice_id;
    select sum(amount_cents) into so_far from payment where invoice_id = paid.invoice_id;
    if abs(so_far) > abs(demanded) or sign(so_far) * sign(demanded) < 0 then
      perform refuse('payment_exceeds_invoice', 'more was paid than demanded');
    end if;
  end if;
  return null;
end $$;
create constraint trigger payment_line_sum after insert or update or delete on payment_line
  deferrable initially deferred for each row execute function check_payment_sum();

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
