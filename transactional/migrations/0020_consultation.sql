-- Several professionals consider together which help fits (§ 36(2) SGB VIII). Words about persons: in no publication, and only the
-- authority's caseworkers read them. They go with the file.
create table consultation (
  id uuid primary key default uuidv7(),
  youth_authority_id text not null references youth_authority,
  case_id uuid not null references "case" on delete cascade,
  -- the help it is about; null: the case as a whole
  reservation_id uuid references reservation on delete cascade,
  question text not null check (length(question) between 1 and 2000),
  held_on date not null,
  opened_by uuid not null references user_account,
  opened_at timestamptz not null,
  decision text check (decision in ('agreed', 'agreed_with_conditions', 'other_help', 'no_help', 'postponed')),
  decision_reason text check (length(decision_reason) between 1 and 4000),
  decided_by uuid references user_account,
  decided_at timestamptz,
  constraint consultation_decision_whole check (num_nulls(decision, decision_reason, decided_by, decided_at) in (0, 4))
);
create index consultation_case on consultation (case_id);

-- A colleague with an account, who votes, or somebody from outside by name.
create table consultation_participant (
  id uuid primary key default uuidv7(),
  consultation_id uuid not null references consultation on delete cascade,
  user_account_id uuid references user_account,
  name text check (length(name) between 1 and 120),
  function text not null check (length(function) between 1 and 120),
  constraint consultation_participant_who check ((user_account_id is null) <> (name is null)),
  constraint consultation_participant_once unique (consultation_id, user_account_id)
);
create index consultation_participant_account on consultation_participant (user_account_id);

create table consultation_vote (
  participant_id uuid primary key references consultation_participant on delete cascade,
  vote text not null check (vote in ('agree', 'reject', 'abstain')),
  statement text check (length(statement) between 1 and 2000),
  voted_at timestamptz not null,
  constraint consultation_vote_reason check (vote <> 'reject' or statement is not null)
);

create function check_consultation_of_case() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if not exists (select from "case" where id = new.case_id and youth_authority_id = new.youth_authority_id) then
    perform refuse('case_unknown', 'unknown case');
  end if;
  if new.reservation_id is not null and not exists (
    select from reservation join case_link on case_link.case_key = reservation.case_key
    where reservation.id = new.reservation_id and case_link.case_id = new.case_id
  ) then
    perform refuse('consultation_of_case', 'the reservation belongs to the case');
  end if;
  return new;
end $$;
create trigger consultation_of_case before insert on consultation for each row execute function check_consultation_of_case();

-- What was decided stays as it was decided, with everything it rests on.
create function keep_consultation() returns trigger language plpgsql as $$
begin
  if old.decided_at is not null then
    perform refuse('consultation_decided', 'a decided consultation stays as it is');
  end if;
  if (new.id, new.youth_authority_id, new.case_id, new.reservation_id, new.question, new.held_on, new.opened_by, new.opened_at) is distinct from
     (old.id, old.youth_authority_id, old.case_id, old.reservation_id, old.question, old.held_on, old.opened_by, old.opened_at) then
    perform refuse('consultation_decided', 'what is considered stays');
  end if;
  if (select count(*) from consultation_participant where consultation_id = new.id) < 2 then
    perform refuse('consultation_alone', 'a consultation has at least two participants');
  end if;
  return new;
end $$;
create trigger consultation_kept before update on consultation for each row execute function keep_consultation();

-- Waits for a decision that is just being recorded.
create function check_consultation_open(of_consultation uuid) returns void language plpgsql security definer set search_path = public, pg_temp as $$
declare
  decided timestamptz;
begin
  select decided_at into decided from consultation where id = of_consultation for share;
  if decided is not null then
    perform refuse('consultation_decided', 'a decided consultation stays as it is');
  end if;
end $$;
revoke execute on function check_consultation_open from public;

create function check_participant() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  perform check_consultation_open(new.consultation_id);
  if new.user_account_id is not null and not exists (
    select from user_account join user_role on user_account_id = user_account.id
    where user_account.id = new.user_account_id and active and role = 'caseworker'
      and youth_authority_id = (select youth_authority_id from consultation where id = new.consultation_id)
  ) then
    perform refuse('consultation_colleague_unknown', 'a colleague of the authority is invited');
  end if;
  return new;
end $$;
create trigger consultation_participant_known before insert or update on consultation_participant for each row execute function check_participant();

create function check_vote() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  perform check_consultation_open((select consultation_id from consultation_participant where id = new.participant_id));
  return new;
end $$;
create trigger consultation_vote_open before insert or update on consultation_vote for each row execute function check_vote();

alter table consultation enable row level security;
alter table consultation_participant enable row level security;
alter table consultation_vote enable row level security;
grant select, insert on consultation, consultation_participant to sojus_app;
grant update (decision, decision_reason, decided_by, decided_at) on consultation to sojus_app;
grant select, insert on consultation_vote to sojus_app;
grant update (vote, statement, voted_at) on consultation_vote to sojus_app;

create policy consultation_read on consultation for select to sojus_app
  using (youth_authority_id = current_youth_authority() and has_role('caseworker'));
create policy consultation_open on consultation for insert to sojus_app
  with check (youth_authority_id = current_youth_authority() and has_role('caseworker') and opened_by = current_account() and decided_at is null);
-- by whoever opened it, or leads the case now
create policy consultation_decide on consultation for update to sojus_app
  using (youth_authority_id = current_youth_authority() and has_role('caseworker')
    and (opened_by = current_account() or exists (select from "case" where "case".id = case_id and caseworker_id = current_account())))
  with check (decided_by = current_account());
-- the subqueries run under the policies of consultation
create policy consultation_participant_read on consultation_participant for select to sojus_app
  using (exists (select from consultation where consultation.id = consultation_id));
create policy consultation_participant_invite on consultation_participant for insert to sojus_app
  with check (exists (
    select from consultation where consultation.id = consultation_id
      and (opened_by = current_account() or exists (select from "case" where "case".id = consultation.case_id and caseworker_id = current_account()))));
create policy consultation_vote_read on consultation_vote for select to sojus_app
  using (exists (select from consultation_participant where consultation_participant.id = participant_id));
create policy consultation_vote_own on consultation_vote for insert to sojus_app
  with check (exists (select from consultation_participant where consultation_participant.id = participant_id and user_account_id = current_account()));
create policy consultation_vote_change on consultation_vote for update to sojus_app
  using (exists (select from consultation_participant where consultation_participant.id = participant_id and user_account_id = current_account()));
