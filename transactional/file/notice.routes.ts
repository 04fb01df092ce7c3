import { createHash } from 'node:crypto'
import { Hono } from 'hono'
import { sql, type Kysely, type Transaction } from 'kysely'
import { z } from 'zod'
import { answerOnce } from '../access/answer-once.ts'
import { asReader } from '../access/as-reader.ts'
import type { Reader } from '../access/reader.ts'
import type { Database } from '../database.ts'
import { Code, Day, Id, lines, text } from '../input.ts'
import { berlinDay } from '../placement/period.ts'
import { only, operation, pathId, validate, type Deps, type ServiceEnv } from '../route.ts'
import { rowMissing, RuleViolation } from '../rule-violation.ts'
import { noticeKinds, noticeStates } from '../vocabulary.ts'
import { addDocument } from './document.ts'
import { fileName } from './file-name.ts'
import { letterPdf, unprintable } from './letter.ts'
import { templatesFor } from './notice-template.ts'
import { assertComplete, kindTitles, letterheadOf, letterOf, Letterhead, notices, partsOf, referenceOf, type NoticeRow } from './notice.ts'

const NewNotice = z.strictObject({
  kind: z.enum(noticeKinds),
  service_kind: Code,
  booking_id: Id.nullable().default(null),
  corrects: Id.nullable().default(null),
})
const Changes = z
  .strictObject({
    addressee_name: text(0, 120),
    addressee_street: text(0, 120),
    addressee_town: text(0, 120),
    effective_on: Day.nullable(),
    reasons: lines(8000),
  })
  .partial()
const Nothing = z.strictObject({}).optional()
const NewLetterhead = z.strictObject({
  name: text(1, 80),
  office: text(1, 80),
  street: text(1, 80),
  town: text(1, 80),
  telephone: text(0, 40).default(''),
  email: text(0, 120).default(''),
})

const Notice = z
  .object({
    id: z.uuid(),
    case_id: z.uuid(),
    case_number: z.string(),
    kind: z.enum(noticeKinds),
    state: z.enum(noticeStates),
    service_kind: z.string(),
    service_kind_label: z.string(),
    legal_basis: z.string(),
    booking_id: z.uuid().nullable(),
    /** Aktenzeichen; null: given when it is issued */
    reference: z.string().nullable(),
    version: z.int(),
    /** whether a later version has taken its place */
    corrected: z.boolean(),
    addressee_name: z.string(),
    addressee_street: z.string(),
    addressee_town: z.string(),
    effective_on: z.iso.date().nullable(),
    reasons: z.string(),
    document_id: z.uuid().nullable(),
    changed_at: z.string(),
    issued_on: z.iso.date().nullable(),
  })
  .meta({ id: 'Notice' })
export type Notice = z.infer<typeof Notice>

const Part = z.union([
  z.object({ part: z.enum(['subject', 'heading', 'text']), text: z.string() }),
  z.object({ part: z.literal('facts'), facts: z.array(z.object({ term: z.string(), text: z.string() })) }),
  z.object({ part: z.literal('signature'), lines: z.array(z.string()) }),
])
const NoticeWithText = Notice.extend({
  /** as it would read if issued today */
  parts: z.array(Part),
  /** null: none is set up, and nothing can be issued */
  letterhead: Letterhead.nullable(),
}).meta({ id: 'NoticeWithText' })
export type NoticeWithText = z.infer<typeof NoticeWithText>

const tag = 'file'
const roles = ['caseworker'] as const
const unknownHead: Letterhead = { name: '…', office: 'Jugendamt', street: '…', town: '…', telephone: '', email: '' }

const viewOf = (row: NoticeRow, corrected: Set<string>): Notice =>
  Notice.parse({ ...row, reference: row.state === 'issued' ? referenceOf(row) : null, corrected: corrected.has(row.id) })

const rowOf = (trx: Kysely<Database>, id: string) => notices(trx).where('notice.id', '=', id).executeTakeFirstOrThrow(rowMissing)

const correctedOf = async (trx: Kysely<Database>, case_id: string): Promise<Set<string>> => {
  const rows = await trx
    .selectFrom('notice')
    .where('case_id', '=', case_id)
    .where('corrects', 'is not', null)
    .where('state', '=', 'issued')
    .select('corrects')
    .execute()
  return new Set(rows.map(({ corrects }) => corrects!))
}

const readNotice = async (trx: Kysely<Database>, reader: Reader, id: string, today: string): Promise<NoticeWithText> => {
  const row = await rowOf(trx, id)
  const letterhead = await letterheadOf(trx, reader)
  const parts = partsOf(row, letterhead ?? unknownHead, row.issued_on ?? today)
  return { ...viewOf(row, await correctedOf(trx, row.case_id)), parts, letterhead: letterhead ?? null }
}

/** Signs that cannot be printed are named with their field. */
const assertPrintable = async (row: NoticeRow): Promise<void> => {
  for (const field of ['addressee_name', 'addressee_street', 'addressee_town', 'reasons'] as const) {
    const signs = await unprintable(row[field])
    if (signs.length > 0)
      throw new RuleViolation('notice_signs', [{ field, message: `enthält Zeichen, die sich nicht drucken lassen: ${signs.join(' ')}` }])
  }
}

const draft = async (trx: Transaction<Database>, reader: Reader, case_id: string, wanted: z.infer<typeof NewNotice>, now: Date) => {
  const today = berlinDay(now)
  const template = await templatesFor(trx, reader, wanted.kind, today).select('version').executeTakeFirstOrThrow()
  const file = await trx.selectFrom('case').where('id', '=', case_id).select('client_id').executeTakeFirstOrThrow(rowMissing)
  if (file.client_id === null) throw new RuleViolation('case_without_client')
  if (wanted.booking_id !== null) {
    await trx
      .selectFrom('booking')
      .innerJoin('case_link', 'case_link.case_key', 'booking.case_key')
      .where('booking.id', '=', wanted.booking_id)
      .where('case_link.case_id', '=', case_id)
      .where('booking.service_kind', '=', wanted.service_kind)
      .select('booking.id')
      .executeTakeFirstOrThrow(() => new RuleViolation('booking_unknown'))
  }
  const former = wanted.corrects === null ? undefined : await rowOf(trx, wanted.corrects)
  const { id } = await trx
    .insertInto('notice')
    .values({
      ...wanted,
      case_id,
      youth_authority_id: reader.youth_authority_id!,
      template_version: template.version,
      ...(former && {
        year: former.year,
        number: former.number,
        version: former.version + 1,
        effective_on: former.effective_on,
        reasons: former.reasons,
      }),
      ...(await lastAddressee(trx, case_id)),
      drafted_at: now,
      drafted_by: reader.user_account_id,
      changed_at: now,
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  return id
}

/** To whom the last notice of the case went. */
const lastAddressee = (trx: Kysely<Database>, case_id: string) =>
  trx
    .selectFrom('notice')
    .where('case_id', '=', case_id)
    .where('addressee_name', '<>', '')
    .orderBy('id', 'desc')
    .select(['addressee_name', 'addressee_street', 'addressee_town'])
    .executeTakeFirst()

/** Numbers a draft, writes it as a PDF and puts it into the file; from then on it stays as it is. */
const issue = async (trx: Transaction<Database>, reader: Reader, id: string, now: Date): Promise<void> => {
  await trx.selectFrom('notice').where('id', '=', id).select('id').forUpdate().executeTakeFirstOrThrow(rowMissing)
  const row = await rowOf(trx, id)
  if (row.state === 'issued') throw new RuleViolation('notice_issued')
  assertComplete(row)
  await assertPrintable(row)
  const letterhead = await letterheadOf(trx, reader)
  if (letterhead === undefined) throw new RuleViolation('letterhead_missing')
  const today = berlinDay(now)
  const year = row.year ?? Number(today.slice(0, 4))
  const number = row.number ?? (await sql<{ n: number }>`select next_notice_number(${year}) as n`.execute(trx)).rows[0]!.n
  const letter = letterOf({ ...row, year, number, state: 'issued', caseworker: reader.display_name }, letterhead, today, now)
  const { content, pages } = await letterPdf(letter)
  const sha256 = createHash('sha256').update(content).digest()
  const document_id = await addDocument(
    trx,
    reader,
    { content, sha256, scanned: true, media_type: 'application/pdf', words: 'read', pages },
    { case_id: row.case_id, title: `${kindTitles[row.kind]} ${referenceOf({ ...row, year, number })}`, kind: 'notice', dated_on: today },
    now,
  )
  await trx
    .updateTable('notice')
    .set({ state: 'issued', year, number, document_id, issued_on: today, issued_by: reader.user_account_id, changed_at: now })
    .where('id', '=', id)
    .execute()
}

/** Notices of a case (Bescheide): drafted, read as they will be, issued once. */
export const noticeRoutes = (deps: Deps) => {
  const { db, now } = deps
  const today = () => berlinDay(now())
  return new Hono<ServiceEnv>()
    .get(
      '/cases/:id/notices',
      operation({
        summary: 'Notices of a case, the newest first',
        tag,
        roles,
        answers: { 200: { description: 'All of them', schema: z.object({ items: z.array(Notice) }) } },
      }),
      only(...roles),
      pathId,
      async (c) => {
        const { id } = c.req.valid('param')
        const items = await asReader(db, c.var.reader, async (trx) => {
          await trx.selectFrom('case').where('id', '=', id).select('id').executeTakeFirstOrThrow(rowMissing)
          const corrected = await correctedOf(trx, id)
          return (await notices(trx).where('notice.case_id', '=', id).execute()).map((row) => viewOf(row, corrected))
        })
        return c.json({ items })
      },
    )
    .post(
      '/cases/:id/notices',
      operation({
        summary: 'Draft a notice, or the correction of an issued one',
        tag,
        roles,
        once: true,
        answers: { 201: { description: 'Drafted', schema: NoticeWithText, location: true } },
      }),
      only(...roles),
      pathId,
      validate('json', NewNotice),
      (c) => {
        const case_id = c.req.valid('param').id
        return answerOnce(c, deps, { case_id, ...c.req.valid('json') }, async (trx) => {
          const id = await draft(trx, c.var.reader, case_id, c.req.valid('json'), now())
          return { status: 201, location: `/service/notices/${id}`, body: await readNotice(trx, c.var.reader, id, today()) }
        })
      },
    )
    .get(
      '/notices/:id',
      operation({
        summary: 'One notice with its text',
        tag,
        roles,
        answers: { 200: { description: 'The notice', schema: NoticeWithText } },
      }),
      only(...roles),
      pathId,
      async (c) => c.json(await asReader(db, c.var.reader, (trx) => readNotice(trx, c.var.reader, c.req.valid('param').id, today()))),
    )
    .patch(
      '/notices/:id',
      operation({
        summary: 'Change a draft; what is still missing may come later',
        tag,
        roles,
        answers: { 200: { description: 'The notice as it is now', schema: NoticeWithText } },
      }),
      only(...roles),
      pathId,
      validate('json', Changes),
      async (c) => {
        const { id } = c.req.valid('param')
        const changes = Object.fromEntries(Object.entries(c.req.valid('json')).filter(([, value]) => value !== undefined))
        const notice = await asReader(db, c.var.reader, async (trx) => {
          await trx
            .updateTable('notice')
            .set({ ...changes, changed_at: now() })
            .where('id', '=', id)
            .returning('id')
            .executeTakeFirstOrThrow(rowMissing)
          return readNotice(trx, c.var.reader, id, today())
        })
        return c.json(notice)
      },
    )
    .delete(
      '/notices/:id',
      operation({ summary: 'Discard a draft', tag, roles, answers: { 204: { description: 'Discarded' } } }),
      only(...roles),
      pathId,
      async (c) => {
        const { id } = c.req.valid('param')
        await asReader(db, c.var.reader, async (trx) => {
          const { state } = await rowOf(trx, id)
          if (state === 'issued') throw new RuleViolation('notice_issued')
          await trx.deleteFrom('notice').where('id', '=', id).execute()
        })
        return c.body(null, 204)
      },
    )
    .get(
      '/notices/:id/preview',
      operation({
        summary: 'A draft as it would be issued today, marked as a draft',
        tag,
        roles,
        answers: { 200: { description: 'PDF', files: ['application/pdf'] } },
      }),
      only(...roles),
      pathId,
      async (c) => {
        const { letter, notice } = await asReader(db, c.var.reader, async (trx) => {
          const row = await rowOf(trx, c.req.valid('param').id)
          await assertPrintable(row)
          const letterhead = (await letterheadOf(trx, c.var.reader)) ?? unknownHead
          return { letter: letterOf(row, letterhead, row.issued_on ?? today(), now()), notice: row }
        })
        const name = fileName({ kind: 'notice', dated_on: today(), media_type: 'application/pdf', notice })
        const { content } = await letterPdf(letter)
        return c.body(new Uint8Array(content), 200, {
          'Content-Type': 'application/pdf',
          'Content-Disposition': `attachment; filename="entwurf-${name}"`,
        })
      },
    )
    .post(
      '/notices/:id/issue',
      operation({
        summary: 'Issue a draft: numbered, as PDF/A in the file, unchangeable from then on',
        tag,
        roles,
        once: true,
        answers: { 200: { description: 'The notice', schema: NoticeWithText } },
      }),
      only(...roles),
      pathId,
      validate('json', Nothing),
      (c) => {
        const { id } = c.req.valid('param')
        return answerOnce(c, deps, { id }, async (trx) => {
          await issue(trx, c.var.reader, id, now())
          return { status: 200, body: await readNotice(trx, c.var.reader, id, today()) }
        })
      },
    )
    .put(
      '/letterhead',
      operation({
        summary: 'What stands above the notices of the own authority',
        tag,
        roles,
        answers: { 200: { description: 'As it is now', schema: Letterhead } },
      }),
      only(...roles),
      validate('json', NewLetterhead),
      async (c) => {
        const { reader } = c.var
        const written = { ...c.req.valid('json'), changed_at: now(), changed_by: reader.user_account_id }
        const letterhead = await asReader(db, reader, (trx) =>
          trx
            .insertInto('letterhead')
            .values({ ...written, youth_authority_id: reader.youth_authority_id! })
            .onConflict((conflict) => conflict.column('youth_authority_id').doUpdateSet(written))
            .returning(['name', 'office', 'street', 'town', 'telephone', 'email'])
            .executeTakeFirstOrThrow(),
        )
        return c.json(letterhead)
      },
    )
}
