import type { Kysely, Transaction } from 'kysely'
import { z } from 'zod'
import type { Reader } from '../access/reader.ts'
import type { Database } from '../database.ts'
import { Day, Id, paragraphs, text } from '../input.ts'
import { latestConsultationOn } from '../placement/bounds.ts'
import { berlinDay, dayText } from '../placement/period.ts'
import { rowMissing, RuleViolation } from '../rule-violation.ts'
import { consultationDecisions, votes } from '../vocabulary.ts'

const role = text(1, 120)
const Colleague = z.strictObject({ user_account_id: Id, function: role })
const External = z.strictObject({ name: text(1, 120), function: role })
export const NewParticipant = z.union([Colleague, External])
export type NewParticipant = z.infer<typeof NewParticipant>

export const NewConsultation = z.strictObject({
  case_id: Id,
  /** the help it is about, where one is reserved */
  reservation_id: Id.optional(),
  question: paragraphs(1, 2000),
  held_on: Day,
  participants: z.array(NewParticipant).min(1).max(30),
})
export type NewConsultation = z.infer<typeof NewConsultation>

const Participant = z.object({
  id: z.uuid(),
  name: z.string(),
  function: z.string(),
  /** from outside, without an account */
  external: z.boolean(),
  /** the reader himself */
  own: z.boolean(),
  vote: z.enum(votes).nullable(),
  statement: z.string().nullable(),
  voted_at: z.string().nullable(),
  /** who recorded it on behalf of somebody external */
  recorded_by: z.string().nullable(),
})

export const Consultation = z
  .object({
    id: z.uuid(),
    case_id: z.uuid(),
    case_number: z.string(),
    reservation_id: z.uuid().nullable(),
    /** the help that was reserved, in words; null: the case as a whole */
    about: z.string().nullable(),
    question: z.string(),
    held_on: z.iso.date(),
    opened_by: z.string(),
    opened_at: z.string(),
    participants: z.array(Participant),
    decision: z.enum(consultationDecisions).nullable(),
    decision_reason: z.string().nullable(),
    decided_by: z.string().nullable(),
    decided_at: z.string().nullable(),
    /** what the reader may do now */
    possible: z.array(z.enum(['vote', 'invite', 'decide'])),
  })
  .meta({ id: 'Consultation' })
export type Consultation = z.infer<typeof Consultation>

export type Sought = { id: string } | { case_id: string } | { open_for: string }

const rowsOf = (db: Kysely<Database>, sought: Sought) =>
  db
    .selectFrom('consultation')
    .innerJoin('case', 'case.id', 'consultation.case_id')
    .leftJoin('reservation', 'reservation.id', 'consultation.reservation_id')
    .leftJoin('service_kind', 'service_kind.code', 'reservation.service_kind')
    .leftJoin('facility', 'facility.id', 'reservation.facility_id')
    .leftJoin('provider', 'provider.id', 'reservation.provider_id')
    .innerJoin('user_account as opener', 'opener.id', 'consultation.opened_by')
    .leftJoin('user_account as decider', 'decider.id', 'consultation.decided_by')
    .$if('id' in sought, (query) => query.where('consultation.id', '=', (sought as { id: string }).id))
    .$if('case_id' in sought, (query) => query.where('consultation.case_id', '=', (sought as { case_id: string }).case_id))
    .$if('open_for' in sought, (query) =>
      query.where('decided_at', 'is', null).where('consultation.id', 'in', (eb) =>
        eb
          .selectFrom('consultation_participant')
          .where('user_account_id', '=', (sought as { open_for: string }).open_for)
          .select('consultation_id'),
      ),
    )
    .orderBy('consultation.held_on', 'desc')
    .orderBy('consultation.id', 'desc')
    .select([
      'consultation.id',
      'consultation.case_id',
      'case.case_number',
      'case.caseworker_id',
      'reservation_id',
      'question',
      'held_on',
      'consultation.opened_by as opener_id',
      'opener.display_name as opened_by',
      'consultation.opened_at',
      'decision',
      'decision_reason',
      'decider.display_name as decided_by',
      'decided_at',
      'service_kind.label as service_kind_label',
      'facility.name as facility_name',
      'provider.name as provider_name',
      'reservation.first_day',
      'reservation.last_day',
    ])

const participantsOf = async (db: Kysely<Database>, reader: Reader, ids: string[]) => {
  const rows =
    ids.length === 0
      ? []
      : await db
          .selectFrom('consultation_participant as participant')
          .leftJoin('user_account as account', 'account.id', 'participant.user_account_id')
          .leftJoin('consultation_vote as given', 'given.participant_id', 'participant.id')
          .leftJoin('user_account as recorder', 'recorder.id', 'given.recorded_by')
          .where('participant.consultation_id', 'in', ids)
          .orderBy('participant.id')
          .select([
            'participant.id',
            'participant.consultation_id',
            'participant.user_account_id',
            'participant.name',
            'participant.function',
            'account.display_name',
            'given.vote',
            'given.statement',
            'given.voted_at',
            'recorder.display_name as recorded_by',
          ])
          .execute()
  const told = rows.map(({ consultation_id, user_account_id, display_name, name, ...row }) => ({
    consultation_id,
    participant: {
      ...row,
      name: display_name ?? name!,
      external: user_account_id === null,
      own: user_account_id === reader.user_account_id,
    },
  }))
  return (id: string) => told.filter(({ consultation_id }) => consultation_id === id).map(({ participant }) => participant)
}

type Considered = {
  service_kind_label: string
  facility_name: string
  provider_name: string
  first_day: string
  last_day: string
}
/** "Heimerziehung, Haus am See (Träger 1), 01.03.2026 bis 01.09.2026". */
export const aboutText = ({ service_kind_label, facility_name, provider_name, first_day, last_day }: Considered) =>
  `${service_kind_label}, ${facility_name} (${provider_name}), ${dayText(first_day)} bis ${dayText(last_day)}`

/** Consultations with their participants and votes, latest first; what the reader may see, policies decide. */
export const readConsultations = async (db: Kysely<Database>, reader: Reader, sought: Sought): Promise<Consultation[]> => {
  const rows = await rowsOf(db, sought).execute()
  const of = await participantsOf(
    db,
    reader,
    rows.map(({ id }) => id),
  )
  return rows.map(({ opener_id, caseworker_id, ...row }) => {
    const about = row.reservation_id === null ? null : aboutText(row as Considered)
    const participants = of(row.id)
    const leads = opener_id === reader.user_account_id || caseworker_id === reader.user_account_id
    const possible =
      row.decided_at === null ? [...(participants.some(({ own }) => own) ? ['vote'] : []), ...(leads ? ['invite', 'decide'] : [])] : []
    return Consultation.parse({ ...row, about, participants, possible })
  })
}

export const readConsultation = async (db: Kysely<Database>, reader: Reader, id: string): Promise<Consultation> => {
  const [found] = await readConsultations(db, reader, { id })
  if (found === undefined) throw rowMissing()
  return found
}

const heldBeyond = (message: string) => new RuleViolation('consultation_day', [{ field: 'held_on', message }])

/** It is held within the case, and planned for the near future at most. */
const assertHeld = async (trx: Transaction<Database>, { case_id, held_on }: NewConsultation, now: Date) => {
  const file = await trx.selectFrom('case').where('id', '=', case_id).select('begin_on').executeTakeFirst()
  if (file === undefined) throw new RuleViolation('case_unknown')
  if (held_on < file.begin_on) throw heldBeyond(`Der Fall beginnt am ${dayText(file.begin_on)}. Bitte keinen früheren Tag wählen.`)
  const latest = await latestConsultationOn(trx, berlinDay(now))
  if (held_on > latest) throw heldBeyond(`Bitte einen Tag bis zum ${dayText(latest)} wählen.`)
}

/** Who opens it leads it, and takes part with a vote like everybody invited. */
export const openConsultation = async (trx: Transaction<Database>, reader: Reader, wanted: NewConsultation, now: Date): Promise<string> => {
  await assertHeld(trx, wanted, now)
  const { participants, ...consultation } = wanted
  const { id } = await trx
    .insertInto('consultation')
    .values({
      ...consultation,
      youth_authority_id: reader.youth_authority_id!,
      opened_by: reader.user_account_id,
      opened_at: now,
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  const leading = { user_account_id: reader.user_account_id, function: 'Fallführende Fachkraft' }
  for (const participant of [leading, ...participants]) await invite(trx, id, participant)
  return id
}

export const invite = (trx: Transaction<Database>, consultation_id: string, participant: NewParticipant) =>
  trx
    .insertInto('consultation_participant')
    .values({ consultation_id, ...participant })
    .execute()
