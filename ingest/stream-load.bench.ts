// Mixed facts at a fixed rate, as a process beside the one that is measured: node --import tsx ingest/stream-load.bench.ts URL RATE AUTHORITY
// Cells of AUTHORITY are left alone: a value there can be foretold.
import pg from 'pg'

const [url = '', rate = '200', authority = ''] = process.argv.slice(2)
const connections = 4
const samples = 4000

/** A booking of the sample is `$1`; the numbers are how often each kind of commit occurs. */
const commits: [number, string[]][] = [
  [
    30,
    [
      `insert into booking (case_key, youth_authority_id, service_kind, specialisations, provider_id, away, first_day, last_day, unit,
        rate_from, rate_cents, units_per_week, planned_units, agreed_days, agreed_cents, age_at_begin, sex)
      select case_key, youth_authority_id, service_kind, specialisations, provider_id, true, first_day, last_day, unit,
        rate_from, rate_cents, units_per_week, planned_units, agreed_days, agreed_cents, age_at_begin, sex from sample where n = $1`,
    ],
  ],
  [
    15,
    [`update booking set last_day = greatest(first_day, last_day - 1), end_reason = 10 where id = (select id from sample where n = $1)`],
  ],
  [10, [`update booking set rate_cents[1] = rate_cents[1] + 1 where id = (select id from sample where n = $1)`]],
  [
    20,
    [
      `insert into search (youth_authority_id, service_kind, specialisations, searched_on, offers_matching, offers_available)
      select youth_authority_id, service_kind, specialisations, current_date, 3, n % 2 from sample where n = $1`,
    ],
  ],
  [
    10,
    [
      `insert into rating (review_key, case_key, booking_id, youth_authority_id, provider_id, service_kind, reviewed_on, aspect, rated_by, grade)
      select gen_random_uuid(), case_key, id, youth_authority_id, provider_id, service_kind, first_day + 30, 'goal_attainment', rater, 1 + n % 5
      from sample, unnest(array['guardian', 'young_person', 'provider']) as rater where n = $1`,
    ],
  ],
  [
    15,
    [
      `with paid as (select * from sample where n = $1),
        made as (insert into payment (youth_authority_id, paid_on, amount_cents) select youth_authority_id, current_date, 12300 from paid returning *)
      insert into payment_line (payment_id, booking_id, case_key, youth_authority_id, provider_id, service_kind, specialisations, paid_on, amount_cents)
      select made.id, paid.id, case_key, paid.youth_authority_id, provider_id, service_kind, specialisations, made.paid_on, made.amount_cents
      from paid, made`,
    ],
  ],
]
const kinds = commits.flatMap(([often, statements]) => Array.from({ length: often }, () => statements))

const connect = async (): Promise<pg.Client> => {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(
    `create temp table sample as select row_number() over () as n, * from (
       select * from booking tablesample system (2) where not cancelled and provider_id is not null and youth_authority_id <> $1 limit $2
      ) as chosen`.replaceAll(/\$1|\$2/g, (parameter) => (parameter === '$1' ? pg.escapeLiteral(authority) : String(samples))),
  )
  await client.query('create unique index on sample (n); analyze sample')
  return client
}

const clients = await Promise.all(Array.from({ length: connections }, connect))
process.stdout.write('ready\n')
let stopped = false
process.on('SIGTERM', () => (stopped = true))
const begun = performance.now()
let committed = 0
const work = async (client: pg.Client, offset: number): Promise<void> => {
  for (let i = offset; !stopped; i += connections) {
    const due = begun + (i * 1000) / Number(rate)
    const early = due - performance.now()
    if (early > 0) await new Promise((resolve) => setTimeout(resolve, early))
    for (const sql of kinds[(i * 37) % kinds.length]!) await client.query(sql, [1 + ((i * 7919) % samples)]).then(() => (committed += 1))
  }
}
await Promise.all(clients.map(work))
process.stdout.write(`${JSON.stringify({ committed, per_second: committed / ((performance.now() - begun) / 1000) })}\n`)
for (const client of clients) await client.end()
