import type pg from 'pg'

type Statement = { drop: string; create: string }

const statements = async (client: pg.Client, query: string, tables: readonly string[]): Promise<Statement[]> =>
  (await client.query<Statement>(query, [tables])).rows

// the order in which they are made again: what foreign keys rest on comes first
const CONSTRAINTS = `
  select format('alter table %s drop constraint %I', conrelid::regclass, conname) as drop,
    format('alter table %s add constraint %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) as create
  from pg_constraint where conrelid = any($1::regclass[]) and contype = any($2)
  order by conrelid::regclass::text, conname`

const INDEXES = `
  select format('drop index %s', indexrelid::regclass) as drop, pg_get_indexdef(indexrelid) as create
  from pg_index where indrelid = any($1::regclass[]) and not exists (select from pg_constraint where conindid = indexrelid)
  order by indexrelid::regclass::text`

// not only disabled: COPY would write row by row for a trigger before each, though it does not fire; one that fires always must do so again
const TRIGGERS = `
  select format('drop trigger %I on %s', tgname, tgrelid::regclass) as drop,
    pg_get_triggerdef(oid) || case when tgenabled in ('A', 'R') then format('; alter table %s enable %s trigger %I', tgrelid::regclass,
      case tgenabled when 'A' then 'always' else 'replica' end, tgname) else '' end as create
  from pg_trigger where tgrelid = any($1::regclass[]) and not tgisinternal and tgenabled <> 'D'
  order by tgrelid::regclass::text, tgname`

const constraints = async (client: pg.Client, tables: readonly string[], kinds: string[]): Promise<Statement[]> =>
  (await client.query<Statement>(CONSTRAINTS, [tables, kinds])).rows

/**
 * Runs `work` with triggers, foreign keys, unique keys and indexes of the tables out of the way and brings them back, checked against
 * everything loaded: a sort instead of millions of look-ups. Wants the owner and a transaction, which undoes all of it on failure.
 */
export const withoutRowChecks = async (client: pg.Client, tables: readonly string[], work: () => Promise<void>): Promise<void> => {
  const foreign = await constraints(client, tables, ['f'])
  const unique = await constraints(client, tables, ['u', 'x'])
  const indexes = await statements(client, INDEXES, tables)
  const triggers = await statements(client, TRIGGERS, tables)
  for (const { drop } of [...triggers, ...foreign, ...unique, ...indexes]) await client.query(drop)
  await work()
  for (const { create } of [...unique, ...indexes, ...foreign, ...triggers]) await client.query(create)
}
