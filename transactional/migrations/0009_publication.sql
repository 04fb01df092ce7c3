-- What the warehouse may know. A table enters here only without names, birth dates, addresses, contacts and free text about persons.
do $$
declare
  published text;
begin
  foreach published in array array[
    'federal_state', 'population', 'youth_authority', 'service_module', 'service_kind', 'specialisation', 'parameter', 'budget', 'provider',
    'offer_rate', 'booking', 'search', 'invoice_line', 'payment_line', 'rating'
  ] loop
    execute format('alter table %I replica identity full', published);
    execute format('create trigger %I before truncate on %I execute function refuse_truncate()', published || '_no_truncate', published);
    -- also in sessions that switched triggers off
    execute format('alter table %I enable always trigger %I', published, published || '_no_truncate');
    execute format('grant select on %I to sojus_ingest', published);
    if (select relrowsecurity from pg_class where oid = published::regclass) then
      execute format('create policy %I on %I for select to sojus_ingest using (true)', published || '_ingest', published);
    end if;
  end loop;
end $$;

create publication sojus_facts for table
  federal_state, population, youth_authority, service_module, service_kind, specialisation, parameter, budget, provider,
  offer_rate, booking, search, invoice_line, payment_line, rating
  with (publish = 'insert, update, delete');
