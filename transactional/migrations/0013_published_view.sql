-- A view of key figures published as it was at a moment: its numbers stay what they were. In no publication to the warehouse.
create table published_view (
  id uuid primary key default uuidv7(),
  title text not null check (length(title) between 3 and 120),
  -- what was asked: figure, service_kind, specialisation, month, area
  view jsonb not null,
  data_as_of timestamptz not null,
  data_lsn text not null check (data_lsn ~ '^[0-9A-F]+/[0-9A-F]+$'),
  -- version of the figures' definitions and models
  definitions text not null,
  -- what everybody may see: nobody's own row is open in it
  answer jsonb not null,
  published_by uuid not null references user_account,
  published_at timestamptz not null default now()
);
create index published_view_recent on published_view (published_at desc, id desc);

alter table published_view enable row level security;
grant select, insert on published_view to sojus_app;
create policy published_view_read on published_view for select to sojus_app using (current_account() is not null);
create policy published_view_publish on published_view for insert to sojus_app
  with check (published_by = current_account() and has_role('controlling', 'politics', 'ministry'));
