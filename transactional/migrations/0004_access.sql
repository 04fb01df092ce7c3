create table user_account (
  id uuid primary key default uuidv7(),
  federal_state text not null references federal_state,
  user_name text not null check (user_name = lower(user_name) and length(user_name) between 2 and 80),
  password_hash text not null,
  display_name text not null,
  youth_authority_id text references youth_authority,
  provider_id uuid references provider,
  active boolean not null default true,
  demonstration boolean not null default false,
  created_at timestamptz not null default now(),
  constraint user_name_taken unique (federal_state, user_name)
);

create table user_role (
  user_account_id uuid not null references user_account on delete cascade,
  role text not null check (role in ('politics', 'ministry', 'controlling', 'caseworker', 'finance', 'provider', 'state_office', 'admin')),
  primary key (user_account_id, role)
);

-- The cookie holds a random token; only its SHA-256 is stored.
create table session (
  token_hash bytea primary key,
  user_account_id uuid not null references user_account on delete cascade,
  created_at timestamptz not null default now(),
  last_seen_at timestamptz not null default now(),
  expires_at timestamptz not null
);
create index session_account on session (user_account_id);
create index session_seen on session (last_seen_at);

create table sign_in (
  id bigint generated always as identity primary key,
  attempted_at timestamptz not null default now(),
  federal_state text not null,
  user_name text not null,
  user_account_id uuid references user_account on delete set null,
  succeeded boolean not null default false,
  -- turned away without looking at the password
  throttled boolean not null default false,
  client_address text not null
);
create index sign_in_account on sign_in (federal_state, user_name, attempted_at);
create index sign_in_address on sign_in (client_address, attempted_at);
create index sign_in_age on sign_in (attempted_at);

-- "Zugriffe" in the header: successful sign-ins and page views so far, one row.
create table access_counter (
  only_row boolean primary key default true check (only_row),
  accesses bigint not null default 0
);
insert into access_counter default values;

-- A repeated POST with the same key by the same account gets the first answer again, for a day. Status 0: still at work.
create table idempotency_key (
  user_account_id uuid not null references user_account on delete cascade,
  key text not null check (length(key) between 8 and 128),
  request_hash bytea not null,
  status smallint not null default 0,
  location text,
  body jsonb not null default 'null',
  created_at timestamptz not null default now(),
  primary key (user_account_id, key)
);
create index idempotency_key_age on idempotency_key (created_at);

-- Stored answers may name persons: they go after a day. Sessions go when they expire, attempts to sign in after 90 days.
create function forget_expired(at timestamptz) returns void language sql security definer set search_path = public, pg_temp
begin atomic
  delete from idempotency_key where created_at < at - interval '1 day';
  delete from session where expires_at < at;
  delete from sign_in where attempted_at < at - interval '90 days';
end;
