-- Photos and documents of a facility, uploaded by its provider and seen by everybody signed in. In no publication.
create table facility_file (
  id uuid primary key default uuidv7(),
  facility_id uuid not null references facility,
  kind text not null check (kind in ('photo', 'document')),
  title text not null check (length(title) between 1 and 120),
  media_type text not null,
  bytes integer not null check (bytes between 1 and 10485760),
  sha256 bytea not null check (octet_length(sha256) = 32),
  added_at timestamptz not null,
  added_by uuid not null references user_account,
  constraint facility_file_type check (
    media_type in ('image/png', 'image/jpeg') or kind = 'document' and media_type = 'application/pdf'
  ),
  constraint facility_file_twice unique (facility_id, sha256)
);
create index facility_file_of on facility_file (facility_id, kind, id);

create table facility_file_content (
  facility_file_id uuid primary key references facility_file on delete cascade,
  content bytea not null check (octet_length(content) between 1 and 10485760)
);
-- compressed already
alter table facility_file_content alter column content set storage external;

create function check_facility_file_count() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  perform refuse_old_snapshot();
  perform from facility where id = new.facility_id for no key update;
  if (select count(*) from facility_file where facility_id = new.facility_id) > 30 then
    perform refuse('facility_file_count', 'at most 30 files of one facility');
  end if;
  return null;
end $$;
create trigger facility_file_count after insert on facility_file for each row execute function check_facility_file_count();

alter table facility_file enable row level security;
alter table facility_file_content enable row level security;
grant select, insert, delete on facility_file to sojus_app;
grant select, insert on facility_file_content to sojus_app;
create policy facility_file_read on facility_file for select to sojus_app using (true);
create policy facility_file_add on facility_file for insert to sojus_app
  with check (has_role('provider') and added_by = current_account()
    and exists (select from facility where facility.id = facility_id and provider_id = current_provider()));
create policy facility_file_remove on facility_file for delete to sojus_app
  using (has_role('provider') and exists (select from facility where facility.id = facility_id and provider_id = current_provider()));
create policy facility_file_content_read on facility_file_content for select to sojus_app using (true);
create policy facility_file_content_add on facility_file_content for insert to sojus_app
  with check (exists (select from facility_file where facility_file.id = facility_file_id and added_by = current_account()));
