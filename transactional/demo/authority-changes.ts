import type pg from 'pg'
import type { Reader } from '../access/reader.ts'
import { readHanded } from '../case/authority-change.ts'
import { acceptChange, announceChange } from '../case/continue-helps.ts'
import type { AuthorityChangeReason } from '../vocabulary.ts'
import { dayOf, dayText, firstDayOf, milliseconds, monthOf, weekday, workdayUntil } from './calendar.ts'
import { withOwnCode, type DoStep } from './own-code.ts'

const [VG, HRO] = ['13075', '13003']

type Change = {
  from: string
  /** null: the first authority of another state, which does not use the portal */
  to: string | null
  reason: AuthorityChangeReason
  note: string
  conference: boolean
  /** what the new authority said when it went on with the help */
  continued?: string
}
/** Of the next month, to be answered: one that comes, and two that go; and of the last one, gone on with since the first of this month. */
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
  {
    from: HRO,
    to: VG,
    reason: 'parents_moved',
    note: 'Die Eltern sind nach Anklam gezogen. Die Geschwister besuchen dort die Grundschule.',
    conference: true,
    continued: 'Die Familie wurde im Übergabegespräch kennengelernt, die Hilfe bleibt, wie sie ist.',
  },
  {
    from: VG,
    to: HRO,
    reason: 'parents_moved',
    note: 'Der Vater hat eine Wohnung in Rostock bezogen, die Familie lebt jetzt dort zusammen.',
    conference: true,
    continued: 'Übernommen wie besprochen.',
  },
]

/** A case with one help, not billed from a day on, and whose caseworker one can sign in as. */
const PICK = `
  select case_id, caseworker_id
  from booking join case_link using (case_key) join "case" on "case".id = case_id
  join user_account on user_account.id = caseworker_id and demonstration
  where booking.youth_authority_id = $1 and not cancelled and end_reason is null and first_day < $2::date - 90 and last_day > $2::date + 90
    and offer_id is not null and client_id is not null
    and not exists (select from booking_interruption where booking_id = booking.id)
    and not exists (select from invoice_line where booking_id = booking.id and period_to >= $3::date)
    and not exists (select from booking as other where other.case_key = booking.case_key and other.id <> booking.id and other.last_day >= booking.first_day)
    and not exists (select from authority_change where authority_change.case_id = case_link.case_id)
  order by booking.id limit 1`

const ELSEWHERE = `select id from youth_authority where federal_state <> 'MV' and not uses_portal(id) order by id limit 1`

const READER = `
  select id as user_account_id, user_name, display_name, federal_state, youth_authority_id, provider_id, array['caseworker'] as roles
  from user_account where demonstration and case when $1::uuid is null then youth_authority_id = $2
    and exists (select from user_role where user_account_id = user_account.id and role = 'caseworker') else id = $1 end
  order by user_name limit 1`

const NEXT_NUMBER = `
  select $2::text || '-' || lpad((coalesce(max(split_part(case_number, '-', 2)::integer), 0) + 1)::text, 5, '0') as case_number
  from "case" where youth_authority_id = $1 and case_number ~ ('^' || $2 || '-[0-9]{1,6}$')`

type Months = { month: number; today: number }
const hours = (day: number, hour: number) => new Date(milliseconds(day, hour * 3600))

const change = async (
  client: pg.Client,
  act: DoStep,
  { from, to, reason, note, conference, continued }: Change,
  { month, today }: Months,
) => {
  const one = async <Row extends pg.QueryResultRow>(text: string, values: unknown[] = []) => (await client.query<Row>(text, values)).rows[0]
  const continued_on = firstDayOf(month)
  const picked = await one<{ case_id: string; caseworker_id: string }>(PICK, [from, dayText(today), dayText(continued_on)])
  const to_authority_id = to ?? (await one<{ id: string }>(ELSEWHERE))?.id
  if (!picked || to_authority_id === undefined) return
  const change_on = firstDayOf(continued ? month - 1 : month + 1)
  const announced_on = workdayUntil(continued ? change_on - 12 : today - 2)
  // Tuesday of the week after
  const conference_on = conference ? dayText(announced_on - weekday(announced_on) + 9) : null
  const former = await one<Reader>(READER, [picked.caseworker_id, null])
  const announced = { case_id: picked.case_id, to_authority_id, change_on: dayText(change_on), reason, note, conference_on }
  const at = hours(announced_on, 10)
  const { id } = await act({ reader: former!, at }, (trx) => announceChange(trx, former!, { ...announced, now: at }))
  const next = continued && (await one<Reader>(READER, [null, to_authority_id]))
  if (!continued || !next) return
  const answered_at = hours(workdayUntil(continued_on - 5), 9)
  const number = await one<{ case_number: string }>(NEXT_NUMBER, [to_authority_id, dayText(continued_on).slice(0, 4)])
  await act({ reader: next, at: answered_at }, async (trx) => {
    const { version } = await readHanded(trx, id)
    return acceptChange(trx, next, { id, ...number!, version, continued_on: dayText(continued_on), note: continued, now: answered_at })
  })
}

const WRITTEN = ['authority_change', 'client', 'case', 'case_link', 'booking', 'booking_step', 'care_plan', 'document', 'document_step']

/** Cases for which another authority became responsible, or becomes so next month. */
export const changeAuthorities = (client: pg.Client, seed: string, today: string) =>
  withOwnCode(client, seed, WRITTEN, async (act) => {
    const day = dayOf(today)
    for (const each of changes) await change(client, act, each, { month: monthOf(day), today: day })
  })
