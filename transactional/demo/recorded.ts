import pg from 'pg'
import { berlinDay } from '../placement/period.ts'

/** They tell when something is to happen; every other instant tells when something was recorded. */
const PLANNED = ['held_until', 'expires_at', 'due_at', 'next_due_at', 'next_mail_at', 'next_attempt_at']

const RECORDED = `
  select format('%I', table_name) as table, format('%I', column_name) as column
  from information_schema.columns join information_schema.tables using (table_schema, table_name)
  where table_schema = 'public' and table_type = 'BASE TABLE' and data_type = 'timestamp with time zone' and column_name <> all($1)
  order by table_name, column_name`

export const recordedColumns = async (client: pg.Client): Promise<{ table: string; column: string }[]> =>
  (await client.query<{ table: string; column: string }>(RECORDED, [PLANNED])).rows

// what keeps a record as it is; one that fires always must do so again
const TRIGGERS = `
  select format('alter table %s disable trigger %I', tgrelid::regclass, tgname) as off,
    format('alter table %s enable %s trigger %I', tgrelid::regclass, case tgenabled when 'A' then 'always' when 'R' then 'replica' else '' end, tgname) as on
  from pg_trigger where tgrelid = $1::regclass and not tgisinternal and tgenabled <> 'D'`

const hour = 3_600_000

/** A day of the simulation goes on until the evening: what it recorded after the moment of loading is moved before it, in the order in which it was. */
export const recordNothingAhead = async (client: pg.Client, { today, now }: { today: string; now: Date }): Promise<void> => {
  if (berlinDay(now) !== today) return
  const { rows } = await client.query<{ midnight: Date }>(`select $1::date::timestamp at time zone 'Europe/Berlin' as midnight`, [today])
  const midnight = rows[0]!.midnight.getTime()
  const [opens, closes] = [midnight + 6 * hour, midnight + 20 * hour]
  if (now.getTime() >= closes) return
  const from = now.getTime() > opens + hour ? opens : midnight
  const share = (now.getTime() - from) / (closes - from)
  await client.query('set constraints all immediate')
  for (const { table, column } of await recordedColumns(client)) {
    const { rowCount } = await client.query(`select from ${table} where ${column} > $1 limit 1`, [now])
    if (rowCount === 0) continue
    const triggers = (await client.query<{ off: string; on: string }>(TRIGGERS, [table])).rows
    for (const { off } of triggers) await client.query(off)
    await client.query(
      `update ${table} set ${column} = least($3, date_trunc('second', $1 + (${column} - $1) * $2)) where ${column} >= $1 and ${column} < $4`,
      [new Date(from), share, now, new Date(midnight + 24 * hour)],
    )
    for (const { on } of triggers) await client.query(on)
  }
}

// rows of these tables stay as the simulation wrote them
const by = {
  booking: 'created_at',
  reservation: 'created_at',
  search: 'searched_on',
  wait: 'entered_on',
  invoice_line: 'released_on',
  payment_line: 'paid_on',
  rating: 'reviewed_on',
}

/** When the simulation recorded what is published, so that earlier states of a demonstration are known; undefined where there is none. */
export const recordedBy = async (owner_url: string) => {
  const client = new pg.Client({ connectionString: owner_url })
  await client.connect()
  try {
    const { rows } = await client.query<{ since: string }>(
      `select min(data_from)::text as since from youth_authority having exists (select from user_account where demonstration)`,
    )
    return rows[0] && { since: rows[0].since, by }
  } finally {
    await client.end()
  }
}
