// Commits changes of every kind, one after the other, as fast as they go. As a process: node --import tsx ingest/load.fixture.ts URL
import { pathToFileURL } from 'node:url'
import pg from 'pg'

const some = (table: string, where = 'true'): string => `id in (select id from ${table} where ${where} order by random() limit $1)`

/** Statements over demonstration data; `$1` is the number of rows at most. What the rules refuse is rolled back, as in life. */
export const steps: Record<string, string> = {
  book: `insert into booking (case_key, youth_authority_id, service_kind, specialisations, provider_id, away, first_day, last_day, unit,
      rate_from, rate_cents, units_per_week, planned_units, agreed_days, agreed_cents, age_at_begin, sex)
    select case_key, youth_authority_id, service_kind, specialisations, provider_id, true, first_day, last_day, unit,
      array[first_day], array[(random() * 30000)::bigint], '{7}', 182, 182, 100000, age_at_begin, sex
    from booking where not cancelled order by random() limit $1`,
  end: `update booking set last_day = greatest(first_day, last_day - 3), end_reason = (array[0, 10, 20, 21, 22, 50, null])[1 + floor(random() * 7)]
    where ${some('booking', 'not cancelled')}`,
  cancel: `update booking set cancelled = not cancelled where end_reason is null and ${some('booking')}`,
  reprice: `update booking set rate_cents[1] = (random() * 30000)::bigint, planned_units = planned_units + 0.25 where ${some('booking')}`,
  touch: `update booking set sex = sex where ${some('booking')}`,
  rate: `insert into rating (review_key, case_key, booking_id, youth_authority_id, provider_id, service_kind, reviewed_on, aspect, rated_by, grade)
    select gen_random_uuid(), case_key, id, youth_authority_id, provider_id, service_kind, first_day + 10, 'goal_attainment', 'guardian', 1 + floor(random() * 5)
    from booking where provider_id is not null and not cancelled order by random() limit $1`,
  unrate: `delete from rating where ${some('rating')}`,
  search: `insert into search (youth_authority_id, service_kind, specialisations, searched_on, offers_matching, offers_available)
    select youth_authority_id, service_kind, specialisations, current_date, 3, floor(random() * 3) from booking order by random() limit $1`,
  repeat: `update search set offers_available = floor(random() * 2) where offers_matching > 1 and ${some('search')}`,
  forget: `delete from search where ${some('search')} and id not in (select search_id from search_request)`,
  invoice: `with billed as (select * from booking where provider_id is not null and not cancelled order by random() limit $1),
    demand as (
      insert into invoice (provider_id, youth_authority_id, invoice_number, issued_on, submitted_by)
      select provider_id, youth_authority_id, gen_random_uuid()::text, current_date, (select id from user_account limit 1) from billed
      returning id, provider_id, youth_authority_id)
    insert into invoice_line (invoice_id, booking_id, case_key, youth_authority_id, provider_id, service_kind, specialisations,
      period_from, period_to, units, rate_cents, amount_cents)
    select distinct on (billed.id) demand.id, billed.id, case_key, youth_authority_id, provider_id, service_kind, specialisations,
      first_day, first_day, 1, 12345, 12345
    from billed join demand using (provider_id, youth_authority_id)`,
  release: `update invoice_line set released_on = current_date where released_on is null and ${some('invoice_line', 'released_on is null')}`,
  pay: `with paid as (select * from booking where not cancelled order by random() limit 1),
    made as (insert into payment (youth_authority_id, paid_on, amount_cents) select youth_authority_id, current_date, $1 from paid returning *)
    insert into payment_line (payment_id, booking_id, case_key, youth_authority_id, provider_id, service_kind, specialisations, paid_on, amount_cents)
    select made.id, paid.id, case_key, paid.youth_authority_id, provider_id, service_kind, specialisations, made.paid_on, made.amount_cents
    from paid, made`,
  budget: `update budget set amount_cents = amount_cents + $1 where random() < 0.02`,
  inhabitants: `update population set inhabitants = inhabitants + 1 where ags in (select id from youth_authority order by random() limit least($1, 3))`,
  agree: `update offer_rate set rate_cents = rate_cents + 1 where ${some('offer_rate')}`,
  rename: `update provider set name = left(name, 100) || '.' where length(name) < 110 and ${some('provider')}`,
  weigh: `insert into parameter select 'weight_' || floor(random() * 50), current_date + (random() * 1000)::integer, $1 on conflict do nothing`,
  move: `update parameter set valid_from = valid_from + 1 where name like 'weight%' and valid_from + 1 not in (select valid_from from parameter)
    and random() * 10 < $1`,
}

/** One transaction of one to five steps; most change few rows, some many. Tells whether it was committed. */
export const commitSomething = async (client: pg.Client): Promise<boolean> => {
  const names = Object.keys(steps)
  const many = Math.random() < 0.03
  try {
    await client.query('begin')
    for (let left = Math.ceil(Math.random() * 5); left > 0; left -= 1) {
      const step = steps[names[Math.floor(Math.random() * names.length)]!]!
      await client.query(step, [Math.ceil(Math.random() * (many ? 400 : 4))])
    }
    await client.query(Math.random() < 0.05 ? 'rollback' : 'commit')
    return true
  } catch (error) {
    if (!(error as { code?: string }).code?.startsWith('23')) throw error
    await client.query('rollback')
    return false
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const client = new pg.Client({ connectionString: process.argv[2] })
  await client.connect()
  let stopped = false
  process.on('SIGTERM', () => (stopped = true))
  while (!stopped) {
    await commitSomething(client)
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 20))
  }
  await client.end()
}
