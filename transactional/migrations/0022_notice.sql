-- Notices (Bescheide, §§ 31–37 SGB X). In no publication, like everything below.

-- What stands above, and as the seat of the authority within, its notices (§ 33(3), § 36 SGB X).
create table letterhead (
  youth_authority_id text primary key references youth_authority,
  name text not null check (length(name) between 1 and 80),
  office text not null check (length(office) between 1 and 80),
  street text not null check (length(street) between 1 and 80),
  town text not null check (length(town) between 1 and 80),
  telephone text not null default '' check (length(telephone) <= 40),
  email text not null default '' check (length(email) <= 120),
  changed_at timestamptz not null,
  changed_by uuid not null references user_account
);

-- The words of notices, by kind; the newest version that is valid holds for new notices, an issued one keeps its own.
create table notice_template (
  kind text not null check (kind in ('grant', 'change', 'refusal', 'end')),
  version smallint not null check (version > 0),
  valid_from date not null,
  -- {subject, opening, closing, remedies}; {{name}} stands for what is filled in
  words jsonb not null check (jsonb_typeof(words) = 'object'),
  primary key (kind, version)
);

create table notice (
  id uuid primary key default uuidv7(),
  case_id uuid not null references "case" on delete cascade,
  youth_authority_id text not null references youth_authority,
  kind text not null,
  template_version smallint not null,
  service_kind text not null references service_kind,
  -- what it is about, where there is one
  booking_id uuid references booking,
  addressee_name text not null default '' check (length(addressee_name) <= 120),
  addressee_street text not null default '' check (length(addressee_street) <= 120),
  addressee_town text not null default '' check (length(addressee_town) <= 120),
  -- the day of a change or of the end
  effective_on date,
  reasons text not null default '' check (length(reasons) <= 8000),
  state text not null default 'draft' check (state in ('draft', 'issued')),
  -- number and year within the authority; a correction has those of the notice it takes the place of, and the next version
  year smallint,
  number integer check (number > 0),
  version smallint not null default 1 check (version > 0),
  corrects uuid references notice,
  document_id uuid unique references document,
  drafted_at timestamptz not null,
  drafted_by uuid not null references user_account,
  changed_at timestamptz not null,
  issued_on date,
  issued_by uuid references user_account,
  foreign key (kind, template_version) references notice_template,
  constraint notice_corrected unique (corrects),
  constraint notice_number_taken unique (youth_authority_id, year, number, version),
  constraint notice_is_issued check ((state = 'issued') = (document_id is not null) and (state = 'issued') = (issued_on is not null)
    and (state = 'issued') = (issued_by is not null) and (state = 'draft' or number is not null)),
  constraint notice_complete check (state = 'draft' or addressee_name <> '' and addressee_street <> '' and addressee_town <> '' and reasons <> ''),
  constraint notice_effective check (state = 'draft' or kind not in ('change', 'end') or effective_on is not null)
);
create index notice_case on notice (case_id, id);

create table notice_counter (
  youth_authority_id text not null references youth_authority,
  year smallint not null,
  last integer not null,
  primary key (youth_authority_id, year)
);

-- The next number of a year, without gaps: the row is locked until the notice is there, or is not.
create function next_notice_number(of_year integer) returns integer language sql volatile security definer set search_path = public, pg_temp
begin atomic
  insert into notice_counter (youth_authority_id, year, last) values (current_youth_authority(), of_year, 1)
  on conflict (youth_authority_id, year) do update set last = notice_counter.last + 1
  returning last;
end;
revoke execute on function next_notice_number from public;
grant execute on function next_notice_number to sojus_app;

-- Once issued it stays as it is.
create function keep_issued_notice() returns trigger language plpgsql as $$
begin
  if old.state = 'issued' then perform refuse('notice_issued', 'an issued notice stays'); end if;
  return new;
end $$;
create trigger notice_stays before update on notice for each row execute function keep_issued_notice();

-- A correction names an issued notice of the same case and kind.
create function check_notice_correction() returns trigger language plpgsql as $$
begin
  if new.corrects is not null and not exists (
    select from notice as former
    where former.id = new.corrects and former.case_id = new.case_id and former.kind = new.kind and former.state = 'issued'
      and former.version = new.version - 1 and former.number = new.number and former.year = new.year
  ) then
    perform refuse('notice_correction', 'only an issued notice of the same case is corrected');
  end if;
  return new;
end $$;
create trigger notice_correction before insert on notice for each row execute function check_notice_correction();

-- What was issued is not taken out of the file.
create function check_document_of_notice() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if exists (select from notice where document_id = new.id) then
    perform refuse('document_of_notice', 'an issued notice stays in the file');
  end if;
  return new;
end $$;
create trigger document_of_notice before update of removed_at on document
  for each row when (new.removed_at is not null) execute function check_document_of_notice();

alter table letterhead enable row level security;
alter table notice_template enable row level security;
alter table notice enable row level security;
alter table notice_counter enable row level security;
grant select, insert on letterhead to sojus_app;
grant update (name, office, street, town, telephone, email, changed_at, changed_by) on letterhead to sojus_app;
grant select on notice_template to sojus_app;
grant select, insert, delete on notice to sojus_app;
grant update (addressee_name, addressee_street, addressee_town, effective_on, reasons, state, year, number, document_id, changed_at, issued_on,
  issued_by) on notice to sojus_app;

create policy letterhead_read on letterhead for select to sojus_app using (youth_authority_id = current_youth_authority());
create policy letterhead_add on letterhead for insert to sojus_app
  with check (youth_authority_id = current_youth_authority() and has_role('caseworker') and changed_by = current_account());
create policy letterhead_change on letterhead for update to sojus_app
  using (youth_authority_id = current_youth_authority() and has_role('caseworker')) with check (changed_by = current_account());
create policy notice_template_read on notice_template for select to sojus_app using (true);
-- follows the rights on the case: the subquery runs under its policies
create policy notice_read on notice for select to sojus_app
  using (has_role('caseworker') and exists (select from "case" where "case".id = case_id));
create policy notice_draft on notice for insert to sojus_app
  with check (has_role('caseworker') and youth_authority_id = current_youth_authority() and state = 'draft'
    and drafted_by = current_account() and exists (select from "case" where "case".id = case_id));
create policy notice_change on notice for update to sojus_app
  using (has_role('caseworker') and exists (select from "case" where "case".id = case_id))
  with check (state = 'draft' or issued_by = current_account());
create policy notice_discard on notice for delete to sojus_app
  using (has_role('caseworker') and state = 'draft' and exists (select from "case" where "case".id = case_id));

insert into notice_template (kind, version, valid_from, words) values
('grant', 1, '2000-01-01', jsonb_build_object(
  'subject', 'Bewilligung: {{help}} nach {{legal_basis}}',
  'opening', 'auf Ihren Antrag bewilligen wir für {{client}}, geboren am {{birth_date}}, diese Hilfe:',
  'closing', E'Die Hilfe endet mit dem letzten Tag des Zeitraums, ohne dass es eines weiteren Bescheids bedarf. Über eine Verlängerung entscheiden wir auf Grundlage des Hilfeplans (§ 36 Absatz 2 SGB VIII).\n\n{{cost_contribution}}',
  'remedies', 'Gegen diesen Bescheid können Sie innerhalb eines Monats nach seiner Bekanntgabe Widerspruch erheben. Der Widerspruch ist schriftlich, in elektronischer Form (§ 3a Absatz 2 VwVfG), schriftformersetzend (§ 3a Absatz 3 VwVfG und § 9a Absatz 5 OZG) oder zur Niederschrift bei {{authority}}, {{seat}}, zu erheben (§ 70 Absatz 1 VwGO).')),
('change', 1, '2000-01-01', jsonb_build_object(
  'subject', 'Änderung: {{help}} nach {{legal_basis}}',
  'opening', 'die für {{client}}, geboren am {{birth_date}}, bewilligte Hilfe ändern wir mit Wirkung vom {{effective_on}} (§ 48 Absatz 1 SGB X). Ab diesem Tag gilt:',
  'closing', E'Im Übrigen bleibt es bei der bisherigen Bewilligung.\n\n{{cost_contribution}}',
  'remedies', 'Gegen diesen Bescheid können Sie innerhalb eines Monats nach seiner Bekanntgabe Widerspruch erheben. Der Widerspruch ist schriftlich, in elektronischer Form (§ 3a Absatz 2 VwVfG), schriftformersetzend (§ 3a Absatz 3 VwVfG und § 9a Absatz 5 OZG) oder zur Niederschrift bei {{authority}}, {{seat}}, zu erheben (§ 70 Absatz 1 VwGO).')),
('refusal', 1, '2000-01-01', jsonb_build_object(
  'subject', 'Ablehnung: {{help}} nach {{legal_basis}}',
  'opening', 'Ihren Antrag auf {{help}} nach {{legal_basis}} für {{client}}, geboren am {{birth_date}}, lehnen wir ab.',
  'closing', 'Sie können sich jederzeit erneut beraten lassen und einen neuen Antrag stellen.',
  'remedies', 'Gegen diesen Bescheid können Sie innerhalb eines Monats nach seiner Bekanntgabe Widerspruch erheben. Der Widerspruch ist schriftlich, in elektronischer Form (§ 3a Absatz 2 VwVfG), schriftformersetzend (§ 3a Absatz 3 VwVfG und § 9a Absatz 5 OZG) oder zur Niederschrift bei {{authority}}, {{seat}}, zu erheben (§ 70 Absatz 1 VwGO).')),
('end', 1, '2000-01-01', jsonb_build_object(
  'subject', 'Einstellung: {{help}} nach {{legal_basis}}',
  'opening', 'die für {{client}}, geboren am {{birth_date}}, bewilligte Hilfe stellen wir mit Ablauf des {{effective_on}} ein. Für die Zeit danach heben wir die Bewilligung auf (§ 48 Absatz 1 SGB X). Es geht um diese Hilfe:',
  'closing', 'Wird später wieder Hilfe gebraucht, beraten wir Sie gern und nehmen einen neuen Antrag entgegen.',
  'remedies', 'Gegen diesen Bescheid können Sie innerhalb eines Monats nach seiner Bekanntgabe Widerspruch erheben. Der Widerspruch ist schriftlich, in elektronischer Form (§ 3a Absatz 2 VwVfG), schriftformersetzend (§ 3a Absatz 3 VwVfG und § 9a Absatz 5 OZG) oder zur Niederschrift bei {{authority}}, {{seat}}, zu erheben (§ 70 Absatz 1 VwGO).'));
