-- Professionals from outside (§ 36(2) SGB VIII) have no account: whoever leads the consultation records what they said, on their behalf.
alter table consultation_vote add column recorded_by uuid references user_account;
grant update (recorded_by) on consultation_vote to sojus_app;

alter policy consultation_vote_own on consultation_vote with check (recorded_by is null and exists (
  select from consultation_participant where consultation_participant.id = participant_id and user_account_id = current_account()));
alter policy consultation_vote_change on consultation_vote with check (recorded_by is null and exists (
  select from consultation_participant where consultation_participant.id = participant_id and user_account_id = current_account()));

-- the subquery runs under the policies of consultation and "case"
create function leads_vote_of(of_participant uuid) returns boolean language sql stable
begin atomic
  select exists (
    select from consultation_participant as external join consultation on consultation.id = consultation_id
    where external.id = of_participant and external.user_account_id is null
      and (opened_by = current_account() or exists (select from "case" where "case".id = case_id and caseworker_id = current_account()))
  );
end;
create policy consultation_vote_external on consultation_vote for insert to sojus_app
  with check (recorded_by = current_account() and leads_vote_of(participant_id));
create policy consultation_vote_external_change on consultation_vote for update to sojus_app
  using (leads_vote_of(participant_id)) with check (recorded_by = current_account() and leads_vote_of(participant_id));

-- Pocket money (Barbetrag) as it was shown when a place was reserved, whatever the table says later. It follows from an age: in no publication.
create table reservation_pocket_money (
  reservation_id uuid primary key references reservation on delete cascade,
  -- in the first month, were it whole
  monthly_cents integer not null check (monthly_cents >= 0),
  total_cents bigint not null check (total_cents between 0 and 1000000000),
  -- of the table
  valid_from date not null,
  source text not null check (length(source) between 3 and 200)
);
alter table reservation_pocket_money enable row level security;
grant select, insert on reservation_pocket_money to sojus_app;
-- the subquery runs under the policies of reservation
create policy reservation_pocket_money_read on reservation_pocket_money for select to sojus_app
  using (has_role('caseworker', 'finance')
    and exists (select from reservation where reservation.id = reservation_id and youth_authority_id = current_youth_authority()));
create policy reservation_pocket_money_keep on reservation_pocket_money for insert to sojus_app
  with check (has_role('caseworker')
    and exists (select from reservation where reservation.id = reservation_id and youth_authority_id = current_youth_authority()));
