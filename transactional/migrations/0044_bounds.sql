-- So many days ahead a help that is only now looked for begins at most, and a team consultation is held at most.
insert into parameter (name, valid_from, value) values
  ('ahead_begin_days', '2000-01-01', 730),
  ('ahead_consultation_days', '2000-01-01', 366);
