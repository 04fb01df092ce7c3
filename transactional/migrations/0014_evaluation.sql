-- Saved evaluations: what is asked, never an answer. Whoever may read one asks it in their own rights. In no publication.
create table evaluation (
  id uuid primary key default uuidv7(),
  name text not null check (length(name) between 1 and 80),
  -- the query of GET /api/evaluation
  definition jsonb not null check (jsonb_typeof(definition) = 'object' and length(definition::text) <= 4000),
  owner_id uuid not null references user_account on delete cascade,
  shared text not null default 'nobody' check (shared in ('nobody', 'authority', 'all')),
  -- the authority it is shared with: the owner's when it was
  youth_authority_id text references youth_authority,
  changed_at timestamptz not null default now(),
  constraint evaluation_without_authority check (shared <> 'authority' or youth_authority_id is not null)
);
create index evaluation_owner on evaluation (owner_id);
create index evaluation_shared on evaluation (shared, youth_authority_id) where shared <> 'nobody';

alter table evaluation enable row level security;
grant select, insert, delete on evaluation to sojus_app;
grant update (name, definition, shared, youth_authority_id, changed_at) on evaluation to sojus_app;
create policy evaluation_read on evaluation for select to sojus_app using (
  has_role('controlling', 'politics', 'ministry', 'finance', 'caseworker') and current_account() is not null
  and (owner_id = current_account() or shared = 'all' or shared = 'authority' and youth_authority_id = current_youth_authority()));
create policy evaluation_save on evaluation for insert to sojus_app
  with check (owner_id = current_account() and has_role('controlling', 'politics', 'ministry')
    and (youth_authority_id is null or youth_authority_id = current_youth_authority()));
create policy evaluation_change on evaluation for update to sojus_app
  using (owner_id = current_account() and has_role('controlling', 'politics', 'ministry'))
  with check (owner_id = current_account() and (youth_authority_id is null or youth_authority_id = current_youth_authority()));
create policy evaluation_delete on evaluation for delete to sojus_app using (owner_id = current_account());

create function check_evaluation_count() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  perform refuse_old_snapshot();
  perform from user_account where id = new.owner_id for no key update;
  if (select count(*) from evaluation where owner_id = new.owner_id) > 100 then
    perform refuse('evaluation_count', 'at most 100 evaluations of one owner');
  end if;
  return null;
end $$;
create trigger evaluation_count after insert on evaluation for each row execute function check_evaluation_count();

-- What a reader keeps on the overview, in this order.
create table evaluation_pin (
  user_account_id uuid not null references user_account on delete cascade,
  evaluation_id uuid not null references evaluation on delete cascade,
  position smallint not null check (position between 1 and 4),
  primary key (user_account_id, evaluation_id),
  unique (user_account_id, position)
);
create index evaluation_pin_evaluation on evaluation_pin (evaluation_id);

alter table evaluation_pin enable row level security;
grant select, insert, delete on evaluation_pin to sojus_app;
-- the subquery runs under the policies of evaluation: what is no longer shared is no longer seen
create policy evaluation_pin_own on evaluation_pin to sojus_app
  using (user_account_id = current_account())
  with check (user_account_id = current_account() and exists (select from evaluation where evaluation.id = evaluation_id));
