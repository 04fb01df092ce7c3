import type pg from 'pg'

const [VG, HRO] = ['13075', '13003']

type Change = { from: string; to: string | null; reason: string; note: string; conference: boolean }
/** `to` null: the first authority of another state, which does not use the portal. */
const changes: readonly Change[] = [
  {
    from: HRO,
    to: VG,
    reason: 'parents_moved',
    note: 'Die Mutter ist nach Greifswald gezogen. Die Hilfe läuft gut, die Schule bleibt dieselbe.',
    conference: true,
  },
  { from: VG, to: HRO, reason: 'parents_apart', note: 'Die elterliche Sorge hat jetzt allein der Vater, der in Rostock lebt.', conference: false }, // prettier-ignore
  { from: VG, to: null, reason: 'parents_moved', note: 'Die Familie ist umgezogen, die Meldebestätigung liegt vor.', conference: false },
]

const ANNOUNCE = `
  insert into authority_change (case_id, youth_authority_id, to_authority_id, change_on, reason, note, conference_on, announced_by, announced_at)
  select case_id, booking.youth_authority_id,
    coalesce($2, (select id from youth_authority where federal_state <> 'MV' and not uses_portal(id) order by id limit 1)),
    date_trunc('month', $3::date + interval '1 month')::date, $4, $5, case when $6::boolean then date_trunc('week', $3::date)::date + 8 end, caseworker_id,
    $3::date - interval '2 days' + interval '10 hours'
  from booking join case_link using (case_key) join "case" on "case".id = case_id
  join user_account on user_account.id = caseworker_id and demonstration
  where booking.youth_authority_id = $1 and not cancelled and end_reason is null and first_day < $3::date - 90 and last_day > $3::date + 90
    and offer_id is not null and client_id is not null
    and not exists (select from booking_interruption where booking_id = booking.id)
    and not exists (select from authority_change where authority_change.case_id = case_link.case_id)
  order by booking.id limit 1`

/** Cases for which another authority becomes responsible next month: one that comes, and two that go. */
export const announceChanges = async (client: pg.Client, today: string) => {
  for (const { from, to, reason, note, conference } of changes) await client.query(ANNOUNCE, [from, to, today, reason, note, conference])
}
