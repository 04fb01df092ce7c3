-- Controllers see the payments behind their authority's figures by invoice line, as they see its bookings (0016). These facts carry no person;
-- the invoices and payments they belong to stay with finance. Politics stays controlled.
create policy payment_line_control on payment_line for select to sojus_app
  using (youth_authority_id = current_youth_authority() and has_role('controlling') and not has_role('politics'));
create policy invoice_line_control on invoice_line for select to sojus_app
  using (youth_authority_id = current_youth_authority() and has_role('controlling') and not has_role('politics'));
create index payment_line_authority on payment_line (youth_authority_id, paid_on);
