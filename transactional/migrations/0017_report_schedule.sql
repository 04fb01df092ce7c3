-- Views of key figures sent regularly: what is asked, never an answer. In no publication, like everything below.
create table report_schedule (
  id uuid primary key default uuidv7(),
  user_account_id uuid not null references user_account on delete cascade,
  name text not null check (length(name) between 1 and 120),
  view text not null check (view in ('comparison', 'side_by_side', 'ranking', 'evaluation')),
  -- the query of the view's address
  query jsonb not null check (jsonb_typeof(query) = 'object' and length(query::text) <= 4000),
  -- latest: the last period that is over when the report is due
  period text not null check (period in ('latest', 'fixed')),
  format text not null check (format in ('pdf', 'xlsx')),
  rhythm text not null check (rhythm in ('weekly', 'monthly', 'quarterly')),
  -- weekly: the weekday, Monday is 1; else the working day of the month or quarter
  day smallint not null,
  -- what the reader was when subscribing: who loses any of it gets nothing more
  roles text[] not null,
  youth_authority_id text references youth_authority,
  next_due_at timestamptz not null,
  paused boolean not null default false,
  stopped text check (stopped in ('account_locked', 'role_lost', 'view_gone')),
  constraint report_schedule_day check (day between 1 and case rhythm when 'weekly' then 5 else 15 end)
);
create index report_schedule_account on report_schedule (user_account_id);
create index report_schedule_due on report_schedule (next_due_at) where not paused and stopped is null;

-- One row per schedule and due time, whoever finds it due.
create table report_run (
  id uuid primary key default uuidv7(),
  schedule_id uuid not null references report_schedule on delete cascade,
  due_at timestamptz not null,
  state text not null default 'due' check (state in ('due', 'made', 'failed')),
  -- begun, whether or not they came to an end
  attempts smallint not null default 0,
  -- nobody else tries before: this is the claim of who is at work, and the wait after a failure
  next_attempt_at timestamptz not null,
  failure text check (failure in ('refused', 'too_large', 'error')),
  unique (schedule_id, due_at)
);
create index report_run_due on report_run (next_attempt_at) where state = 'due';

create table inbox_item (
  id uuid primary key default uuidv7(),
  user_account_id uuid not null references user_account on delete cascade,
  -- a run arrives once
  report_run_id uuid unique references report_run on delete set null,
  title text not null check (length(title) between 1 and 120),
  file_name text not null check (file_name ~ '^[a-z0-9_.-]{1,200}$'),
  media_type text not null check (media_type in ('application/pdf', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet')),
  content bytea not null constraint inbox_item_size check (octet_length(content) between 1 and 10485760),
  data_as_of timestamptz not null,
  received_at timestamptz not null,
  expires_at timestamptz not null,
  read_at timestamptz,
  -- sending: handed to the mail server, its answer is not known; never sent again from there
  mail text not null default 'none' check (mail in ('none', 'due', 'sending', 'sent', 'failed')),
  mail_attempts smallint not null default 0,
  next_mail_at timestamptz
);
create index inbox_item_account on inbox_item (user_account_id, received_at desc);
create index inbox_item_expiry on inbox_item (expires_at);
create index inbox_item_mail on inbox_item (next_mail_at) where mail = 'due';

-- Where a reader wants to hear of new reports; personal, and seen by nobody else.
create table email_address (
  user_account_id uuid primary key references user_account on delete cascade,
  address text not null check (length(address) <= 254 and address ~ '^[^\s@<>,;:"]+@[^\s@<>,;:"]+\.[^\s@<>,;:"]+$')
);

do $$
declare
  kept text;
begin
  foreach kept in array array['report_schedule', 'inbox_item', 'email_address'] loop
    execute format('alter table %I enable row level security', kept);
    execute format('grant select, insert, delete on %I to sojus_app', kept);
    execute format('create policy %I on %I to sojus_app using (user_account_id = current_account())', kept || '_own', kept);
  end loop;
end $$;
grant update (next_due_at, paused, stopped) on report_schedule to sojus_app;
grant update (read_at, mail, mail_attempts, next_mail_at) on inbox_item to sojus_app;
grant update (address) on email_address to sojus_app;

alter table report_run enable row level security;
grant select, insert on report_run to sojus_app;
grant update (state, attempts, next_attempt_at, failure) on report_run to sojus_app;
-- the subquery runs under the policy of report_schedule
create policy report_run_own on report_run to sojus_app
  using (exists (select from report_schedule where report_schedule.id = schedule_id));

create function check_report_schedule_count() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  perform refuse_old_snapshot();
  perform from user_account where id = new.user_account_id for no key update;
  if (select count(*) from report_schedule where user_account_id = new.user_account_id) > 20 then
    perform refuse('report_schedule_count', 'at most 20 schedules of one account');
  end if;
  return null;
end $$;
create trigger report_schedule_count after insert on report_schedule for each row execute function check_report_schedule_count();

-- For whom something is to be done. All of it is done in the name of that account.
create function accounts_with_report_work(at timestamptz) returns table (user_account_id uuid)
  language sql stable security definer set search_path = public, pg_temp
begin atomic
  select report_schedule.user_account_id from report_schedule where next_due_at <= at and not paused and stopped is null
  union
  select report_schedule.user_account_id from report_run join report_schedule on report_schedule.id = schedule_id
    where state = 'due' and next_attempt_at <= at
  union
  select inbox_item.user_account_id from inbox_item where mail = 'due' and next_mail_at <= at;
end;
revoke execute on function accounts_with_report_work from public;
grant execute on function accounts_with_report_work to sojus_app;

-- Runs are kept as long as they may explain what did or did not arrive.
create or replace function forget_expired(at timestamptz) returns void language sql security definer set search_path = public, pg_temp
begin atomic
  delete from idempotency_key where created_at < at - interval '1 day';
  delete from session where expires_at < at;
  delete from sign_in where attempted_at < at - interval '90 days';
  delete from access_token where expires_on < (at at time zone 'Europe/Berlin')::date - 30;
  delete from inbox_item where expires_at < at;
  delete from report_run where state <> 'due' and due_at < at - interval '1 year';
end;
