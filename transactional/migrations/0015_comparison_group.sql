-- Whom an authority is compared with. A grouping says by what authorities are alike (size class, social structure); in each of them an
-- authority belongs to one group at most.
create table comparison_grouping (
  id integer generated always as identity primary key,
  name text not null check (length(name) between 1 and 60),
  explanation text not null check (length(explanation) between 1 and 300)
);
create unique index comparison_grouping_name_taken on comparison_grouping (lower(name));

-- Addresses name a group by its number: numbers are never used again.
create table comparison_group (
  id integer generated always as identity primary key,
  grouping_id integer not null references comparison_grouping on delete cascade,
  name text not null check (length(name) between 1 and 60),
  unique (id, grouping_id)
);
create unique index comparison_group_name_taken on comparison_group (grouping_id, lower(name));

create table comparison_group_member (
  group_id integer not null,
  grouping_id integer not null,
  youth_authority_id text not null constraint comparison_group_member_unknown references youth_authority,
  constraint comparison_group_member_one_each primary key (grouping_id, youth_authority_id),
  foreign key (group_id, grouping_id) references comparison_group (id, grouping_id) on delete cascade
);
create index comparison_group_member_group on comparison_group_member (group_id);

do $$
declare
  defined text;
begin
  foreach defined in array array['comparison_grouping', 'comparison_group', 'comparison_group_member'] loop
    execute format('alter table %I enable row level security', defined);
    execute format('grant select, insert, delete on %I to sojus_app', defined);
    execute format('create policy %I on %I for select to sojus_app using (current_account() is not null)', defined || '_read', defined);
    execute format('create policy %I on %I for insert to sojus_app with check (has_role(''admin''))', defined || '_define', defined);
    execute format('create policy %I on %I for update to sojus_app using (has_role(''admin''))', defined || '_change', defined);
    execute format('create policy %I on %I for delete to sojus_app using (has_role(''admin''))', defined || '_delete', defined);
    -- published as 0009_publication.sql has it
    execute format('alter table %I replica identity full', defined);
    execute format('create trigger %I before truncate on %I execute function refuse_truncate()', defined || '_no_truncate', defined);
    execute format('alter table %I enable always trigger %I', defined, defined || '_no_truncate');
    execute format('grant select on %I to sojus_ingest', defined);
    execute format('create policy %I on %I for select to sojus_ingest using (true)', defined || '_ingest', defined);
  end loop;
end $$;
grant update (name, explanation) on comparison_grouping to sojus_app;
grant update (name) on comparison_group to sojus_app;

-- How many saved evaluations and published views name a group as their area, whoever's they are: told before it is deleted.
create function comparison_group_uses(group_id integer) returns integer language sql stable security definer set search_path = public, pg_temp
begin atomic
  select count(*)::integer from (
    select from evaluation where definition ->> 'area' = 'g' || group_id
    union all
    select from published_view where view ->> 'area' = 'g' || group_id
  ) as uses where has_role('admin');
end;
revoke execute on function comparison_group_uses from public;
grant execute on function comparison_group_uses to sojus_app;

alter publication sojus_facts add table comparison_grouping, comparison_group, comparison_group_member;
