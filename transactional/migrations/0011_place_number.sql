-- The warehouse tells places by numbers of eight digits: keys of five digits are filled with 0, those of states with 9.
-- A key of eight digits that looks like one of these would be taken for another place.
alter table youth_authority
  add constraint youth_authority_id_no_other_place check (id !~ '^([0-9]{5}000|[0-9]{2}999999)$');
