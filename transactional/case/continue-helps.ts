import { sql, type Transaction } from 'kysely'
import type { Reader } from '../access/reader.ts'
import type { Database } from '../database.ts'
import { splitBooking } from '../placement/booking.ts'
import { tellStep } from '../placement/booking-log.ts'
import { assertNotParallel } from '../placement/parallel.ts'
import { ageOn, addDays, berlinDay } from '../placement/period.ts'
import { rowMissing, RuleViolation } from '../rule-violation.ts'
import type { AuthorityChangeReason } from '../vocabulary.ts'
import {
  helpsGoingOn,
  lockChange,
  readChange,
  readHanded,
  type AuthorityChangeWithHelps,
  type Handed,
  type Help,
} from './authority-change.ts'
import { openCase } from './case.routes.ts'
import { fileChangeLetter } from './change-letter.ts'

type Announcing = {
  case_id: string
  to_authority_id: string
  change_on: string
  reason: AuthorityChangeReason
  note?: string | undefined
  conference_on: string | null
  now: Date
}
type Continuing = { id: string; continued_on: string; note?: string | undefined; conference_on?: string | null | undefined; now: Date }
type Accepting = Continuing & { case_number: string; version: string; parallel?: boolean }
type Settling = Continuing & { helps: readonly Help[] }

/** From the announcement on, another authority sees a person. */
const furthestDays = 366

/** What the other authority has to know goes into the file with the announcement (§ 86c(2) SGB VIII). */
export const announceChange = async (trx: Transaction<Database>, reader: Reader, { now, ...change }: Announcing) => {
  const { case_id, change_on, conference_on } = change
  const file = await trx.selectFrom('case').where('id', '=', case_id).select(['begin_on', 'client_id']).executeTakeFirstOrThrow(rowMissing)
  if (file.client_id === null) throw new RuleViolation('case_without_client')
  if (change_on < file.begin_on) throw new RuleViolation('authority_change_before_case')
  if (change_on > addDays(berlinDay(now), furthestDays)) throw new RuleViolation('authority_change_far')
  if (conference_on !== null && conference_on < file.begin_on) throw new RuleViolation('authority_change_conference_before_case')
  const { id } = await trx
    .insertInto('authority_change')
    .values({ ...change, youth_authority_id: reader.youth_authority_id!, announced_by: reader.user_account_id, announced_at: now })
    .returning('id')
    .executeTakeFirstOrThrow()
  const announced = await readChange(trx, reader, id)
  await fileChangeLetter(trx, reader, { case_id, change: announced, now })
  return announced
}

/** What is left to the former authority: its helps end the day before, and its file with them. */
const endFormer = async (trx: Transaction<Database>, { id, continued_on, now, helps }: Settling) => {
  const until = addDays(continued_on, -1)
  for (const help of helps) {
    const { ended } = splitBooking(help, continued_on)
    await sql`select end_handed_help(${id}, ${help.id}, ${now}, ${until}, ${ended?.rate_from ?? null}::date[], ${ended?.rate_cents ?? null}::bigint[],
      ${ended?.units_per_week ?? null}::numeric[], ${ended?.planned_units ?? null})`.execute(trx)
  }
}

const settle = async (trx: Transaction<Database>, reader: Reader, settling: Continuing, new_case_id: string | null) => {
  const { id, continued_on, now, note = null, conference_on } = settling
  await sql`select close_handed_case(${id}, ${now}, ${addDays(continued_on, -1)})`.execute(trx)
  await trx
    .updateTable('authority_change')
    .set({ state: 'accepted', continued_on, new_case_id, answered_by: reader.user_account_id, answered_at: now, answer_note: note })
    .$if(conference_on !== undefined, (query) => query.set({ conference_on: conference_on! }))
    .where('id', '=', id)
    .execute()
}

/** The person at the new authority, who may be known there already. */
const clientOf = async (trx: Transaction<Database>, reader: Reader, change_id: string) => {
  const { rows } = await sql<{ given_name: string; family_name: string; birth_date: string; sex: string; unaccompanied_minor: boolean }>`
    select * from handed_client(${change_id})`.execute(trx)
  const person = rows[0]
  if (person === undefined) throw new RuleViolation('case_without_client')
  const { given_name, family_name, birth_date, sex } = person
  const known = await trx
    .selectFrom('client')
    .where('youth_authority_id', '=', reader.youth_authority_id!)
    .where((eb) => eb.and({ given_name, family_name, birth_date, sex }))
    .select('id')
    .orderBy('id')
    .executeTakeFirst()
  const { id } =
    known ??
    (await trx
      .insertInto('client')
      .values({ ...person, youth_authority_id: reader.youth_authority_id! })
      .returning('id')
      .executeTakeFirstOrThrow())
  return { id, birth_date }
}

const placeNow = async (trx: Transaction<Database>, facility_id: string | null) =>
  facility_id === null
    ? null
    : (await trx.selectFrom('facility').where('id', '=', facility_id).select('youth_authority_id').executeTakeFirstOrThrow())
        .youth_authority_id

type Filing = { case_id: string; change: AuthorityChangeWithHelps; continued_on: string; now: Date }

/** What was handed over is told only until then; whoever writes the continuation down keeps it in the file. */
const fileContinuation = (trx: Transaction<Database>, reader: Reader, { case_id, change, continued_on, now }: Filing) =>
  fileChangeLetter(trx, reader, { case_id, change, continued: { continued_on, at: now, by: reader.display_name }, now })

type Going = { help: Help; interruptions: Handed['interruptions']; birth_date: string; file: File; former: string }
type File = { case_id: string; case_key: string }

/** Refuses to continue a help beside another one that is booked here already; those handed over may run beside each other as they did. */
const assertHomeAlone = async (trx: Transaction<Database>, { case_key }: File, helps: readonly Help[], continued_on: string) => {
  for (const help of helps) {
    const { first_day, last_day } = splitBooking(help, continued_on).continued
    await assertNotParallel(trx, { case_key, service_kind: help.service_kind, first_day, last_day })
  }
}

/** The same help, at the same place and terms, as a new booking of the new authority. */
const goOn = async (trx: Transaction<Database>, reader: Reader, accepting: Accepting, going: Going) => {
  const { help, interruptions, birth_date, file, former } = going
  const { service_kind, specialisations, provider_id, facility_id, offer_id, away, unit, sex } = help
  const place = { service_kind, specialisations, provider_id, facility_id, offer_id, away, unit, sex }
  const { continued } = splitBooking(help, accepting.continued_on)
  const age_at_begin = ageOn(birth_date, continued.first_day)
  if (age_at_begin > 27) throw new RuleViolation('client_age')
  const { id: booking_id } = await trx
    .insertInto('booking')
    .values({
      case_key: file.case_key,
      youth_authority_id: reader.youth_authority_id!,
      ...place,
      age_at_begin,
      facility_authority_id: await placeNow(trx, facility_id),
      ...continued,
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  const resting = interruptions.filter((each) => each.booking_id === help.id && each.first_day > continued.first_day)
  for (const { first_day, last_day, reason, paid } of resting)
    await trx.insertInto('booking_interruption').values({ booking_id, first_day, last_day, reason, paid }).execute()
  await sql`select hand_over_care_plan(${accepting.id}, ${help.id}, ${booking_id}, ${file.case_id}, ${accepting.now})`.execute(trx)
  await tellStep(trx, reader, { booking_id, step: 'booked', at: accepting.now, note: `Zuständigkeitswechsel: bisher bei ${former}` })
}

/**
 * The new authority continues the helps under a case of its own: what ends here goes on there in the same transaction, so no place is ever free
 * or taken twice in between. Returns the new case.
 */
export const acceptChange = async (trx: Transaction<Database>, reader: Reader, accepting: Accepting): Promise<string> => {
  const { id, continued_on, case_number, version, now } = accepting
  const told = await readChange(trx, reader, id)
  const change = await lockChange(trx, id)
  if (change.to_authority_id !== reader.youth_authority_id) throw new RuleViolation('authority_change_in_portal')
  await sql`select lock_handed_helps(${id})`.execute(trx)
  const handed = await readHanded(trx, id)
  if (handed.version !== version) throw new RuleViolation('authority_change_moved')
  const helps = helpsGoingOn(handed, { day: continued_on, change_on: change.change_on })
  const { id: client_id, birth_date } = await clientOf(trx, reader, id)
  const opened = await openCase(trx, reader, { client_id, case_number, begin_on: continued_on, end_on: null }, now)
  const { name: former } = await trx
    .selectFrom('youth_authority')
    .where('id', '=', change.youth_authority_id)
    .select('name')
    .executeTakeFirstOrThrow()
  const link = trx.selectFrom('case_link').where('case_id', '=', opened.id)
  const file = { case_id: opened.id, ...(await link.select('case_key').executeTakeFirstOrThrow()) }
  await endFormer(trx, { ...accepting, helps })
  if (!accepting.parallel) await assertHomeAlone(trx, file, helps, continued_on)
  for (const help of helps) await goOn(trx, reader, accepting, { help, interruptions: handed.interruptions, birth_date, file, former })
  await settle(trx, reader, accepting, opened.id)
  await fileContinuation(trx, reader, { case_id: opened.id, change: told, continued_on, now })
  return opened.id
}

/** Where the new authority does not use the portal, the former one writes down from when it continues the helps. Returns the case. */
export const recordContinuation = async (trx: Transaction<Database>, reader: Reader, recording: Continuing): Promise<string> => {
  const { id, continued_on, now } = recording
  const told = await readChange(trx, reader, id)
  const change = await lockChange(trx, id)
  const { rows } = await sql<{ in_portal: boolean }>`select uses_portal(${change.to_authority_id}) as in_portal`.execute(trx)
  if (change.youth_authority_id !== reader.youth_authority_id || rows[0]!.in_portal) throw new RuleViolation('authority_change_in_portal')
  await sql`select lock_handed_helps(${id})`.execute(trx)
  const helps = helpsGoingOn(await readHanded(trx, id), { day: continued_on, change_on: change.change_on })
  await endFormer(trx, { ...recording, helps })
  await settle(trx, reader, recording, null)
  await fileContinuation(trx, reader, { case_id: change.case_id, change: told, continued_on, now })
  return change.case_id
}
