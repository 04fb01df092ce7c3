-- Who is given a case hears of it in the inbox, and so does whose case a colleague gave away; nobody is told what he did himself. One action
-- is one notice, however many cases it was. Titles name nobody: which cases it was is read by the reader's own rights.
alter table inbox_item add column case_handover_id uuid references case_handover on delete cascade;
create index inbox_item_case_handover on inbox_item (case_handover_id) where case_handover_id is not null;

-- when those it concerns were told; null: nobody was yet
alter table case_handover add column told_at timestamptz;
-- that it was told does not depend on whether the colleague is still there
drop trigger handover_to_colleague on case_handover;
create trigger handover_to_colleague before insert or update of case_id, to_id on case_handover for each row execute function check_handover();
create index case_handover_to_tell on case_handover (id) where told_at is null;
-- the cases of one action
create index case_handover_action on case_handover (handed_by, handed_at);

-- The notices and the mark that they were given are one transaction. What happened more than a week ago is marked alone.
create function tell_of_handovers(at timestamptz, mails boolean, keep_days integer) returns integer
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  told integer;
begin
  with handed as (
    update case_handover set told_at = tell_of_handovers.at
    -- who looks at the same time waits: the cases of one action stay together
    where id in (select id from case_handover where told_at is null order by id for update)
    returning *
  ),
  concerned as (
    select id, handed_by, handed_at, to_id as account_id, true as is_given from handed where to_id <> handed_by
    union all
    select id, handed_by, handed_at, from_id, false from handed where from_id <> handed_by
  ),
  action as (
    select account_id, is_given, (array_agg(id order by id))[1] as case_handover_id, count(*) as cases
    from concerned where handed_at > tell_of_handovers.at - interval '7 days'
    group by account_id, is_given, handed_by, handed_at
  )
  insert into inbox_item (user_account_id, case_handover_id, title, received_at, expires_at, mail, next_mail_at)
  select account.id, case_handover_id,
    case
      when is_given and cases = 1 then 'Ein Fall ist an Sie übergeben'
      when is_given then format('%s Fälle sind an Sie übergeben', cases)
      when cases = 1 then 'Ein Fall von Ihnen ist jetzt bei einer anderen Fachkraft'
      else format('%s Fälle von Ihnen sind jetzt bei einer anderen Fachkraft', cases)
    end,
    tell_of_handovers.at, tell_of_handovers.at + make_interval(days => keep_days),
    case when reachable then 'due' else 'none' end, case when reachable then tell_of_handovers.at end
  from action
  join user_account as account on account.id = account_id and active
  cross join lateral (select mails and exists (select from email_address where user_account_id = account.id) as reachable) as addressed;
  get diagnostics told = row_count;
  return told;
end $$;
revoke execute on function tell_of_handovers from public;
grant execute on function tell_of_handovers to sojus_app;
