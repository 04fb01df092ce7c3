-- How an authority's own procedure names what was imported: the same file twice finds the same rows. In no publication.
create table import_reference (
  kind text not null check (kind in ('provider', 'facility', 'offer', 'booking')),
  -- the paying authority of a booking; the others are named once for everybody
  youth_authority_id text references youth_authority,
  reference text not null check (length(reference) between 1 and 80),
  target uuid not null,
  constraint import_reference_unique unique nulls not distinct (kind, youth_authority_id, reference),
  constraint import_reference_authority check ((kind = 'booking') = (youth_authority_id is not null))
);

-- Imported bookings come with a case number and without a person.
alter table "case" alter column client_id drop not null;
