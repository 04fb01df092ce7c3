-- Every longer form is kept while it is written. What it is about tells who may still see it: a draft holds social data, and nobody reads
-- what he wrote about a case that is no longer his authority's, or about a request that is no longer his to answer.
alter table draft drop constraint draft_form_check;
delete from draft where form = 'notice';
alter table draft
  add constraint draft_form check (form in ('selection', 'case', 'care_plan', 'review', 'consultation', 'step')),
  -- of what an authority writes about a case
  add column case_id uuid references "case" on delete cascade,
  -- of a provider's answer
  add column reservation_id uuid references reservation on delete cascade;
create index draft_case on draft (case_id) where case_id is not null;
create index draft_reservation on draft (reservation_id) where reservation_id is not null;

drop policy draft_own on draft;
create policy draft_own on draft to sojus_app using (user_account_id = current_account()
  and (case_id is null or exists (select from "case" where "case".id = draft.case_id))
  and (reservation_id is null or exists (select from reservation where reservation.id = draft.reservation_id)));

create function forget_drafts_of_case() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  delete from draft where case_id = new.id;
  return null;
end $$;
create trigger case_closed_forgets_drafts after update of end_on on "case" for each row
  when (new.end_on is not null and new.end_on is distinct from old.end_on) execute function forget_drafts_of_case();

-- answered, withdrawn or expired: there is nothing left to answer
create function forget_drafts_of_reservation() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  delete from draft where reservation_id = new.id;
  return null;
end $$;
create trigger answer_forgets_drafts after update of state on reservation for each row
  when (old.state = 'requested' and new.state <> 'requested') execute function forget_drafts_of_reservation();

create function forget_drafts_of_account() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  delete from draft where user_account_id = new.id;
  return null;
end $$;
create trigger account_forgets_drafts after update of active, youth_authority_id, provider_id on user_account for each row
  when (not new.active or (new.youth_authority_id, new.provider_id) is distinct from (old.youth_authority_id, old.provider_id))
  execute function forget_drafts_of_account();
revoke execute on function forget_drafts_of_case, forget_drafts_of_reservation, forget_drafts_of_account from public;
