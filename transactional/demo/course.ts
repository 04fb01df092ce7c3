import { createHash } from 'node:crypto'
import type pg from 'pg'
import { aboutText, type Consultation } from '../case/consultation.ts'
import { minutesPdf } from '../case/minutes.ts'
import { berlinDay } from '../placement/period.ts'

type Considered = {
  /** of the reservation */
  id: string
  service_kind_label: string
  facility_name: string
  provider_name: string
  first_day: string
  last_day: string
  case_id: string
  case_number: string
  authority: string
  authority_name: string
  lead_id: string
  lead_name: string
  colleague_id: string
  colleague_name: string
}

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
      ['agree', 'Der junge Mensch kann dort bei seinen Geschwistern sein.'],
    ],
    decision: ['agreed', 'Die Einrichtung passt zum Bedarf und zum Wunsch des jungen Menschen.'],
  },
] as const

const CONSIDERED = `
  select live.id, live.first_day::text, live.last_day::text, service_kind.label as service_kind_label, facility.name as facility_name,
    provider.name as provider_name, case_id, case_number, authority, youth_authority.name as authority_name, lead_id, lead_name, colleague.id as colleague_id,
    colleague.display_name as colleague_name
  from (
    select reservation.id, reservation.service_kind, reservation.facility_id, reservation.provider_id, reservation.first_day, reservation.last_day,
      case_id, case_number, reservation.youth_authority_id as authority, account.id as lead_id,
      account.display_name as lead_name, account.user_name = 'fall2.vg' as by_colleague,
      row_number() over (partition by account.id order by reservation.id) as place
    from reservation join case_link using (case_key) join "case" on "case".id = case_id
    join user_account as account on account.id = caseworker_id and active
    where reservation.youth_authority_id = any($1) and state in ('reserved', 'requested')
  ) as live
  join youth_authority on youth_authority.id = authority
  join service_kind on service_kind.code = live.service_kind join facility on facility.id = live.facility_id
  join provider on provider.id = live.provider_id
  join lateral (
    select user_account.id, display_name from user_account join user_role on user_account_id = user_account.id
    where youth_authority_id = authority and role = 'caseworker' and active and user_account.id <> lead_id
    order by user_account.id limit 1
  ) as colleague on true
  where place <= case when by_colleague then 1 else 3 end
  order by authority, by_colleague desc, place`

const FILE_MINUTES = `
  with written as (
    insert into document (case_id, title, kind, dated_on, media_type, bytes, sha256, scanned_at, words, pages, added_at, added_by)
    values ($1, 'Protokoll der Teamberatung', 'minutes', $2, 'application/pdf', octet_length($3::bytea), $4, $5::timestamptz, 'read', $6, $5, $7)
    returning id, added_at, added_by
  ),
  content as (insert into document_content select id, $3 from written),
  page as (insert into document_page (document_id, page, text) select id, 1, $8 from written)
  insert into document_step (document_id, step, at, user_account_id) select id, 'added', added_at, added_by from written`

const consider = async (client: pg.Client, found: Considered, nth: number, now: Date) => {
  const { question, external, votes, decision } = texts[nth % texts.length]!
  const hoursAgo = (hours: number) => new Date(now.getTime() - hours * 3_600_000).toISOString()
  const [opened_at, voted_at, decided_at] = [hoursAgo(48), hoursAgo(24), hoursAgo(20)]
  const held_on = berlinDay(new Date(voted_at))
  const { rows } = await client.query<{ id: string }>(
    `insert into consultation (youth_authority_id, case_id, reservation_id, question, held_on, opened_by, opened_at)
     values ($1, $2, $3, $4, $5, $6, $7) returning id`,
    [found.authority, found.case_id, found.id, question, held_on, found.lead_id, opened_at],
  )
  const { id } = rows[0]!
  const people = [
    { account: found.lead_id, name: found.lead_name, function: 'Fallführende Fachkraft' },
    { account: found.colleague_id, name: found.colleague_name, function: 'Fachkraft' },
    { account: null, name: external[0], function: external[1] },
  ]
  const participants: Consultation['participants'] = []
  for (const [index, { account, name, function: role }] of people.entries()) {
    const invited = await client.query<{ id: string }>(
      'insert into consultation_participant (consultation_id, user_account_id, name, function) values ($1, $2, $3, $4) returning id',
      [id, account, account === null ? name : null, role],
    )
    const participant_id = invited.rows[0]!.id
    const [vote, statement] = votes[index] ?? [null, null]
    const recorded = account === null && vote !== null
    const told = { vote, statement, voted_at: vote && voted_at, recorded_by: recorded ? found.lead_name : null }
    participants.push({ id: participant_id, name, function: role, external: account === null, own: false, ...told })
    if (vote === null) continue
    await client.query(
      'insert into consultation_vote (participant_id, vote, statement, voted_at, recorded_by) values ($1, $2, $3, $4, $5)',
      [participant_id, vote, statement, voted_at, recorded ? found.lead_id : null],
    )
  }
  if (decision === null) return
  const [decided, decision_reason] = decision
  await client.query('update consultation set decision = $2, decision_reason = $3, decided_by = $4, decided_at = $5 where id = $1', [
    id,
    decided,
    decision_reason,
    found.lead_id,
    decided_at,
  ])
  const { case_id, case_number, authority_name, lead_name } = found
  const file = {
    id,
    case_id,
    case_number,
    reservation_id: found.id,
    about: aboutText(found),
    question,
    held_on,
    opened_by: lead_name,
    opened_at,
    participants,
  }
  const consultation = { ...file, decision: decided, decision_reason, decided_by: lead_name, decided_at, possible: [] }
  const { content, pages } = await minutesPdf({ consultation, authority_name, decided_at })
  const sha256 = createHash('sha256').update(content).digest()
  await client.query(FILE_MINUTES, [case_id, held_on, content, sha256, decided_at, pages.length, found.lead_id, pages.join('\n')])
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
    await consider(client, considered, nth, new Date(`${today}T09:00:00Z`))
  }
}
