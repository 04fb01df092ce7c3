-- What is read of a facility before a place is reserved there (domain.md 4.4), maintained by its provider. In no publication.
create table facility_dossier (
  facility_id uuid primary key references facility,
  -- § 45 SGB VIII
  operating_licence_on date,
  -- §§ 78b, 78c SGB VIII
  service_description_on date,
  agreement_on date,
  operating_days_week smallint not null default 7 check (operating_days_week between 1 and 7),
  operating_days_year smallint not null default 365 check (operating_days_year between 1 and 366)
);

-- Pocket money (Barbetrag, § 39(2) SGB VIII) a month by age, as the authority named by the law of a state sets it from a day on.
create table pocket_money (
  federal_state text not null references federal_state,
  valid_from date not null,
  age_from smallint not null check (age_from between 0 and 27),
  age_to smallint not null,
  amount_cents integer not null check (amount_cents between 0 and 100000),
  source text not null check (length(source) between 3 and 200),
  primary key (federal_state, valid_from, age_from),
  constraint pocket_money_ages check (age_to between age_from and 27),
  constraint pocket_money_no_overlap exclude using gist (federal_state with =, valid_from with =, int4range(age_from, age_to, '[]') with &&)
);

alter table facility_dossier enable row level security;
alter table pocket_money enable row level security;
grant select, insert, update on facility_dossier to sojus_app;
grant select, insert, delete on pocket_money to sojus_app;
create policy facility_dossier_read on facility_dossier for select to sojus_app using (true);
create policy facility_dossier_insert on facility_dossier for insert to sojus_app
  with check (has_role('admin') or has_role('provider') and exists (select from facility where facility.id = facility_id and provider_id = current_provider()));
create policy facility_dossier_change on facility_dossier for update to sojus_app
  using (has_role('admin') or has_role('provider') and exists (select from facility where facility.id = facility_id and provider_id = current_provider()));
create policy pocket_money_read on pocket_money for select to sojus_app using (true);
create policy pocket_money_set on pocket_money for insert to sojus_app with check (has_role('admin'));
create policy pocket_money_unset on pocket_money for delete to sojus_app using (has_role('admin'));
