-- What is written about a change of authority is kept while it is written, as about a case: for caseworkers of both authorities, until it is
-- answered.
alter table draft add column authority_change_id uuid references authority_change on delete cascade;
create index draft_authority_change on draft (authority_change_id) where authority_change_id is not null;

drop policy draft_own on draft;
create policy draft_own on draft to sojus_app using (user_account_id = current_account()
  and (case_id is null or exists (select from "case" where "case".id = draft.case_id))
  and (reservation_id is null or exists (select from reservation where reservation.id = draft.reservation_id))
  and (authority_change_id is null or exists (select from authority_change where authority_change.id = draft.authority_change_id)));

create function forget_drafts_of_authority_change() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  delete from draft where authority_change_id = new.id;
  return null;
end $$;
create trigger answer_forgets_drafts after update of state on authority_change for each row
  when (old.state = 'announced' and new.state <> 'announced') execute function forget_drafts_of_authority_change();
revoke execute on function forget_drafts_of_authority_change from public;
