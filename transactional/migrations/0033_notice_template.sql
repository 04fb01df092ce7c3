-- Whose words they are: of one authority, of all of a state, or, with neither, as delivered. A change is a new version; versions are
-- counted by kind, whoever wrote them.
alter table notice_template
  add column federal_state text references federal_state,
  add column youth_authority_id text references youth_authority,
  -- null: as delivered
  add column written_at timestamptz,
  add column written_by uuid references user_account,
  add constraint notice_template_of check (num_nonnulls(federal_state, youth_authority_id) = (written_by is not null)::integer
    and (written_at is null) = (written_by is null));

grant insert on notice_template to sojus_app;
-- an administrator of an authority writes for it, one of none for his state
create policy notice_template_write on notice_template for insert to sojus_app
  with check (has_role('admin') and written_by = current_account() and youth_authority_id is not distinct from current_youth_authority());
