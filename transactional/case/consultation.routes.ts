import { createHash } from 'node:crypto'
import { Hono } from 'hono'
import type { Transaction } from 'kysely'
import { z } from 'zod'
import { answerOnce } from '../access/answer-once.ts'
import { asReader } from '../access/as-reader.ts'
import type { Reader } from '../access/reader.ts'
import type { Database } from '../database.ts'
import { addDocument } from '../file/document.ts'
import { Id, paragraphs } from '../input.ts'
import { only, operation, pathId, validate, type Deps, type ServiceEnv } from '../route.ts'
import { RuleViolation } from '../rule-violation.ts'
import { consultationDecisions, votes } from '../vocabulary.ts'
import {
  Consultation,
  invite,
  NewConsultation,
  NewParticipant,
  openConsultation,
  readConsultation,
  readConsultations,
} from './consultation.ts'
import { minutesPdf } from './minutes.ts'

const Vote = z.strictObject({
  vote: z.enum(votes),
  statement: paragraphs(1, 2000).optional(),
  /** somebody external, on whose behalf whoever leads records the vote */
  participant_id: Id.optional(),
})
const Decision = z.strictObject({ decision: z.enum(consultationDecisions), decision_reason: paragraphs(1, 4000) })
const OfCase = z.strictObject({ case_id: Id })

const List = z.object({ items: z.array(Consultation) })
const Colleagues = z.object({ items: z.array(z.object({ id: z.uuid(), display_name: z.string() })) })
export type Colleague = z.infer<typeof Colleagues>['items'][number]

const minutesOf = async (trx: Transaction<Database>, consultation: Consultation, reader: Reader) => {
  const { decided_at } = consultation
  if (decided_at === null) throw new RuleViolation('consultation_undecided')
  const { name } = await trx
    .selectFrom('youth_authority')
    .where('id', '=', reader.youth_authority_id!)
    .select('name')
    .executeTakeFirstOrThrow()
  return minutesPdf({ consultation, authority_name: name, decided_at })
}

/** The minutes lie in the file of the case from the decision on. */
const fileMinutes = async (trx: Transaction<Database>, reader: Reader, consultation: Consultation, now: Date) => {
  const { content, pages } = await minutesOf(trx, consultation, reader)
  const sha256 = createHash('sha256').update(content).digest()
  const { case_id, held_on } = consultation
  await addDocument(
    trx,
    reader,
    // our own document: there is nothing to look for
    { content, sha256, scanned: true, media_type: 'application/pdf', words: 'read', pages },
    { case_id, title: 'Protokoll der Teamberatung', kind: 'minutes', dated_on: held_on },
    now,
  )
}

const ownVoice = ({ participants }: Consultation) => {
  const own = participants.find((each) => each.own)
  if (own === undefined) throw new RuleViolation('consultation_not_invited')
  return own
}

const externalVoice = ({ participants, possible, decided_at }: Consultation, participant_id: string) => {
  const external = participants.find((each) => each.id === participant_id && each.external)
  if (external === undefined) throw new RuleViolation('consultation_external_unknown')
  if (decided_at !== null) throw new RuleViolation('consultation_decided')
  if (!possible.includes('decide')) throw new RuleViolation('consultation_not_leading')
  return external
}

const tag = 'case'
const roles = ['caseworker'] as const
const changed = { 200: { description: 'The consultation as it is now', schema: Consultation } }

/** Team consultations (§ 36(2) SGB VIII): several professionals consider, vote, and one of them records what was decided. */
export const consultationRoutes = (deps: Deps) =>
  new Hono<ServiceEnv>()
    .get(
      '/colleagues',
      operation({
        summary: 'Caseworkers of the own authority, for an invitation',
        tag,
        roles,
        answers: { 200: { description: 'By name', schema: Colleagues } },
      }),
      only(...roles),
      async (c) => {
        const { youth_authority_id, user_account_id } = c.var.reader
        const items = await asReader(deps.db, c.var.reader, (trx) =>
          trx
            .selectFrom('user_account')
            .innerJoin('user_role', 'user_role.user_account_id', 'user_account.id')
            .where('youth_authority_id', '=', youth_authority_id!)
            .where('role', '=', 'caseworker')
            .where('active', '=', true)
            .where('user_account.id', '<>', user_account_id)
            .orderBy('display_name')
            .select(['user_account.id', 'display_name'])
            .execute(),
        )
        return c.json({ items })
      },
    )
    .get(
      '/consultations',
      operation({
        summary: 'Consultations of a case, latest first',
        tag,
        roles,
        answers: { 200: { description: 'All of them', schema: List } },
      }),
      only(...roles),
      validate('query', OfCase),
      async (c) => {
        const { case_id } = c.req.valid('query')
        return c.json({ items: await asReader(deps.db, c.var.reader, (trx) => readConsultations(trx, c.var.reader, { case_id })) })
      },
    )
    .get(
      '/consultations/invitations',
      operation({
        summary: 'Consultations not yet decided in which the reader takes part',
        tag,
        roles,
        answers: { 200: { description: 'All of them', schema: List } },
      }),
      only(...roles),
      async (c) => {
        const { reader } = c.var
        const sought = { open_for: reader.user_account_id }
        return c.json({ items: await asReader(deps.db, reader, (trx) => readConsultations(trx, reader, sought)) })
      },
    )
    .post(
      '/consultations',
      operation({
        summary: 'Open a consultation and invite to it',
        tag,
        roles,
        once: true,
        answers: { 201: { description: 'Opened', schema: Consultation, location: true } },
      }),
      only(...roles),
      validate('json', NewConsultation),
      (c) =>
        answerOnce(c, deps, c.req.valid('json'), async (trx) => {
          const id = await openConsultation(trx, c.var.reader, c.req.valid('json'), deps.now())
          return { status: 201, location: `/service/consultations/${id}`, body: await readConsultation(trx, c.var.reader, id) }
        }),
    )
    .get(
      '/consultations/:id',
      operation({ summary: 'One consultation', tag, roles, answers: { 200: { description: 'The consultation', schema: Consultation } } }),
      only(...roles),
      pathId,
      async (c) => c.json(await asReader(deps.db, c.var.reader, (trx) => readConsultation(trx, c.var.reader, c.req.valid('param').id))),
    )
    .get(
      '/consultations/:id/minutes',
      operation({
        summary: 'Minutes of a decided consultation',
        tag,
        roles,
        answers: { 200: { description: 'A document', files: ['application/pdf'] } },
      }),
      only(...roles),
      pathId,
      async (c) => {
        const { reader } = c.var
        const { content } = await asReader(deps.db, reader, async (trx) =>
          minutesOf(trx, await readConsultation(trx, reader, c.req.valid('param').id), reader),
        )
        return c.body(new Uint8Array(content), 200, {
          'Content-Type': 'application/pdf',
          'Content-Disposition': 'attachment; filename="Protokoll-Teamberatung.pdf"',
          'X-Content-Type-Options': 'nosniff',
        })
      },
    )
    .post(
      '/consultations/:id/participants',
      operation({ summary: 'Invite one more', tag, roles, once: true, answers: changed }),
      only(...roles),
      pathId,
      validate('json', NewParticipant),
      (c) =>
        answerOnce(c, deps, c.req.valid('json'), async (trx) => {
          const { id } = await readConsultation(trx, c.var.reader, c.req.valid('param').id)
          await invite(trx, id, c.req.valid('json'))
          return { status: 200, body: await readConsultation(trx, c.var.reader, id) }
        }),
    )
    .post(
      '/consultations/:id/vote',
      operation({
        summary: 'Vote with a statement, or record it for somebody external, or change it until it is decided',
        tag,
        roles,
        once: true,
        answers: changed,
      }),
      only(...roles),
      pathId,
      validate('json', Vote),
      (c) =>
        answerOnce(c, deps, c.req.valid('json'), async (trx) => {
          const { reader } = c.var
          const { vote, statement = null, participant_id } = c.req.valid('json')
          const consultation = await readConsultation(trx, reader, c.req.valid('param').id)
          const { id } = consultation
          const voter = participant_id === undefined ? ownVoice(consultation) : externalVoice(consultation, participant_id)
          if (vote === 'reject' && statement === null) throw new RuleViolation('consultation_vote_reason')
          const recorded_by = voter.external ? reader.user_account_id : null
          const given = { vote, statement, voted_at: deps.now(), recorded_by }
          await trx
            .insertInto('consultation_vote')
            .values({ participant_id: voter.id, ...given })
            .onConflict((conflict) => conflict.column('participant_id').doUpdateSet(given))
            .execute()
          return { status: 200, body: await readConsultation(trx, reader, id) }
        }),
    )
    .post(
      '/consultations/:id/decide',
      operation({ summary: 'Record what was decided, and why; nothing changes afterwards', tag, roles, once: true, answers: changed }),
      only(...roles),
      pathId,
      validate('json', Decision),
      (c) =>
        answerOnce(c, deps, c.req.valid('json'), async (trx) => {
          const { reader } = c.var
          const { id, possible, decided_at } = await readConsultation(trx, reader, c.req.valid('param').id)
          if (decided_at !== null) throw new RuleViolation('consultation_decided')
          if (!possible.includes('decide')) throw new RuleViolation('consultation_not_leading')
          await trx
            .updateTable('consultation')
            .set({ ...c.req.valid('json'), decided_by: reader.user_account_id, decided_at: deps.now() })
            .where('id', '=', id)
            .execute()
          const decided = await readConsultation(trx, reader, id)
          await fileMinutes(trx, reader, decided, deps.now())
          return { status: 200, body: decided }
        }),
    )
