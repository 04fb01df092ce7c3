create extension if not exists btree_gist;

-- Who is asking: set per transaction by the service, read by every policy. Unset means nobody.
create function current_youth_authority() returns text language sql stable
  return nullif(current_setting('sojus.youth_authority_id', true), '');
create function current_provider() returns uuid language sql stable
  return nullif(current_setting('sojus.provider_id', true), '')::uuid;
create function current_account() returns uuid language sql stable
  return nullif(current_setting('sojus.user_account_id', true), '')::uuid;
create function has_role(variadic wanted text[]) returns boolean language sql stable
  return coalesce(string_to_array(nullif(current_setting('sojus.roles', true), ''), ',') && wanted, false);

-- Every domain rule the schema forbids is raised with this, so that the service can map it by name (the constraint name).
create function refuse(rule text, message text) returns void language plpgsql as $$
begin
  raise exception using errcode = '23514', constraint = rule, message = message;
end $$;

-- Days are days in Berlin, whatever time zone the session speaks.
create function berlin_today() returns date language sql stable
  return (now() at time zone 'Europe/Berlin')::date;

-- Checks that count other people's rows lock first and then look again: only READ COMMITTED (or SERIALIZABLE) sees what came meanwhile.
create function refuse_old_snapshot() returns void language plpgsql as $$
begin
  if current_setting('transaction_isolation') = 'repeatable read' then
    raise exception using errcode = '25001', message = 'this change cannot run under repeatable read';
  end if;
end $$;

create function refuse_truncate() returns trigger language plpgsql as $$
begin
  raise exception using errcode = '0A000', message = format('table %s is published: truncate sends no rows, delete instead', tg_table_name);
end $$;
