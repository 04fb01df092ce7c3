import type pg from 'pg'

type Considered = { id: string; case_id: string; authority: string; lead_id: string; colleagues: string[] }

/** What is considered, by whom with whom, and what each said. The first waits for a vote of whoever was invited. */
const texts = [
  {
    question: 'Die Lage zu Hause hat sich zugespitzt. Reicht eine ambulante Hilfe noch aus, oder ist eine Unterbringung nötig?',
    external: ['Dr. Eva Lind', 'Kinder- und Jugendpsychiatrie'],
    votes: [['agree', 'Die bisherigen Hilfen haben nicht getragen.']],
    decision: null,
  },
  {
    question: 'Die Schule meldet lange Fehlzeiten. Welche Hilfe erreicht die Familie, und wie oft in der Woche?',
    external: ['Jens Hafer', 'Schulsozialarbeit'],
    votes: [
      ['agree', 'Die Familie wünscht die Hilfe.'],
      ['abstain', 'Der Förderbedarf ist noch nicht geklärt.'],
    ],
    decision: ['agreed_with_conditions', 'Der Bedarf ist belegt. Nach drei Monaten wird der Umfang überprüft.'],
  },
  {
    question: 'Der junge Mensch möchte in der Nähe seiner Geschwister bleiben. Ist die vorgesehene Einrichtung geeignet?',
    external: ['Marit Brandt', 'Vormundschaft'],
    votes: [
      ['agree', 'Die Nähe zu den Geschwistern ist gesichert.'],
      ['agree', 'Fachlich passend.'],
    ],
    decision: ['agreed', 'Die Einrichtung passt zum Bedarf und zum Wunsch des jungen Menschen.'],
  },
] as const

const CONSIDERED = `
  select id, case_id, authority, lead_id, colleagues
  from (
    select reservation.id, case_link.case_id, reservation.youth_authority_id as authority, caseworker_id as lead_id,
      array(select account.id from user_account as account join user_role on user_account_id = account.id
        where account.youth_authority_id = reservation.youth_authority_id and role = 'caseworker' and account.active and account.id <> caseworker_id
        order by account.id) as colleagues,
      row_number() over (partition by caseworker_id order by reservation.id) as place, account.user_name = 'fall2.vg' as by_colleague
    from reservation join case_link using (case_key) join "case" on "case".id = case_id join user_account as account on account.id = caseworker_id and active
    where reservation.youth_authority_id = any($1) and state in ('reserved', 'requested')
  ) as live
  where place <= case when by_colleague then 1 else 3 end and cardinality(colleagues) > 0
  order by authority, by_colleague desc, place`

const consider = async (client: pg.Client, { id, case_id, authority, lead_id, colleagues }: Considered, nth: number, now: string) => {
  const { question, external, votes, decision } = texts[nth % texts.length]!
  const { rows } = await client.query<{ id: string }>(
    `insert into consultation (youth_authority_id, case_id, reservation_id, question, held_on, opened_by, opened_at)
     values ($1, $2, $3, $4, $5::timestamptz::date - 1, $6, $5::timestamptz - interval '2 days') returning id`,
    [authority, case_id, id, question, now, lead_id],
  )
  const consultation = rows[0]!.id
  const participants = await client.query<{ id: string }>(
    `insert into consultation_participant (consultation_id, user_account_id, name, function)
     values ($1::uuid, $2::uuid, null, 'Fallführende Fachkraft'), ($1, $3::uuid, null, 'Fachkraft'), ($1, null, $4::text, $5) returning id`,
    [consultation, lead_id, colleagues[0], ...external],
  )
  for (const [index, [vote, statement]] of votes.entries())
    await client.query(
      `insert into consultation_vote (participant_id, vote, statement, voted_at) values ($1, $2, $3, $4::timestamptz - interval '1 day')`,
      [participants.rows[index]!.id, vote, statement, now],
    )
  if (decision === null) return
  await client.query(
    `update consultation set decision = $2, decision_reason = $3, decided_by = $4, decided_at = $5::timestamptz - interval '20 hours' where id = $1`,
    [consultation, ...decision, lead_id, now],
  )
}

/** Some helps rest just now; their places are paid for. */
const INTERRUPTED = `
  with resting as (
    select id, caseworker_id, number from (
      select booking.id, caseworker_id, row_number() over (partition by booking.youth_authority_id order by booking.id) as number
      from booking join service_kind on code = service_kind join case_link using (case_key) join "case" on "case".id = case_id
      where booking.youth_authority_id = any($1) and form = 'stationaer' and not cancelled and end_reason is null
        and first_day < $2::date - 30 and last_day > $2::date + 30 and caseworker_id is not null
    ) as running where number % 40 = 1 and number < 200
  ), rest as (
    insert into booking_interruption (booking_id, first_day, last_day, reason, paid)
    select id, $2::date - 4, $2::date + 10, case when number % 80 = 1 then 'clinic' else 'home_visit' end, true from resting
    returning booking_id, first_day, last_day
  )
  insert into booking_step (booking_id, step, at, user_account_id, first_day, last_day)
  select booking_id, 'interrupted', $2::date - interval '3 days' + interval '9 hours', caseworker_id, first_day, last_day
  from rest join resting on resting.id = booking_id`

/** Interruptions and team consultations where everything is to be seen. */
export const writeCourse = async (client: pg.Client, { authorities, today }: { authorities: readonly string[]; today: string }) => {
  await client.query(INTERRUPTED, [authorities, today])
  const { rows } = await client.query<Considered>(CONSIDERED, [authorities])
  const numbers = new Map<string, number>()
  for (const considered of rows) {
    const nth = numbers.get(considered.authority) ?? 0
    numbers.set(considered.authority, nth + 1)
    await consider(client, considered, nth, `${today}T09:00:00Z`)
  }
}
