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
