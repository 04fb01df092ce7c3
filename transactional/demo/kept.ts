import type pg from 'pg'
import { keyOf } from './key.ts'

/** Applications that led to no help, five years ago: each month of the next some becomes due. */
const FILES = `
  with planned as (
    select id as youth_authority_id, n, $2::date - interval '5 years' + n * interval '33 days' - interval '20 days' as ended
    from unnest($1::text[]) as id, generate_series(1, 9) as n
  ),
  person as (
    insert into client (id, youth_authority_id, given_name, family_name, birth_date, sex, created_at)
    select ${keyOf(`'kept client ' || youth_authority_id || n`)}, youth_authority_id, (array['Mila', 'Jonte', 'Frieda'])[1 + n % 3], (array['Boldt', 'Ahrens', 'Wulff', 'Jahnke'])[1 + n % 4],
      (ended - (7 + n) * interval '1 year')::date, case when n % 3 = 1 then 'm' else 'w' end, ended - interval '60 days'
    from planned
    returning id, youth_authority_id, birth_date
  ),
  file as (
    insert into "case" (id, youth_authority_id, client_id, case_number, begin_on, end_on, opened_at)
    select ${keyOf(`'kept case ' || person.youth_authority_id || n`)}, person.youth_authority_id, person.id, 'A-' || n, (ended - interval '60 days')::date, ended::date,
      (ended - interval '60 days')::date + time '09:30'
    from planned join person on person.youth_authority_id = planned.youth_authority_id
      and person.birth_date = (ended - (7 + n) * interval '1 year')::date
    returning id, begin_on, youth_authority_id
  ),
  paper as (
    insert into document (case_id, title, kind, dated_on, media_type, bytes, sha256, words, pages, added_at, added_by)
    select file.id, title, kind, file.begin_on, media_type, bytes, sha256, words, pages, file.begin_on + time '09:30', account.id
    from file
    cross join (select * from document where kind = 'application' order by id limit 1) as model
    cross join lateral (
      select user_account.id from user_account join user_role on user_role.user_account_id = user_account.id and role = 'caseworker'
      where user_account.youth_authority_id = file.youth_authority_id order by user_account.id limit 1
    ) as account
    returning id, added_at, added_by
  ),
  content as (
    insert into document_content
    select paper.id, model.content from paper, (
      select content from document join document_content on document_id = document.id where kind = 'application' order by document.id limit 1
    ) as model
  )
  insert into document_step (document_id, step, at, user_account_id) select id, 'added', added_at, added_by from paper`

const RUNS = `
  with run as (
    insert into deletion_run (youth_authority_id, run_on, at, files, documents)
    select id, $2::date - 30 * n, ($2::date - 30 * n) + time '03:00', n % 3 + 1, 2 * (n % 3) + 2
    from unnest($1::text[]) as id, generate_series(1, 4) as n
    returning id, files, documents
  )
  insert into deletion_item (deletion_run_id, rule, document_kind, count)
  select id, 'kind', null, files from run
  union all select id, 'kind', 'application', files from run
  union all select id, 'by_hand', 'correspondence', documents - files from run`

/** What retention shows: files without a help that become due, and runs that were. */
export const writeKept = async (client: pg.Client, authorities: readonly string[], today: string): Promise<void> => {
  await client.query(FILES, [authorities, today])
  await client.query(RUNS, [authorities, today])
}
