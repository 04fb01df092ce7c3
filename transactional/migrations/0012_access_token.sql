-- Personal access tokens: programs of a user read /api with them. Only their SHA-256 is stored; in no publication.
create table access_token (
  id uuid primary key default uuidv7(),
  user_account_id uuid not null references user_account on delete cascade,
  name text not null check (length(name) between 1 and 60),
  token_hash bytea not null unique check (octet_length(token_hash) = 32),
  created_on date not null,
  -- the last day it is good for
  expires_on date not null,
  last_used_on date,
  constraint access_token_lifetime check (expires_on between created_on and created_on + 366)
);
create index access_token_account on access_token (user_account_id);

alter table access_token enable row level security;
create policy access_token_own on access_token to sojus_app using (user_account_id = current_account());
grant select, insert, delete on access_token to sojus_app;
grant update (last_used_on) on access_token to sojus_app;

create function check_access_token_count() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  perform refuse_old_snapshot();
  perform from user_account where id = new.user_account_id for no key update;
  if (select count(*) from access_token where user_account_id = new.user_account_id and expires_on >= new.created_on) > 20 then
    perform refuse('access_token_count', 'at most 20 tokens at a time');
  end if;
  return null;
end $$;
create trigger access_token_count after insert on access_token for each row execute function check_access_token_count();

-- Whose token this is, asked before anybody is known: who does not hold it finds nothing.
create function access_token_held(held_hash bytea, on_day date)
  returns table (id uuid, user_account_id uuid, last_used_on date)
  language sql stable security definer set search_path = public, pg_temp
begin atomic
  select id, user_account_id, last_used_on from access_token where token_hash = held_hash and expires_on >= on_day;
end;
revoke execute on function access_token_held from public;
grant execute on function access_token_held to sojus_app;

-- An expired token is listed for another month, so that its owner sees why a program fails.
create or replace function forget_expired(at timestamptz) returns void language sql security definer set search_path = public, pg_temp
begin atomic
  delete from idempotency_key where created_at < at - interval '1 day';
  delete from session where expires_at < at;
  delete from sign_in where attempted_at < at - interval '90 days';
  delete from access_token where expires_on < (at at time zone 'Europe/Berlin')::date - 30;
end;
