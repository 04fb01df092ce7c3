-- That a file overwrote what is known of a person: who, when, and each field as it was and as it is. Goes with the person, is never changed and
-- in no publication.
create table client_change (
  id uuid primary key default uuidv7(),
  client_id uuid not null references client on delete cascade,
  changed_by uuid not null references user_account,
  changed_at timestamptz not null,
  -- [{"field", "before", "after"}, …]
  changes jsonb not null check (jsonb_typeof(changes) = 'array' and jsonb_array_length(changes) > 0)
);
create index client_change_client on client_change (client_id, changed_at);

alter table client_change enable row level security;
grant select, insert on client_change to sojus_app;
-- the subqueries run under the policies of the client
create policy client_change_read on client_change for select to sojus_app
  using (has_role('caseworker') and exists (select from client where client.id = client_id));
create policy client_change_tell on client_change for insert to sojus_app
  with check (has_role('caseworker') and changed_by = current_account() and exists (select from client where client.id = client_id));

-- The notice of a free place goes once nobody waits for it any more, or the place is gone: what has moved on is news no more.
create function forget_waiting_notice() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  delete from inbox_item where waiting_entry_id = new.id;
  return null;
end $$;
create trigger waiting_notice after update of state, told_at on waiting_entry
  for each row when (new.state <> 'waiting' or new.told_at is null) execute function forget_waiting_notice();
