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
  unique (federal_state, user_name)
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

create table sign_in (
  id bigint generated always as identity primary key,
  attempted_at timestamptz not null default now(),
  federal_state text not null,
  user_name text not null,
  user_account_id uuid references user_account on delete set null,
  succeeded boolean not null,
  client_address text not null
);
create index sign_in_recent on sign_in (attempted_at);

-- "Zugriffe" in the header: successful sign-ins and page views so far, one row.
create table access_counter (
  only_row boolean primary key default true check (only_row),
  accesses bigint not null default 0
);
insert into access_counter default values;

-- A repeated POST with the same key by the same account gets the first answer again.
create table idempotency_key (
  user_account_id uuid not null references user_account on delete cascade,
  key text not null check (length(key) between 8 and 128),
  request_hash bytea not null,
  status smallint not null,
  location text,
  body jsonb not null,
  created_at timestamptz not null default now(),
  primary key (user_account_id, key)
);
