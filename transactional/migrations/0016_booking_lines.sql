-- Controllers see the bookings behind their authority's figures, but no cases and no persons: facts carry neither. Politics stays controlled.
create policy booking_control on booking for select to sojus_app
  using (youth_authority_id = current_youth_authority() and has_role('controlling') and not has_role('politics'));
