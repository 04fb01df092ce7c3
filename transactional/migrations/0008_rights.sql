-- sojus_app runs the service, sojus_ingest reads what is published; both exist before the first migration.
grant usage on schema public to sojus_app, sojus_ingest;
grant select on federal_state, region, population, youth_authority, service_module, service_kind, specialisation, parameter, budget,
  provider, provider_contact, facility, facility_contact, offer, offer_rate, user_role, access_counter to sojus_app;
grant select, insert, update on user_account, client, "case", booking, search, search_request, invoice, invoice_line to sojus_app;
grant select, insert on payment, payment_line, care_plan_review, rating, sign_in, case_link to sojus_app;
grant update (user_account_id, succeeded, throttled) on sign_in to sojus_app;
grant select, insert, update, delete on session to sojus_app;
grant select, insert, update on idempotency_key to sojus_app;
grant update on access_counter to sojus_app;
grant insert, delete on user_role to sojus_app;
grant insert, update on budget, provider, provider_contact, facility, facility_contact, offer, offer_rate, population, parameter to sojus_app;

alter table user_account enable row level security;
alter table user_role enable row level security;
alter table idempotency_key enable row level security;
alter table client enable row level security;
alter table "case" enable row level security;
alter table case_link enable row level security;
alter table booking enable row level security;
alter table search enable row level security;
alter table search_request enable row level security;
alter table invoice enable row level security;
alter table invoice_line enable row level security;
alter table payment enable row level security;
alter table payment_line enable row level security;
alter table care_plan_review enable row level security;
alter table rating enable row level security;
alter table budget enable row level security;
alter table population enable row level security;
alter table parameter enable row level security;
alter table provider enable row level security;
alter table provider_contact enable row level security;
alter table facility enable row level security;
alter table facility_contact enable row level security;
alter table offer enable row level security;
alter table offer_rate enable row level security;

-- read before anybody is signed in; changed by oneself (password) or an administrator
create policy user_account_read on user_account for select to sojus_app using (true);
create policy user_account_create on user_account for insert to sojus_app with check (has_role('admin'));
create policy user_account_change on user_account for update to sojus_app using (id = current_account() or has_role('admin'));
create policy user_role_read on user_role for select to sojus_app using (true);
create policy user_role_grant on user_role for insert to sojus_app with check (has_role('admin'));
create policy user_role_revoke on user_role for delete to sojus_app using (has_role('admin'));
create policy idempotency_key_own on idempotency_key to sojus_app using (user_account_id = current_account());

create policy client_read on client for select to sojus_app
  using (youth_authority_id = current_youth_authority() and has_role('caseworker', 'finance'));
create policy client_create on client for insert to sojus_app
  with check (youth_authority_id = current_youth_authority() and has_role('caseworker'));
create policy client_change on client for update to sojus_app
  using (youth_authority_id = current_youth_authority() and has_role('caseworker'));

create policy case_read on "case" for select to sojus_app
  using (youth_authority_id = current_youth_authority() and has_role('caseworker', 'finance'));
create policy case_create on "case" for insert to sojus_app
  with check (youth_authority_id = current_youth_authority() and has_role('caseworker'));
create policy case_change on "case" for update to sojus_app
  using (youth_authority_id = current_youth_authority() and has_role('caseworker'));

-- follows the rights on the case: the subquery runs under the same policies; exists looks up one case, "in" would read all of them
create policy case_link_read on case_link for select to sojus_app using (exists (select from "case" where "case".id = case_id));
create policy case_link_create on case_link for insert to sojus_app
  with check (has_role('caseworker') and exists (select from "case" where "case".id = case_id));

create policy booking_read on booking for select to sojus_app
  using (youth_authority_id = current_youth_authority() and has_role('caseworker', 'finance') or provider_id = current_provider() and has_role('provider'));
create policy booking_create on booking for insert to sojus_app
  with check (youth_authority_id = current_youth_authority() and has_role('caseworker'));
create policy booking_change on booking for update to sojus_app
  using (youth_authority_id = current_youth_authority() and has_role('caseworker'));

create policy search_own on search to sojus_app
  using (youth_authority_id = current_youth_authority() and has_role('caseworker'));
create policy search_request_own on search_request to sojus_app
  using (user_account_id = current_account() and has_role('caseworker'))
  with check (user_account_id = current_account() and has_role('caseworker')
    and (case_id is null or exists (select from "case" where "case".id = case_id)));

create policy invoice_read on invoice for select to sojus_app
  using (youth_authority_id = current_youth_authority() and has_role('finance') or provider_id = current_provider() and has_role('provider'));
create policy invoice_submit on invoice for insert to sojus_app
  with check (released_at is null and submitted_by = current_account()
    and (provider_id = current_provider() and has_role('provider') or youth_authority_id = current_youth_authority() and has_role('finance')));
create policy invoice_release on invoice for update to sojus_app
  using (youth_authority_id = current_youth_authority() and has_role('finance'))
  with check (released_by = current_account());

create policy invoice_line_read on invoice_line for select to sojus_app
  using (youth_authority_id = current_youth_authority() and has_role('finance') or provider_id = current_provider() and has_role('provider'));
create policy invoice_line_submit on invoice_line for insert to sojus_app
  with check (released_on is null
    and (provider_id = current_provider() and has_role('provider') or youth_authority_id = current_youth_authority() and has_role('finance')));
create policy invoice_line_release on invoice_line for update to sojus_app
  using (youth_authority_id = current_youth_authority() and has_role('finance'));

create policy payment_read on payment for select to sojus_app
  using (youth_authority_id = current_youth_authority() and has_role('finance')
    or has_role('provider') and exists (select from invoice where invoice.id = invoice_id and provider_id = current_provider()));
create policy payment_record on payment for insert to sojus_app
  with check (youth_authority_id = current_youth_authority() and has_role('finance') and recorded_by = current_account());
create policy payment_line_read on payment_line for select to sojus_app
  using (youth_authority_id = current_youth_authority() and has_role('finance') or provider_id = current_provider() and has_role('provider'));
create policy payment_line_record on payment_line for insert to sojus_app
  with check (youth_authority_id = current_youth_authority() and has_role('finance'));

create policy review_read on care_plan_review for select to sojus_app
  using (has_role('caseworker') and exists (select from "case" where "case".id = case_id));
create policy review_record on care_plan_review for insert to sojus_app
  with check (has_role('caseworker') and recorded_by = current_account() and exists (select from "case" where "case".id = case_id));
create policy rating_read on rating for select to sojus_app
  using (youth_authority_id = current_youth_authority() and has_role('caseworker'));
create policy rating_record on rating for insert to sojus_app
  with check (youth_authority_id = current_youth_authority() and has_role('caseworker'));

create policy budget_read on budget for select to sojus_app using (true);
create policy budget_insert on budget for insert to sojus_app
  with check (youth_authority_id = current_youth_authority() and has_role('finance', 'controlling'));
create policy budget_change on budget for update to sojus_app
  using (youth_authority_id = current_youth_authority() and has_role('finance', 'controlling'));
create policy population_read on population for select to sojus_app using (true);
create policy population_insert on population for insert to sojus_app with check (has_role('admin'));
create policy population_change on population for update to sojus_app using (has_role('admin'));
create policy parameter_read on parameter for select to sojus_app using (true);
create policy parameter_insert on parameter for insert to sojus_app with check (has_role('admin'));
create policy parameter_change on parameter for update to sojus_app using (has_role('admin'));

create policy provider_read on provider for select to sojus_app using (true);
create policy provider_insert on provider for insert to sojus_app with check (has_role('admin'));
create policy provider_change on provider for update to sojus_app using (has_role('admin') or id = current_provider() and has_role('provider'));
create policy provider_contact_read on provider_contact for select to sojus_app using (true);
create policy provider_contact_insert on provider_contact for insert to sojus_app
  with check (has_role('admin') or provider_id = current_provider() and has_role('provider'));
create policy provider_contact_change on provider_contact for update to sojus_app
  using (has_role('admin') or provider_id = current_provider() and has_role('provider'));
create policy facility_read on facility for select to sojus_app using (true);
create policy facility_insert on facility for insert to sojus_app
  with check (has_role('admin') or provider_id = current_provider() and has_role('provider'));
create policy facility_change on facility for update to sojus_app
  using (has_role('admin') or provider_id = current_provider() and has_role('provider'));
create policy facility_contact_read on facility_contact for select to sojus_app using (true);
create policy facility_contact_insert on facility_contact for insert to sojus_app
  with check (has_role('admin') or has_role('provider') and exists (select from facility where facility.id = facility_id and provider_id = current_provider()));
create policy facility_contact_change on facility_contact for update to sojus_app
  using (has_role('admin') or has_role('provider') and exists (select from facility where facility.id = facility_id and provider_id = current_provider()));
create policy offer_read on offer for select to sojus_app using (true);
create policy offer_insert on offer for insert to sojus_app
  with check (has_role('admin') or provider_id = current_provider() and has_role('provider'));
create policy offer_change on offer for update to sojus_app
  using (has_role('admin') or provider_id = current_provider() and has_role('provider'));
-- rates are concluded by the authority at the facility's place (§ 78e SGB VIII)
create policy offer_rate_read on offer_rate for select to sojus_app using (true);
create policy offer_rate_insert on offer_rate for insert to sojus_app
  with check (has_role('admin') or youth_authority_id = current_youth_authority() and has_role('finance'));
create policy offer_rate_change on offer_rate for update to sojus_app
  using (has_role('admin') or youth_authority_id = current_youth_authority() and has_role('finance'));
