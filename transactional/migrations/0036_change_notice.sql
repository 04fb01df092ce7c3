-- Caseworkers of the authority that is asked to go on with a case hear of it in their inbox, and whoever announced it of the answer. What
-- is withdrawn before it was answered disappears again. Titles name authorities and days, no person.
alter table inbox_item add column authority_change_id uuid references authority_change on delete cascade;
create index inbox_item_authority_change on inbox_item (authority_change_id) where authority_change_id is not null;

-- of which state its readers were told
alter table authority_change add column told_state text check (told_state in ('announced', 'accepted', 'declined', 'withdrawn'));
update authority_change set told_state = state where state <> 'announced';
create index authority_change_to_tell on authority_change (id) where told_state is distinct from state;

-- The notices and the mark that they were given are one transaction.
create function tell_of_changes(at timestamptz, mails boolean, keep_days integer) returns integer
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  change record;
  told integer := 0;
  found integer;
begin
  for change in
    select authority_change.*, former.name as former, next.name as next
    from authority_change join youth_authority as former on former.id = youth_authority_id join youth_authority as next on next.id = to_authority_id
    where told_state is distinct from state order by authority_change.id for update of authority_change skip locked
  loop
    if change.state = 'withdrawn' then delete from inbox_item where authority_change_id = change.id; end if;
    insert into inbox_item (user_account_id, authority_change_id, title, received_at, expires_at, mail, next_mail_at)
    select account.id, change.id,
      left(case change.state
        when 'announced' then format('Zuständigkeitswechsel zum %s: %s bittet um Fortsetzung', to_char(change.change_on, 'DD.MM.YYYY'), change.former)
        when 'accepted' then format('Zuständigkeitswechsel: %s setzt ab %s fort', change.next, to_char(change.continued_on, 'DD.MM.YYYY'))
        else format('Zuständigkeitswechsel zum %s: %s lehnt ab', to_char(change.change_on, 'DD.MM.YYYY'), change.next)
      end, 120),
      at, at + make_interval(days => keep_days),
      case when reachable then 'due' else 'none' end, case when reachable then at end
    from user_account as account
    cross join lateral (select mails and exists (select from email_address where user_account_id = account.id) as reachable) as addressed
    where active and case change.state
      when 'announced' then account.youth_authority_id = change.to_authority_id
        and exists (select from user_role where user_account_id = account.id and role = 'caseworker')
      when 'withdrawn' then false
      -- who recorded the answer of an authority without the portal knows it
      else account.id = change.announced_by and account.id <> change.answered_by
    end;
    get diagnostics found = row_count;
    told := told + found;
    update authority_change set told_state = change.state where id = change.id;
  end loop;
  return told;
end $$;
revoke execute on function tell_of_changes from public;
grant execute on function tell_of_changes to sojus_app;
