-- How long documents are kept that belong to no help, by state and kind; a row holds from its day on. What belongs to a help is kept as
-- § 9b SGB VIII says (file_kept_until), whatever stands here. In no publication, like everything below.
create table retention_rule (
  -- null: of every state that has set none of its own
  federal_state text references federal_state,
  document_kind text not null check (document_kind in
    ('application', 'care_plan', 'report', 'minutes', 'notice', 'correspondence', 'court', 'certificate', 'cost', 'other')),
  valid_from date not null,
  years smallint not null check (years between 1 and 100),
  -- the end of the case, or that of the year of the document
  counted_from text not null check (counted_from in ('case_end', 'year_end')),
  source text not null check (length(source) between 3 and 200),
  constraint retention_rule_day unique nulls not distinct (federal_state, document_kind, valid_from)
);
insert into retention_rule (document_kind, valid_from, years, counted_from, source)
select kind, '2000-01-01', case kind when 'cost' then 10 else 5 end, case kind when 'cost' then 'year_end' else 'case_end' end,
  case kind when 'cost' then 'Haushaltsrecht der Kommunen: Belege zehn Jahre' else 'Aktenordnung: nicht bewilligte Anträge fünf Jahre' end
from
  unnest(array['application', 'care_plan', 'report', 'minutes', 'notice', 'correspondence', 'court', 'certificate', 'cost', 'other']) as kind;

alter table retention_rule enable row level security;
grant select, insert, update, delete on retention_rule to sojus_app;
create policy retention_rule_read on retention_rule for select to sojus_app using (true);
create policy retention_rule_set on retention_rule for insert to sojus_app with check (has_role('admin') and federal_state is not null);
create policy retention_rule_change on retention_rule for update to sojus_app using (has_role('admin') and federal_state is not null);
create policy retention_rule_unset on retention_rule for delete to sojus_app using (has_role('admin') and federal_state is not null);

-- Files in which no help was granted: nothing was booked, and no notice of one was issued.
create function file_without_help() returns table (
  case_id uuid, youth_authority_id text, federal_state text, client_id uuid, end_on date
) language sql stable
begin atomic
  select "case".id, "case".youth_authority_id, youth_authority.federal_state, "case".client_id, "case".end_on
  from "case" join youth_authority on youth_authority.id = "case".youth_authority_id
  where not exists (select from case_link join booking using (case_key) where case_link.case_id = "case".id)
    and not exists (select from notice where notice.case_id = "case".id and notice.state = 'issued' and notice.kind <> 'refusal');
end;

-- The last day of what belongs to no help; null while its case is open.
create function kept_by_rule(years smallint, counted_from text, end_on date, dated_on date) returns date language sql immutable
  return case
    when end_on is null then null
    when counted_from = 'case_end' then (end_on + make_interval(years => years))::date
    else greatest(end_on, make_date(extract(year from dated_on)::integer + years, 12, 31))
  end;

-- Documents of files without a help, each with the rule of its kind. An issued notice is part of the file and goes with it.
create function document_without_help(today date) returns table (
  document_id uuid, case_id uuid, document_kind text, years smallint, counted_from text, source text, with_file boolean, kept_until date
) language sql stable
begin atomic
  select document.id, bare.case_id, document.kind, rule.years, rule.counted_from, rule.source, notice.id is not null,
    kept_by_rule(rule.years, rule.counted_from, bare.end_on, document.dated_on)
  from file_without_help() as bare
  join document on document.case_id = bare.case_id and document.removed_at is null
  join lateral (
    select retention_rule.years, retention_rule.counted_from, retention_rule.source from retention_rule
    where (retention_rule.federal_state = bare.federal_state or retention_rule.federal_state is null)
      and retention_rule.document_kind = document.kind and retention_rule.valid_from <= today
    order by retention_rule.valid_from desc, retention_rule.federal_state nulls last limit 1
  ) as rule on true
  left join notice on notice.document_id = document.id;
end;

-- Files without a help are kept as long as an application, and as any of their documents.
create function bare_file_kept(today date) returns table (
  case_id uuid, youth_authority_id text, client_id uuid, end_on date, kept_until date
) language sql stable
begin atomic
  select bare.case_id, bare.youth_authority_id, bare.client_id, bare.end_on,
    case when bare.end_on is not null then greatest(
      kept_by_rule(rule.years, rule.counted_from, bare.end_on, bare.end_on),
      (select max(kept.kept_until) from document_without_help(today) as kept where kept.case_id = bare.case_id)
    ) end
  from file_without_help() as bare
  join lateral (
    select retention_rule.years, retention_rule.counted_from from retention_rule
    where (retention_rule.federal_state = bare.federal_state or retention_rule.federal_state is null)
      and retention_rule.document_kind = 'application' and retention_rule.valid_from <= today
    order by retention_rule.valid_from desc, retention_rule.federal_state nulls last limit 1
  ) as rule on true;
end;

-- Until when a file (`document_id` null) and each of its documents are kept, and why: for those who may see the case, whoever booked its helps.
create function file_retention(of_case uuid, today date) returns table (
  document_id uuid, rule text, years integer, counted_from text, from_age integer, source text, kept_until date
) language sql stable security definer set search_path = public, pg_temp
begin atomic
  with seen as (
    select "case".id, "case".begin_on, client.birth_date, bare.case_id is null as of_help, bare.kept_until as bare_until
    from "case" left join client on client.id = "case".client_id left join bare_file_kept(today) as bare on bare.case_id = "case".id
    where "case".id = of_case and "case".youth_authority_id = current_youth_authority() and has_role('caseworker')
  )
  select paper.id, 'help', parameter_on('file_retention_years', today)::integer, 'birthday',
    parameter_on('file_retention_from_age', today)::integer, '§ 9b SGB VIII', file_kept_until(seen.birth_date, seen.begin_on, today)
  from seen cross join lateral (
    select null::uuid as id union all select document.id from document where document.case_id = seen.id and document.removed_at is null
  ) as paper
  where seen.of_help
  union all
  select null, 'kind', null, null, null, null, seen.bare_until from seen where not seen.of_help
  union all
  select kept.document_id, 'kind', kept.years, kept.counted_from, null, kept.source,
    case when kept.with_file then seen.bare_until else kept.kept_until end
  from seen join document_without_help(today) as kept on kept.case_id = seen.id
  where not seen.of_help;
end;
revoke execute on function file_retention from public;
grant execute on function file_retention to sojus_app;

-- A run somebody started who found nothing to delete belongs to no authority.
alter table deletion_run alter column youth_authority_id drop not null,
  add column at timestamptz,
  -- null: by the clock
  add column started_by uuid references user_account,
  add constraint deletion_run_of check (youth_authority_id is not null or started_by is not null and files = 0 and documents = 0);
update deletion_run set at = run_on::timestamp at time zone 'Europe/Berlin';
alter table deletion_run alter column at set not null;

-- What went, and by which rule: numbers only. `document_kind` null: whole files.
create table deletion_item (
  deletion_run_id uuid not null references deletion_run on delete cascade,
  rule text not null check (rule in ('help', 'kind', 'by_hand')),
  document_kind text,
  count integer not null check (count > 0),
  constraint deletion_item_once unique nulls not distinct (deletion_run_id, rule, document_kind)
);
alter table deletion_item enable row level security;
grant select on deletion_item to sojus_app;
create policy deletion_item_read on deletion_item for select to sojus_app
  using (exists (select from deletion_run where deletion_run.id = deletion_run_id));
drop policy deletion_run_read on deletion_run;
create policy deletion_run_read on deletion_run for select to sojus_app
  using (has_role('admin') or has_role('controlling') and youth_authority_id = current_youth_authority());

drop function delete_what_is_over(date);

-- Files that are closed and kept long enough go for good, with their documents, the link to their facts, and the person of whom no file is
-- left; so do documents of no help, each by its kind, and what was removed by hand. Tells how many, of each authority that had any.
create function delete_what_is_over(today date, at timestamptz, started_by uuid) returns table (files integer, documents integer)
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  persons uuid[];
begin
  with over as (
    select kept.case_id, kept.youth_authority_id, 'kind' as rule from bare_file_kept(today) as kept where kept.kept_until < today
    union all
    select "case".id, "case".youth_authority_id, 'help'
    from "case" left join client on client.id = "case".client_id
    where "case".end_on < today and file_kept_until(client.birth_date, "case".begin_on, today) < today
      and not exists (select from file_without_help() as bare where bare.case_id = "case".id)
  ),
  papers as (
    select document.id, document.kind, over.youth_authority_id, over.rule from document join over on over.case_id = document.case_id
    union all
    select document.id, document.kind, "case".youth_authority_id, 'by_hand'
    from document join "case" on "case".id = document.case_id
    where document.removed_at < (today - parameter_on('removed_document_days', today)::integer)::timestamp at time zone 'Europe/Berlin'
      and not exists (select from over where over.case_id = document.case_id)
    union all
    select kept.document_id, kept.document_kind, "case".youth_authority_id, 'kind'
    from document_without_help(today) as kept join "case" on "case".id = kept.case_id
    where kept.kept_until < today and not kept.with_file
      and not exists (select from over where over.case_id = kept.case_id)
  ),
  gone_papers as (delete from document where document.id in (select papers.id from papers)),
  gone_files as (delete from "case" where "case".id in (select over.case_id from over) returning "case".client_id),
  counts as (
    select over.youth_authority_id, over.rule, null as document_kind, count(*)::integer as count from over group by over.youth_authority_id, over.rule
    union all
    select papers.youth_authority_id, papers.rule, papers.kind, count(*)::integer from papers
    group by papers.youth_authority_id, papers.rule, papers.kind
  ),
  runs as (
    insert into deletion_run (youth_authority_id, run_on, at, started_by, files, documents)
    select counts.youth_authority_id, today, delete_what_is_over.at, delete_what_is_over.started_by,
      coalesce(sum(counts.count) filter (where counts.document_kind is null), 0),
      coalesce(sum(counts.count) filter (where counts.document_kind is not null), 0)
    from counts group by counts.youth_authority_id
    returning deletion_run.id, deletion_run.youth_authority_id, deletion_run.files, deletion_run.documents
  ),
  items as (
    insert into deletion_item (deletion_run_id, rule, document_kind, count)
    select runs.id, counts.rule, counts.document_kind, counts.count from counts join runs using (youth_authority_id)
  )
  select coalesce((select sum(runs.files) from runs), 0), coalesce((select sum(runs.documents) from runs), 0),
    (select array_agg(gone_files.client_id) from gone_files)
  into files, documents, persons;
  delete from client
  where (client.id = any (persons) or file_kept_until(client.birth_date, client.birth_date, today) < today)
    and not exists (select from "case" where "case".client_id = client.id);
  if started_by is not null and files = 0 and documents = 0 then
    insert into deletion_run (run_on, at, started_by, files, documents) values (today, at, started_by, 0, 0);
  end if;
  return next;
end $$;
revoke execute on function delete_what_is_over from public;
grant execute on function delete_what_is_over to sojus_app;

-- What will be over by a day, by the rules that hold then: numbers by month, for those who read the log of runs.
create function deletion_due(today date, until date) returns table (
  youth_authority_id text, month date, rule text, document_kind text, count integer
) language sql stable security definer set search_path = public, pg_temp
begin atomic
  with mine as (
    select youth_authority.id from youth_authority
    where has_role('admin') or has_role('controlling') and youth_authority.id = current_youth_authority()
  ),
  over as (
    select kept.case_id, kept.youth_authority_id, 'kind' as rule, kept.kept_until + 1 as due_on
    from bare_file_kept(until) as kept where kept.kept_until < until
    union all
    select "case".id, "case".youth_authority_id, 'help', greatest(file_kept_until(client.birth_date, "case".begin_on, until), "case".end_on) + 1
    from "case" left join client on client.id = "case".client_id
    where "case".end_on < until and file_kept_until(client.birth_date, "case".begin_on, until) < until
      and not exists (select from file_without_help() as bare where bare.case_id = "case".id)
  ),
  due as (
    select over.youth_authority_id, over.rule, null as document_kind, over.due_on from over
    union all
    -- with its file at the latest
    select "case".youth_authority_id, coalesce(over.rule, 'kind'), document.kind,
      least(over.due_on, case when not kept.with_file then kept.kept_until + 1 end)
    from document join "case" on "case".id = document.case_id
    left join over on over.case_id = document.case_id
    left join document_without_help(until) as kept on kept.document_id = document.id
    where document.removed_at is null and (over.case_id is not null or kept.kept_until < until and not kept.with_file)
    union all
    select "case".youth_authority_id, 'by_hand', document.kind,
      (document.removed_at at time zone 'Europe/Berlin')::date + parameter_on('removed_document_days', until)::integer + 1
    from document join "case" on "case".id = document.case_id
    where document.removed_at is not null
  )
  select due.youth_authority_id, date_trunc('month', greatest(due.due_on, today))::date as month, due.rule, due.document_kind, count(*)::integer
  from due join mine on mine.id = due.youth_authority_id
  where due.due_on <= until
  group by due.youth_authority_id, month, due.rule, due.document_kind;
end;
revoke execute on function deletion_due from public;
grant execute on function deletion_due to sojus_app;
