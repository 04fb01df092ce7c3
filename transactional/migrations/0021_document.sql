-- The electronic file (eAkte): documents of a case. In no publication, like everything below.
create table document (
  id uuid primary key default uuidv7(),
  case_id uuid not null references "case" on delete cascade,
  title text not null check (length(title) between 1 and 160),
  kind text not null check (kind in
    ('application', 'care_plan', 'report', 'minutes', 'notice', 'correspondence', 'court', 'certificate', 'cost', 'other')),
  -- the day it is of
  dated_on date not null check (dated_on between '1900-01-01' and '2100-12-31'),
  media_type text not null check (media_type in ('application/pdf', 'image/png', 'image/jpeg')),
  bytes integer not null check (bytes between 1 and 104857600),
  sha256 bytea not null check (octet_length(sha256) = 32),
  -- null: nobody looked for viruses
  scanned_at timestamptz,
  -- what became of a PDF's words; null: a picture has none
  words text check (words in ('read', 'none', 'damaged', 'locked', 'too_long')),
  pages integer check (pages between 0 and 100000),
  added_at timestamptz not null,
  added_by uuid not null references user_account,
  removed_at timestamptz,
  removed_by uuid references user_account,
  removal_reason text check (length(removal_reason) between 1 and 500),
  constraint document_removal check ((removed_at is null) = (removal_reason is null) and (removed_at is null) = (removed_by is null))
);
create index document_case on document (case_id, dated_on desc, id desc);
create unique index document_twice on document (case_id, sha256) where removed_at is null;
create index document_removed on document (removed_at) where removed_at is not null;

create table document_content (
  document_id uuid primary key references document on delete cascade,
  content bytea not null check (octet_length(content) between 1 and 104857600)
);
-- compressed already
alter table document_content alter column content set storage external;

-- The words of a document, page by page.
create table document_page (
  document_id uuid not null references document on delete cascade,
  page integer not null check (page > 0),
  text text not null,
  words tsvector not null generated always as (to_tsvector('german', text)) stored,
  primary key (document_id, page)
);

-- Who did what with it.
create table document_step (
  id uuid primary key default uuidv7(),
  document_id uuid not null references document on delete cascade,
  step text not null check (step in ('added', 'changed', 'removed', 'restored')),
  at timestamptz not null,
  user_account_id uuid not null references user_account,
  -- the title until then, or why it was removed
  note text check (length(note) between 1 and 500)
);
create index document_step_of on document_step (document_id, at);

alter table document enable row level security;
alter table document_content enable row level security;
alter table document_page enable row level security;
alter table document_step enable row level security;
grant select, insert on document, document_content, document_page, document_step to sojus_app;
grant update (title, kind, dated_on, removed_at, removed_by, removal_reason) on document to sojus_app;

-- follows the rights on the case: the subquery runs under its policies
create policy document_read on document for select to sojus_app
  using (has_role('caseworker') and exists (select from "case" where "case".id = case_id));
create policy document_add on document for insert to sojus_app
  with check (has_role('caseworker') and added_by = current_account() and exists (select from "case" where "case".id = case_id));
create policy document_change on document for update to sojus_app
  using (has_role('caseworker') and exists (select from "case" where "case".id = case_id));
create policy document_content_read on document_content for select to sojus_app
  using (exists (select from document where document.id = document_id));
create policy document_content_add on document_content for insert to sojus_app
  with check (exists (select from document where document.id = document_id and added_by = current_account()));
create policy document_page_read on document_page for select to sojus_app
  using (exists (select from document where document.id = document_id));
create policy document_page_add on document_page for insert to sojus_app
  with check (exists (select from document where document.id = document_id and added_by = current_account()));
create policy document_step_read on document_step for select to sojus_app
  using (exists (select from document where document.id = document_id));
create policy document_step_tell on document_step for insert to sojus_app
  with check (user_account_id = current_account() and exists (select from document where document.id = document_id));

-- How long files are kept: 70 years from the 30th birthday (§ 9b(2) SGB VIII). What was removed from a file by hand is kept for some days.
insert into parameter (name, valid_from, value) values
  ('file_retention_years', '2000-01-01', 70),
  ('file_retention_from_age', '2000-01-01', 30),
  ('removed_document_days', '2000-01-01', 30),
  ('draft_days', '2000-01-01', 30);

create function parameter_on(wanted text, day date) returns numeric language sql stable
begin atomic
  select value from parameter where name = wanted and valid_from <= day order by valid_from desc limit 1;
end;

-- The last day on which a file is kept; of a case taken over without its person it is counted as if it began at birth.
create function file_kept_until(birth_date date, begin_on date, today date) returns date language sql stable
  return (coalesce(birth_date, begin_on)
    + make_interval(years => (parameter_on('file_retention_from_age', today) + parameter_on('file_retention_years', today))::integer))::date;

-- What a deletion run did: numbers only.
create table deletion_run (
  id uuid primary key default uuidv7(),
  youth_authority_id text not null references youth_authority,
  run_on date not null,
  files integer not null check (files >= 0),
  documents integer not null check (documents >= 0)
);
create index deletion_run_authority on deletion_run (youth_authority_id, id);
alter table deletion_run enable row level security;
grant select on deletion_run to sojus_app;
create policy deletion_run_read on deletion_run for select to sojus_app
  using (has_role('admin') or youth_authority_id = current_youth_authority());

-- Files that are closed and kept long enough go for good, with their documents, the link to their facts, and the person of whom no file is
-- left; so does what was removed by hand. Tells how many, of each authority that had any.
create function delete_what_is_over(today date) returns setof deletion_run
  language plpgsql security definer set search_path = public, pg_temp as $$
begin
  return query
  with over as (
    select "case".id, "case".youth_authority_id
    from "case" left join client on client.id = "case".client_id
    where "case".end_on < today and file_kept_until(client.birth_date, "case".begin_on, today) < today
  ),
  papers as (
    select document.id, "case".youth_authority_id, over.id is null as by_hand
    from document join "case" on "case".id = document.case_id left join over on over.id = document.case_id
    where over.id is not null
      or document.removed_at < (today - parameter_on('removed_document_days', today)::integer)::timestamp at time zone 'Europe/Berlin'
  ),
  gone_papers as (delete from document where document.id in (select papers.id from papers where by_hand)),
  gone_files as (delete from "case" where "case".id in (select over.id from over)),
  counts as (
    select over.youth_authority_id, 1 as files, 0 as documents from over
    union all
    select papers.youth_authority_id, 0, 1 from papers
  )
  insert into deletion_run (youth_authority_id, run_on, files, documents)
  select counts.youth_authority_id, today, sum(counts.files), sum(counts.documents) from counts group by counts.youth_authority_id
  returning *;
  delete from client where file_kept_until(birth_date, birth_date, today) < today
    and not exists (select from "case" where "case".client_id = client.id);
end $$;
revoke execute on function delete_what_is_over from public;
grant execute on function delete_what_is_over to sojus_app;

-- Forms as they stand while they are filled in, so that a lost connection or session loses nothing.
create table draft (
  user_account_id uuid not null references user_account on delete cascade,
  form text not null check (form in ('selection', 'notice')),
  -- what it is about, such as a booking
  subject text not null default '' check (length(subject) <= 60),
  content jsonb not null check (jsonb_typeof(content) = 'object' and length(content::text) <= 100000),
  saved_at timestamptz not null,
  expires_at timestamptz not null,
  primary key (user_account_id, form, subject)
);
create index draft_expiry on draft (expires_at);
alter table draft enable row level security;
grant select, insert, update, delete on draft to sojus_app;
create policy draft_own on draft to sojus_app using (user_account_id = current_account());

create function forget_drafts(at timestamptz) returns void language sql security definer set search_path = public, pg_temp
begin atomic
  delete from draft where expires_at < at;
end;
revoke execute on function forget_drafts from public;
grant execute on function forget_drafts to sojus_app;

-- Who searched for whom goes with the file; set to null, requests for two cases would become the same one. The search stays a fact.
alter table search_request drop constraint search_request_case_id_fkey,
  add constraint search_request_case_id_fkey foreign key (case_id) references "case" on delete cascade;
